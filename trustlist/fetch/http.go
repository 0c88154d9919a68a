package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fetch/layout"
)

// HTTPOptions says what a download may cost. Zero fields take what is said
// behind them; negative ones are errors.
type HTTPOptions struct {
	// Timer ends what takes too long. It has to be given: the package has no
	// clock of its own.
	Timer     Timer
	Transport http.RoundTripper // nil: http.DefaultTransport

	Limit     time.Duration // for an import as a whole: 30 minutes
	Window    time.Duration // in which at least MinRate x Window has to come: 20 seconds
	MinRate   int64         // bytes a second: 1024
	MaxBundle int64         // bytes: trustlist.MaxBundle, and not above
	Redirects int           // that are followed for one request: 5
	Attempts  int           // requests for one file when the connection is cut: 8

	// Partial is the side file in which a download that was cut waits for the
	// next import; "": it waits nowhere.
	Partial string
}

// withDefaults returns o complete, or what is wrong with it.
func (o HTTPOptions) withDefaults() (HTTPOptions, error) {
	if o.Timer == nil {
		return o, errors.New("fetch: HTTPOptions.Timer is missing")
	}
	if o.Limit < 0 || o.Window < 0 || o.MinRate < 0 || o.MaxBundle < 0 || o.Redirects < 0 || o.Attempts < 0 {
		return o, errors.New("fetch: a bound of HTTPOptions is negative")
	}
	if o.MaxBundle > trustlist.MaxBundle {
		return o, fmt.Errorf("fetch: HTTPOptions.MaxBundle is above %d", trustlist.MaxBundle)
	}
	setDefault(&o.Transport, http.DefaultTransport)
	setDefault(&o.Limit, 30*time.Minute)
	setDefault(&o.Window, 20*time.Second)
	setDefault(&o.MinRate, 1024)
	setDefault(&o.MaxBundle, trustlist.MaxBundle)
	setDefault(&o.Redirects, 5)
	setDefault(&o.Attempts, 8)
	if o.Window > o.Limit {
		return o, errors.New("fetch: HTTPOptions.Window is longer than Limit")
	}
	return o, nil
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// HTTP is a source on a web server: the address of one bundle, or of the pointer
// of a published folder (spec/distribution.md); an address that ends in "/"
// means the pointer in it. It is immutable and safe for concurrent use; imports
// that share a side file are better made one after the other.
type HTTP struct {
	address *url.URL
	options HTTPOptions
	client  *http.Client
}

// NewHTTP returns the source at an http or https address. Neither is trusted
// more than the other; https keeps those on the way from seeing and stopping what
// is fetched. Errors are [ErrAddress] beneath an *[HTTPError], and options that
// contradict themselves.
func NewHTTP(address string, options HTTPOptions) (*HTTP, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(address) > maxOrigin {
		return nil, &HTTPError{address, ErrAddress}
	}
	u.Fragment, u.RawFragment = "", ""
	if u.Path == "" || strings.HasSuffix(u.Path, "/") {
		u = u.JoinPath(layout.PointerName)
	}
	h := &HTTP{address: u, options: options}
	h.client = &http.Client{Transport: options.Transport, CheckRedirect: h.checkRedirect}
	return h, nil
}

func (h *HTTP) checkRedirect(next *http.Request, before []*http.Request) error {
	if len(before) > h.options.Redirects || before[0].URL.Scheme == "https" && next.URL.Scheme != "https" {
		return ErrRedirect
	}
	return nil
}

// Address returns where the source is, without credentials.
func (h *HTTP) Address() string {
	shown := *h.address
	shown.User = nil
	return shown.String()
}

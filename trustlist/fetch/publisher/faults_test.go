package publisher_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
	"github.com/tongxing/tongxing/trustlist/fetch"
	"github.com/tongxing/tongxing/trustlist/fetch/layout"
	"github.com/tongxing/tongxing/trustlist/fetch/publisher"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// chain is what these tests run through: a folder that nginx serves, a proxy
// that does wrong when it is told to, and a device behind it.
type chain struct {
	t         *testing.T
	folder    string
	publisher *publisher.Publisher
	bundles   [][]byte // of following days
	pointers  [][]byte // of those published so far
	proxy     *proxy
	store     *fetch.Store
	source    *fetch.HTTP
}

// newChain has published the first two days, and the device has the second.
func newChain(t *testing.T, bundles int) *chain {
	t.Helper()
	c := &chain{t: t, folder: t.TempDir(), bundles: days(t, bundles)}
	c.publisher = open(t, c.folder, 3)
	c.publish()
	c.proxy = newProxy(t, startNginx(t, c.folder))
	c.publish()
	c.newDevice()
	return c
}

// publish publishes the next day.
func (c *chain) publish() {
	c.t.Helper()
	publish(c.t, c.publisher, c.bundles[len(c.pointers)])
	pointer, err := os.ReadFile(filepath.Join(c.folder, layout.PointerName))
	if err != nil {
		c.t.Fatal(err)
	}
	c.pointers = append(c.pointers, pointer)
}

// newDevice puts a new device in place of the one before; it has what is
// published.
func (c *chain) newDevice() {
	c.t.Helper()
	parts, err := trustlist.ParseBundle(c.bundles[0])
	if err != nil {
		c.t.Fatal(err)
	}
	anchor, err := trustlist.ParseAnchor(parts.Roots[0])
	if err != nil {
		c.t.Fatal(err)
	}
	if c.store, err = fetch.OpenStore(filepath.Join(c.t.TempDir(), "trust"), fetch.StoreOptions{Anchor: anchor}); err != nil {
		c.t.Fatal(err)
	}
	timer := func(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop }
	if c.source, err = fetch.NewHTTP(c.proxy.url+"/", fetch.HTTPOptions{Timer: timer, Attempts: 3}); err != nil {
		c.t.Fatal(err)
	}
	c.proxy.set(nil)
	if _, err := c.update(nation.Now); err != nil {
		c.t.Fatal(err)
	}
}

func (c *chain) update(clock int64) (*fetch.Result, error) {
	return c.source.Import(context.Background(), c.store, clock)
}

// inForce is the bundle of all that the device believes.
func (c *chain) inForce() []byte {
	c.t.Helper()
	state, err := c.store.Current(nation.Now)
	if err != nil {
		c.t.Fatal(err)
	}
	bundle, err := state.Trust.Bundle()
	if err != nil {
		c.t.Fatal(err)
	}
	return bundle
}

// newest is the bundle that is published.
func (c *chain) newest() []byte { return c.bundles[len(c.pointers)-1] }

// requireNewest checks that the device believes what is published.
func (c *chain) requireNewest(what string) {
	c.t.Helper()
	if !bytes.Equal(c.inForce(), c.newest()) {
		c.t.Errorf("%s: the device does not have what is published", what)
	}
}

// wrong is a fault that keeps a device from anything new.
type wrong struct {
	name  string
	fault func(c *chain) fault
	want  error // nil: the device learns nothing new and has nothing to complain of
}

func always(f fault) func(*chain) fault { return func(*chain) fault { return f } }

// wholes is a fault of bundles where there are no deltas.
func wholes(f fault) func(*chain) fault {
	return always(both(of("delta", says(404, "none")), of("bundle", f)))
}

var wrongs = []wrong{
	{"cut before the first byte", always(of("latest", cutting(nothing))), fetch.ErrCut},
	{"pointer cut each time", always(of("latest", cutting(half))), fetch.ErrCut},
	{"bundle cut each time", wholes(cutting(nothing)), fetch.ErrCut},
	{"bundle shorter than it is", wholes(changes(func(a *answer) { a.body = a.body[:len(a.body)-1] })), fetch.ErrBadAnswer},
	{"bundle longer than it is", wholes(changes(func(a *answer) { a.body = append(a.body, 0) })), fetch.ErrEndless},
	{"bundle without end", wholes(endless), fetch.ErrEndless},
	{"pointer without end", always(of("latest", endless)), fetch.ErrEndless},
	{"bundle of the day before", func(c *chain) fault {
		old := c.bundles[len(c.pointers)-2]
		return both(of("delta", says(404, "none")), of("bundle", changes(func(a *answer) { a.body = old })))
	}, fetch.ErrWrongContent},
	{"one bit of the bundle", wholes(changes(func(a *answer) { a.body[len(a.body)/2] ^= 1 })), fetch.ErrWrongContent},
	{"pointer that the device has had", func(c *chain) fault { return of("latest", says(200, string(c.pointers[len(c.pointers)-2]))) }, nil},
	{"pointer of a day before that", func(c *chain) fault { return of("latest", says(200, string(c.pointers[len(c.pointers)-3]))) }, nil},
	{"not modified, for ever", always(of("latest", says(304, ""))), nil},
	{"bundle not modified", wholes(says(304, "")), fetch.ErrBadAnswer},
	{"another range than asked for", wholes(anotherRange), fetch.ErrCut},
	{"compressed", always(of("latest", changes(func(a *answer) { a.header.Set("Content-Encoding", "gzip") }))), fetch.ErrBadAnswer},
	{"a page that asks for a login", always(says(200, "<!DOCTYPE html><title>WLAN</title>", "Content-Type", "text/html")), layout.ErrNotAPointer},
	{"sent on, for ever", always(says(302, "", "Location", "/latest")), fetch.ErrRedirect},
	{"nothing there", always(says(404, "none")), &fetch.StatusError{Code: 404}},
	{"a server that is down", always(says(503, "later")), &fetch.StatusError{Code: 503}},
	{"pointer of tomorrow", always(of("latest", says(200, "tongxing/latest/2\n"))), layout.ErrLaterVersion},
	{"pointer to what is not there", always(of("latest", says(200, fmt.Sprintf("tongxing/latest/1\nbundle %064x 1000\n", 7)))), &fetch.StatusError{Code: 404}},
}

// check holds what the device says to what is expected of the fault.
func (w *wrong) check(t *testing.T, result *fetch.Result, err error) {
	t.Helper()
	var status, want *fetch.StatusError
	switch {
	case w.want == nil && err == nil:
		if result.Change != nil && result.Change.Changed {
			t.Errorf("%s: something has changed", w.name)
		}
	case errors.As(w.want, &want):
		if !errors.As(err, &status) || status.Code != want.Code {
			t.Errorf("%s: %v, want %v", w.name, err, w.want)
		}
	case !errors.Is(err, w.want):
		t.Errorf("%s: %v, want %v", w.name, err, w.want)
	}
}

// [DIST-50] [DIST-54] Each fault leaves the old trust in force, and the honest
// retry succeeds.
func TestEachFaultLeavesTheOldTrustAndTheRetrySucceeds(t *testing.T) {
	c := newChain(t, len(wrongs)+2)
	for _, w := range wrongs {
		c.newDevice()
		before := c.inForce()
		c.publish()
		c.proxy.set(w.fault(c))
		result, err := c.update(nation.Now)
		w.check(t, result, err)
		if !bytes.Equal(c.inForce(), before) {
			t.Errorf("%s: another trust is in force", w.name)
		}
		if c.proxy.requests() == "" {
			t.Errorf("%s: nothing was asked for", w.name)
		}
		c.proxy.set(nil)
		if _, err := c.update(nation.Now); err != nil {
			t.Errorf("%s: the honest retry: %v", w.name, err)
		}
		c.requireNewest(w.name)
	}
}

// [DIST-10] [DIST-51] What is wrong with a delta costs the delta: the device has
// the new bundle all the same.
func TestAFaultOfADeltaCostsTheDelta(t *testing.T) {
	junk := bytes.Repeat([]byte{0x5a}, 300)
	faults := []struct {
		name  string
		fault fault
		want  error
	}{
		{"missing", says(404, "none"), &fetch.StatusError{Code: 404}},
		{"cut each time", cutting(nothing), fetch.ErrCut},
		{"longer", changes(func(a *answer) { a.body = append(a.body, 0) }), fetch.ErrEndless},
		{"shorter", changes(func(a *answer) { a.body = a.body[1:] }), fetch.ErrBadAnswer},
		{"another", changes(func(a *answer) { a.body[len(a.body)-1] ^= 1 }), fetch.ErrWrongContent},
		{"without end", endless, fetch.ErrEndless},
	}
	c := newChain(t, len(faults)+5)
	for _, f := range faults {
		c.newDevice()
		c.publish()
		c.proxy.set(of("delta", f.fault))
		result, err := c.update(nation.Now)
		if err != nil || result.Delta || len(result.Refused) != 1 {
			t.Errorf("%s: %+v, %v", f.name, result, err)
			continue
		}
		w := wrong{name: f.name, want: f.want}
		w.check(t, nil, result.Refused[0].Err)
		c.requireNewest(f.name)
	}
	// Deltas that are what a lying pointer says they are.
	other := mustDelta(t, c.bundles[0], c.bundles[1])
	for _, f := range []struct {
		name  string
		delta []byte
		want  error
	}{{"junk", junk, delta.ErrNotADelta}, {"of another base", other, nil}} {
		c.newDevice()
		old := c.newest()
		c.publish()
		c.proxy.set(lyingPointer(c.newest(), old, f.delta))
		result, err := c.update(nation.Now)
		var base *delta.OtherBaseError
		if err != nil || len(result.Refused) != 1 || f.want != nil && !errors.Is(result.Refused[0].Err, f.want) || f.want == nil && !errors.As(result.Refused[0].Err, &base) {
			t.Errorf("%s: %+v, %v", f.name, result, err)
			continue
		}
		c.requireNewest(f.name)
	}
}

func mustDelta(t *testing.T, old, new []byte) []byte {
	t.Helper()
	d, err := delta.Make(old, new)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// lyingPointer names a wrong delta by its right name, from the bundle that the
// device has.
func lyingPointer(newest, old, wrong []byte) fault {
	from, to := fileOf(old), fileOf(newest)
	d := fileOf(wrong)
	pointer := fmt.Sprintf("tongxing/latest/1\nbundle %x %d\ndelta %x %x %d\n", to.Hash, to.Size, from.Hash, d.Hash, d.Size)
	return both(of("latest", says(200, pointer)), of("delta", says(200, string(wrong))))
}

// [DIST-52] A download that is cut goes on where it was, and nginx gives the rest.
func TestADownloadThatIsCutGoesOn(t *testing.T) {
	c := newChain(t, 4)
	for _, kind := range []string{"delta", "bundle"} {
		c.newDevice()
		c.publish()
		faults := []fault{of(kind, once(cutting(half)))}
		if kind == "bundle" {
			faults = append(faults, of("delta", says(404, "none")))
		}
		c.proxy.set(both(faults...))
		result, err := c.update(nation.Now)
		if err != nil || result.Delta != (kind == "delta") {
			t.Fatalf("%s: %+v, %v", kind, result, err)
		}
		if asked := c.proxy.requests(); !strings.Contains(asked, "/"+kind+"/") || strings.Count(asked, " bytes=") != 1 {
			t.Errorf("%s: asked for %s", kind, asked)
		}
		c.requireNewest(kind)
	}
}

// [DIST-53] A cache that says "not modified" for ever is passed as soon as
// something is overdue.
func TestACacheThatIsStuckIsPassedWhenSomethingIsOverdue(t *testing.T) {
	c := newChain(t, 3)
	c.publish()
	c.proxy.set(of("latest", func(w http.ResponseWriter, r *http.Request, honest func() *answer) bool {
		return r.Header.Get("Cache-Control") == "" && says(304, "")(w, r, honest)
	}))
	before := c.inForce()
	if _, err := c.update(nation.Now); err != nil || !bytes.Equal(c.inForce(), before) {
		t.Errorf("nothing is due: %v", err)
	}
	if _, err := c.update(nation.Now + 3*86400); err != nil {
		t.Errorf("a snapshot is overdue: %v", err)
	}
	c.requireNewest("a snapshot is overdue")
}

// A day costs a device the pointer and the delta.
func TestADayCostsADeviceTheDelta(t *testing.T) {
	c := newChain(t, 4)
	for range 2 {
		c.publish()
		c.proxy.set(nil)
		result, err := c.update(nation.Now)
		if err != nil || !result.Delta || len(result.Refused) != 0 {
			t.Fatalf("%+v, %v", result, err)
		}
		if asked := c.proxy.requests(); strings.Contains(asked, "/bundle/") || result.Moved > int64(len(c.newest()))/2 {
			t.Errorf("%d bytes for %s", result.Moved, asked)
		}
		c.requireNewest("by delta")
	}
	if result, err := c.update(nation.Now); err != nil || result.Change != nil || result.Moved != 0 {
		t.Errorf("nothing new: %+v, %v", result, err)
	}
}

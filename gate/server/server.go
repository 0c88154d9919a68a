// Package server is the gate's page and its interface for kiosks and turnstiles,
// over HTTP on loopback.
//
//	GET  /            the page, with the token of this start in it
//	GET  /v1/state    venue, knowledge, clock, words
//	PUT  /v1/venue    {"class":3,"region":"37"}
//	POST /v1/verify   {"codes":["TX1:…"]} -> {"screen":{…}}
//
// and what else spec/gate.md lists. A site that a browser on the same machine has
// open cannot reach it: every request has to name a loopback host, which rebinding a
// name does not, must not come from another origin, and has to carry the token, which
// only the page knows. No answer makes a browser load anything from elsewhere.
//
// Nothing of a request is kept or logged.
package server

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/tongxing/tongxing/gate"
	"github.com/tongxing/tongxing/gate/counters"
	"github.com/tongxing/tongxing/gate/knowledge"
	"github.com/tongxing/tongxing/gate/page"
	"github.com/tongxing/tongxing/gate/people"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/verifier"
)

// TokenHeader carries the token of a request.
const TokenHeader = "X-Gate-Token"

// tokenPlace is what the page has where the token of the start belongs.
const tokenPlace = "GATE_TOKEN"

// Options of a Server. Page, Token, Gate, Keeper, Clock, Explain and Words have to be
// given; what else is nil is switched off.
type Options struct {
	Page    fs.FS  // index.html and what it loads
	Token   string // of this start, from a random source: at least 16 characters
	Version string // of the program, for the page
	Gate    *gate.Gate
	Keeper  *knowledge.Keeper
	Clock   func() time.Time
	// Explain gives an error of importing or enrolling its sentence.
	Explain func(error) spec.Label
	Words   map[string]spec.Label // of the page

	SaveVenue func(gate.Venue) error // keeps the venue over a restart
	People    *people.People         // nil: nobody is enrolled
	Pictures  Pictures               // nil: pictures are read by the page alone
	Counters  *counters.Counters     // nil: nothing is counted
	Features  Features
}

// Features are what is connected, for the page.
type Features struct {
	Scanner bool `json:"scanner"`
	Reader  bool `json:"reader"`
	PDF     bool `json:"pdf"`
}

// ErrOptions reports options that no Server can be made with.
var ErrOptions = errors.New("server: page, token, gate, keeper, clock, explain and words have to be given")

// Server answers the requests of one device. It is safe for concurrent use.
type Server struct {
	options Options
	home    []byte
	mux     *http.ServeMux
	hub     hub
}

// New returns a Server. Errors are ErrOptions and those of reading the page.
func New(o Options) (*Server, error) {
	if o.Page == nil || len(o.Token) < 16 || o.Gate == nil || o.Keeper == nil || o.Clock == nil || o.Explain == nil || o.Words == nil {
		return nil, ErrOptions
	}
	index, err := fs.ReadFile(o.Page, "index.html")
	if err != nil {
		return nil, err
	}
	s := &Server{options: o, home: bytes.ReplaceAll(index, []byte(tokenPlace), []byte(o.Token)), mux: http.NewServeMux()}
	s.routes()
	return s, nil
}

func (s *Server) routes() {
	s.mux.HandleFunc("GET /{$}", s.index)
	s.mux.HandleFunc("GET /index.html", s.index)
	s.mux.HandleFunc("/", s.file)
	for pattern, handle := range map[string]http.HandlerFunc{
		"GET /v1/state":     s.state,
		"PUT /v1/venue":     s.venue,
		"POST /v1/verify":   s.verify,
		"POST /v1/frame":    s.frame,
		"GET /v1/events":    s.events,
		"POST /v1/picture":  s.picture,
		"POST /v1/enrol":    s.enrol,
		"DELETE /v1/enrol":  s.forget,
		"POST /v1/document": s.document,
		"GET /v1/counters":  s.counters,
		"GET /v1/training":  s.trainingCodes,
		"POST /v1/training": s.train,
		"POST /v1/selftest": s.selfTest,
	} {
		s.mux.HandleFunc(pattern, s.authorised(handle))
	}
	s.mux.HandleFunc("/v1/", s.authorised(func(w http.ResponseWriter, _ *http.Request) {
		s.refuse(w, http.StatusNotFound, "not_found")
	}))
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	for name, value := range map[string]string{
		"Content-Security-Policy":      page.Policy,
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cross-Origin-Embedder-Policy": "require-corp",
		"Permissions-Policy":           "camera=(self), microphone=(), geolocation=()",
		"Referrer-Policy":              "no-referrer",
		"X-Content-Type-Options":       "nosniff",
		"Cache-Control":                "no-store",
	} {
		header.Set(name, value)
	}
	if !isLoopback(r.Host) || !sameOrigin(r) {
		s.refuse(w, http.StatusForbidden, "wrong_host")
		return
	}
	s.mux.ServeHTTP(w, r)
}

// isLoopback reports whether a Host header names this machine alone: a name that was
// rebound to a loopback address does not.
func isLoopback(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.Trim(name, "[]")
	if strings.EqualFold(name, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(name)
	return err == nil && address.IsLoopback()
}

// sameOrigin reports whether a browser says that a request comes from another origin;
// what is no browser says nothing.
func sameOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Scheme == "http" && u.Host == r.Host
}

// authorised lets a request through that carries the token.
func (s *Server) authorised(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		given := r.Header.Get(TokenHeader)
		if given == "" && r.URL.Path == "/v1/events" { // an EventSource sends no header
			given = r.URL.Query().Get("token")
		}
		if subtle.ConstantTimeCompare([]byte(given), []byte(s.options.Token)) != 1 {
			s.refuse(w, http.StatusForbidden, "wrong_token")
			return
		}
		next(w, r)
	}
}

func (s *Server) index(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(s.home) // whoever went away does not see it
}

// file answers with a file of the page; no folder is listed.
func (s *Server) file(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	info, err := fs.Stat(s.options.Page, name)
	if err != nil || info.IsDir() || r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.refuse(w, http.StatusNotFound, "not_found")
		return
	}
	http.ServeFileFS(w, r, s.options.Page, name)
}

// Presented is a document as a request gives it.
type Presented struct {
	DocumentType string `json:"document_type"`
	Number       string `json:"number"`
	Name         string `json:"name"`
}

func (p *Presented) context() verifier.Context {
	if p == nil {
		return verifier.Context{}
	}
	return verifier.Presented(p.DocumentType, p.Number, p.Name)
}

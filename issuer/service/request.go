package service

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"mime"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/time/rate"

	"github.com/tongxing/tongxing/issuer/access"
)

// request is what is known of a request beside its content.
type request struct {
	id        string
	lang      string // BCP 47, as spec.Label.In takes it
	at        time.Time
	operation string
	caller    access.Caller
	problem   string // name, where it was refused
	stranger  string // why it is not known who asks, for the log alone
}

type requestContextKey struct{}

// requestOf returns the request of a context; a zero one outside of a request.
func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestContextKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// newRequest begins a request.
func (s *Service) newRequest(r *http.Request) *request {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	lang, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	lang, _, _ = strings.Cut(strings.TrimSpace(lang), ";")
	return &request{id: hex.EncodeToString(id[:]), lang: lang, at: s.options.Clock()}
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(data []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(data)
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// around is what happens around every request: it gets a number, what it may send
// is bounded, a fault is contained, and it is logged and counted without content.
func (s *Service) around(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := s.newRequest(r)
		ctx := context.WithValue(r.Context(), requestContextKey{}, asked)
		r = r.WithContext(ctx)
		r.Body = http.MaxBytesReader(w, r.Body, s.options.Limits.Body)
		out := &recorder{ResponseWriter: w}
		secure(out.Header())
		if s.draining.Load() {
			out.Header().Set("Connection", "close") // the next request goes to who takes over
		}
		s.metrics.inFlight.Inc()
		defer s.metrics.inFlight.Dec()
		defer s.finish(ctx, out, asked)
		if r.URL.Path != livePath && !s.addresses.allow(addressOf(r.RemoteAddr), asked.at) {
			s.write(ctx, out, refusal("too_many"))
			return
		}
		if s.stopped.Load() && r.URL.Path != livePath {
			s.write(ctx, out, refusal("draining"))
			return
		}
		if _, pattern := mux.Handler(r); pattern == "" {
			s.unrouted(ctx, mux, out, r)
			return
		}
		mux.ServeHTTP(out, r)
	})
}

// secure sets what every answer says: it is for who asked alone, and loads nothing.
func secure(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
}

// finish contains a panic and writes the line of the log.
func (s *Service) finish(ctx context.Context, w *recorder, asked *request) {
	if fault := recover(); fault != nil {
		s.options.Logger.ErrorContext(ctx, "panic", "request", asked.id)
		if w.status == 0 {
			s.write(ctx, w, refusal("internal"))
		}
	}
	took := s.options.Clock().Sub(asked.at)
	operation := asked.operation
	if operation == "" {
		operation = "none"
	}
	s.metrics.requests.WithLabelValues(operation, strconv.Itoa(w.status)).Inc()
	s.metrics.seconds.WithLabelValues(operation).Observe(took.Seconds())
	if asked.problem != "" {
		s.metrics.refusals.WithLabelValues(asked.problem).Inc()
	}
	line := []slog.Attr{slog.String("request", asked.id),
		slog.String("operation", operation), slog.Int("status", w.status), slog.String("caller", asked.caller.Name),
		slog.String("problem", asked.problem), slog.Float64("ms", float64(took.Microseconds())/1000)}
	if asked.stranger != "" {
		line = append(line, slog.String("reason", asked.stranger))
	}
	s.options.Logger.LogAttrs(ctx, slog.LevelInfo, "request", line...)
}

// unrouted answers what no pattern matches: the mux knows whether another method
// would.
func (s *Service) unrouted(ctx context.Context, mux *http.ServeMux, w *recorder, r *http.Request) {
	probe := &discarded{header: http.Header{}}
	mux.ServeHTTP(probe, r)
	name := "not_found"
	if probe.status == http.StatusMethodNotAllowed {
		name = "method_not_allowed"
		w.Header().Set("Allow", probe.header.Get("Allow"))
	}
	s.write(ctx, w, refusal(name))
}

// discarded is an answer that nobody reads.
type discarded struct {
	header http.Header
	status int
}

func (d *discarded) Header() http.Header            { return d.header }
func (d *discarded) Write(data []byte) (int, error) { return len(data), nil }
func (d *discarded) WriteHeader(status int)         { d.status = status }

// write answers with a problem.
func (s *Service) write(ctx context.Context, w http.ResponseWriter, err error) {
	s.writeWith(ctx, w, err, nil)
}

// writeWith is write with how the conditions of readiness stand.
func (s *Service) writeWith(ctx context.Context, w http.ResponseWriter, err error, conditions []Condition) {
	p := problemOf(err).told(ctx)
	w.Header().Set("Content-Type", p.ContentType(""))
	if p.Status == http.StatusTooManyRequests || p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="tongxing-issuer"`)
	}
	w.WriteHeader(p.Status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(struct { // who asked may be gone
		*Problem
		Conditions []Condition `json:"conditions,omitempty"`
	}{p, conditions})
}

// authenticate finds out who asks. Who is refused learns no reason, which would help
// whoever tries; the operator finds it in the log. What [access.Authenticator] says
// names what does not hold of a token, and has nothing of one that is not verified.
func (s *Service) authenticate(r *http.Request, asked *request) (err error) {
	if asked.caller, err = s.options.Access.Authenticate(r, asked.at); err != nil {
		asked.stranger = err.Error()
	}
	return err
}

// actOf is the act that an operation needs, in its metadata.
const actOf = "act"

// authorize lets an operation pass to who may ask for it.
func (s *Service) authorize(c huma.Context, next func(huma.Context)) {
	ctx := c.Context()
	asked := requestOf(ctx)
	asked.operation = c.Operation().OperationID
	acts, guarded := c.Operation().Metadata[actOf].([]access.Act)
	if !guarded {
		next(c)
		return
	}
	r, w := unwrap(c)
	if err := s.authenticate(r, asked); err != nil {
		s.write(ctx, w, err)
		return
	}
	caller := asked.caller
	if !s.limiters.allow(caller.Name, asked.at) {
		s.write(ctx, w, refusal("too_many"))
		return
	}
	if !slices.ContainsFunc(acts, caller.Roles.May) {
		s.write(ctx, w, refusal("forbidden"))
		return
	}
	if !readable(r.Header) {
		s.write(ctx, w, refusal("media_type"))
		return
	}
	next(c)
}

// readable reports whether what a request carries is said to be neither compressed nor
// of another charset: JSON is UTF-8 (RFC 8259 section 8.1), and a name in another would
// be read as another name. The framework looks a type up letter by letter; types have
// no case (RFC 9110 section 8.3.1), and are written as it looks.
func readable(h http.Header) bool {
	if coding := h.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return false
	}
	given := h.Get("Content-Type")
	if given == "" {
		return true
	}
	name, parameters, err := mime.ParseMediaType(given)
	if charset, said := parameters["charset"]; err != nil || said && !strings.EqualFold(charset, "utf-8") {
		return false
	}
	h.Set("Content-Type", name)
	return true
}

// livePath asks whether the process lives, of which no flood makes a no.
const livePath = "/livez"

// addressOf is the network address that a request is counted under, before anybody
// knows who asks: an IPv4 address, or the 64 bits of an IPv6 one that its network
// gives out; "" is whoever comes without one, by way of a Unix socket.
func addressOf(remote string) string {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return ""
	}
	address := at.Addr().Unmap().WithZone("")
	if address.Is4() {
		return address.String()
	}
	return netip.PrefixFrom(address, 64).Masked().String()
}

// maxCallers bounds the callers, and the addresses, whose rate is remembered.
const maxCallers = 10_000

// limiters has a limiter for each caller, or for each address.
type limiters struct {
	rate  rate.Limit
	burst int

	mu      sync.Mutex
	callers map[string]*rate.Limiter
}

func newLimiters(l Limits) *limiters {
	return &limiters{rate: rate.Limit(l.Rate), burst: l.Burst, callers: map[string]*rate.Limiter{}}
}

// newAddressLimiters has one for each network address.
func newAddressLimiters(l Limits) *limiters {
	return newLimiters(Limits{Rate: l.Address, Burst: int(2 * l.Address)})
}

func (l *limiters) allow(caller string, at time.Time) bool {
	l.mu.Lock()
	one := l.callers[caller]
	if one == nil {
		if len(l.callers) >= maxCallers {
			clear(l.callers)
		}
		one = rate.NewLimiter(l.rate, l.burst)
		l.callers[caller] = one
	}
	l.mu.Unlock()
	return one.AllowN(at, 1)
}

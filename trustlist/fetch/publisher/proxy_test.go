package publisher_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// answer is what a server has answered, for a proxy to pass on.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// send passes the answer on.
func (a *answer) send(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(a.body)))
	w.WriteHeader(a.status)
	w.Write(a.body)
}

// cut sends so many bytes of the answer as if all were to come, and ends the
// connection.
func (a *answer) cut(w http.ResponseWriter, n int) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(a.body)))
	w.WriteHeader(a.status)
	w.Write(a.body[:min(n, len(a.body))])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler) // how a handler of net/http cuts a connection
}

// fault answers in place of the server, or says false.
type fault func(w http.ResponseWriter, r *http.Request, honest func() *answer) bool

// proxy stands between a device and nginx and can be told to do wrong.
type proxy struct {
	url string

	mu    sync.Mutex
	fault fault
	asked []string // paths, with the range that was asked for
}

func newProxy(t testing.TB, to string) *proxy {
	t.Helper()
	p := &proxy{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		fault := p.fault
		p.asked = append(p.asked, strings.TrimSpace(r.URL.Path+" "+r.Header.Get("Range")))
		p.mu.Unlock()
		honest := func() *answer { return ask(to, r) }
		if fault == nil || !fault(w, r, honest) {
			honest().send(w)
		}
	}))
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

// set makes the proxy do wrong from now on, or right with nil.
func (p *proxy) set(f fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault, p.asked = f, nil
}

// requests returns what was asked for since set.
func (p *proxy) requests() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.asked, ", ")
}

// ask sends a request on, with the headers that decide the answer. A server that
// does not answer is a bad gateway.
func ask(to string, r *http.Request) *answer {
	headers := http.Header{}
	for _, name := range []string{"If-None-Match", "Range", "If-Range", "Cache-Control"} {
		if value := r.Header.Get(name); value != "" {
			headers.Set(name, value)
		}
	}
	response, body, err := roundTrip(r.Method, to+r.URL.Path, headers)
	if err != nil {
		return &answer{http.StatusBadGateway, http.Header{}, []byte(err.Error())}
	}
	header := response.Header.Clone()
	for _, name := range []string{"Connection", "Content-Length", "Date"} {
		header.Del(name)
	}
	return &answer{response.StatusCode, header, body}
}

// of makes a fault of files of one kind alone: of "latest", "bundle" or "delta".
func of(kind string, f fault) fault {
	return func(w http.ResponseWriter, r *http.Request, honest func() *answer) bool {
		return strings.HasPrefix(r.URL.Path, "/"+kind) && f(w, r, honest)
	}
}

// both makes one fault of several.
func both(faults ...fault) fault {
	return func(w http.ResponseWriter, r *http.Request, honest func() *answer) bool {
		for _, f := range faults {
			if f(w, r, honest) {
				return true
			}
		}
		return false
	}
}

// once makes a fault of the first answer alone.
func once(f fault) fault {
	var done atomic.Bool
	return func(w http.ResponseWriter, r *http.Request, honest func() *answer) bool {
		return !done.Swap(true) && f(w, r, honest)
	}
}

// says is a fault that answers with a status and a text.
func says(status int, text string, headers ...string) fault {
	return func(w http.ResponseWriter, _ *http.Request, _ func() *answer) bool {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, text)
		return true
	}
}

// changes is a fault that changes the honest answer and its length with it.
func changes(change func(a *answer)) fault {
	return func(w http.ResponseWriter, _ *http.Request, honest func() *answer) bool {
		a := honest()
		change(a)
		a.send(w)
		return true
	}
}

// cutting is a fault that cuts each answer after a share of it.
func cutting(share func(n int) int) fault {
	return func(w http.ResponseWriter, _ *http.Request, honest func() *answer) bool {
		a := honest()
		a.cut(w, share(len(a.body)))
		return true
	}
}

func half(n int) int { return n / 2 }

func nothing(int) int { return 0 }

// endless sends without end and without a length.
func endless(w http.ResponseWriter, r *http.Request, _ func() *answer) bool {
	junk := bytes.Repeat([]byte("tongxing"), 8<<10)
	for r.Context().Err() == nil {
		if _, err := w.Write(junk); err != nil {
			break
		}
	}
	return true
}

// anotherRange cuts an answer with the whole, and answers each request for the
// rest with another part.
func anotherRange(w http.ResponseWriter, r *http.Request, honest func() *answer) bool {
	a := honest()
	if r.Header.Get("Range") == "" {
		a.cut(w, len(a.body)/2)
	}
	a.header.Set("Content-Range", fmt.Sprintf("bytes 1-%d/%d", len(a.body), len(a.body)+1))
	a.send(w)
	return true
}

package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
	"github.com/tongxing/tongxing/trustlist/fetch/layout"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// never is a timer that does not go off.
func never(time.Duration, func()) func() bool { return func() bool { return true } }

// alarm is a timer that goes off when a test says so.
type alarm struct {
	mu  sync.Mutex
	set map[time.Duration]func()
}

func (a *alarm) timer(d time.Duration, f func()) func() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.set == nil {
		a.set = map[time.Duration]func(){}
	}
	a.set[d] = f
	return func() bool { return true }
}

func (a *alarm) ring(d time.Duration) {
	a.mu.Lock()
	f := a.set[d]
	a.mu.Unlock()
	f()
}

// site is a web server with files, one of whose answers may be wrong.
type site struct {
	*httptest.Server
	files map[string][]byte
	// answer, if it is set, answers instead when it returns true.
	answer func(w http.ResponseWriter, r *http.Request, content []byte) bool
	asked  []string // path, and the headers that ask for less
}

func newSite(t testing.TB) *site {
	s := &site{files: map[string][]byte{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Path
	for _, name := range []string{"If-None-Match", "Range", "If-Range", "Cache-Control"} {
		if value := r.Header.Get(name); value != "" {
			asked += " " + name
		}
	}
	s.asked = append(s.asked, asked)
	content, ok := s.files[r.URL.Path]
	w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(content)))
	if s.answer != nil && s.answer(w, r, content) {
		return
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// large makes a bundle so large that a download of it can be cut.
func large(n *nation.Nation) []byte {
	list := statusList("33", 1)
	list.Revoked = nation.SetOfBytes(n.T, 1, 200<<10)
	n.Regions["33"].Lists = []*trustlist.StatusList{list}
	return n.Bundle()
}

func source(t testing.TB, address string, o HTTPOptions) *HTTP {
	t.Helper()
	if o.Timer == nil {
		o.Timer = never
	}
	h, err := NewHTTP(address, o)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func imported(t testing.TB, h *HTTP, s *Store) *Result {
	t.Helper()
	result, err := h.Import(context.Background(), s, now)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestAnAddressIsAskedForChangesAlone(t *testing.T) {
	n := nation.New(t, "33")
	s, web := newStore(t, n), newSite(t)
	web.files["/national.bundle"] = n.Bundle()
	h := source(t, strings.Replace(web.URL, "://", "://user:secret@", 1)+"/national.bundle", HTTPOptions{})
	first := imported(t, h, s)
	if !first.Change.Changed || first.Moved != int64(len(web.files["/national.bundle"])) {
		t.Errorf("first: %+v", first)
	}
	if second := imported(t, h, s); second.Change != nil || second.Moved != 0 {
		t.Errorf("second: %+v", second)
	}
	next(n)
	web.files["/national.bundle"] = n.Bundle()
	if third := imported(t, h, s); !third.Change.Changed {
		t.Errorf("third: %+v", third)
	}
	state := current(t, s)
	if strings.Contains(state.Origin.From, "secret") || state.Origin.From != web.URL+"/national.bundle" {
		t.Errorf("from %s", state.Origin.From)
	}
	want := []string{"/national.bundle", "/national.bundle If-None-Match", "/national.bundle If-None-Match"}
	if strings.Join(web.asked, ",") != strings.Join(want, ",") {
		t.Errorf("asked %q", web.asked)
	}
	if other := imported(t, source(t, web.URL+"/national.bundle?other", HTTPOptions{}), s); other.Change == nil {
		t.Error("the ETag of one address was sent to another")
	}
}

// cutAfter sends n bytes of an answer that promises more, and hangs up.
func cutAfter(w http.ResponseWriter, content []byte, n int) bool {
	w.Header().Set("Content-Length", fmt.Sprint(len(content)))
	w.Write(content[:n])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func TestADownloadThatWasCutGoesOn(t *testing.T) {
	n := nation.New(t, "33")
	s, web := newStore(t, n), newSite(t)
	content := large(n)
	web.files["/b"] = content
	web.answer = func(w http.ResponseWriter, r *http.Request, content []byte) bool {
		return r.Header.Get("Range") == "" && cutAfter(w, content, len(content)/2)
	}
	result := imported(t, source(t, web.URL+"/b", HTTPOptions{}), s)
	if result.Moved != int64(len(content)) || strings.Join(web.asked, ",") != "/b,/b Range If-Range" {
		t.Errorf("moved %d of %d, asked %q", result.Moved, len(content), web.asked)
	}
	if !bytes.Equal(current(t, s).Source, content) {
		t.Error("something else has come")
	}
}

func TestADownloadThatWasCutWaitsInASideFile(t *testing.T) {
	n := nation.New(t, "33")
	s, web := newStore(t, n), newSite(t)
	content := large(n)
	web.files["/b"] = content
	o := HTTPOptions{Attempts: 1, Partial: filepath.Join(t.TempDir(), "part")}
	web.answer = func(w http.ResponseWriter, _ *http.Request, content []byte) bool {
		return cutAfter(w, content, 150<<10)
	}
	if _, err := source(t, web.URL+"/b", o).Import(context.Background(), s, now); !errors.Is(err, ErrCut) {
		t.Fatalf("cut: %v", err)
	}
	web.answer = nil
	if result := imported(t, source(t, web.URL+"/b", o), s); result.Moved != int64(len(content)-150<<10) {
		t.Errorf("moved %d of %d", result.Moved, len(content))
	}
	if _, err := os.Stat(o.Partial); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the side file is left: %v", err)
	}
}

// What waits is of an older file, of another address, or was damaged: the whole
// is loaded, and no mixture.
func TestWhatWasCutIsNotMixedWithSomethingElse(t *testing.T) {
	for name, between := range map[string]func(t *testing.T, n *nation.Nation, web *site, side string){
		"changed": func(_ *testing.T, n *nation.Nation, web *site, _ string) {
			next(n)
			web.files["/b"] = large(n)
		},
		"changed under one ETag": func(_ *testing.T, n *nation.Nation, web *site, _ string) {
			next(n)
			large(n)
			n.Regions["33"].Lists[0].Revoked = nation.SetOfBytes(n.T, 2, 200<<10)
			other := n.Bundle()
			old := fmt.Sprintf(`"%x"`, sha256.Sum256(web.files["/b"]))
			web.files["/b"] = other
			web.answer = func(w http.ResponseWriter, _ *http.Request, _ []byte) bool { w.Header().Set("ETag", old); return false }
		},
		"side file damaged": func(t *testing.T, _ *nation.Nation, _ *site, side string) {
			data, err := os.ReadFile(side)
			if err != nil {
				t.Fatal(err)
			}
			data[len(data)-9] ^= 1
			if err := os.WriteFile(side, data, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"side file of others": func(t *testing.T, _ *nation.Nation, _ *site, side string) {
			if err := os.WriteFile(side, []byte("tongxing/partial/1 9 \"\\\"x\\\"\" \"http://else\"\n123"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"another range": func(_ *testing.T, _ *nation.Nation, web *site, _ string) {
			web.answer = func(w http.ResponseWriter, r *http.Request, content []byte) bool {
				if r.Header.Get("Range") == "" {
					return false
				}
				w.Header().Set("Content-Range", fmt.Sprintf("bytes 0-%d/%d", len(content)-1, len(content)))
				w.WriteHeader(http.StatusPartialContent)
				w.Write(content)
				return true
			}
		},
		"no ranges": func(_ *testing.T, _ *nation.Nation, web *site, _ string) {
			web.answer = func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
				if r.Header.Get("Range") == "" {
					return false
				}
				w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
				return true
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := nation.New(t, "33")
			s, web := newStore(t, n), newSite(t)
			web.files["/b"] = large(n)
			o := HTTPOptions{Attempts: 1, Partial: filepath.Join(t.TempDir(), "part")}
			web.answer = func(w http.ResponseWriter, _ *http.Request, content []byte) bool {
				return cutAfter(w, content, 150<<10)
			}
			if _, err := source(t, web.URL+"/b", o).Import(context.Background(), s, now); !errors.Is(err, ErrCut) {
				t.Fatalf("cut: %v", err)
			}
			web.answer = nil
			between(t, n, web, o.Partial)
			o.Attempts = 4
			imported(t, source(t, web.URL+"/b", o), s)
			if !bytes.Equal(current(t, s).Source, web.files["/b"]) {
				t.Error("something else has come")
			}
		})
	}
}

// raw answers with bytes as they are, whatever HTTP says of them.
func raw(w http.ResponseWriter, head string, content []byte) bool {
	connection, buffer, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	defer connection.Close()
	fmt.Fprintf(buffer, "HTTP/1.1 %s\r\n\r\n", head)
	buffer.Write(content)
	buffer.Flush()
	return true
}

// Every wrong answer ends in an error of its own and leaves what was in force.
func TestWrongAnswersLeaveWhatIsInForce(t *testing.T) {
	n := nation.New(t, "33")
	older := n.Bundle()
	next(n)
	s, web := newStore(t, n), newSite(t)
	apply(t, s, n.Bundle())
	before := file(t, s)
	next(n)
	newer := n.Bundle()
	for name, test := range map[string]struct {
		answer func(w http.ResponseWriter, r *http.Request, content []byte) bool
		want   error
	}{
		"length too large": {func(w http.ResponseWriter, _ *http.Request, c []byte) bool {
			return raw(w, fmt.Sprintf("200 OK\r\nContent-Length: %d", len(c)+1), c)
		}, ErrCut},
		"length too small": {func(w http.ResponseWriter, _ *http.Request, c []byte) bool {
			return raw(w, fmt.Sprintf("200 OK\r\nContent-Length: %d", len(c)-1), c)
		}, trustlist.ErrNotABundle},
		"endless, as announced": {func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			return raw(w, "200 OK\r\nContent-Length: 99999999999", nil)
		}, ErrEndless},
		"endless": {func(w http.ResponseWriter, _ *http.Request, c []byte) bool {
			for {
				if _, err := w.Write(c); err != nil {
					return true
				}
			}
		}, ErrEndless},
		"not modified, unasked": {func(w http.ResponseWriter, _ *http.Request, _ []byte) bool { w.WriteHeader(304); return true }, ErrBadAnswer},
		"compressed": {func(w http.ResponseWriter, _ *http.Request, c []byte) bool {
			w.Header().Set("Content-Encoding", "gzip")
			return false
		}, ErrBadAnswer},
		"range, unasked": {func(w http.ResponseWriter, _ *http.Request, _ []byte) bool { w.WriteHeader(206); return true }, nil},
		"redirected for ever": {func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
			return true
		}, ErrRedirect},
		"older content": {func(w http.ResponseWriter, _ *http.Request, _ []byte) bool { w.Write(older); return true }, trustlist.ErrRollback},
		"no bundle":     {func(w http.ResponseWriter, _ *http.Request, _ []byte) bool { w.Write([]byte("<html>")); return true }, trustlist.ErrNotABundle},
		"nothing":       {func(w http.ResponseWriter, _ *http.Request, _ []byte) bool { return true }, trustlist.ErrNotABundle},
		"missing":       {func(w http.ResponseWriter, _ *http.Request, _ []byte) bool { w.WriteHeader(404); return true }, nil},
		"no HTTP":       {func(w http.ResponseWriter, _ *http.Request, _ []byte) bool { return raw(w, "what?", nil) }, ErrNoAnswer},
		"later pointer": {func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			w.Write([]byte("tongxing/latest/2\n"))
			return true
		}, layout.ErrLaterVersion},
	} {
		t.Run(name, func(t *testing.T) {
			web.files = map[string][]byte{"/b": newer}
			web.answer = test.answer
			result, err := source(t, web.URL+"/b", HTTPOptions{MaxBundle: 1 << 20}).Import(context.Background(), s, now)
			var status *StatusError
			if result != nil || test.want != nil && !errors.Is(err, test.want) || test.want == nil && !errors.As(err, &status) {
				t.Errorf("%v, %v; want %v", result, err, test.want)
			}
			if !bytes.Equal(file(t, s), before) {
				t.Error("the store is another")
			}
		})
	}
	web.Close()
	if _, err := source(t, web.URL+"/b", HTTPOptions{}).Import(context.Background(), s, now); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("no server: %v", err)
	}
}

func TestAServerThatIsTooSlowIsLeft(t *testing.T) {
	n := nation.New(t, "33")
	s, web := newStore(t, n), newSite(t)
	web.files["/b"] = n.Bundle()
	for name, want := range map[string]error{"window": ErrTooSlow, "limit": ErrTimeout, "caller": context.Canceled} {
		t.Run(name, func(t *testing.T) {
			clock := &alarm{}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			web.answer = func(w http.ResponseWriter, r *http.Request, content []byte) bool {
				w.Write(content[:100])
				w.(http.Flusher).Flush()
				switch name {
				case "window":
					clock.ring(time.Second)
				case "limit":
					clock.ring(time.Hour)
				case "caller":
					cancel()
				}
				<-r.Context().Done() // not one byte more
				return true
			}
			h := source(t, web.URL+"/b", HTTPOptions{Timer: clock.timer, Window: time.Second, Limit: time.Hour, MinRate: 101})
			if _, err := h.Import(ctx, s, now); !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
		})
	}
}

// A server that sends as much as is asked for in each window is waited for, and
// the time that verifying takes is nobody's fault.
func TestAServerThatIsFastEnoughIsNotLeft(t *testing.T) {
	n := nation.New(t, "33")
	s, web := newStore(t, n), newSite(t)
	web.files["/b"] = n.Bundle()
	clock := &alarm{}
	web.answer = func(w http.ResponseWriter, _ *http.Request, content []byte) bool {
		for len(content) > 0 {
			part := content[:min(1000, len(content))]
			content = content[len(part):]
			w.Write(part)
			w.(http.Flusher).Flush()
		}
		return true
	}
	h := source(t, web.URL+"/b", HTTPOptions{Timer: clock.timer, Window: time.Second, MinRate: 1})
	imported(t, h, s)
	clock.ring(time.Second) // after the end it means nothing

	ctx, watched := watch(context.Background(), clock.timer, time.Hour, time.Second, 100)
	for range 3 {
		watched.begin()
		late := clock.set[time.Second]
		for range 5 {
			watched.came(100)
			clock.ring(time.Second)
		}
		watched.pause()
		clock.ring(time.Second)
		watched.begin()
		late() // of the download before
		watched.pause()
	}
	if ctx.Err() != nil {
		t.Errorf("left: %v", context.Cause(ctx))
	}
	watched.begin()
	watched.came(99)
	clock.ring(time.Second)
	if !errors.Is(context.Cause(ctx), ErrTooSlow) {
		t.Errorf("99 of 100 bytes: %v", context.Cause(ctx))
	}
	watched.end()
}

func TestFromHTTPSNobodyIsSentToHTTP(t *testing.T) {
	n := nation.New(t, "33")
	s, web := newStore(t, n), newSite(t)
	web.files["/b"] = n.Bundle()
	secure := httptest.NewTLSServer(http.RedirectHandler(web.URL+"/b", http.StatusFound))
	defer secure.Close()
	h := source(t, secure.URL+"/b", HTTPOptions{Transport: secure.Client().Transport})
	if _, err := h.Import(context.Background(), s, now); !errors.Is(err, ErrRedirect) || len(web.asked) != 0 {
		t.Errorf("%v, asked %q", err, web.asked)
	}
}

// stuckProxy answers 304 to whoever asks whether anything has changed.
func stuckProxy(w http.ResponseWriter, r *http.Request, _ []byte) bool {
	if r.Header.Get("If-None-Match") == "" {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

func TestACacheThatIsStuckIsPassedWhenSomethingIsDue(t *testing.T) {
	n := nation.New(t, "33")
	n.List.Due = now - 60
	s, web := newStore(t, n), newSite(t)
	web.files["/b"] = n.Bundle()
	h := source(t, web.URL+"/b", HTTPOptions{})
	imported(t, h, s)
	web.answer = stuckProxy
	before := current(t, s).Trust.ListVersion()
	if _, err := h.Import(context.Background(), s, now); !errors.Is(err, ErrNothingNewer) {
		t.Errorf("overdue, and nothing newer: %v", err)
	}
	if current(t, s).Trust.ListVersion() != before {
		t.Error("something else is in force")
	}
	next(n)
	n.List.Due = now + 86400
	web.files["/b"] = n.Bundle()
	web.asked = nil
	if result := imported(t, h, s); !result.Change.Changed {
		t.Error("304 for changed content is believed although the list is overdue")
	}
	if strings.Join(web.asked, ",") != "/b If-None-Match,/b Cache-Control" {
		t.Errorf("asked %q", web.asked)
	}
}

// publish puts a bundle into the folder, with deltas from the ones given.
func publish(t testing.TB, web *site, bundle []byte, from ...[]byte) *layout.Latest {
	t.Helper()
	latest := &layout.Latest{Bundle: layout.File{Hash: sha256.Sum256(bundle), Size: int64(len(bundle))}}
	web.files["/trust/"+layout.BundleName(latest.Bundle.Hash)] = bundle
	for _, old := range from {
		data, err := delta.Make(old, bundle)
		if err != nil {
			t.Fatal(err)
		}
		hash := sha256.Sum256(data)
		web.files["/trust/"+layout.DeltaName(hash)] = data
		latest.Deltas = append(latest.Deltas, layout.DeltaFile{From: sha256.Sum256(old), File: layout.File{Hash: hash, Size: int64(len(data))}})
	}
	pointer, err := latest.Encode()
	if err != nil {
		t.Fatal(err)
	}
	web.files["/trust/latest"] = pointer
	return latest
}

func TestAPointerLeadsToADeltaAndElseToTheBundle(t *testing.T) {
	n := nation.New(t, "33")
	s, web := newStore(t, n), newSite(t)
	first := large(n)
	publish(t, web, first)
	h := source(t, web.URL+"/trust/", HTTPOptions{})
	if result := imported(t, h, s); result.Delta || !result.Change.Changed {
		t.Errorf("first: %+v", result)
	}
	if result := imported(t, h, s); result.Change != nil || result.Moved != 0 {
		t.Errorf("unchanged: %+v", result)
	}
	next(n)
	parts := mustParse(t, first)
	parts.List = n.Document(n.List, n.RootSigners...)
	second, err := parts.Encode()
	if err != nil {
		t.Fatal(err)
	}
	publish(t, web, second, first)
	result := imported(t, h, s)
	if !result.Delta || !result.Change.Changed || result.Moved > 10<<10 || len(result.Refused) != 0 {
		t.Errorf("by delta: %+v", result)
	}
	if state := current(t, s); !bytes.Equal(state.Source, second) || state.RestSize != 0 {
		t.Error("something else has come")
	}
	next(n)
	third := large(n)
	latest := publish(t, web, third, second)
	web.files["/trust/"+layout.DeltaName(latest.Deltas[0].Hash)][100] ^= 1
	result = imported(t, h, s)
	if result.Delta || !result.Change.Changed || len(result.Refused) != 1 || !errors.Is(result.Refused[0].Err, ErrWrongContent) {
		t.Errorf("with a damaged delta: %+v", result)
	}
	next(n)
	latest = publish(t, web, large(n))
	web.files["/trust/"+layout.BundleName(latest.Bundle.Hash)][100] ^= 1
	before := file(t, s)
	if _, err := h.Import(context.Background(), s, now); !errors.Is(err, ErrWrongContent) || !bytes.Equal(file(t, s), before) {
		t.Errorf("another bundle than the pointer names: %v", err)
	}
	web.files["/trust/latest"] = []byte("<html>")
	if _, err := h.Import(context.Background(), s, now); !errors.Is(err, layout.ErrNotAPointer) {
		t.Errorf("no pointer: %v", err)
	}
}

func TestABundleOfAFolderGoesOnAfterACut(t *testing.T) {
	n := nation.New(t, "33")
	s, web := newStore(t, n), newSite(t)
	bundle := large(n)
	publish(t, web, bundle)
	o := HTTPOptions{Attempts: 1, Partial: filepath.Join(t.TempDir(), "part")}
	web.answer = func(w http.ResponseWriter, r *http.Request, content []byte) bool {
		w.Header().Del("ETag") // the name says what the content is
		return strings.HasSuffix(r.URL.Path, ".bundle") && cutAfter(w, content, 150<<10)
	}
	if _, err := source(t, web.URL+"/trust/latest", o).Import(context.Background(), s, now); !errors.Is(err, ErrCut) {
		t.Fatalf("cut: %v", err)
	}
	web.answer = nil
	if result := imported(t, source(t, web.URL+"/trust/latest", o), s); result.Moved > 60<<10 || !bytes.Equal(current(t, s).Source, bundle) {
		t.Errorf("moved %d of %d", result.Moved, len(bundle))
	}
}

func TestSourcesThatContradictThemselvesAreRefused(t *testing.T) {
	for _, address := range []string{"", "national.bundle", "ftp://a/b", "http://", "http:///b", "://", "file:///etc", "http://a/" + strings.Repeat("x", 3000)} {
		if h, err := NewHTTP(address, HTTPOptions{Timer: never}); !errors.Is(err, ErrAddress) || h != nil {
			t.Errorf("%q: %v", address, err)
		}
	}
	for _, o := range []HTTPOptions{
		{}, {Timer: never, Limit: -1}, {Timer: never, Window: time.Hour, Limit: time.Minute},
		{Timer: never, MaxBundle: trustlist.MaxBundle + 1}, {Timer: never, Redirects: -1}, {Timer: never, Attempts: -1}, {Timer: never, MinRate: -1},
	} {
		if h, err := NewHTTP("http://a/b", o); err == nil || h != nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

// FuzzPartial: a side file from anywhere is what it says or none.
func FuzzPartial(f *testing.F) {
	good := partialFacts{address: "https://example.org/b?ü=\"\n", etag: `"5f\3a"`, size: 9}
	f.Add(append(good.line(), "123"...))
	f.Add([]byte("tongxing/partial/1 0 \"\" \"\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		head, rest, ok := cutPartial(data)
		if ok && !bytes.Equal(append(head.line(), rest...), data) {
			t.Fatalf("%q is read as %+v", data, head)
		}
	})
}

// FuzzContentRange: what is taken leads to the end of the file.
func FuzzContentRange(f *testing.F) {
	f.Add("bytes 100-199/200")
	f.Add("bytes */200")
	f.Fuzz(func(t *testing.T, value string) {
		if first, total, ok := parseContentRange(value); ok && (first < 0 || first >= total) {
			t.Fatalf("%q: %d of %d", value, first, total)
		}
	})
}

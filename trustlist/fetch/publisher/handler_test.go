package publisher_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/trustlist/fetch/layout"
	"github.com/tongxing/tongxing/trustlist/fetch/publisher"
)

// served is a published folder behind a server.
type served struct {
	folder string
	url    string
	latest layout.Latest
	bundle []byte
}

// serve publishes bundles of following days and serves them with our handler.
func serve(t testing.TB, bundles ...[]byte) *served {
	t.Helper()
	folder := t.TempDir()
	p := open(t, folder, 3)
	s := &served{folder: folder}
	for _, bundle := range bundles {
		s.latest, s.bundle = publish(t, p, bundle).Latest, bundle
	}
	handler, err := publisher.NewHandler(folder)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(func() { server.Close(); handler.Close() })
	s.url = server.URL
	return s
}

// request sends a request with headers, given as name and value in turn.
func request(t testing.TB, method, url string, headers ...string) (*http.Response, []byte) {
	t.Helper()
	header := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	response, body, err := roundTrip(method, url, header)
	if err != nil {
		t.Fatal(err)
	}
	return response, body
}

// roundTrip sends one request as it is: it follows nothing and asks for no coding
// of the content.
func roundTrip(method, url string, header http.Header) (*http.Response, []byte, error) {
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		return nil, nil, err
	}
	r.Header = header
	response, err := (&http.Transport{DisableCompression: true, DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response, body, err
}

// requireServed checks what every server of a folder has to answer.
func requireServed(t *testing.T, s *served) {
	t.Helper()
	d := s.latest.Deltas[0]
	for name, want := range map[string]struct {
		hash  [32]byte
		size  int64
		cache string
	}{
		"/" + layout.BundleName(s.latest.Bundle.Hash): {s.latest.Bundle.Hash, s.latest.Bundle.Size, "public, max-age=31536000, immutable"},
		"/" + layout.DeltaName(d.Hash):                {d.Hash, d.Size, "public, max-age=31536000, immutable"},
		"/latest":                                     {pointerHash(t, s), pointerSize(t, s), "no-cache"},
	} {
		response, body := request(t, http.MethodGet, s.url+name)
		if response.StatusCode != 200 || sha256.Sum256(body) != want.hash || int64(len(body)) != want.size || response.ContentLength != want.size {
			t.Errorf("%s: %s, %d bytes", name, response.Status, len(body))
		}
		if got := response.Header.Get("Cache-Control"); got != want.cache {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
		etag := response.Header.Get("ETag")
		if len(etag) < 3 || etag[0] != '"' {
			t.Errorf("%s: ETag %q is none or a weak one", name, etag)
		}
		if got := response.Header.Get("Content-Encoding"); got != "" {
			t.Errorf("%s: Content-Encoding %q", name, got)
		}
		if got := response.Header.Get("Access-Control-Allow-Origin"); got != "*" {
			t.Errorf("%s: Access-Control-Allow-Origin %q", name, got)
		}
		requireConditions(t, s.url+name, etag, body)
	}
}

// requireConditions checks what a client asks that has something already.
func requireConditions(t *testing.T, url, etag string, whole []byte) {
	t.Helper()
	half := len(whole) / 2
	rest := fmt.Sprintf("bytes=%d-", half)
	for _, c := range []struct {
		name    string
		method  string
		headers []string
		status  int
		body    []byte
	}{
		{"head", http.MethodHead, nil, 200, nil},
		{"known", http.MethodGet, []string{"If-None-Match", etag}, 304, nil},
		{"another known", http.MethodGet, []string{"If-None-Match", `"another"`}, 200, whole},
		{"the rest", http.MethodGet, []string{"Range", rest}, 206, whole[half:]},
		{"the rest of the same", http.MethodGet, []string{"Range", rest, "If-Range", etag}, 206, whole[half:]},
		{"the rest of another", http.MethodGet, []string{"Range", rest, "If-Range", `"another"`}, 200, whole},
		{"behind the end", http.MethodGet, []string{"Range", fmt.Sprintf("bytes=%d-", len(whole))}, 416, nil},
	} {
		response, body := request(t, c.method, url, c.headers...)
		if response.StatusCode != c.status || c.status < 300 && !bytes.Equal(body, c.body) {
			t.Errorf("%s, %s: %s, %d bytes", url, c.name, response.Status, len(body))
		}
		if want := fmt.Sprintf("bytes %d-%d/%d", half, len(whole)-1, len(whole)); c.status == 206 && response.Header.Get("Content-Range") != want {
			t.Errorf("%s, %s: Content-Range %q", url, c.name, response.Header.Get("Content-Range"))
		}
	}
}

func pointerHash(t *testing.T, s *served) [32]byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.folder, "latest"))
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(data)
}

func pointerSize(t *testing.T, s *served) int64 {
	t.Helper()
	info, err := os.Stat(filepath.Join(s.folder, "latest"))
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// requireNothingElse checks that a server gives nothing beside the layout.
func requireNothingElse(t *testing.T, s *served) {
	t.Helper()
	for path, content := range map[string]string{
		"secret": "x", "bundle/secret": "x", "bundle/" + strings.Repeat("0", 64) + ".bundle.new": "x", "delta/" + strings.Repeat("0", 64): "x", ".htaccess": "x",
	} {
		if err := os.WriteFile(filepath.Join(s.folder, path), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	bundle := "/" + layout.BundleName(s.latest.Bundle.Hash)
	for _, path := range []string{
		"/", "/bundle", "/bundle/", "/delta/", "/secret", "/bundle/secret", "/.htaccess", "/latest/", "/latest.new",
		"/bundle/../secret", "/bundle/%2e%2e/secret", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", bundle + "/", bundle + "%00",
		"/bundle/" + strings.Repeat("0", 64) + ".bundle.new", "/delta/" + strings.Repeat("0", 64), "/delta/" + strings.Repeat("0", 64) + ".delta",
	} {
		response, body := request(t, http.MethodGet, s.url+path)
		if response.StatusCode != 404 && response.StatusCode != 400 || strings.Contains(string(body), "root:") {
			t.Errorf("%s: %s, %d bytes", path, response.Status, len(body))
		}
		if strings.Contains(response.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: a cache would keep it for ever", path)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"} {
		for _, path := range []string{"/latest", bundle} {
			if response, _ := request(t, method, s.url+path); response.StatusCode != 403 && response.StatusCode != 405 {
				t.Errorf("%s %s: %s", method, path, response.Status)
			}
		}
	}
}

// [DIST-40] [DIST-41]
func TestTheHandlerServesTheFolder(t *testing.T) {
	requireServed(t, serve(t, days(t, 3)...))
}

// [DIST-42]
func TestTheHandlerServesNothingElse(t *testing.T) {
	s := serve(t, days(t, 2)...)
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, []byte("root: x"), 0o644); err != nil {
		t.Fatal(err)
	}
	link := "delta/" + strings.Repeat("1", 64) + ".delta"
	if err := os.Symlink(outside, filepath.Join(s.folder, link)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(s.folder, "bundle", strings.Repeat("2", 64)+".bundle"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{link, "/latest", "bundle/" + strings.Repeat("2", 64) + ".bundle"} {
		if response, _ := request(t, http.MethodGet, s.url+"/"+name); response.StatusCode == 200 {
			t.Errorf("%s: %s", name, response.Status)
		}
	}
	requireNothingElse(t, s)
}

func TestTheHandlerFollowsTheFolder(t *testing.T) {
	all := days(t, 2)
	s := serve(t, all[0])
	first, _ := request(t, http.MethodGet, s.url+"/latest")
	publish(t, open(t, s.folder, 3), all[1])
	response, body := request(t, http.MethodGet, s.url+"/latest", "If-None-Match", first.Header.Get("ETag"))
	latest, err := layout.ParsePointer(body)
	if response.StatusCode != 200 || err != nil || latest.Bundle.Hash != sha256.Sum256(all[1]) {
		t.Errorf("%s: %v", response.Status, err)
	}
}

// fileOf is how a pointer names data.
func fileOf(data []byte) layout.File {
	return layout.File{Hash: sha256.Sum256(data), Size: int64(len(data))}
}

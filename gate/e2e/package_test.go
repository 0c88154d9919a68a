package e2e

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/verifier/binding/bindingtest"
)

// The policy of a page that embeds the package, as its README asks for it.
const embeddingPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"

// [BINDING-30] The npm package in a browser, in the page and in workers: every vector
// has its verdict in one of them, byte for byte, and once it is loaded nothing is asked
// of anybody.
func TestThePackageWorksInABrowser(t *testing.T) {
	folder := filepath.Join("..", "..", "js", "verifier")
	if output, err := exec.Command(filepath.Join(folder, "build")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	vectors := t.TempDir()
	written := bindingtest.Write(t, vectors)
	mux := http.NewServeMux()
	mux.Handle("/package/", http.StripPrefix("/package/", http.FileServer(http.Dir(folder))))
	mux.HandleFunc("/runner.js", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "runner.js") })
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(`<!doctype html><title>Embedding</title><body data-ready>A page that embeds the package.`))
	})
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", embeddingPolicy)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(host.Close)
	lines := run(t, "package.mjs", map[string]any{"address": host.URL + "/", "vectors": vectors}, func(string) {
		host.CloseClientConnections()
		host.Listener.Close()
	})
	judge(t, lines)
	if last := lines[len(lines)-1]; last.Name != "Vectors" || int(last.Figure) != written {
		t.Errorf("%v of %d vectors", last.Figure, written)
	}
}

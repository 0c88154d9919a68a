package e2e

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tongxing/tongxing/gate/training"
)

// assemble runs scripts/pwa and returns the folder of the site, which is given as the
// caller's, in both ways that a flag is written.
func assemble(t testing.TB) string {
	t.Helper()
	script, err := filepath.Abs(filepath.Join("..", "..", "scripts", "pwa"))
	if err != nil {
		t.Fatal(err)
	}
	folder, files := t.TempDir(), material(t)
	command := exec.Command(script,
		"--root", filepath.Join(files, "root.cose"), "--bundle="+filepath.Join(files, "national.bundle"), "--out=site")
	command.Dir = folder
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("scripts/pwa: %v\n%s", err, output)
	}
	return filepath.Join(folder, "site")
}

// A loader that an earlier Go left behind does not start the module of this one.
func TestTheWebApplicationHasTheLoaderOfItsModule(t *testing.T) {
	const remark = "// of another Go\n" // which harms nobody who takes the file meanwhile
	left := filepath.Join("..", "..", "js", "verifier", "dist", "go.js")
	if err := os.MkdirAll(filepath.Dir(left), 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(left, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(remark); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	loader, err := os.ReadFile(filepath.Join(assemble(t), "verifier", "dist", "go.js"))
	if err != nil || !strings.Contains(string(loader), "makeGo") || strings.Contains(string(loader), remark) {
		t.Errorf("not made anew: %d bytes, %v", len(loader), err)
	}
}

// [GATE-16]
func TestTheWebApplicationWorksWithoutAHost(t *testing.T) {
	site := assemble(t)
	later := newer(t, site)
	var current atomic.Pointer[string]
	current.Store(&site)
	host := httptest.NewServer(http.StripPrefix("/gate/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.FileServer(http.Dir(*current.Load())).ServeHTTP(w, r)
	})))
	t.Cleanup(host.Close)
	then := httptest.NewServer(http.StripPrefix("/gate/", inTheirTime(os.DirFS(site))))
	t.Cleanup(then.Close)
	all := codes(t)
	out := t.TempDir()
	judge(t, run(t, "pwa.mjs", map[string]any{
		"address": host.URL + "/gate/", "then": then.URL + "/gate/", "out": out, "codes": all, "bundle": filepath.Join(site, "national.bundle"), "holder": holder,
		"still": film(t, filepath.Join(t.TempDir(), "still.mjpeg"), []shot{{held(t, all[0]), 30}}),
	}, func(what string) {
		switch what {
		case "update":
			current.Store(&later)
		case "end":
			host.CloseClientConnections()
			host.Listener.Close()
		}
	}))
	compare(t, out, 2)
}

// inTheirTime serves a site whose page and worker have the clock of the training set's
// time, which a browser cannot be given for its workers. The service worker is
// empty: the real one refuses files that are not the site's.
func inTheirTime(site fs.FS) http.Handler {
	clock := fmt.Sprintf(`{ const Real = Date; const behind = Real.now() - %d;
globalThis.Date = class extends Real {
  constructor(...given) { super(...(given.length > 0 ? given : [Real.now() - behind])); }
  static now() { return Real.now() - behind; }
  static [Symbol.hasInstance](value) { return value instanceof Real; } // those of messages are
}; }
`, training.At.UnixMilli())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "sw.js":
			w.Header().Set("Content-Type", "text/javascript")
		case "assets/main.js", "verifier/src/worker.js":
			script, err := fs.ReadFile(site, r.URL.Path)
			if err != nil {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, clock, string(script))
		default:
			http.FileServerFS(site).ServeHTTP(w, r)
		}
	})
}

// newer copies a site whose service worker is another version.
func newer(t testing.TB, site string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "later")
	if err := os.CopyFS(folder, os.DirFS(site)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "sw.js")
	worker, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(worker), `const version = "`, `const version = "0`, 1)
	if changed == string(worker) {
		t.Fatal("the service worker has no version")
	}
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	// Hosts tell versions apart by seconds.
	tomorrow := time.Now().Add(24 * time.Hour)
	if err := os.Chtimes(path, tomorrow, tomorrow); err != nil {
		t.Fatal(err)
	}
	return folder
}

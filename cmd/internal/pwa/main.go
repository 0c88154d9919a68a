// Command pwa assembles the gate as a web application: the page, its engine as
// WebAssembly, the words, where trust begins, and a service worker that keeps all
// of it, so that the second visit needs no network. Any static host serves the
// folder, under any path.
//
//	scripts/pwa --root root.cose --bundle national.bundle --out site
//
// The root is part of the site: who serves the site says where trust begins, as who
// installs tongxing-gate does. The bundle may be left out, and replaced whenever
// there is a newer one; the page asks for it, or takes one from a file or a camera.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tongxing/tongxing/trustlist"
)

func main() {
	var s site
	flag.StringVar(&s.root, "root", "", "root document that trust begins with")
	flag.StringVar(&s.bundle, "bundle", "", "bundle to lie beside the page (may be left out)")
	flag.StringVar(&s.engine, "engine", "", "the gate as WebAssembly: GOOS=js GOARCH=wasm go build ./cmd/tongxing-gate-wasm")
	flag.StringVar(&s.loader, "loader", filepath.Join("js", "verifier"), "folder of the loader, with dist/go.js")
	flag.StringVar(&s.out, "out", "", "folder to write, which must not exist")
	flag.Parse()
	if err := s.write(); err != nil {
		fmt.Fprintln(os.Stderr, "pwa:", err)
		os.Exit(1)
	}
}

// site is what a site is made of, as paths.
type site struct{ root, bundle, engine, loader, out string }

// write assembles the site beside its place and moves it there whole.
func (s site) write() error {
	root, err := os.ReadFile(s.root)
	if err != nil {
		return fmt.Errorf("the root document: %w", err)
	}
	if _, err := trustlist.ParseAnchor(root); err != nil {
		return fmt.Errorf("%s is no root document: %w", s.root, err)
	}
	if s.out == "" {
		return fmt.Errorf("--out is missing: name the folder to write")
	}
	if _, err := os.Lstat(s.out); err == nil {
		return fmt.Errorf("%s exists: name a new folder, and replace the old one by it", s.out)
	}
	work, err := os.MkdirTemp(filepath.Dir(s.out), ".pwa-")
	if err != nil {
		return fmt.Errorf("nothing can be written beside %s, make its folder first: %w", s.out, err)
	}
	defer os.RemoveAll(work)
	files, err := s.files(root)
	if err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(work, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	if err := os.Chmod(work, 0o755); err != nil {
		return err
	}
	return os.Rename(work, s.out)
}

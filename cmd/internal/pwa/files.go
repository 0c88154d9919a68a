package main

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/tongxing/tongxing/cmd/internal/words"
	"github.com/tongxing/tongxing/gate/page"
)

// bundleName is that of the bundle within the site.
const bundleName = "national.bundle"

//go:embed sw.js
var worker string

// loaderFiles are those of js/verifier that run in a browser.
var loaderFiles = []string{
	"src/error.js", "src/frame.js", "src/index.js", "src/load.js", "src/options.js", "src/remote.js", "src/start.js", "src/verifier.js", "src/worker.js",
	"dist/go.js", "dist/LICENSE-go", "LICENSE",
}

// files returns the content of the site by path. The service worker lists all but
// itself and the bundle, which changes without the page.
func (s site) files(root []byte) (map[string][]byte, error) {
	all := map[string][]byte{}
	err := fs.WalkDir(page.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		all[name], err = fs.ReadFile(page.FS(), name)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, name := range loaderFiles {
		if all["verifier/"+name], err = os.ReadFile(filepath.Join(s.loader, filepath.FromSlash(name))); err != nil {
			return nil, fmt.Errorf("the loader: %w", err)
		}
	}
	if all["gate.wasm"], err = os.ReadFile(s.engine); err != nil {
		return nil, fmt.Errorf("the engine: %w", err)
	}
	if all["index.html"], err = index(all["index.html"]); err != nil {
		return nil, err
	}
	if all["web.json"], err = setting(root); err != nil {
		return nil, err
	}
	if err := appearance(all); err != nil {
		return nil, err
	}
	if all["sw.js"], err = serviceWorker(all); err != nil {
		return nil, err
	}
	if s.bundle != "" {
		if all[bundleName], err = os.ReadFile(s.bundle); err != nil {
			return nil, fmt.Errorf("the bundle: %w", err)
		}
	}
	return all, nil
}

// index puts the policy into the page, for hosts that send no headers, and names
// the manifest.
func index(page []byte) ([]byte, error) {
	mark := []byte(`<meta name="gate-token" content="GATE_TOKEN">`)
	if bytes.Count(page, mark) != 1 {
		return nil, fmt.Errorf("index.html has no place for the policy")
	}
	return bytes.Replace(page, mark, append([]byte(policyTag()), mark...), 1), nil
}

func policyTag() string {
	// frame-ancestors counts in a header alone: browsers complain of it here.
	return `<meta http-equiv="Content-Security-Policy" content="` + page.PolicyInPage + `">` + "\n" +
		`<link rel="manifest" href="manifest.webmanifest">` + "\n"
}

// setting is web.json: what tongxing-gate tells the page in its state.
func setting(root []byte) ([]byte, error) {
	said := words.Messages("gate_page_")
	maps.Copy(said, words.Messages("gate_missing_")) // the parts of a bundle
	return json.Marshal(map[string]any{
		"root":   base64.StdEncoding.EncodeToString(root),
		"bundle": bundleName,
		"words":  said,
	})
}

// serviceWorker writes the list of files with their hashes into the worker. The
// version is the hash of that list: other files are another version.
func serviceWorker(all map[string][]byte) ([]byte, error) {
	list := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		sum := sha256.Sum256(all[name])
		list[name] = hex.EncodeToString(sum[:])
	}
	encoded, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	version := sha256.Sum256(encoded)
	head := fmt.Sprintf("const version = %q;\nconst files = %s;\n", hex.EncodeToString(version[:8]), encoded)
	return []byte(head + worker), nil
}

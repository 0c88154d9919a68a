package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
)

// made returns a site whose engine and loader are stand-ins: what they contain is
// no matter here (gate/e2e runs the real ones).
func made(t *testing.T) site {
	t.Helper()
	folder := t.TempDir()
	write := func(name string) string {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, name := range loaderFiles {
		write("loader/" + name)
	}
	training := filepath.Join("..", "..", "..", "gate", "training")
	return site{
		root: filepath.Join(training, "root.cose"), bundle: filepath.Join(training, "national.bundle"),
		engine: write("gate.wasm"), loader: filepath.Join(folder, "loader"), out: filepath.Join(folder, "site"),
	}
}

// [GATE-16]
func TestTheServiceWorkerListsEveryFileWithItsHash(t *testing.T) {
	s := made(t)
	if err := s.write(); err != nil {
		t.Fatal(err)
	}
	worker, err := os.ReadFile(filepath.Join(s.out, "sw.js"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(worker), "const files = ")
	list, _, _ := strings.Cut(rest, ";\n")
	var files map[string]string
	if err := json.Unmarshal([]byte(list), &files); err != nil {
		t.Fatal(err)
	}
	found := 0
	err = filepath.WalkDir(s.out, func(path string, entry os.DirEntry, err error) error {
		name, _ := filepath.Rel(s.out, path)
		if err != nil || entry.IsDir() || name == "sw.js" || name == bundleName {
			return err
		}
		found++
		content, err := os.ReadFile(path)
		if sum := sha256.Sum256(content); files[filepath.ToSlash(name)] != hex.EncodeToString(sum[:]) {
			t.Errorf("%s is not in the list, or with another hash", name)
		}
		return err
	})
	if err != nil || found != len(files) || found < 30 {
		t.Errorf("%d files, %d in the list: %v", found, len(files), err)
	}
}

func TestThePageHasThePolicyInItself(t *testing.T) {
	s := made(t)
	if err := s.write(); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(s.out, "index.html"))
	if err != nil || !bytes.Contains(page, []byte("script-src 'self' 'wasm-unsafe-eval'")) || !bytes.Contains(page, []byte("manifest.webmanifest")) {
		t.Errorf("no policy or no manifest: %v", err)
	}
}

func TestWhatIsNoRootIsRefusedAndNothingIsWritten(t *testing.T) {
	for name, change := range map[string]func(*site){
		"no root document": func(s *site) { s.root = s.engine },
		"root document:":   func(s *site) { s.root = "none" },
		"loader":           func(s *site) { s.loader = "none" },
		"engine":           func(s *site) { s.engine = "none" },
		"bundle":           func(s *site) { s.bundle = "none" },
		"--out":            func(s *site) { s.out = "" },
	} {
		s := made(t)
		out := s.out
		change(&s)
		if err := s.write(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		left, err := filepath.Glob(filepath.Join(filepath.Dir(out), "*"))
		if err != nil || len(left) != 2 { // the stand-ins
			t.Errorf("%s: %v is left, %v", name, left, err)
		}
	}
}

func TestASiteInAFolderThatIsNotThereSaysWhatToDo(t *testing.T) {
	s := made(t)
	s.out = filepath.Join(filepath.Dir(s.out), "none", "site")
	if err := s.write(); err == nil || !strings.Contains(err.Error(), "make its folder first") {
		t.Errorf("%v", err)
	}
}

func TestASiteThatIsThereIsNotWrittenOver(t *testing.T) {
	s := made(t)
	if err := s.write(); err != nil {
		t.Fatal(err)
	}
	if err := s.write(); err == nil || !strings.Contains(err.Error(), "exists") {
		t.Errorf("written over: %v", err)
	}
}

func TestIconsAreSquareAndTheManifestNamesThem(t *testing.T) {
	all := map[string][]byte{}
	if err := appearance(all); err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]int{"icon-192.png": 192, "icon-512.png": 512} {
		picture, err := png.DecodeConfig(bytes.NewReader(all[name]))
		if err != nil || picture.Width != size || picture.Height != size {
			t.Errorf("%s: %v, %v", name, picture, err)
		}
		if !bytes.Contains(all["manifest.webmanifest"], []byte(name)) {
			t.Errorf("the manifest does not name %s", name)
		}
	}
}

func TestTheSettingNamesEveryPartOfABundle(t *testing.T) {
	encoded, err := setting([]byte("root"))
	if err != nil {
		t.Fatal(err)
	}
	var said struct {
		Words map[string]struct{ ZH, EN string }
	}
	if err := json.Unmarshal(encoded, &said); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []trustlist.Kind{
		trustlist.KindRoot, trustlist.KindList, trustlist.KindPolicy, trustlist.KindKeySet, trustlist.KindOverlay,
		trustlist.KindSnapshot, trustlist.KindStatusList, trustlist.KindStatusDelta,
	} {
		if name := said.Words["gate_missing_"+kind.String()]; name.ZH == "" || name.EN == "" {
			t.Errorf("%v has no words: %+v", kind, name)
		}
	}
}

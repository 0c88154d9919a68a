package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// firstRun is what the generator writes, made once for all tests.
var firstRun = sync.OnceValues(generate)

func TestTwoRunsWriteTheSameFiles(t *testing.T) {
	first, err := firstRun()
	if err != nil {
		t.Fatal(err)
	}
	second, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	if len(first) < 200 || len(first) != len(second) {
		t.Fatalf("%d files, then %d", len(first), len(second))
	}
	for name, content := range first {
		if !bytes.Equal(content, second[name]) {
			t.Errorf("%s differs between two runs", name)
		}
	}
}

// A vector that was edited by hand, or a generator that was changed and not
// run, would leave the specification and its vectors apart.
func TestCommittedVectorsAreThoseOfTheGenerator(t *testing.T) {
	files, err := firstRun()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join("..", "vectors")
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generator writes (go run ./spec/gen): %v", name, err)
		}
	}
	for below := range folders(files) {
		present, err := filepath.Glob(filepath.Join(folder, below, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range present {
			if name, _ := filepath.Rel(folder, path); files[filepath.ToSlash(name)] == nil {
				t.Errorf("%s is not written by the generator", name)
			}
		}
	}
}

// The generator is a second opinion only as long as it shares no code.
func TestGeneratorImportsNothingOfTheModule(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(string(out)) {
		if strings.HasPrefix(path, "github.com/tongxing/tongxing/") && !strings.HasSuffix(path, "/spec/gen") {
			t.Errorf("imports %s", path)
		}
	}
}

func TestWritingRemovesStaleVectors(t *testing.T) {
	files, err := firstRun()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	stale := filepath.Join(folder, "no-such-vector.json")
	if err := os.WriteFile(stale, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := write(folder, files); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Errorf("the stale vector is still there: %v", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "good-status-sm2.json")); err != nil {
		t.Error(err)
	}
}

// The example of GM/T 0003.5 Annex A, so that the oracle itself is known to be
// right before vectors are made with it.
func TestDigestOfTheStandardsExample(t *testing.T) {
	k := standardExampleKey(t)
	e, err := k.digestSM2([]byte("message digest"))
	if err != nil {
		t.Fatal(err)
	}
	const want = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640"
	if got := hexOf(e); got != want {
		t.Errorf("e = %s, want %s", got, want)
	}
}

package spec_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The reader in reference-js is written from series.md alone: rows that it makes
// otherwise would be a fault of the text.
func TestTheReaderFromTheTextSaysWhatEveryVectorOfASeriesSays(t *testing.T) {
	folder := "reference-js"
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil {
		t.Fatalf("the packages of %s are missing: run make setup (%v)", folder, err)
	}
	command := exec.Command("node", "run-series.js")
	command.Dir = folder
	if output, err := command.CombinedOutput(); err != nil {
		t.Errorf("node run-series.js: %v\n%s", err, output)
	}
}

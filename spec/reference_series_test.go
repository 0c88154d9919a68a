package spec_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The reader in reference-series-js is written from series.md alone: rows that it makes
// otherwise would be a fault of the text.
func TestTheReaderFromTheTextSaysWhatEveryVectorOfASeriesSays(t *testing.T) {
	if _, err := os.Stat(filepath.Join("reference-js", "node_modules")); err != nil {
		t.Fatalf("the packages of reference-js, whose CBOR the reader uses, are missing: run make setup (%v)", err)
	}
	command := exec.Command("node", "run-vectors.js")
	command.Dir = "reference-series-js"
	if output, err := command.CombinedOutput(); err != nil {
		t.Errorf("node run-vectors.js: %v\n%s", err, output)
	}
}

package spec_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The reader in reference-distribution-js is written from distribution.md alone:
// a delta that it applies otherwise would be a fault of the text.
func TestTheReaderFromTheTextSaysWhatEveryVectorOfADeltaSays(t *testing.T) {
	if _, err := os.Stat(filepath.Join("reference-js", "node_modules")); err != nil {
		t.Fatalf("the packages of reference-js, whose CBOR the reader uses, are missing: run make setup (%v)", err)
	}
	command := exec.Command("node", "run-vectors.js")
	command.Dir = "reference-distribution-js"
	if output, err := command.CombinedOutput(); err != nil {
		t.Errorf("node run-vectors.js: %v\n%s", err, output)
	}
}

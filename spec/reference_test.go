package spec_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The verifier in reference-js is written from the text alone, so that a
// disagreement means that the text, the vectors or it is wrong.
func TestTheImplementationFromTheTextGivesTheReasonOfEveryVector(t *testing.T) {
	folder := "reference-js"
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil {
		t.Fatalf("the packages of %s are missing: run make setup (%v)", folder, err)
	}
	command := exec.Command("node", "run-vectors.js")
	command.Dir = folder
	if output, err := command.CombinedOutput(); err != nil {
		t.Errorf("node run-vectors.js: %v\n%s", err, output)
	}
}

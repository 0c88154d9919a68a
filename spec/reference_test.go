package spec_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The implementations in these folders are written from the text alone, so that a
// disagreement means that the text, the vectors or they are wrong.
func TestTheImplementationFromTheTextGivesTheReasonOfEveryVector(t *testing.T) {
	if _, err := os.Stat(filepath.Join("reference-js", "node_modules")); err != nil {
		t.Fatalf("the packages of reference-js are missing: run make setup (%v)", err)
	}
	for _, folder := range []string{"reference-js", "reference-status-js", "reference-approval-js"} {
		command := exec.Command("node", "run-vectors.js")
		command.Dir = folder
		if output, err := command.CombinedOutput(); err != nil {
			t.Errorf("%s: node run-vectors.js: %v\n%s", folder, err, output)
		}
	}
}

// What is written from the text is short enough to be read against the text.
func TestTheImplementationsFromTheTextAreShort(t *testing.T) {
	for folder, most := range map[string]int{"reference-js": 500, "reference-trust-js": 500, "reference-series-js": 200, "reference-status-js": 300, "reference-approval-js": 150} {
		files, err := filepath.Glob(filepath.Join(folder, "*.js"))
		if err != nil || len(files) < 2 {
			t.Fatalf("%s: %d files: %v", folder, len(files), err)
		}
		lines := 0
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			lines += bytes.Count(content, []byte("\n"))
		}
		if lines > most {
			t.Errorf("%s has %d lines, more than %d", folder, lines, most)
		}
	}
}

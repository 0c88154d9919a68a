package spec_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The reader in reference-policy-js is written from policy.md alone, and looks at
// every second at which something may change: an answer of its own would be a
// fault of the text.
func TestTheReaderFromTheTextDecidesEveryVectorOfAPolicy(t *testing.T) {
	command := exec.Command("node", "run-vectors.js")
	command.Dir = "reference-policy-js"
	if output, err := command.CombinedOutput(); err != nil {
		t.Errorf("node run-vectors.js: %v\n%s", err, output)
	}
	files, err := filepath.Glob(filepath.Join("reference-policy-js", "*.js"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	lines := 0
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines += bytes.Count(content, []byte("\n"))
	}
	if lines > 500 {
		t.Errorf("%d lines, more than 500", lines)
	}
}

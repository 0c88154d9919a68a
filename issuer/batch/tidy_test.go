package batch_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/issuer/batch/batchtest"
)

// A run that died between part and commit, or that another was faster than,
// leaves credentials that are signed and in no registry.
func TestPartsThatNoCommitNamesAreRemoved(t *testing.T) {
	w := newWorkshop(t)
	records := batchtest.People(t, 3)
	first, _ := run(t, w.options(), records)
	parts, err := filepath.Glob(filepath.Join(w.options().Parts, "*", "*.jsonl"))
	if err != nil || len(parts) == 0 {
		t.Fatalf("no parts: %v", err)
	}
	left := []string{"00000000-0123456789abcdef.jsonl", ".part-1234567"}
	for i, name := range left {
		left[i] = filepath.Join(filepath.Dir(parts[0]), name)
		if err := os.WriteFile(left[i], first, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again, _ := run(t, w.options(), records)
	if string(again) != string(first) {
		t.Error("the same job gave another output")
	}
	for _, path := range left {
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("%s, which no commit names, is still there: %v", filepath.Base(path), err)
		}
	}
	for _, part := range parts {
		if _, err := os.Stat(part); err != nil {
			t.Errorf("a committed part is gone: %v", err)
		}
	}
}

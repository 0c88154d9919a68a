package batch_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/issuer/batch/batchtest"
)

// gone puts a name before each part that was committed behind which there is nothing,
// as one that a slower run takes away between our look into the folder and at the file.
func gone(t *testing.T, folder string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "parts", "*", "[0-9]*.jsonl"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("parts %v, error %v", paths, err)
	}
	for _, path := range paths {
		number := filepath.Base(path)[:8]
		if err := os.Symlink("gone", filepath.Join(filepath.Dir(path), number+"-0000000000000000.jsonl")); err != nil {
			t.Fatal(err)
		}
	}
}

// A run that was slower with a chunk removes its own part; what was committed is found
// beside it, by the next run and by the delivery.
func TestAPartThatItsOwnerTakesAwayIsPassedOver(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	first, _ := run(t, w.options(), batchtest.People(t, 35))
	gone(t, w.folder)
	if again, _ := run(t, w.options(), batchtest.People(t, 35)); !bytes.Equal(again, first) {
		t.Error("the run gives another output")
	}
	b := newBulk(t, 35)
	b.plan(t)
	out := b.requireOnce(t)
	gone(t, b.folder)
	if again := b.requireOnce(t); !bytes.Equal(again, out) {
		t.Error("the delivery gives another output")
	}
}

package files

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func tidy(t *testing.T, path, owner string, want int) {
	t.Helper()
	if removed, err := Tidy(path, owner); err != nil || removed != want {
		t.Fatalf("Tidy of %s removed %d, error %v, want %d", owner, removed, err, want)
	}
}

// What an owner's killed process left is removed by its name; another owner's, one of
// nobody's, a folder and what a link leads to stay.
func TestTidyRemovesWhatAnOwnerLeft(t *testing.T) {
	folder := t.TempDir()
	out, elsewhere := filepath.Join(folder, "out"), put(t, filepath.Join(t.TempDir(), "kept"), "kept")
	for _, name := range []string{".tongxing-mine-123", ".tongxing-mine-456", ".tongxing-other-123", ".tongxing-123", "tongxing-mine-1"} {
		put(t, filepath.Join(folder, name), "codes")
	}
	if err := os.Symlink(elsewhere, filepath.Join(folder, ".tongxing-mine-link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, ".tongxing-mine-folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	tidy(t, out, "mine", 2)
	if got, want := names(t, folder), ".tongxing-123 .tongxing-mine-folder .tongxing-mine-link .tongxing-other-123 tongxing-mine-1"; got != want {
		t.Errorf("left are %s, want %s", got, want)
	}
	if content(t, elsewhere) != "kept" {
		t.Error("what a link leads to was changed")
	}
	tidy(t, filepath.Join(folder, "none", "out"), "mine", 0)
}

// What somebody is at is never taken away from him, written, sealed, or about to get its
// name; what he discards leaves nothing.
func TestTidyLeavesWhatSomebodyIsAt(t *testing.T) {
	folder := t.TempDir()
	out := filepath.Join(folder, "out")
	for _, end := range []func(*Writer) error{(*Writer).Commit, func(w *Writer) error { w.Discard(); return nil }} {
		w, err := CreateOwned(out, 0o600, "mine")
		if err != nil {
			t.Fatal(err)
		}
		tidy(t, out, "mine", 0)
		if _, err := w.Write([]byte("new")); err != nil {
			t.Fatal(err)
		}
		if err := w.Seal(); err != nil {
			t.Fatal(err)
		}
		tidy(t, out, "mine", 0)
		if err := end(w); err != nil {
			t.Fatal(err)
		}
		tidy(t, out, "mine", 0)
		if got := names(t, folder); got != "out" || content(t, out) != "new" {
			t.Fatalf("the folder has %s", got)
		}
	}
}

// Owners that tidy while others of theirs begin and end: each gets its file.
func TestManyWhoTidyAtOnceTakeNothingFromEachOther(t *testing.T) {
	folder := t.TempDir()
	var group sync.WaitGroup
	for i := range 8 {
		path := filepath.Join(folder, string(rune('a'+i)))
		group.Go(func() {
			for range 50 {
				if _, err := Tidy(path, "mine"); err != nil {
					t.Error(err)
				}
				w, err := CreateOwned(path, 0o600, "mine")
				if err == nil {
					_, err = w.Write([]byte(path))
				}
				if err == nil {
					err = w.Commit()
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	if got := names(t, folder); got != "a b c d e f g h" {
		t.Errorf("the folder has %s", got)
	}
}

package enrolment

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// [GATE-12] Who is deleted by one program is not let in by another that has the file
// open, and not written back by it.
func TestWhoIsDeletedElsewhereIsGoneHereToo(t *testing.T) {
	path, key := filepath.Join(t.TempDir(), "people"), newKey(t)
	a := book(t, path, key)
	for _, number := range []string{"A", "B"} {
		if err := a.Enrol(document(t, number), "TX1:"+number, expires, now); err != nil {
			t.Fatal(err)
		}
	}
	if gone, err := book(t, path, key).Forget(document(t, "A"), now); !gone || err != nil {
		t.Fatalf("%v %v", gone, err)
	}
	if _, err := a.Find(document(t, "A"), now); !errors.Is(err, ErrNotEnrolled) {
		t.Errorf("let in: %v", err)
	}
	if err := a.Enrol(document(t, "C"), "TX1:C", expires, now); err != nil {
		t.Fatal(err)
	}
	after := book(t, path, key)
	if _, err := after.Find(document(t, "A"), now); !errors.Is(err, ErrNotEnrolled) {
		t.Errorf("written back: %v", err)
	}
	if len(after.file.Entries) != 2 {
		t.Errorf("%d entries", len(after.file.Entries))
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Find(document(t, "B"), now); !errors.Is(err, ErrNotEnrolled) {
		t.Errorf("from a file that is gone: %v", err)
	}
	if err := os.WriteFile(path, []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := a.Enrol(document(t, "D"), "TX1:D", expires, now); !errors.Is(err, ErrNotAFile) {
		t.Errorf("over another file: %v", err)
	}
}

// What several programs write at once is all there.
func TestTwoProgramsLoseNobody(t *testing.T) {
	path, key := filepath.Join(t.TempDir(), "people"), newKey(t)
	var work sync.WaitGroup
	if err := book(t, path, key).Enrol(document(t, "X"), "TX1:X", expires, now); err != nil { // the salt is the file's
		t.Fatal(err)
	}
	for program := range 4 {
		b := book(t, path, key)
		work.Go(func() {
			for i := range 5 {
				if err := b.Enrol(document(t, fmt.Sprintf("P%d%d", program, i)), "TX1:P", expires, now); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	if n := len(book(t, path, key).file.Entries); n != 21 {
		t.Errorf("%d enrolled", n)
	}
}

// [GATE-9] A link does not make one folder two.
func TestAKeyInTheFolderOfTheFileByALinkIsRefused(t *testing.T) {
	folder := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(folder, link); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "key"), newKey(t).Text(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(filepath.Join(link, "key"), filepath.Join(folder, "people")); !errors.Is(err, ErrTogether) {
		t.Error(err)
	}
}

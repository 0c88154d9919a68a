package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func parseAny(data []byte) (*string, error) {
	if string(data) == "broken" {
		return nil, errors.New("broken")
	}
	text := string(data)
	return &text, nil
}

// A fault of a followed file is told once, what the file said before counts until it is
// whole again, and a file that comes back is read.
func TestAFaultOfAFollowedFileIsToldOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "callers.json")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("one")
	f, err := follow(path, 100, "callers_damaged", parseAny)
	if err != nil {
		t.Fatal(err)
	}
	says := func(step, want string, fault bool) {
		t.Helper()
		if err := f.refresh(); (err != nil) != fault || *f.current.Load() != want {
			t.Errorf("%s: %q, %v", step, *f.current.Load(), err)
		}
	}
	says("as it was", "one", false)
	write("broken")
	says("broken", "one", true)
	says("still broken", "one", false)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := f.refresh(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("gone: %v", err)
	}
	says("still gone", "one", false)
	write("two two")
	says("back", "two two", false)
}

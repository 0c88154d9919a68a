package files

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// names lists a folder, hidden files too.
func names(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, entry := range entries {
		all = append(all, entry.Name())
	}
	return strings.Join(all, " ")
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func put(t *testing.T, path, data string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// requireError checks the cause and that the error names the file once.
func requireError(t *testing.T, err, cause error, path string) {
	t.Helper()
	var about *PathError
	if !errors.As(err, &about) || about.Path != path {
		t.Fatalf("%v is not about %s", err, path)
	}
	if !errors.Is(err, cause) {
		t.Fatalf("%v is not %v", err, cause)
	}
	if strings.Count(err.Error(), path) != 1 {
		t.Fatalf("the path is not said once: %v", err)
	}
}

func TestReadTellsWhatIsWrongWithAFile(t *testing.T) {
	folder := t.TempDir()
	full := put(t, filepath.Join(folder, "full"), "12345")
	empty := put(t, filepath.Join(folder, "empty"), "")
	for _, c := range []struct {
		path  string
		limit int64
		want  error
	}{
		{filepath.Join(folder, "missing"), 5, fs.ErrNotExist},
		{folder, 5, ErrFolder},
		{empty, 5, ErrEmpty},
		{full, 4, ErrTooLarge},
		{filepath.Join(full, "below"), 5, syscall.ENOTDIR},
		{filepath.Join(folder, strings.Repeat("n", 300)), 5, syscall.ENAMETOOLONG},
	} {
		data, err := Read(c.path, c.limit)
		requireError(t, err, c.want, c.path)
		if data != nil {
			t.Errorf("%s: data beside an error", c.path)
		}
	}
	if data, err := Read(full, 5); err != nil || string(data) != "12345" {
		t.Errorf("a file of exactly the limit: %q, %v", data, err)
	}
}

func TestReadOfAnEndlessFileIsBounded(t *testing.T) {
	_, err := Read("/dev/zero", 1<<16)
	requireError(t, err, ErrTooLarge, "/dev/zero")
}

func TestNothingAppearsBeforeCommit(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "out")
	w, err := Create(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(bytes.Repeat([]byte("x"), 1<<20)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("there before Commit: %v", err)
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	w.Discard() // as a deferred call does
	if got := content(t, path); len(got) != 1<<20 {
		t.Fatalf("%d bytes", len(got))
	}
	if got := names(t, folder); got != "out" {
		t.Fatalf("left beside it: %s", got)
	}
}

func TestASealedFileHasNoNameYet(t *testing.T) {
	folder := t.TempDir()
	for _, commit := range []bool{false, true} {
		w, err := Create(filepath.Join(folder, "out"), 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("new")); err != nil {
			t.Fatal(err)
		}
		if err := w.Seal(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(folder, "out")); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("there before Commit: %v", err)
		}
		want := ""
		if commit {
			want = "out"
			if err := w.Commit(); err != nil {
				t.Fatal(err)
			}
		}
		w.Discard()
		if got := names(t, folder); got != want {
			t.Fatalf("commit %v: %q", commit, got)
		}
	}
}

func TestDiscardKeepsWhatWasThere(t *testing.T) {
	folder := t.TempDir()
	path := put(t, filepath.Join(folder, "out"), "old")
	w, err := Create(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("new")); err != nil {
		t.Fatal(err)
	}
	w.Discard()
	w.Discard()
	if got := content(t, path); got != "old" {
		t.Fatalf("%q", got)
	}
	if got := names(t, folder); got != "out" {
		t.Fatalf("left behind: %s", got)
	}
}

func TestTheFileHasTheModeAskedForEvenWhereAnotherWas(t *testing.T) {
	path := put(t, filepath.Join(t.TempDir(), "out"), "old")
	for _, mode := range []os.FileMode{0o600, 0o644} {
		if err := Write(path, []byte("new"), mode); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode() != mode {
			t.Fatalf("mode %v, %v, want %v", info.Mode(), err, mode)
		}
	}
}

func TestCreateRefusesAFolderAndNamesTheMissingOne(t *testing.T) {
	folder := t.TempDir()
	_, err := Create(folder, 0o600)
	requireError(t, err, ErrFolder, folder)
	missing := filepath.Join(folder, "missing")
	_, err = Create(filepath.Join(missing, "out"), 0o600)
	requireError(t, err, ErrNoFolder, missing)
	file := put(t, filepath.Join(folder, "file"), "old")
	_, err = Create(filepath.Join(file, "out"), 0o600)
	requireError(t, err, syscall.ENOTDIR, filepath.Join(file, "out"))
	if got := names(t, folder); got != "file" {
		t.Fatalf("left behind: %s", got)
	}
}

func TestALinkStaysALinkAndItsFileIsReplaced(t *testing.T) {
	folder := t.TempDir()
	real := put(t, filepath.Join(folder, "real"), "old")
	link := filepath.Join(folder, "link")
	if err := os.Symlink("real", link); err != nil {
		t.Fatal(err)
	}
	if err := Write(link, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Fatalf("the link is gone: %v, %v", info, err)
	}
	if got := content(t, real); got != "new" {
		t.Fatalf("%q", got)
	}
}

// An operator who runs the program as root and writes to /dev/null must still
// have a /dev/null afterwards: here a pipe stands for it.
func TestADeviceOrPipeIsWrittenToAndNeverReplaced(t *testing.T) {
	folder := t.TempDir()
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := os.OpenFile(pipe, os.O_RDWR, 0) // both ends: opening does not wait
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for range 2 {
		if err := Write(pipe, []byte("line\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 5)
		if _, err := reader.Read(got); err != nil || string(got) != "line\n" {
			t.Fatalf("%q, %v", got, err)
		}
	}
	w, err := Create(pipe, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	w.Discard()
	if info, err := os.Lstat(pipe); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		t.Fatalf("the pipe is gone: %v, %v", info, err)
	}
	if got := names(t, folder); got != "pipe" {
		t.Fatalf("left behind: %s", got)
	}
}

func TestAFullDeviceIsAnError(t *testing.T) {
	if info, err := os.Stat("/dev/full"); err != nil || info.Mode().IsRegular() {
		t.Fatalf("this test needs the device /dev/full of Linux: %v", err)
	}
	requireError(t, Write("/dev/full", []byte("x"), 0o600), syscall.ENOSPC, "/dev/full")
	if info, err := os.Stat("/dev/full"); err != nil || info.Mode().IsRegular() {
		t.Fatalf("/dev/full was replaced: %v", err)
	}
}

// Package files reads and writes files for the commands: bounded reads with one
// clear error, and writes that are whole or not there at all.
//
//	data, err := files.Read("root.cose", 1<<20)   // ErrEmpty, ErrFolder, ErrTooLarge...
//	w, err := files.Create("records.jsonl", 0o600)
//	defer w.Discard()                              // nothing is left behind...
//	... write ...
//	err = w.Commit()                               // ...unless this succeeds
package files

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

var (
	// ErrFolder reports a folder where a file was meant.
	ErrFolder = errors.New("is a folder")
	// ErrEmpty reports a file without any content.
	ErrEmpty = errors.New("is empty")
	// ErrTooLarge reports a file above the limit of its kind.
	ErrTooLarge = errors.New("is too large")
	// ErrNoFolder reports that the folder for a new file is not there.
	ErrNoFolder = errors.New("no such folder")
)

// PathError says which file an error is about.
type PathError struct {
	Path string
	Err  error
}

func (e *PathError) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns the error beneath.
func (e *PathError) Unwrap() error { return e.Err }

const bufferSize = 1 << 16

// Read returns the content of a file of 1 to limit bytes. Every error is a
// *[PathError].
func Read(path string, limit int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, &PathError{path, bare(err)}
	case len(data) == 0:
		return nil, &PathError{path, ErrEmpty}
	case int64(len(data)) > limit:
		return nil, &PathError{path, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)}
	}
	return data, nil
}

// Open opens a file for reading; a folder is refused. Every error is a
// *[PathError].
func Open(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &PathError{path, bare(err)}
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, &PathError{path, bare(err)}
	}
	if info.IsDir() {
		f.Close()
		return nil, &PathError{path, ErrFolder}
	}
	return f, nil
}

// bare takes the path off an error of package os: PathError names it once.
func bare(err error) error {
	var e *os.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return l.Err
	}
	return err
}

// Writer writes a file that appears under its name when it is committed, whole
// and synced, or never.
type Writer struct {
	path   string // where links lead to
	file   *os.File
	guard  *os.File // holds the lock of one that has an owner until it has its name
	buffer *bufio.Writer
	direct bool // a device or a pipe: written to as it stands
	sealed bool
	done   bool
}

// Unfinished is how files and folders are called that have no name yet, as
// [filepath.Match] has it. A process that was killed leaves them beside what it was
// to write.
const Unfinished = ".tongxing-*"

// Create begins a file at path with the given permissions. An existing file is
// replaced on commit, the one behind a link rather than the link; a folder is
// refused at once. A device or a pipe (/dev/null, /dev/stdout) cannot be
// replaced and is written to directly. The error is a *[PathError], about the
// folder when that is what is missing.
func Create(path string, mode os.FileMode) (*Writer, error) {
	return create(path, mode, func(folder string) (file, guard *os.File, err error) {
		file, err = os.CreateTemp(folder, Unfinished)
		return file, nil, err
	})
}

// create is Create of an unfinished file that begin makes in a folder, with what holds
// its lock.
func create(path string, mode os.FileMode, begin func(folder string) (file, guard *os.File, err error)) (*Writer, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil, &PathError{path, ErrFolder}
	case err == nil && !info.Mode().IsRegular():
		return createDirect(path)
	}
	target := behindLinks(path)
	f, guard, err := begin(filepath.Dir(target))
	if errors.Is(err, os.ErrNotExist) {
		return nil, &PathError{filepath.Dir(target), ErrNoFolder}
	}
	if err != nil {
		return nil, &PathError{path, bare(err)}
	}
	w := &Writer{path: target, file: f, guard: guard, buffer: bufio.NewWriterSize(f, bufferSize)}
	if err := f.Chmod(mode); err != nil {
		w.Discard()
		return nil, &PathError{path, bare(err)}
	}
	return w, nil
}

// behindLinks is the file that is written for a path: where links lead to.
func behindLinks(path string) string {
	if linked, err := filepath.EvalSymlinks(path); err == nil {
		return linked
	}
	return path
}

func createDirect(path string) (*Writer, error) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, &PathError{path, bare(err)}
	}
	return &Writer{path: path, file: f, buffer: bufio.NewWriterSize(f, bufferSize), direct: true}, nil
}

// Write implements [io.Writer].
func (w *Writer) Write(p []byte) (int, error) {
	n, err := w.buffer.Write(p)
	if err != nil {
		return n, &PathError{w.path, bare(err)}
	}
	return n, nil
}

// Seal ends the writing: what was written is on stable storage and only the name
// is missing. Several files that belong together are all sealed before the first
// is committed, so that a full disk leaves none of them. On error nothing is left
// behind.
func (w *Writer) Seal() error {
	if w.sealed || w.done {
		return nil
	}
	err := w.buffer.Flush()
	if !w.direct {
		err = errors.Join(err, w.file.Sync())
	}
	if err = errors.Join(err, w.file.Close()); err != nil {
		w.done = true
		w.remove()
		return &PathError{w.path, bare(err)}
	}
	w.sealed = true
	return nil
}

// Commit makes the file appear, sealed if it was not. On error nothing is left
// behind.
func (w *Writer) Commit() error {
	if err := w.Seal(); err != nil || w.done {
		return err
	}
	w.done = true
	if w.direct {
		return nil
	}
	defer w.unlock()
	if err := os.Rename(w.file.Name(), w.path); err != nil {
		w.remove()
		return &PathError{w.path, bare(err)}
	}
	return nil
}

// Discard drops the file unless it was committed.
func (w *Writer) Discard() {
	if w.done {
		return
	}
	w.done = true
	if !w.sealed {
		w.file.Close()
	}
	w.remove()
}

// remove removes the temporary file; a device has none.
func (w *Writer) remove() {
	if !w.direct {
		os.Remove(w.file.Name())
	}
	w.unlock()
}

// unlock lets go of the file, which has its name or is gone.
func (w *Writer) unlock() {
	if w.guard != nil {
		w.guard.Close()
		w.guard = nil
	}
}

// Write writes a whole file.
func Write(path string, data []byte, mode os.FileMode) error {
	w, err := Create(path, mode)
	if err != nil {
		return err
	}
	defer w.Discard()
	if _, err := w.Write(data); err != nil {
		return err
	}
	return w.Commit()
}

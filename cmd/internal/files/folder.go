package files

import (
	"errors"
	"os"
	"path/filepath"
)

// Named is a file of a folder.
type Named struct {
	Name string // without a path
	Data []byte
}

// WriteFolder makes a new folder with the files in it: all of them, synced, or
// none. A folder or file that is there already is never touched (fs.ErrExist).
// Every error is a *[PathError].
func WriteFolder(path string, content []Named, mode os.FileMode) (err error) {
	if _, err := os.Lstat(path); err == nil {
		return &PathError{path, os.ErrExist}
	}
	parent := filepath.Dir(filepath.Clean(path))
	made, err := os.MkdirTemp(parent, Unfinished)
	if errors.Is(err, os.ErrNotExist) {
		return &PathError{parent, ErrNoFolder}
	}
	if err != nil {
		return &PathError{path, bare(err)}
	}
	defer func() {
		if err != nil {
			os.RemoveAll(made)
		}
	}()
	for _, file := range content {
		if err := Write(filepath.Join(made, file.Name), file.Data, mode); err != nil {
			return &PathError{filepath.Join(path, file.Name), errors.Unwrap(err)}
		}
	}
	if err := os.Chmod(made, mode|mode>>2&0o111); err != nil { // who may read may enter
		return &PathError{path, bare(err)}
	}
	if err := syncFolder(made); err != nil {
		return &PathError{path, bare(err)}
	}
	if err := os.Rename(made, path); err != nil {
		return &PathError{path, bare(err)}
	}
	if err := syncFolder(parent); err != nil {
		return &PathError{path, bare(err)}
	}
	return nil
}

// SyncName makes the name of a file last that was committed: without it a power cut
// may take the name away, though not what was written. Every error is a *[PathError].
func SyncName(path string) error {
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return &PathError{path, bare(err)}
	}
	return nil
}

// syncFolder makes the names in a folder last.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

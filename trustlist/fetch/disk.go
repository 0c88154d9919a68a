package fetch

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// disk is what replacing a file asks of a file system. A test puts one in its
// place that forgets what was not synced.
type disk interface {
	create(path string) (handle, error) // a new file, for its owner alone
	rename(from, to string) error
	remove(path string) error
	syncFolder(path string) error // so that a rename in it lasts
}

// handle is a file that is being written.
type handle interface {
	io.WriteCloser
	Sync() error
}

// systemDisk is the file system that the process sees.
type systemDisk struct{}

func (systemDisk) create(path string) (handle, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

func (systemDisk) rename(from, to string) error { return os.Rename(from, to) }

func (systemDisk) remove(path string) error { return os.Remove(path) }

// Windows makes names last by itself and has no folders to sync.
func (systemDisk) syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// replaceFile makes data the content of the file at path: after a fault or a
// power cut at any moment the file is the old one or the new one. A file with
// the ending .new may be left behind by a power cut, and is replaced by the next
// call. Only one process may call it at a time.
func replaceFile(d disk, path string, data []byte) error {
	beside := path + ".new"
	if err := d.remove(beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := writeFile(d, beside, path, data); err != nil {
		return err
	}
	if err := d.rename(beside, path); err != nil {
		return errors.Join(err, d.remove(beside))
	}
	return d.syncFolder(filepath.Dir(path))
}

// writeFile writes a new file, for those who may read the one that it will
// replace, that is on stable storage when it returns; on error nothing is left of
// it.
func writeFile(d disk, path, replaced string, data []byte) error {
	f, err := d.create(path)
	if err != nil {
		return err
	}
	keepAccess(path, replaced)
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, d.remove(path))
	}
	return nil
}

// readFile returns the content of a regular file of at most limit bytes; tooLarge
// is the error for a larger one. It waits for no pipe or device.
func readFile(path string, limit int64, tooLarge error) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readRegular(f, limit, tooLarge)
}

// readRegular is readFile for an open file.
func readRegular(f *os.File, limit int64, tooLarge error) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: f.Name(), Err: ErrNotRegular}
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, tooLarge
	}
	return data, nil
}

//go:build unix

package enrolment

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// lock keeps other processes from changing the file at path until release is called,
// or this process ends. It lies on the folder, so that it leaves nothing behind.
func lock(path string) (release func(), err error) {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	for {
		switch err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX); {
		case err == nil:
			return func() { folder.Close() }, nil
		case !errors.Is(err, syscall.EINTR):
			folder.Close()
			return nil, &os.PathError{Op: "lock", Path: path, Err: err}
		}
	}
}

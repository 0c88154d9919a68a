//go:build unix

package fetch

import (
	"errors"
	"os"
	"syscall"
)

// nonBlocking keeps opening a pipe from waiting for its other end.
const nonBlocking = syscall.O_NONBLOCK

// lockFile takes the lock at path without waiting, and returns what gives it
// back. The lock is held by a file that is removed with it, and ends with the
// process in any case. [ErrBusy] reports that another process, or another Store
// of this one, holds it.
func lockFile(path string) (release func(), err error) {
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600)
		if err != nil {
			return nil, err
		}
		switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
		case errors.Is(err, syscall.EWOULDBLOCK):
			f.Close()
			return nil, ErrBusy
		case err != nil:
			f.Close()
			return nil, &os.PathError{Op: "lock", Path: path, Err: err}
		}
		if sameAsAt(f, path) {
			return func() { os.Remove(path); f.Close() }, nil
		}
		f.Close() // whoever held it has removed it since it was opened here
	}
}

// sameAsAt reports whether the open file is the one that has the name path now.
func sameAsAt(f *os.File, path string) bool {
	opened, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := os.Lstat(path)
	return err == nil && os.SameFile(opened, named)
}

//go:build unix

package files

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// lockAlone takes the lock of the file that has a name, and returns what holds it.
// errHeld is that of another process; a name that is gone by then, or another file's, is
// fs.ErrNotExist.
func lockAlone(name string) (*os.File, error) {
	guard, err := os.OpenFile(name, os.O_RDWR|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(guard.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		guard.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errHeld
		}
		return nil, err
	}
	opened, err := guard.Stat()
	if err == nil {
		var named os.FileInfo
		if named, err = os.Lstat(name); err == nil && !os.SameFile(named, opened) {
			err = fs.ErrNotExist
		}
	}
	if err != nil {
		guard.Close()
		return nil, err
	}
	return guard, nil
}

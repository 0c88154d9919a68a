//go:build unix

package witness

import (
	"errors"
	"os"
	"syscall"
)

// lock waits for the lock that all processes with the witness at path share, and
// returns what gives it back. It is held by a file of its own, which stays: the
// witness itself is replaced. It ends with the process in any case.
func lock(path string) (release func() error, err error) {
	name := path + ".lock"
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(&os.PathError{Op: "lock", Path: name, Err: err}, file.Close())
	}
	return file.Close, nil
}

// syncFolder makes the names in a folder durable.
func syncFolder(folder *os.File) error { return folder.Sync() }

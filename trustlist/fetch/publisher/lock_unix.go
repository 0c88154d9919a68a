//go:build unix

package publisher

import (
	"errors"
	"os"
	"syscall"
)

// lock takes the folder for one publication, without waiting, and returns what
// gives it back. The lock ends with the process in any case.
func (f folder) lock() (release func(), err error) {
	file, err := f.root.Open(".")
	if err != nil {
		return nil, err
	}
	switch err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		file.Close()
		return nil, ErrBusy
	case err != nil:
		file.Close()
		return nil, &os.PathError{Op: "lock", Path: f.root.Name(), Err: err}
	}
	return func() { file.Close() }, nil
}

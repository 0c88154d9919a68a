package fetch

import (
	"errors"
	"os"
	"syscall"
)

// nonBlocking has no meaning here.
const nonBlocking = 0

// fileFlagDeleteOnClose removes a file with its last handle (CreateFileW).
const fileFlagDeleteOnClose = 0x04000000

// errSharingViolation is ERROR_SHARING_VIOLATION.
const errSharingViolation = syscall.Errno(32)

// lockFile takes the lock at path without waiting, and returns what gives it
// back: a file that nobody else can open and that goes with its handle, also when
// the process ends. [ErrBusy] reports that another process holds it.
func lockFile(path string) (release func(), err error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL|fileFlagDeleteOnClose, 0)
	switch {
	case errors.Is(err, errSharingViolation), errors.Is(err, syscall.ERROR_ACCESS_DENIED):
		return nil, ErrBusy
	case err != nil:
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	return func() { syscall.CloseHandle(h) }, nil
}

package publisher

import (
	"errors"
	"os"
	"syscall"
)

// lockName is the file that stands for the lock: Windows locks no folders.
const lockName = ".publishing"

// lock takes the folder for one publication, without waiting, and returns what
// gives it back. The file cannot be opened a second time while it is held, and
// is closed with the process in any case.
func (f folder) lock() (release func(), err error) {
	path, err := syscall.UTF16PtrFromString(f.root.Name() + `\` + lockName)
	if err != nil {
		return nil, err
	}
	const nobodyElse, whenClosed = 0, 0x04000000 // FILE_FLAG_DELETE_ON_CLOSE
	const deleting = 0x00010000                  // DELETE
	handle, err := syscall.CreateFile(path, syscall.GENERIC_WRITE|deleting, nobodyElse, nil, syscall.OPEN_ALWAYS, whenClosed, 0)
	if errors.Is(err, syscall.Errno(32)) { // ERROR_SHARING_VIOLATION
		return nil, ErrBusy
	}
	if err != nil {
		return nil, &os.PathError{Op: "lock", Path: f.root.Name(), Err: err}
	}
	return func() { syscall.CloseHandle(handle) }, nil
}

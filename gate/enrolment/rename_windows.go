package enrolment

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"syscall"
)

// sharingViolation is ERROR_SHARING_VIOLATION.
const sharingViolation = syscall.Errno(32)

// renameTries are many times as many as a file of this size is read in.
const renameTries = 5000

// rename replaces a file. Windows refuses it, with one of two codes, while another
// program reads the file, which it does for a moment: then it is tried again.
func rename(from, to string) (err error) {
	for range renameTries {
		err = os.Rename(from, to)
		if !errors.Is(err, fs.ErrPermission) && !errors.Is(err, sharingViolation) {
			return err
		}
		runtime.Gosched()
	}
	return err
}

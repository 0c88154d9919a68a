package witness

import (
	"os"
	"syscall"
	"unsafe"
)

var lockFileEx = syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")

// exclusiveLock is LOCKFILE_EXCLUSIVE_LOCK; without another flag the call waits.
const exclusiveLock = 2

// lock waits for the lock that all processes with the witness at path share, and
// returns what gives it back. It is held by a file of its own, which stays: the
// witness itself is replaced. It ends with the process in any case.
func lock(path string) (release func() error, err error) {
	file, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	var overlapped syscall.Overlapped
	ok, _, failure := lockFileEx.Call(file.Fd(), exclusiveLock, 0, 1, 0, uintptr(unsafe.Pointer(&overlapped)))
	if ok == 0 {
		file.Close()
		return nil, &os.PathError{Op: "lock", Path: path + ".lock", Err: failure}
	}
	return file.Close, nil
}

// syncFolder does nothing: renaming is durable here when the file is, and a folder
// cannot be synced.
func syncFolder(*os.File) error { return nil }

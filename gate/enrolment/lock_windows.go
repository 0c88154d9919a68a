package enrolment

import (
	"os"
	"syscall"
	"unsafe"
)

var lockFileEx = syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")

// exclusiveLock is LOCKFILE_EXCLUSIVE_LOCK; without another flag the call waits.
const exclusiveLock = 2

// lock keeps other processes from changing the file at path until release is called,
// or this process ends. It lies on a file of its own, which stays: the file itself is
// replaced, and a folder takes no lock here.
func lock(path string) (release func(), err error) {
	file, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	var overlapped syscall.Overlapped
	ok, _, failure := lockFileEx.Call(file.Fd(), exclusiveLock, 0, 1, 0, uintptr(unsafe.Pointer(&overlapped)))
	if ok == 0 {
		file.Close()
		return nil, &os.PathError{Op: "lock", Path: path, Err: failure}
	}
	return func() { file.Close() }, nil
}

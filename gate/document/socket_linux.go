package document

import "syscall"

// private makes the name of a socket its owner's alone before bind gives it one: Linux
// takes the mode of the name from that of the socket, so that there is no moment at
// which others may connect (unix(7), and the umask is the whole process's).
func private(_, _ string, socket syscall.RawConn) error {
	var err error
	if failed := socket.Control(func(fd uintptr) { err = syscall.Fchmod(int(fd), 0o600) }); failed != nil {
		return failed
	}
	return err
}

package document

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// The name of the socket is its owner's from its first moment, whatever the umask.
func TestTheSocketIsPrivateFromItsFirstMoment(t *testing.T) {
	before := syscall.Umask(0)
	defer syscall.Umask(before)
	path := filepath.Join(t.TempDir(), "reader")
	listener, err := (&net.ListenConfig{Control: private}).Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

package keys

import (
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// withFileSizeLimit runs a function while no file of this process may grow
// beyond a size.
func withFileSizeLimit(t *testing.T, size uint64, run func()) {
	t.Helper()
	caught := make(chan os.Signal, 1) // the default action ends the process
	signal.Notify(caught, syscall.SIGXFSZ)
	defer signal.Stop(caught)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Fatal(err)
		}
	}()
	run()
}

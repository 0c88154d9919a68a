package gatetest

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// Scanner is a scanner on a serial port: the other end of a pseudo terminal.
type Scanner struct {
	*os.File
	device string
}

// Plug makes a scanner and puts it where the device is looked for.
func Plug(t testing.TB, device string) Scanner {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	next := device + ".next"
	if err := errors.Join(os.Symlink(fmt.Sprintf("/dev/pts/%d", number), next), os.Rename(next, device)); err != nil {
		t.Fatal(err)
	}
	return Scanner{master, device}
}

// Unplug takes the scanner away, its name first, as the kernel does.
func (s Scanner) Unplug(t testing.TB) {
	t.Helper()
	if err := errors.Join(os.Remove(s.device), s.Close()); err != nil {
		t.Fatal(err)
	}
}

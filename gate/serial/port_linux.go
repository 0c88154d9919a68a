package serial

import (
	"os"

	"golang.org/x/sys/unix"
)

// speeds are the bits a second that termios has (termios(3)).
var speeds = map[int]uint32{
	1200: unix.B1200, 2400: unix.B2400, 4800: unix.B4800, 9600: unix.B9600, 19200: unix.B19200,
	38400: unix.B38400, 57600: unix.B57600, 115200: unix.B115200,
}

func check(baud int) error {
	if _, ok := speeds[baud]; !ok {
		return ErrBaud
	}
	return nil
}

// open opens a serial port: raw, 8 data bits, no parity, one stop bit, no flow
// control, and without becoming its terminal.
func open(device string, baud int) (port, error) {
	speed, ok := speeds[baud]
	if !ok {
		return nil, ErrBaud
	}
	fd, err := unix.Open(device, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: device, Err: err}
	}
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err == nil {
		t.Iflag, t.Oflag, t.Lflag = 0, 0, 0
		t.Cflag = unix.CS8 | unix.CREAD | unix.CLOCAL | speed
		t.Ispeed, t.Ospeed = speed, speed
		t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
		err = unix.IoctlSetTermios(fd, unix.TCSETS, t)
	}
	if err != nil {
		unix.Close(fd)
		return nil, &os.PathError{Op: "termios", Path: device, Err: err}
	}
	return os.NewFile(uintptr(fd), device), nil
}

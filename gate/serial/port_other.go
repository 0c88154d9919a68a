//go:build !linux

package serial

// open is for Linux alone so far.
func open(string, int) (port, error) { return nil, ErrUnsupported }

func check(int) error { return ErrUnsupported }

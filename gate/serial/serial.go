// Package serial reads a scanner on a serial port, or on USB as one (CDC ACM), and
// finds it again after it was unplugged.
//
//	/dev/ttyACM0 ──raw, 8N1──▶ bytes ──Enter, Tab, ETX──▶ text ──▶ take
//
// A text that no Enter ends is given when nothing more has come for a while and a
// whole code is in it (package wedge): a pause within a code, on a busy machine, cuts
// nothing off. For example
//
//	serial.Run(ctx, serial.Options{Device: "/dev/ttyACM0", Clock: time.Now, Retry: ticks}, take, plugged)
//
// Nothing that was read is kept.
package serial

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/tongxing/tongxing/gate/wedge"
)

// Options of a scanner.
type Options struct {
	Device string
	Baud   int // bits a second; 0 is 9600. USB does not care.
	Clock  func() time.Time
	// Retry ticks whenever a scanner that is away is to be looked for.
	Retry <-chan time.Time
	// Idle is after what time without a byte a text is looked at that no Enter ends;
	// 0 is a fifth of a second.
	Idle time.Duration
}

var (
	// ErrOptions says that a part is missing.
	ErrOptions = errors.New("serial: device, clock and retry have to be given")
	// ErrBaud says that there is no such speed.
	ErrBaud = errors.New("serial: no such speed")
	// ErrUnsupported says that serial ports are not read on this system.
	ErrUnsupported = errors.New("serial: serial ports are read on Linux alone")
)

// Check reports whether a speed (0 is 9600) can be read at here: ErrBaud, ErrUnsupported
// or nil.
func Check(baud int) error {
	if baud == 0 {
		baud = defaultBaud
	}
	return check(baud)
}

const defaultBaud = 9600

// port is an open scanner.
type port interface {
	io.ReadCloser
	SetReadDeadline(time.Time) error
}

// Run gives every text that the scanner reads to take, one after the other, until ctx
// ends, and tells plugged whenever the scanner comes or goes. Errors are ErrOptions,
// ErrBaud and ErrUnsupported; a scanner that is not there is none.
func Run(ctx context.Context, o Options, take func(text string), plugged func(bool)) error {
	if o.Device == "" || o.Clock == nil || o.Retry == nil || o.Idle < 0 {
		return ErrOptions
	}
	if o.Baud == 0 {
		o.Baud = defaultBaud
	}
	if o.Idle == 0 {
		o.Idle = time.Second / 5
	}
	for ctx.Err() == nil {
		p, err := open(o.Device, o.Baud)
		switch {
		case errors.Is(err, ErrBaud), errors.Is(err, ErrUnsupported):
			return err
		case err == nil:
			plugged(true)
			read(ctx, o, p, take)
			plugged(false)
		}
		select {
		case <-ctx.Done():
		case <-o.Retry:
		}
	}
	return nil
}

// read reads until the scanner is unplugged or ctx ends.
func read(ctx context.Context, o Options, p port, take func(string)) {
	stop := context.AfterFunc(ctx, func() { p.Close() })
	defer func() {
		if stop() {
			p.Close()
		}
	}()
	var pending []byte
	buffer := make([]byte, 4096)
	for {
		// A device that takes no deadline is read without: its Enter ends each text.
		if len(pending) > 0 {
			p.SetReadDeadline(o.Clock().Add(o.Idle))
		} else {
			p.SetReadDeadline(time.Time{})
		}
		n, err := p.Read(buffer)
		pending = append(pending, buffer[:n]...)
		pending = giveLines(pending, take)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			pending = giveWhole(pending, take)
		case err != nil:
			return
		}
		if len(pending) > wedge.MaxLength { // no scanner: a device that babbles
			pending = nil
		}
	}
}

// giveLines gives every text that is ended, and returns the rest.
func giveLines(pending []byte, take func(string)) []byte {
	for {
		end := bytes.IndexAny(pending, "\r\n\t\x03\x04")
		if end < 0 {
			return pending
		}
		if end > 0 {
			take(string(pending[:end]))
		}
		pending = pending[end+1:]
	}
}

// giveWhole gives a text that nothing ended if there is a whole code in it.
func giveWhole(pending []byte, take func(string)) []byte {
	if wedge.HasWhole(string(pending)) {
		take(string(pending))
		return nil
	}
	return pending
}

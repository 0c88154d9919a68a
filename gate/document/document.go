// Package document reads what a document reader writes (spec/gate.md): a line of JSON
// for every document that is laid on it, on a unix socket or standard input.
//
//	line = {"document_type","number","name","temperature","removed"}
//
//	{"document_type":"01","number":"339999196001058363","name":"廖浩然"}   a document lies there
//	{"temperature":36.5}                                                 of who stands there
//	{"removed":true}
//
// A document counts for the next codes until it is removed, another lies there, or a
// minute has passed. A temperature is shown once and kept nowhere. What is no such
// line is passed over; nothing of it is repeated in an error.
package document

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/tongxing/tongxing/internal/jsontext"
	"github.com/tongxing/tongxing/verifier"
)

// MaxLine is the most bytes of a line.
const MaxLine = 4096

// Temperatures that a person can have, in °C.
const (
	leastTemperature = 25
	mostTemperature  = 45
)

// ErrNotALine says that a line is none of the protocol. It does not say what was in
// it, which can be a person's.
var ErrNotALine = errors.New("document: not a line of a document reader")

// Reading is one line of a reader.
type Reading struct {
	Type, Number, Name string  // of the document; Number is "" where there is none
	Temperature        float64 // °C, 0 where there is none
	Removed            bool    // the document was taken away
}

// Parse reads a line. The error is ErrNotALine.
func Parse(line []byte) (Reading, error) {
	if len(line) > MaxLine {
		return Reading{}, ErrNotALine
	}
	var r Reading
	reader, measured := jsontext.NewReader(line), false
	reader.Object(func(name string) {
		switch name {
		case "document_type":
			r.Type = reader.Text()
		case "number":
			r.Number = reader.Text()
		case "name":
			r.Name = reader.Text()
		case "temperature":
			r.Temperature, measured = reader.Float(), true
		case "removed":
			r.Removed = reader.Bool()
		default:
			reader.Fail("not known")
		}
	})
	if reader.End() != nil || measured && !(r.Temperature >= leastTemperature && r.Temperature <= mostTemperature) {
		return Reading{}, ErrNotALine
	}
	document := r.Number != ""
	if document != (r.Type != "") || r.Name != "" && !document || document == r.Removed && (document || r.Temperature == 0) {
		return Reading{}, ErrNotALine
	}
	return r, nil
}

// Read gives every reading of a stream to take until it ends. A line that is none is
// passed over, however long it is. The error is that of reading.
func Read(from io.Reader, take func(Reading)) error {
	reader := bufio.NewReaderSize(from, MaxLine+2)
	for {
		line, err := reader.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) { // the rest of it with it
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = reader.ReadSlice('\n')
			}
			line = nil
		}
		if reading, wrong := Parse(bytes.TrimSpace(line)); wrong == nil {
			take(reading)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Listen listens on a unix socket for readers. Only the socket's owner may write to it.
// A socket that a dead process left is replaced; where another device listens, or
// something else is in its place, the error is os.ErrExist. Other errors are those of
// package net.
func Listen(ctx context.Context, path string) (net.Listener, error) {
	if info, err := os.Lstat(path); err == nil {
		c, err := new(net.Dialer).DialContext(ctx, "unix", path)
		if err == nil {
			c.Close()
		}
		if err == nil || info.Mode()&os.ModeSocket == 0 {
			return nil, &os.PathError{Op: "listen", Path: path, Err: os.ErrExist}
		}
		os.Remove(path)
	}
	listener, err := (&net.ListenConfig{Control: private}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		listener.Close()
		return nil, err
	}
	return listener, nil
}

// Serve takes what readers write, one or several, until ctx ends, which closes the
// listener, and tells plugged when the first comes and the last goes. Errors are those
// of package net.
func Serve(ctx context.Context, listener net.Listener, take func(Reading), plugged func(bool)) error {
	defer listener.Close()
	context.AfterFunc(ctx, func() { listener.Close() })
	var readers counted
	var work sync.WaitGroup
	defer work.Wait()
	for {
		connection, err := listener.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		work.Go(func() {
			stop := context.AfterFunc(ctx, func() { connection.Close() })
			defer stop()
			defer connection.Close()
			readers.add(1, plugged)
			defer readers.add(-1, plugged)
			Read(connection, take) // one that breaks off is one that went
		})
	}
}

// counted tells when a number leaves 0 and when it comes back to it.
type counted struct {
	mu sync.Mutex
	n  int
}

func (c *counted) add(n int, changed func(bool)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.n
	c.n += n
	if before == 0 || c.n == 0 {
		changed(c.n > 0)
	}
}

// Lies is for how long a document counts that lies on the reader.
const Lies = time.Minute

// Desk is what lies on the reader now, in memory alone. It is safe for concurrent
// use.
type Desk struct {
	mu          sync.Mutex
	document    Reading
	since       time.Time
	temperature float64
}

// Put notes a reading.
func (d *Desk) Put(r Reading, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case r.Removed:
		d.document = Reading{}
	case r.Number != "":
		d.document, d.since = r, at
		d.document.Temperature = 0
	}
	if r.Temperature != 0 {
		d.temperature = r.Temperature
	}
}

// Presented returns the document that lies there, the zero Context when none does.
func (d *Desk) Presented(at time.Time) verifier.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.document.Number == "" || at.Before(d.since) || at.Sub(d.since) >= Lies {
		d.document = Reading{}
		return verifier.Context{}
	}
	return verifier.Presented(d.document.Type, d.document.Number, d.document.Name)
}

// TakeTemperature returns the temperature that was measured last, once; 0 when none
// was.
func (d *Desk) TakeTemperature() float64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.temperature
	d.temperature = 0
	return t
}

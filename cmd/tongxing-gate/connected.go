package main

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/gate"
	"github.com/tongxing/tongxing/gate/controllers"
	"github.com/tongxing/tongxing/gate/document"
	"github.com/tongxing/tongxing/gate/people"
	"github.com/tongxing/tongxing/gate/serial"
	"github.com/tongxing/tongxing/gate/server"
)

// retryEvery is how often a scanner that is away is looked for.
const retryEvery = time.Second

// connectedFlags say what is connected to the device.
type connectedFlags struct {
	scanner    string
	baud       int
	reader     string
	controller string
	enrol      enrolFlags
	counters   bool
}

func (f *connectedFlags) add(a *app, c *cobra.Command) {
	l := c.Flags()
	l.StringVar(&f.scanner, "scanner", "", a.Lang.Say("flag_gate_scanner"))
	l.IntVar(&f.baud, "baud", 9600, a.Lang.Say("flag_gate_baud"))
	l.StringVar(&f.reader, "reader", "", a.Lang.Say("flag_gate_reader"))
	l.StringVar(&f.controller, "controller", "", a.Lang.Say("flag_gate_controller", strings.Join(controllers.Names(), ", ")))
	f.enrol.add(a, c)
	l.BoolVar(&f.counters, "counters", false, a.Lang.Say("flag_gate_counters"))
}

// table is that of --controller: one that comes with the program, or a file.
func (f *connectedFlags) table() (*controllers.Table, error) {
	if f.controller == "" {
		return nil, nil
	}
	return controllerTable(f.controller)
}

func controllerTable(name string) (*controllers.Table, error) {
	table, err := controllers.ByName(name)
	if !errors.Is(err, controllers.ErrUnknown) {
		return table, err
	}
	data, err := files.Read(name, 1<<16)
	if errors.Is(err, os.ErrNotExist) {
		return nil, program.Usage("gate_controller", name, strings.Join(controllers.Names(), ", "))
	}
	if err != nil {
		return nil, err
	}
	if table, err = controllers.Parse(data); err != nil {
		return nil, program.FailWith(err, "gate_table", name)
	}
	return table, nil
}

// checkController reports what is wrong with --controller.
func checkController(name string) error {
	_, err := controllerTable(name)
	return err
}

// scannerFits refuses a scanner that can never be read: one that is only not plugged in is
// waited for.
func (f *connectedFlags) scannerFits() error {
	if f.scanner == "" {
		return nil
	}
	return checkBaud(f.baud)
}

// checkBaud refuses a speed at which no scanner can be read here.
func checkBaud(baud int) error {
	err := serial.Check(baud)
	switch {
	case errors.Is(err, serial.ErrBaud):
		return program.Usage("gate_baud", baud)
	case err != nil:
		return program.FailFor(err, "gate_no_serial")
	}
	return nil
}

// socket opens the document reader's; nil where it is none.
func (f *connectedFlags) socket(ctx context.Context) (net.Listener, error) {
	if f.reader == "" || f.reader == "-" {
		return nil, nil
	}
	listener, err := document.Listen(ctx, f.reader)
	if err != nil {
		return nil, program.AboutFile(f.reader, err)
	}
	return listener, nil
}

// connect begins to read the scanner and the document reader.
func (a *app) connect(ctx context.Context, work *sync.WaitGroup, p *parts, s *server.Server, f *connectedFlags, socket net.Listener) {
	if f.scanner != "" {
		work.Go(func() {
			ticker := time.NewTicker(retryEvery)
			defer ticker.Stop()
			o := serial.Options{Device: f.scanner, Baud: f.baud, Clock: time.Now, Retry: ticker.C}
			err := serial.Run(ctx, o, func(text string) { a.scanned(ctx, p, s, text) }, func(on bool) { s.DeviceChanged("scanner", on) })
			a.tell(err)
		})
	}
	take := func(r document.Reading) {
		p.desk.Put(r, p.clock())
		s.DocumentRead(r)
	}
	switch {
	case f.reader == "-":
		go func() { document.Read(a.Stdin, take) }() // it ends with the program: a read cannot be stopped
	case socket != nil:
		work.Go(func() {
			a.tell(document.Serve(ctx, socket, take, func(on bool) { s.DeviceChanged("reader", on) }))
		})
	}
}

// purge takes out of the enrolment file whoever's code has expired: now, and every
// hour.
func (a *app) purge(ctx context.Context, work *sync.WaitGroup, enrolled *people.People) {
	if enrolled == nil {
		return
	}
	work.Go(func() {
		ticker := time.NewTicker(time.Hour)
		defer ticker.Stop()
		for {
			if _, err := enrolled.Purge(); err != nil {
				a.tell(err)
			}
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	})
}

// tell says on standard error what ended a device; the page goes on.
func (a *app) tell(err error) {
	if err != nil {
		a.warn("a device has stopped", "gate_device", err)
	}
}

// scanned shows what the scanner at the device read.
func (a *app) scanned(ctx context.Context, p *parts, s *server.Server, text string) {
	for _, answer := range a.answers(ctx, p, text) {
		s.Send("screen", withSource(answer))
	}
}

// withSource is the answer as an event, with where it comes from.
func withSource(answer gate.Answer) []byte {
	data := answer.AppendJSON(nil)
	return append(data[:len(data)-1], `,"source":"scanner"}`...)
}

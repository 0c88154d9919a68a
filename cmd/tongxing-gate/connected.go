package main

import (
	"context"
	"crypto/rand"
	"errors"
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
	"github.com/tongxing/tongxing/gate/enrolment"
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
	enrol, key string
	counters   bool
}

func (f *connectedFlags) add(a *app, c *cobra.Command) {
	l := c.Flags()
	l.StringVar(&f.scanner, "scanner", "", a.Lang.Say("flag_gate_scanner"))
	l.IntVar(&f.baud, "baud", 9600, a.Lang.Say("flag_gate_baud"))
	l.StringVar(&f.reader, "reader", "", a.Lang.Say("flag_gate_reader"))
	l.StringVar(&f.controller, "controller", "", a.Lang.Say("flag_gate_controller", strings.Join(controllers.Names(), ", ")))
	l.StringVar(&f.enrol, "enrol", "", a.Lang.Say("flag_gate_enrol"))
	l.StringVar(&f.key, "enrol-key", "", a.Lang.Say("flag_gate_enrol_key"))
	l.BoolVar(&f.counters, "counters", false, a.Lang.Say("flag_gate_counters"))
}

// table is that of --controller: one that comes with the program, or a file.
func (f *connectedFlags) table() (*controllers.Table, error) {
	if f.controller == "" {
		return nil, nil
	}
	table, err := controllers.ByName(f.controller)
	if !errors.Is(err, controllers.ErrUnknown) {
		return table, err
	}
	data, err := files.Read(f.controller, 1<<16)
	if errors.Is(err, os.ErrNotExist) {
		return nil, program.Usage("gate_controller", f.controller, strings.Join(controllers.Names(), ", "))
	}
	if err != nil {
		return nil, err
	}
	if table, err = controllers.Parse(data); err != nil {
		return nil, program.FailWith(err, "gate_table", f.controller)
	}
	return table, nil
}

// faultsOfEnrolment have a message of their own.
var faultsOfEnrolment = []program.Explanation{
	{Target: enrolment.ErrNotAKey, Key: "gate_enrol_not_a_key"},
	{Target: enrolment.ErrKeyOpen, Key: "gate_enrol_key_open"},
	{Target: enrolment.ErrTogether, Key: "gate_enrol_together"},
	{Target: enrolment.ErrWrongKey, Key: "gate_enrol_wrong_key"},
	{Target: enrolment.ErrNotAFile, Key: "gate_enrol_not_a_file"},
	{Target: enrolment.ErrLaterVersion, Key: "gate_enrol_later"},
}

// people opens the enrolment file, nil where none is named.
func (a *app) people(f *connectedFlags, p *parts) (*people.People, error) {
	switch {
	case f.enrol == "" && f.key == "":
		return nil, nil
	case f.key == "":
		return nil, program.Usage("flag_required", "--enrol-key")
	case f.enrol == "":
		return nil, program.Usage("flag_required", "--enrol")
	}
	key, err := enrolment.LoadKey(f.key, f.enrol)
	if err != nil {
		return nil, explainEnrolment(f.key, err)
	}
	o := enrolment.Options{Random: rand.Reader}
	if _, err := os.Stat(f.enrol); errors.Is(err, os.ErrNotExist) {
		o.Params = enrolment.Calibrate(time.Now) // of this machine, whatever --at says
	}
	book, err := enrolment.Open(f.enrol, key, o)
	if err != nil {
		return nil, explainEnrolment(f.enrol, err)
	}
	return people.New(p.gate, book, p.keeper, p.clock)
}

func explainEnrolment(path string, err error) error {
	for _, known := range faultsOfEnrolment {
		if errors.Is(err, known.Target) {
			return program.FailFor(err, known.Key, path)
		}
	}
	return program.AboutFile(path, err)
}

// connect begins to read the scanner and the document reader.
func (a *app) connect(ctx context.Context, work *sync.WaitGroup, p *parts, s *server.Server, f *connectedFlags) {
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
	switch f.reader {
	case "":
	case "-":
		go func() { document.Read(a.Stdin, take) }() // it ends with the program: a read cannot be stopped
	default:
		work.Go(func() {
			a.tell(document.Serve(ctx, f.reader, take, func(on bool) { s.DeviceChanged("reader", on) }))
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
		a.Note("gate_device", err)
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

// enrolKeyCommand is `tongxing-gate enrol-key`.
func (a *app) enrolKeyCommand() *cobra.Command {
	var out string
	c := a.Command("enrol-key", "gate_enrol_key", cobra.NoArgs, func(context.Context, []string) error {
		if out == "" {
			return program.Usage("flag_required", "--out")
		}
		if _, err := os.Lstat(out); err == nil {
			return &files.PathError{Path: out, Err: os.ErrExist}
		}
		key, err := enrolment.NewKey(rand.Reader)
		if err != nil {
			return err
		}
		if err := files.Write(out, key.Text(), 0o600); err != nil {
			return err
		}
		a.Say("gate_enrol_key_written", out)
		return nil
	})
	c.Flags().StringVar(&out, "out", "", a.Lang.Say("flag_gate_enrol_key_out"))
	return c
}

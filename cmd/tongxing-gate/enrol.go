package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/identity"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/gate/enrolment"
	"github.com/tongxing/tongxing/gate/people"
	"github.com/tongxing/tongxing/verifier"
)

// enrolFlags name the enrolment file and its key.
type enrolFlags struct{ file, key string }

func (f *enrolFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.file, "enrol", "", a.Lang.Say("flag_gate_enrol"))
	c.Flags().StringVar(&f.key, "enrol-key", "", a.Lang.Say("flag_gate_enrol_key"))
}

// faultsOfEnrolment have a message of their own.
var faultsOfEnrolment = []program.Explanation{
	{Target: enrolment.ErrNotAKey, Key: "gate_enrol_not_a_key"},
	{Target: enrolment.ErrKeyOpen, Key: "gate_enrol_key_open"},
	{Target: enrolment.ErrTogether, Key: "gate_enrol_together"},
	{Target: enrolment.ErrWrongKey, Key: "gate_enrol_wrong_key"},
	{Target: enrolment.ErrNotAFile, Key: "gate_enrol_not_a_file"},
}

func explainEnrolment(path string, err error) error {
	var later *enrolment.LaterError
	if errors.As(err, &later) {
		return program.FailFor(err, "gate_enrol_later", path, later.Format, program.Version(), enrolment.Format)
	}
	for _, known := range faultsOfEnrolment {
		if errors.Is(err, known.Target) {
			return program.FailFor(err, known.Key, path)
		}
	}
	return program.AboutFile(path, err)
}

// venueKey is the key of the file, once both are named.
func (f *enrolFlags) venueKey() (enrolment.Key, error) {
	switch {
	case f.file == "":
		return enrolment.Key{}, program.Usage("flag_required", "--enrol")
	case f.key == "":
		return enrolment.Key{}, program.Usage("flag_required", "--enrol-key")
	}
	key, err := enrolment.LoadKey(f.key, f.file)
	if err != nil {
		return enrolment.Key{}, explainEnrolment(f.key, err)
	}
	return key, nil
}

// people opens the enrolment file, nil where none is named. One that is not there yet
// is made with the first enrolment.
func (a *app) people(f *enrolFlags, p *parts) (*people.People, error) {
	if f.file == "" && f.key == "" {
		return nil, nil
	}
	key, err := f.venueKey()
	if err != nil {
		return nil, err
	}
	o := enrolment.Options{Random: rand.Reader}
	if _, err := os.Stat(f.file); errors.Is(err, os.ErrNotExist) {
		o.Params = enrolment.Calibrate(time.Now) // of this machine, whatever --at says
	}
	book, err := enrolment.Open(f.file, key, o)
	if err != nil {
		return nil, explainEnrolment(f.file, err)
	}
	return people.New(p.gate, book, p.keeper, p.clock)
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

// enrolmentCommand is `tongxing-gate enrolment`: what a holder may ask for without the
// page, also while the device runs.
func (a *app) enrolmentCommand() *cobra.Command {
	return a.Group("enrolment", "gate_enrolment",
		a.holderCommand("show", "gate_enrolment_show", a.showStored),
		a.holderCommand("forget", "gate_enrolment_forget", a.forgetStored))
}

// holderCommand does something about what is stored under the document on standard
// input.
func (a *app) holderCommand(use, name string, act func(*enrolment.Book, format.Document) error) *cobra.Command {
	var f enrolFlags
	c := a.Command(use, name, cobra.NoArgs, func(ctx context.Context, _ []string) error {
		key, err := f.venueKey()
		if err != nil {
			return err
		}
		if _, err := os.Stat(f.file); err != nil { // it is not made here
			return program.AboutFile(f.file, err)
		}
		book, err := enrolment.Open(f.file, key, enrolment.Options{Random: rand.Reader})
		if err != nil {
			return explainEnrolment(f.file, err)
		}
		presented, err := a.presented(ctx)
		if err != nil {
			return err
		}
		err = act(book, presented.Document)
		if errors.Is(err, enrolment.ErrNoDocument) {
			return program.FailFor(err, "gate_error_no_document")
		}
		if err != nil {
			return explainEnrolment(f.file, err)
		}
		return nil
	})
	f.add(a, c)
	return c
}

// presented reads the document from standard input, and asks for it at a terminal.
func (a *app) presented(ctx context.Context) (verifier.Context, error) {
	if input, ok := a.Stdin.(*os.File); ok {
		if info, err := input.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			io.WriteString(a.Stderr, a.Lang.Say("id_ask")) // who does not see it sees the help
		}
	}
	type reading struct {
		presented verifier.Context
		err       error
	}
	read := make(chan reading, 1)
	go func() {
		presented, err := identity.Read(a.Stdin, "-")
		read <- reading{presented, err}
	}() // it ends with the program: a read cannot be stopped
	select {
	case r := <-read:
		return r.presented, r.err
	case <-ctx.Done():
		return verifier.Context{}, ctx.Err()
	}
}

// showStored tells what is stored under a document, also when it has expired and is
// only waiting to be taken out.
func (a *app) showStored(book *enrolment.Book, document format.Document) error {
	code, until, err := book.Stored(document)
	stored := err == nil
	if err != nil && !errors.Is(err, enrolment.ErrNotEnrolled) {
		return err
	}
	ends := time.Unix(until, 0).In(format.ChinaTime)
	switch {
	case a.JSON && stored:
		return a.PrintJSON(map[string]any{"enrolled": true, "until": ends.Format(time.RFC3339), "code": code})
	case a.JSON:
		return a.PrintJSON(map[string]any{"enrolled": false})
	case stored:
		a.Say("gate_enrolment_stored", ends.Format("2006-01-02 15:04"), code)
	default:
		a.Say("gate_enrolment_none")
	}
	return nil
}

// forgetStored deletes what is stored under a document.
func (a *app) forgetStored(book *enrolment.Book, document format.Document) error {
	deleted, err := book.Forget(document, a.Clock().Unix())
	switch {
	case err != nil:
		return err
	case a.JSON:
		return a.PrintJSON(map[string]any{"deleted": deleted})
	case deleted:
		a.Say("gate_enrolment_deleted")
	default:
		a.Say("gate_enrolment_none")
	}
	return nil
}

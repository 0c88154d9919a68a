package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer/keys"
)

const maxPassphrase = 1024

func terminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// timeLayouts are the forms in which --at takes a time; one without a zone is
// Beijing time.
var timeLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04",
	"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
}

// at returns the time that a flag gives, or the clock's.
func (a *app) at(value string) (time.Time, error) {
	if value == "" {
		return a.clock(), nil
	}
	for _, layout := range timeLayouts {
		if t, err := time.ParseInLocation(layout, value, format.ChinaTime); err == nil {
			if t.Unix() < format.MinTime || t.Unix() > format.MaxTime {
				return time.Time{}, usage("time_out_of_range", value)
			}
			return t, nil
		}
	}
	return time.Time{}, usage("time_form", value)
}

// passphrase returns the passphrase from the named file (its first line), or
// asks for it on the terminal. Twice asks again, for a new key.
func (a *app) passphrase(file, what string, twice bool) ([]byte, error) {
	if file != "" {
		data, err := files.Read(file, maxPassphrase+2)
		if err != nil {
			return nil, err
		}
		line, _, _ := bytes.Cut(data, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			return nil, fail("passphrase_empty", file)
		}
		return line, nil
	}
	input, ok := a.stdin.(*os.File)
	if !ok || !terminal(input) {
		return nil, usage("passphrase_needed")
	}
	first, err := a.ask(input, "ask_passphrase", what)
	if err != nil || !twice {
		return first, err
	}
	second, err := a.ask(input, "ask_passphrase_again", what)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(first, second) {
		return nil, fail("passphrase_differs")
	}
	return first, nil
}

func (a *app) ask(input *os.File, key, what string) ([]byte, error) {
	fmt.Fprint(a.stderr, a.lang.Say(key, what))
	line, err := term.ReadPassword(int(input.Fd()))
	fmt.Fprintln(a.stderr)
	if err != nil {
		return nil, fmt.Errorf("read passphrase: %w", err)
	}
	if len(line) == 0 {
		return nil, fail("passphrase_empty", what)
	}
	return line, nil
}

// privateKey opens an encrypted key file.
func (a *app) privateKey(path, passphraseFile string) (*keys.PrivateKey, error) {
	if key, ok := a.opened[path]; ok {
		return key, nil
	}
	data, err := keys.LoadFile(path)
	if err != nil {
		return nil, aboutFile(path, err)
	}
	passphrase, err := a.passphrase(passphraseFile, path, false)
	if err != nil {
		return nil, err
	}
	key, err := keys.Parse(data, passphrase)
	clear(passphrase)
	if err != nil {
		return nil, aboutFile(path, err)
	}
	a.remember(path, key)
	return key, nil
}

// remember keeps an opened key for the rest of the run: opening one is made slow
// on purpose, and one run may sign many documents with it.
func (a *app) remember(path string, key *keys.PrivateKey) {
	if a.opened == nil {
		a.opened = map[string]*keys.PrivateKey{}
	}
	a.opened[path] = key
}

func aboutFile(path string, err error) error {
	var known *files.PathError
	if errors.As(err, &known) {
		return err
	}
	return &files.PathError{Path: path, Err: err}
}

// input opens a file for reading, or standard input for "-".
func (a *app) input(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(a.stdin), nil
	}
	return files.Open(path)
}

// output is where a command writes a result: a file that appears whole or not at
// all, or standard output for "-" and "".
type output interface {
	io.Writer
	Commit() error
	Discard()
}

type standardOutput struct{ io.Writer }

func (standardOutput) Commit() error { return nil }
func (standardOutput) Discard()      {}

func (a *app) output(path string, mode os.FileMode) (output, error) {
	if path == "" || path == "-" {
		return standardOutput{a.out}, nil
	}
	return files.Create(path, mode)
}

// writeOut writes a whole result.
func (a *app) writeOut(path string, data []byte, mode os.FileMode) error {
	w, err := a.output(path, mode)
	if err != nil {
		return err
	}
	defer w.Discard()
	if _, err := w.Write(data); err != nil {
		return err
	}
	return w.Commit()
}

// csvList splits a flag's value at commas.
func csvList(value string) []string {
	return strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == '，' })
}

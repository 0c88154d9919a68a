package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/nodump"
	"github.com/tongxing/tongxing/cmd/internal/program"
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
		return a.Clock(), nil
	}
	for _, layout := range timeLayouts {
		if t, err := time.ParseInLocation(layout, value, format.ChinaTime); err == nil {
			if t.Unix() < format.MinTime || t.Unix() > format.MaxTime {
				return time.Time{}, program.Usage("time_out_of_range", value)
			}
			return t, nil
		}
	}
	return time.Time{}, program.Usage("time_form", value)
}

// passphrase returns the passphrase from the named file (its first line), or
// asks for it on the terminal. Twice asks again, for a new key.
func (a *app) passphrase(file, what string, twice bool) ([]byte, error) {
	if file != "" {
		// As a key file: a pipe is nobody else's.
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			if err := keys.CheckPermissions(file, info); err != nil {
				return nil, program.FailFor(err, "secret_permissions", file)
			}
		}
		data, err := files.Read(file, maxPassphrase+2)
		if err != nil {
			return nil, err
		}
		line, _, _ := bytes.Cut(data, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			return nil, program.Fail("passphrase_empty", file)
		}
		return line, nil
	}
	input, ok := a.Stdin.(*os.File)
	if !ok || !terminal(input) {
		return nil, program.Usage("passphrase_needed")
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
		return nil, program.Fail("passphrase_differs")
	}
	return first, nil
}

func (a *app) ask(input *os.File, key, what string) ([]byte, error) {
	fmt.Fprint(a.Stderr, a.Lang.Say(key, what))
	line, err := a.answer(input, func() ([]byte, error) { return term.ReadPassword(int(input.Fd())) })
	fmt.Fprintln(a.Stderr)
	if err != nil {
		return nil, fmt.Errorf("read passphrase: %w", err)
	}
	if len(line) == 0 {
		return nil, program.Fail("passphrase_empty", what)
	}
	return line, nil
}

// privateKey opens an encrypted key file.
func (a *app) privateKey(path, passphraseFile string) (*keys.PrivateKey, error) {
	if key, ok := a.opened[path]; ok {
		return key, nil
	}
	if err := a.ctx.Err(); err != nil {
		return nil, err // between two keys, each of which takes its time
	}
	if err := refusePublicKey(path); err != nil {
		return nil, err
	}
	if err := nodump.Process(); err != nil {
		return nil, err
	}
	data, err := keys.LoadFile(path)
	if err != nil {
		return nil, program.AboutFile(path, err)
	}
	passphrase, err := a.passphrase(passphraseFile, path, false)
	if err != nil {
		return nil, err
	}
	key, err := keys.Parse(data, passphrase)
	clear(passphrase)
	if err != nil {
		return nil, program.AboutFile(path, err)
	}
	a.remember(path, key)
	return key, nil
}

// refusePublicKey says so when a file that should hold a private key holds a
// public one or no key at all, before advice on its permissions is given.
func refusePublicKey(path string) error {
	data, err := files.Read(path, maxKeyFile)
	if err != nil {
		return err
	}
	if _, err := keys.ParsePublic(data); err == nil {
		return program.Fail("key_is_public", path)
	}
	if !bytes.Contains(data, []byte("-----BEGIN")) {
		return program.AboutFile(path, keys.ErrNotAKeyFile)
	}
	return nil
}

// remember keeps an opened key for the rest of the run: opening one is made slow
// on purpose, and one run may sign many documents with it.
func (a *app) remember(path string, key *keys.PrivateKey) {
	if a.opened == nil {
		a.opened = map[string]*keys.PrivateKey{}
	}
	a.opened[path] = key
}

// input opens a file for reading, or standard input for "-".
func (a *app) input(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(a.Stdin), nil
	}
	return files.Open(path)
}

// output is where a command writes a result: a file that appears whole or not at
// all, or standard output for "-" and "".
type output interface {
	io.Writer
	Seal() error
	Commit() error
	Discard()
}

type standardOutput struct{ *bufio.Writer }

func (o standardOutput) Seal() error   { return o.Flush() }
func (o standardOutput) Commit() error { return o.Flush() }
func (standardOutput) Discard()        {}

// nowhere is the output that nobody asked for.
type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) Seal() error                 { return nil }
func (nowhere) Commit() error               { return nil }
func (nowhere) Discard()                    {}

// output begins a result. A run that was interrupted begins none.
func (a *app) output(path string, mode os.FileMode) (output, error) {
	if err := a.ctx.Err(); err != nil {
		return nil, err
	}
	if path == "" || path == "-" {
		return standardOutput{a.Out}, nil
	}
	if err := spareKey(path); err != nil {
		return nil, err
	}
	return files.Create(path, mode)
}

// besideOutput is a result that is written only where a path asks for it.
func (a *app) besideOutput(path string, mode os.FileMode) (output, error) {
	if path == "" {
		return nowhere{}, nil
	}
	return a.output(path, mode)
}

// commitAll makes results appear together: none before all are on the disk.
func commitAll(results ...output) error {
	for _, result := range results {
		if err := result.Seal(); err != nil {
			return err
		}
	}
	for _, result := range results {
		if err := result.Commit(); err != nil {
			return err
		}
	}
	return nil
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

// place is a path with the flag or argument that names it.
type place struct{ flag, path string }

// keepApart refuses outputs that are the same file as one another or as an
// input, which they would replace.
func keepApart(outputs, inputs []place) error {
	for i, out := range outputs {
		for _, other := range slices.Concat(outputs[i+1:], inputs) {
			if out.path != "" && other.path != "" && samePath(out.path, other.path) {
				return program.Usage("same_file", out.flag, other.flag)
			}
		}
	}
	return nil
}

// samePath reports whether two paths lead to one file, links followed. Standard
// output is one file, a device any number.
func samePath(x, y string) bool {
	if x == "-" || y == "-" {
		return x == y
	}
	infoX, errX := os.Stat(x)
	infoY, errY := os.Stat(y)
	if errX == nil && errY == nil {
		return os.SameFile(infoX, infoY) && (infoX.Mode().IsRegular() || infoX.IsDir())
	}
	ax, errX := filepath.Abs(x)
	ay, errY := filepath.Abs(y)
	return errX == nil && errY == nil && ax == ay
}

// csvList splits a flag's value at commas.
func csvList(value string) []string {
	return strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == '，' })
}

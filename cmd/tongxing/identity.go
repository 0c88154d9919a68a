package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/term"

	"github.com/tongxing/tongxing/cmd/internal/identity"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/verifier"
)

// maxTyped bounds a line that a person types.
const maxTyped = 1 << 16

// presentedBy reads the document that a person presents (package identity) from a
// file or standard input. No error and no output repeats any of it.
func (a *app) presentedBy(path string) (verifier.Context, error) {
	input, err := a.input(path)
	if errors.Is(err, fs.ErrNotExist) {
		return verifier.Context{}, program.Usage("id_no_file")
	}
	if err != nil {
		return verifier.Context{}, err
	}
	defer input.Close()
	if terminal, ok := a.Stdin.(*os.File); ok && path == "-" && term.IsTerminal(int(terminal.Fd())) {
		return a.typedAt(terminal)
	}
	return identity.Read(input, path)
}

// typedAt asks a person at a terminal for the document, who would not know
// otherwise what is waited for.
func (a *app) typedAt(terminal *os.File) (verifier.Context, error) {
	fmt.Fprint(a.Stderr, a.Lang.Say("id_ask"))
	line, err := a.answer(terminal, func() ([]byte, error) {
		return bufio.NewReader(io.LimitReader(terminal, maxTyped)).ReadBytes('\n')
	})
	if err != nil && !errors.Is(err, io.EOF) {
		return verifier.Context{}, err
	}
	return identity.Read(bytes.NewReader(line), "-")
}

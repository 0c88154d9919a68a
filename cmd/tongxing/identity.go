package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/verifier"
)

// maxIdentity bounds what a document reader or a person gives of one document.
const maxIdentity = 1 << 16

// presentedBy reads the document that a person presents: what a document reader
// writes,
//
//	{"type":"01","number":"339999196001058363","name":"廖浩䶮"}
//
// or a line that somebody types, as "339999196001058363", "02:339999196001058363"
// or "03:E12345678:JANE DOE". It comes from a file or standard input and never
// from the command line, which everybody on the machine can read. No error and no
// output repeats any of it.
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
	reader := bufio.NewReader(io.LimitReader(input, maxIdentity))
	first, err := reader.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return verifier.Context{}, program.AboutFile(path, err)
	}
	text := strings.TrimSpace(strings.TrimPrefix(first, "\ufeff"))
	if !strings.HasPrefix(text, "{") {
		return typed(text)
	}
	rest, err := io.ReadAll(reader)
	if err != nil {
		return verifier.Context{}, program.AboutFile(path, err)
	}
	return fromReader(append([]byte(text), rest...))
}

// typedAt asks a person at a terminal for the document, who would not know
// otherwise what is waited for.
func (a *app) typedAt(terminal *os.File) (verifier.Context, error) {
	fmt.Fprint(a.Stderr, a.Lang.Say("id_ask"))
	line, err := a.answer(terminal, func() ([]byte, error) {
		return bufio.NewReader(io.LimitReader(terminal, maxIdentity)).ReadBytes('\n')
	})
	if err != nil && !errors.Is(err, io.EOF) {
		return verifier.Context{}, err
	}
	return typed(strings.TrimSpace(string(line)))
}

// fromReader takes what a document reader gives. What it read wrongly is no fault
// of the guard: no code matches it.
func fromReader(text []byte) (verifier.Context, error) {
	var given struct {
		Type   string `json:"type"`
		Number string `json:"number"`
		Name   string `json:"name"`
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&given); err != nil || given.Type+given.Number+given.Name == "" {
		return verifier.Context{}, program.Fail("id_unreadable") // the error could repeat the number
	}
	return verifier.Presented(given.Type, given.Number, given.Name), nil
}

// typed takes what a person types: TYPE:NUMBER:NAME, or a number alone, which is
// an identity card's. What cannot be is told at once.
func typed(text string) (verifier.Context, error) {
	parts := strings.SplitN(strings.ReplaceAll(text, "：", ":"), ":", 3)
	if len(parts) == 1 {
		parts = []string{identityCard, parts[0]}
	}
	kind := strings.Map(plainDigit, strings.TrimSpace(parts[0]))
	if len(kind) != 2 || strings.Trim(kind, "0123456789") != "" || strings.TrimSpace(parts[1]) == "" {
		return verifier.Context{}, program.Usage("id_unreadable")
	}
	row, ok := spec.DocumentTypeByNumber(kind)
	if !ok {
		return verifier.Context{}, program.Usage("document_type_unknown", kind)
	}
	document, err := format.NewDocument(row.Class, parts[1])
	switch {
	case err != nil && isCitizenNumber(parts[1]):
		return verifier.Context{}, program.Usage("document_check_wrong")
	case err != nil:
		return verifier.Context{}, program.Usage("document_number_wrong")
	}
	presented := verifier.Context{Document: document}
	if len(parts) == 3 {
		presented.Name = strings.TrimSpace(parts[2])
	}
	return presented, nil
}

func plainDigit(r rune) rune {
	if '０' <= r && r <= '９' {
		return r - '０' + '0'
	}
	return r
}

// isCitizenNumber reports whether a number has the form of a citizen number,
// whatever its check character.
func isCitizenNumber(number string) bool {
	d, err := format.NewDocument(otherDocument, number)
	n := d.Number()
	return err == nil && len(n) == 18 && strings.Trim(n[:17], "0123456789") == "" && strings.Contains("0123456789X", n[17:])
}

// otherDocument is the class of documents whose numbers have no form of their own.
const otherDocument = 99

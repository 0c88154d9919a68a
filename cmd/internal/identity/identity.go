// Package identity reads the document that a person presents: what a document reader
// writes,
//
//	{"document_type":"01","number":"339999196001058363","name":"廖浩䶮"}
//
// ("type" and "document_number" are taken too), or the line that somebody types:
//
//	line = [ TYPE ":" ] NUMBER [ ":" NAME ]      339999196001058363, 02:339999196001058363, 03:E12345678:JANE DOE
//
// It comes from a file or standard input and never from the command line, which
// everybody on the machine can read. No error repeats any of it.
package identity

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/verifier"
)

// maxText bounds what a document reader or a person gives of one document, in bytes.
const maxText = 1 << 16

// card is the type of a document where none is given (WS 364.3).
const card = "01"

// Read reads the document from a file that is called path: the object that a reader
// wrote, or the first line of what was typed, and nothing behind it. Errors are those
// of a command line, to be told as they are.
func Read(from io.Reader, path string) (verifier.Context, error) {
	reader := bufio.NewReader(io.LimitReader(from, maxText))
	first, err := reader.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return verifier.Context{}, program.AboutFile(path, err)
	}
	text := strings.TrimSpace(strings.TrimPrefix(first, "\ufeff"))
	if strings.HasPrefix(text, "{") {
		return fromReader(io.MultiReader(strings.NewReader(text), reader))
	}
	return typed(text)
}

// fromReader takes what a document reader gives. What it read wrongly is no fault
// of the guard: no code matches it.
func fromReader(text io.Reader) (verifier.Context, error) {
	var given struct {
		DocumentType string `json:"document_type"`
		Type         string `json:"type"`
		Number       string `json:"number"`
		OfRecord     string `json:"document_number"` // as a record calls it
		Name         string `json:"name"`
	}
	err := json.NewDecoder(text).Decode(&given)
	kind := strings.Map(plainDigit, strings.TrimSpace(cmp.Or(given.DocumentType, given.Type)))
	number := cmp.Or(given.Number, given.OfRecord)
	if err != nil || kind+number+given.Name == "" {
		return verifier.Context{}, program.Fail("id_unreadable") // the error could repeat the number
	}
	return verifier.Presented(kind, number, given.Name), nil
}

// typed takes what a person types: TYPE:NUMBER:NAME, or a number alone, which is
// an identity card's. What cannot be is told at once.
func typed(line string) (verifier.Context, error) {
	parts := strings.SplitN(strings.ReplaceAll(line, "：", ":"), ":", 3)
	if len(parts) == 1 {
		parts = []string{card, parts[0]}
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

// otherDocument is the class of documents whose numbers have no form of their own.
const otherDocument = 99

// isCitizenNumber reports whether a number has the form of a citizen number,
// whatever its check character.
func isCitizenNumber(number string) bool {
	d, err := format.NewDocument(otherDocument, number)
	n := d.Number()
	return err == nil && len(n) == 18 && strings.Trim(n[:17], "0123456789") == "" && strings.Contains("0123456789X", n[17:])
}

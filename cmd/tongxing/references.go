package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/revocation"
)

// maxReferences bounds the references of one file.
const maxReferences = 1 << 22

// references are credentials that a file names, each once and ascending. They are
// named by reference or by the code itself and by nothing else.
type references struct {
	source     string // file, or standard input in words
	all        []registry.Reference
	lines      map[registry.Reference]int    // where each stands first, from 1
	codes      map[registry.Reference][]byte // of those that a code names
	duplicates int
}

// readReferences reads a file of references, or standard input for "-": one a
// line, as 33-7936-734003 or as the code itself. Empty lines and those that begin
// with # are passed over.
func (a *app) readReferences(path string) (*references, error) {
	input, err := a.input(path)
	if err != nil {
		return nil, err
	}
	defer input.Close()
	r := &references{source: path, lines: map[registry.Reference]int{}, codes: map[registry.Reference][]byte{}}
	if path == "-" {
		r.source = a.Lang.Say("standard_input")
	}
	reader := bufio.NewReaderSize(input, 1<<16)
	for line := 1; ; line++ {
		text, err := readLine(reader)
		if fault := r.take(text, line); fault != nil {
			return nil, fault
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, &files.PathError{Path: r.source, Err: err}
		}
	}
	if len(r.all) == 0 {
		return nil, program.Fail("no_references", r.source)
	}
	slices.SortFunc(r.all, registry.Reference.Compare)
	return r, nil
}

// take takes the reference of a line, if it has one. What stands in a line that
// has none is not repeated: it may be somebody's name.
func (r *references) take(line string, number int) error {
	text := strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
	if text == "" || strings.HasPrefix(text, "#") {
		return nil
	}
	reference, code, err := parseReference(codeOfLine(text))
	if err != nil {
		return &program.UserError{Key: "reference_bad", Err: err, Told: true, Place: r.place(number)}
	}
	if code != nil {
		r.codes[reference] = code
	}
	if _, twice := r.lines[reference]; twice {
		r.duplicates++
		return nil
	}
	if len(r.all) == maxReferences {
		return program.Fail("references_many", r.source, maxReferences)
	}
	r.lines[reference] = number
	r.all = append(r.all, reference)
	return nil
}

func (r *references) place(line int) string { return fmt.Sprintf("%s:%d", r.source, line) }

// parseReference reads a reference, or the code of a credential, which comes back
// with it. Nothing of a code is verified.
func parseReference(text string) (registry.Reference, []byte, error) {
	if issuer, ref, err := format.ParseReference(text); err == nil {
		return referenceOf(issuer, ref), nil, nil
	}
	data, err := transport.Decode(text)
	if err != nil {
		return registry.Reference{}, nil, err
	}
	code, err := format.Parse(data)
	if err != nil {
		return registry.Reference{}, nil, err
	}
	return referenceOf(code.Issuer(), code.UnverifiedCredential().Ref), data, nil
}

func referenceOf(issuer string, ref format.Ref) registry.Reference {
	return registry.Reference{Region: (issuer[0]-'0')*10 + issuer[1] - '0', List: ref.List, Index: ref.Index}
}

// referenceText is a reference as files have it.
func referenceText(r registry.Reference) string {
	return format.ReferenceText(fmt.Sprintf("%02d", r.Region), format.Ref{List: r.List, Index: r.Index})
}

// checkCodes holds the codes of the file to the registry: who brings a code that
// somebody made up revokes nobody.
func (r *references) checkCodes(ctx context.Context, reg registry.Registry) error {
	for _, reference := range r.all {
		code, given := r.codes[reference]
		if !given {
			continue
		}
		entry, err := reg.Lookup(ctx, reference)
		switch {
		case errors.Is(err, registry.ErrNotFound):
			return r.unknown(&registry.UnknownReferencesError{References: []registry.Reference{reference}, Total: 1})
		case err != nil:
			return err
		case !revocation.IsCredential(code, entry.Hash):
			return &program.UserError{Key: "code_not_issued", Args: []any{referenceText(reference)}, Place: r.place(r.lines[reference])}
		}
	}
	return nil
}

// unknown says which references the registry does not have.
func (r *references) unknown(err *registry.UnknownReferencesError) error {
	first := err.References[0]
	line, here := r.lines[first]
	if !here { // a successor
		return program.FailFor(err, "successor_unknown", referenceText(first))
	}
	return &program.UserError{Key: "reference_unknown", Args: []any{referenceText(first), err.Total}, Err: err, Told: true, Place: r.place(line)}
}

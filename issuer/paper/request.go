package paper

import (
	"bytes"
	"errors"
	"fmt"
)

// MaxCodes bounds the codes of one [Printer.PDF], which is held in memory: some 4 MB.
const MaxCodes = 100

// ErrRequest reports no code, more than MaxCodes, or a full name for several.
var ErrRequest = errors.New("paper: not a request that can be printed")

// EntryError reports which of several codes cannot be printed; it wraps the error of
// Prepare.
type EntryError struct {
	Index int // in the codes, from 0
	Err   error
}

func (e *EntryError) Error() string { return fmt.Sprintf("paper: code %d: %v", e.Index, e.Err) }

func (e *EntryError) Unwrap() error { return e.Err }

// PDF prints codes of one issuer into a file in memory, for services: at most
// MaxCodes, all of them or none. Equal arguments give equal bytes. Errors are
// ErrRequest, *[EntryError] and those of Begin. As with Prepare, whether the codes
// are genuine and in force is for the caller to know.
func (p *Printer) PDF(codes []string, s Source, cover Cover) ([]byte, error) {
	switch {
	case len(codes) < 1 || len(codes) > MaxCodes:
		return nil, fmt.Errorf("%w: %d codes", ErrRequest, len(codes))
	case s.FullName != "" && len(codes) > 1:
		return nil, fmt.Errorf("%w: one full name for %d codes", ErrRequest, len(codes))
	}
	entries := make([]*Entry, len(codes))
	for i, code := range codes {
		e, err := p.Prepare(code, s)
		if err != nil {
			return nil, &EntryError{i, err}
		}
		entries[i] = e
	}
	var out bytes.Buffer
	document, err := p.Begin(&out, cover)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if err := document.Add(e); err != nil {
			return nil, err
		}
	}
	if err := document.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Package qr draws the QR symbols (ISO/IEC 18004) of a code: text to modules, and
// modules to SVG, PNG or a terminal.
//
// A symbol is made in five steps, each in a file of its own:
//
//	text      -> bits        segment.go    numeric mode for digits, else alphanumeric
//	bits      -> codewords   codewords.go  padding, blocks, Reed-Solomon, interleaving
//	codewords -> modules     template.go   around the fixed patterns of the version
//	modules   -> masked      mask.go       the mask of least penalty of the eight
//	modules   -> picture     svg.go, png.go, terminal.go
//
// The error correction level is always M, 15 %: L fails on a crease of the paper,
// and Q needs a larger symbol, which cameras read worse. The version is always the
// smallest that holds the text in one segment. For example a text of 250
// characters needs version 9, which is 53 modules wide:
//
//	symbol, err := qr.Encode(text)
//	if err != nil { ... }
//	err = symbol.WriteSVG(w, qr.Options{})
package qr

import (
	"errors"
	"fmt"
)

var (
	// ErrTooLong says that no symbol of level M holds the text.
	ErrTooLong = errors.New("text is too long for a QR symbol of level M")
	// ErrCharacter says that a text has a character that neither numeric nor
	// alphanumeric mode has, a lower-case letter for example.
	ErrCharacter = errors.New("character that QR alphanumeric mode does not have")
	// ErrEmpty says that there is no text to draw.
	ErrEmpty = errors.New("no text to draw")
)

// QuietZone is the number of light modules that a reader needs on every side of
// a symbol (ISO/IEC 18004, 5.3.8). Every picture of this package has them.
const QuietZone = 4

// Symbol is a drawn QR symbol of level M. It never changes, so that many
// goroutines may use it.
type Symbol struct {
	version int
	mask    int
	rows    []row
}

// Encode returns the smallest symbol of level M that holds text. The text must be
// in the 45 characters of alphanumeric mode (ErrCharacter), not empty (ErrEmpty)
// and at most 3391 characters, or 5596 if it is digits only (ErrTooLong).
func Encode(text string) (*Symbol, error) {
	segment, err := newSegment(text)
	if err != nil {
		return nil, err
	}
	version, err := segment.version()
	if err != nil {
		return nil, err
	}
	template := templateOf(version)
	plain := template.draw(interleave(segment.codewords(version), version))
	mask, rows := template.bestMask(plain)
	return &Symbol{version: version, mask: mask, rows: rows}, nil
}

// Version returns the version, 1 to 40, of the symbol that Encode draws for text,
// without drawing it. The errors are those of Encode.
func Version(text string) (int, error) {
	segment, err := newSegment(text)
	if err != nil {
		return 0, err
	}
	return segment.version()
}

// Version returns the version of the symbol, 1 to 40.
func (s *Symbol) Version() int { return s.version }

// Size returns the number of modules on a side, without the quiet zone: 21 for
// version 1 to 177 for version 40.
func (s *Symbol) Size() int { return len(s.rows) }

// Module tells whether the module in column x of row y is dark, counted from the
// top left. Everything outside of the symbol is light.
func (s *Symbol) Module(x, y int) bool {
	return x >= 0 && y >= 0 && x < len(s.rows) && y < len(s.rows) && s.rows[y].at(x)
}

// String returns a short description, for logs and tests.
func (s *Symbol) String() string {
	return fmt.Sprintf("QR symbol of version %d-M, mask %d", s.version, s.mask)
}

package transport

import (
	"errors"
	"fmt"
)

var (
	// ErrNotACode says that a text is no code of this format at all.
	ErrNotACode = errors.New("not a code of this format")
	// ErrLaterVersion says that a text is a code of a later version of this
	// format: the software is to be updated, the code is not to be doubted.
	ErrLaterVersion = errors.New("code of a later version of the format: update the software")
)

// Problem is what is wrong with a damaged code.
type Problem int

const (
	// WrongCharacter is a character outside the alphabet of the form.
	WrongCharacter Problem = iota + 1
	// LowerCase is a lower-case letter: the code was re-typed or passed
	// through something that changes case.
	LowerCase
	// Overflow is a group of characters whose value no bytes give.
	Overflow
	// WrongLength is a number of characters that no data gives: the code was
	// cut, or something was added to it.
	WrongLength
)

// String returns the problem in words.
func (p Problem) String() string {
	switch p {
	case WrongCharacter:
		return "character outside the alphabet"
	case LowerCase:
		return "lower-case letter, a code is upper case"
	case Overflow:
		return "group of characters with too large a value"
	case WrongLength:
		return "length that no data gives"
	}
	return fmt.Sprintf("problem %d", int(p))
}

// DamagedError says that a text begins like a code and is not one that was ever
// written.
type DamagedError struct {
	// Offset is the byte of the text, as it was given, where the wrong
	// character or group begins; for WrongLength, where the text ends.
	Offset int
	// Problem is what is wrong there.
	Problem Problem
}

// Error implements error.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("damaged code: %s at byte %d", e.Problem, e.Offset)
}

// Package example has a declaration of each kind, for the test of the listings.
package example

import (
	"errors"
	"io"
)

// Limit is an untyped constant.
const Limit = 3

// Colour is a number with a name.
type Colour uint8

// Red is one.
const Red Colour = 1

// String names a colour.
func (c Colour) String() string { return "red" }

// Alias is another name.
type Alias = Colour

// Base is embedded.
type Base struct{ Names []string }

// Name is promoted.
func (b *Base) Name() string { return b.Names[0] }

// Thing has what nobody else sees.
type Thing struct {
	Base
	Size   int
	hidden io.Writer
}

// New makes one.
func New(w io.Writer, more ...string) (*Thing, error) {
	if len(more) == 0 {
		return nil, ErrLost
	}
	return &Thing{Base: Base{more}, hidden: w}, nil
}

// Close has a receiver that is a pointer.
func (t *Thing) Close() error {
	_, err := t.hidden.Write(nil)
	return err
}

// Pair is generic.
type Pair[T any] struct{ A T }

// Walker is for others to implement.
type Walker interface {
	// Walk walks.
	Walk(steps int) error
	// Stop stops.
	Stop()
}

// Sealed is not.
type Sealed interface{ sealed() }

// ErrLost is a variable.
var ErrLost = errors.New("lost")

package layout

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
)

const (
	// MaxPointer is the most bytes that a pointer may have.
	MaxPointer = 64 << 10
	// MaxDeltas is the most deltas that a pointer may name.
	MaxDeltas = 256

	magic      = "tongxing/latest/1"
	magicStart = "tongxing/latest/"
)

var (
	// ErrNotAPointer reports a file that is no pointer.
	ErrNotAPointer = errors.New("layout: not a pointer to a bundle")
	// ErrLaterVersion reports a pointer of a later form than this program knows:
	// the program has to be updated.
	ErrLaterVersion = errors.New("layout: pointer made for a later version of this program")
)

// File is what a pointer says of a file. Nothing of it is proved.
type File struct {
	Hash [32]byte // SHA-256
	Size int64    // bytes
}

// DeltaFile is a delta from the bundle with the SHA-256 From to the newest.
type DeltaFile struct {
	From [32]byte
	File
}

// Latest is what a pointer says: the newest bundle, and the deltas to it,
// ascending by their base.
type Latest struct {
	Bundle File
	Deltas []DeltaFile
}

// DeltaFrom returns the delta from the bundle with the given SHA-256, or false
// when there is none.
func (l *Latest) DeltaFrom(base [32]byte) (File, bool) {
	i, found := slices.BinarySearchFunc(l.Deltas, base, func(d DeltaFile, base [32]byte) int {
		return bytes.Compare(d.From[:], base[:])
	})
	if !found {
		return File{}, false
	}
	return l.Deltas[i].File, true
}

// Encode returns the pointer that says l. An error tells which rule of DIST-21
// l breaks.
func (l *Latest) Encode() ([]byte, error) {
	if err := l.validate(); err != nil {
		return nil, err
	}
	out := fmt.Appendf(nil, "%s\nbundle %x %d\n", magic, l.Bundle.Hash, l.Bundle.Size)
	for i := range l.Deltas {
		d := &l.Deltas[i]
		out = fmt.Appendf(out, "delta %x %x %d\n", d.From, d.Hash, d.Size)
	}
	return out, nil
}

func (l *Latest) validate() error {
	if l.Bundle.Size < 1 || l.Bundle.Size > trustlist.MaxBundle {
		return fmt.Errorf("%w: a bundle of %d bytes", ErrNotAPointer, l.Bundle.Size)
	}
	if len(l.Deltas) > MaxDeltas {
		return fmt.Errorf("%w: %d deltas, at most %d", ErrNotAPointer, len(l.Deltas), MaxDeltas)
	}
	for i := range l.Deltas {
		d := &l.Deltas[i]
		switch {
		case d.Size < 1 || d.Size > delta.MaxSize:
			return fmt.Errorf("%w: a delta of %d bytes", ErrNotAPointer, d.Size)
		case d.From == l.Bundle.Hash:
			return fmt.Errorf("%w: a delta from the newest bundle to itself", ErrNotAPointer)
		case i > 0 && bytes.Compare(l.Deltas[i-1].From[:], d.From[:]) >= 0:
			return fmt.Errorf("%w: deltas do not ascend by the bundle that they are from", ErrNotAPointer)
		}
	}
	return nil
}

// ParsePointer reads a pointer (DIST-21, DIST-22). Errors are
// [ErrNotAPointer] and [ErrLaterVersion].
func ParsePointer(data []byte) (*Latest, error) {
	if len(data) > MaxPointer {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrNotAPointer, MaxPointer)
	}
	lines := strings.Split(string(data), "\n")
	if lines[0] != magic {
		if version, ok := strings.CutPrefix(lines[0], magicStart); ok && version != "" && strings.Trim(version, "0123456789") == "" {
			return nil, ErrLaterVersion
		}
		return nil, ErrNotAPointer
	}
	if last := len(lines) - 1; len(lines) < 3 || lines[last] != "" {
		return nil, fmt.Errorf("%w: cut off", ErrNotAPointer)
	}
	latest := new(Latest)
	for i, line := range lines[1 : len(lines)-1] {
		if err := latest.readLine(i, line); err != nil {
			return nil, fmt.Errorf("%w: line %d", err, i+2)
		}
	}
	if err := latest.validate(); err != nil {
		return nil, err
	}
	return latest, nil
}

// readLine reads the line with the given place, 0 for the one of the bundle.
func (l *Latest) readLine(place int, line string) error {
	words := strings.Split(line, " ")
	var ok bool
	switch {
	case (words[0] == "bundle") != (place == 0):
	case words[0] == "bundle" && len(words) == 3:
		l.Bundle, ok = parseFile(words[1], words[2])
	case words[0] == "delta" && len(words) == 4 && len(l.Deltas) < MaxDeltas:
		var d DeltaFile
		var base bool
		d.From, base = parseHash(words[1])
		d.File, ok = parseFile(words[2], words[3])
		ok = ok && base
		l.Deltas = append(l.Deltas, d)
	case words[0] != "bundle" && words[0] != "delta":
		ok = isOther(words)
	}
	if !ok {
		return ErrNotAPointer
	}
	return nil
}

func parseFile(hash, size string) (File, bool) {
	h, ok := parseHash(hash)
	n, err := strconv.ParseUint(size, 10, 31)
	shortest := err == nil && strconv.FormatUint(n, 10) == size
	return File{h, int64(n)}, ok && shortest
}

// isOther tells whether a line that says what this version does not know has the
// form of one: a word in small letters, then printable ASCII.
func isOther(words []string) bool {
	for i, word := range words {
		for j := range len(word) {
			c := word[j]
			if c <= ' ' || c > '~' || i == 0 && (c < 'a' || c > 'z') {
				return false
			}
		}
		if word == "" {
			return false
		}
	}
	return true
}

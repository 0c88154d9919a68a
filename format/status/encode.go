package status

import (
	"errors"
	"fmt"
)

// The bounds of a set.
const (
	MaxMembers = 1 << 24 // of one set
	MaxBytes   = 8 << 20 // of one encoded set
)

// ErrUnsorted says that the indices given are not strictly ascending.
var ErrUnsorted = errors.New("indices are not strictly ascending")

// ErrTooLarge says that a set has more members or bytes than a status list may
// have.
var ErrTooLarge = errors.New("too many members for one set")

// Encode returns the encoding of a set, of which there is one: that of no members
// is empty. members are strictly ascending and are not changed. Errors wrap
// [ErrUnsorted] and [ErrTooLarge].
func Encode(members []uint32) ([]byte, error) {
	if len(members) > MaxMembers {
		return nil, fmt.Errorf("status: %w: %d, more than %d", ErrTooLarge, len(members), MaxMembers)
	}
	if err := checkAscending(members); err != nil {
		return nil, err
	}
	data := appendSet(nil, members)
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("status: %w: %d bytes, more than %d", ErrTooLarge, len(data), MaxBytes)
	}
	return data, nil
}

func checkAscending(members []uint32) error {
	for i := 1; i < len(members); i++ {
		if members[i] <= members[i-1] {
			return fmt.Errorf("status: %w: %d after %d", ErrUnsorted, members[i], members[i-1])
		}
	}
	return nil
}

// appendSet appends the encoding of ascending members.
func appendSet(out []byte, members []uint32) []byte {
	w := bitWriter{out: out}
	var b block
	next := uint32(0) // the index from which the gap counts
	for len(members) > 0 {
		n := min(len(members), blockSize)
		b.reset()
		for _, m := range members[:n] {
			b.gaps = append(b.gaps, m-next)
			next = m + 1 // comes round to 0 after the last index, which has none after it
		}
		b.write(&w, b.plan())
		members = members[n:]
	}
	return w.finish()
}

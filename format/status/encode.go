package status

import (
	"errors"
	"fmt"
	"iter"
	"slices"
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
	w := setWriter{bits: bitWriter{out: out}}
	for block := range slices.Chunk(members, blockSize) {
		w.write(block)
	}
	return w.bits.finish()
}

// encodeSeq encodes ascending members without a slice of them all.
func encodeSeq(members iter.Seq[uint32]) ([]byte, error) {
	var w setWriter
	block := make([]uint32, 0, blockSize)
	for member := range members {
		if block = append(block, member); len(block) == blockSize {
			w.write(block)
			block = block[:0]
		}
	}
	if len(block) > 0 {
		w.write(block)
	}
	data := w.bits.finish()
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("status: %w: %d bytes, more than %d", ErrTooLarge, len(data), MaxBytes)
	}
	return data, nil
}

// setWriter writes a set block by block.
type setWriter struct {
	bits  bitWriter
	block block
	next  uint32 // the index from which the gap counts
}

// write appends a block of 1 to blockSize members.
func (w *setWriter) write(members []uint32) {
	b := &w.block
	b.reset()
	for _, m := range members {
		b.gaps = append(b.gaps, m-w.next)
		w.next = m + 1 // comes round to 0 after the last index, which has none after it
	}
	b.write(&w.bits, b.plan())
}

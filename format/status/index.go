package status

import (
	"fmt"
	"iter"
	"slices"
)

// Index is an index set in memory, compressed, for exact lookups by a device that
// carries the lists of a whole country: in at most 1.2 times Elias and Fano's code
// of the set, and 1.25 times what [Encode] gives for a uniform one, and 64 bytes.
// It is immutable and safe for concurrent use; the zero value is the empty set.
type Index struct {
	fano
}

// NewIndex returns the index of members, which are strictly ascending and are not
// kept or changed. Errors wrap [ErrUnsorted] and [ErrTooLarge].
func NewIndex(members []uint32) (*Index, error) {
	if len(members) > MaxMembers {
		return nil, fmt.Errorf("status: %w: %d, more than %d", ErrTooLarge, len(members), MaxMembers)
	}
	if err := checkAscending(members); err != nil {
		return nil, err
	}
	if len(members) == 0 {
		return &Index{}, nil
	}
	return &Index{pack(uint32(len(members)), members[len(members)-1], slices.Values(members))}, nil
}

// DecodeIndex returns the index of an encoded set, which it refuses exactly when
// [Decode] does, with the same errors. It reads the bytes twice, first to check
// them and then to pack what they say, and so sets aside the index itself and a
// block of 128 members: at most 22 MB, whatever the bytes are, and 8 KB for bytes
// that are refused.
func DecodeIndex(count uint32, data []byte) (*Index, error) {
	last, err := checkEncoded(count, data)
	if err != nil {
		return nil, err
	}
	return &Index{pack(count, last, encodedMembers(count, data))}, nil
}

// Contains reports whether index is a member. It allocates nothing.
func (x *Index) Contains(index uint32) bool { return x.contains(index) }

// Len returns the number of members.
func (x *Index) Len() int { return int(x.count) }

// All yields the members, ascending.
func (x *Index) All() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		c := fanoCursor{set: &x.fano}
		for member, ok := c.step(); ok && yield(member); member, ok = c.step() {
		}
	}
}

// Members returns the members, ascending.
func (x *Index) Members() []uint32 {
	return slices.AppendSeq(make([]uint32, 0, x.Len()), x.All())
}

// Encode returns the bytes that [Encode] gives for the members. The error wraps
// [ErrTooLarge].
func (x *Index) Encode() ([]byte, error) { return encodeSeq(x.All()) }

// Size returns the bytes that the index holds: itself and what it points to.
func (x *Index) Size() int { return x.size() }

package status

import (
	"errors"
	"fmt"
	"math/bits"
)

// Change is what a delta does to one list: indices that come into a set, and
// indices that leave the suspended one, each strictly ascending. One that moves
// from suspended to another set is in both. Nothing ever leaves the other two.
type Change struct {
	Added    Sets
	Restored []uint32 // out of suspended
}

// ErrDoesNotFollow says that a change is not one of the sets that it is given.
var ErrDoesNotFollow = errors.New("the change does not follow on these sets")

// Empty reports whether the change changes nothing.
func (c Change) Empty() bool {
	return len(c.Added.Revoked)+len(c.Added.Superseded)+len(c.Added.Suspended)+len(c.Restored) == 0
}

// Between returns the change that makes next of before. The error wraps
// [ErrDoesNotFollow] when an index would leave another set than the suspended one,
// or the errors of [Sets.Validate]. Neither is changed.
func Between(before, next Sets) (Change, error) {
	for _, sets := range []Sets{before, next} {
		if err := sets.Validate(); err != nil {
			return Change{}, err
		}
	}
	if len(Difference(before.Revoked, next.Revoked))+len(Difference(before.Superseded, next.Superseded)) > 0 {
		return Change{}, fmt.Errorf("status: %w: revoked and superseded credentials stay so", ErrDoesNotFollow)
	}
	return Change{
		Added: Sets{
			Revoked:    Difference(next.Revoked, before.Revoked),
			Superseded: Difference(next.Superseded, before.Superseded),
			Suspended:  Difference(next.Suspended, before.Suspended),
		},
		Restored: Difference(before.Suspended, next.Suspended),
	}, nil
}

// Apply returns the sets after the change. The error wraps [ErrDoesNotFollow] when
// an index is restored that is not suspended, or added that is in a set already,
// or those of [Sets.Validate]. Neither is changed.
func (s Sets) Apply(c Change) (Sets, error) {
	for _, sets := range []Sets{s, c.Added, {Suspended: c.Restored}} {
		if err := sets.Validate(); err != nil {
			return Sets{}, err
		}
	}
	if len(Difference(c.Restored, s.Suspended)) > 0 {
		return Sets{}, fmt.Errorf("status: %w: what is restored is not suspended", ErrDoesNotFollow)
	}
	if index, both := firstOfBoth(c.Restored, c.Added.Suspended); both {
		return Sets{}, fmt.Errorf("status: %w: %d leaves the set that it comes into", ErrDoesNotFollow, index)
	}
	left := Sets{s.Revoked, s.Superseded, Difference(s.Suspended, c.Restored)}
	for _, added := range c.Added.all() {
		for _, set := range left.all() {
			if index, both := firstOfBoth(added, set); both {
				return Sets{}, fmt.Errorf("status: %w: %d is in a set already", ErrDoesNotFollow, index)
			}
		}
	}
	return Sets{
		Union(left.Revoked, c.Added.Revoked), Union(left.Superseded, c.Added.Superseded), Union(left.Suspended, c.Added.Suspended),
	}, nil
}

// EncodeAdditions returns the additions of a list in a delta: for each set that
// gains members, ascending by its number (0 revoked, 1 superseded, 2 suspended),
// a head, members x 4 + number in LEB128, and the encoded set. Errors are those of
// [Sets.Validate].
func EncodeAdditions(added Sets) ([]byte, error) {
	if err := added.Validate(); err != nil {
		return nil, err
	}
	var out []byte
	for number, set := range added.all() {
		if len(set) > 0 {
			out = appendSet(appendHead(out, uint32(len(set)*sections+number)), set)
		}
	}
	if len(out) > MaxBytes {
		return nil, fmt.Errorf("status: %w: %d bytes, more than %d", ErrTooLarge, len(out), MaxBytes)
	}
	return out, nil
}

// DecodeAdditions is the inverse of [EncodeAdditions]; nothing at all adds nothing.
// Errors wrap [ErrMalformed], [ErrNotCanonical], [ErrTooLarge] and [ErrOverlap].
func DecodeAdditions(data []byte) (Sets, error) { return decodeAdditions(data, 3*MaxMembers) }

// decodeAdditions is DecodeAdditions of at most so many members together: a head
// that says more is refused before any member of its set is read.
func decodeAdditions(data []byte, most int) (Sets, error) {
	if len(data) > MaxBytes {
		return Sets{}, fmt.Errorf("status: %w: %d bytes, more than %d", ErrTooLarge, len(data), MaxBytes)
	}
	var found [3][]uint32
	r := bitReader{data: data}
	for last := -1; r.left() > 0; {
		head, err := r.head()
		if err != nil {
			return Sets{}, err
		}
		number, count := int(head%sections), head/sections
		switch {
		case number >= len(found) || count == 0:
			return Sets{}, fmt.Errorf("status: %w: head %d", ErrMalformed, head)
		case number <= last:
			return Sets{}, fmt.Errorf("status: %w: sets out of order", ErrNotCanonical)
		case int(count) > most:
			return Sets{}, fmt.Errorf("status: %w: %d members, room for %d", ErrTooLarge, count, most)
		}
		most -= int(count)
		if err := readSet(&r, count, func(b *block, next uint32) {
			found[number] = b.appendMembers(found[number], next)
		}); err != nil {
			return Sets{}, err
		}
		last = number
	}
	added := Sets{found[0], found[1], found[2]}
	if err := added.Validate(); err != nil {
		return Sets{}, err
	}
	return added, nil
}

// EncodeRemovals returns the removals of a list in a delta: the indices that leave
// the suspended set, as the one section of the additions that [EncodeAdditions]
// would write for them there.
func EncodeRemovals(restored []uint32) ([]byte, error) {
	return EncodeAdditions(Sets{Suspended: restored})
}

// DecodeChange reads the additions and removals of a list, of at most so many
// members each: a megabyte can say fifty million, and who reads a delta knows what
// room there is. Errors are those of [DecodeAdditions]; removals from another set
// than the suspended one wrap [ErrMalformed].
func DecodeChange(additions, removals []byte, most int) (Change, error) {
	added, err := decodeAdditions(additions, most)
	if err != nil {
		return Change{}, fmt.Errorf("additions: %w", err)
	}
	removed, err := decodeAdditions(removals, most)
	if err != nil {
		return Change{}, fmt.Errorf("removals: %w", err)
	}
	if len(removed.Revoked)+len(removed.Superseded) > 0 {
		return Change{}, fmt.Errorf("removals: status: %w: revoked and superseded credentials stay so", ErrMalformed)
	}
	return Change{Added: added, Restored: removed.Suspended}, nil
}

// sections is what the number of members is multiplied with in a head: a set's
// number is in the low two bits.
const sections = 4

// appendHead appends n in LEB128: seven bits a byte, the low ones first, the top
// bit set on every byte but the last.
func appendHead(out []byte, n uint32) []byte {
	for ; n >= 0x80; n >>= 7 {
		out = append(out, byte(n)|0x80)
	}
	return append(out, byte(n))
}

// head reads what appendHead writes.
func (r *bitReader) head() (uint32, error) {
	n := uint64(0)
	for shift := uint(0); ; shift += 7 {
		b, ok := r.read(8)
		if !ok || shift > 28 {
			return 0, fmt.Errorf("status: %w: head", ErrMalformed)
		}
		n |= uint64(b&0x7f) << shift
		if b&0x80 != 0 {
			continue
		}
		switch {
		case bits.Len64(n) > 32:
			return 0, fmt.Errorf("status: %w: head", ErrMalformed)
		case b == 0 && shift > 0:
			return 0, fmt.Errorf("status: %w: head with a zero byte", ErrNotCanonical)
		}
		return uint32(n), nil
	}
}

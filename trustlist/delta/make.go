package delta

import (
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/trustlist"
)

// Make returns a delta that makes the bundle new from the bundle old. Equal
// arguments give equal bytes. It takes some 5 bytes of memory for each byte of old
// and 2 for each of new. Errors are [ErrTooLarge], [ErrEmpty] and [ErrSame].
func Make(old, new []byte) ([]byte, error) {
	for _, data := range [][]byte{old, new} {
		switch {
		case len(data) == 0:
			return nil, ErrEmpty
		case len(data) > trustlist.MaxBundle:
			return nil, fmt.Errorf("%w: a bundle of %d bytes", ErrTooLarge, len(data))
		}
	}
	from, to := bundleOf(old), bundleOf(new)
	if from == to {
		return nil, ErrSame
	}
	w := wireDelta{Magic: magic, Body: wireBody{
		From: from.Hash[:], FromSize: uint64(from.Size), To: to.Hash[:], ToSize: uint64(to.Size),
	}}
	w.Body.Instructions, w.Body.Inserted = instruct(new, bound(findCopies(old, new)))
	return cborx.Marshal(w)
}

// bound leaves out the shortest copies where there are more than a delta may
// have: copies of so many bytes each cannot be more.
func bound(copies []match) []match {
	if len(copies) <= MaxInstructions {
		return copies
	}
	const enough = trustlist.MaxBundle / MaxInstructions
	return slices.DeleteFunc(copies, func(m match) bool { return m.length < enough })
}

// instruct writes the triples for the copies, which ascend in new, and collects
// the bytes that no copy covers.
func instruct(new []byte, copies []match) (instructions, inserted []byte) {
	uncovered := len(new)
	for _, m := range copies {
		uncovered -= m.length
	}
	instructions, inserted = []byte{}, make([]byte, 0, uncovered) // present in the delta even when empty
	at, made := 0, 0
	for _, m := range copies {
		instructions = appendNumber(instructions, uint64(m.at-made))
		instructions = appendNumber(instructions, signed(int64(m.from-at)))
		instructions = appendNumber(instructions, uint64(m.length))
		inserted = append(inserted, new[made:m.at]...)
		at, made = m.from+m.length, m.at+m.length
	}
	return instructions, append(inserted, new[made:]...)
}

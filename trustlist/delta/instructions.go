package delta

import (
	"fmt"

	"github.com/tongxing/tongxing/trustlist"
)

// triple is one instruction, with the place in the old bundle that the skip
// leads to.
type triple struct {
	insert int64 // bytes that are inserted
	from   int64 // where the copy begins in the old bundle
	copy   int64 // bytes that are copied, at least one
}

// maxNumber is the most bytes that a number of the instructions takes: 28 bits
// hold every size of a bundle with a sign.
const maxNumber = 4

// appendNumber appends v as base 128, the lowest 7 bits first.
func appendNumber(dst []byte, v uint64) []byte {
	for v >= 0x80 {
		dst = append(dst, byte(v)|0x80)
		v >>= 7
	}
	return append(dst, byte(v))
}

// numberSize returns how many bytes appendNumber appends.
func numberSize(v uint64) int {
	n := 1
	for v >= 0x80 {
		v >>= 7
		n++
	}
	return n
}

// signed maps a skip to the number that stands for it: 0, -1, 1, -2, ...
func signed(v int64) uint64 { return uint64(v)<<1 ^ uint64(v>>63) }

// cutNumber takes a number off data, or gives false when there is none in its
// shortest form.
func cutNumber(data []byte) (uint64, []byte, bool) {
	var v uint64
	for i, b := range data {
		if i == maxNumber || i > 0 && b == 0 {
			return 0, nil, false
		}
		v |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			return v, data[i+1:], true
		}
	}
	return 0, nil, false
}

// reader goes through instructions and holds each to its bounds before it gives
// it out.
type reader struct {
	instructions []byte // those left
	inserted     int64  // bytes left to insert
	old          int64  // size of the old bundle
	at           int64  // where the reader stands in the old bundle
	made         int64  // bytes of the result so far
	count        int    // triples read
}

func (r *reader) more() bool { return len(r.instructions) != 0 }

// next returns the next triple, or an error that names its place.
func (r *reader) next() (triple, error) {
	var numbers [3]uint64
	for i := range numbers {
		v, rest, ok := cutNumber(r.instructions)
		if !ok {
			return triple{}, r.wrong("a number is cut off or not in its shortest form")
		}
		numbers[i], r.instructions = v, rest
	}
	skip := int64(numbers[1]>>1) ^ -int64(numbers[1]&1)
	t := triple{insert: int64(numbers[0]), from: r.at + skip, copy: int64(numbers[2])}
	switch {
	case r.count == MaxInstructions:
		return triple{}, r.wrong("too many")
	case t.copy == 0:
		return triple{}, r.wrong("copies nothing")
	case r.count > 0 && t.insert == 0 && skip == 0:
		return triple{}, r.wrong("goes on with the copy before it")
	case t.insert > r.inserted:
		return triple{}, r.wrong("inserts more bytes than there are")
	case t.from < 0 || t.copy > r.old-t.from:
		return triple{}, r.wrong("copies from outside the old bundle")
	case r.made+t.insert+t.copy > trustlist.MaxBundle:
		return triple{}, r.wrong("the result is too large")
	}
	r.inserted -= t.insert
	r.made += t.insert + t.copy
	r.at = t.from + t.copy
	r.count++
	return t, nil
}

func (r *reader) wrong(problem string) error {
	return fmt.Errorf("%w: instruction %d: %s", ErrNotADelta, r.count+1, problem)
}

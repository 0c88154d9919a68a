package status

import (
	"errors"
	"fmt"
	"iter"
	"math"
)

// ErrMalformed says that bytes are no set of so many members: they end early, go
// beyond the last index, or have a run beyond its block.
var ErrMalformed = errors.New("no index set of so many members")

// ErrNotCanonical says that bytes are a set, but not as [Encode] writes it.
var ErrNotCanonical = errors.New("not the shortest encoding of the set")

// Decode returns the members of an encoded set, ascending. count is their number,
// which the document gives beside the bytes. It refuses what [Encode] does not
// write, so that equal sets have equal bytes. It allocates at most 32 times the
// bytes given and four times the members found in them. Errors wrap
// [ErrMalformed], [ErrNotCanonical] and [ErrTooLarge].
func Decode(count uint32, data []byte) ([]uint32, error) {
	r := bitReader{data: data}
	var members []uint32
	if err := readWhole(&r, count, func(b *block, next uint32) {
		if members == nil {
			members = make([]uint32, 0, min(int(count), 8*len(data)))
		}
		members = b.appendMembers(members, next)
	}); err != nil {
		return nil, err
	}
	return members, nil
}

// checkEncoded returns the greatest member, of which there may be none, or the
// error that Decode would.
func checkEncoded(count uint32, data []byte) (last uint32, err error) {
	r := bitReader{data: data}
	err = readWhole(&r, count, func(b *block, next uint32) {
		last = next - 1
		for _, gap := range b.gaps {
			last += gap + 1
		}
	})
	return last, err
}

// encodedMembers yields the members of a set that checkEncoded has passed.
func encodedMembers(count uint32, data []byte) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		r := bitReader{data: data}
		var b block
		next := uint64(0)
		for left := int(count); left > 0; left -= len(b.gaps) {
			if _, ok := b.read(&r, min(left, blockSize), next); !ok {
				return
			}
			for _, gap := range b.gaps {
				next += uint64(gap)
				if !yield(uint32(next)) {
					return
				}
				next++
			}
		}
	}
}

// readWhole is readSet of bytes that are one set and no more.
func readWhole(r *bitReader, count uint32, each func(b *block, next uint32)) error {
	if len(r.data) > MaxBytes {
		return fmt.Errorf("status: %w: %d bytes, more than %d", ErrTooLarge, len(r.data), MaxBytes)
	}
	if err := readSet(r, count, each); err != nil {
		return err
	}
	if r.left() > 0 {
		return fmt.Errorf("status: %w: bytes follow it", ErrNotCanonical)
	}
	return nil
}

// readSet reads count members and the bits that fill up the last byte, and gives
// away each block as soon as it has been checked, with the index from which its
// gaps count.
func readSet(r *bitReader, count uint32, each func(b *block, next uint32)) error {
	if count > MaxMembers {
		return fmt.Errorf("status: %w: %d, more than %d", ErrTooLarge, count, MaxMembers)
	}
	var b block
	next := uint64(0)
	for done := 0; done < int(count); done += len(b.gaps) {
		p, ok := b.read(r, min(int(count)-done, blockSize), next)
		if !ok {
			return fmt.Errorf("status: %w: block %d", ErrMalformed, done/blockSize)
		}
		if p != b.plan() {
			return fmt.Errorf("status: %w: block %d", ErrNotCanonical, done/blockSize)
		}
		each(&b, uint32(next))
		for _, gap := range b.gaps {
			next += uint64(gap) + 1
		}
	}
	if !r.align() {
		return fmt.Errorf("status: %w: its last byte is not filled up with zero bits", ErrNotCanonical)
	}
	return nil
}

// appendMembers appends the members of a block whose gaps count from next.
func (b *block) appendMembers(members []uint32, next uint32) []uint32 {
	for _, gap := range b.gaps {
		next += gap
		members = append(members, next)
		next++ // comes round to 0 after the last index
	}
	return members
}

// read reads the gaps of n members that come after the index next - 1.
func (b *block) read(r *bitReader, n int, next uint64) (plan, bool) {
	mode, _ := r.read(modeBits)
	k, ok := r.read(gapBits)
	if !ok {
		return plan{}, false
	}
	b.reset()
	if mode == 1 {
		return b.readRuns(r, n, next, uint(k))
	}
	for len(b.gaps) < n {
		if next > math.MaxUint32 {
			return plan{}, false
		}
		gap, ok := r.rice(uint(k), math.MaxUint32-next)
		if !ok {
			return plan{}, false
		}
		next += gap + 1
		b.gaps = append(b.gaps, uint32(gap))
	}
	return plan{k: uint(k)}, true
}

func (b *block) readRuns(r *bitReader, n int, next uint64, k uint) (plan, bool) {
	j, ok := r.read(runBits)
	if !ok {
		return plan{}, false
	}
	for len(b.gaps) < n {
		if len(b.gaps) > 0 {
			next++ // the index that parts this run from the one before
		}
		if next > math.MaxUint32 {
			return plan{}, false
		}
		gap, ok := r.rice(k, math.MaxUint32-next)
		if !ok {
			return plan{}, false
		}
		next += gap
		more, ok := r.rice(uint(j), min(math.MaxUint32-next, uint64(n-len(b.gaps)-1)))
		if !ok {
			return plan{}, false
		}
		next += more + 1
		if len(b.gaps) > 0 {
			gap++
		}
		b.gaps = append(b.gaps, uint32(gap))
		for range more {
			b.gaps = append(b.gaps, 0)
		}
	}
	return plan{runs: true, k: k, j: uint(j)}, true
}

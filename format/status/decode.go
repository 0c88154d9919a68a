package status

import (
	"errors"
	"fmt"
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
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("status: %w: %d bytes, more than %d", ErrTooLarge, len(data), MaxBytes)
	}
	r := bitReader{data: data}
	members, err := decodeSet(&r, count)
	if err != nil {
		return nil, err
	}
	if r.left() > 0 {
		return nil, fmt.Errorf("status: %w: bytes follow it", ErrNotCanonical)
	}
	return members, nil
}

// decodeSet reads count members and the bits that fill up the last byte.
func decodeSet(r *bitReader, count uint32) ([]uint32, error) {
	if count > MaxMembers {
		return nil, fmt.Errorf("status: %w: %d, more than %d", ErrTooLarge, count, MaxMembers)
	}
	members := make([]uint32, 0, min(int(count), r.left()))
	var b block
	next := uint64(0)
	for uint32(len(members)) < count {
		n := min(int(count)-len(members), blockSize)
		p, ok := b.read(r, n, next)
		if !ok {
			return nil, fmt.Errorf("status: %w: block %d", ErrMalformed, len(members)/blockSize)
		}
		if p != b.plan() {
			return nil, fmt.Errorf("status: %w: block %d", ErrNotCanonical, len(members)/blockSize)
		}
		for _, gap := range b.gaps {
			next += uint64(gap)
			members = append(members, uint32(next))
			next++
		}
	}
	if !r.align() {
		return nil, fmt.Errorf("status: %w: its last byte is not filled up with zero bits", ErrNotCanonical)
	}
	return members, nil
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

package status

import (
	"math/bits"
	"slices"
)

const (
	blockSize = 128 // members of a block; the last of a set may have fewer

	modeBits = 1
	gapBits  = 5 // of the parameter k, 0 to 31
	runBits  = 3 // of the parameter j, 0 to 7

	mostGapParameter = 1<<gapBits - 1
	mostRunParameter = 1<<runBits - 1
)

// plan is how a block is written.
type plan struct {
	runs bool
	k, j uint // j is 0 without runs
}

// block is the gaps of up to blockSize members: how many indices lie between a
// member and the one before it, or before the first. Where runs are looked at,
// starts and lengths are the same as runs, with the length less one; the gap
// before every run but the first is at least 1 and stands as one less.
type block struct {
	gaps            []uint32
	starts, lengths []uint32
	room            [3][blockSize]uint32 // what the three are made of
}

// reset makes the block one of no members.
func (b *block) reset() { b.gaps = b.room[0][:0] }

// findRuns sets starts and lengths.
func (b *block) findRuns() {
	b.starts, b.lengths = append(b.room[1][:0], b.gaps[0]), append(b.room[2][:0], 0)
	for _, gap := range b.gaps[1:] {
		if gap == 0 {
			b.lengths[len(b.lengths)-1]++
			continue
		}
		b.starts, b.lengths = append(b.starts, gap-1), append(b.lengths, 0)
	}
}

// plan returns the shortest way to write the block: of two equally short ones
// that without runs, and the one of the smaller parameter. Where no two members
// follow on each other runs are longer: for each gap g that becomes g-1 they save
// one bit at most, and cost one for the length.
func (b *block) plan() plan {
	k, size := parameter(b.gaps, mostGapParameter)
	if !slices.Contains(b.gaps[1:], 0) {
		return plan{k: k}
	}
	b.findRuns()
	runK, starts := parameter(b.starts, mostGapParameter)
	runJ, lengths := parameter(b.lengths, mostRunParameter)
	if starts+lengths+runBits < size {
		return plan{runs: true, k: runK, j: runJ}
	}
	return plan{k: k}
}

// parameter returns the least Rice parameter up to most that makes values
// shortest, and their length in bits with it. The length is convex in the
// parameter: one more takes away ceil(q/2) bits of each quotient q, which is less
// each time, and adds one bit a value. So the way goes downhill from a guess.
func parameter(values []uint32, most uint) (k uint, size uint64) {
	sum := uint64(0)
	for _, v := range values {
		sum += uint64(v)
	}
	// ln 2 of the mean is what geometric gaps have; 11/16 is near it.
	guess := bits.Len64(sum / uint64(len(values)) * 11 / 16)
	k = min(most, uint(max(guess, 1)-1))
	size, above := riceSizes(values, k)
	for k > 0 {
		below, _ := riceSizes(values, k-1)
		if below > size {
			break
		}
		k, size, above = k-1, below, size
	}
	for k < most && above < size {
		k, size = k+1, above
		_, above = riceSizes(values, k)
	}
	return k, size
}

// riceSizes is the length in bits of values in the Rice codes of the parameters k
// and k+1.
func riceSizes(values []uint32, k uint) (size, next uint64) {
	for _, v := range values {
		quotient := v >> k
		size += uint64(quotient)
		next += uint64(quotient >> 1)
	}
	n := uint64(len(values))
	return size + n*uint64(k+1), next + n*uint64(k+2)
}

// write appends the block as planned.
func (b *block) write(w *bitWriter, p plan) {
	if !p.runs {
		w.write(0, modeBits)
		w.write(uint64(p.k), gapBits)
		for _, gap := range b.gaps {
			w.rice(gap, p.k)
		}
		return
	}
	w.write(1, modeBits)
	w.write(uint64(p.k), gapBits)
	w.write(uint64(p.j), runBits)
	for i, start := range b.starts {
		w.rice(start, p.k)
		w.rice(b.lengths[i], p.j)
	}
}

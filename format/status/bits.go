package status

import (
	"encoding/binary"
	"math/bits"
)

// bitWriter appends bits, the most significant of a byte first.
type bitWriter struct {
	out     []byte
	pending uint64 // the low bits of it, less than 8 between calls
	count   uint
}

// write appends the low width bits of value, at most 32, which has no others.
func (w *bitWriter) write(value uint64, width uint) {
	w.pending = w.pending<<width | value
	w.count += width
	for w.count >= 8 {
		w.count -= 8
		w.out = append(w.out, byte(w.pending>>w.count))
	}
}

// rice appends v in the Rice code of parameter k: v >> k zero bits, a one, and
// the low k bits of v.
func (w *bitWriter) rice(v uint32, k uint) {
	quotient := v >> k
	for ; quotient >= 32; quotient -= 32 {
		w.write(0, 32)
	}
	w.write(1, uint(quotient)+1)
	w.write(uint64(v)&(1<<k-1), k)
}

// finish fills the last byte up with zero bits.
func (w *bitWriter) finish() []byte {
	if w.count > 0 {
		w.write(0, 8-w.count)
	}
	return w.out
}

// bitReader reads what bitWriter writes.
type bitReader struct {
	data  []byte // not yet in ahead
	ahead uint64 // the next bits, from the top; zero below them
	count uint   // how many they are
}

func (r *bitReader) fill() {
	if len(r.data) >= 8 {
		r.ahead |= binary.BigEndian.Uint64(r.data) >> r.count
		whole := (64 - r.count) / 8
		r.data = r.data[whole:]
		r.count += 8 * whole
		r.ahead &= ^uint64(0) << (64 - r.count) // a part of a byte came with them
		return
	}
	for r.count <= 56 && len(r.data) > 0 {
		r.ahead |= uint64(r.data[0]) << (56 - r.count)
		r.data = r.data[1:]
		r.count += 8
	}
}

// read returns the next width bits, at most 32; false: there are not so many.
func (r *bitReader) read(width uint) (uint32, bool) {
	if r.count < width {
		if r.fill(); r.count < width {
			return 0, false
		}
	}
	value := uint32(r.ahead >> 32 >> (32 - width))
	r.skip(width)
	return value, true
}

func (r *bitReader) skip(width uint) {
	r.ahead <<= width
	r.count -= width
}

// rice reads a value in the Rice code of parameter k. It is false at the end of
// the bits and for a value above most.
func (r *bitReader) rice(k uint, most uint64) (uint64, bool) {
	quotient := uint64(0)
	for {
		zeros := uint(bits.LeadingZeros64(r.ahead))
		if zeros < r.count {
			quotient += uint64(zeros)
			r.skip(zeros + 1)
			break
		}
		quotient += uint64(r.count)
		r.ahead, r.count = 0, 0
		if quotient > most>>k || len(r.data) == 0 {
			return 0, false
		}
		r.fill()
	}
	low, ok := r.read(k)
	value := quotient<<k | uint64(low)
	return value, ok && value <= most
}

// align skips the bits up to the next whole byte. It is false when one of them is
// not zero.
func (r *bitReader) align() bool {
	width := r.count % 8
	zero := r.ahead>>(64-width) == 0
	r.skip(width)
	return zero
}

// left is the number of bits that are not read.
func (r *bitReader) left() int { return int(r.count) + 8*len(r.data) }

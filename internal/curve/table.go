package curve

import "encoding/binary"

// A scalar is cut into segments of 32 bits, each with a table of its own: so
// all of them share 32 doublings.
const (
	segments    = 8
	segmentBits = 256 / segments
	// digits is one more than the bits of a scalar: its last window may carry.
	digits = 256 + 1
)

// table holds odd multiples of a point. table[j*n+i] is (2i+1) 2^(32j) times the
// point, with i below n, and serves windows of bits where n is 2^(bits-2).
type table struct {
	bits   uint
	points []affine
}

func newTable(f *field, point *affine, bits uint) *table {
	n := 1 << (bits - 2)
	bases := make([]jacobian, 2*segments) // each with its double behind it
	var p jacobian
	p.set(f, point)
	for j := range segments {
		bases[2*j] = p
		p.double(f)
		bases[2*j+1] = p
		for range segmentBits - 1 {
			p.double(f)
		}
	}
	once := toAffine(f, bases)
	all := make([]jacobian, 0, segments*n)
	for j := range segments {
		p.set(f, &once[2*j])
		for range n {
			all = append(all, p)
			p.add(f, &once[2*j+1], false)
		}
	}
	return &table{bits, toAffine(f, all)}
}

// naf is a scalar as the sum of digit i times 2^i, each zero, or odd and below
// 2^(bits-1) in amount, and then followed by at least bits-1 zeros.
type naf [digits]int8

// newNAF returns the windowed non-adjacent form of a scalar in big-endian bytes.
// bits is from 2 to 8.
func newNAF(scalar *[32]byte, bits uint) (out naf) {
	var words [5]uint64
	for i := range 4 {
		words[i] = binary.BigEndian.Uint64(scalar[24-8*i:])
	}
	carry := uint64(0)
	for i := uint(0); i < digits; {
		at := i % 64
		window := words[i/64] >> at
		if window&1 == carry {
			i++
			continue
		}
		if at+bits > 64 && i/64 < 4 {
			window |= words[i/64+1] << (64 - at)
		}
		window = window&(1<<bits-1) + carry
		carry = window >> (bits - 1) & 1
		out[i] = int8(int64(window) - int64(carry<<bits))
		i += bits
	}
	return out
}

// sum returns u times the point of base plus v times that of other (Strauss's
// interleaving of Shamir's trick).
func sum(f *field, u *[32]byte, base *table, v *[32]byte, other *table) (p jacobian) {
	a, b := newNAF(u, base.bits), newNAF(v, other.bits)
	for k := segmentBits; k >= 0; k-- {
		if k < segmentBits-1 {
			p.double(f)
		} else if k == segmentBits-1 && !p.infinite() {
			p.double(f)
		}
		for j := range segments {
			if k == segmentBits && j < segments-1 {
				continue // the carry of the last segment alone has this place
			}
			base.addDigit(f, &p, j, a[j*segmentBits+k])
			other.addDigit(f, &p, j, b[j*segmentBits+k])
		}
	}
	return p
}

func (t *table) addDigit(f *field, p *jacobian, segment int, digit int8) {
	if digit == 0 {
		return
	}
	n := 1 << (t.bits - 2)
	if digit < 0 {
		p.add(f, &t.points[segment*n+int(-digit)/2], true)
	} else {
		p.add(f, &t.points[segment*n+int(digit)/2], false)
	}
}

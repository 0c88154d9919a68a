package curve

import "math/big"

// element is an integer modulo p in nine signed limbs of 29 bits, the sum of
// limb i times 2^(29i), times 2^261 (Montgomery's form). A number has many
// forms: that saves the carries that a canonical one would cost.
//
// "m-fold" below is a bound: limbs 0 to 7 are at most m times 2^28 in amount, and
// the number at most 2mp; so limb 8 is at most m times 2^26. The sum and the
// difference of an m-fold and an n-fold element are m+n-fold.
type element [9]int64

const (
	limbBits = 29
	half     = 1 << (limbBits - 1)
	mask     = 1<<limbBits - 1
)

// field is the arithmetic modulo p, where
//
//	p = 2^256 - 2^224 + k6*2^174 + k3*2^87 + k2*2^58 - 1
//
// with 2^174, 2^87 and 2^58 as the places of limbs 6, 3 and 2. Both primes are
// -1 modulo 2^58, so the quotient of Montgomery's reduction is a limb as it
// is, and p+1 has so few terms that a step of it takes three products and two
// shifts.
type field struct {
	k2, k3, k6 int64
	p          *big.Int
	one, rr    element // 1 and 2^261, as elements
}

// low returns t modulo 2^29, from -2^28 to 2^28-1.
func low(t int64) int64 { return (t+half)&mask - half }

// mul sets z = xy, for an m-fold x and an n-fold y where mn is at most 8. z is
// 1-fold, and may be x or y.
//
// A column is a sum of at most nine products of (2^28)^2 mn each, terms of the
// reduction below 2^54 in all and a carry below 2^35: 72*2^56 + 2^55 < 2^63. The
// outcome is (xy + qp) / 2^261 with q from 0 to 2^261 and xy at most 4mn pp in
// amount; as 2^261 > 32p, that is at most (mn/8 + 1)p.
func (f *field) mul(z, x, y *element) {
	k2, k3, k6 := f.k2, f.k3, f.k6
	t := x[0] * y[0]
	m0 := t & mask
	t = x[0]*y[1] + x[1]*y[0] + t>>limbBits
	m1 := t & mask
	t = x[0]*y[2] + x[1]*y[1] + x[2]*y[0] + m0*k2 + t>>limbBits
	m2 := t & mask
	t = x[0]*y[3] + x[1]*y[2] + x[2]*y[1] + x[3]*y[0] + m0*k3 + m1*k2 + t>>limbBits
	m3 := t & mask
	t = x[0]*y[4] + x[1]*y[3] + x[2]*y[2] + x[3]*y[1] + x[4]*y[0] + m1*k3 + m2*k2 + t>>limbBits
	m4 := t & mask
	t = x[0]*y[5] + x[1]*y[4] + x[2]*y[3] + x[3]*y[2] + x[4]*y[1] + x[5]*y[0] + m2*k3 + m3*k2 + t>>limbBits
	m5 := t & mask
	t = x[0]*y[6] + x[1]*y[5] + x[2]*y[4] + x[3]*y[3] + x[4]*y[2] + x[5]*y[1] + x[6]*y[0] + m0*k6 + m3*k3 + m4*k2 + t>>limbBits
	m6 := t & mask
	t = x[0]*y[7] + x[1]*y[6] + x[2]*y[5] + x[3]*y[4] + x[4]*y[3] + x[5]*y[2] + x[6]*y[1] + x[7]*y[0] - m0<<21 + m1*k6 + m4*k3 + m5*k2 + t>>limbBits
	m7 := t & mask
	t = x[0]*y[8] + x[1]*y[7] + x[2]*y[6] + x[3]*y[5] + x[4]*y[4] + x[5]*y[3] + x[6]*y[2] + x[7]*y[1] + x[8]*y[0] + m0<<24 - m1<<21 + m2*k6 + m5*k3 + m6*k2 + t>>limbBits
	m8 := t & mask
	t = x[1]*y[8] + x[2]*y[7] + x[3]*y[6] + x[4]*y[5] + x[5]*y[4] + x[6]*y[3] + x[7]*y[2] + x[8]*y[1] + m1<<24 - m2<<21 + m3*k6 + m6*k3 + m7*k2 + t>>limbBits
	z[0] = low(t)
	t = x[2]*y[8] + x[3]*y[7] + x[4]*y[6] + x[5]*y[5] + x[6]*y[4] + x[7]*y[3] + x[8]*y[2] + m2<<24 - m3<<21 + m4*k6 + m7*k3 + m8*k2 + (t+half)>>limbBits
	z[1] = low(t)
	t = x[3]*y[8] + x[4]*y[7] + x[5]*y[6] + x[6]*y[5] + x[7]*y[4] + x[8]*y[3] + m3<<24 - m4<<21 + m5*k6 + m8*k3 + (t+half)>>limbBits
	z[2] = low(t)
	t = x[4]*y[8] + x[5]*y[7] + x[6]*y[6] + x[7]*y[5] + x[8]*y[4] + m4<<24 - m5<<21 + m6*k6 + (t+half)>>limbBits
	z[3] = low(t)
	t = x[5]*y[8] + x[6]*y[7] + x[7]*y[6] + x[8]*y[5] + m5<<24 - m6<<21 + m7*k6 + (t+half)>>limbBits
	z[4] = low(t)
	t = x[6]*y[8] + x[7]*y[7] + x[8]*y[6] + m6<<24 - m7<<21 + m8*k6 + (t+half)>>limbBits
	z[5] = low(t)
	t = x[7]*y[8] + x[8]*y[7] + m7<<24 - m8<<21 + (t+half)>>limbBits
	z[6] = low(t)
	t = x[8]*y[8] + m8<<24 + (t+half)>>limbBits
	z[7] = low(t)
	z[8] = (t + half) >> limbBits
}

// square sets z = xx, a 1-fold element, of an x that is at most 2-fold.
func (f *field) square(z, x *element) {
	k2, k3, k6 := f.k2, f.k3, f.k6
	t := x[0] * x[0]
	m0 := t & mask
	t = 2*x[0]*x[1] + t>>limbBits
	m1 := t & mask
	t = 2*x[0]*x[2] + x[1]*x[1] + m0*k2 + t>>limbBits
	m2 := t & mask
	t = 2*(x[0]*x[3]+x[1]*x[2]) + m0*k3 + m1*k2 + t>>limbBits
	m3 := t & mask
	t = 2*(x[0]*x[4]+x[1]*x[3]) + x[2]*x[2] + m1*k3 + m2*k2 + t>>limbBits
	m4 := t & mask
	t = 2*(x[0]*x[5]+x[1]*x[4]+x[2]*x[3]) + m2*k3 + m3*k2 + t>>limbBits
	m5 := t & mask
	t = 2*(x[0]*x[6]+x[1]*x[5]+x[2]*x[4]) + x[3]*x[3] + m0*k6 + m3*k3 + m4*k2 + t>>limbBits
	m6 := t & mask
	t = 2*(x[0]*x[7]+x[1]*x[6]+x[2]*x[5]+x[3]*x[4]) - m0<<21 + m1*k6 + m4*k3 + m5*k2 + t>>limbBits
	m7 := t & mask
	t = 2*(x[0]*x[8]+x[1]*x[7]+x[2]*x[6]+x[3]*x[5]) + x[4]*x[4] + m0<<24 - m1<<21 + m2*k6 + m5*k3 + m6*k2 + t>>limbBits
	m8 := t & mask
	t = 2*(x[1]*x[8]+x[2]*x[7]+x[3]*x[6]+x[4]*x[5]) + m1<<24 - m2<<21 + m3*k6 + m6*k3 + m7*k2 + t>>limbBits
	z[0] = low(t)
	t = 2*(x[2]*x[8]+x[3]*x[7]+x[4]*x[6]) + x[5]*x[5] + m2<<24 - m3<<21 + m4*k6 + m7*k3 + m8*k2 + (t+half)>>limbBits
	z[1] = low(t)
	t = 2*(x[3]*x[8]+x[4]*x[7]+x[5]*x[6]) + m3<<24 - m4<<21 + m5*k6 + m8*k3 + (t+half)>>limbBits
	z[2] = low(t)
	t = 2*(x[4]*x[8]+x[5]*x[7]) + x[6]*x[6] + m4<<24 - m5<<21 + m6*k6 + (t+half)>>limbBits
	z[3] = low(t)
	t = 2*(x[5]*x[8]+x[6]*x[7]) + m5<<24 - m6<<21 + m7*k6 + (t+half)>>limbBits
	z[4] = low(t)
	t = 2*x[6]*x[8] + x[7]*x[7] + m6<<24 - m7<<21 + m8*k6 + (t+half)>>limbBits
	z[5] = low(t)
	t = 2*x[7]*x[8] + m7<<24 - m8<<21 + (t+half)>>limbBits
	z[6] = low(t)
	t = x[8]*x[8] + m8<<24 + (t+half)>>limbBits
	z[7] = low(t)
	z[8] = (t + half) >> limbBits
}

// norm brings z, which is at most 16-fold, into the one form of its number that
// is 1-fold and has an amount below p: it takes off the multiple of p that the last
// limb tells, which leaves at most 2^23 there and so 0.51p.
func (f *field) norm(z *element) {
	q := (z[8] + 1<<23) >> 24
	t := z[0] + q
	z[0] = low(t)
	t = z[1] + (t+half)>>limbBits
	z[1] = low(t)
	t = z[2] - q*f.k2 + (t+half)>>limbBits
	z[2] = low(t)
	t = z[3] - q*f.k3 + (t+half)>>limbBits
	z[3] = low(t)
	t = z[4] + (t+half)>>limbBits
	z[4] = low(t)
	t = z[5] + (t+half)>>limbBits
	z[5] = low(t)
	t = z[6] - q*f.k6 + (t+half)>>limbBits
	z[6] = low(t)
	t = z[7] + q<<21 + (t+half)>>limbBits
	z[7] = low(t)
	z[8] += (t+half)>>limbBits - q<<24
}

// add, sub and double set z = x + y, x - y and 2x, without a carry.
func (z *element) add(x, y *element) {
	for i := range z {
		z[i] = x[i] + y[i]
	}
}

func (z *element) sub(x, y *element) {
	for i := range z {
		z[i] = x[i] - y[i]
	}
}

// zero reports whether x is 0 modulo p: normalised, only 0 itself is.
func (f *field) zero(x *element) bool {
	z := *x
	f.norm(&z)
	return z == element{}
}

// mayBeZero is false for nearly every x, at most 3-fold, that is not 0 modulo p.
// Such an x is kp with k from -6 to 6, and p is -1 modulo 2^29.
func (f *field) mayBeZero(x *element) bool { return (x[0]+6)&mask <= 12 }

// power returns x to the power of e.
func (f *field) power(x *element, e *big.Int) element {
	z := f.one
	for i := e.BitLen() - 1; i >= 0; i-- {
		f.square(&z, &z)
		if e.Bit(i) == 1 {
			f.mul(&z, &z, x)
		}
	}
	return z
}

// invert returns 1/x, and 0 for 0 (Fermat).
func (f *field) invert(x *element) element {
	return f.power(x, new(big.Int).Sub(f.p, big.NewInt(2)))
}

// newField returns the field of p = 2^256 - 2^224 + k6*2^174 + k3*2^87 + k2*2^58 - 1.
func newField(p *big.Int, k2, k3, k6 int64) *field {
	f := &field{k2: k2, k3: k3, k6: k6, p: p}
	r := new(big.Int).Lsh(big.NewInt(1), 9*limbBits)
	f.rr = limbs(new(big.Int).Mod(new(big.Int).Mul(r, r), p))
	f.one = limbs(r.Mod(r, p))
	f.norm(&f.rr)
	f.norm(&f.one)
	return f
}

// limbs returns a number from 0 to 2^256-1 in limbs, as it is.
func limbs(x *big.Int) (z element) {
	x = new(big.Int).Set(x)
	for i := range z {
		z[i] = int64(x.Uint64() & mask)
		x.Rsh(x, limbBits)
	}
	return z
}

// element returns x, from 0 to 2^256-1, as an element.
func (f *field) element(x *big.Int) element {
	z := limbs(x) // 2-fold: limbs are at most 2^29-1, and x is below 2p
	f.mul(&z, &z, &f.rr)
	return z
}

// number returns the number from 0 to p-1 that a 1-fold element stands for.
func (f *field) number(x *element) *big.Int {
	one := element{1}
	var z element
	f.mul(&z, x, &one)
	v := new(big.Int)
	for i := 8; i >= 0; i-- {
		v.Lsh(v, limbBits).Add(v, big.NewInt(z[i]))
	}
	return v.Mod(v, f.p)
}

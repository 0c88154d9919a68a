package second

import (
	"encoding/binary"
	"math/big"
	"math/bits"
)

// element is a number modulo p = 2^256 - 2^224 + 2^192 + 2^96 - 1 in Montgomery
// form, x 2^256 mod p, least limb first and always below p.
type element [4]uint64

var (
	prime, _ = new(big.Int).SetString("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16)
	limbs    = limbsOf(prime)
	one      = toElement(big.NewInt(1))
)

func limbsOf(x *big.Int) (z element) {
	var b [32]byte
	x.FillBytes(b[:])
	for i := range z {
		z[i] = binary.BigEndian.Uint64(b[24-8*i:])
	}
	return z
}

// toElement returns x mod p in Montgomery form.
func toElement(x *big.Int) element {
	shifted := new(big.Int).Lsh(x, 256)
	return limbsOf(shifted.Mod(shifted, prime))
}

// number is the way back.
func (x *element) number() *big.Int {
	var plain element
	plain.mul(x, &element{1})
	var b [32]byte
	for i, limb := range plain {
		binary.BigEndian.PutUint64(b[24-8*i:], limb)
	}
	return new(big.Int).SetBytes(b[:])
}

// mul sets z = x y / 2^256 mod p: Montgomery multiplication, limb by limb. The
// lowest limb of p is -1 mod 2^64, so the factor that clears a limb is the limb.
func (z *element) mul(x, y *element) {
	var t [5]uint64
	for i := range y {
		var carry uint64
		for j := range x {
			t[j], carry = multiplyAdd(x[j], y[i], t[j], carry)
		}
		var top uint64
		t[4], top = bits.Add64(t[4], carry, 0)
		m := t[0]
		_, carry = multiplyAdd(m, limbs[0], t[0], 0)
		for j := 1; j < 4; j++ {
			t[j-1], carry = multiplyAdd(m, limbs[j], t[j], carry)
		}
		t[3], carry = bits.Add64(t[4], carry, 0)
		t[4] = top + carry
	}
	z.reduce([4]uint64(t[:4]), t[4])
}

// multiplyAdd returns x y + a + b, which fits in two limbs.
func multiplyAdd(x, y, a, b uint64) (low, high uint64) {
	high, low = bits.Mul64(x, y)
	low, carry := bits.Add64(low, a, 0)
	high += carry
	low, carry = bits.Add64(low, b, 0)
	return low, high + carry
}

// reduce sets z to t + top 2^256, which is below 2p, modulo p.
func (z *element) reduce(t [4]uint64, top uint64) {
	var less [4]uint64
	var borrow uint64
	for i := range t {
		less[i], borrow = bits.Sub64(t[i], limbs[i], borrow)
	}
	if top == 0 && borrow == 1 {
		*z = t
		return
	}
	*z = less
}

// add sets z = x + y.
func (z *element) add(x, y *element) {
	var t [4]uint64
	var carry uint64
	for i := range t {
		t[i], carry = bits.Add64(x[i], y[i], carry)
	}
	z.reduce(t, carry)
}

// sub sets z = x - y.
func (z *element) sub(x, y *element) {
	var t [4]uint64
	var borrow, carry uint64
	for i := range t {
		t[i], borrow = bits.Sub64(x[i], y[i], borrow)
	}
	if borrow == 1 {
		for i := range t {
			t[i], carry = bits.Add64(t[i], limbs[i], carry)
		}
	}
	*z = t
}

// zero reports whether x is 0.
func (x *element) zero() bool { return *x == element{} }

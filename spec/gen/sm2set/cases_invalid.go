package main

import (
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
)

// ranges pairs every special value with every other and with a right half.
func (s *suite) ranges() {
	g := s.key.sign(defaultID, sample, nil)
	all := minus(new(big.Int).Lsh(one, 256), one)
	values := []struct {
		name string
		v    *big.Int
	}{
		{"0", new(big.Int)}, {"1", one}, {"n-1", minus(n, one)}, {"n", n}, {"n+1", plus(n, one)},
		{"p", p}, {"2^256-1", all},
	}
	for _, v := range values {
		s.invalid("RangeCheck", fmt.Sprintf("r = %s, s as it is", v.name), sample, join(v.v, g.s))
		s.invalid("RangeCheck", fmt.Sprintf("r as it is, s = %s", v.name), sample, join(g.r, v.v))
		for _, w := range values {
			s.invalid("RangeCheck", fmt.Sprintf("r = %s, s = %s", v.name, w.name), sample, join(v.v, w.v))
		}
	}
	e := modulo(g.e, n)
	s.invalid("RangeCheck", "r = e, s = 0", sample, join(e, new(big.Int)))
	s.invalid("RangeCheck", "r = e, s = n", sample, join(e, n))
	s.invalid("SumIsOrder", "r as it is, s = n - r", sample, join(g.r, minus(n, g.r)))
	s.invalid("SumIsOrder", "s as it is, r = n - s", sample, join(minus(n, g.s), g.s))
	s.invalid("SumIsOrder", "r = e, s = n - e", sample, join(e, minus(n, e)))
	r := modulo(plus(e, base.x), n)
	s.invalid("SumIsOrder", "r = e + xG, s = n - r", sample, join(r, minus(n, r)))
	s.invalid("RangeCheck", "r = e + xG, s = 1", sample, join(r, one))
	s.invalid("RangeCheck", "r = e + xQ, s = 0", sample, join(modulo(plus(e, s.key.q.x), n), new(big.Int)))
}

func (s *suite) lookalikes() {
	g := s.key.sign(defaultID, sample, nil)
	reversed := func(v *big.Int) *big.Int {
		b := pad(v)
		slices.Reverse(b)
		return new(big.Int).SetBytes(b)
	}
	for _, c := range []struct {
		comment string
		r, s    *big.Int
	}{
		{"twin r, n-s", g.r, minus(n, g.s)},
		{"n-r, s", minus(n, g.r), g.s},
		{"n-r, n-s", minus(n, g.r), minus(n, g.s)},
		{"twin r, -r-t", g.r, modulo(minus(new(big.Int).Neg(g.r), g.t), n)},
		{"halves exchanged", g.s, g.r},
		{"r twice", g.r, g.r},
		{"s twice", g.s, g.s},
		{"t for s", g.r, g.t},
		{"t for r", g.t, g.s},
		{"s + 3", g.r, plus(g.s, big.NewInt(3))},
		{"r + 1, s - 1: t as it is", plus(g.r, one), minus(g.s, one)},
		{"1/s for s", g.r, over(one, g.s)},
		{"little endian", reversed(g.r), reversed(g.s)},
	} {
		s.invalid("ModifiedSignature", c.comment, sample, join(c.r, c.s))
	}
	right := g.bytes()
	s.invalid("ModifiedSignature", "another message", []byte("message digesT"), right)
	s.invalid("ModifiedSignature", "a byte of message more", append(slices.Clone(sample), 0), right)
	s.invalid("ModifiedSignature", "a byte of message less", sample[:len(sample)-1], right)
	s.invalid("ModifiedSignature", "no message", nil, right)
}

func (s *suite) flips() {
	g := s.key.sign(defaultID, sample, nil).bytes()
	for _, bit := range []int{0, 1, 7, 8, 63, 64, 127, 128, 191, 192, 254, 255} {
		for half, name := range []string{"r", "s"} {
			changed := slices.Clone(g)
			changed[32*half+31-bit/8] ^= 1 << (bit % 8)
			s.invalid("BitFlip", fmt.Sprintf("bit %d of %s", bit, name), sample, changed)
		}
	}
	for _, bit := range []int{0, 7, 8 * (len(sample) - 1), 8*len(sample) - 1} {
		message := slices.Clone(sample)
		message[bit/8] ^= 1 << (bit % 8)
		s.invalid("BitFlip", fmt.Sprintf("bit %d of the message", bit), message, g)
	}
}

// encodings are of signatures with a short r, a short s and neither.
func (s *suite) encodings() {
	shortR := s.key.sign(defaultID, sample, func(g signature) bool { return shorter(g.r, 8) })
	shortS := s.key.sign(defaultID, sample, func(g signature) bool { return shorter(g.s, 8) })
	g := s.key.sign(defaultID, sample, nil)
	right, zero := g.bytes(), []byte{0}
	r, t := pad(g.r), pad(g.s)
	longer := func(v *big.Int) []byte { return plus(v, n).FillBytes(make([]byte, 33)) }
	for _, c := range []struct {
		comment string
		sig     []byte
	}{
		{"no bytes", nil}, {"one byte", []byte{0}}, {"r alone, 32 bytes", r},
		{"last byte missing, 63 bytes", right[:63]}, {"first byte missing, 63 bytes", right[1:]},
		{"short r not padded, 63 bytes", shortR.bytes()[1:]},
		{"short s not padded, 63 bytes", slices.Concat(pad(shortS.r), pad(shortS.s)[1:])},
		{"short r padded on the right", slices.Concat(pad(shortR.r)[1:], zero, pad(shortR.s))},
		{"short s padded on the right", slices.Concat(pad(shortS.r), pad(shortS.s)[1:], zero)},
		{"short r not padded, a zero at the end", slices.Concat(pad(shortR.r)[1:], pad(shortR.s), zero)},
		{"leading zero, 65 bytes", slices.Concat(zero, right)},
		{"zero between the halves, 65 bytes", slices.Concat(r, zero, t)},
		{"trailing zero, 65 bytes", slices.Concat(right, zero)},
		{"trailing one, 65 bytes", slices.Concat(right, []byte{1})},
		{"both halves of 33 bytes, leading zeros", slices.Concat(zero, r, zero, t)},
		{"r + n and s of 33 bytes", slices.Concat(longer(g.r), zero, t)},
		{"r and s + n of 33 bytes", slices.Concat(zero, r, longer(g.s))},
		{"both halves of 48 bytes, leading zeros", slices.Concat(make([]byte, 16), r, make([]byte, 16), t)},
		{"the signature twice, 128 bytes", slices.Concat(right, right)},
		{"with the prefix of an uncompressed point", slices.Concat([]byte{4}, right)},
		{"with the head of a CBOR byte string", slices.Concat([]byte{0x58, 64}, right)},
		{"DER", der(g)}, {"DER, short r", der(shortR)}, {"DER, short s", der(shortS)},
		{"DER, cut to 64 bytes", der(g)[:64]},
		{"hexadecimal", fmt.Appendf(nil, "%x", right)},
	} {
		s.invalid("SignatureEncoding", c.comment, sample, c.sig)
	}
	s.valid("Arithmetic", "short r, padded", sample, shortR)
	s.valid("Arithmetic", "short s, padded", sample, shortS)
}

func der(g signature) []byte {
	encoded, err := asn1.Marshal(struct{ R, S *big.Int }{g.r, g.s})
	if err != nil {
		panic(err) // two integers always have an encoding
	}
	return encoded
}

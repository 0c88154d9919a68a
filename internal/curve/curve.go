// Package curve verifies signatures of ES256 and SM2 by arithmetic of our own, in
// pure Go that needs no product of 128 bits.
//
// There are two uses for it. WebAssembly has no such product and no carry, so that
// the libraries' arithmetic, which is made of both, takes ten times as long there as
// this one: package sig verifies with it on that platform, and with crypto/ecdsa and
// emmansun/gmsm on every other. And it shares no line with these two, which sign: so
// package second asks it for the second opinion.
//
// Everything here is public, and how long it takes depends on what it is given. No
// private key and no nonce may come near it.
//
// # What is computed
//
// Both algorithms end in one question: is x the first coordinate, modulo n, of
// R = uG + vQ, a point other than infinity?
//
//	ES256 (FIPS 186-5 section 6.4.2, SEC 1 section 4.1.4)   u = e/s, v = r/s, x = r
//	SM2   (GB/T 32918.2 section 7.1)                        u = s, v = r+s, x = r-e
//
// all modulo n, with r and s from 1 to n-1, and r+s not 0 modulo n for SM2. No
// division by Z answers it: X = xZ² for this x or, where that is below p, for x+n.
//
// # How
//
// Both primes are of one form (see [field]): nine limbs of 29 bits in words of 64
// with a sign, products in Montgomery's form, and carries only where a bound needs
// them. Points are in Jacobian coordinates, those of tables in affine ones; doubling
// and addition are dbl-2001-b and madd-2007-bl of the Explicit-Formulas Database
// (hyperelliptic.org/EFD, short Weierstrass curves with a = -3), with the cases that
// the latter leaves out: infinity, equal points, opposite points.
//
// A scalar of 256 bits is cut into 8 segments, and each segment has a table of odd
// multiples of its own, so that R takes 32 doublings, not 256, and about 70
// additions. The tables of G have 512 points of 72 bytes and are made when the
// first signature is checked, not kept in the program; those of a key have 64, and
// are made at its first check and kept for its next. There is room for 64 keys a
// curve, 300 kB.
//
// For example, with the key of RFC 6979 appendix A.2.5 (x || y) and a digest:
//
//	VerifyES256(&key, &sha256("sample"), r || s)   // true
package curve

import (
	"math/big"
	"sync"
)

// Windows of the tables: of the base point, 64 points a segment, and of a key, 8.
const (
	baseBits = 8
	keyBits  = 5
)

// curve is y² = x³ - 3x + b over a field, with a base point of order n.
type curve struct {
	*field
	n     *big.Int
	b     element
	base  *table
	cache cache
}

var p256 = sync.OnceValue(func() *curve {
	return newCurve(newField(hexadecimal("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"), 0, 1<<9, 1<<18),
		"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
		"5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
		"6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"+
			"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
})

var sm2 = sync.OnceValue(func() *curve {
	return newCurve(newField(hexadecimal("fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff"), 1<<6, -1<<9, 0),
		"fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123",
		"28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93",
		"32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"+
			"bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0")
})

// hexadecimal reads hexadecimal digits.
func hexadecimal(digits string) *big.Int {
	x, _ := new(big.Int).SetString(digits, 16)
	return x
}

func newCurve(f *field, n, b, g string) *curve {
	c := &curve{field: f, n: hexadecimal(n), b: f.element(hexadecimal(b))}
	var point [64]byte
	hexadecimal(g).FillBytes(point[:])
	base, _ := c.parsePoint(&point)
	c.base = newTable(f, &base, baseBits)
	return c
}

// parsePoint reads x || y. ok is false unless both are below p and the point is on
// the curve.
func (c *curve) parsePoint(b *[64]byte) (p affine, ok bool) {
	bx, by := new(big.Int).SetBytes(b[:32]), new(big.Int).SetBytes(b[32:])
	if bx.Cmp(c.p) >= 0 || by.Cmp(c.p) >= 0 {
		return p, false
	}
	x, y := c.element(bx), c.element(by)
	var left, right element
	c.square(&left, &y)
	c.square(&right, &x)
	c.mul(&right, &right, &x)
	for i := range left {
		left[i] += 3*x[i] - right[i] - c.b[i]
	}
	c.norm(&x)
	c.norm(&y)
	return affine{narrow(&x), narrow(&y)}, c.zero(&left)
}

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
// For example, with the key (x || y), the SHA-256 of "sample" and the signature (r || s)
// of RFC 6979 appendix A.2.5:
//
//	ES256().Verify(&key, &digest, signature)   // true
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

// Scheme is an algorithm over its curve, y² = x³ - 3x + b with a base point of
// order n. It is safe for concurrent use.
type Scheme struct {
	*field
	n     *big.Int
	b     element
	base  *table
	cache cache
	terms func(s *Scheme, digest, r, t *big.Int) (u, v, x *big.Int, ok bool)
}

// ES256 is ECDSA with P-256 over a digest of 32 bytes (FIPS 186-5, SP 800-186). The
// first call makes the table of the base point.
var ES256 = sync.OnceValue(func() *Scheme {
	p := hexadecimal("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")
	s := newScheme(newField(p, 0, 1<<9, 1<<18),
		"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
		"5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
		"6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"+
			"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
	s.terms = termsOfES256
	return s
})

// SM2 is the algorithm over the curve of GB/T 32918.5, with the digest e = SM3(ZA ||
// message) of 32 bytes (GB/T 32918.2). The first call makes the table of the base
// point.
var SM2 = sync.OnceValue(func() *Scheme {
	p := hexadecimal("fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff")
	s := newScheme(newField(p, 1<<6, -1<<9, 0),
		"fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123",
		"28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93",
		"32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"+
			"bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0")
	s.terms = termsOfSM2
	return s
})

// hexadecimal reads digits.
func hexadecimal(digits string) *big.Int {
	x, _ := new(big.Int).SetString(digits, 16)
	return x
}

func newScheme(f *field, n, b, g string) *Scheme {
	s := &Scheme{field: f, n: hexadecimal(n), b: f.element(hexadecimal(b))}
	var point [64]byte
	hexadecimal(g).FillBytes(point[:])
	base, _ := s.parsePoint(&point)
	s.base = newTable(f, &base, baseBits)
	return s
}

// parsePoint reads x || y. ok is false unless both are below p and the point is on
// the curve.
func (s *Scheme) parsePoint(b *[64]byte) (p affine, ok bool) {
	var xy [2]element
	for i := range xy {
		number := new(big.Int).SetBytes(b[32*i : 32*i+32])
		if number.Cmp(s.p) >= 0 {
			return p, false
		}
		xy[i] = s.element(number)
	}
	x, y := xy[0], xy[1]
	left, right := element{}, s.cubic(&x)
	s.square(&left, &y)
	left.sub(&left, &right)
	s.norm(&x)
	s.norm(&y)
	return affine{narrow(&x), narrow(&y)}, s.zero(&left)
}

// cubic returns x³ - 3x + b, normalised, of a 1-fold x.
func (s *Scheme) cubic(x *element) (z element) {
	s.square(&z, x)
	s.mul(&z, &z, x)
	for i := range z {
		z[i] += s.b[i] - 3*x[i]
	}
	s.norm(&z)
	return z
}

// Decompress returns the point x || y with the x given and a y that is odd or not
// (SEC 1 section 2.3.4). ok is false if x is not below p, or no point has it.
func (s *Scheme) Decompress(x *[32]byte, odd bool) (point [64]byte, ok bool) {
	bx := new(big.Int).SetBytes(x[:])
	if bx.Cmp(s.p) >= 0 {
		return point, false
	}
	ex := s.element(bx)
	square := s.cubic(&ex)
	// Both primes are 3 modulo 4: a root, if there is one, is the power (p+1)/4.
	root := s.power(&square, new(big.Int).Rsh(new(big.Int).Add(s.p, big.NewInt(1)), 2))
	var left element
	s.square(&left, &root)
	left.sub(&left, &square)
	if !s.zero(&left) {
		return point, false
	}
	y := s.number(&root)
	if (y.Bit(0) == 1) != odd {
		y.Sub(s.p, y) // y is not 0: there is no point of order 2
	}
	copy(point[:], x[:])
	y.FillBytes(point[32:])
	return point, true
}

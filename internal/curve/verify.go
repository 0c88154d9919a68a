package curve

import (
	"math/big"
	"sync/atomic"
)

// signature is r and s, both from 1 to n-1.
type signature struct{ r, s *big.Int }

// parse reads r || s.
func (c *curve) parse(b []byte) (g signature, ok bool) {
	if len(b) != 64 {
		return g, false
	}
	g.r, g.s = new(big.Int).SetBytes(b[:32]), new(big.Int).SetBytes(b[32:])
	in := func(x *big.Int) bool { return x.Sign() > 0 && x.Cmp(c.n) < 0 }
	return g, in(g.r) && in(g.s)
}

// VerifyES256 reports whether signature, r || s in 64 bytes, is an ECDSA signature
// with P-256 of a digest (FIPS 186-5 section 6.4.2) under the key whose point is
// given as x || y.
func VerifyES256(point *[64]byte, digest *[32]byte, signature []byte) bool {
	c := p256()
	g, ok := c.parse(signature)
	if !ok {
		return false
	}
	w := new(big.Int).ModInverse(g.s, c.n)
	u := new(big.Int).SetBytes(digest[:])
	u.Mod(u.Mul(u, w), c.n)
	v := w.Mod(w.Mul(g.r, w), c.n)
	return c.sumHasX(point, u, v, g.r)
}

// VerifySM2 reports whether signature, r || s in 64 bytes, is an SM2 signature
// (GB/T 32918.2 section 7.1) of e, the digest that begins with ZA, under the key
// whose point is given as x || y.
func VerifySM2(point *[64]byte, e *[32]byte, signature []byte) bool {
	c := sm2()
	g, ok := c.parse(signature)
	if !ok {
		return false
	}
	t := new(big.Int).Add(g.r, g.s)
	if t.Mod(t, c.n).Sign() == 0 {
		return false
	}
	x := new(big.Int).SetBytes(e[:])
	x.Mod(x.Sub(g.r, x), c.n) // r = e + x modulo n
	return c.sumHasX(point, g.s, t, x)
}

// sumHasX reports whether uG + vQ is a point, not infinity, whose x is that given
// modulo n.
func (c *curve) sumHasX(point *[64]byte, u, v, x *big.Int) bool {
	key := c.key(point)
	if key == nil {
		return false
	}
	var a, b [32]byte
	u.FillBytes(a[:])
	v.FillBytes(b[:])
	sum := sum(c.field, &a, c.base, &b, key)
	if sum.infinite() {
		return false
	}
	var zz element
	c.square(&zz, &sum.z)
	for x = new(big.Int).Set(x); x.Cmp(c.p) < 0; x.Add(x, c.n) {
		d := c.element(x)
		c.mul(&d, &d, &zz)
		d.sub(&d, &sum.x)
		if c.zero(&d) {
			return true
		}
	}
	return false
}

// maxKeys is how many keys of a curve keep their tables.
const maxKeys = 64

// cache keeps the tables of keys, each in the place that its x tells: a key takes
// the place of another, so that the space is bounded. Whoever finds keys that share
// a place makes each check take as long as the first.
type cache [maxKeys]atomic.Pointer[keyTable]

type keyTable struct {
	point [64]byte
	table *table
}

// key returns the table of a key, made if it is not there, and nil for a point
// that is not on the curve.
func (c *curve) key(point *[64]byte) *table {
	place := &c.cache[point[31]%maxKeys]
	if kept := place.Load(); kept != nil && kept.point == *point {
		return kept.table
	}
	p, ok := c.parsePoint(point)
	if !ok {
		return nil
	}
	made := &keyTable{*point, newTable(c.field, &p, keyBits)}
	place.Store(made)
	return made.table
}

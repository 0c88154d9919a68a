package curve

import (
	"math/big"
	"sync/atomic"
)

// Verify reports whether signature, r || s in exactly 64 bytes, is one of a digest
// under the key whose point is x || y. No point of the curve, no such signature.
func (s *Scheme) Verify(point *[64]byte, digest *[32]byte, signature []byte) bool {
	if len(signature) != 64 {
		return false
	}
	r, t := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	if r.Sign() == 0 || t.Sign() == 0 || r.Cmp(s.n) >= 0 || t.Cmp(s.n) >= 0 {
		return false
	}
	u, v, x, ok := s.terms(s, new(big.Int).SetBytes(digest[:]), r, t)
	return ok && s.sumHasX(point, u, v, x)
}

// termsOfES256 is FIPS 186-5 section 6.4.2, steps 3 to 5.
func termsOfES256(c *Scheme, e, r, s *big.Int) (u, v, x *big.Int, ok bool) {
	w := new(big.Int).ModInverse(s, c.n)
	u = e.Mod(e.Mul(e, w), c.n)
	v = w.Mod(w.Mul(r, w), c.n)
	return u, v, r, true
}

// termsOfSM2 is GB/T 32918.2 section 7.1, steps B5 to B7.
func termsOfSM2(c *Scheme, e, r, s *big.Int) (u, v, x *big.Int, ok bool) {
	v = new(big.Int).Add(r, s)
	v.Mod(v, c.n)
	return s, v, e.Mod(e.Sub(r, e), c.n), v.Sign() != 0
}

// sumHasX reports whether uG + vQ is a point, not infinity, whose x is that given
// modulo n.
func (s *Scheme) sumHasX(point *[64]byte, u, v, x *big.Int) bool {
	key := s.key(point)
	if key == nil {
		return false
	}
	var a, b [32]byte
	u.FillBytes(a[:])
	v.FillBytes(b[:])
	at := sum(s.field, &a, s.base, &b, key)
	if at.infinite() {
		return false
	}
	var zz element
	s.square(&zz, &at.z)
	for x = new(big.Int).Set(x); x.Cmp(s.p) < 0; x.Add(x, s.n) {
		d := s.element(x)
		s.mul(&d, &d, &zz)
		d.sub(&d, &at.x)
		if s.zero(&d) {
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
func (s *Scheme) key(point *[64]byte) *table {
	place := &s.cache[point[31]%maxKeys]
	if kept := place.Load(); kept != nil && kept.point == *point {
		return kept.table
	}
	p, ok := s.parsePoint(point)
	if !ok {
		return nil
	}
	made := &keyTable{*point, newTable(s.field, &p, keyBits)}
	place.Store(made)
	return made.table
}

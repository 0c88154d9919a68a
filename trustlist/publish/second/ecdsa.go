package second

import "math/big"

// The order, the base point and the b of P-256 (NIST SP 800-186 section 3.2.1.3).
var (
	order, _ = new(big.Int).SetString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16)
	baseX, _ = new(big.Int).SetString("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296", 16)
	baseY, _ = new(big.Int).SetString("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5", 16)
	curveB   = hexElement("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b")
	base     = affine{toElement(baseX), toElement(baseY)}
)

func hexElement(text string) element {
	x, _ := new(big.Int).SetString(text, 16)
	return toElement(x)
}

// affine is a point of the curve other than infinity.
type affine struct{ x, y element }

// jacobian is the point (x/z², y/z³), or infinity where z is 0.
type jacobian struct{ x, y, z element }

// onCurve reports whether y² = x³ - 3x + b.
func (p *affine) onCurve() bool {
	var left, right, x3 element
	left.mul(&p.y, &p.y)
	right.mul(&p.x, &p.x)
	right.mul(&right, &p.x)
	x3.add(&p.x, &p.x)
	x3.add(&x3, &p.x)
	right.sub(&right, &x3)
	right.add(&right, &curveB)
	return left == right
}

// double sets p = 2p, by the formulas for a = -3 (EFD, dbl-2001-b).
func (p *jacobian) double() {
	var delta, gamma, beta, alpha, t element
	delta.mul(&p.z, &p.z)
	gamma.mul(&p.y, &p.y)
	beta.mul(&p.x, &gamma)
	alpha.sub(&p.x, &delta)
	t.add(&p.x, &delta)
	alpha.mul(&alpha, &t)
	t.add(&alpha, &alpha)
	alpha.add(&alpha, &t)
	p.z.add(&p.y, &p.z)
	p.z.mul(&p.z, &p.z)
	p.z.sub(&p.z, &gamma)
	p.z.sub(&p.z, &delta)
	beta.add(&beta, &beta)
	beta.add(&beta, &beta)
	p.x.mul(&alpha, &alpha)
	p.x.sub(&p.x, &beta)
	p.x.sub(&p.x, &beta)
	gamma.add(&gamma, &gamma)
	gamma.mul(&gamma, &gamma)
	gamma.add(&gamma, &gamma)
	t.sub(&beta, &p.x)
	p.y.mul(&alpha, &t)
	p.y.sub(&p.y, &gamma)
}

// add sets p = p + q (EFD, madd).
func (p *jacobian) add(q *affine) {
	if p.z.zero() {
		*p = jacobian{q.x, q.y, one}
		return
	}
	var zz, h, r, h2, h3, v element
	zz.mul(&p.z, &p.z)
	h.mul(&q.x, &zz)
	h.sub(&h, &p.x)
	r.mul(&q.y, &zz)
	r.mul(&r, &p.z)
	r.sub(&r, &p.y)
	if h.zero() {
		if r.zero() {
			p.double()
		} else {
			*p = jacobian{}
		}
		return
	}
	h2.mul(&h, &h)
	h3.mul(&h2, &h)
	v.mul(&p.x, &h2)
	p.z.mul(&p.z, &h)
	p.x.mul(&r, &r)
	p.x.sub(&p.x, &h3)
	p.x.sub(&p.x, &v)
	p.x.sub(&p.x, &v)
	v.sub(&v, &p.x)
	v.mul(&v, &r)
	h3.mul(&h3, &p.y)
	p.y.sub(&v, &h3)
}

// affine returns the point in affine form; infinity has none.
func (p *jacobian) affine() (q affine, ok bool) {
	if p.z.zero() {
		return affine{}, false
	}
	inverse := toElement(new(big.Int).ModInverse(p.z.number(), prime))
	var square element
	square.mul(&inverse, &inverse)
	q.x.mul(&p.x, &square)
	square.mul(&square, &inverse)
	q.y.mul(&p.y, &square)
	return q, true
}

// combine returns u1 G + u2 Q, both multiples in one pass over their bits.
func combine(u1, u2 *big.Int, q *affine) *jacobian {
	both := jacobian{base.x, base.y, one}
	both.add(q)
	sum, finite := both.affine()
	var p jacobian
	for bit := max(u1.BitLen(), u2.BitLen()) - 1; bit >= 0; bit-- {
		p.double()
		switch first, second := u1.Bit(bit) == 1, u2.Bit(bit) == 1; {
		case first && second && finite:
			p.add(&sum)
		case first && !second:
			p.add(&base)
		case second && !first:
			p.add(q)
		}
	}
	return &p
}

// verifyECDSA is FIPS 186-5 section 6.4.2 over P-256, for a hash of as many bits
// as the order has.
func verifyECDSA(x, y, hash, r, s *big.Int) bool {
	q := affine{toElement(x), toElement(y)}
	if r.Sign() == 0 || s.Sign() == 0 || r.Cmp(order) >= 0 || s.Cmp(order) >= 0 || !q.onCurve() {
		return false
	}
	inverse := new(big.Int).ModInverse(s, order)
	u1, u2 := new(big.Int).Mul(hash, inverse), new(big.Int).Mul(r, inverse)
	p, ok := combine(u1.Mod(u1, order), u2.Mod(u2, order), &q).affine()
	if !ok {
		return false
	}
	v := p.x.number()
	return v.Mod(v, order).Cmp(r) == 0
}

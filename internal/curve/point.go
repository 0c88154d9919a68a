package curve

// affine is a point other than infinity, its coordinates normalised: then they
// fit half the space, which is what tables are made of.
type affine struct{ x, y [9]int32 }

// jacobian is the point (x/z², y/z³), or infinity where z has no limb but zeros.
// x and y are normalised, z is 1-fold.
type jacobian struct{ x, y, z element }

func (p *jacobian) infinite() bool { return p.z == element{} }

func (p *jacobian) set(f *field, q *affine) {
	p.x, p.y, p.z = wide(&q.x), wide(&q.y), f.one
}

func wide(x *[9]int32) (z element) {
	for i := range z {
		z[i] = int64(x[i])
	}
	return z
}

func narrow(x *element) (z [9]int32) {
	for i := range z {
		z[i] = int32(x[i])
	}
	return z
}

// double sets p = 2p (EFD, Jacobian coordinates for a = -3, dbl-2001-b). No point
// but infinity is its own inverse, the order being odd: y is never 0.
func (p *jacobian) double(f *field) {
	var delta, gamma, beta, alpha, t element
	// Products are 1-fold, what is added up is as many folds as it has terms, and
	// what is 3-fold or more is normalised before it meets another that is.
	f.square(&delta, &p.z)
	f.square(&gamma, &p.y)
	f.mul(&beta, &p.x, &gamma)
	alpha.sub(&p.x, &delta)
	t.add(&p.x, &delta)
	f.mul(&alpha, &alpha, &t)
	for i := range alpha {
		alpha[i] *= 3
	}
	f.norm(&alpha)
	t.add(&p.y, &p.z)
	f.square(&t, &t)
	for i := range t {
		p.z[i] = t[i] - gamma[i] - delta[i]
		beta[i] *= 4
	}
	f.norm(&p.z)
	f.square(&p.x, &alpha)
	for i := range beta {
		p.x[i] -= 2 * beta[i]
	}
	f.norm(&p.x)
	t.sub(&beta, &p.x) // 5-fold
	f.square(&gamma, &gamma)
	f.mul(&p.y, &alpha, &t)
	for i := range gamma {
		p.y[i] -= 8 * gamma[i]
	}
	f.norm(&p.y)
}

// add sets p = p + q, whatever the two are (EFD, madd, with the cases that its
// formulas leave out). minus adds -q.
func (p *jacobian) add(f *field, q *affine, minus bool) {
	qx, qy := wide(&q.x), wide(&q.y)
	if minus {
		for i := range qy {
			qy[i] = -qy[i]
		}
	}
	if p.infinite() {
		p.x, p.y, p.z = qx, qy, f.one
		return
	}
	var h, r, t, v element
	f.square(&t, &p.z)
	f.mul(&h, &qx, &t)
	f.mul(&r, &p.z, &qy)
	f.mul(&r, &r, &t)
	h.sub(&h, &p.x)
	r.sub(&r, &p.y)
	if f.mayBeZero(&h) && f.zero(&h) {
		if !f.zero(&r) {
			*p = jacobian{} // q is -p
			return
		}
		p.double(f)
		return
	}
	f.mul(&p.z, &p.z, &h)
	f.square(&t, &h)
	f.mul(&v, &p.x, &t)
	f.mul(&t, &t, &h)
	f.square(&p.x, &r)
	for i := range t {
		p.x[i] -= t[i] + 2*v[i]
	}
	f.norm(&p.x)
	v.sub(&v, &p.x)
	f.mul(&v, &v, &r)
	f.mul(&t, &t, &p.y)
	p.y.sub(&v, &t)
	f.norm(&p.y)
}

// toAffine returns the points, none of which is infinity, with one inversion for
// all of them (Montgomery's trick).
func toAffine(f *field, points []jacobian) []affine {
	before := make([]element, len(points)) // products of all z before
	product := f.one
	for i := range points {
		before[i] = product
		f.mul(&product, &product, &points[i].z)
	}
	inverse := f.invert(&product)
	out := make([]affine, len(points))
	for i := len(points) - 1; i >= 0; i-- {
		p := &points[i]
		var z, zz element
		f.mul(&z, &inverse, &before[i])
		f.mul(&inverse, &inverse, &p.z)
		f.square(&zz, &z)
		f.mul(&z, &z, &zz)
		f.mul(&zz, &zz, &p.x)
		f.mul(&z, &z, &p.y)
		f.norm(&zz)
		f.norm(&z)
		out[i] = affine{narrow(&zz), narrow(&z)}
	}
	return out
}

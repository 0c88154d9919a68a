package curve

import (
	"crypto/elliptic"
	"math/big"
	"math/rand/v2"
	"testing"
)

// coordinates returns x and y of a point, nil for infinity.
func (c *Scheme) coordinates(p *jacobian) (x, y *big.Int) {
	if p.infinite() {
		return nil, nil
	}
	q := toAffine(c.field, []jacobian{*p})[0]
	a, b := wide(&q.x), wide(&q.y)
	return c.number(&a), c.number(&b)
}

// times returns kG by the library, nil for infinity.
func (s subject) times(k *big.Int) (x, y *big.Int) {
	k = new(big.Int).Mod(k, s.curve.n)
	if k.Sign() == 0 {
		return nil, nil
	}
	return s.library.ScalarBaseMult(k.FillBytes(make([]byte, 32))) //nolint:staticcheck // the point itself is wanted
}

// generic is the same curve by math/big alone: the library's own has another type.
func (s subject) generic() elliptic.Curve {
	params := *s.library.Params()
	params.Name = "math/big"
	return &params
}

// expect fails unless p is the point x, y.
func (s subject) expect(t *testing.T, p *jacobian, x, y *big.Int, what string, values ...any) {
	t.Helper()
	gotX, gotY := s.curve.coordinates(p)
	if x == nil && gotX == nil || x != nil && gotX != nil && x.Cmp(gotX) == 0 && y.Cmp(gotY) == 0 {
		return
	}
	t.Fatalf("%s %x: %x %x, want %x %x", what, values, gotX, gotY, x, y)
}

// multiple returns kG in affine form; k is not 0 modulo n.
func (s subject) multiple(t *testing.T, k *big.Int) affine {
	t.Helper()
	x, y := s.times(k)
	point := bytesOf(x, y)
	p, ok := s.curve.parsePoint(&point)
	if !ok {
		t.Fatalf("%x: not on the curve", point)
	}
	return p
}

// scaled is q with another z.
func (s subject) scaled(r *rand.Rand, q *affine) (p jacobian) {
	f := s.curve.field
	p.set(f, q)
	z := f.element(plus(below(r, plus(f.p, -1)), 1))
	var zz element
	f.square(&zz, &z)
	f.mul(&p.x, &p.x, &zz)
	f.mul(&zz, &zz, &z)
	f.mul(&p.y, &p.y, &zz)
	p.z = z
	f.norm(&p.x)
	f.norm(&p.y)
	return p
}

// scalars are where windows, segments and the order begin and end.
func (c *Scheme) scalars(r *rand.Rand) []*big.Int {
	list := []*big.Int{new(big.Int), big.NewInt(1), big.NewInt(2), big.NewInt(3), big.NewInt(15), big.NewInt(17),
		plus(power(32), -1), power(32), plus(power(32), 1), plus(power(31), 1), power(224), plus(power(255), -1),
		plus(c.n, -1), plus(c.n, -2), plus(c.n, -3), new(big.Int).Rsh(c.n, 1), plus(new(big.Int).Rsh(c.n, 1), 1)}
	for range 4 {
		list = append(list, below(r, c.n))
	}
	return list
}

// Every sum of a few multiples of G: equal points, opposite points, infinity at
// the start, on the way and at the end are among them.
func TestAdditionIsComplete(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		r, f := random(t, 10), s.curve.field
		for a := int64(-6); a <= 6; a++ {
			for b := int64(-6); b <= 6; b++ {
				if b == 0 {
					continue
				}
				var p jacobian
				if a != 0 {
					q := s.multiple(t, big.NewInt(a))
					p = s.scaled(r, &q)
				}
				q := s.multiple(t, big.NewInt(b))
				sum, difference, double := p, p, p
				sum.add(f, &q, false)
				difference.add(f, &q, true)
				double.double(f)
				x, y := s.times(big.NewInt(a + b))
				s.expect(t, &sum, x, y, "sum", a, b)
				x, y = s.times(big.NewInt(a - b))
				s.expect(t, &difference, x, y, "difference", a, b)
				x, y = s.times(big.NewInt(2 * a))
				s.expect(t, &double, x, y, "double", a)
			}
		}
	})
}

func TestCoordinatesStayWithinTheirBounds(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		r, f := random(t, 16), s.curve.field
		check := func(p *jacobian) {
			t.Helper()
			checkFold(t, f, &p.z, 1, "z")
			for _, x := range []element{p.x, p.y} {
				checkFold(t, f, &x, 1, "x or y")
				if v := value(&x); v.CmpAbs(f.p) >= 0 {
					t.Fatalf("%d is %x", x, v)
				}
			}
		}
		q := s.multiple(t, below(r, s.curve.n))
		p := s.scaled(r, &q)
		for n := range 500 {
			check(&p)
			p.double(f)
			check(&p)
			p.add(f, &q, n%2 == 0)
		}
	})
}

func TestScalarIsTheSumOfItsDigits(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		r := random(t, 11)
		list := append(s.curve.edges(), s.curve.scalars(r)...)
		for range 200 {
			list = append(list, below(r, power(256)))
		}
		for _, k := range list {
			for bits := uint(2); bits <= 8; bits++ {
				b := scalar(k)
				sum, free := new(big.Int), 0
				form := newNAF(&b, bits)
				for i, digit := range form {
					if digit == 0 {
						continue
					}
					if digit&1 == 0 || int(digit) >= 1<<(bits-1) || int(digit) <= -1<<(bits-1) || i < free {
						t.Fatalf("%x in windows of %d: digit %d at %d", k, bits, digit, i)
					}
					free = i + int(bits)
					sum.Add(sum, new(big.Int).Mul(big.NewInt(int64(digit)), power(uint(i))))
				}
				if sum.Cmp(k) != 0 {
					t.Fatalf("%x in windows of %d: %d", k, bits, form)
				}
			}
		}
	})
}

func TestTableHasTheMultiplesThatItPromises(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		d := below(random(t, 12), s.curve.n)
		q := s.multiple(t, d)
		for _, bits := range []uint{2, keyBits, baseBits} {
			n := 1 << (bits - 2)
			made := newTable(s.curve.field, &q, bits)
			if len(made.points) != segments*n {
				t.Fatalf("%d points", len(made.points))
			}
			for i := range made.points {
				k := new(big.Int).Mul(d, big.NewInt(int64(2*(i%n)+1)))
				x, y := s.times(k.Lsh(k, uint(i/n*segmentBits)))
				var p jacobian
				p.set(s.curve.field, &made.points[i])
				s.expect(t, &p, x, y, "entry", bits, i)
			}
		}
	})
}

// The keys are multiples of G, so that sums meet on the way what random keys never
// do: Q = G, Q = -G, Q = 2^k G.
func TestSumAgreesWithTheLibrary(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		r, c := random(t, 13), s.curve
		scalars := c.scalars(r)
		keys := []*big.Int{big.NewInt(1), big.NewInt(-1), big.NewInt(2), big.NewInt(-2), big.NewInt(3), big.NewInt(31),
			power(31), power(32), new(big.Int).Neg(power(32)), power(64), power(128), power(224), power(255), below(r, c.n)}
		for _, d := range keys {
			q := s.multiple(t, d)
			key := newTable(c.field, &q, keyBits)
			for _, u := range scalars {
				for _, v := range scalars {
					a, b := scalar(u), scalar(v)
					p := sum(c.field, &a, c.base, &b, key)
					k := new(big.Int).Mul(v, d)
					x, y := s.times(k.Add(k, u))
					s.expect(t, &p, x, y, "sum with key, u, v", d, u, v)
				}
			}
		}
	})
}

// pointWithX returns a point whose x is the first from that given, upwards, that
// has one.
func (c *Scheme) pointWithX(x *big.Int) (*big.Int, *big.Int) {
	b := c.number(&c.b)
	for x = new(big.Int).Set(x); ; x.Add(x, big.NewInt(1)) {
		y := new(big.Int).Mul(x, x)
		y.Sub(y, big.NewInt(3)).Mul(y, x).Add(y, b).Mod(y, c.p)
		if y.ModSqrt(y, c.p) != nil {
			return x, y
		}
	}
}

// strangePoints have coordinates with long runs of zeros and ones.
func (c *Scheme) strangePoints() (points [][2]*big.Int) {
	starts := []*big.Int{new(big.Int), power(58), power(87), power(96), power(174), power(255), plus(c.p, -40), plus(c.n, 1),
		hexadecimal("d000000000000000800000000000000080000000000000008000000000000000"),
		hexadecimal("7f00000000000000000000000000008000000000000000")}
	for _, start := range starts {
		x, y := c.pointWithX(start)
		if x.Cmp(c.p) < 0 {
			points = append(points, [2]*big.Int{x, y}, [2]*big.Int{x, new(big.Int).Sub(c.p, y)})
		}
	}
	return points
}

func TestSumAgreesWithMathBigOnStrangePoints(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		r, c, generic := random(t, 14), s.curve, s.generic()
		for _, point := range c.strangePoints() {
			u, v := below(r, c.n), below(r, c.n)
			a, b, bytes := scalar(u), scalar(v), bytesOf(point[0], point[1])
			key := c.key(&bytes)
			if key == nil {
				t.Fatalf("%x: not on the curve", bytes)
			}
			p := sum(c.field, &a, c.base, &b, key)
			ux, uy := generic.ScalarBaseMult(a[:])                 //nolint:staticcheck // as above
			vx, vy := generic.ScalarMult(point[0], point[1], b[:]) //nolint:staticcheck // as above
			x, y := generic.Add(ux, uy, vx, vy)                    //nolint:staticcheck // as above
			s.expect(t, &p, x, y, "sum with key, u, v", point, u, v)
		}
	})
}

// A point has its x twice, and about half of all numbers are the x of no point.
func TestDecompressedPointIsThatOfMathBig(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		r, c := random(t, 15), s.curve
		numbers := c.edges()
		for range 300 {
			numbers = append(numbers, below(r, power(256)))
		}
		for _, x := range numbers {
			y := new(big.Int).Mul(x, x)
			y.Sub(y, big.NewInt(3)).Mul(y, x).Add(y, s.library.Params().B).Mod(y, c.p)
			exists := x.Cmp(c.p) < 0 && y.ModSqrt(y, c.p) != nil
			b := scalar(x)
			for _, odd := range []bool{false, true} {
				point, ok := c.Decompress(&b, odd)
				if ok != exists {
					t.Fatalf("%x is the x of a point: %v", x, ok)
				}
				if !ok {
					continue
				}
				if (y.Bit(0) == 1) != odd {
					y.Sub(c.p, y)
				}
				if point != bytesOf(x, y) {
					t.Fatalf("%x: %x, want y %x", x, point, y)
				}
				if _, ok := c.parsePoint(&point); !ok {
					t.Fatalf("%x is not on the curve", point)
				}
			}
		}
	})
}

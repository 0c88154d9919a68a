package curve

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

// checkFold fails unless x is m-fold.
func checkFold(t *testing.T, f *field, x *element, m int64, what string) {
	t.Helper()
	for i, limb := range x[:8] {
		if limb > m*half || limb < -m*half {
			t.Fatalf("%s: limb %d of %d is %d", what, i, *x, limb)
		}
	}
	if v := value(x); v.CmpAbs(new(big.Int).Mul(f.p, big.NewInt(2*m))) > 0 {
		t.Fatalf("%s: %d is %x", what, *x, v)
	}
}

// extreme is an m-fold element with every limb at its limit: of sign, or of any
// sign where that is 0.
func extreme(r *rand.Rand, m, sign int64) (x element) {
	for i := range x {
		x[i] = m * half
		if i == 8 {
			x[i] = m*(1<<25) - m
		}
		if sign < 0 || sign == 0 && r.IntN(2) == 0 {
			x[i] = -x[i]
		}
	}
	return x
}

// congruent fails unless z is 1-fold and z 2^261 is xy modulo p.
func congruent(t *testing.T, f *field, z, x, y *element, what string) {
	t.Helper()
	checkFold(t, f, z, 1, what)
	left, right := value(z), value(x)
	left.Lsh(left, 9*limbBits).Sub(left, right.Mul(right, value(y)))
	if left.Mod(left, f.p).Sign() != 0 {
		t.Fatalf("%s: %d times %d is %d", what, *x, *y, *z)
	}
}

func TestProductsOfExtremeLimbsDoNotOverflow(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		f, r := s.curve.field, random(t, 1)
		for _, folds := range [][2]int64{{1, 1}, {1, 8}, {2, 4}, {4, 2}, {8, 1}, {1, 5}, {2, 2}} {
			for n := range 300 {
				x, y := extreme(r, folds[0], int64(n%3-1)), extreme(r, folds[1], int64(n/3%3-1))
				checkFold(t, f, &x, folds[0], "argument")
				checkFold(t, f, &y, folds[1], "argument")
				var z element
				f.mul(&z, &x, &y)
				congruent(t, f, &z, &x, &y, "product")
				z = x
				f.mul(&z, &z, &y)
				congruent(t, f, &z, &x, &y, "product in place")
				z = y
				f.mul(&z, &x, &z)
				congruent(t, f, &z, &x, &y, "product in place of the other")
				if folds[0] <= 2 {
					f.square(&z, &x)
					congruent(t, f, &z, &x, &x, "square")
					z = x
					f.square(&z, &z)
					congruent(t, f, &z, &x, &x, "square in place")
				}
			}
		}
	})
}

func checkNorm(t *testing.T, f *field, x *element) {
	t.Helper()
	z := *x
	f.norm(&z)
	checkFold(t, f, &z, 1, "norm")
	v := value(&z)
	if v.CmpAbs(f.p) >= 0 || new(big.Int).Mod(v.Sub(v, value(x)), f.p).Sign() != 0 {
		t.Fatalf("%d is normalised as %d", *x, z)
	}
	if narrowed := narrow(&z); wide(&narrowed) != z {
		t.Fatalf("%d does not fit a table", z)
	}
}

func TestNormKeepsTheNumberAndBoundsIt(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		r := random(t, 2)
		for n := range 3000 {
			x := extreme(r, int64(1+n%16), int64(n%3-1))
			checkNorm(t, s.curve.field, &x)
			for i := range x {
				x[i] = r.Int64N(2*16*half+1) - 16*half
			}
			x[8] >>= 4
			checkNorm(t, s.curve.field, &x)
		}
	})
}

// spread returns another form of the same number.
func spread(r *rand.Rand, x element) element {
	for i := range x[:8] {
		carry := r.Int64N(5) - 2
		x[i] += carry << limbBits
		x[i+1] -= carry
	}
	return x
}

func TestMultiplesOfThePrimeAreZeroAndNothingElseIs(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		f, r := s.curve.field, random(t, 3)
		p := limbs(s.curve.p)
		for k := int64(-25); k <= 25; k++ {
			for range 20 {
				x := p
				for i := range x {
					x[i] *= k
				}
				f.propagate(&x)
				x = spread(r, x)
				if !f.zero(&x) || k >= -6 && k <= 6 && !f.mayBeZero(&x) {
					t.Fatalf("%d times p, as %d, is not zero", k, x)
				}
				i := r.IntN(9)
				x[i] += 1 << r.IntN(20)
				if f.zero(&x) {
					t.Fatalf("%d is zero", x)
				}
			}
		}
	})
}

// propagate brings all limbs but the last below 2^29.
func (f *field) propagate(x *element) {
	for i := range x[:8] {
		x[i+1] += x[i] >> limbBits
		x[i] &= mask
	}
}

func TestPrimesHaveTheFormThatTheReductionIsMadeFor(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		f := s.curve.field
		p := new(big.Int).Sub(power(256), power(224))
		p.Add(p, new(big.Int).Mul(power(174), big.NewInt(f.k6)))
		p.Add(p, new(big.Int).Mul(power(87), big.NewInt(f.k3)))
		p.Add(p, new(big.Int).Mul(power(58), big.NewInt(f.k2)))
		if p = plus(p, -1); p.Cmp(f.p) != 0 || p.Cmp(s.library.Params().P) != 0 {
			t.Errorf("%x, %x", p, f.p)
		}
		if b := s.curve.number(&s.curve.b); b.Cmp(s.library.Params().B) != 0 || s.curve.n.Cmp(s.library.Params().N) != 0 {
			t.Errorf("b is %x, n %x", b, s.curve.n)
		}
		checkFold(t, f, &f.one, 1, "1")
		checkFold(t, f, &f.rr, 1, "2^261")
	})
}

func TestFieldAgreesWithMathBig(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		f, r := s.curve.field, random(t, 4)
		numbers := s.curve.edges()
		for range 40 {
			numbers = append(numbers, below(r, power(256)))
		}
		is := func(z *element, want *big.Int, what string) {
			t.Helper()
			if got := f.number(z); got.Cmp(want.Mod(want, f.p)) != 0 {
				t.Fatalf("%s is %x, want %x", what, got, want)
			}
		}
		for _, a := range numbers {
			x := f.element(a)
			is(&x, new(big.Int).Set(a), "the number")
			inverse := f.invert(&x)
			want := new(big.Int).ModInverse(a, f.p)
			if want == nil {
				want = new(big.Int) // of 0
			}
			is(&inverse, want, "the inverse")
			for _, b := range numbers {
				y := f.element(b)
				var z element
				f.mul(&z, &x, &y)
				is(&z, new(big.Int).Mul(a, b), "the product")
				z.add(&x, &y)
				is(&z, new(big.Int).Add(a, b), "the sum")
				z.sub(&x, &y)
				is(&z, new(big.Int).Sub(a, b), "the difference")
				if got := f.zero(&z); got != (f.number(&x).Cmp(f.number(&y)) == 0) {
					t.Fatalf("%x and %x are equal: %v", a, b, got)
				}
			}
		}
	})
}

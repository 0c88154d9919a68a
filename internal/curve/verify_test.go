package curve

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/asn1"
	"math/big"
	"sync"
	"testing"

	gmsm "github.com/emmansun/gmsm/sm2"
)

// signed is what is asked of both implementations.
type signed struct {
	point  [64]byte
	digest [32]byte
	r, s   *big.Int
}

func (m signed) signature() []byte {
	b := bytesOf(m.r, m.s)
	return b[:]
}

func (m signed) forLibrary(t testing.TB, library elliptic.Curve) (*ecdsa.PublicKey, []byte) {
	t.Helper()
	der, err := asn1.Marshal(struct{ R, S *big.Int }{m.r, m.s})
	if err != nil {
		t.Fatal(err)
	}
	x, y := new(big.Int).SetBytes(m.point[:32]), new(big.Int).SetBytes(m.point[32:])
	return &ecdsa.PublicKey{Curve: library, X: x, Y: y}, der
}

// libraryVerify asks crypto/ecdsa or gmsm.
func (s subject) libraryVerify(key *ecdsa.PublicKey, digest, der []byte) bool {
	if s.name == "SM2" {
		return gmsm.VerifyASN1(key, digest, der)
	}
	return ecdsa.VerifyASN1(key, digest, der)
}

// byLibrary says no for a point off the curve, of which no key can be made.
func (s subject) byLibrary(t testing.TB, m signed) bool {
	t.Helper()
	key, der := m.forLibrary(t, s.library)
	if key.X.Cmp(s.curve.p) >= 0 || key.Y.Cmp(s.curve.p) >= 0 || !s.generic().IsOnCurve(key.X, key.Y) { //nolint:staticcheck // as it says
		return false
	}
	return s.libraryVerify(key, m.digest[:], der)
}

// check fails unless both implementations say what is wanted.
func (s subject) check(t *testing.T, m signed, want bool, what string) {
	t.Helper()
	if got := s.curve.Verify(&m.point, &m.digest, m.signature()); got != want {
		t.Fatalf("%s: %v, want %v: %x %x %x %x", what, got, want, m.point, m.digest, m.r, m.s)
	}
	if got := s.byLibrary(t, m); got != want {
		t.Fatalf("%s: the library says %v, want %v: %x %x %x %x", what, got, want, m.point, m.digest, m.r, m.s)
	}
}

// made returns the message whose check computes uG + vQ, and has x there: nobody
// needs a private key for that who may choose the digest. For SM2 v - u, and for
// ECDSA v and x, may not be 0 modulo n.
func (s subject) made(point [64]byte, u, v, x *big.Int) signed {
	n := s.curve.n
	m := signed{point: point, r: new(big.Int).Mod(x, n)}
	digest := new(big.Int)
	if s.name == "SM2" {
		m.s = new(big.Int).Set(u)
		m.r = new(big.Int).Sub(v, u)
		m.r.Mod(m.r, n)
		digest.Sub(m.r, x)
	} else {
		m.s = new(big.Int).ModInverse(v, n)
		m.s.Mod(m.s.Mul(m.s, m.r), n)
		digest.Mul(u, m.s)
	}
	digest.Mod(digest, n).FillBytes(m.digest[:])
	return m
}

// valid returns a right signature under the key dG, with u and v given.
func (s subject) valid(d, u, v *big.Int) signed {
	k := new(big.Int).Mul(v, d)
	x, _ := s.times(k.Add(k, u))
	qx, qy := s.times(d)
	return s.made(bytesOf(qx, qy), u, v, x)
}

func TestSignaturesAndTheirMutantsAreJudgedAsByTheLibrary(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		r, n := random(t, 20), s.curve.n
		for i := range 60 {
			m := s.valid(plus(below(r, plus(n, -2)), 1), plus(below(r, plus(n, -1)), 1), plus(below(r, plus(n, -1)), 1))
			s.check(t, m, true, "right signature")
			wrong := m
			wrong.digest[r.IntN(32)] ^= 1 << r.IntN(8)
			s.check(t, wrong, false, "another digest")
			wrong = m
			wrong.r = new(big.Int).Xor(m.r, power(uint(i*4)))
			s.check(t, wrong, false, "another r")
			wrong = m
			wrong.s = new(big.Int).Xor(m.s, power(uint(i*4+1)))
			s.check(t, wrong, false, "another s")
			wrong = m
			wrong.s = new(big.Int).Sub(n, m.s)
			s.check(t, wrong, s.name == "P-256", "the twin")
			wrong.r, wrong.s = m.s, m.r
			s.check(t, wrong, false, "halves exchanged")
			wrong = m
			wrong.point = s.valid(below(r, n), m.r, m.s).point
			s.check(t, wrong, false, "another key")
			wrong.point = m.point
			new(big.Int).Sub(s.curve.p, new(big.Int).SetBytes(m.point[32:])).FillBytes(wrong.point[32:])
			s.check(t, wrong, false, "the opposite key")
			wrong.point[r.IntN(64)] ^= 1 << r.IntN(8)
			s.check(t, wrong, false, "no point")
		}
	})
}

// u and v are where additions double, cancel and meet infinity; the keys are those
// for which they do.
func TestEdgesOfScalarsAreJudgedAsByTheLibrary(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		r, n := random(t, 21), s.curve.n
		for _, d := range []*big.Int{big.NewInt(1), big.NewInt(2), plus(n, -2), power(32), power(64), below(r, n)} {
			for _, u := range s.curve.scalars(r) {
				for _, v := range []*big.Int{big.NewInt(1), big.NewInt(2), power(32), plus(n, -1), below(r, n)} {
					sum := new(big.Int).Mul(v, d)
					outside := s.name == "SM2" && (u.Sign() == 0 || u.Cmp(v) == 0)
					if outside || sum.Mod(sum.Add(sum, u), n).Sign() == 0 {
						continue
					}
					m := s.valid(d, u, v)
					s.check(t, m, true, "right signature")
					m.digest[31] ^= 1
					s.check(t, m, false, "another digest")
				}
			}
		}
	})
}

func TestInfinityHasNoX(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		r, n := random(t, 22), s.curve.n
		for _, d := range []*big.Int{big.NewInt(1), big.NewInt(2), power(32), below(r, n)} {
			qx, qy := s.times(d)
			for range 5 {
				v := plus(below(r, plus(n, -1)), 1)
				u := new(big.Int).Mul(v, d)
				u.Mod(u.Neg(u), n)
				for _, x := range []*big.Int{new(big.Int), big.NewInt(1), qx, below(r, n)} {
					if s.name == "P-256" && x.Sign() == 0 {
						continue // r is 0, which is out of range
					}
					s.check(t, s.made(bytesOf(qx, qy), u, v, x), false, "infinity")
				}
			}
		}
	})
}

func TestHalvesOutsideOneToOrderAreRefused(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		n := s.curve.n
		m := s.valid(big.NewInt(77), big.NewInt(5), big.NewInt(9))
		s.check(t, m, true, "right signature")
		for _, half := range []*big.Int{new(big.Int), n, plus(n, 1), s.curve.p, plus(power(256), -1)} {
			wrong := m
			wrong.r = half
			s.check(t, wrong, false, "r out of range")
			wrong = m
			wrong.s = half
			s.check(t, wrong, false, "s out of range")
		}
		for _, half := range []*big.Int{big.NewInt(1), plus(n, -1)} {
			wrong := m
			wrong.r = half
			s.check(t, wrong, false, "r at the end of its range")
			wrong = m
			wrong.s = half
			s.check(t, wrong, false, "s at the end of its range")
		}
		if s.name == "SM2" {
			wrong := m
			wrong.r = new(big.Int).Sub(n, m.s)
			s.check(t, wrong, false, "r + s = n")
			x, _ := s.times(m.s)
			s.check(t, s.made(m.point, m.s, new(big.Int), x), false, "r + s = n, and r = e + x")
		}
		for _, length := range []int{0, 1, 63, 65, 128} {
			if s.curve.Verify(&m.point, &m.digest, append(m.signature(), make([]byte, 64)...)[:length]) {
				t.Errorf("%d bytes are accepted", length)
			}
		}
	})
}

// About one point in 2^32 of P-256, and one in 2^129 of SM2, has such an x: it is
// chosen here, and the key made for it.
func TestXBeyondTheOrderIsTakenModuloTheOrder(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		r, n, generic := random(t, 23), s.curve.n, s.generic()
		for range 3 {
			x, y := s.curve.pointWithX(new(big.Int).Add(n, below(r, new(big.Int).Rsh(new(big.Int).Sub(s.curve.p, n), 1))))
			u, v := below(r, n), below(r, n)
			b := scalar(new(big.Int).ModInverse(v, n))
			gx, gy := s.times(new(big.Int).Sub(n, u))
			qx, qy := generic.Add(x, y, gx, gy)       //nolint:staticcheck // the point itself is wanted
			qx, qy = generic.ScalarMult(qx, qy, b[:]) //nolint:staticcheck // as above
			m := s.made(bytesOf(qx, qy), u, v, x)
			s.check(t, m, true, "x beyond the order")
			m.r = plus(m.r, 1)
			s.check(t, m, false, "x beyond the order and one more")
		}
	})
}

// r + n is below p: whoever adds n without looking at that would accept this.
func TestXIsNotTakenModuloThePrime(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		r, n, p := random(t, 24), s.curve.n, s.curve.p
		generic := s.generic()
		x, y := s.curve.pointWithX(big.NewInt(1)) // claimed as x + p - n
		u, v := below(r, n), below(r, n)
		b := scalar(new(big.Int).ModInverse(v, n))
		gx, gy := s.times(new(big.Int).Sub(n, u))
		qx, qy := generic.Add(x, y, gx, gy)       //nolint:staticcheck // as above
		qx, qy = generic.ScalarMult(qx, qy, b[:]) //nolint:staticcheck // as above
		s.check(t, s.made(bytesOf(qx, qy), u, v, x), true, "a small x")
		claimed := new(big.Int).Sub(p, n)
		s.check(t, s.made(bytesOf(qx, qy), u, v, claimed.Add(claimed, x)), false, "x + p - n")
	})
}

func TestPointsOffTheCurveVerifyNothing(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		p := s.curve.p
		m := s.valid(big.NewInt(3), big.NewInt(5), big.NewInt(7))
		x, y := new(big.Int).SetBytes(m.point[:32]), new(big.Int).SetBytes(m.point[32:])
		zero := new(big.Int)
		for _, wrong := range [][2]*big.Int{{zero, zero}, {x, zero}, {zero, y}, {y, x}, {x, p}, {p, y}, {plus(x, 1), y}, {x, plus(y, 1)}} {
			m.point = bytesOf(wrong[0], wrong[1])
			s.check(t, m, false, "no point")
		}
		small, root := s.curve.pointWithX(zero)
		beyond := bytesOf(new(big.Int).Add(small, p), root)
		if _, ok := s.curve.parsePoint(&beyond); ok {
			t.Errorf("x + p is accepted: %x", beyond)
		}
	})
}

// More keys than are kept, some in one place, asked by many at once.
func TestKeysTakeTurnsInTheCache(t *testing.T) {
	eachCurve(t, func(t *testing.T, s subject) {
		var messages []signed
		for d := range int64(2 * maxKeys) {
			messages = append(messages, s.valid(big.NewInt(d+2), big.NewInt(5), big.NewInt(7)))
		}
		var wait sync.WaitGroup
		for range 2 {
			wait.Go(func() {
				for i := range 2 * len(messages) {
					m := messages[i%len(messages)]
					if !s.curve.Verify(&m.point, &m.digest, m.signature()) {
						t.Errorf("key %d is refused", i)
					}
					m.digest[0] ^= 1
					if s.curve.Verify(&m.point, &m.digest, m.signature()) {
						t.Errorf("key %d accepts another digest", i)
					}
				}
			})
		}
		wait.Wait()
	})
}

package curve

import (
	"crypto/elliptic"
	"math/big"
	"math/rand/v2"
	"testing"

	gmsm "github.com/emmansun/gmsm/sm2"
)

// subject is one of the curves with the library's of the same.
type subject struct {
	name    string
	curve   *Scheme
	library elliptic.Curve
}

func subjects() []subject {
	return []subject{
		{"P-256", ES256(), elliptic.P256()},
		{"SM2", SM2(), gmsm.P256()},
	}
}

func eachCurve(t *testing.T, check func(t *testing.T, s subject)) {
	for _, s := range subjects() {
		t.Run(s.name, func(t *testing.T) { check(t, s) })
	}
}

func power(n uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), n) }

func plus(x *big.Int, n int64) *big.Int { return new(big.Int).Add(x, big.NewInt(n)) }

// below returns a number from 0 to limit-1, every fourth with long runs of zeros
// and ones.
func below(r *rand.Rand, limit *big.Int) *big.Int {
	x := new(big.Int)
	if r.IntN(4) > 0 {
		for range 5 {
			x.Or(x.Lsh(x, 64), new(big.Int).SetUint64(r.Uint64()))
		}
	} else {
		for range 1 + r.IntN(6) {
			from, to := uint(r.IntN(257)), uint(r.IntN(257))
			x.Xor(x, new(big.Int).Xor(plus(power(from), -1), plus(power(to), -1)))
		}
	}
	return x.Mod(x, limit)
}

// edges are numbers around every limb's end, those around p and n, and 2^256-1.
func (c *Scheme) edges() []*big.Int {
	list := []*big.Int{new(big.Int), big.NewInt(1), big.NewInt(2), plus(power(256), -1)}
	for i := uint(1); i < 9; i++ {
		for _, n := range []int64{-1, 0, 1} {
			list = append(list, plus(power(i*limbBits), n), plus(power(32*i-1), n))
		}
	}
	for _, n := range []int64{-2, -1, 0, 1, 2} {
		list = append(list, plus(c.p, n), plus(c.n, n), plus(new(big.Int).Rsh(c.n, 1), n))
	}
	return list
}

// value is the number of the limbs as they are.
func value(x *element) *big.Int {
	sum := new(big.Int)
	for i := 8; i >= 0; i-- {
		sum.Lsh(sum, limbBits).Add(sum, big.NewInt(x[i]))
	}
	return sum
}

func bytesOf(x, y *big.Int) (point [64]byte) {
	x.FillBytes(point[:32])
	y.FillBytes(point[32:])
	return point
}

func scalar(x *big.Int) (b [32]byte) {
	x.FillBytes(b[:])
	return b
}

func random(t testing.TB, seed uint64) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(seed, 256))
}

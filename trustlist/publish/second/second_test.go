package second

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"errors"
	"math/big"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
)

var algorithms = []sig.Algorithm{sig.SM2, sig.ES256}

// TestBothImplementationsAgree signs messages and holds the two to one answer,
// for good signatures and for every kind of bad one.
func TestBothImplementationsAgree(t *testing.T) {
	for _, algorithm := range algorithms {
		signer, other := sigtest.New(algorithm, "a"), sigtest.New(algorithm, "b")
		for n := range 40 {
			message := make([]byte, n*7)
			signature, err := signer.Sign(message)
			if err != nil {
				t.Fatal(err)
			}
			if err := Verify(signer.PublicKey(), message, signature); err != nil {
				t.Fatalf("%s: a good signature of %d bytes: %v", algorithm, len(message), err)
			}
			signature[n]++
			refused(t, "a changed byte", signer.PublicKey(), message, signature)
			signature[n]--
			refused(t, "another message", signer.PublicKey(), append(message, 0), signature)
			refused(t, "another key", other.PublicKey(), message, signature)
		}
	}
}

func refused(t *testing.T, what string, key *sig.PublicKey, message, signature []byte) {
	t.Helper()
	if err := Verify(key, message, signature); !errors.Is(err, ErrRefused) {
		t.Errorf("%s: %v", what, err)
	}
	if err := key.Verify(message, signature); err == nil {
		t.Errorf("%s: the first implementation accepts it", what)
	}
}

// TestNumbersOutOfRangeAreRefused puts 0, the order and what is beyond in place of
// r and of s.
func TestNumbersOutOfRangeAreRefused(t *testing.T) {
	orders := map[sig.Algorithm]*big.Int{sig.ES256: elliptic.P256().Params().N}
	orders[sig.SM2], _ = new(big.Int).SetString("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123", 16)
	for _, algorithm := range algorithms {
		signer, message := sigtest.New(algorithm, "a"), []byte("message")
		good, err := signer.Sign(message)
		if err != nil {
			t.Fatal(err)
		}
		n := orders[algorithm]
		most := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
		for _, value := range []*big.Int{new(big.Int), n, new(big.Int).Add(n, big.NewInt(1)), most} {
			for _, at := range []int{0, 32} {
				bad := append([]byte(nil), good...)
				value.FillBytes(bad[at : at+32])
				refused(t, value.Text(16), signer.PublicKey(), message, bad)
			}
		}
		refused(t, "63 bytes", signer.PublicKey(), message, good[:63])
		refused(t, "no bytes", signer.PublicKey(), message, nil)
	}
	if err := Verify(nil, nil, make([]byte, 64)); !errors.Is(err, ErrRefused) {
		t.Errorf("no key: %v", err)
	}
}

// TestMultiplesAreThoseOfTheStandardLibrary compares points, for scalars that are
// random and for those at the edges of the arithmetic.
func TestMultiplesAreThoseOfTheStandardLibrary(t *testing.T) {
	scalars := []*big.Int{big.NewInt(1), big.NewInt(2), big.NewInt(3), new(big.Int).Sub(order, big.NewInt(1)), new(big.Int).Sub(order, big.NewInt(2))}
	for n := range 60 {
		digest := sha256.Sum256([]byte{byte(n)})
		scalars = append(scalars, new(big.Int).Mod(new(big.Int).SetBytes(digest[:]), order), new(big.Int).Lsh(big.NewInt(1), uint(4*n)))
	}
	for i, k := range scalars {
		x, y := standard(t, k)
		q := affine{toElement(x), toElement(y)}
		if p, ok := combine(k, new(big.Int), &base).affine(); !ok || p != q || !p.onCurve() {
			t.Fatalf("%x G is another point", k)
		}
		// u1 G + u2 (k G) is (u1 + u2 k) G
		u1, u2 := scalars[(i+7)%len(scalars)], scalars[(i+13)%len(scalars)]
		total := new(big.Int).Mul(u2, k)
		total.Add(total, u1).Mod(total, order)
		p, ok := combine(u1, u2, &q).affine()
		if total.Sign() == 0 {
			if ok {
				t.Errorf("%x G + %x %x G is not infinity", u1, u2, k)
			}
			continue
		}
		x, y = standard(t, total)
		if want := (affine{toElement(x), toElement(y)}); !ok || p != want {
			t.Fatalf("%x G + %x %x G is another point", u1, u2, k)
		}
	}
}

// standard returns k G as crypto/ecdsa has it.
func standard(t *testing.T, k *big.Int) (x, y *big.Int) {
	t.Helper()
	var b [32]byte
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), k.FillBytes(b[:]))
	if err != nil {
		t.Fatal(err)
	}
	return key.X, key.Y
}

// TestInfinityIsNoSum adds a point to its opposite, where a formula without the
// case divides by zero.
func TestInfinityIsNoSum(t *testing.T) {
	opposite := base
	opposite.y.sub(&element{}, &base.y)
	u := big.NewInt(12345)
	if p, ok := combine(u, u, &opposite).affine(); ok {
		t.Errorf("G - G is %v", p)
	}
	if p, ok := combine(big.NewInt(6), big.NewInt(5), &opposite).affine(); !ok || p != base {
		t.Errorf("6 G - 5 G is %v", p)
	}
	// The point itself: its sum with the base point is a doubling.
	x, y := standard(t, big.NewInt(11))
	if p, ok := combine(big.NewInt(6), big.NewInt(5), &base).affine(); !ok || p != (affine{toElement(x), toElement(y)}) {
		t.Errorf("6 G + 5 G is %v", p)
	}
}

// FuzzField holds the arithmetic of the field to that of math/big.
func FuzzField(f *testing.F) {
	edges := [][]byte{{}, {1}, prime.Bytes(), new(big.Int).Sub(prime, big.NewInt(1)).Bytes(), order.Bytes(), bytes.Repeat([]byte{0xff}, 32)}
	for _, x := range edges {
		for _, y := range edges {
			f.Add(x, y)
		}
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		x, y := new(big.Int).SetBytes(a[:min(len(a), 32)]), new(big.Int).SetBytes(b[:min(len(b), 32)])
		ex, ey := toElement(x), toElement(y)
		var product, sum, difference element
		product.mul(&ex, &ey)
		sum.add(&ex, &ey)
		difference.sub(&ex, &ey)
		for _, c := range []struct {
			got  element
			want *big.Int
		}{
			{product, new(big.Int).Mul(x, y)}, {sum, new(big.Int).Add(x, y)}, {difference, new(big.Int).Sub(x, y)},
		} {
			if got := c.got.number(); got.Cmp(new(big.Int).Mod(c.want, prime)) != 0 {
				t.Fatalf("%x and %x: %x, want %x", x, y, got, c.want)
			}
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	for _, algorithm := range algorithms {
		signer, message := sigtest.New(algorithm, "a"), make([]byte, 120)
		signature, err := signer.Sign(message)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(algorithm.String(), func(b *testing.B) {
			for b.Loop() {
				if err := Verify(signer.PublicKey(), message, signature); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

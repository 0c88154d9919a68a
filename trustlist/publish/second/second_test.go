package second

import (
	"crypto/elliptic"
	"errors"
	"math/big"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
)

var (
	algorithms = []sig.Algorithm{sig.SM2, sig.ES256}
	ways       = map[string]func(key *sig.PublicKey, message, signature []byte) error{"Verify": Verify, "VerifyBulk": VerifyBulk}
)

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
			for name, verify := range ways {
				if err := verify(signer.PublicKey(), message, signature); err != nil {
					t.Fatalf("%s, %s: a good signature of %d bytes: %v", algorithm, name, len(message), err)
				}
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
	for name, verify := range ways {
		if err := verify(key, message, signature); !errors.Is(err, ErrRefused) {
			t.Errorf("%s, %s: %v", what, name, err)
		}
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
	for name, verify := range ways {
		if err := verify(nil, nil, make([]byte, 64)); !errors.Is(err, ErrRefused) {
			t.Errorf("%s, no key: %v", name, err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, algorithm := range algorithms {
		signer, message := sigtest.New(algorithm, "a"), make([]byte, 120)
		signature, err := signer.Sign(message)
		if err != nil {
			b.Fatal(err)
		}
		for name, verify := range ways {
			b.Run(name+"/"+algorithm.String(), func(b *testing.B) {
				for b.Loop() {
					if err := verify(signer.PublicKey(), message, signature); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

package format_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
)

// accepted reports whether data parses and verifies with key, and whether it
// came as far as the signature.
func accepted(data []byte, key *sig.PublicKey) (verified, parsed bool) {
	u, err := format.Parse(data)
	if err != nil {
		return false, false
	}
	_, err = u.Verify(key)
	return err == nil, true
}

// Exhaustive: all 255 other values at every place.
func TestEveryChangedByteIsRefused(t *testing.T) {
	for _, algorithm := range algorithms {
		t.Run(algorithm.String(), func(t *testing.T) {
			t.Parallel()
			signer := sigtest.New(algorithm, "tamper")
			data := encode(t, full(t), signer)
			if ok, _ := accepted(data, signer.PublicKey()); !ok {
				t.Fatal("the credential itself is refused")
			}
			parsed := 0
			for i, right := range data {
				for value := range 256 {
					if byte(value) == right {
						continue
					}
					data[i] = byte(value)
					ok, p := accepted(data, signer.PublicKey())
					if ok {
						t.Errorf("byte %d changed from %#x to %#x is accepted", i, right, value)
					}
					if p {
						parsed++
					}
				}
				data[i] = right
			}
			t.Logf("%d changes of %d bytes, %d of them refused by the signature alone", 255*len(data), len(data), parsed)
		})
	}
}

func TestEveryTruncationIsRefused(t *testing.T) {
	for _, algorithm := range algorithms {
		signer := sigtest.New(algorithm, "tamper")
		data := encode(t, full(t), signer)
		for i := range data {
			cuts := [][]byte{data[:i], data[i+1:], slices.Concat(data[:i], data[i+1:])}
			for _, value := range []byte{0, 1, 0x40, 0x80, 0xa0, 0xf6, 0xff, data[i]} { // and every insertion
				cuts = append(cuts, slices.Concat(data[:i], []byte{value}, data[i:]))
			}
			for _, cut := range cuts {
				if ok, _ := accepted(cut, signer.PublicKey()); ok {
					t.Errorf("%s: %x is accepted for %x", algorithm, cut, data)
				}
			}
		}
		for _, more := range [][]byte{{0}, {0xf6}, data} {
			if ok, _ := accepted(slices.Concat(data, more), signer.PublicKey()); ok {
				t.Errorf("%s: %x behind the credential is accepted", algorithm, more)
			}
		}
	}
}

func TestOtherKeysAreRefused(t *testing.T) {
	for i, algorithm := range algorithms {
		data := encode(t, full(t), sigtest.New(algorithm, "tamper"))
		for _, key := range []*sig.PublicKey{
			sigtest.New(algorithm, "another").PublicKey(), sigtest.New(algorithms[1-i], "tamper").PublicKey(), nil, new(sig.PublicKey),
		} {
			if ok, parsed := accepted(data, key); ok || !parsed {
				t.Errorf("%s: accepted %v, parsed %v with %s", algorithm, ok, parsed, key)
			}
		}
	}
}

// Parts of two good credentials do not make a third.
func TestPartsOfTwoCredentialsAreRefused(t *testing.T) {
	for _, algorithm := range algorithms {
		signer := sigtest.New(algorithm, "tamper")
		a, c := encode(t, full(t), signer), full(t)
		c.Ref.Index++
		b := encode(t, c, signer)
		for i := 1; i < len(a); i++ {
			mixed := slices.Concat(a[:i], b[i:])
			if slices.Equal(mixed, a) || slices.Equal(mixed, b) {
				continue
			}
			if ok, _ := accepted(mixed, signer.PublicKey()); ok {
				t.Errorf("%s: mixed at byte %d", algorithm, i)
			}
		}
	}
}

func TestNoInputPanics(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 8392))
	data := encode(t, full(t), sigtest.New(sig.SM2, "tamper"))
	for range 20000 {
		mutant := slices.Clone(data)
		for range 1 + r.IntN(6) {
			mutant[r.IntN(len(mutant))] = byte(r.Uint32())
		}
		if u, err := format.Parse(mutant[:r.IntN(len(mutant)+1)]); (u == nil) == (err == nil) {
			t.Fatalf("%v beside %v", u, err)
		}
	}
	for _, n := range []int{0, 1, format.MaxSize, format.MaxSize + 1, 1 << 20} {
		if _, err := format.Parse(make([]byte, n)); err == nil {
			t.Errorf("%d zeros are a credential", n)
		}
	}
}

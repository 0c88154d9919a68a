package sig_test

import (
	"bytes"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
)

// FuzzNewPublicKey holds for any bytes: a point that is accepted lies on the
// curve, and both its forms give the same key back. The seeds are the keys of
// the Wycheproof file and of the SM2 vector.
func FuzzNewPublicKey(f *testing.F) {
	for _, group := range readWycheproof(f).TestGroups {
		point := fromHex(f, group.PublicKey.Uncompressed)
		f.Add(point)
		f.Add(newKey(f, sig.ES256, point).Compressed())
	}
	_, point, _ := readSM2Vector(f)
	f.Add(point)
	f.Add(newKey(f, sig.SM2, point).Compressed())
	f.Fuzz(func(t *testing.T, point []byte) {
		for algorithm, curve := range curves {
			key, err := sig.NewPublicKey(algorithm, point)
			if err != nil {
				if key != nil {
					t.Fatalf("%s beside %v", key, err)
				}
				continue
			}
			if !bytes.Equal(point, key.Compressed()) && !bytes.Equal(point, key.Uncompressed()) {
				t.Fatalf("%s %x: a third form", algorithm, point)
			}
			if !onCurve(curve, key.Uncompressed()) {
				t.Fatalf("%s %x: not on the curve", algorithm, point)
			}
			for _, form := range [][]byte{key.Compressed(), key.Uncompressed()} {
				if again := newKey(t, algorithm, form); !again.Equal(key) || again.Thumbprint() != key.Thumbprint() {
					t.Fatalf("%s %x: another key by its form %x", algorithm, point, form)
				}
			}
		}
	})
}

// FuzzVerify: no signature of any length is accepted, save the one that is.
func FuzzVerify(f *testing.F) {
	v, point, signature := readSM2Vector(f)
	key := newKey(f, sig.SM2, point)
	f.Add([]byte(v.Msg), signature)
	for _, group := range readWycheproof(f).TestGroups {
		for _, c := range group.Tests {
			f.Add(fromHex(f, c.Msg), fromHex(f, c.Sig))
		}
	}
	f.Fuzz(func(t *testing.T, message, other []byte) {
		right := string(message) == v.Msg && bytes.Equal(other, signature)
		if err := key.Verify(message, other); (err == nil) != right {
			t.Fatalf("%x over %x: %v", other, message, err)
		}
	})
}

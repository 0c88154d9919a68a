package cose

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/sig"
)

// The structures that write themselves write what the encoder would: else the
// comparison after decoding would compare with something else.
func TestAppendedStructuresAreThoseOfTheEncoder(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 9052))
	random := func() []byte {
		b := make([]byte, r.IntN(300))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	same := func(got []byte, v any) {
		t.Helper()
		if want, err := cborx.Marshal(v); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%+v: %x, want %x (%v)", v, got, want, err)
		}
	}
	type message struct {
		_           struct{} `cbor:",toarray"`
		Protected   []byte
		Unprotected struct{}
		Payload     []byte
		Signature   []byte
	}
	type header struct {
		Algorithm int64  `cbor:"1,keyasint"`
		KeyID     []byte `cbor:"4,keyasint"`
	}
	for range 2000 {
		m := Sign1{protected: random(), payload: random(), signature: random()}
		same(m.appendContent(nil), message{Protected: m.protected, Payload: m.payload, Signature: m.signature})
		algorithm, keyID := int64(r.Uint64())>>r.IntN(64), random()
		same(appendHeader(nil, sig.Algorithm(algorithm), keyID), header{algorithm, keyID})
	}
	same((&Sign1{}).appendContent(nil), message{})
}

package cose

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
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
	same := func(v cborx.Appender) {
		t.Helper()
		want, err := cborx.Marshal(v)
		if got := v.AppendCBOR(nil); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%+v: %x, want %x (%v)", v, got, want, err)
		}
	}
	for range 2000 {
		same(&sign1Message{Protected: random(), Payload: random(), Signature: random()})
		h := &sign1Header{Algorithm: int64(r.Uint64()) >> r.IntN(64)}
		copy(h.KeyID[:], random())
		same(h)
	}
	same(&sign1Message{})
	same(&sign1Header{})
}

package format

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
)

// The credential writes itself, so that the comparison after decoding costs no
// reflection; what it writes must be what the encoder would.
func TestAppendedPayloadIsThatOfTheEncoder(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 8392))
	same := func(v cborx.Appender) {
		t.Helper()
		want, err := cborx.Marshal(v)
		if got := v.AppendCBOR(nil); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%+v: %x, want %x (%v)", v, got, want, err)
		}
	}
	for range 2000 {
		c := RandomCredential(t, r)
		p := payload{c.Issuer, c.Expires, c.IssuedAt, claims{c.Holder, c.Ref, c.Status, c.Tests, c.Vaccinations, c.Exemptions, c.Origin}}
		same(&p)
		same(&p.Claims)
		// Also what no credential may hold: the comparison sees it first.
		p.Expires, p.IssuedAt = int64(r.Uint64())>>r.IntN(64), int64(r.Uint64())>>r.IntN(64)
		p.Claims.Tests = append(p.Claims.Tests, Test{}, Test{Kind: 65535, Result: 65535, Minutes: 65535, Laboratory: 1<<32 - 1})
		p.Claims.Holder.Name = ""
		same(&p)
	}
	same(&payload{})
	same(&claims{Tests: []Test{}, Vaccinations: make([]Vaccination, 30), Exemptions: make([]uint16, 300)})
}

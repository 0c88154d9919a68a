package tokenstatus_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist/tokenstatus"
)

// uniformSet has about share of the places, each by itself.
func uniformSet(places uint64, share float64) (set []uint32) {
	r := rand.New(rand.NewPCG(places, 1))
	for index := uint64(0); ; index++ {
		index += uint64(math.Log(1-r.Float64()) / math.Log1p(-share))
		if index >= places {
			return set
		}
		set = append(set, uint32(index))
	}
}

// compare writes and reads a token of one list with 0.1 % revoked, and says how
// many times the bytes of our index set it has.
func compare(b *testing.B, places uint64) {
	signer := sigtest.New(sig.ES256, "status 33")
	sets := status.Sets{Revoked: uniformSet(places, 0.001)}
	ours, err := status.Encode(sets.Revoked)
	if err != nil {
		b.Fatal(err)
	}
	reader := reader(b, tokenstatus.Options{Key: signer.PublicKey()})
	for _, format := range []tokenstatus.Format{tokenstatus.CWT, tokenstatus.JWT} {
		token := tokenOf(sets, places)
		data := signed(b, token, format, signer)
		b.Run(fmt.Sprintf("%.0e/%s/write", float64(places), format), func(b *testing.B) {
			for b.Loop() {
				signed(b, token, format, signer)
			}
			b.ReportMetric(float64(len(data)), "bytes")
			b.ReportMetric(float64(len(data))/float64(len(ours)), "x-index-set")
		})
		b.Run(fmt.Sprintf("%.0e/%s/read", float64(places), format), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := reader.Read(data, issued); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkToken(b *testing.B) {
	compare(b, 1_000_000)
	compare(b, 10_000_000)
}

func BenchmarkTokenHundredMillion(b *testing.B) { compare(b, 100_000_000) }

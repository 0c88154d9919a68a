package jwks_test

import (
	"fmt"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
	"github.com/tongxing/tongxing/trustlist/jwks"
)

// BenchmarkVerify reads an export of ten thousand keys, half of them SM2, and for
// comparison parses their points alone.
func BenchmarkVerify(b *testing.B) {
	n := nation.New(b, "33", "46")
	var points [][]byte
	for code, algorithm := range map[string]sig.Algorithm{"33": sig.SM2, "46": sig.ES256} {
		set := n.Regions[code].KeySet
		for i := range 5000 - len(set.Keys) {
			key := set.Keys[0]
			key.Public = newSigner(algorithm, fmt.Sprintf("%s/%d", code, i)).PublicKey()
			points = append(points, key.Public.Uncompressed())
			set.Keys = append(set.Keys, key)
		}
	}
	data := export(b, n)
	b.Run("export", func(b *testing.B) {
		b.ReportAllocs()
		b.ReportMetric(float64(len(data)), "bytes")
		for b.Loop() {
			if _, _, err := jwks.Verify(data, n.Roots[0], jwks.Known{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("points", func(b *testing.B) {
		for b.Loop() {
			for _, point := range points {
				if _, err := sig.NewPublicKey(sig.SM2, point); err != nil {
					if _, err := sig.NewPublicKey(sig.ES256, point); err != nil {
						b.Fatal(err)
					}
				}
			}
		}
	})
}

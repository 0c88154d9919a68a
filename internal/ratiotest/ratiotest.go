// Package ratiotest compares two pieces of work in one benchmark, turn by turn, so
// that a machine whose speed drifts slows both alike.
//
//	func BenchmarkVerify(b *testing.B) {
//		ratiotest.Compare(b, verifyCode, verifySignature)
//	}
//
// prints the median of each in nanoseconds and the median of the ratios.
package ratiotest

import (
	"slices"
	"testing"
	"time"
)

// Compare runs ours and baseline in turn, once each for every iteration of b,
// and reports three metrics: "ours-ns" and "base-ns", the medians, and "x-base",
// the median of ours divided by baseline, pair by pair. The benchmark's own
// ns/op, which would be the sum of both, is left out.
func Compare(b *testing.B, ours, baseline func()) {
	b.Helper()
	var mine, base, ratios []float64
	for i := 0; b.Loop(); i++ {
		first, second := ours, baseline
		if i%2 == 1 { // neither always runs in the other's wake
			first, second = baseline, ours
		}
		begun := time.Now()
		first()
		between := time.Now()
		second()
		a, z := float64(between.Sub(begun)), float64(time.Since(between))
		if i%2 == 1 {
			a, z = z, a
		}
		mine, base, ratios = append(mine, a), append(base, z), append(ratios, a/z)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(mine), "ours-ns")
	b.ReportMetric(median(base), "base-ns")
	b.ReportMetric(median(ratios), "x-base")
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

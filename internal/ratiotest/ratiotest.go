// Package ratiotest compares two pieces of work in one benchmark, turn by turn, so
// that a machine whose speed drifts slows both alike.
//
//	func BenchmarkVerify(b *testing.B) {
//		ratiotest.Compare(b, verifyCode, verifySignature, 1.25)
//	}
//
// prints the median of each in nanoseconds and the median of the ratios, and
// fails when that is above the limit.
package ratiotest

import (
	"slices"
	"testing"
	"time"
)

// Compare runs ours and baseline in turn, once each for every iteration of b,
// and reports three metrics: "ours-ns" and "base-ns", the medians, and "x-base",
// the median of ours divided by baseline, pair by pair. The benchmark's own
// ns/op, which would be the sum of both, is left out. It fails b when the median
// ratio of at least minPairs pairs is above limit.
func Compare(b *testing.B, ours, baseline func(), limit float64) {
	b.Helper()
	var t turns
	for b.Loop() {
		t.take(ours, baseline)
	}
	t.report(b, limit, minPairs)
}

// CompareTurns is [Compare] for work that takes so long that a few turns are
// worth a failure: every iteration of b is a number of them.
func CompareTurns(b *testing.B, number int, ours, baseline func(), limit float64) {
	b.Helper()
	var t turns
	for b.Loop() {
		for range number {
			t.take(ours, baseline)
		}
	}
	t.report(b, limit, number)
}

// turns are what ours and baseline took, in nanoseconds, and the ratios.
type turns struct{ mine, base, ratios []float64 }

func (t *turns) take(ours, baseline func()) {
	swap := len(t.ratios)%2 == 1 // neither always runs in the other's wake
	first, second := ours, baseline
	if swap {
		first, second = baseline, ours
	}
	begun := time.Now()
	first()
	between := time.Now()
	second()
	a, z := float64(between.Sub(begun)), float64(time.Since(between))
	if swap {
		a, z = z, a
	}
	t.mine, t.base, t.ratios = append(t.mine, a), append(t.base, z), append(t.ratios, a/z)
}

func (t *turns) report(b *testing.B, limit float64, enough int) {
	b.Helper()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(t.mine), "ours-ns")
	b.ReportMetric(median(t.base), "base-ns")
	ratio := median(t.ratios)
	b.ReportMetric(ratio, "x-base")
	if len(t.ratios) >= enough && ratio > limit {
		b.Errorf("%.3f times the baseline, at most %.3f", ratio, limit)
	}
}

// minPairs is how many pairs make a median that is worth a failure.
const minPairs = 200

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

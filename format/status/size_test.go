package status

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// entropy is the bound in bytes of a uniform set of that share of the places.
func entropy(share float64) float64 { return entropyOf(places, share) }

func entropyOf(places, share float64) float64 {
	return -places / 8 * (share*math.Log2(share) + (1-share)*math.Log2(1-share))
}

// halfInRuns returns that share of the places, half of it in runs of the given
// length; 1 is a uniform set.
func halfInRuns(share float64, length int) []uint32 { return halfInRunsOf(places, share, length) }

func halfInRunsOf(places uint32, share float64, length int) []uint32 {
	r := rand.New(rand.NewPCG(1, uint64(length)))
	n := int(math.Round(share * float64(places)))
	members := make([]uint32, 0, n+n/8)
	for len(members) < n/2 {
		start := r.Uint32N(places - uint32(length))
		for i := range length {
			members = append(members, start+uint32(i))
		}
	}
	for {
		for len(members) < n {
			members = append(members, r.Uint32N(places))
		}
		slices.Sort(members)
		if members = slices.Compact(members); len(members) >= n {
			return members
		}
	}
}

// The figures of spec/status.md, section 1, which are those of this test.
func TestUniformSetsAreNearTheEntropyBoundAndClusteredOnesFarBelow(t *testing.T) {
	for _, c := range []struct {
		share  float64
		length int
		most   float64 // of the bound of a uniform set
	}{
		{0.0001, 1, 1.03}, {0.001, 1, 1.03}, {0.003, 1, 1.03}, {0.01, 1, 1.03}, {0.02, 1, 1.03},
		{0.001, 10, 0.75}, {0.001, 100, 0.66}, {0.001, 1000, 0.60},
		{0.01, 10, 0.79}, {0.01, 100, 0.71}, {0.01, 1000, 0.62},
	} {
		members := halfInRuns(c.share, c.length)
		data := mustEncode(t, members)
		ratio := float64(len(data)) / entropy(c.share)
		t.Logf("%v of the places in runs of %d: %d members, %d bytes, %.4f of the bound %.0f", c.share, c.length, len(members), len(data), ratio, entropy(c.share))
		if ratio > c.most {
			t.Errorf("%v of the places in runs of %d: %.4f of the bound, more than %v", c.share, c.length, ratio, c.most)
		}
	}
}

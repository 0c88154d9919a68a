package status

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
)

// An index answers as the bitmap that the field knows best.
func TestAnIndexAnswersAsARoaringBitmap(t *testing.T) {
	r := rand.New(rand.NewPCG(45, 1))
	sets := shapes()
	for i := range 50 {
		sets[string(rune('a'+i))] = randomSet(r, 5000)
	}
	for name, members := range sets {
		bitmap := roaring.BitmapOf(members...)
		x, err := NewIndex(members)
		if err != nil {
			t.Fatal(name, err)
		}
		if uint64(x.Len()) != bitmap.GetCardinality() || !slices.Equal(x.Members(), bitmap.ToArray()) {
			t.Errorf("%s: %d members, not %d", name, x.Len(), bitmap.GetCardinality())
		}
		for range 2000 {
			probe := r.Uint32() >> r.IntN(32)
			if len(members) > 0 && r.IntN(2) == 0 {
				probe = members[r.IntN(len(members))] + r.Uint32N(5) - 2
			}
			if x.Contains(probe) != bitmap.Contains(probe) {
				t.Fatalf("%s: %d is a member: %v", name, probe, x.Contains(probe))
			}
		}
	}
}

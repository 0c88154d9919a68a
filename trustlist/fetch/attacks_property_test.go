package fetch

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// What a device has in its store after any sequence of offers, each of them taken
// up or not by a program that begins anew, is never lower in anything than before.
// Of the same offers to a device that forgets nothing
// TestNoSequenceOfOffersLowersAnythingKnown has thousands.
// [TRUST-103] [TRUST-106] [TRUST-107] [TRUST-117]
func TestNoSequenceOfOffersLowersAnythingInAStore(t *testing.T) {
	const seeds, offers = 2, 80
	taken, refused := 0, 0
	for seed := range uint64(seeds) {
		h := nation.NewHistory(t, 100+seed, offers)
		path := filepath.Join(t.TempDir(), "trust.store")
		known, latest := nation.Known{}, int64(0)
		for step := range offers {
			s, err := OpenStore(path, StoreOptions{Anchor: h.Anchor()})
			if err != nil {
				t.Fatal(err)
			}
			s.disk = hastyDisk{}
			clock := h.Clock()
			change, err := s.Apply(h.Next(), Origin{}, clock)
			var about *StoreError
			switch {
			case errors.As(err, &about):
				t.Fatalf("seed %d, step %d: %v", seed, step, err)
			case err != nil:
				refused++
				continue
			}
			taken++
			c, err := decodeStore(file(t, s))
			if err != nil {
				t.Fatal(err)
			}
			after := nation.KnownOf(t, c.Memory)
			if fell := known.Fell(after); fell != "" || c.Known < latest {
				t.Fatalf("seed %d, step %d: %s, latest time %d after %d", seed, step, fell, c.Known, latest)
			}
			state, err := s.Current(h.Clock()) // the clock may show anything when it is switched on
			if err != nil {
				t.Fatal(err)
			}
			if fell := after.Fell(nation.KnownOf(t, state.Trust.Memory())); fell != "" {
				t.Fatalf("seed %d, step %d: by a restart: %s", seed, step, fell)
			}
			for _, d := range change.After.Inspect(clock).Documents {
				if h.Forged(d.Hash) {
					t.Fatalf("seed %d, step %d: forged: %+v", seed, step, d)
				}
			}
			known, latest = after, c.Known
		}
	}
	if taken < 25 || refused < 50 {
		t.Errorf("%d taken, %d refused: too little was tried", taken, refused)
	}
}

package trustlist_test

import (
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// Whatever is offered to a device, in whatever order, with whatever its clock
// shows, and however often it is started again: nothing that it knows ever falls,
// is forgotten or becomes another, nothing older than what it knows is in force,
// and nothing that nobody may have signed.
// [TRUST-103] [TRUST-107] [TRUST-117]
func TestNoSequenceOfOffersLowersAnythingKnown(t *testing.T) {
	const seeds, offers = 8, 375
	taken, refused, restarts := 0, 0, 0
	for seed := range uint64(seeds) {
		h := nation.NewHistory(t, seed, offers)
		var trust *trustlist.Trust
		known := nation.Known{}
		for step := range offers {
			clock := h.Clock()
			next, _, err := trustlist.Load(h.Next(), h.Anchor(), trustlist.LoadOptions{Clock: clock, Previous: trust})
			if err != nil {
				refused++
				continue
			}
			taken++
			if step%5 == 0 {
				restarts++
				next = switchedOn(t, next, h)
			}
			after := nation.KnownOf(t, next.Memory())
			if fell := known.Fell(after); fell != "" {
				t.Fatalf("seed %d, step %d: %s", seed, step, fell)
			}
			documents := next.Inspect(clock).Documents
			if stands := after.Standing(documents); stands != "" {
				t.Fatalf("seed %d, step %d: %s", seed, step, stands)
			}
			for _, d := range documents {
				if h.Forged(d.Hash) {
					t.Fatalf("seed %d, step %d: forged: %+v", seed, step, d)
				}
			}
			trust, known = next, after
		}
		if root := trust.RootVersion().Counter; root < 4 || trust.ListVersion().Epoch != 2 || trust.PolicyVersion().Epoch != 2 {
			t.Errorf("seed %d: root %d, list %s: the nation did not go on", seed, root, trust.ListVersion())
		}
	}
	if taken < 500 || refused < 500 || restarts < 100 {
		t.Errorf("%d taken, %d refused, %d restarts: too little was tried", taken, refused, restarts)
	}
	t.Logf("%d taken, %d refused, %d restarts", taken, refused, restarts)
}

// switchedOn is the trust of a device that was switched off and whose clock shows
// anything.
func switchedOn(t *testing.T, trust *trustlist.Trust, h *nation.History) *trustlist.Trust {
	t.Helper()
	stored, err := trust.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := trustlist.Load(stored, h.Anchor(), trustlist.LoadOptions{Clock: h.Clock(), Memory: trust.Memory()})
	if err != nil {
		t.Fatal(err)
	}
	return again
}

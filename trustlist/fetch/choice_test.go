package fetch

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// The choice of a device outlives its restarts: whoever applies the next bundle
// needs not say it again. A wider one takes what the source has.
// [TRUST-146]
func TestAStoreKeepsWhichStatusListsItCarries(t *testing.T) {
	n := nation.New(t, "33", "46")
	for code, r := range n.Regions {
		r.Lists = []*trustlist.StatusList{statusList(code, 1)}
	}
	path := filepath.Join(t.TempDir(), "trust.store")
	carry := func(bundle []byte, choice string, want ...string) *Change {
		t.Helper()
		o := StoreOptions{Anchor: n.Anchor()}
		if choice != "" {
			choice := chosen(t, choice)
			o.Status = &choice
		}
		s, err := OpenStore(path, o)
		if err != nil {
			t.Fatal(err)
		}
		change, err := s.Apply(bundle, Origin{From: "test"}, now)
		if err != nil || !change.Report.Clean() {
			t.Fatal(change, err)
		}
		state, err := s.Current(now)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, region := range state.Trust.Regions() {
			if region.Status(31<<8, 0).Covered {
				got = append(got, region.Code)
			}
		}
		if len(got) != len(want) || len(got) > 0 && got[0] != want[0] {
			t.Errorf("%q: carries %v (%s), want %v", choice, got, state.Status, want)
		}
		return change
	}
	whole := n.Bundle()
	carry(whole, "33", "33")
	if change := carry(whole, "", "33"); change.Changed {
		t.Error("the same bundle changes something")
	}
	n.Regions["46"].Lists = []*trustlist.StatusList{statusList("46", 2)}
	newer := n.Bundle()
	carry(newer, "", "33")
	if change := carry(newer, "46", "46"); !change.Changed {
		t.Error("nothing has changed")
	}
	without := n.Parts()
	bare := without.WithStatus(chosen(t, "none"))
	carry(encode(t, &bare), "", "46") // leaving out takes nothing away
	carry(newer, "all", "33", "46")
	carry(encode(t, &bare), "none")
}

// A bundle without status lists, one of a region alone with its lists, and then
// its last day alone, in whatever order a device gets them: it has everything.
// [TRUST-82] [TRUST-113]
func TestStatusListsOfARegionComeInABundleOfTheirOwn(t *testing.T) {
	n := day(t, 2)
	whole := n.Parts()
	base := whole.WithStatus(chosen(t, "none"))
	alone := func(change func(*trustlist.RegionParts)) []byte {
		parts := whole
		parts.Regions = slices.Clone(whole.Regions[:1])
		change(&parts.Regions[0])
		return encode(t, &parts)
	}
	lists := alone(func(r *trustlist.RegionParts) { r.Deltas = nil })
	days := alone(func(r *trustlist.RegionParts) { r.StatusLists = nil })
	for _, order := range [][][]byte{{encode(t, &base), lists, days}, {lists, encode(t, &base), days}, {lists, days, encode(t, &base)}} {
		s := newStore(t, n)
		for _, bundle := range order {
			if _, err := s.Apply(bundle, Origin{From: "test"}, now); err != nil {
				t.Fatal(err)
			}
		}
		state, err := s.Current(now)
		if err != nil {
			t.Fatal(err)
		}
		region, _ := state.Trust.Region("33")
		if got := region.Status(31<<8, 102); got.State != status.Suspended || got.Behind || len(region.StatusDeltas()) != 1 {
			t.Errorf("%+v, %d deltas", got, len(region.StatusDeltas()))
		}
		if other, _ := state.Trust.Region("46"); other.Available() != nil || other.Status(31<<8, 0).Covered {
			t.Error("region 46 is not there, or its lists are")
		}
	}
}

func chosen(t *testing.T, text string) trustlist.StatusChoice {
	t.Helper()
	choice, err := trustlist.ParseStatusChoice(text)
	if err != nil {
		t.Fatal(err)
	}
	return choice
}

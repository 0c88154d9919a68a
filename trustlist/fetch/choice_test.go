package fetch

import (
	"path/filepath"
	"testing"

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
			chosen, err := trustlist.ParseStatusChoice(choice)
			if err != nil {
				t.Fatal(err)
			}
			o.Status = &chosen
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
	bare := without.WithStatus(func() trustlist.StatusChoice { c, _ := trustlist.ParseStatusChoice("none"); return c }())
	carry(encode(t, &bare), "", "46") // leaving out takes nothing away
	carry(newer, "all", "33", "46")
	carry(encode(t, &bare), "none")
}

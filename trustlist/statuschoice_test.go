package trustlist_test

import (
	"errors"
	"testing"

	formatstatus "github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

func choose(t testing.TB, text string) trustlist.StatusChoice {
	t.Helper()
	choice, err := trustlist.ParseStatusChoice(text)
	if err != nil {
		t.Fatal(err)
	}
	return choice
}

func TestAChoiceOfRegionsIsReadAndWritten(t *testing.T) {
	for text, want := range map[string]string{"all": "all", "none": "none", "33": "33", "44,33": "33,44", "00": "00"} {
		if got := choose(t, text).String(); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"", "3", "333", "33,", ",33", "33 44", "33,33", "all,33", "none,33", "3x", "３３", "ALL"} {
		if choice, err := trustlist.ParseStatusChoice(text); !errors.Is(err, trustlist.ErrStatusChoice) {
			t.Errorf("%q: %v, %v", text, choice, err)
		}
	}
	if !choose(t, "all").Has("33") || choose(t, "none").Has("33") || choose(t, "44").Has("33") || !choose(t, "33,44").Has("44") {
		t.Error("another region is chosen")
	}
}

// A venue carries the lists of the regions that it chooses. What it lets go of
// does not come back in an older version.
// [TRUST-146]
func TestADeviceCarriesTheListsThatItChooses(t *testing.T) {
	build := func(counter uint32) *nation.Nation {
		n := withLists(t, status(august, counter, "a"))
		n.Regions["33"].Snapshot.Version.Counter = counter
		list := statusOf("41", august, counter)
		list.Version.Counter = counter
		n.Regions["41"].Lists = []*trustlist.StatusList{list}
		return n
	}
	old, n := build(4), build(5)
	covered := func(trust *trustlist.Trust, code string) bool {
		region, _ := trust.Region(code)
		return region.Status(august, 0).Covered
	}
	var trust *trustlist.Trust
	for _, step := range []struct {
		choice string
		bundle []byte
		a, b   bool
		clean  bool
	}{
		{"33", n.Bundle(), true, false, true},
		{"none", n.Bundle(), false, false, true},
		{"41", n.Bundle(), false, true, true},
		{"41", old.Bundle(), false, true, false},
		{"all", old.Bundle(), false, true, false}, // region 33 was known in a newer version
		{"all", n.Bundle(), true, true, true},
	} {
		next, report, err := trustlist.Load(step.bundle, n.Anchor(), trustlist.LoadOptions{Clock: now, Previous: trust, Status: choose(t, step.choice)})
		if err != nil || report.Clean() != step.clean {
			t.Fatal(step.choice, report, err)
		}
		trust = rebooted(t, next, n.Anchor(), now)
		if covered(trust, "33") != step.a || covered(trust, "41") != step.b {
			t.Errorf("%s: 33 %t, 41 %t", step.choice, covered(trust, "33"), covered(trust, "41"))
		}
	}
	parts := n.Parts()
	chosen := parts.WithStatus(choose(t, "41"))
	if len(chosen.Regions[0].StatusLists) != 0 || len(chosen.Regions[1].StatusLists) != 1 || len(parts.Regions[0].StatusLists) != 1 {
		t.Error("other lists are packed than were chosen")
	}
	ask(t, trust, august, 4, formatstatus.Revoked)
}

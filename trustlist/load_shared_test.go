package trustlist_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// copycat lets region 41 claim a signing key of region 33.
func copycat(t *testing.T) *nation.Nation {
	n := nation.New(t, "33", "41", "46")
	copied := n.Regions["33"].KeySet.Keys[0]
	n.Regions["41"].KeySet.Keys = append(n.Regions["41"].KeySet.Keys, copied)
	return n
}

func available(t *testing.T, trust *trustlist.Trust, code string) bool {
	t.Helper()
	region, ok := trust.Region(code)
	if !ok {
		t.Fatalf("region %s is not listed", code)
	}
	return region.Available() == nil
}

// [TRUST-114]
func TestAKeyInTwoRegionsIsTheirsWhoPublishedItFirst(t *testing.T) {
	tests := map[string]struct {
		issued33, issued41 int64
		has33, has41       bool
	}{
		"33 first":    {now - 10, now - 5, true, false},
		"41 first":    {now - 5, now - 10, false, true},
		"at one time": {now - 5, now - 5, false, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n := copycat(t)
			n.Regions["33"].KeySet.Issued, n.Regions["41"].KeySet.Issued = test.issued33, test.issued41
			trust, report, err := load(n, nil)
			if err != nil {
				t.Fatal(err)
			}
			if available(t, trust, "33") != test.has33 || available(t, trust, "41") != test.has41 || !available(t, trust, "46") {
				t.Errorf("33 %v, 41 %v", available(t, trust, "33"), available(t, trust, "41"))
			}
			for code, has := range map[string]bool{"33": test.has33, "41": test.has41} {
				if errors.Is(faultsOf(report, code), trustlist.ErrSharedKey) == has {
					t.Errorf("region %s: %v", code, faultsOf(report, code))
				}
			}
		})
	}
}

func TestAKeyThatIsKnownIsNotTakenOver(t *testing.T) {
	previous := nation.New(t, "33", "41", "46").Load()
	n := copycat(t)
	n.Regions["41"].KeySet.Version.Counter = 2
	n.Regions["41"].KeySet.Issued = now - 100*86400 // it says that it was first
	trust, report, err := load(n, previous)
	if err != nil {
		t.Fatal(err)
	}
	if !available(t, trust, "33") || faultsOf(report, "33") != nil {
		t.Errorf("region 33: %v", faultsOf(report, "33"))
	}
	region, _ := trust.Region("41")
	if region.KeySetVersion.Counter != 1 || !errors.Is(faultsOf(report, "41"), trustlist.ErrSharedKey) {
		t.Errorf("region 41 has key set %s: %v", region.KeySetVersion, faultsOf(report, "41"))
	}
}

// A region that shares keys with two others is told the lower of them, not the
// one that a map happens to give last.
func TestTheFaultOfSharedKeysIsAlwaysTheSame(t *testing.T) {
	n := nation.New(t, "33", "41", "46")
	r := n.Regions["46"]
	r.KeySet.Issued += 10
	for _, code := range []string{"41", "33"} {
		r.KeySet.Keys = append(r.KeySet.Keys, n.Regions[code].KeySet.Keys[0])
	}
	bundle, anchor := n.Bundle(), n.Anchor()
	for range 20 {
		_, report, err := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: now})
		if err != nil {
			t.Fatal(err)
		}
		if fault := faultsOf(report, "46"); fault == nil || !strings.HasSuffix(fault.Error(), "46 has a key of region 33") {
			t.Fatalf("%v", fault)
		}
	}
}

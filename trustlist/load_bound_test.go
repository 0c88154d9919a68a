package trustlist_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	formatstatus "github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

const megabyte = 1 << 20

// statusOf is a status list of a region in which so many are revoked.
func statusOf(code string, number, revoked uint32) *trustlist.StatusList {
	l := status(number, revoked, "")
	l.RegionalHead = regionalHead(code)
	return l
}

// heavy gives a region count lists from first on of 64 KiB each, most of which
// are signatures of an algorithm of tomorrow.
func heavy(n *nation.Nation, code string, first uint32, count int) {
	r := n.Regions[code]
	for i := range count {
		list := statusOf(code, first+uint32(i), 1)
		n.Replacements[fmt.Sprintf("%s/status/%d", code, len(r.Lists))] = padded(n, n.Sign(list, r.Signers[1]))
		r.Lists = append(r.Lists, list)
	}
}

// heavyLists is how many of them are about 14 MiB.
const heavyLists = 14 * megabyte / 65900

// partsOf is what a device would store of a region.
func partsOf(t *testing.T, trust *trustlist.Trust, code string) trustlist.RegionParts {
	t.Helper()
	stored, err := trust.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	parts, err := trustlist.ParseBundle(stored)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(parts.Regions, func(r trustlist.RegionParts) bool { return r.Code == code })
	if i < 0 {
		t.Fatalf("region %s is not stored", code)
	}
	return parts.Regions[i]
}

func sizeOf(all [][]byte) int {
	size := 0
	for _, b := range all {
		size += len(b)
	}
	return size
}

// [TRUST-116]
func TestAStolenStatusKeyKeepsNoDeviceFromStoringItsTrust(t *testing.T) {
	n := nation.New(t, "42", "46")
	n.Regions["42"].Lists = []*trustlist.StatusList{statusOf("42", august, 1)}
	trust, refused := n.Load(), false
	for i := range uint32(5) {
		n.Regions["42"].Lists = nil
		n.Regions["46"].Lists = nil
		heavy(n, "46", august+i*heavyLists, heavyLists)
		next, report, err := load(n, trust)
		if err != nil || faultsOf(report, "42") != nil {
			t.Fatal(report, err)
		}
		fault := faultsOf(report, "46")
		if fault != nil && !errors.Is(fault, trustlist.ErrTooLarge) {
			t.Fatal(fault)
		}
		refused = refused || fault != nil
		trust = next
		held := partsOf(t, trust, "46").StatusLists
		if size := sizeOf(held); size > 32*megabyte {
			t.Fatalf("load %d: %d bytes are held", i, size)
		}
		if region, _ := trust.Region("46"); len(region.StatusLists()) != len(held) {
			t.Fatalf("%d lists in force, %d held", len(region.StatusLists()), len(held))
		}
	}
	// The lists of the next months are those that stay.
	region, _ := trust.Region("46")
	lists := region.StatusLists()
	if !refused || lists[0] != august || lists[len(lists)-1] != august+uint32(len(lists))-1 || len(lists) < 2*heavyLists {
		t.Errorf("lists %v, told %t", lists, refused)
	}
	again := restarted(t, trust, n.Anchor())
	if region, _ := again.Region("42"); len(region.StatusLists()) != 1 {
		t.Error("the other region has lost its list")
	}
}

// [TRUST-116]
func TestTheLargestRegionsLoseListsFirst(t *testing.T) {
	codes := []string{"42", "44", "46"}
	n := nation.New(t, "36", "42", "44", "46")
	n.Regions["36"].Lists = []*trustlist.StatusList{statusOf("36", august, 1)}
	trust := n.Load()
	n.Regions["36"].Lists = nil
	var last *trustlist.Report
	for _, code := range codes {
		heavy(n, code, august, 2*heavyLists)
		next, report, err := load(n, trust)
		if err != nil {
			t.Fatal(err)
		}
		trust, last = next, report
		n.Regions[code].Lists = nil
	}
	if len(last.Faults) == 0 || !errors.Is(last.Faults[0], trustlist.ErrTooLarge) {
		t.Errorf("%+v", last)
	}
	again := restarted(t, trust, n.Anchor())
	if region, _ := again.Region("36"); len(region.StatusLists()) != 1 {
		t.Error("a small region has lost its list")
	}
	for _, code := range codes {
		if region, _ := again.Region(code); region.Available() != nil || len(region.StatusLists()) < heavyLists {
			t.Errorf("region %s has lists %v", code, region.StatusLists())
		}
	}
}

// [TRUST-116]
func TestDeltasCountAsWhatTheyFollow(t *testing.T) {
	n := nation.New(t, "46")
	r := n.Regions["46"]
	heavy(n, "46", august, 2*heavyLists+20)
	held, lists := len(r.Lists), r.Lists
	for i := range uint32(64) {
		var d *trustlist.StatusDelta
		head := regionalHead("46")
		head.Version.Counter += i
		d, lists = nation.Day(t, head, lists, map[uint32]formatstatus.Change{august: nation.Revoke(1000 + i)})
		n.Replacements[fmt.Sprintf("46/delta/%d", i)] = padded(n, n.Sign(d, r.Signers[1]))
		r.Deltas = append(r.Deltas, d)
	}
	hash := trustlist.StatusHash(lists)
	r.Snapshot.Status = &hash
	trust, report, err := load(n, nil)
	if err != nil || !errors.Is(faultsOf(report, "46"), trustlist.ErrTooLarge) {
		t.Fatal(report, err)
	}
	region, _ := trust.Region("46")
	if len(region.StatusLists()) != held || len(region.StatusDeltas()) != 0 || !region.StatusBehind() {
		t.Errorf("lists %v, %d deltas, behind %t", region.StatusLists(), len(region.StatusDeltas()), region.StatusBehind())
	}
	restarted(t, trust, n.Anchor())
}

// A credential of today expires in 13 months at the latest.
// [TRUST-85]
func TestAListOfAMonthThatIsTooFarAwayIsRefused(t *testing.T) {
	last, first := uint32(august+13<<8+255), uint32(august+14<<8)
	n := withLists(t, status(august, 1, "a"), status(last, 1, "b"), status(first, 1, "c"), status(1<<20-1, 1, "d"))
	n.Regions["33"].Snapshot.Status = nil
	trust, report, err := load(n, nil)
	if err != nil || len(report.Faults) != 2 || !errors.Is(report.Faults[0], trustlist.ErrListAhead) || !errors.Is(report.Faults[1], trustlist.ErrListAhead) {
		t.Fatal(report, err)
	}
	if got := region33(t, trust).StatusLists(); !slices.Equal(got, []uint32{august, last}) {
		t.Errorf("lists %v", got)
	}
	const september = 1661961600 // 2022-09-01 00:00 at UTC+8
	for clock, want := range map[int64]int{september - 1: 2, september: 2} {
		// August has gone at the time at which the list of 14 months later comes.
		trust, _, err := trustlist.Load(n.Bundle(), n.Anchor(), trustlist.LoadOptions{Clock: clock, Previous: trust})
		if err != nil || len(region33(t, trust).StatusLists()) != want {
			t.Errorf("at %d: %v, %v", clock, region33(t, trust).StatusLists(), err)
		}
		// What has been taken is not refused when the clock falls back.
		trust, _, err = trustlist.Load(n.Bundle(), n.Anchor(), trustlist.LoadOptions{Previous: trust})
		if _, ok := region33(t, trust).StatusList(first); err != nil || ok != (clock == september) {
			t.Errorf("after %d: %v, %v", clock, region33(t, trust).StatusLists(), err)
		}
	}
}

// [TRUST-83]
func TestListsOfEndedMonthsAreNotHeldForARegionThatIsUnavailable(t *testing.T) {
	known := withLists(t, status(august, 1, "a"), status(august+256, 1, "b"))
	known.Regions["33"].Snapshot.Status = nil
	previous := known.Load()
	n := nation.New(t, "33", "41")
	n.List.Version.Counter = 2
	n.List.Regions[0].Threshold = 3 // two have signed
	delete(n.Regions, "33")
	const september = 1661961600
	for clock, want := range map[int64]int{september - 1: 2, september: 1} {
		trust, _, err := trustlist.Load(n.Bundle(), n.Anchor(), trustlist.LoadOptions{Clock: clock, Previous: previous})
		if err != nil {
			t.Fatal(err)
		}
		if region, _ := trust.Region("33"); region.Available() == nil {
			t.Fatal("region 33 is available")
		}
		if got := len(partsOf(t, trust, "33").StatusLists); got != want {
			t.Errorf("at %d: %d lists are held, want %d", clock, got, want)
		}
	}
}

// What a thief has signed takes no room once the key is known as stolen, and
// does not come back as an older version.
// [TRUST-116]
func TestListsThatNoLongerHoldAreNotHeld(t *testing.T) {
	previous := withLists(t, status(august, 9, "by the thief")).Load()
	n := withLists(t)
	r := n.Regions["33"]
	r.KeySet.Version.Counter, r.Snapshot = 2, nil
	r.KeySet.Keys[1].State, r.KeySet.Keys[1].Since = trustlist.Compromised, now
	trust, report, err := load(n, previous)
	if err != nil || !errors.Is(faultsOf(report, "33"), trustlist.ErrNoSigner) {
		t.Fatal(report, err)
	}
	if held := partsOf(t, trust, "33").StatusLists; len(held) != 0 {
		t.Errorf("%d lists are held", len(held))
	}
	if _, report, err = load(n, trust); err != nil || !report.Clean() {
		t.Errorf("it is told again: %+v, %v", report, err)
	}
}

// [TRUST-116]
func TestNoStatusIsHeldOfARegionThatIsNoLongerListed(t *testing.T) {
	previous := withLists(t, status(august, 5, "a")).Load()
	n := nation.New(t, "33", "41")
	n.List.Version.Counter = 2
	n.List.Regions = n.List.Regions[1:]
	trust, _, err := load(n, previous)
	if err != nil {
		t.Fatal(err)
	}
	n = withLists(t, status(august, 4, "older"))
	n.List.Version.Counter = 3
	trust, report, err := load(n, trust)
	if err != nil || !errors.Is(faultsOf(report, "33"), trustlist.ErrRollback) {
		t.Fatal(report, err)
	}
	if held := partsOf(t, trust, "33").StatusLists; len(held) != 0 {
		t.Errorf("%d lists are held", len(held))
	}
}

package fetch

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

const (
	hours  = 3600
	days   = 24 * hours
	in2099 = 4070908800
)

// wrongClocks are what a device's clock may show on the day that is now.
var wrongClocks = map[string]int64{
	"2 days behind": now - 2*days, "30 days ahead": now + 30*days, "1970": 3600, "no clock": 0, "2099": in2099,
}

// Whatever the clock shows, an import takes the documents of the nation and keeps
// every region available; and once the clock is put right, the device has without
// any import what a device has whose clock was never wrong.
// [TRUST-83] [TRUST-107] [TRUST-144]
func TestAWrongClockThatIsPutRightHasCostNothing(t *testing.T) {
	third := day(t, 3)
	right := onDay2(t)
	right.takes(third.Bundle())
	want := right.inForce()
	for name, clock := range wrongClocks {
		for past, begin := range map[string]func() *device{
			"new device":      func() *device { return newDevice(t, third) },
			"device of day 2": func() *device { return onDay2(t) },
		} {
			t.Run(name+", "+past, func(t *testing.T) {
				d := begin()
				d.t, d.clock = t, clock
				change := d.takes(third.Bundle())
				if trust := change.After; trust.RootVersion().Counter != 3 || trust.ListVersion().Counter != 3 || trust.PolicyVersion().Counter != 3 ||
					trust.Floor() != third.List.Issued {
					t.Errorf("root %s, list %s, policy %s, floor %d", trust.RootVersion(), trust.ListVersion(), trust.PolicyVersion(), trust.Floor())
				}
				for _, region := range d.trust().Regions() {
					if region.Available() != nil || len(region.Keys()) != 2 {
						t.Errorf("region %s: %v, %d keys", region.Code, region.Available(), len(region.Keys()))
					}
				}
				d.clock = now
				d.requireInForce(want)
				d.refuses(day(t, 2).Bundle(), trustlist.KindRoot, trustlist.ErrRollback)
				p := place{trustlist.KindStatusList, "33"}
				old := day(t, 2).Parts()
				d.refusesOf(p.with(third, *p.at(&old)), "33", p.kind, trustlist.ErrRollback, nil)
				if state := current(t, d.store); state.Known > third.List.Issued+maxAhead || state.Known < third.List.Issued {
					t.Errorf("remembers %d", state.Known)
				}
			})
		}
	}
}

// A clock that is behind holds new regional documents aside, which is told; the
// older ones work on, and the next document of the nation brings the time.
// [TRUST-111] [TRUST-112]
func TestAClockTwoDaysBehindHoldsTheNewAsideAndKeepsTheOld(t *testing.T) {
	d := newDevice(t, day(t, 1))
	d.clock = now - 2*days
	first := day(t, 1)
	for _, r := range first.Regions { // of three days ago
		for _, h := range []*trustlist.Head{&r.Snapshot.Head, &r.Lists[0].Head, &r.Lists[1].Head, &r.Deltas[0].Head} {
			h.Issued = now - 3*days
		}
		r.Deltas[0].Base = trustlist.StatusHash(r.Lists)
	}
	if change := d.takes(first.Bundle()); !change.Report.Clean() {
		t.Fatalf("%+v", change.Report)
	}
	before := d.inForce()
	second := day(t, 2)
	second.Roots, second.List, second.Policy = first.Roots, first.List, first.Policy
	for _, r := range second.Regions {
		r.KeySet.Issued = now - hours
		r.Overlay.Issued = now - hours
		r.Snapshot.Overlay.Hash = hashOf(second, r.Overlay)
	}
	change := d.takes(second.Bundle())
	if len(change.Report.Faults) != 0 || len(change.Report.HeldAside) == 0 || !slices.Equal(change.Report.Kept, []string{"33", "46"}) {
		t.Fatalf("%+v", change.Report)
	}
	for _, held := range change.Report.HeldAside {
		if held.Issued <= d.clock+days {
			t.Errorf("held aside: %+v", held)
		}
	}
	d.requireInForce(before)
	// A list of today has the time with it.
	second.List = day(t, 2).List
	second.List.Issued = now
	if change := d.takes(second.Bundle()); !change.Report.Clean() {
		t.Fatalf("%+v", change.Report)
	}
	if region, _ := d.trust().Region("33"); region.KeySetVersion.Counter != 2 || region.Overlay().Version.Counter != 2 {
		t.Error("what was held aside is not in force")
	}
}

// A clock that is ahead makes everything look old, and says so step by step; lists
// that are over by it stay while deltas stand on them, and nothing is lost.
// [TRUST-51] [TRUST-83]
func TestAClockThirtyDaysAheadIsToldAsAge(t *testing.T) {
	d := onDay2(t)
	d.clock = now + 30*days
	trust := d.trust()
	i := trust.Inspect(d.clock)
	if i.Freshness != trustlist.TooOldForShortLived || len(i.Lacks) != 0 {
		t.Errorf("%s, lacks %+v", i.Freshness, i.Lacks)
	}
	overdue := 0
	for _, s := range i.Documents {
		if s.Overdue {
			overdue++
		}
	}
	if region, _ := trust.Region("33"); len(region.StatusLists()) != 2 || len(region.StatusDeltas()) != 1 {
		t.Errorf("lists %v, %d deltas", region.StatusLists(), len(region.StatusDeltas()))
	}
	if overdue == 0 {
		t.Error("nothing is told as overdue")
	}
}

// A document that only a region has signed, dated 2099, moves no time and is no
// version that a later one would have to exceed: an online key has no say about a
// day that is not its own, and up to its last day as little as the authority.
// [TRUST-70] [TRUST-107] [TRUST-111]
func TestADateIn2099OfARegionMovesNothing(t *testing.T) {
	for _, p := range places[3:] {
		t.Run(p.kind.String(), func(t *testing.T) {
			byAuthority := p.kind == trustlist.KindKeySet || p.kind == trustlist.KindOverlay
			future(t, p, in2099, byAuthority)
			if !byAuthority {
				future(t, p, trustlist.Day(1300)-1, true)
			}
		})
	}
}

func future(t *testing.T, p place, issued int64, heldAside bool) {
	n := day(t, 2)
	n.Parts() // names the key set in the snapshot
	r := n.Regions["33"]
	head := map[trustlist.Kind]*trustlist.Head{
		trustlist.KindKeySet: &r.KeySet.Head, trustlist.KindOverlay: &r.Overlay.Head, trustlist.KindSnapshot: &r.Snapshot.Head,
		trustlist.KindStatusList: &r.Lists[0].Head, trustlist.KindStatusDelta: &r.Deltas[0].Head,
	}[p.kind]
	head.Version.Counter, head.Issued, head.Due = 1<<32-1, issued, issued+1
	d := onDay2(t)
	before, floor := d.inForce(), d.trust().Floor()
	report := d.takes(p.with(day(t, 2), n.Document(p.document(n), p.signers(n)...))).Report
	held := []trustlist.HeldAside{{Region: "33", Kind: p.kind, Issued: issued}}
	if heldAside && (len(report.Faults) != 0 || !slices.Equal(report.HeldAside, held)) ||
		!heldAside && !errors.Is(faultOf(report, "33", p.kind), trustlist.ErrNoSigner) {
		t.Errorf("%+v", report)
	}
	d.requireInForce(before)
	if state := current(t, d.store); state.Trust.Floor() != floor || state.Known > now {
		t.Errorf("floor %d, known %d", state.Trust.Floor(), state.Known)
	}
	if change := d.takes(day(t, 3).Bundle()); !change.Report.Clean() {
		t.Errorf("what is issued later is not taken: %+v", change.Report)
	}
}

// A date in 2099 in a document of the nation by fewer than may sign it moves
// nothing either.
// [TRUST-32] [TRUST-107] [TRUST-143]
func TestADateIn2099OfTheNationNeedsTheThreshold(t *testing.T) {
	for _, p := range places[:3] {
		n := p.third(t)
		switch document := p.document(n).(type) {
		case *trustlist.Root:
			document.Issued = in2099
		case *trustlist.List:
			document.Issued = in2099
		case *trustlist.Policy:
			document.Issued = in2099
		}
		d := onDay2(t)
		for i := range 4 {
			d.refuses(p.offered(n, slices.Delete(slices.Clone(n.RootSigners), i, i+1)...), p.kind, trustlist.ErrThreshold)
		}
		if state := current(t, d.store); state.Trust.Floor() > now || state.Known > now {
			t.Errorf("%s: floor %d", p.kind, state.Trust.Floor())
		}
	}
}

// Who gives a device the same bundle for ever can keep it from the new, and not
// from knowing: it goes down the ladder, and a web source that has nothing newer
// although something is due is an error. What comes at last is taken.
// [TRUST-51] [TRUST-142]
func TestAFrozenDeviceKnowsThatItIs(t *testing.T) {
	n := day(t, 2)
	n.List.Due = now + 1*days
	frozen := n.Bundle()
	d := newDevice(t, n)
	web := newSite(t)
	web.files["/b"] = frozen
	source := source(t, web.URL+"/b", HTTPOptions{})
	ladder := map[int64]trustlist.Freshness{ // the list is five days old
		0: trustlist.Stale, 2: trustlist.Stale, 3: trustlist.TooOldForShortLived, 95: trustlist.TooOldForShortLived, 96: trustlist.TooOld, 300: trustlist.TooOld,
	}
	for _, after := range slices.Sorted(maps.Keys(ladder)) {
		d.clock = now + after*days
		d.takes(frozen)
		web.answer = nil
		if after > 0 {
			web.answer = func(w http.ResponseWriter, r *http.Request, content []byte) bool { return stuckProxy(w, r, content) }
		}
		_, err := source.Import(context.Background(), d.store, d.clock)
		if errors.Is(err, ErrNothingNewer) != (after > 0) || after == 0 && err != nil {
			t.Errorf("after %d days: %v", after, err)
		}
		if i := d.trust().Inspect(d.clock); i.Freshness != ladder[after] {
			t.Errorf("after %d days: %s at an age of %d s", after, i.Freshness, i.Age)
		}
	}
	d.clock = now + 300*days
	thawed := day(t, 3)
	thawed.List.Issued, thawed.List.Due = d.clock-hours, d.clock+days
	d.takes(thawed.Bundle())
	if i := d.trust().Inspect(d.clock); i.Freshness != trustlist.Fresh {
		t.Errorf("at last: %s", i.Freshness)
	}
}

// Who holds back the documents of one region alone leaves it what it has, which
// is told as overdue, and the others what is new.
// [TRUST-142]
func TestAFrozenRegionIsToldAndTheOthersGoOn(t *testing.T) {
	first, second := day(t, 1), day(t, 2)
	d := newDevice(t, first, first.Bundle())
	d.clock = now + 3*days
	for _, h := range []*trustlist.Head{&second.Regions["46"].Snapshot.Head, &second.Regions["46"].KeySet.Head} {
		h.Due = d.clock + days
	}
	parts, old := second.Parts(), first.Parts()
	parts.Regions[0] = old.Regions[0]
	if change := d.takes(encode(t, &parts)); !change.Report.Clean() {
		t.Fatalf("%+v", change.Report)
	}
	for _, s := range d.trust().Inspect(d.clock).Documents {
		if s.Kind == trustlist.KindSnapshot && (s.Overdue != (s.Region == "33") || int(s.Version.Counter) != map[string]int{"33": 1, "46": 2}[s.Region]) {
			t.Errorf("%+v", s)
		}
	}
}

// A root that was due to be followed stays in force, is told, and ages trust; an
// overdue root in the middle of a chain is followed.
// [TRUST-142]
func TestAnExpiredRootIsToldAgesTrustAndIsFollowed(t *testing.T) {
	due := func(n *nation.Nation) {
		for _, root := range n.Roots[:2] {
			root.Due = now - 9*days
		}
	}
	n := day(t, 2)
	due(n)
	n.List.Issued = now - hours
	d := newDevice(t, n, n.Bundle())
	i := d.trust().Inspect(now)
	if root := i.Documents[0]; root.Kind != trustlist.KindRoot || !root.Overdue || i.AgesFrom != now-9*days || i.Freshness != trustlist.TooOldForShortLived {
		t.Errorf("%+v, ages from %d: %s", root, i.AgesFrom, i.Freshness)
	}
	for _, region := range d.trust().Regions() {
		if region.Available() != nil {
			t.Error(region.Available())
		}
	}
	next := day(t, 3)
	due(next)
	next.List.Issued = now - hours
	for _, d := range []*device{d, newDevice(t, n)} {
		d.takes(next.Bundle())
		if i := d.trust().Inspect(now); i.Documents[0].Overdue || i.Documents[0].Version.Counter != 3 || i.Freshness != trustlist.Fresh {
			t.Errorf("%+v: %s", i.Documents[0], i.Freshness)
		}
	}
}

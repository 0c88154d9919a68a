package fetch

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// thiefOf makes the first region's documents those of somebody who has stolen its
// authority's keys: the region's keys are compromised, one of the thief's is there
// in their place, and no version can be above.
func thiefOf(n *nation.Nation) *sigtest.Signer {
	r, own := n.Regions["33"], sigtest.New(sig.SM2, "thief")
	for i := range r.KeySet.Keys {
		r.KeySet.Keys[i].State, r.KeySet.Keys[i].Since = trustlist.Compromised, now
	}
	r.KeySet.Keys = append(r.KeySet.Keys, trustlist.Key{Public: own.PublicKey(), SignFrom: trustlist.Day(900), SignUntil: trustlist.Day(1300), Usage: trustlist.UsageKnown})
	r.KeySet.Version.Counter, r.Overlay.Version.Counter, r.Snapshot.Version.Counter = 1<<32-1, 1<<32-1, 1<<32-1
	r.Lists[0].Version.Counter, r.Deltas = 1<<32-1, nil
	r.Snapshot.Overlay = &trustlist.PartRef{Version: r.Overlay.Version, Hash: hashOf(n, r.Overlay)}
	r.Snapshot.Status, r.Lists = nil, r.Lists[:1]
	r.Signers[1] = own
	return own
}

// recovered is the nation of the third day, whose list gives the first region new
// authority keys and a new epoch.
func recovered(t testing.TB) *nation.Nation {
	n := day(t, 3)
	r, entry := n.Regions["33"], &n.List.Regions[0]
	entry.Epoch, entry.Keys, r.Authority = 2, nil, nil
	for i := range 3 {
		signer := sigtest.New(sig.SM2, fmt.Sprintf("new authority %d", i))
		r.Authority = append(r.Authority, signer)
		entry.Keys = append(entry.Keys, trustlist.NewKeyRef(signer.PublicKey()))
	}
	for _, h := range []*trustlist.Head{&r.KeySet.Head, &r.Overlay.Head, &r.Snapshot.Head, &r.Lists[0].Head, &r.Lists[1].Head, &r.Deltas[0].Head} {
		h.Version = trustlist.NewVersion(2, 1)
	}
	r.Snapshot.Overlay = &trustlist.PartRef{Version: r.Overlay.Version, Hash: hashOf(n, r.Overlay)}
	return n
}

func holds(t testing.TB, trust *trustlist.Trust, signer sig.Signer) bool {
	t.Helper()
	region, _ := trust.Region("33")
	key, ok := region.Key(signer.PublicKey().KeyID())
	return ok && key.State == trustlist.Active
}

// Who has stolen the keys of an authority speaks for that region, and for no
// other, until the national list names others: from then on nothing that the
// thief has signed counts, on devices that had believed it, on those that had
// not, and on new ones, whichever of the documents comes first.
// [TRUST-42] [TRUST-110] [TRUST-119]
func TestTheNationalListTakesARegionBackFromAThief(t *testing.T) {
	stolen := day(t, 2)
	own := thiefOf(stolen)
	after := recovered(t)
	devices := map[string]*device{"new": newDevice(t, stolen), "not reached by the thief": onDay2(t), "deceived": newDevice(t, stolen, day(t, 1).Bundle())}
	d := devices["deceived"]
	if d.takes(stolen.Bundle()); !holds(t, d.trust(), own) || holds(t, d.trust(), after.Regions["33"].Signers[0]) {
		t.Fatal("the thief has stolen nothing")
	}
	for name, d := range devices {
		t.Run(name, func(t *testing.T) {
			d.t = t
			parts := after.Parts()
			parts.Regions = nil // the list comes first, by itself
			report := d.takes(encode(t, &parts)).Report
			region, _ := d.trust().Region("33")
			if region.Available() == nil || holds(t, d.trust(), own) || faultOf(report, "46", trustlist.KindKeySet) != nil != (name == "new") {
				t.Errorf("after the list: %v, %+v", region.Available(), report)
			}
			if change := d.takes(after.Bundle()); !change.Report.Clean() {
				t.Fatalf("%+v", change.Report)
			}
			want := newDevice(t, after, after.Bundle()).inForce()
			d.requireInForce(want)
			// The thief goes on, with old keys and versions as high as there are.
			for _, epoch := range []uint32{1, 2} {
				again := day(t, 2)
				thiefOf(again)
				for _, h := range []*trustlist.Head{&again.Regions["33"].KeySet.Head, &again.Regions["33"].Snapshot.Head, &again.Regions["33"].Lists[0].Head, &again.Regions["33"].Overlay.Head} {
					h.Version.Epoch = epoch
				}
				again.Roots, again.List, again.Policy = after.Roots, after.List, after.Policy
				delete(again.Regions, "46")
				d.refusesOf(again.Bundle(), "33", trustlist.KindKeySet, trustlist.ErrThreshold, want)
			}
			if !holds(t, d.trust(), after.Regions["33"].Signers[0]) || holds(t, d.trust(), own) {
				t.Error("the region has not its own keys")
			}
		})
	}
}

// The same keys go on where they were used by somebody and are safe again: a new
// epoch alone overcomes a counter of 2^32-1, and the old epoch is over.
// [TRUST-42]
func TestAnAuthorityWhoseCounterWasUsedUpGoesOnInANewEpoch(t *testing.T) {
	stolen := day(t, 2)
	thiefOf(stolen)
	d := newDevice(t, stolen, day(t, 1).Bundle())
	d.takes(stolen.Bundle())
	stuck := day(t, 3)
	if err := faultOf(d.takes(stuck.Bundle()).Report, "33", trustlist.KindKeySet); !errors.Is(err, trustlist.ErrRollback) {
		t.Fatalf("the region is not stuck: %v", err)
	}
	n := recovered(t)
	same := day(t, 4)
	n.Roots, n.List.Version, n.Policy = same.Roots, same.List.Version, same.Policy
	n.List.Regions[0].Keys, n.Regions["33"].Authority = same.List.Regions[0].Keys, same.Regions["33"].Authority
	if change := d.takes(n.Bundle()); !change.Report.Clean() {
		t.Fatalf("%+v", change.Report)
	}
	d.requireInForce(newDevice(t, n, n.Bundle()).inForce())
	stolen.Roots, stolen.List, stolen.Policy = n.Roots, n.List, n.Policy
	delete(stolen.Regions, "46")
	d.refusesOf(stolen.Bundle(), "33", trustlist.KindKeySet, trustlist.ErrEpoch, nil)
}

// One key of an authority is less than its threshold: who has stolen it has
// nothing.
// [TRUST-110]
func TestOneStolenKeyOfAnAuthorityIsNothing(t *testing.T) {
	for i := range 3 {
		stolen, d := day(t, 2), onDay2(t)
		thiefOf(stolen)
		thief := stolen.Regions["33"].Authority[i]
		stolen.Replacements["33/keyset"] = stolen.Document(stolen.Regions["33"].KeySet, thief)
		stolen.Replacements["33/overlay"] = stolen.Document(stolen.Regions["33"].Overlay, thief)
		d.refusesOf(stolen.Bundle(), "33", trustlist.KindKeySet, trustlist.ErrThreshold, nil)
	}
}

// A stolen signing key is compromised by the region's next key set, or by the
// national list when the region is slow. It is so whatever it signs and whatever
// date that bears, and no later key set and no older one makes it good again.
// [TRUST-43] [TRUST-66]
func TestAStolenSigningKeyIsCompromisedForGood(t *testing.T) {
	for name, announce := range map[string]func(n *nation.Nation, kid [4]byte){
		"by the region": func(n *nation.Nation, _ [4]byte) {
			key := &n.Regions["33"].KeySet.Keys[0]
			key.State, key.Since = trustlist.Compromised, now
		},
		"by the list": func(n *nation.Nation, kid [4]byte) {
			n.List.WithdrawnKeys = []trustlist.KeyWithdrawal{{Region: "33", KeyID: kid, State: trustlist.Compromised, From: now}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			n, d := day(t, 3), onDay2(t)
			kid := n.Regions["33"].Signers[0].PublicKey().KeyID()
			announce(n, kid)
			if change := d.takes(n.Bundle()); !change.Report.Clean() {
				t.Fatalf("%+v", change.Report)
			}
			state := func() trustlist.KeyState {
				region, _ := d.trust().Region("33")
				key, ok := region.Key(kid)
				if !ok {
					t.Fatal("the key is gone")
				}
				return key.State
			}
			other, _ := d.trust().Region("33")
			if second, _ := other.Key(n.Regions["33"].Signers[1].PublicKey().KeyID()); state() != trustlist.Compromised || second.State != trustlist.Active {
				t.Error("the key is not compromised, or another is too")
			}
			old := day(t, 2).Parts()
			p := places[3]
			d.refusesOf(p.with(n, *p.at(&old)), "33", p.kind, trustlist.ErrRollback, nil)
			later := day(t, 4) // names it active
			later.List.WithdrawnKeys = n.List.WithdrawnKeys
			d.takes(later.Bundle())
			if state() != trustlist.Compromised {
				t.Error("a later key set makes it good again")
			}
		})
	}
}

// The thief of a key for credentials signs no key set, no overlay, no snapshot and
// no status list with it; the thief of an online key signs snapshots and status
// lists until it is compromised, and what it has signed by then is not used.
// [TRUST-70] [TRUST-82]
func TestAStolenKeySignsNothingButItsOwnKind(t *testing.T) {
	for _, p := range places {
		n := p.third(t)
		bundle := p.offered(n, n.Regions["33"].Signers[0])
		p.attack(onDay2(t), bundle, p.tooFew())
		if p.kind == trustlist.KindSnapshot || p.kind == trustlist.KindStatusList || p.kind == trustlist.KindStatusDelta {
			continue
		}
		p.attack(onDay2(t), p.offered(n, n.Regions["33"].Signers[1]), p.tooFew())
	}
}

// Who has stolen the online key can put the region's status as high as versions
// go, and name a key set that does not exist; the authority's next key set ends
// it, and a new epoch gives the region back what the thief had used up.
// [TRUST-70] [TRUST-112]
func TestAStolenOnlineKeyCostsStatusUntilItIsCompromised(t *testing.T) {
	stolen := day(t, 2)
	r := stolen.Regions["33"]
	r.Snapshot.Version.Counter, r.Lists[0].Version.Counter = 1<<32-1, 1<<32-1
	r.Lists[0].Revoked, r.Lists[0].Issued = nation.Set(t, 0, 1, 2, 3), now // nothing comes back, or it would be refused
	r.Snapshot.KeySet = trustlist.PartRef{Version: trustlist.NewVersion(1, 1<<32-1)}
	r.Snapshot.Status, r.Deltas = nil, nil
	d := onDay2(t)
	before := d.inForce()
	change := d.takes(stolen.Bundle())
	if err := faultOf(change.Report, "33", trustlist.KindKeySet); !errors.Is(err, trustlist.ErrOutdated) || !slices.Equal(change.Report.Kept, []string{"33"}) {
		t.Fatalf("%+v", change.Report)
	}
	d.requireInForce(before) // what the snapshot named does not exist
	r.Snapshot.KeySet = trustlist.PartRef{}
	d.takes(stolen.Bundle())
	if region, _ := d.trust().Region("33"); region.Available() != nil || region.Snapshot().Version.Counter != 1<<32-1 {
		t.Fatal("the thief has stolen nothing")
	}
	n := day(t, 3)
	fresh := sigtest.New(sig.SM2, "second online key")
	set := n.Regions["33"].KeySet
	set.Keys = append(set.Keys, set.Keys[1])
	set.Keys[2].Public, set.Keys[1].State, set.Keys[1].Since = fresh.PublicKey(), trustlist.Compromised, now
	n.Regions["33"].Signers[1] = fresh
	change = d.takes(n.Bundle())
	region, _ := d.trust().Region("33")
	if region.Available() != nil || region.Snapshot() != nil || slices.Contains(region.StatusLists(), 31<<8) || !holds(t, d.trust(), fresh) {
		t.Errorf("%v, snapshot %v, lists %v", region.Available(), region.Snapshot(), region.StatusLists())
	}
	if other, _ := d.trust().Region("46"); other.KeySetVersion.Counter != 3 || len(other.StatusDeltas()) != 1 {
		t.Error("region 46 has lost something")
	}
	after := recovered(t)
	four := day(t, 4)
	after.Roots, after.List.Version, after.Policy = four.Roots, four.List.Version, four.Policy
	if change := d.takes(after.Bundle()); !change.Report.Clean() {
		t.Fatalf("%+v", change.Report)
	}
	d.requireInForce(newDevice(t, after, after.Bundle()).inForce())
}

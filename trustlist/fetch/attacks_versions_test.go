package fetch

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// rollback offers a device that has the second day the second day again with one
// document of the first.
func rollback(t *testing.T, p place) {
	first, second := day(t, 1), day(t, 2)
	if p.kind == trustlist.KindStatusDelta { // follows on the same lists
		for code, r := range second.Regions {
			r.Lists = first.Regions[code].Lists
			r.Deltas[0], _ = nation.Day(t, r.Deltas[0].RegionalHead, r.Lists, map[uint32]status.Change{31 << 8: nation.Suspend(101, 102)})
		}
	}
	d := newDevice(t, first, first.Bundle(), second.Bundle())
	old := first.Parts()
	withOld := func(n *nation.Nation) []byte {
		parts := n.Parts()
		if p.kind == trustlist.KindRoot {
			parts.Roots = old.Roots // the chain ends earlier
		} else {
			*p.at(&parts) = *p.at(&old)
		}
		return encode(t, &parts)
	}
	p.attack(d, withOld(second), trustlist.ErrRollback)
	// With everything else of the third day it is refused as well.
	bundle := withOld(day(t, 3))
	if p.region == "" {
		d.refuses(bundle, p.kind, trustlist.ErrRollback)
		return
	}
	d.takes(bundle)
	for name, hash := range d.inForce() {
		if hash == hashOf(first, p.document(first)) {
			t.Errorf("the old %s is in force", name)
		}
	}
	if other, _ := d.trust().Region("46"); other.KeySetVersion.Counter != 3 {
		t.Error("region 46 has nothing of the third day")
	}
}

// [TRUST-103]
func TestAnOlderRootIsRefused(t *testing.T)       { rollback(t, places[0]) }
func TestAnOlderListIsRefused(t *testing.T)       { rollback(t, places[1]) }
func TestAnOlderPolicyIsRefused(t *testing.T)     { rollback(t, places[2]) }
func TestAnOlderKeySetIsRefused(t *testing.T)     { rollback(t, places[3]) }
func TestAnOlderOverlayIsRefused(t *testing.T)    { rollback(t, places[4]) }
func TestAnOlderSnapshotIsRefused(t *testing.T)   { rollback(t, places[5]) }
func TestAnOlderStatusListIsRefused(t *testing.T) { rollback(t, places[6]) }
func TestAnOlderDeltaIsRefused(t *testing.T)      { rollback(t, places[7]) }

// A fork is one version with two contents, both signed by those who may sign.
// The device keeps what it has and tells the hashes of both, in the error, in
// its text and in the report as a program reads it.
// [TRUST-103]
func TestAForkIsRefusedAndBothSidesAreTold(t *testing.T) {
	for _, p := range places {
		t.Run(p.kind.String(), func(t *testing.T) {
			good, other := day(t, 2), day(t, 2)
			d := newDevice(t, good, good.Bundle())
			forked := p.document(other)
			switch f := forked.(type) {
			case *trustlist.Root:
				f.Issued++
			case *trustlist.List:
				f.Issued++
			case *trustlist.Policy:
				f.Issued++
			case *trustlist.KeySet:
				f.Issued++
			case *trustlist.Overlay:
				f.Issued++
			case *trustlist.Snapshot:
				other.Parts() // names the key set
				f.Issued++
			case *trustlist.StatusList:
				f.Revoked = trustlist.StatusSet{}
			case *trustlist.StatusDelta:
				f.Result[1]++
			}
			bundle := p.with(good, other.Document(forked, p.signers(other)...))
			err := p.attack(d, bundle, trustlist.ErrFork)
			var fork *trustlist.ForkError
			if !errors.As(err, &fork) || fork.Known != hashOf(good, p.document(good)) || fork.Given != hashOf(other, forked) ||
				fork.Version != trustlist.NewVersion(1, 2) {
				t.Fatalf("told: %+v", fork)
			}
			text := []string{err.Error()}
			if p.region != "" {
				report, err := json.Marshal(d.takes(bundle).Report)
				if err != nil {
					t.Fatal(err)
				}
				text = append(text, string(report))
			}
			for _, text := range text {
				if !strings.Contains(text, fmt.Sprintf("%x", fork.Known)) || !strings.Contains(text, fmt.Sprintf("%x", fork.Given)) {
					t.Errorf("one of them is not in %s", text)
				}
			}
		})
	}
}

// Each part alone of a day before or after the others, on a device that knows
// nothing: what the region's snapshot says decides.
// [TRUST-71] [TRUST-84]
func TestPartsOfDifferentDaysAreNotMixed(t *testing.T) {
	mixed := func(t *testing.T, kind trustlist.Kind, one int) (*trustlist.Region, error) {
		first, second := day(t, 1), day(t, 2)
		n, other := second, first
		if one == 2 {
			n, other = first, second
		}
		for _, of := range []*nation.Nation{first, second} { // one chain and one list
			of.Roots, of.List, of.Policy = first.Roots[:1], first.List, first.Policy
		}
		parts, from := n.Parts(), other.Parts()
		switch kind {
		case trustlist.KindStatusList:
			parts.Regions[0].StatusLists = from.Regions[0].StatusLists
		default:
			p := place{kind, "33"}
			*p.at(&parts) = *p.at(&from)
		}
		d := newDevice(t, n)
		change := d.takes(encode(t, &parts))
		region, _ := d.trust().Region("33")
		if other, _ := d.trust().Region("46"); other.Available() != nil || other.StatusBehind() {
			t.Error("region 46 has lost something")
		}
		return region, faultOf(change.Report, "33", kind)
	}
	t.Run("an old key set", func(t *testing.T) {
		if region, err := mixed(t, trustlist.KindKeySet, 1); !errors.Is(err, trustlist.ErrOutdated) || !errors.Is(region.Available(), trustlist.ErrOutdated) || len(region.Keys()) != 0 {
			t.Errorf("%v, %v", region.Available(), err)
		}
	})
	t.Run("an old overlay", func(t *testing.T) {
		if region, err := mixed(t, trustlist.KindOverlay, 1); !errors.Is(err, trustlist.ErrOutdated) || region.Overlay() != nil || region.Available() != nil {
			t.Errorf("%v, %v", region.Overlay(), err)
		}
	})
	t.Run("old status lists", func(t *testing.T) { // better than none, and shown to be behind
		if region, _ := mixed(t, trustlist.KindStatusList, 1); !region.StatusBehind() || len(region.StatusLists()) != 2 || len(region.StatusDeltas()) != 0 {
			t.Errorf("behind %t, lists %v, %d deltas", region.StatusBehind(), region.StatusLists(), len(region.StatusDeltas()))
		}
	})
	t.Run("an old delta", func(t *testing.T) { // for other lists
		if region, err := mixed(t, trustlist.KindStatusDelta, 1); !errors.Is(err, trustlist.ErrOutdated) || !region.StatusBehind() || len(region.StatusDeltas()) != 0 {
			t.Errorf("%v, behind %t, %d deltas", err, region.StatusBehind(), len(region.StatusDeltas()))
		}
	})
	t.Run("an old snapshot", func(t *testing.T) { // the key set and the overlay are newer, as is right; the lists are others
		if region, _ := mixed(t, trustlist.KindSnapshot, 1); region.Available() != nil || region.Overlay() == nil || !region.StatusBehind() {
			t.Errorf("%v, behind %t", region.Available(), region.StatusBehind())
		}
	})
	t.Run("a key set of tomorrow", func(t *testing.T) { // the snapshot follows
		if region, err := mixed(t, trustlist.KindKeySet, 2); err != nil || region.Available() != nil || region.KeySetVersion.Counter != 2 {
			t.Errorf("%v, %s", err, region.KeySetVersion)
		}
	})
}

// numbered is the message of d with another counter than a Go program could
// write, signed by those who may sign it.
func numbered(n *nation.Nation, p place, counter uint64) []byte {
	n.T.Helper()
	n.Parts() // names the key set in the snapshot
	m := n.Sign(p.document(n))
	payload := m.UnverifiedPayload()
	// The payload begins with a map's head and {1: [1, 2]}.
	head := append([]byte{payload[0], 1, 0x82, 1}, 2)
	if string(payload[:5]) != string(head) {
		n.T.Fatalf("payload begins with %x", payload[:8])
	}
	m, err := cose.NewSign(m.Type(), append(cborx.AppendUint(append([]byte{}, head[:4]...), counter), payload[5:]...))
	if err != nil {
		n.T.Fatal(err)
	}
	for _, signer := range p.signers(n) {
		if m, err = m.WithSignature(signer); err != nil {
			n.T.Fatal(err)
		}
	}
	return n.Marshal(m)
}

// A version that no later one could follow is no version, whoever has signed it:
// not even the keys that may sign can shut themselves out for good.
// [TRUST-22]
func TestAVersionOfTwoToThePowerOf63IsNone(t *testing.T) {
	for _, p := range places {
		t.Run(p.kind.String(), func(t *testing.T) {
			n := day(t, 2)
			d := onDay2(t)
			for _, counter := range []uint64{1 << 32, 1 << 63, 1<<64 - 1} {
				bundle := p.with(n, numbered(n, p, counter))
				p.attack(d, bundle, nil)
				if counter == 1<<63 {
					p.newcomer(n, bundle, nil)
				}
			}
			if good := p.with(n, numbered(n, p, 2)); !d.takes(good).Report.Clean() {
				t.Error("the same with its own counter is refused too: the test shows nothing")
			}
		})
	}
}

// The highest version there is, of a list, a policy and every document of a
// region, is overcome by a new epoch, which the level above sets; what is left of
// the old epoch is refused from then on.
// [TRUST-41] [TRUST-42]
func TestANewEpochOvercomesTheHighestVersion(t *testing.T) {
	n := day(t, 2)
	thief := day(t, 2)
	thief.List.Version.Counter, thief.Policy.Version.Counter = 1<<32-1, 1<<32-1
	for _, r := range thief.Regions {
		r.KeySet.Version.Counter, r.Snapshot.Version.Counter, r.Overlay.Version.Counter = 1<<32-1, 1<<32-1, 1<<32-1
		r.Lists[0].Version.Counter, r.Lists[1].Version.Counter, r.Deltas[0].Version.Counter = 1<<32-1, 1<<32-1, 1<<32-1
		r.Snapshot.Overlay.Version = r.Overlay.Version
		r.Snapshot.Overlay.Hash = hashOf(thief, r.Overlay)
		r.Snapshot.Status = nil
		r.Deltas = nil
	}
	d := newDevice(t, n, n.Bundle(), thief.Bundle())
	early := day(t, 3) // the root has to raise an epoch first
	early.List.Version, early.Policy.Version = trustlist.NewVersion(2, 1), thief.Policy.Version
	d.refuses(early.Bundle(), trustlist.KindList, trustlist.ErrEpoch)
	early.List.Version, early.Policy.Version = thief.List.Version, trustlist.NewVersion(2, 1)
	early.List.Issued = thief.List.Issued
	d.refuses(early.Bundle(), trustlist.KindPolicy, trustlist.ErrEpoch)
	after := day(t, 3)
	after.Roots[2].ListEpoch, after.Roots[2].PolicyEpoch = 2, 2
	after.List.Version, after.Policy.Version = trustlist.NewVersion(2, 1), trustlist.NewVersion(2, 1)
	for i := range after.List.Regions {
		after.List.Regions[i].Epoch = 2
	}
	for _, r := range after.Regions {
		for _, h := range []*trustlist.RegionalHead{&r.KeySet.RegionalHead, &r.Overlay.RegionalHead, &r.Snapshot.RegionalHead,
			&r.Lists[0].RegionalHead, &r.Lists[1].RegionalHead, &r.Deltas[0].RegionalHead} {
			h.Version = trustlist.NewVersion(2, 1)
		}
		r.Snapshot.Overlay = &trustlist.PartRef{Version: r.Overlay.Version, Hash: hashOf(after, r.Overlay)}
		r.Deltas[0].Base = trustlist.StatusHash(r.Lists)
	}
	if change := d.takes(after.Bundle()); !change.Report.Clean() {
		t.Fatalf("%+v", change.Report)
	}
	for name, hash := range newDevice(t, n, after.Bundle()).inForce() {
		if d.inForce()[name] != hash {
			t.Errorf("the %s in force is not that of the new epoch", name)
		}
	}
	want := d.inForce()
	d.refuses(thief.Bundle(), trustlist.KindRoot, trustlist.ErrRollback)
	thief.Roots, thief.List, thief.Policy = after.Roots, after.List, after.Policy
	for _, code := range []string{"33", "46"} {
		if err := faultOf(d.takes(thief.Bundle()).Report, code, trustlist.KindKeySet); !errors.Is(err, trustlist.ErrEpoch) {
			t.Errorf("region %s: %v", code, err)
		}
	}
	d.requireInForce(want)
}

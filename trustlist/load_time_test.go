package trustlist_test

import (
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// national returns the heads of the national documents of n by their kind.
func national(n *nation.Nation) map[trustlist.Kind]*trustlist.Head {
	return map[trustlist.Kind]*trustlist.Head{
		trustlist.KindRoot: &n.Roots[len(n.Roots)-1].Head, trustlist.KindList: &n.List.Head, trustlist.KindPolicy: &n.Policy.Head,
	}
}

// [TRUST-141]
func TestAHigherVersionIssuedEarlierIsTakenAndTheFloorStays(t *testing.T) {
	for kind := range national(nation.New(t)) {
		n := nation.New(t, "33")
		national(n)[kind].Issued = now - 3600
		first := n.Load()
		if kind == trustlist.KindRoot {
			n.Roots = append(n.Roots, n.NewRoot(2, n.RootSigners)) // ten days before
		} else {
			national(n)[kind].Version.Counter, national(n)[kind].Issued = 2, now-86400
		}
		trust, report, err := load(n, first)
		if err != nil || !report.Clean() || trust.Floor() != now-3600 {
			t.Fatalf("%s: floor %d, %v", kind, trust.Floor(), err)
		}
		if got := standing(t, trust.Inspect(now), kind, ""); got.Version.Counter != 2 || got.HoldsFloor {
			t.Errorf("%+v", got)
		}
		// Nor does it fall over a restart.
		if again := rebooted(t, trust, n.Anchor(), now); again.Floor() != trust.Floor() {
			t.Errorf("%s: floor %d after a restart", kind, again.Floor())
		}
	}
}

// [TRUST-142]
func TestWhatIsOverdueIsToldAndStaysInForce(t *testing.T) {
	for kind := range national(nation.New(t)) {
		n := nation.New(t, "33")
		head := national(n)[kind]
		head.Due = now + 86400
		for _, clock := range []int64{head.Due, head.Due + 1, now + 1000*86400} {
			trust, report, err := trustlist.Load(n.Bundle(), n.Anchor(), trustlist.LoadOptions{Clock: clock})
			if err != nil || !report.Clean() || !available(t, trust, "33") {
				t.Fatalf("%s at %d: %v, %v", kind, clock, report, err)
			}
			i := trust.Inspect(clock)
			if got := standing(t, i, kind, ""); got.Overdue != (i.Effective > head.Due) || got.Due != head.Due {
				t.Errorf("at %d: %+v", clock, got)
			}
			if region, _ := trust.Region("33"); region.UsageAt(clock) != trustlist.UsageKnown {
				t.Errorf("%s: region 33 may only do %s", kind, region.UsageAt(clock))
			}
		}
	}
	// A region's documents stay likewise.
	n := nation.New(t, "33")
	r := n.Regions["33"]
	r.KeySet.Due = now - 86400
	region := region33(t, n.Load())
	i := n.Load().Inspect(r.Snapshot.Due + 1)
	if region.Snapshot() == nil || !standing(t, i, trustlist.KindKeySet, "33").Overdue || !standing(t, i, trustlist.KindSnapshot, "33").Overdue {
		t.Errorf("%+v", i)
	}
}

// Who passes the newest policy on each day, and no list after a certain one, has
// to watch the device go down the ladder.
// [TRUST-142]
func TestAListThatIsHeldBackAgesTrust(t *testing.T) {
	n := nation.New(t, "33")
	n.List.Due = n.List.Issued + 86400
	trust := n.Load()
	want := map[int64]trustlist.Freshness{1: trustlist.Fresh, 2: trustlist.Fresh, 3: trustlist.Stale, 8: trustlist.Stale,
		9: trustlist.TooOldForShortLived, 101: trustlist.TooOldForShortLived, 102: trustlist.TooOld}
	for day := int64(1); day <= 102; day++ {
		clock := n.List.Issued + day*86400
		if want[day] == 0 {
			continue
		}
		n.Policy.Version.Counter, n.Policy.Issued, n.Policy.Due = uint32(day+1), clock, clock+86400
		next, report, err := trustlist.Load(n.Bundle(), n.Anchor(), trustlist.LoadOptions{Clock: clock, Previous: trust})
		if err != nil || !report.Clean() || next.Floor() != clock {
			t.Fatal(report, err)
		}
		if i := next.Inspect(clock); i.Freshness != want[day] || i.AgesFrom != min(n.List.Due, clock) {
			t.Errorf("day %d: %s, from %d", day, i.Freshness, i.AgesFrom)
		}
		trust = next
	}
	// A new list makes it fresh again.
	n.List.Version.Counter, n.List.Issued, n.List.Due = 2, n.Policy.Issued, n.Policy.Due
	trust, _, err := trustlist.Load(n.Bundle(), n.Anchor(), trustlist.LoadOptions{Clock: n.List.Issued, Previous: trust})
	if err != nil || trust.Inspect(n.List.Issued).Freshness != trustlist.Fresh {
		t.Error(err)
	}
}

// signedBySet is the message of d with the signatures of those signers whose bit
// is set.
func signedBySet(n *nation.Nation, d trustlist.Document, set uint) []byte {
	var signers []sig.Signer
	for i, signer := range n.RootSigners {
		if set>>i&1 == 1 {
			signers = append(signers, signer)
		}
	}
	return n.Document(d, signers...)
}

// The smallest thresholds that a root can have: one of each of two groups, two of
// one group, and those with a group that is added. Whatever is signed by whom, a document that moves the floor has two
// signers.
// [TRUST-143]
func TestNoSingleKeyRaisesTheFloor(t *testing.T) {
	for _, groups := range [][]trustlist.Group{
		{{Name: "ES256", Need: trustlist.Required, Algorithm: sig.ES256, Threshold: 1}, {Name: "SM2", Need: trustlist.Required, Algorithm: sig.SM2, Threshold: 1}},
		{{Name: "SM2", Need: trustlist.Required, Algorithm: sig.SM2, Threshold: 2}},
		{{Name: "ES256", Need: trustlist.Added, Algorithm: sig.ES256, Threshold: 1}, {Name: "SM2", Need: trustlist.Required, Algorithm: sig.SM2, Threshold: 2}},
	} {
		n := nation.New(t, "33")
		n.RootSigners = n.RootSigners[:4] // SM2, ES256, SM2, ES256
		for i := range groups {
			for _, signer := range n.RootSigners {
				if key := signer.PublicKey(); key.Algorithm() == groups[i].Algorithm {
					groups[i].Keys = append(groups[i].Keys, key.Compressed())
				}
			}
		}
		n.Roots[0] = sortedRoot(t, &trustlist.Root{Head: n.Roots[0].Head, Groups: groups, ListEpoch: 1, PolicyEpoch: 1})
		previous := n.Load()
		for kind := range national(n) {
			taken := 0
			for set := uint(1); set < 16; set++ {
				next := *n
				next.Replacements = map[string][]byte{}
				switch kind {
				case trustlist.KindRoot:
					root := *n.Roots[0]
					root.Version.Counter, root.Issued = 2, now
					next.Roots = append(next.Roots[:1:1], &root)
					next.Replacements["root/1"] = signedBySet(n, &root, set)
				case trustlist.KindList:
					list := *n.List
					list.Version.Counter, list.Issued = 2, now
					next.Replacements["list"] = signedBySet(n, &list, set)
				case trustlist.KindPolicy:
					policy := *n.Policy
					policy.Version.Counter, policy.Issued = 2, now
					next.Replacements["policy"] = signedBySet(n, &policy, set)
				}
				trust, _, err := load(&next, previous)
				if err != nil {
					continue
				}
				taken++
				if got := standing(t, trust.Inspect(now), kind, ""); got.Signers < 2 || !got.HoldsFloor || set&(set-1) == 0 {
					t.Errorf("%s by the keys %04b: %+v", kind, set, got)
				}
			}
			if taken == 0 || taken > 11 { // of the 16 sets 11 have two keys
				t.Errorf("%s: %d sets of keys are enough", kind, taken)
			}
		}
	}
	// Nor do two signatures of one key count, nor a key in two groups.
	n := nation.New(t, "33")
	alone := n.RootSigners[0]
	key := alone.PublicKey().Compressed()
	n.Roots[0].Groups = []trustlist.Group{
		{Name: "a", Need: trustlist.Required, Algorithm: sig.SM2, Threshold: 1, Keys: [][]byte{key}},
		{Name: "b", Need: trustlist.Required, Algorithm: sig.SM2, Threshold: 1, Keys: [][]byte{key}},
	}
	if _, err := trustlist.NewMessage(n.Roots[0]); err == nil {
		t.Error("one key in two groups")
	}
}

// sortedRoot is root as it is written.
func sortedRoot(t *testing.T, root *trustlist.Root) *trustlist.Root {
	t.Helper()
	return reread(t, root).(*trustlist.Root)
}

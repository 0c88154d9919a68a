package fetch

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// history is what was ever offered to the devices: genuine bundles of a nation
// that goes on, and what attackers make of them.
type history struct {
	random  *rand.Rand
	nation  *nation.Nation
	bundles [][]byte
}

// issue lets the nation go on: newer documents of some kinds, also with a new
// epoch or a time far ahead.
func (h *history) issue() {
	n := h.nation
	if h.random.IntN(2) == 0 {
		next(n)
	}
	if h.random.IntN(3) == 0 {
		n.Policy.Version.Counter++
	}
	for _, r := range n.Regions {
		if h.random.IntN(2) == 0 {
			r.KeySet.Version.Counter++
			r.KeySet.Issued += h.random.Int64N(3 * 86400)
			r.Snapshot.KeySet = trustlist.PartRef{}
		}
		if h.random.IntN(3) == 0 {
			r.Snapshot.Version.Counter++
			r.Snapshot.KeySet = trustlist.PartRef{}
		}
		if h.random.IntN(4) == 0 {
			r.Lists = []*trustlist.StatusList{statusList(r.KeySet.Region, uint32(1+h.random.IntN(5)))}
		}
	}
	h.bundles = append(h.bundles, n.Bundle())
}

// offer returns one of the bundles: as it is, or as somebody has changed it.
func (h *history) offer(t *testing.T) []byte {
	bundle := append([]byte(nil), h.bundles[h.random.IntN(len(h.bundles))]...)
	switch h.random.IntN(4) {
	case 0: // damaged
		bundle[h.random.IntN(len(bundle))] ^= 1 << h.random.IntN(8)
	case 1: // parts of two days
		parts, other := mustParse(t, bundle), mustParse(t, h.bundles[h.random.IntN(len(h.bundles))])
		switch h.random.IntN(4) {
		case 0:
			parts.Regions = other.Regions
		case 1:
			parts.Policy = other.Policy
		case 2:
			parts.Regions = parts.Regions[:1]
		case 3:
			parts.Regions[0] = other.Regions[0]
		}
		mixed, err := parts.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return mixed
	}
	return bundle
}

// known is what must never fall.
type knowledge struct {
	root, list, policy trustlist.Version
	keySets, snapshots map[string]trustlist.Version
	floor, time        int64
}

func knowledgeOf(s *State) knowledge {
	k := knowledge{
		root: s.Trust.RootVersion(), list: s.Trust.ListVersion(), policy: s.Trust.PolicyVersion(),
		keySets: map[string]trustlist.Version{}, snapshots: map[string]trustlist.Version{},
		floor: s.Trust.Floor(), time: s.Known,
	}
	for _, region := range s.Trust.Regions() {
		if info, ok := region.KeySet(); ok {
			k.keySets[region.Code] = info.Version
		}
		if snapshot := region.Snapshot(); snapshot != nil {
			k.snapshots[region.Code] = snapshot.Version
		}
	}
	return k
}

// fell names what is lower in after than in k, or "".
func (k knowledge) fell(after knowledge) string {
	switch {
	case after.root.Compare(k.root) < 0:
		return "root"
	case after.list.Compare(k.list) < 0:
		return "list"
	case after.policy.Compare(k.policy) < 0:
		return "policy"
	case after.floor < k.floor:
		return "floor"
	case after.time < k.time:
		return "known time"
	}
	for code, version := range after.keySets {
		if version.Compare(k.keySets[code]) < 0 {
			return "key set of " + code
		}
	}
	for code, version := range after.snapshots {
		if version.Compare(k.snapshots[code]) < 0 {
			return "snapshot of " + code
		}
	}
	return ""
}

// merged keeps what k knows of regions that have no such document in force any
// more: it must not come back lower later.
func (k knowledge) merged(before knowledge) knowledge {
	for code, version := range before.keySets {
		if _, ok := k.keySets[code]; !ok {
			k.keySets[code] = version
		}
	}
	for code, version := range before.snapshots {
		if _, ok := k.snapshots[code]; !ok {
			k.snapshots[code] = version
		}
	}
	return k
}

// [TRUST-103] Whatever comes in whatever order, and however often the device
// starts again, with whatever its clock shows.
func TestNoSequenceOfImportsLowersAnything(t *testing.T) {
	for seed := range uint64(4) {
		random := rand.New(rand.NewPCG(seed, 1))
		h := &history{random: random, nation: nation.New(t, "33", "46")}
		h.issue()
		s := newStore(t, h.nation)
		apply(t, s, h.bundles[0])
		before := knowledgeOf(current(t, s))
		taken, refused := 0, 0
		for range 30 {
			if random.IntN(4) == 0 {
				h.issue()
			}
			clock := []int64{0, now - 2*86400, now, now + 30*86400}[random.IntN(4)]
			_, err := s.Apply(h.offer(t), Origin{}, clock)
			var about *StoreError
			switch {
			case errors.As(err, &about):
				t.Fatalf("seed %d: %v", seed, err)
			case err != nil:
				refused++
			default:
				taken++
			}
			state, err := s.Current(clock)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			after := knowledgeOf(state)
			if what := before.fell(after); what != "" {
				t.Fatalf("seed %d: %s fell", seed, what)
			}
			before = after.merged(before)
		}
		if taken < 3 || refused < 3 {
			t.Fatalf("seed %d: %d taken, %d refused: nothing was tried", seed, taken, refused)
		}
	}
}

func TestAClockThatOnceStoodInTheFarFutureIsNotRememberedForEver(t *testing.T) {
	n := nation.New(t, "33")
	s := newStore(t, n)
	const in2099 = 4070908800
	if _, err := s.Apply(n.Bundle(), Origin{}, in2099); err != nil {
		t.Fatal(err)
	}
	if known := current(t, s).Known; known > n.List.Issued+100*86400 {
		t.Errorf("remembered %d", known)
	}
}

func TestADeviceWithoutAClockGoesOnFromTheLatestTimeThatItHasKnown(t *testing.T) {
	n := nation.New(t, "33")
	s := newStore(t, n)
	apply(t, s, n.Bundle())
	if err := s.Remember(now + 40*86400); err != nil {
		t.Fatal(err)
	}
	n.Regions["33"].KeySet.Version.Counter++
	n.Regions["33"].KeySet.Issued = now + 40*86400
	change, err := s.Apply(n.Bundle(), Origin{}, 0)
	if err != nil || !change.Report.Clean() {
		t.Errorf("%v, %v: a key set of today is held aside", err, change)
	}
}

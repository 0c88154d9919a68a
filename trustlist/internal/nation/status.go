package nation

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist"
)

// Set returns the encoded set of indices, in any order.
func Set(t testing.TB, members ...uint32) trustlist.StatusSet {
	t.Helper()
	members = slices.Clone(members)
	slices.Sort(members)
	encoded, err := status.Encode(members)
	if err != nil {
		t.Fatal(err)
	}
	return trustlist.StatusSet{Members: uint32(len(members)), Encoded: encoded}
}

// SetOfBytes returns a set whose encoding has about so many bytes, at most
// 1,700,000. Sets of one seed hold one another.
func SetOfBytes(t testing.TB, seed uint64, size int) trustlist.StatusSet {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	members := make([]uint32, 0, size*16/27+1)
	for next := uint32(0); len(members) < cap(members); next++ {
		next += random.Uint32N(8192)
		members = append(members, next)
	}
	return Set(t, members...)
}

// Day returns the delta that changes lists of a region, and the lists after it.
// A list that is not there begins empty. The given ones are not changed.
func Day(t testing.TB, head trustlist.RegionalHead, lists []*trustlist.StatusList, changes map[uint32]status.Change) (*trustlist.StatusDelta, []*trustlist.StatusList) {
	t.Helper()
	delta := &trustlist.StatusDelta{RegionalHead: head, Base: trustlist.StatusHashAt(lists, head.Issued)}
	lists = slices.Clone(lists)
	for number, change := range changes {
		at := slices.IndexFunc(lists, func(l *trustlist.StatusList) bool { return l.List == number })
		if at < 0 {
			at = len(lists)
			lists = append(lists, &trustlist.StatusList{RegionalHead: head, List: number})
		}
		lists[at] = changed(t, lists[at], change)
		additions, err := status.EncodeAdditions(change.Added)
		if err != nil {
			t.Fatal(err)
		}
		removals, err := status.EncodeRemovals(change.Restored)
		if err != nil {
			t.Fatal(err)
		}
		delta.Changes = append(delta.Changes, trustlist.StatusChange{List: number, Additions: additions, Removals: removals})
	}
	slices.SortFunc(delta.Changes, func(a, b trustlist.StatusChange) int { return int(a.List) - int(b.List) })
	delta.Result = trustlist.StatusHashAt(lists, head.Issued)
	return delta, lists
}

func changed(t testing.TB, list *trustlist.StatusList, change status.Change) *trustlist.StatusList {
	t.Helper()
	after, err := Sets(t, list).Apply(change)
	if err != nil {
		t.Fatal(err)
	}
	next := *list
	next.Revoked, next.Superseded, next.Suspended = Set(t, after.Revoked...), Set(t, after.Superseded...), Set(t, after.Suspended...)
	return &next
}

// Sets returns the sets of a list.
func Sets(t testing.TB, list *trustlist.StatusList) status.Sets {
	t.Helper()
	var members [3][]uint32
	for i, set := range []trustlist.StatusSet{list.Revoked, list.Superseded, list.Suspended} {
		var err error
		if members[i], err = status.Decode(set.Members, set.Encoded); err != nil {
			t.Fatal(err)
		}
	}
	return status.Sets{Revoked: members[0], Superseded: members[1], Suspended: members[2]}
}

// Suspend returns the change that adds the indices, ascending.
func Suspend(members ...uint32) status.Change {
	return status.Change{Added: status.Sets{Suspended: members}}
}

// Revoke returns the change that adds the indices, ascending.
func Revoke(members ...uint32) status.Change {
	return status.Change{Added: status.Sets{Revoked: members}}
}

package status

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// randomSet returns up to most members, uniform, in runs, or both.
func randomSet(r *rand.Rand, most int) []uint32 {
	n := r.IntN(most + 1)
	spread := uint64(1) << r.IntN(33)
	seen := map[uint32]bool{}
	for tries := 0; len(seen) < n && tries < 4*n; tries++ {
		at := uint32(r.Uint64N(spread))
		length := 1
		if r.IntN(3) == 0 {
			length += r.IntN(300)
		}
		for i := range length {
			if next := uint64(at) + uint64(i); next <= math.MaxUint32 && len(seen) < n {
				seen[uint32(next)] = true
			}
		}
	}
	out := make([]uint32, 0, len(seen))
	for index := range seen {
		out = append(out, index)
	}
	slices.Sort(out)
	return out
}

func mustEncode(t testing.TB, members []uint32) []byte {
	t.Helper()
	data, err := Encode(members)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// [STATUS-1] [STATUS-4]
func TestDecodingGivesBackWhatWasEncoded(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 8949))
	for range 1000 {
		members := randomSet(r, 600)
		data := mustEncode(t, members)
		got, err := Decode(uint32(len(members)), data)
		if err != nil || !slices.Equal(got, members) {
			t.Fatalf("%v becomes %x, which is %v, %v", members, data, got, err)
		}
	}
}

// [STATUS-5] What is accepted is what would have been written.
func TestEncodingGivesBackEverythingAccepted(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 8949))
	accepted := 0
	for range 500 {
		members := randomSet(r, 400)
		data := mustEncode(t, members)
		for range 40 {
			changed := bytes.Clone(data)
			switch r.IntN(3) {
			case 0:
				changed = append(changed, byte(r.Uint32()))
			case 1:
				changed = changed[:r.IntN(len(changed)+1)]
			}
			for range min(len(changed), 1+r.IntN(3)) {
				changed[r.IntN(len(changed))] ^= 1 << r.IntN(8)
			}
			count := uint32(max(0, len(members)+r.IntN(5)-2))
			got, err := Decode(count, changed)
			if err != nil {
				if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrNotCanonical) {
					t.Fatalf("%d members in %x: %v", count, changed, err)
				}
				continue
			}
			accepted++
			if again := mustEncode(t, got); uint32(len(got)) != count || !bytes.Equal(again, changed) {
				t.Fatalf("%d members in %x are %v, which are %x", count, changed, got, again)
			}
		}
	}
	if accepted < 300 {
		t.Errorf("only %d changed sets are accepted", accepted)
	}
}

// slowPlan is the first of the shortest of all ways to write a block: the rule as
// the text states it.
func slowPlan(b *block) plan {
	best, least := plan{}, uint64(math.MaxUint64)
	for k := uint(0); k <= mostGapParameter; k++ {
		if size, _ := riceSizes(b.gaps, k); size < least {
			best, least = plan{k: k}, size
		}
	}
	b.findRuns()
	for k := uint(0); k <= mostGapParameter; k++ {
		starts, _ := riceSizes(b.starts, k)
		for j := uint(0); j <= mostRunParameter; j++ {
			if lengths, _ := riceSizes(b.lengths, j); starts+lengths+runBits < least {
				best, least = plan{runs: true, k: k, j: j}, starts+lengths+runBits
			}
		}
	}
	return best
}

// [STATUS-5] The short cuts of the choice lead to what all ways compared give.
func TestThePlanIsTheFirstOfTheShortest(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8949))
	runs := 0
	for range 2000 {
		var b, again block
		b.reset()
		again.reset()
		bits := r.IntN(33)
		for range 1 + r.IntN(blockSize) {
			gap := uint32(0)
			if r.IntN(4) > 0 {
				gap = uint32(r.Uint64N(1 << bits))
			}
			b.gaps, again.gaps = append(b.gaps, gap), append(again.gaps, gap)
		}
		got, want := b.plan(), slowPlan(&again)
		if got != want {
			t.Fatalf("%v: %+v, want %+v", b.gaps, got, want)
		}
		if got.runs {
			runs++
		}
	}
	if runs < 100 {
		t.Errorf("only %d blocks with runs", runs)
	}
}

func TestASetOfAnyShapeIsDecodedAtItsEdges(t *testing.T) {
	all := func(from, n uint32) []uint32 {
		out := make([]uint32, n)
		for i := range out {
			out[i] = from + uint32(i)
		}
		return out
	}
	for name, members := range map[string][]uint32{
		"none": {}, "the first": {0}, "the last": {math.MaxUint32}, "both": {0, math.MaxUint32},
		"a block": all(0, blockSize), "a block and one": all(7, blockSize+1), "the last block": all(math.MaxUint32-blockSize+1, blockSize),
		"a run into the next block": append([]uint32{3}, all(10, 2*blockSize)...),
		"every other":               everyOther(1000),
	} {
		data := mustEncode(t, members)
		if got, err := Decode(uint32(len(members)), data); err != nil || !slices.Equal(got, members) {
			t.Errorf("%s: %x is %v, %v", name, data, got, err)
		}
		for _, count := range []int{len(members) - 1, len(members) + 1} {
			if got, err := Decode(uint32(max(0, count)), data); count >= 0 && err == nil {
				t.Errorf("%s: %x is also %d members: %v", name, data, count, got)
			}
		}
	}
}

func everyOther(n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(2 * i)
	}
	return out
}

func TestUnsortedIndicesAreNotEncoded(t *testing.T) {
	for _, members := range [][]uint32{{1, 1}, {2, 1}, {1, 5, 4}} {
		if data, err := Encode(members); !errors.Is(err, ErrUnsorted) || data != nil {
			t.Errorf("%v: %x, %v", members, data, err)
		}
	}
}

// [STATUS-7] A number costs nothing to write: nothing is allocated for it.
func TestAPromiseOfMembersAllocatesNothing(t *testing.T) {
	for _, count := range []uint32{MaxMembers + 1, math.MaxUint32} {
		if _, err := Decode(count, []byte{0, 0}); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%d members: %v", count, err)
		}
	}
	if _, err := Decode(1, make([]byte, MaxBytes+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%d bytes: %v", MaxBytes+1, err)
	}
	if _, err := Encode(make([]uint32, MaxMembers+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%d members to encode: %v", MaxMembers+1, err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 100 {
		if _, err := Decode(MaxMembers, []byte{1, 2, 3, 4}); err == nil {
			t.Fatal("accepted")
		}
	}
	runtime.ReadMemStats(&after)
	if bytes := (after.TotalAlloc - before.TotalAlloc) / 100; bytes > 4096 {
		t.Errorf("%d bytes allocated for 4", bytes)
	}
}

// subset returns each member with a chance of 1 in n.
func subset(r *rand.Rand, members []uint32, n int) []uint32 {
	var out []uint32
	for _, m := range members {
		if r.IntN(n) == 0 {
			out = append(out, m)
		}
	}
	return out
}

// randomSets are disjoint.
func randomSets(r *rand.Rand, most int) Sets {
	var s Sets
	s.Revoked = randomSet(r, most)
	s.Superseded = Difference(randomSet(r, most), s.Revoked)
	s.Suspended = Difference(Difference(randomSet(r, most), s.Revoked), s.Superseded)
	return s
}

// after returns sets that can follow on s.
func after(r *rand.Rand, s Sets) Sets {
	restored := subset(r, s.Suspended, 3)
	revoked := subset(r, restored, 2)
	next := Sets{Union(s.Revoked, revoked), s.Superseded, Difference(s.Suspended, restored)}
	more := randomSets(r, 50)
	for _, set := range s.all() {
		more = Sets{Difference(more.Revoked, set), Difference(more.Superseded, set), Difference(more.Suspended, set)}
	}
	return Sets{Union(next.Revoked, more.Revoked), Union(next.Superseded, more.Superseded), Union(next.Suspended, more.Suspended)}
}

func sameSets(a, b Sets) bool {
	return slices.Equal(a.Revoked, b.Revoked) && slices.Equal(a.Superseded, b.Superseded) && slices.Equal(a.Suspended, b.Suspended)
}

// [STATUS-10] [STATUS-12] Base and delta give the next sets, over the wire too.
func TestBaseAndChangeGiveTheNextSets(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8949))
	for range 500 {
		before := randomSets(r, 200)
		next := after(r, before)
		change, err := Between(before, next)
		if err != nil {
			t.Fatal(err)
		}
		additions, err := EncodeAdditions(change.Added)
		if err != nil {
			t.Fatal(err)
		}
		removals, err := EncodeRemovals(change.Restored)
		if err != nil {
			t.Fatal(err)
		}
		read, err := DecodeChange(additions, removals, MaxMembers)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := before.Apply(read); err != nil || !sameSets(got, next) || next.Validate() != nil {
			t.Fatalf("%v and %v: %v, %v, want %v", before, change, got, err, next)
		}
		if !change.Empty() && sameSets(before, next) || change.Empty() && !sameSets(before, next) {
			t.Fatalf("%v: empty: %v", change, change.Empty())
		}
	}
}

// [STATUS-8] [STATUS-9] [STATUS-12]
func TestAChangeThatDoesNotFollowIsRefused(t *testing.T) {
	s := Sets{Revoked: []uint32{1}, Superseded: []uint32{2}, Suspended: []uint32{3}}
	for name, c := range map[string]Change{
		"revoked again":        {Added: Sets{Revoked: []uint32{1}}},
		"superseded revoked":   {Added: Sets{Revoked: []uint32{2}}},
		"suspended revoked":    {Added: Sets{Revoked: []uint32{3}}},
		"revoked suspended":    {Added: Sets{Suspended: []uint32{1}}},
		"restored from no set": {Restored: []uint32{4}},
		"revoked restored":     {Restored: []uint32{1}},
		"out and in again":     {Restored: []uint32{3}, Added: Sets{Suspended: []uint32{3}}},
	} {
		if got, err := s.Apply(c); !errors.Is(err, ErrDoesNotFollow) || !sameSets(got, Sets{}) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if _, err := s.Apply(Change{Added: Sets{Revoked: []uint32{5}, Suspended: []uint32{5}}}); !errors.Is(err, ErrOverlap) {
		t.Errorf("one index in two sets: %v", err)
	}
	for _, next := range []Sets{{Superseded: s.Superseded, Suspended: s.Suspended}, {Revoked: []uint32{1, 2}, Suspended: s.Suspended}} {
		if c, err := Between(s, next); !errors.Is(err, ErrDoesNotFollow) || !c.Empty() {
			t.Errorf("%v after %v: %v", next, s, err)
		}
	}
	if _, err := Between(s, Sets{Revoked: []uint32{1, 2}, Superseded: []uint32{2}}); !errors.Is(err, ErrOverlap) {
		t.Errorf("overlapping sets: %v", err)
	}
	if got, err := s.Apply(Change{Added: Sets{Revoked: []uint32{3}}, Restored: []uint32{3}}); err != nil || got.Lookup(3) != Revoked {
		t.Errorf("revoked out of suspended: %v, %v", got, err)
	}
}

// A short string that says more members than there is room for is refused at its
// head, before one of them is read.
func TestAChangeThatHasNoRoomIsRefusedAtItsHead(t *testing.T) {
	all := make([]uint32, 1000)
	for i := range all {
		all[i] = uint32(i)
	}
	additions, err := EncodeAdditions(Sets{Revoked: all[:600], Suspended: all[600:]})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := DecodeChange(additions, nil, 1000); err != nil {
		t.Error(err)
	}
	if _, err := DecodeChange(additions, nil, 999); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	head := appendHead(nil, MaxMembers*sections+2) // and nothing behind it
	for _, c := range [][2][]byte{{head, nil}, {nil, head}} {
		if _, err := DecodeChange(c[0], c[1], MaxMembers-1); !errors.Is(err, ErrTooLarge) {
			t.Error(err)
		}
	}
}

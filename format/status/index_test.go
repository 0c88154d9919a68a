package status

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// shapes are sets at the edges of what there is, by name.
func shapes() map[string][]uint32 {
	r := rand.New(rand.NewPCG(40, 1))
	bottom, top := consecutive(0, 5000), consecutive(math.MaxUint32-4999, 5000)
	buckets := consecutive(1<<20, 4096) // all in one bucket of a set that reaches far
	return map[string][]uint32{
		"none": nil, "the first": {0}, "the last": {math.MaxUint32}, "both ends": {0, math.MaxUint32},
		"a run at the bottom": bottom, "a run at the top": top, "runs at both ends": slices.Concat(bottom, top),
		"one full bucket": append(buckets, math.MaxUint32), "every other": everyOther(10000),
		"uniform": pick(r, 10000, 1<<24), "dense": pick(r, 20000, 3<<14), "half": pick(r, 15000, 1<<15),
		"a few far apart": pick(r, 30, 1<<32), "a run and one far away": append(consecutive(7, 3000), 1<<31),
		"two far, a run": slices.Concat([]uint32{0, 1 << 30}, top),
	}
}

func consecutive(from uint32, n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = from + uint32(i)
	}
	return out
}

// pick returns about n different indices below places.
func pick(r *rand.Rand, n int, places uint64) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(r.Uint64N(places))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// checkIndex compares an index with the members that it is made of: each of them,
// the places beside each, the ends, and places at random.
func checkIndex(t *testing.T, r *rand.Rand, x *Index, members []uint32) {
	t.Helper()
	if x.Len() != len(members) || !slices.Equal(x.Members(), members) {
		t.Fatalf("%d members are %d others", len(members), x.Len())
	}
	in := make(map[uint32]bool, len(members))
	probes := []uint32{0, 1, math.MaxUint32, math.MaxUint32 - 1}
	for _, m := range members {
		in[m] = true
		probes = append(probes, m-1, m, m+1)
	}
	for range 1000 {
		probes = append(probes, r.Uint32()>>r.IntN(32))
	}
	for _, probe := range probes {
		if got := x.Contains(probe); got != in[probe] {
			t.Fatalf("%d among %d members: %v, want %v", probe, len(members), got, in[probe])
		}
	}
}

func TestAnIndexHasItsMembersAndNoOthers(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 1))
	sets := shapes()
	for i := range 100 {
		sets[string(rune('a'+i))] = randomSet(r, 2000)
	}
	for name, members := range sets {
		made, err := NewIndex(members)
		if err != nil {
			t.Fatal(name, err)
		}
		checkIndex(t, r, made, members)
		data := mustEncode(t, members)
		read, err := DecodeIndex(uint32(len(members)), data)
		if err != nil {
			t.Fatal(name, err)
		}
		if !reflect.DeepEqual(read, made) {
			t.Errorf("%s: read and made differ", name)
		}
		if again, err := read.Encode(); err != nil || !slices.Equal(again, data) {
			t.Errorf("%s: encoded %x, %v, want %x", name, again, err, data)
		}
	}
}

func TestTheZeroIndexAndListAreEmpty(t *testing.T) {
	var x Index
	data, err := x.Encode()
	if x.Contains(0) || x.Contains(math.MaxUint32) || x.Len() != 0 || len(x.Members()) != 0 || len(data) != 0 || err != nil {
		t.Errorf("%v: %v, %x, %v", x.Len(), x.Members(), data, err)
	}
	var l List
	encoded, err := l.Encode()
	if l.Lookup(0) != Active || l.Len() != 0 || err != nil || !reflect.DeepEqual(encoded, EncodedSets{}) {
		t.Errorf("%v, %v, %v", l.Lookup(0), encoded, err)
	}
}

func TestAnIndexIsMadeOfAscendingIndicesOnly(t *testing.T) {
	for _, members := range [][]uint32{{1, 1}, {2, 1}, {1, 5, 4}} {
		if x, err := NewIndex(members); !errors.Is(err, ErrUnsorted) || x != nil {
			t.Errorf("%v: %v, %v", members, x, err)
		}
	}
	if x, err := NewIndex(make([]uint32, MaxMembers+1)); !errors.Is(err, ErrTooLarge) || x != nil {
		t.Errorf("%v, %v", x, err)
	}
}

func TestLookingAnIndexUpAllocatesNothing(t *testing.T) {
	x, err := NewIndex(halfInRuns(0.001, 100))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(42, 1))
	if allocated := testing.AllocsPerRun(1000, func() { x.Contains(r.Uint32N(places)) }); allocated != 0 {
		t.Errorf("%v allocations", allocated)
	}
}

// A list does what its sets do, over bytes too.
func TestAListChangesAsItsSetsDo(t *testing.T) {
	r := rand.New(rand.NewPCG(43, 1))
	for range 300 {
		before := randomSets(r, 200)
		next := after(r, before)
		change, err := Between(before, next)
		if err != nil {
			t.Fatal(err)
		}
		list, err := NewList(before)
		if err != nil {
			t.Fatal(err)
		}
		got, err := list.Apply(change)
		if err != nil || !sameSets(got.Sets(), next) || !sameSets(list.Sets(), before) {
			t.Fatalf("%v and %v: %v, %v, want %v", before, change, got.Sets(), err, next)
		}
		encoded, err := got.Encode()
		if err != nil {
			t.Fatal(err)
		}
		read, err := DecodeList(encoded)
		if err != nil || !reflect.DeepEqual(read, got) {
			t.Fatalf("%v is read as %v, %v", next, read, err)
		}
		for _, set := range slices.Concat(sliceOf(next), sliceOf(before)) {
			for _, index := range set {
				if read.Lookup(index) != next.Lookup(index) {
					t.Fatalf("%d is %v, want %v", index, read.Lookup(index), next.Lookup(index))
				}
			}
		}
	}
}

// [STATUS-12] What does not follow on the sets does not follow on the list.
func TestAListRefusesWhatItsSetsDo(t *testing.T) {
	r := rand.New(rand.NewPCG(44, 1))
	refused := 0
	for range 2000 {
		sets := randomSets(r, 6)
		change := Change{Added: randomSets(r, 4), Restored: subset(r, sets.Suspended, 2)}
		if r.IntN(2) == 0 {
			change.Restored = randomSet(r, 3)
		}
		if r.IntN(8) == 0 {
			change.Added.Suspended = change.Added.Revoked
		}
		list, err := NewList(sets)
		if err != nil {
			t.Fatal(err)
		}
		want, wantErr := sets.Apply(change)
		got, gotErr := list.Apply(change)
		for _, class := range []error{ErrDoesNotFollow, ErrOverlap, ErrUnsorted, ErrTooLarge} {
			if errors.Is(wantErr, class) != errors.Is(gotErr, class) {
				t.Fatalf("%v and %v: %v, want %v", sets, change, gotErr, wantErr)
			}
		}
		if gotErr != nil {
			refused++
			continue
		}
		if !sameSets(got.Sets(), want) {
			t.Fatalf("%v and %v: %v, want %v", sets, change, got.Sets(), want)
		}
	}
	if refused < 200 || refused > 1800 {
		t.Errorf("%d of 2000 changes are refused", refused)
	}
}

// [STATUS-9]
func TestAListOfOverlappingSetsIsRefused(t *testing.T) {
	sets := func(a, b, c []uint32) EncodedSets {
		set := func(members []uint32) EncodedSet {
			return EncodedSet{uint32(len(members)), mustEncode(t, members)}
		}
		return EncodedSets{set(a), set(b), set(c)}
	}
	one, two, both := []uint32{4, 9}, []uint32{3, 10}, []uint32{1, 9}
	for name, e := range map[string]EncodedSets{
		"revoked and superseded": sets(one, both, two), "revoked and suspended": sets(one, two, both), "superseded and suspended": sets(two, one, both),
	} {
		if l, err := DecodeList(e); !errors.Is(err, ErrOverlap) || l != nil {
			t.Errorf("%s: %v, %v", name, l, err)
		}
	}
	e := sets(one, two, nil)
	e.Superseded.Members++
	if l, err := DecodeList(e); !errors.Is(err, ErrMalformed) || l != nil {
		t.Errorf("a wrong number: %v, %v", l, err)
	}
	if l, err := NewList(Sets{Revoked: one, Suspended: both}); !errors.Is(err, ErrOverlap) || l != nil {
		t.Errorf("overlapping members: %v, %v", l, err)
	}
}

func sliceOf(s Sets) [][]uint32 { all := s.all(); return all[:] }

// The struct's own part of Size is what the compiler makes of it.
func TestAnIndexCountsItself(t *testing.T) {
	if size := reflect.TypeFor[Index]().Size(); size != fanoBytes {
		t.Errorf("%d bytes, not %d", size, fanoBytes)
	}
}

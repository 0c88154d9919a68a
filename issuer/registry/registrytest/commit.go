package registrytest

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
)

func whatWasCommittedIsFound(t *testing.T, s Storage) {
	r := open(t, s)
	references := Lease(t, r, pool, 50)
	chunk := Chunk("job", 0, references[:40])
	requireEntries(t, commit(t, r, chunk).Entries, chunk.Entries)
	// Through a second handle and after a further lease: nothing hangs on the
	// handle that wrote it.
	Lease(t, r, pool, 1)
	for _, handle := range []registry.Registry{r, open(t, s)} {
		got, err := handle.Committed(t.Context(), "job", 0)
		if err != nil {
			t.Fatal(err)
		}
		requireEntries(t, got, chunk.Entries)
		for i, want := range chunk.Entries {
			if got, err := handle.Lookup(t.Context(), want.Reference); err != nil || got != want {
				t.Fatalf("Lookup of entry %d: %+v, error %v, want %+v", i, got, err, want)
			}
		}
		absent := slices.Clone(references[40:]) // leased only
		absent = append(absent,
			registry.Reference{Region: 41, List: references[0].List, Index: references[0].Index},
			registry.Reference{Region: 33, List: references[0].List + 1, Index: references[0].Index},
			registry.Reference{Region: 33, List: references[0].List + 256, Index: references[0].Index},
			registry.Reference{Region: 33, List: references[0].List + 1<<24, Index: references[0].Index},
			registry.Reference{Region: 33, List: references[0].List, Index: registry.DefaultPlaces},
		)
		for _, reference := range absent {
			if got, err := handle.Lookup(t.Context(), reference); !errors.Is(err, registry.ErrNotFound) || got != (registry.Entry{}) {
				t.Errorf("Lookup(%v): %+v, error %v, want ErrNotFound", reference, got, err)
			}
		}
	}
}

func aChunkIsCommittedOnce(t *testing.T, s Storage) {
	r := open(t, s)
	first := Chunk("job", 7, Lease(t, r, pool, 20))
	commit(t, r, first)
	// A worker that died after the commit signs again: other references, other
	// hashes, even fewer entries.
	again := Chunk("job", 7, Lease(t, r, pool, 19))
	for _, chunk := range []registry.Chunk{first, again} {
		receipt, err := open(t, s).Commit(t.Context(), chunk)
		if err != nil || !receipt.AlreadyCommitted {
			t.Fatalf("second commit: %+v, error %v", receipt, err)
		}
		requireEntries(t, receipt.Entries, first.Entries)
	}
	if _, err := r.Lookup(t.Context(), again.Entries[0].Reference); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("an entry of the second commit: %v, want ErrNotFound", err)
	}
	if n := issued(t, r); n != 20 {
		t.Errorf("%d entries are issued, want 20", n)
	}
	// The same number in another job, and another number, are other chunks.
	commit(t, r, registry.Chunk{Job: "job2", Number: 7, Entries: again.Entries[:5]})
	commit(t, r, registry.Chunk{Job: "job", Number: 8, Entries: again.Entries[5:]})
}

func oneOfManyCommitsIsTheFirst(t *testing.T, s Storage) {
	r := open(t, s)
	const workers = 8
	chunks := make([]registry.Chunk, workers)
	for w := range chunks {
		chunks[w] = Chunk("job", 0, Lease(t, r, pool, 30))
	}
	var first atomic.Int32
	receipts := make([]registry.Receipt, workers)
	failures := make([]error, workers)
	var group sync.WaitGroup
	for w := range workers {
		handle := open(t, s)
		group.Go(func() {
			receipts[w], failures[w] = handle.Commit(t.Context(), chunks[w])
			if !receipts[w].AlreadyCommitted {
				first.Add(1)
			}
		})
	}
	group.Wait()
	if err := errors.Join(failures...); err != nil || first.Load() != 1 {
		t.Fatalf("%d commits were the first, error %v", first.Load(), err)
	}
	for _, receipt := range receipts[1:] {
		requireEntries(t, receipt.Entries, receipts[0].Entries)
	}
}

func unleasedReferenceIsRefused(t *testing.T, s Storage) {
	r := open(t, s)
	references := Lease(t, r, pool, 10)
	for name, change := range map[string]func(*registry.Reference){
		"another region":        func(ref *registry.Reference) { ref.Region = 41 },
		"another month":         func(ref *registry.Reference) { ref.List += 256 },
		"a list beyond":         func(ref *registry.Reference) { ref.List++ },
		"a list of no month":    func(ref *registry.Reference) { ref.List += 1 << 24 },
		"a place of the future": func(ref *registry.Reference) { *ref = free(references) },
		"a place beyond":        func(ref *registry.Reference) { ref.Index = registry.DefaultPlaces },
	} {
		t.Run(name, func(t *testing.T) {
			chunk := Chunk("job", 0, references)
			change(&chunk.Entries[9].Reference)
			requireRefused(t, r, chunk, registry.ErrNotLeased)
		})
	}
	commit(t, r, Chunk("job", 0, references))
}

// free returns a reference of the same list that is none of those given.
func free(references []registry.Reference) registry.Reference {
	reference := references[0]
	for slices.Contains(references, reference) {
		reference.Index = (reference.Index + 1) % registry.DefaultPlaces
	}
	return reference
}

func aReferenceIsUsedOnce(t *testing.T, s Storage) {
	r := open(t, s)
	references := Lease(t, r, pool, 100)
	commit(t, r, Chunk("job", 0, references[40:60]))
	for name, part := range map[string][]registry.Reference{
		"the same":       references[40:60],
		"within":         references[45:46],
		"the first":      references[40:41],
		"the last":       references[59:60],
		"over the left":  references[30:41],
		"over the right": references[59:70],
		"around":         references[:],
		"one of two":     {references[0], references[50]},
		"twice in one":   {references[1], references[0], references[1]},
	} {
		t.Run(name, func(t *testing.T) {
			requireRefused(t, r, Chunk("other", 0, part), registry.ErrReferenceUsed)
		})
	}
	commit(t, r, Chunk("job", 1, references[20:40]))
	commit(t, r, Chunk("job", 2, references[60:]))
	commit(t, r, Chunk("job", 3, references[:20]))
	if n := issued(t, r); n != 100 {
		t.Errorf("%d entries are issued, want 100", n)
	}
}

func aRequestIsAnsweredOnce(t *testing.T, s Storage) {
	r := open(t, s)
	references := Lease(t, r, pool, 30)
	chunk := Chunk("desk", 0, references[:10])
	for i := range chunk.Entries[:5] { // the other five answer no request
		chunk.Entries[2*i].Request = registry.RequestKey{0xff, byte(i)}
	}
	requireEntries(t, commit(t, r, chunk).Entries, chunk.Entries)
	for _, want := range chunk.Entries {
		if got, err := r.Lookup(t.Context(), want.Reference); err != nil || got != want {
			t.Fatalf("Lookup: %+v, error %v, want %+v", got, err, want)
		}
		if want.Request == (registry.RequestKey{}) {
			continue
		}
		if got, err := r.LookupRequest(t.Context(), want.Request); err != nil || got != want {
			t.Fatalf("LookupRequest: %+v, error %v, want %+v", got, err, want)
		}
	}
	for _, absent := range []registry.RequestKey{{}, {0xff, 99}} {
		if got, err := r.LookupRequest(t.Context(), absent); !errors.Is(err, registry.ErrNotFound) || got != (registry.Entry{}) {
			t.Errorf("LookupRequest(%x): %+v, error %v, want ErrNotFound", absent, got, err)
		}
	}
	again := Chunk("desk", 1, references[10:20])
	again.Entries[9].Request = registry.RequestKey{0xff, 3}
	requireRefused(t, r, again, registry.ErrRequestUsed)
	again.Entries[9].Request = registry.RequestKey{0xff, 77}
	again.Entries[8].Request = registry.RequestKey{0xff, 77}
	requireRefused(t, r, again, registry.ErrRequestUsed)
	if _, err := r.LookupRequest(t.Context(), registry.RequestKey{0xff, 77}); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("LookupRequest of a refused commit: %v, want ErrNotFound", err)
	}
	again.Entries[8].Request = registry.RequestKey{}
	commit(t, r, again)
}

func aChunkMaySpreadOverPools(t *testing.T, s Storage) {
	r := open(t, s)
	a := Lease(t, r, pool, 10)
	b := Lease(t, r, registry.Pool{Region: 33, Month: 84}, 10)
	c := Lease(t, r, pool, 10)
	// Out of order, with gaps, over two months and two leases.
	mixed := []registry.Reference{c[3], b[9], a[9], a[0], c[0], b[0], a[8], c[4]}
	chunk := Chunk("job", 0, mixed)
	receipt := commit(t, r, chunk)
	var want []registry.Entry
	for _, i := range []int{3, 6, 2, 4, 0, 7, 5, 1} { // a0 a8 a9 c0 c3 c4 b0 b9
		want = append(want, chunk.Entries[i])
	}
	requireEntries(t, receipt.Entries, want)
	got, err := open(t, s).Committed(t.Context(), "job", 0)
	if err != nil {
		t.Fatal(err)
	}
	requireEntries(t, got, want)
	for _, entry := range want {
		if got, err := r.Lookup(t.Context(), entry.Reference); err != nil || got != entry {
			t.Errorf("Lookup: %+v, error %v, want %+v", got, err, entry)
		}
	}
}

func anEmptyChunkIsSettled(t *testing.T, s Storage) {
	r := open(t, s)
	commit(t, r, Chunk("job", 0, nil))
	got, err := r.Committed(t.Context(), "job", 0)
	if err != nil || len(got) != 0 {
		t.Errorf("Committed: %v, error %v", got, err)
	}
	receipt, err := r.Commit(t.Context(), Chunk("job", 0, Lease(t, r, pool, 1)))
	if err != nil || !receipt.AlreadyCommitted || len(receipt.Entries) != 0 {
		t.Errorf("second commit: %+v, error %v", receipt, err)
	}
}

func theLargestChunkIsCommitted(t *testing.T, s Storage) {
	r := open(t, s)
	chunk := Chunk("job", 0, Lease(t, r, pool, registry.MaxChunk))
	commit(t, r, chunk)
	got, err := r.Committed(t.Context(), "job", 0)
	if err != nil {
		t.Fatal(err)
	}
	requireEntries(t, got, chunk.Entries)
}

func entriesOfAJobComeInOrder(t *testing.T, s Storage) {
	r := open(t, s)
	var want []registry.Entry
	for _, number := range []uint32{300, 2, 1 << 31, 0, 7} {
		commit(t, r, Chunk("job", number, Lease(t, r, pool, 10)))
		commit(t, r, Chunk("another", number, Lease(t, r, pool, 10)))
	}
	for _, number := range []uint32{0, 2, 7, 300, 1 << 31} {
		entries, err := r.Committed(t.Context(), "job", number)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, entries...)
	}
	var got []registry.Entry
	for entry, err := range r.Entries(t.Context(), "job") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, entry)
	}
	requireEntries(t, got, want)
	for range r.Entries(t.Context(), "job") {
		break
	}
	for entry, err := range r.Entries(t.Context(), "unknown") {
		t.Errorf("an unknown job has %+v, error %v", entry, err)
	}
}

func committingWhileReadingGoesOn(t *testing.T, s Storage) {
	r := open(t, s)
	for number := range uint32(3) {
		commit(t, r, Chunk("job", number, Lease(t, r, pool, 10)))
	}
	seen := 0
	for _, err := range r.Entries(t.Context(), "job") {
		if err != nil {
			t.Fatal(err)
		}
		if seen%10 == 0 {
			commit(t, r, Chunk("other", uint32(seen), Lease(t, r, pool, 1)))
		}
		seen++
	}
	if seen != 30 {
		t.Errorf("%d entries, want 30", seen)
	}
}

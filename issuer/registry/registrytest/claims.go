package registrytest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
)

// now is a time of claims, in milliseconds since 1970.
const now = planTime * 1000

func requireClaim(t testing.TB, r registry.Claims, worker string, at, until int64, want uint32) {
	t.Helper()
	number, ok, err := r.Claim(t.Context(), "night", worker, at, until)
	if err != nil || !ok || number != want {
		t.Fatalf("Claim by %s: %d, %v, error %v, want %d", worker, number, ok, err, want)
	}
}

func requireNoClaim(t testing.TB, r registry.Claims, worker string, at int64) {
	t.Helper()
	if number, ok, err := r.Claim(t.Context(), "night", worker, at, at+1000); err != nil || ok {
		t.Fatalf("Claim by %s: %d, %v, error %v, want none", worker, number, ok, err)
	}
}

func aClaimIsOneWorkers(t *testing.T, s Storage) {
	r := openStore(t, s)
	job, plan := Job("night", 3)
	PlanJob(t, r, job, plan)
	other := openStore(t, s)
	requireClaim(t, r, "a", now, now+1000, 0)
	requireClaim(t, other, "b", now, now+1000, 1)
	requireClaim(t, r, "a", now, now+1000, 2)
	requireNoClaim(t, other, "c", now)
	requireNoClaim(t, other, "a", now+999) // nor one's own again
	if err := other.Extend(t.Context(), "night", 0, "b", now+5000); !errors.Is(err, registry.ErrClaimLost) {
		t.Errorf("another's claim is extended: %v", err)
	}
	if err := other.Release(t.Context(), "night", 0, "b"); err != nil {
		t.Error(err)
	}
	requireNoClaim(t, other, "c", now)
	if err := r.Release(t.Context(), "night", 0, "a"); err != nil {
		t.Error(err)
	}
	requireClaim(t, other, "c", now, now+1000, 0)
	if _, ok, err := r.Claim(t.Context(), "day", "a", now, now+1); !errors.Is(err, registry.ErrNotFound) || ok {
		t.Errorf("Claim of an unknown job: %v, error %v, want ErrNotFound", ok, err)
	}
}

func aClaimIsTakenOver(t *testing.T, s Storage) {
	r := openStore(t, s)
	job, plan := Job("night", 1)
	PlanJob(t, r, job, plan)
	requireClaim(t, r, "a", now, now+1000, 0)
	if err := r.Extend(t.Context(), "night", 0, "a", now+2000); err != nil {
		t.Fatal(err)
	}
	requireNoClaim(t, r, "b", now+1999)
	// It ran out and nobody took it: it can still be extended.
	if err := r.Extend(t.Context(), "night", 0, "a", now+3000); err != nil {
		t.Fatal(err)
	}
	requireClaim(t, openStore(t, s), "b", now+3000, now+4000, 0)
	if err := r.Extend(t.Context(), "night", 0, "a", now+9000); !errors.Is(err, registry.ErrClaimLost) {
		t.Errorf("Extend of a claim that was taken over: %v, want ErrClaimLost", err)
	}
	if err := r.Release(t.Context(), "night", 0, "a"); err != nil {
		t.Error(err)
	}
	requireNoClaim(t, r, "c", now+3500)
	// The first worker lives after all and commits: once is once.
	commit(t, r, Chunk("night", 0, plannedReferences(t, r, "night", plan[0])))
	receipt, err := openStore(t, s).Commit(t.Context(), Chunk("night", 0, nil))
	if err != nil || !receipt.AlreadyCommitted || len(receipt.Entries) != 9 {
		t.Errorf("the commit of who took over: %+v, error %v", receipt, err)
	}
}

func aCommittedChunkIsNotClaimed(t *testing.T, s Storage) {
	r := openStore(t, s)
	job, plan := Job("night", 3)
	PlanJob(t, r, job, plan)
	requireClaim(t, r, "a", now, now+1000, 0)
	commit(t, r, Chunk("night", 0, plannedReferences(t, r, "night", plan[0])))
	commit(t, r, Chunk("night", 1, plannedReferences(t, r, "night", plan[1])))
	if err := r.Extend(t.Context(), "night", 0, "a", now+2000); !errors.Is(err, registry.ErrClaimLost) {
		t.Errorf("Extend after the commit: %v, want ErrClaimLost", err)
	}
	if err := r.Release(t.Context(), "night", 0, "a"); err != nil {
		t.Errorf("Release after the commit: %v", err)
	}
	requireClaim(t, r, "a", now+5000, now+6000, 2)
	requireOpen(t, r, "night", -1, 9, 2) // claimed is not committed
	commit(t, r, Chunk("night", 2, nil))
	requireNoClaim(t, r, "a", now+10_000)
}

func manyWorkersClaimOnce(t *testing.T, s Storage) {
	const workers, chunks = 6, 60
	job, plan := Job("night", chunks)
	PlanJob(t, openStore(t, s), job, plan)
	claimed := make([][]uint32, workers)
	failures := make([]error, workers)
	var group sync.WaitGroup
	for w := range workers {
		handle := openStore(t, s)
		group.Go(func() {
			for {
				number, ok, err := handle.Claim(t.Context(), "night", fmt.Sprintf("worker %d", w), now, now+1000)
				if failures[w] = err; err != nil || !ok {
					return
				}
				claimed[w] = append(claimed[w], number)
			}
		})
	}
	group.Wait()
	if err := errors.Join(failures...); err != nil {
		t.Fatal(err)
	}
	seen := make(map[uint32]bool)
	for _, numbers := range claimed {
		for _, number := range numbers {
			if seen[number] {
				t.Errorf("chunk %d was claimed twice", number)
			}
			seen[number] = true
		}
	}
	if len(seen) != chunks {
		t.Errorf("%d chunks were claimed, want %d", len(seen), chunks)
	}
}

func claimsOutOfBoundsAreRefused(t *testing.T, s Storage) {
	r := openStore(t, s)
	job, plan := Job("night", 1)
	PlanJob(t, r, job, plan)
	for name, c := range map[string]struct {
		job, worker string
		now, until  int64
	}{
		"no job":             {"", "a", 1, 2},
		"no worker":          {"night", "", 1, 2},
		"a worker of 2 rows": {"night", "a\nb", 1, 2},
		"a long worker":      {"night", string(make([]byte, registry.MaxNameLength+1)), 1, 2},
		"broken UTF-8":       {"night", "\xff", 1, 2},
		"before 1970":        {"night", "a", -1, 2},
		"over at once":       {"night", "a", 2, 2},
		"microseconds":       {"night", "a", 1, now * 1000},
	} {
		if _, ok, err := r.Claim(t.Context(), c.job, c.worker, c.now, c.until); !errors.Is(err, registry.ErrInvalid) || ok {
			t.Errorf("%s: Claim: %v, error %v, want ErrInvalid", name, ok, err)
		}
	}
	for i, err := range []error{
		r.Extend(t.Context(), "", 0, "a", 5), r.Extend(t.Context(), "night", 0, "", 5), r.Extend(t.Context(), "night", 0, "a", -1),
		r.Release(t.Context(), "", 0, "a"), r.Release(t.Context(), "night", 0, ""),
	} {
		if !errors.Is(err, registry.ErrInvalid) {
			t.Errorf("call %d: error %v, want ErrInvalid", i, err)
		}
	}
	if err := r.Extend(t.Context(), "day", 0, "a", now); !errors.Is(err, registry.ErrClaimLost) {
		t.Errorf("Extend in an unknown job: %v, want ErrClaimLost", err)
	}
}

package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// atOnce runs something for 0 to n-1, all at once, and returns the errors.
func atOnce(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { errs[i] = do(i) })
	}
	group.Wait()
	return errs
}

// TestOfCommitsAtOnceOneHasAReference lets chunks whose references overlap meet,
// through two registries: no check that reads first would see the others.
func TestOfCommitsAtOnceOneHasAReference(t *testing.T) {
	d := fresh(t)
	registries := []*Registry{d.open(t), d.open(t)}
	for _, r := range registries {
		defer r.Close()
	}
	const chunks = 8
	for round := range 10 {
		references := registrytest.Lease(t, registries[0], testPool, 50*(chunks+1))
		errs := atOnce(chunks, func(i int) error {
			job := fmt.Sprint("job-", round, "-", i)
			_, err := registries[i%2].Commit(t.Context(), registrytest.Chunk(job, 0, references[50*i:50*i+100]))
			return err
		})
		committed := 0
		for i, err := range errs {
			switch {
			case err == nil && i > 0 && errs[i-1] == nil:
				t.Errorf("round %d: chunks %d and %d have the same references", round, i-1, i)
			case err == nil:
				committed++
			case !errors.Is(err, registry.ErrReferenceUsed):
				t.Errorf("round %d, chunk %d: error %v", round, i, err)
			}
		}
		if committed == 0 {
			t.Errorf("round %d: none was committed", round)
		}
	}
}

// TestAPurgeWaitsForCommitsAndLeavesNothing lets a purge meet commits of its month:
// each was before it and is deleted, or is refused.
func TestAPurgeWaitsForCommitsAndLeavesNothing(t *testing.T) {
	r := fresh(t).open(t)
	defer r.Close()
	references := registrytest.Lease(t, r, testPool, 1600)
	errs := atOnce(17, func(i int) error {
		if i == 8 {
			_, err := r.Purge(t.Context(), 1<<32-1)
			return err
		}
		_, err := r.Commit(t.Context(), registrytest.Chunk("job", uint32(i), references[i%16*100:][:100]))
		return err
	})
	for i, err := range errs {
		if err != nil && !errors.Is(err, registry.ErrPurged) && !errors.Is(err, registry.ErrReferenceUsed) {
			t.Errorf("%d: error %v", i, err)
		}
	}
	if n, err := one[int](t.Context(), r.pool, "SELECT count(*) FROM tongxing.segment"); err != nil || n != 0 {
		t.Errorf("%d segments stay, error %v", n, err)
	}
	if _, err := r.Lease(t.Context(), testPool, 1); !errors.Is(err, registry.ErrPurged) {
		t.Errorf("Lease: error %v", err)
	}
}

// TestAPlanAndAnUnplannedCommitExcludeEachOther: a job whose plan did not see a
// chunk of it would never be done.
func TestAPlanAndAnUnplannedCommitExcludeEachOther(t *testing.T) {
	r := fresh(t).open(t)
	defer r.Close()
	references := registrytest.Lease(t, r, testPool, 20)
	for i := range 20 {
		job, plan := registrytest.Night(fmt.Sprint("night-", i), 3)
		var planned bool
		errs := atOnce(2, func(who int) (err error) {
			if who == 0 {
				planned, err = r.PlanJob(t.Context(), job, plan, job.At)
				return err
			}
			_, err = r.Commit(t.Context(), registrytest.Chunk(job.Name, 1, references[i:i+1]))
			return err
		})
		if errs[1] != nil {
			t.Fatal(errs[1])
		}
		if !planned {
			if !errors.Is(errs[0], registry.ErrJobUsed) {
				t.Errorf("job %d: error %v", i, errs[0])
			}
			continue
		}
		state, err := r.JobState(t.Context(), job.Name)
		open, problem := r.Open(t.Context(), job.Name, -1, 10)
		if err != nil || problem != nil || state.Committed != 1 || len(open) != 2 {
			t.Errorf("job %d: %d chunks are committed, %v are open, errors %v, %v", i, state.Committed, open, err, problem)
		}
	}
}

// TestWhatContradictsItselfIsDamaged changes rows behind the program's back.
func TestWhatContradictsItselfIsDamaged(t *testing.T) {
	const order = "ALTER TABLE tongxing.orders DISABLE TRIGGER ALL; ALTER TABLE tongxing.event DISABLE TRIGGER ALL; ALTER TABLE tongxing.changed DISABLE TRIGGER ALL; "
	for name, test := range map[string]struct {
		statements string
		read       func(*Registry, registry.Reference) error
	}{
		"an entry cut": {"UPDATE tongxing.segment SET entries = substr(entries, 1, 44)", func(r *Registry, _ registry.Reference) error {
			_, err := r.Committed(context.Background(), "job", 0)
			return err
		}},
		"a bank gone": {"DELETE FROM tongxing.bank", func(r *Registry, _ registry.Reference) error {
			_, err := r.Committed(context.Background(), "job", 0)
			return err
		}},
		"events gone":       {order + "DELETE FROM tongxing.event", stateOf},
		"an unknown action": {order + "UPDATE tongxing.orders SET action = 9", stateOf},
		"events cut":        {order + "UPDATE tongxing.event SET positions = substr(positions, 1, 7)", stateOf},
		"events exchanged":  {order + "UPDATE tongxing.event SET positions = substr(positions, 9) || substr(positions, 1, 8)", stateOf},
		"a plan cut": {"UPDATE tongxing.planned SET plan = substr(plan, 1, 3)", func(r *Registry, _ registry.Reference) error {
			_, _, err := r.PlannedChunk(context.Background(), "night", 0)
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			d := fresh(t)
			r := d.open(t)
			references := registrytest.Issue(t, r, testPool, "job", 10)
			if _, err := r.Record(t.Context(), registrytest.Order(1, registry.Suspend, references)); err != nil {
				t.Fatal(err)
			}
			job, plan := registrytest.Night("night", 1)
			if _, err := r.PlanJob(t.Context(), job, plan, job.At); err != nil {
				t.Fatal(err)
			}
			r.Close()
			d.mustExecute(t, test.statements)
			r = d.open(t)
			defer r.Close()
			if err := test.read(r, references[0]); !errors.Is(err, registry.ErrDamaged) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// stateOf reads the state of a reference.
func stateOf(r *Registry, reference registry.Reference) error {
	_, _, err := r.State(context.Background(), reference)
	return err
}

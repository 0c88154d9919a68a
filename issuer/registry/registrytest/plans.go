package registrytest

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
)

func aPlannedJobIsFound(t *testing.T, s Storage) {
	r := openStore(t, s)
	job, plan := Job("night", 5)
	plan[3].Needs = nil // all of its records will be refused
	plan[4].Length, plan[4].Lines = 0, 0
	PlanJob(t, r, job, plan)
	for _, handle := range []registry.Store{r, openStore(t, s)} {
		requireJob(t, handle, registry.JobState{Job: job, PlannedAt: job.At + 5})
		for _, c := range plan {
			plannedReferences(t, handle, "night", c)
		}
		if _, _, err := handle.PlannedChunk(t.Context(), "night", 5); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("chunk 5 of 5: %v, want ErrNotFound", err)
		}
		if _, _, err := handle.PlannedChunk(t.Context(), "day", 0); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("a chunk of an unknown job: %v, want ErrNotFound", err)
		}
		if state, err := handle.JobState(t.Context(), "day"); !errors.Is(err, registry.ErrNotFound) || state != (registry.JobState{}) {
			t.Errorf("an unknown job: %+v, error %v, want ErrNotFound", state, err)
		}
	}
	pools, err := r.Pools(t.Context())
	if err != nil || len(pools) != 2 || pools[0].Leased != 4*7 || pools[1].Leased != 4*2 {
		t.Errorf("pools are %+v, error %v", pools, err)
	}
}

func aJobIsPlannedOnce(t *testing.T, s Storage) {
	r := openStore(t, s)
	job, plan := Job("night", 3)
	PlanJob(t, r, job, plan)
	before := plannedReferences(t, r, "night", plan[1])
	for range 2 {
		planned, err := openStore(t, s).PlanJob(t.Context(), job, chunksOf(plan), job.At+99)
		if err != nil || planned {
			t.Fatalf("PlanJob again: planned %v, error %v", planned, err)
		}
	}
	requireJob(t, r, registry.JobState{Job: job, PlannedAt: job.At + 5})
	if after := plannedReferences(t, r, "night", plan[1]); !slices.Equal(before, after) {
		t.Error("the references of a chunk changed")
	}
	if pools, err := r.Pools(t.Context()); err != nil || pools[0].Leased != 21 {
		t.Errorf("pools are %+v, error %v", pools, err)
	}
}

func ofManyPlannersOnePlans(t *testing.T, s Storage) {
	job, plan := Job("night", 200)
	const planners = 6
	planned := make([]bool, planners)
	failures := make([]error, planners)
	var group sync.WaitGroup
	for i := range planners {
		handle := openStore(t, s)
		group.Go(func() { planned[i], failures[i] = handle.PlanJob(t.Context(), job, chunksOf(plan), job.At) })
	}
	group.Wait()
	n := 0
	for _, p := range planned {
		if p {
			n++
		}
	}
	if err := errors.Join(failures...); err != nil || n != 1 {
		t.Fatalf("%d planned, error %v", n, err)
	}
	r := openStore(t, s)
	if pools, err := r.Pools(t.Context()); err != nil || pools[0].Leased != 1400 || pools[1].Leased != 400 {
		t.Errorf("pools are %+v, error %v", pools, err)
	}
}

// aDigestHasOneName plans a job again under another name: every record of it would be
// issued a second time.
func aDigestHasOneName(t *testing.T, s Storage) {
	r := openStore(t, s)
	job, plan := Job("night", 3)
	PlanJob(t, r, job, plan)
	other := job
	other.Name = "day"
	for _, handle := range []registry.Store{r, openStore(t, s)} {
		requirePlannedAs(t, handle, other, plan, "night")
	}
	if _, err := r.JobState(t.Context(), "day"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("JobState: %v, want ErrNotFound", err)
	}
	other.Digest[31]++
	PlanJob(t, r, other, plan)
	other.Digest = job.Digest // a name of its own, too
	if planned, err := r.PlanJob(t.Context(), other, chunksOf(plan), job.At); !errors.Is(err, registry.ErrJobUsed) || planned {
		t.Errorf("PlanJob with another job's digest: planned %v, error %v, want ErrJobUsed", planned, err)
	}
}

func requirePlannedAs(t testing.TB, r registry.Jobs, job registry.Job, plan []registry.PlannedChunk, name string) {
	t.Helper()
	planned, err := r.PlanJob(t.Context(), job, chunksOf(plan), job.At)
	var as *registry.PlannedAsError
	if !errors.As(err, &as) || as.Name != name || planned {
		t.Errorf("PlanJob under another name: planned %v, error %v, want a PlannedAsError of %s", planned, err, name)
	}
}

// ofPlannersUnderNamesOnePlans lets planners of one job under several names wait for
// each other when all have looked whether it is planned, before one of them plans it.
func ofPlannersUnderNamesOnePlans(t *testing.T, s Storage) {
	const planners = 6
	planned := make([]bool, planners)
	failures := make([]error, planners)
	var looked, group sync.WaitGroup
	looked.Add(planners)
	for i := range planners {
		handle := openStore(t, s)
		job, plan := Job("night", 50)
		job.Name = string(rune('a' + i%3))
		chunks := func(yield func(registry.PlannedChunk, error) bool) {
			looked.Done()
			looked.Wait()
			chunksOf(plan)(yield)
		}
		group.Go(func() { planned[i], failures[i] = handle.PlanJob(t.Context(), job, chunks, job.At) })
	}
	group.Wait()
	r := openStore(t, s)
	jobs := allJobs(t, r)
	if len(jobs) != 1 {
		t.Fatalf("%d jobs were planned", len(jobs))
	}
	n := 0
	for i, err := range failures {
		if planned[i] {
			n++
		}
		var as *registry.PlannedAsError
		switch own := string(rune('a'+i%3)) == jobs[0].Name; {
		case own && err != nil:
			t.Errorf("planner of %s: %v", jobs[0].Name, err)
		case !own && (!errors.As(err, &as) || as.Name != jobs[0].Name || planned[i]):
			t.Errorf("planner %d: planned %v, error %v, want a PlannedAsError of %s", i, planned[i], err, jobs[0].Name)
		}
	}
	if pools, err := r.Pools(t.Context()); err != nil || n != 1 || pools[0].Leased != 350 || pools[1].Leased != 100 {
		t.Errorf("%d planned, pools are %+v, error %v", n, pools, err)
	}
}

func allJobs(t testing.TB, r registry.JobLister) (jobs []registry.JobState) {
	t.Helper()
	for state, err := range r.Jobs(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, state)
	}
	return jobs
}

func aNameHasOneDigest(t *testing.T, s Storage) {
	r := openStore(t, s)
	job, plan := Job("night", 3)
	PlanJob(t, r, job, plan)
	other := job
	other.Digest[31]++
	if planned, err := r.PlanJob(t.Context(), other, chunksOf(plan), job.At); !errors.Is(err, registry.ErrJobUsed) || planned {
		t.Errorf("PlanJob with another digest: planned %v, error %v, want ErrJobUsed", planned, err)
	}
	requireJob(t, r, registry.JobState{Job: job, PlannedAt: job.At + 5})
	if pools, err := r.Pools(t.Context()); err != nil || pools[0].Leased != 21 {
		t.Errorf("pools are %+v, error %v", pools, err)
	}
}

func unplannedChunksAreNotAJob(t *testing.T, s Storage) {
	r := openStore(t, s)
	commit(t, r, Chunk("night", 0, Lease(t, r, pool, 5)))
	job, plan := Job("night", 3)
	if planned, err := r.PlanJob(t.Context(), job, chunksOf(plan), job.At); !errors.Is(err, registry.ErrJobUsed) || planned {
		t.Errorf("PlanJob: planned %v, error %v, want ErrJobUsed", planned, err)
	}
	if _, err := r.JobState(t.Context(), "night"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("JobState: %v, want ErrNotFound", err)
	}
}

func leasesOfChunksNeverOverlap(t *testing.T, s Storage) {
	handles := []registry.Store{openStore(t, s), openStore(t, s)}
	names := []string{"a", "b", "c", "d"}
	failures := make([]error, len(names))
	leases := make([]registry.Range, len(names))
	var group sync.WaitGroup
	for i, name := range names {
		group.Go(func() {
			job, plan := Job(name, 40)
			_, failures[i] = handles[i%2].PlanJob(t.Context(), job, chunksOf(plan), job.At)
			if failures[i] == nil {
				leases[i], failures[i] = handles[i%2].Lease(t.Context(), pool, 100)
			}
		})
	}
	group.Wait()
	if err := errors.Join(failures...); err != nil {
		t.Fatal(err)
	}
	all := taken{}
	for i, name := range names {
		for j := range leases[i].Len() {
			reference, _ := leases[i].At(j)
			all.add(t, []registry.Reference{reference})
		}
		_, plan := Job(name, 40)
		for _, c := range plan {
			all.add(t, plannedReferences(t, handles[(i+1)%2], name, c))
		}
	}
	if len(all) != len(names)*(40*9+100) {
		t.Errorf("%d references", len(all))
	}
}

// aPlannedLeaseCrossesBanks plans over the end of the first bank, of 2^20 places.
func aPlannedLeaseCrossesBanks(t *testing.T, s Storage) {
	r := openStore(t, s)
	const full = registry.MaxChunk
	job := registry.Job{Name: "large", Digest: [32]byte{1}, Region: pool.Region, At: planTime, Chunks: 33, Records: 33 * full}
	plan := make([]registry.PlannedChunk, job.Chunks)
	for i := range plan {
		plan[i] = registry.PlannedChunk{Number: uint32(i), FirstLine: 1, Needs: []registry.Need{{Month: pool.Month, Count: full}}}
	}
	plan[0].Needs[0].Count = full - 10 // so that the sixteenth chunk crosses
	PlanJob(t, r, job, plan)
	all := taken{}
	for _, c := range plan {
		all.add(t, plannedReferences(t, r, "large", c))
	}
	_, leased, err := r.PlannedChunk(t.Context(), "large", 16)
	if err != nil || len(leased) != 2 || leased[0].Range.Len() != 10 {
		t.Errorf("the chunk at the end of the bank has %d ranges, error %v", len(leased), err)
	}
	pools, err := r.Pools(t.Context())
	if err != nil || pools[0].Shards != 4 || pools[0].Leased != 33*full-10 {
		t.Errorf("pools are %+v, error %v", pools, err)
	}
	references := plannedReferences(t, r, "large", plan[16])
	commit(t, r, Chunk("large", 16, references))
	all.add(t, Lease(t, r, pool, 1000))
}

func aFailedPlanChangesNothing(t *testing.T, s Storage) {
	r := openStore(t, s)
	job, plan := Job("night", 5)
	broken := errors.New("the file cannot be read")
	failing := func(yield func(registry.PlannedChunk, error) bool) {
		for _, c := range plan[:3] {
			if !yield(c, nil) {
				return
			}
		}
		yield(registry.PlannedChunk{}, broken)
	}
	if planned, err := r.PlanJob(t.Context(), job, failing, job.At); !errors.Is(err, broken) || planned {
		t.Errorf("PlanJob: planned %v, error %v", planned, err)
	}
	if _, err := r.JobState(t.Context(), "night"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("JobState: %v, want ErrNotFound", err)
	}
	if pools, err := r.Pools(t.Context()); err != nil || len(pools) != 0 {
		t.Errorf("pools are %+v, error %v", pools, err)
	}
	PlanJob(t, r, job, plan)
}

func aFullPoolPlansNothing(t *testing.T, s Storage) {
	r := openStore(t, s)
	// All lists of the month, the last with ten places left.
	g := registry.Geometry{Pool: pool, Shards: registry.MaxShards, Places: registry.DefaultPlaces}
	if _, err := r.Raise(t.Context(), []registry.BankCount{{Geometry: g, Leased: g.Size() - 10}}); err != nil {
		t.Fatal(err)
	}
	job, plan := Job("night", 2)
	if planned, err := r.PlanJob(t.Context(), job, chunksOf(plan), job.At); !errors.Is(err, registry.ErrFull) || planned {
		t.Errorf("PlanJob: planned %v, error %v, want ErrFull", planned, err)
	}
	if _, err := r.JobState(t.Context(), "night"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("JobState: %v, want ErrNotFound", err)
	}
	small, plan := Job("small", 1)
	PlanJob(t, r, small, plan)
}

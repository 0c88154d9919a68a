package registrytest

import (
	"context"
	"crypto/sha256"
	"errors"
	"iter"
	"math"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
)

func jobLaws() []law {
	return []law{
		{"APlannedJobIsFoundAsItWasPlanned", aPlannedJobIsFound},
		{"AJobIsPlannedOnce", aJobIsPlannedOnce},
		{"OfManyPlannersOnePlans", ofManyPlannersOnePlans},
		{"ANameOfAJobHasOneDigest", aNameHasOneDigest},
		{"ADigestHasOneName", aDigestHasOneName},
		{"OfManyPlannersUnderSeveralNamesOnePlans", ofPlannersUnderNamesOnePlans},
		{"ANameWithUnplannedChunksIsNotPlanned", unplannedChunksAreNotAJob},
		{"LeasesOfChunksNeverOverlap", leasesOfChunksNeverOverlap},
		{"ALeaseOfAChunkGoesOnInTheNextBank", aPlannedLeaseCrossesBanks},
		{"APlanThatFailsChangesNothing", aFailedPlanChangesNothing},
		{"AFullPoolPlansNothing", aFullPoolPlansNothing},
		{"OpenChunksAreThoseNotCommitted", openChunksAreThoseNotCommitted},
		{"AChunkBeyondThePlanIsRefused", aChunkBeyondThePlanIsRefused},
		{"JobsAreListedByName", jobsAreListedByName},
		{"AClaimIsOneWorkers", aClaimIsOneWorkers},
		{"AClaimThatRanOutIsTakenOver", aClaimIsTakenOver},
		{"ACommittedChunkIsNotClaimed", aCommittedChunkIsNotClaimed},
		{"ManyWorkersClaimEachChunkOnce", manyWorkersClaimOnce},
		{"PlansOutOfBoundsAreRefused", plansOutOfBoundsAreRefused},
		{"ClaimsOutOfBoundsAreRefused", claimsOutOfBoundsAreRefused},
		{"AnEndedContextPlansAndClaimsNothing", anEndedContextPlansNothing},
	}
}

// planTime is in month 83, that of pool.
const planTime = 1_795_305_600

// Job makes a job of chunks with 10 records each, and the chunks: each needs 7
// references of the month of pool and 2 of the next one.
func Job(name string, chunks int) (registry.Job, []registry.PlannedChunk) {
	job := registry.Job{
		Name: name, Digest: sha256.Sum256([]byte(name)), Region: pool.Region, At: planTime,
		Chunks: uint32(chunks), Records: uint64(10 * chunks),
	}
	plan := make([]registry.PlannedChunk, chunks)
	for i := range plan {
		plan[i] = registry.PlannedChunk{
			Number: uint32(i), Offset: int64(i) * 1000, Length: 1000, FirstLine: 1 + 10*i, Lines: 10,
			Needs: []registry.Need{{Month: pool.Month, Count: 7}, {Month: pool.Month + 1, Count: 2}},
		}
	}
	return job, plan
}

// chunksOf goes through the chunks of a plan.
func chunksOf(plan []registry.PlannedChunk) iter.Seq2[registry.PlannedChunk, error] {
	return func(yield func(registry.PlannedChunk, error) bool) {
		for _, c := range plan {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// PlanJob plans a job that must be new.
func PlanJob(t testing.TB, r registry.Jobs, job registry.Job, plan []registry.PlannedChunk) {
	t.Helper()
	planned, err := r.PlanJob(t.Context(), job, chunksOf(plan), job.At+5)
	if err != nil || !planned {
		t.Fatalf("PlanJob(%s): planned %v, error %v", job.Name, planned, err)
	}
}

// plannedReferences returns the references of a planned chunk, and holds what was
// leased to what the chunk needs.
func plannedReferences(t testing.TB, r registry.Jobs, name string, want registry.PlannedChunk) []registry.Reference {
	t.Helper()
	chunk, leased, err := r.PlannedChunk(t.Context(), name, want.Number)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(chunk.Needs, want.Needs) {
		t.Fatalf("chunk %d needs %v, want %v", want.Number, chunk.Needs, want.Needs)
	}
	if chunk.Needs = want.Needs; chunk.Number != want.Number || chunk.Offset != want.Offset || chunk.Length != want.Length || chunk.FirstLine != want.FirstLine || chunk.Lines != want.Lines {
		t.Fatalf("chunk is %+v, want %+v", chunk, want)
	}
	var references []registry.Reference
	counts := make(map[uint16]int)
	for i, l := range leased {
		if i > 0 && l.Month < leased[i-1].Month {
			t.Fatalf("month %d comes after month %d", l.Month, leased[i-1].Month)
		}
		counts[l.Month] += l.Range.Len()
		for j := range l.Range.Len() {
			reference, ok := l.Range.At(j)
			if !ok || reference.Pool() != (registry.Pool{Region: pool.Region, Month: l.Month}) {
				t.Fatalf("reference %d of month %d is %v", j, l.Month, reference)
			}
			references = append(references, reference)
		}
	}
	for _, need := range want.Needs {
		if counts[need.Month] != need.Count {
			t.Fatalf("%d references of month %d are leased, want %d", counts[need.Month], need.Month, need.Count)
		}
	}
	if len(references) != want.References() {
		t.Fatalf("%d references are leased, want %d", len(references), want.References())
	}
	return references
}

func requireJob(t testing.TB, r registry.Jobs, want registry.JobState) {
	t.Helper()
	if got, err := r.JobState(t.Context(), want.Name); err != nil || got != want {
		t.Fatalf("JobState: %+v, error %v, want %+v", got, err, want)
	}
}

func requireOpen(t testing.TB, r registry.JobLister, name string, after int64, limit int, want ...uint32) {
	t.Helper()
	if got, err := r.Open(t.Context(), name, after, limit); err != nil || !slices.Equal(got, want) {
		t.Fatalf("Open(%d, %d): %v, error %v, want %v", after, limit, got, err, want)
	}
}

func openChunksAreThoseNotCommitted(t *testing.T, s Storage) {
	r := openStore(t, s)
	job, plan := Job("night", 6)
	PlanJob(t, r, job, plan)
	requireOpen(t, r, "night", -1, 100, 0, 1, 2, 3, 4, 5)
	for _, number := range []uint32{4, 0} {
		commit(t, r, Chunk("night", number, plannedReferences(t, r, "night", plan[number])))
	}
	commit(t, r, Chunk("night", 2, nil)) // all refused
	other := openStore(t, s)
	requireOpen(t, other, "night", -1, 100, 1, 3, 5)
	requireOpen(t, other, "night", 1, 100, 3, 5)
	requireOpen(t, other, "night", -1, 2, 1, 3)
	requireOpen(t, other, "night", 5, 100)
	requireJob(t, other, registry.JobState{Job: job, Committed: 3, Issued: 18, PlannedAt: job.At + 5})
	if receipt, err := other.Commit(t.Context(), Chunk("night", 4, nil)); err != nil || !receipt.AlreadyCommitted {
		t.Errorf("a second commit: %+v, error %v", receipt, err)
	}
	requireJob(t, r, registry.JobState{Job: job, Committed: 3, Issued: 18, PlannedAt: job.At + 5})
	if numbers, err := r.Open(t.Context(), "day", -1, 1); !errors.Is(err, registry.ErrNotFound) || numbers != nil {
		t.Errorf("Open of an unknown job: %v, error %v, want ErrNotFound", numbers, err)
	}
}

func aChunkBeyondThePlanIsRefused(t *testing.T, s Storage) {
	r := openStore(t, s)
	job, plan := Job("night", 2)
	PlanJob(t, r, job, plan)
	requireRefused(t, r, Chunk("night", 2, Lease(t, r, pool, 3)), registry.ErrInvalid)
	requireRefused(t, r, Chunk("night", math.MaxUint32, nil), registry.ErrInvalid)
	requireOpen(t, r, "night", -1, 9, 0, 1)
}

func jobsAreListedByName(t *testing.T, s Storage) {
	r := openStore(t, s)
	for range r.Jobs(t.Context()) {
		t.Error("a new registry has a job")
	}
	for _, name := range []string{"b", "a:2", "a", "Z"} {
		job, plan := Job(name, 2)
		PlanJob(t, r, job, plan)
	}
	commit(t, r, Chunk("unplanned", 0, nil))
	var names []string
	for state, err := range r.Jobs(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if want, _ := Job(state.Name, 2); state.Job != want {
			t.Errorf("%+v, want %+v", state.Job, want)
		}
		names = append(names, state.Name)
		if len(names) == 2 { // others write meanwhile
			commit(t, r, Chunk("b", 0, nil))
		}
	}
	if want := []string{"Z", "a", "a:2", "b"}; !slices.Equal(names, want) {
		t.Errorf("jobs are %q, want %q", names, want)
	}
	for range r.Jobs(t.Context()) {
		break
	}
}

func plansOutOfBoundsAreRefused(t *testing.T, s Storage) {
	r := openStore(t, s)
	for name, change := range map[string]func(*registry.Job, []registry.PlannedChunk){
		"no name":              func(j *registry.Job, _ []registry.PlannedChunk) { j.Name = "" },
		"a name in Chinese":    func(j *registry.Job, _ []registry.PlannedChunk) { j.Name = "夜" },
		"no digest":            func(j *registry.Job, _ []registry.PlannedChunk) { j.Digest = [32]byte{} },
		"region 100":           func(j *registry.Job, _ []registry.PlannedChunk) { j.Region = 100 },
		"before 1970":          func(j *registry.Job, _ []registry.PlannedChunk) { j.At = -1 },
		"after 2106":           func(j *registry.Job, _ []registry.PlannedChunk) { j.At = 1 << 32 },
		"no chunks":            func(j *registry.Job, _ []registry.PlannedChunk) { j.Chunks = 0 },
		"too many chunks":      func(j *registry.Job, _ []registry.PlannedChunk) { j.Chunks = registry.MaxJobChunks + 1 },
		"a chunk too few":      func(j *registry.Job, _ []registry.PlannedChunk) { j.Chunks++ },
		"a chunk too many":     func(j *registry.Job, _ []registry.PlannedChunk) { j.Chunks-- },
		"too few records":      func(j *registry.Job, _ []registry.PlannedChunk) { j.Records = 26 },
		"too many records":     func(j *registry.Job, _ []registry.PlannedChunk) { j.Records = 1 << 62 },
		"a gap":                func(_ *registry.Job, p []registry.PlannedChunk) { p[1].Number = 2 },
		"a number twice":       func(_ *registry.Job, p []registry.PlannedChunk) { p[1].Number = 0 },
		"overlapping bytes":    func(_ *registry.Job, p []registry.PlannedChunk) { p[1].Offset-- },
		"overlapping lines":    func(_ *registry.Job, p []registry.PlannedChunk) { p[1].FirstLine-- },
		"line 0":               func(_ *registry.Job, p []registry.PlannedChunk) { p[0].FirstLine = 0 },
		"a negative length":    func(_ *registry.Job, p []registry.PlannedChunk) { p[0].Length = -1 },
		"an offset beyond all": func(_ *registry.Job, p []registry.PlannedChunk) { p[2].Offset = math.MaxInt64 },
		"months descending":    func(_ *registry.Job, p []registry.PlannedChunk) { slices.Reverse(p[0].Needs) },
		"a month twice":        func(_ *registry.Job, p []registry.PlannedChunk) { p[0].Needs[1].Month-- },
		"a need of nothing":    func(_ *registry.Job, p []registry.PlannedChunk) { p[0].Needs[0].Count = 0 },
		"more than a chunk":    func(j *registry.Job, p []registry.PlannedChunk) { j.Records, p[0].Needs[0].Count = 1<<17, 1<<16 },
		"too many months": func(_ *registry.Job, p []registry.PlannedChunk) {
			for i := range registry.MaxNeeds {
				p[0].Needs = append(p[0].Needs, registry.Need{Month: pool.Month + 2 + uint16(i), Count: 1})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			job, plan := Job("night", 3)
			change(&job, plan)
			if planned, err := r.PlanJob(t.Context(), job, chunksOf(plan), planTime); !errors.Is(err, registry.ErrInvalid) || planned {
				t.Errorf("planned %v, error %v, want ErrInvalid", planned, err)
			}
		})
	}
	job, plan := Job("night", 3)
	for _, at := range []int64{-1, 1 << 32} {
		if _, err := r.PlanJob(t.Context(), job, chunksOf(plan), at); !errors.Is(err, registry.ErrInvalid) {
			t.Errorf("planned at %d: error %v, want ErrInvalid", at, err)
		}
	}
	for range r.Jobs(t.Context()) {
		t.Error("a refused job is listed")
	}
	_, noName := r.JobState(t.Context(), "")
	_, _, noChunk := r.PlannedChunk(t.Context(), "", 0)
	_, below := r.Open(t.Context(), "night", -2, 1)
	_, none := r.Open(t.Context(), "night", -1, 0)
	for i, err := range []error{noName, noChunk, below, none} {
		if !errors.Is(err, registry.ErrInvalid) {
			t.Errorf("call %d: error %v, want ErrInvalid", i, err)
		}
	}
}

func anEndedContextPlansNothing(t *testing.T, s Storage) {
	r := openStore(t, s)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	job, plan := Job("night", 3)
	if planned, err := r.PlanJob(ended, job, chunksOf(plan), job.At); !errors.Is(err, context.Canceled) || planned {
		t.Errorf("PlanJob: planned %v, error %v", planned, err)
	}
	PlanJob(t, r, job, plan)
	if _, ok, err := r.Claim(ended, "night", "w", 1, 2); !errors.Is(err, context.Canceled) || ok {
		t.Errorf("Claim: %v, error %v", ok, err)
	}
	if number, ok, err := r.Claim(t.Context(), "night", "w", 1, 2); err != nil || !ok || number != 0 {
		t.Errorf("Claim: %d, %v, error %v", number, ok, err)
	}
}

package registrytest

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
)

func retentionLaws() []law {
	return []law{
		{"ARegistryHasOneIdentity", aRegistryHasOneIdentity},
		{"RaisingOpensBanksAndNeverLowers", raisingNeverLowers},
		{"RaisedReferencesAreNeverLeased", raisedReferencesAreNeverLeased},
		{"ARaiseThatDoesNotFitChangesNothing", aRaiseThatDoesNotFit},
		{"PurgingTakesWholeMonthsThatEnded", purgingTakesWholeMonths},
		{"APurgedReferenceIsNeverLeasedOrCommitted", aPurgedReferenceIsNeverLeased},
		{"PurgingLeavesEventsAndJournal", purgingLeavesEvents},
		{"PurgingTakesJobsWithTheirLastMonth", purgingTakesJobs},
		{"PurgingAgainIsNothing", purgingAgainIsNothing},
		{"PurgesOutOfBoundsAreRefused", purgesOutOfBoundsAreRefused},
		{"AnAuditGoesThroughAll", anAuditGoesThroughAll},
	}
}

func aRegistryHasOneIdentity(t *testing.T, s Storage) {
	identity := openStore(t, s).Identity()
	if identity == (registry.Identity{}) || openStore(t, s).Identity() != identity {
		t.Errorf("the identity is %x, and then another", identity)
	}
}

func banksOf(t testing.TB, r registry.History) []registry.BankCount {
	t.Helper()
	banks, err := r.Banks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return banks
}

// bankAt makes the counters of a bank of pool with the zero plan's lists.
func bankAt(p registry.Pool, first, shards uint16, leased uint64) registry.BankCount {
	return registry.BankCount{Geometry: registry.Geometry{Pool: p, FirstShard: first, Shards: shards, Places: registry.DefaultPlaces}, Leased: leased}
}

func raisingNeverLowers(t *testing.T, s Storage) {
	r := openStore(t, s)
	next := registry.Pool{Region: 33, Month: 84}
	Lease(t, r, pool, 500)
	Lease(t, r, next, 50)
	for i, step := range []struct {
		counts []registry.BankCount
		raised int
		want   []registry.BankCount
	}{
		{nil, 0, []registry.BankCount{bankAt(pool, 0, 1, 500), bankAt(next, 0, 1, 50)}},
		{[]registry.BankCount{bankAt(pool, 0, 1, 499), bankAt(next, 0, 1, 0)}, 0, []registry.BankCount{bankAt(pool, 0, 1, 500), bankAt(next, 0, 1, 50)}},
		// Out of order, with banks that are missing, and one counter that is higher.
		{
			[]registry.BankCount{bankAt(next, 0, 1, 70), bankAt(pool, 2, 2, 9), bankAt(pool, 1, 1, registry.DefaultPlaces), bankAt(pool, 0, 1, 400)}, 3,
			[]registry.BankCount{bankAt(pool, 0, 1, 500), bankAt(pool, 1, 1, registry.DefaultPlaces), bankAt(pool, 2, 2, 9), bankAt(next, 0, 1, 70)},
		},
	} {
		raised, err := r.Raise(t.Context(), step.counts)
		if err != nil || raised != step.raised {
			t.Fatalf("step %d: raised %d, error %v, want %d", i, raised, err, step.raised)
		}
		if got := banksOf(t, openStore(t, s)); !slices.Equal(got, step.want) {
			t.Fatalf("step %d: banks are %+v, want %+v", i, got, step.want)
		}
	}
}

func raisedReferencesAreNeverLeased(t *testing.T, s Storage) {
	r := openStore(t, s)
	Lease(t, r, pool, 500)
	if _, err := r.Raise(t.Context(), []registry.BankCount{bankAt(pool, 0, 1, 1_000_000), bankAt(pool, 1, 1, 1000)}); err != nil {
		t.Fatal(err)
	}
	for _, reference := range Lease(t, r, pool, 1000) {
		if reference.List&0xff != 1 {
			t.Fatalf("%v is of the first bank", reference)
		}
	}
	if got := banksOf(t, r); got[1].Leased != 2000 {
		t.Errorf("banks are %+v", got)
	}
}

func aRaiseThatDoesNotFit(t *testing.T, s Storage) {
	r := openStore(t, s)
	Lease(t, r, pool, 500)
	before := banksOf(t, r)
	good := bankAt(pool, 0, 1, 900)
	for name, count := range map[string]registry.BankCount{
		"region 100":        bankAt(registry.Pool{Region: 100}, 0, 1, 1),
		"no lists":          bankAt(registry.Pool{Region: 41}, 0, 0, 0),
		"beyond the last":   bankAt(pool, 1, 256, 0),
		"more than it has":  bankAt(pool, 1, 1, registry.DefaultPlaces+1),
		"a gap":             bankAt(pool, 2, 2, 1),
		"a gap before all":  bankAt(registry.Pool{Region: 41, Month: 83}, 1, 1, 1),
		"other lists":       bankAt(pool, 0, 2, 1),
		"twice":             good,
		"no places":         {Geometry: registry.Geometry{Pool: pool, FirstShard: 1, Shards: 1}},
		"too many places":   {Geometry: registry.Geometry{Pool: pool, FirstShard: 1, Shards: 1, Places: registry.MaxPlaces + 1}},
		"other places":      {Geometry: registry.Geometry{Pool: pool, Shards: 1, Places: registry.DefaultPlaces * 2}},
		"lists beyond 2^16": bankAt(pool, math.MaxUint16, 2, 0),
	} {
		if raised, err := r.Raise(t.Context(), []registry.BankCount{good, count}); !errors.Is(err, registry.ErrInvalid) || raised != 0 {
			t.Errorf("%s: raised %d, error %v, want ErrInvalid", name, raised, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if raised, err := r.Raise(ended, []registry.BankCount{good}); !errors.Is(err, context.Canceled) || raised != 0 {
		t.Errorf("Raise: %d, error %v", raised, err)
	}
	if after := banksOf(t, r); !slices.Equal(before, after) {
		t.Errorf("banks were %+v, are %+v", before, after)
	}
}

// endOf returns the end of a month, counted as in Pool.Month.
func endOf(month uint16) int64 {
	return time.Date(2020, time.Month(month)+2, 1, 0, 0, 0, 0, time.FixedZone("UTC+8", 8*3600)).Unix()
}

func purge(t testing.TB, r registry.Purger, before int64) registry.PurgeReport {
	t.Helper()
	report, err := r.Purge(t.Context(), before)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func purgingTakesWholeMonths(t *testing.T, s Storage) {
	r := openStore(t, s)
	next := registry.Pool{Region: 33, Month: 84}
	ended, answers := Answers("desk", 0, 1, Lease(t, r, pool, 700))
	commitAnswers(t, r, ended, answers)
	kept, others := Answers("desk", 1, 2, Lease(t, r, next, 20))
	commitAnswers(t, r, kept, others)
	mixed := Chunk("desk", 2, append(Lease(t, r, pool, 5), Lease(t, r, next, 5)...))
	commit(t, r, mixed)
	if report := purge(t, r, endOf(83)-1); report != (registry.PurgeReport{}) {
		t.Fatalf("a month that goes on was purged: %+v", report)
	}
	requireAnswers(t, r, answers)
	if report, want := purge(t, r, endOf(83)), (registry.PurgeReport{Banks: 1, Entries: 705, Requests: 700, Answers: 700, Chunks: 1}); report != want {
		t.Errorf("report is %+v, want %+v", report, want)
	}
	other := openStore(t, s)
	for _, answer := range answers {
		requireNoAnswer(t, other, answer.Request)
		if _, err := other.LookupRequest(t.Context(), answer.Request); !errors.Is(err, registry.ErrNotFound) {
			t.Fatalf("LookupRequest: %v, want ErrNotFound", err)
		}
		if _, err := other.Lookup(t.Context(), answer.Reference); !errors.Is(err, registry.ErrNotFound) {
			t.Fatalf("Lookup: %v, want ErrNotFound", err)
		}
		if _, _, err := other.State(t.Context(), answer.Reference); !errors.Is(err, registry.ErrNotFound) {
			t.Fatalf("State: %v, want ErrNotFound", err)
		}
	}
	requireAnswers(t, other, others)
	if _, err := other.Committed(t.Context(), "desk", 0); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("Committed of a purged chunk: %v, want ErrNotFound", err)
	}
	for number, want := range map[uint32][]registry.Entry{1: kept.Entries, 2: mixed.Entries[5:]} {
		got, err := other.Committed(t.Context(), "desk", number)
		if err != nil {
			t.Fatal(err)
		}
		requireEntries(t, got, want)
	}
}

func aPurgedReferenceIsNeverLeased(t *testing.T, s Storage) {
	r := openStore(t, s)
	references := Lease(t, r, pool, 30)
	commit(t, r, Chunk("job", 0, references[:10]))
	job, plan := Job("night", 2)
	PlanJob(t, r, job, plan)
	before := banksOf(t, r)
	purge(t, r, endOf(83))
	other := openStore(t, s)
	if after := banksOf(t, other); !slices.Equal(before, after) {
		t.Errorf("banks were %+v, are %+v", before, after)
	}
	if _, err := other.Lease(t.Context(), pool, 1); !errors.Is(err, registry.ErrPurged) {
		t.Errorf("Lease: %v, want ErrPurged", err)
	}
	// Neither what was committed, nor what was leased and not committed.
	for _, part := range [][]registry.Reference{references[:10], references[10:20]} {
		requireRefused(t, other, Chunk("other", 0, part), registry.ErrPurged)
	}
	requireRefused(t, other, Chunk("night", 0, plannedReferences(t, other, "night", plan[0])), registry.ErrPurged)
	again, plan := Job("again", 2)
	if planned, err := other.PlanJob(t.Context(), again, chunksOf(plan), again.At); !errors.Is(err, registry.ErrPurged) || planned {
		t.Errorf("PlanJob: %v, error %v, want ErrPurged", planned, err)
	}
	Lease(t, other, registry.Pool{Region: 33, Month: 84}, 1)
}

func purgingLeavesEvents(t *testing.T, s Storage) {
	r := openStore(t, s)
	references := Issue(t, r, pool, "job", 20)
	later := Issue(t, r, registry.Pool{Region: 33, Month: 84}, "later", 5)
	order := Order(1, registry.Supersede, references[:5])
	order.Successors = later
	record(t, r, order)
	record(t, r, Order(2, registry.Revoke, references[10:]))
	record(t, r, Order(3, registry.Suspend, later))
	propose(t, r, Propose(1))
	appendRecord(t, r, Record(0))
	before := events(t, r, 0)
	mark, err := r.Mark(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	purge(t, r, endOf(83))
	other := openStore(t, s)
	if after := events(t, other, 0); !slices.Equal(before, after) {
		t.Errorf("%d events, were %d", len(after), len(before))
	}
	if holds, err := other.Holds(t.Context(), mark); err != nil || !holds {
		t.Errorf("the mark is held: %v, error %v", holds, err)
	}
	if got := journal(t, other, registry.JournalHead{}); len(got) != 1 {
		t.Errorf("%d records, want 1", len(got))
	}
	requireProposal(t, other, Propose(1))
	requireState(t, other, later[0], status.Suspended)
	record(t, other, Order(4, registry.Resume, later))
	requireOrderRefused(t, other, Order(5, registry.Revoke, references[7:8]), registry.ErrNotFound)
}

func purgingTakesJobs(t *testing.T, s Storage) {
	r := openStore(t, s)
	long, plan := Job("long", 3) // needs month 84 too
	PlanJob(t, r, long, plan)
	for _, number := range []uint32{0, 2} {
		commit(t, r, Chunk("long", number, plannedReferences(t, r, "long", plan[number])))
	}
	short, plan := Job("short", 3)
	for i := range plan {
		plan[i].Needs = plan[i].Needs[:1]
	}
	PlanJob(t, r, short, plan)
	commit(t, r, Chunk("short", 0, plannedReferences(t, r, "short", plan[0])))
	commit(t, r, Chunk("short", 1, nil))
	if _, ok, err := r.Claim(t.Context(), "short", "a", now, now+1000); err != nil || !ok {
		t.Fatal(err)
	}
	if report, want := purge(t, r, endOf(83)), (registry.PurgeReport{Banks: 1, Entries: 21, Jobs: 1, Chunks: 2}); report != want {
		t.Errorf("report is %+v, want %+v", report, want)
	}
	other := openStore(t, s)
	if _, err := other.JobState(t.Context(), "short"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("JobState: %v, want ErrNotFound", err)
	}
	// What is left of the long one is not open again.
	requireJob(t, other, registry.JobState{Job: long, Committed: 2, Issued: 18, PlannedAt: long.At + 5})
	requireOpen(t, other, "long", -1, 9, 1)
	if receipt, err := other.Commit(t.Context(), Chunk("long", 0, nil)); err != nil || !receipt.AlreadyCommitted || len(receipt.Entries) != 2 {
		t.Errorf("a second commit: %+v, error %v", receipt, err)
	}
	if report, want := purge(t, other, endOf(84)), (registry.PurgeReport{Banks: 2, Entries: 4, Jobs: 1, Chunks: 2}); report != want {
		t.Errorf("report is %+v, want %+v", report, want)
	}
	for range other.Jobs(t.Context()) {
		t.Error("a job is left")
	}
}

func purgingAgainIsNothing(t *testing.T, s Storage) {
	r := openStore(t, s)
	Issue(t, r, pool, "job", 20)
	later := Issue(t, r, registry.Pool{Region: 33, Month: 90}, "later", 5)
	purge(t, r, endOf(83))
	for _, before := range []int64{endOf(83), endOf(83) + 86400, endOf(80), 0} {
		report := purge(t, openStore(t, s), before)
		if report.Entries != 0 || report.Chunks != 0 || report.Jobs != 0 || report.Requests != 0 || report.Answers != 0 {
			t.Errorf("purging again: %+v", report)
		}
	}
	// An earlier time does not open a month again.
	if _, err := r.Lease(t.Context(), pool, 1); !errors.Is(err, registry.ErrPurged) {
		t.Errorf("Lease: %v, want ErrPurged", err)
	}
	requireState(t, r, later[0], status.Active)
}

func purgesOutOfBoundsAreRefused(t *testing.T, s Storage) {
	r := openStore(t, s)
	references := Issue(t, r, pool, "job", 20)
	for _, before := range []int64{-1, 1 << 32} {
		if report, err := r.Purge(t.Context(), before); !errors.Is(err, registry.ErrInvalid) || report != (registry.PurgeReport{}) {
			t.Errorf("Purge(%d): %+v, error %v, want ErrInvalid", before, report, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if report, err := r.Purge(ended, endOf(83)); !errors.Is(err, context.Canceled) || report != (registry.PurgeReport{}) {
		t.Errorf("Purge: %+v, error %v", report, err)
	}
	requireState(t, r, references[0], status.Active)
}

func anAuditGoesThroughAll(t *testing.T, s Storage) {
	r := openStore(t, s)
	if report, err := registry.Audit(t.Context(), r); err != nil || report != (registry.AuditReport{}) {
		t.Fatalf("a new registry: %+v, error %v", report, err)
	}
	references := Issue(t, r, pool, "job", 20)
	record(t, r, Order(1, registry.Suspend, references[:5]))
	record(t, r, Order(2, registry.Resume, references[:2]))
	for i := range 3 {
		appendRecord(t, r, Record(i))
	}
	for _, name := range []string{"night", "done"} {
		job, plan := Job(name, 2)
		PlanJob(t, r, job, plan)
		commit(t, r, Chunk(name, 0, plannedReferences(t, r, name, plan[0])))
	}
	commit(t, r, Chunk("done", 1, nil))
	want := registry.AuditReport{Banks: 2, Leased: 20 + 2*2*9, Issued: 20 + 2*9, Jobs: 2, Open: 1, Events: 7, Journal: 3}
	if report, err := registry.Audit(t.Context(), openStore(t, s)); err != nil || report != want {
		t.Errorf("%+v, error %v, want %+v", report, err, want)
	}
	purge(t, r, endOf(83))
	if _, err := registry.Audit(t.Context(), r); err != nil {
		t.Errorf("after a purge: %v", err)
	}
}

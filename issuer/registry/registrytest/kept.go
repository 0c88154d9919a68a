package registrytest

import (
	"errors"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
)

// keptRevoked are the entries of chunk 2 of the job night that an order has revoked.
const keptRevokedFrom, keptRevokedTo = 10, 15

// KeepEntries writes what a registry of testdata has of entries and events, for
// whoever makes one: a job of three chunks over two months, each of 20 entries out of
// 25 leased references, the first with a request key, and an order that revokes five.
func KeepEntries(t testing.TB, r registry.StateKeeper) {
	t.Helper()
	for number := range uint32(3) {
		references := Lease(t, r, registry.Pool{Region: pool.Region, Month: pool.Month + uint16(number%2)}, 25)[:20]
		commit(t, r, keptChunk(number, references))
		if number == 2 {
			order := Order(0, registry.Revoke, references[keptRevokedFrom:keptRevokedTo])
			order.Key = registry.OrderKey{2}
			record(t, r, order)
		}
	}
}

// keptChunk is a chunk of the job night.
func keptChunk(number uint32, references []registry.Reference) registry.Chunk {
	chunk := Chunk("night", number, references)
	chunk.Entries[0].Request = registry.RequestKey{0xaa, byte(number)}
	return chunk
}

// KeepActs writes the rest: answers to five requests, a planned job of which one chunk
// is committed, three records of the journal, and two proposals, one of them used.
func KeepActs(t testing.TB, r registry.Store) {
	t.Helper()
	chunk, answers := Answers("desk", 0, 1, Lease(t, r, registry.Pool{Region: 41, Month: 90}, 5))
	commitAnswers(t, r, chunk, answers)
	job, plan := keptJob()
	PlanJob(t, r, job, plan)
	commit(t, r, Chunk(job.Name, 1, plannedReferences(t, r, job.Name, plan[1])))
	for n := range 3 {
		appendRecord(t, r, Record(n))
	}
	used := Propose(1)
	propose(t, r, used)
	propose(t, r, Propose(2))
	approve(t, r, used.ID, approver("chief", "CDC 330100"))
	if _, err := r.Use(t.Context(), used.ID, planTime+100, 100); err != nil {
		t.Fatal(err)
	}
}

// keptJob is the job of which one chunk is committed.
func keptJob() (registry.Job, []registry.PlannedChunk) {
	job, plan := Job("planned", 3)
	job.Digest = [32]byte{1, 2, 3} // as it stands in testdata
	return job, plan
}

// Kept says which parts of it a registry of testdata has: older schemas had no place
// for some.
type Kept struct{ Revoked, Acts bool }

// RequireKept holds a registry to what KeepEntries and KeepActs wrote: entries,
// revocations, the answers to requests byte by byte, and that nothing of it is handed
// out again. It leases further references and changes nothing else.
func RequireKept(t testing.TB, r registry.Store, kept Kept) {
	t.Helper()
	used := make(map[registry.Reference]bool)
	for number := range uint32(3) {
		entries, err := r.Committed(t.Context(), "night", number)
		if err != nil || len(entries) != 20 {
			t.Fatalf("chunk %d has %d entries, error %v", number, len(entries), err)
		}
		references := referencesOf(entries)
		for i, reference := range references {
			used[reference] = true
			requireKeptState(t, r, reference, kept.Revoked && number == 2 && i >= keptRevokedFrom && i < keptRevokedTo)
		}
		want := keptChunk(number, references).Entries
		if !slices.Equal(entries, want) {
			t.Fatalf("chunk %d is\n%+v, want\n%+v", number, entries, want)
		}
		if found, err := r.LookupRequest(t.Context(), want[0].Request); err != nil || found != want[0] {
			t.Fatalf("LookupRequest: %+v, error %v", found, err)
		}
	}
	if kept.Acts {
		requireKeptActs(t, r)
	}
	requireUnchecked(t, r, kept)
	for _, reference := range Lease(t, r, pool, 1000) {
		if used[reference] {
			t.Fatalf("%v was handed out again", reference)
		}
	}
}

// requireUnchecked: no program whose registries are in testdata wrote checksums.
func requireUnchecked(t testing.TB, r registry.EntryChecker, kept Kept) {
	t.Helper()
	want := uint64(3 * 20)
	if kept.Acts {
		want += 5 + 9
	}
	if unchecked, err := r.CheckEntries(t.Context()); err != nil || unchecked != want {
		t.Fatalf("%d entries have no checksum, error %v, want %d", unchecked, err, want)
	}
}

func referencesOf(entries []registry.Entry) []registry.Reference {
	references := make([]registry.Reference, len(entries))
	for i, entry := range entries {
		references[i] = entry.Reference
	}
	return references
}

func requireKeptState(t testing.TB, r registry.Store, reference registry.Reference, revoked bool) {
	t.Helper()
	want := status.Active
	if revoked {
		want = status.Revoked
	}
	if state, _, err := r.State(t.Context(), reference); err != nil || state != want {
		t.Fatalf("%v is %s, error %v, want %s", reference, state, err, want)
	}
}

func requireKeptActs(t testing.TB, r registry.Store) {
	t.Helper()
	entries, err := r.Committed(t.Context(), "desk", 0)
	if err != nil || len(entries) != 5 {
		t.Fatalf("the desk has %d entries, error %v", len(entries), err)
	}
	_, answers := Answers("desk", 0, 1, referencesOf(entries))
	requireAnswers(t, r, answers)
	job, plan := keptJob()
	requireJob(t, r, registry.JobState{Job: job, PlannedAt: job.At + 5, Committed: 1, Issued: 9})
	for _, number := range []int{0, 2} {
		plannedReferences(t, r, job.Name, plan[number])
		if _, err := r.Committed(t.Context(), job.Name, uint32(number)); !errors.Is(err, registry.ErrNotFound) {
			t.Fatalf("chunk %d is committed: %v", number, err)
		}
	}
	records := journal(t, r, registry.JournalHead{})
	if len(records) != 3 {
		t.Fatalf("the journal has %d records", len(records))
	}
	for n, record := range records {
		if record.Sequence, record.Hash = 0, [32]byte{}; !equalRecords(record, Record(n)) {
			t.Fatalf("record %d is %+v", n, record)
		}
	}
	used := Propose(1)
	used.Approvals, used.UsedAt = []registry.Approval{approver("chief", "CDC 330100")}, planTime+100
	requireProposal(t, r, used)
	requireProposal(t, r, Propose(2))
}

package registrytest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
)

func answerLaws() []law {
	return []law{
		{"AnAnswerIsKeptAcrossReopening", anAnswerIsKept},
		{"ARequestHasOneAnswer", aRequestHasOneAnswer},
		{"OfTwoAnswersAtOnceOneIsKept", ofTwoAnswersOneIsKept},
		{"AChunkOfAnswersIsCommittedOnce", aChunkOfAnswersIsCommittedOnce},
		{"ForgettingTakesTheOldestAndLeavesEntries", forgettingTakesTheOldest},
		{"AnswersOutOfBoundsAreRefused", answersOutOfBoundsAreRefused},
		{"AnEndedContextAnswersNothing", anEndedContextAnswersNothing},
	}
}

// Answers makes a chunk whose entries all have request keys, from first on, and
// the answers to them.
func Answers(job string, number uint32, first byte, references []registry.Reference) (registry.Chunk, []registry.Answer) {
	chunk := Chunk(job, number, references)
	answers := make([]registry.Answer, len(references))
	for i := range chunk.Entries {
		e := &chunk.Entries[i]
		e.Request = registry.RequestKey{0xee, first, byte(i >> 8), byte(i)}
		answers[i] = registry.Answer{
			Request: e.Request, Digest: [32]byte{first, byte(i), 1}, Reference: e.Reference,
			KeyID: e.KeyID, IssuedAt: e.IssuedAt, ExpiresAt: e.ExpiresAt, Signature: [64]byte{byte(i), first, 63: 7},
		}
	}
	return chunk, answers
}

func commitAnswers(t testing.TB, r registry.Store, chunk registry.Chunk, answers []registry.Answer) {
	t.Helper()
	entries, kept := slices.Clone(chunk.Entries), slices.Clone(answers)
	receipt, err := r.CommitAnswers(t.Context(), chunk, answers)
	if err != nil || receipt.AlreadyCommitted || len(receipt.Entries) != len(chunk.Entries) {
		t.Fatalf("CommitAnswers: %+v, error %v", receipt, err)
	}
	if !slices.Equal(entries, chunk.Entries) || !slices.Equal(kept, answers) {
		t.Fatal("CommitAnswers changed the caller's arguments")
	}
}

func requireAnswers(t testing.TB, r registry.Answers, want []registry.Answer) {
	t.Helper()
	for i, answer := range want {
		if got, err := r.Answer(t.Context(), answer.Request); err != nil || got != answer {
			t.Fatalf("Answer %d: %+v, error %v, want %+v", i, got, err, answer)
		}
	}
}

func requireNoAnswer(t testing.TB, r registry.Answers, key registry.RequestKey) {
	t.Helper()
	if got, err := r.Answer(t.Context(), key); !errors.Is(err, registry.ErrNotFound) || got != (registry.Answer{}) {
		t.Fatalf("Answer(%x): %+v, error %v, want ErrNotFound", key, got, err)
	}
}

func anAnswerIsKept(t *testing.T, s Storage) {
	r := openStore(t, s)
	references := Lease(t, r, pool, 300)
	slices.Reverse(references) // in the caller's order, not that of positions
	references = append(references, Lease(t, r, registry.Pool{Region: 41, Month: 90}, 10)...)
	chunk, answers := Answers("desk", 0, 1, references)
	commitAnswers(t, r, chunk, answers)
	for _, handle := range []registry.Store{r, openStore(t, s)} {
		requireAnswers(t, handle, answers)
		requireNoAnswer(t, handle, registry.RequestKey{1})
		requireNoAnswer(t, handle, registry.RequestKey{})
		for _, e := range chunk.Entries {
			if got, err := handle.LookupRequest(t.Context(), e.Request); err != nil || got != e {
				t.Fatalf("LookupRequest: %+v, error %v, want %+v", got, err, e)
			}
		}
	}
}

// requireRequestUsed commits answers of which nothing may then be there.
func requireRequestUsed(t testing.TB, r registry.Store, chunk registry.Chunk, answers []registry.Answer, key registry.RequestKey) {
	t.Helper()
	before := issued(t, r)
	receipt, err := r.CommitAnswers(t.Context(), chunk, answers)
	used, ok := errors.AsType[*registry.RequestUsedError](err)
	if !ok || !errors.Is(err, registry.ErrRequestUsed) || used.Key != key || receipt.Entries != nil {
		t.Fatalf("CommitAnswers: %+v, error %v, want a RequestUsedError of %x", receipt, err, key)
	}
	if after := issued(t, r); after != before {
		t.Errorf("%d entries after a refused commit, %d before", after, before)
	}
	for _, answer := range answers {
		if answer.Request != key {
			requireNoAnswer(t, r, answer.Request)
		}
	}
	if _, err := r.Committed(t.Context(), chunk.Job, chunk.Number); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("Committed after a refused commit: %v, want ErrNotFound", err)
	}
}

func aRequestHasOneAnswer(t *testing.T, s Storage) {
	r := openStore(t, s)
	references := Lease(t, r, pool, 40)
	chunk, answers := Answers("desk", 0, 1, references[:10])
	commitAnswers(t, r, chunk, answers)
	again, others := Answers("desk", 1, 2, references[10:20])
	again.Entries[4].Request, others[4].Request = answers[9].Request, answers[9].Request
	requireRequestUsed(t, r, again, others, answers[9].Request)
	requireAnswers(t, r, answers)
	// Twice in one chunk.
	twice, both := Answers("desk", 1, 3, references[10:20])
	twice.Entries[4].Request, both[4].Request = both[8].Request, both[8].Request
	requireRequestUsed(t, r, twice, both, both[8].Request)
	requireNoAnswer(t, r, both[8].Request)
	// A key that a commit without answers used.
	plain := Chunk("desk", 1, references[20:21])
	plain.Entries[0].Request = registry.RequestKey{9, 9}
	commit(t, r, plain)
	requireNoAnswer(t, r, registry.RequestKey{9, 9})
	third, last := Answers("desk", 2, 4, references[21:23])
	third.Entries[0].Request, last[0].Request = registry.RequestKey{9, 9}, registry.RequestKey{9, 9}
	requireRequestUsed(t, r, third, last, registry.RequestKey{9, 9})
}

func ofTwoAnswersOneIsKept(t *testing.T, s Storage) {
	r := openStore(t, s)
	const servers = 6
	failures := make([]error, servers)
	all := make([][]registry.Answer, servers)
	var group sync.WaitGroup
	for i := range servers {
		handle := openStore(t, s)
		chunk, answers := Answers("desk", uint32(i), 1, Lease(t, r, pool, 5))
		for j := range answers { // each as its own server made it
			answers[j].Signature[5] = byte(i)
		}
		all[i] = answers
		group.Go(func() { _, failures[i] = handle.CommitAnswers(t.Context(), chunk, answers) })
	}
	group.Wait()
	kept := -1
	for i, err := range failures {
		switch {
		case err == nil && kept >= 0:
			t.Fatal("two servers answered the same requests")
		case err == nil:
			kept = i
		case !errors.Is(err, registry.ErrRequestUsed):
			t.Fatal(err)
		}
	}
	if kept < 0 {
		t.Fatal("no server answered")
	}
	requireAnswers(t, r, all[kept])
	if n := issued(t, r); n != 5 {
		t.Errorf("%d entries are issued, want 5", n)
	}
}

func aChunkOfAnswersIsCommittedOnce(t *testing.T, s Storage) {
	r := openStore(t, s)
	references := Lease(t, r, pool, 20)
	chunk, answers := Answers("desk", 0, 1, references[:10])
	commitAnswers(t, r, chunk, answers)
	other, others := Answers("desk", 0, 2, references[10:])
	for _, again := range []struct {
		chunk   registry.Chunk
		answers []registry.Answer
	}{{chunk, answers}, {other, others}} {
		receipt, err := openStore(t, s).CommitAnswers(t.Context(), again.chunk, again.answers)
		if err != nil || !receipt.AlreadyCommitted {
			t.Fatalf("CommitAnswers again: %+v, error %v", receipt, err)
		}
		requireEntries(t, receipt.Entries, chunk.Entries)
	}
	requireAnswers(t, r, answers)
	requireNoAnswer(t, r, others[0].Request)
}

func forgettingTakesTheOldest(t *testing.T, s Storage) {
	r := openStore(t, s)
	references := Lease(t, r, pool, 30)
	chunk, answers := Answers("desk", 0, 1, references) // issued a second apart
	commitAnswers(t, r, chunk, answers)
	from := answers[0].IssuedAt
	for _, step := range []struct {
		before      int64
		limit, want int
	}{{from, 100, 0}, {from + 20, 5, 5}, {from + 20, 100, 15}, {from + 20, 100, 0}, {from + 21, 1, 1}} {
		if n, err := r.ForgetAnswers(t.Context(), step.before, step.limit); err != nil || n != step.want {
			t.Fatalf("ForgetAnswers(%d, %d): %d, error %v, want %d", step.before-from, step.limit, n, err, step.want)
		}
	}
	other := openStore(t, s)
	for _, answer := range answers[:21] {
		requireNoAnswer(t, other, answer.Request)
	}
	requireAnswers(t, other, answers[21:])
	for _, e := range chunk.Entries {
		if got, err := other.LookupRequest(t.Context(), e.Request); err != nil || got != e {
			t.Fatalf("LookupRequest: %+v, error %v", got, err)
		}
	}
	again, others := Answers("desk", 1, 1, Lease(t, r, pool, 1))
	requireRequestUsed(t, r, again, others, answers[0].Request)
}

func answersOutOfBoundsAreRefused(t *testing.T, s Storage) {
	r := openStore(t, s)
	references := Lease(t, r, pool, 3)
	for name, change := range map[string]func(*registry.Chunk, *[]registry.Answer){
		"an answer too few": func(_ *registry.Chunk, a *[]registry.Answer) { *a = (*a)[:2] },
		"no answers":        func(c *registry.Chunk, a *[]registry.Answer) { c.Entries, *a = nil, nil },
		"no request": func(c *registry.Chunk, a *[]registry.Answer) {
			c.Entries[1].Request, (*a)[1].Request = registry.RequestKey{}, registry.RequestKey{}
		},
		"another request":    func(_ *registry.Chunk, a *[]registry.Answer) { (*a)[1].Request[3]++ },
		"another reference":  func(_ *registry.Chunk, a *[]registry.Answer) { (*a)[1].Reference = (*a)[2].Reference },
		"another key":        func(_ *registry.Chunk, a *[]registry.Answer) { (*a)[1].KeyID[0]++ },
		"another time":       func(_ *registry.Chunk, a *[]registry.Answer) { (*a)[1].IssuedAt++ },
		"another expiry":     func(_ *registry.Chunk, a *[]registry.Answer) { (*a)[1].ExpiresAt++ },
		"no digest":          func(_ *registry.Chunk, a *[]registry.Answer) { (*a)[1].Digest = [32]byte{} },
		"no signature":       func(_ *registry.Chunk, a *[]registry.Answer) { (*a)[1].Signature = [64]byte{} },
		"a job with a blank": func(c *registry.Chunk, _ *[]registry.Answer) { c.Job = "a desk" },
	} {
		t.Run(name, func(t *testing.T) {
			chunk, answers := Answers("desk", 0, 1, references)
			change(&chunk, &answers)
			if receipt, err := r.CommitAnswers(t.Context(), chunk, answers); !errors.Is(err, registry.ErrInvalid) || receipt.Entries != nil {
				t.Errorf("%+v, error %v, want ErrInvalid", receipt, err)
			}
		})
	}
	chunk, answers := Answers("desk", 0, 1, references)
	chunk.Entries[2].Reference = free(references)
	answers[2].Reference = chunk.Entries[2].Reference
	if _, err := r.CommitAnswers(t.Context(), chunk, answers); !errors.Is(err, registry.ErrNotLeased) {
		t.Errorf("a reference that was not leased: %v, want ErrNotLeased", err)
	}
	for _, call := range []struct {
		before int64
		limit  int
	}{{-1, 1}, {1 << 32, 1}, {1, 0}, {1, registry.MaxChunk + 1}} {
		if n, err := r.ForgetAnswers(t.Context(), call.before, call.limit); !errors.Is(err, registry.ErrInvalid) || n != 0 {
			t.Errorf("ForgetAnswers(%d, %d): %d, error %v, want ErrInvalid", call.before, call.limit, n, err)
		}
	}
	chunk, answers = Answers("desk", 0, 1, references)
	commitAnswers(t, r, chunk, answers)
}

func anEndedContextAnswersNothing(t *testing.T, s Storage) {
	r := openStore(t, s)
	chunk, answers := Answers("desk", 0, 1, Lease(t, r, pool, 3))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.CommitAnswers(ended, chunk, answers); !errors.Is(err, context.Canceled) {
		t.Errorf("CommitAnswers: %v", err)
	}
	commitAnswers(t, r, chunk, answers)
	if n, err := r.ForgetAnswers(ended, 1<<31, 10); !errors.Is(err, context.Canceled) || n != 0 {
		t.Errorf("ForgetAnswers: %d, error %v", n, err)
	}
	if _, err := r.Answer(ended, answers[0].Request); !errors.Is(err, context.Canceled) {
		t.Errorf("Answer: %v", err)
	}
	requireAnswers(t, r, answers)
}

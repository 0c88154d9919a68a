// Package registrytest holds the tests that every implementation of registry.Store
// passes.
//
//	func TestConformance(t *testing.T) {
//		registrytest.Run(t, func(t *testing.T) registrytest.Storage {
//			path := filepath.Join(t.TempDir(), "registry")
//			...
//		})
//	}
package registrytest

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
)

// Storage is the storage of one registry, planned with the zero Plan.
type Storage interface {
	// Open opens the registry, again for each call; what an earlier call
	// returned may be closed or still open. The caller closes what it returns.
	Open(t testing.TB) registry.StateKeeper
}

// Run runs the tests, each on a storage of its own, made empty by create.
func Run(t *testing.T, create func(t *testing.T) Storage) {
	for _, test := range slices.Concat(entryLaws(), stateLaws(), jobLaws(), answerLaws(), actLaws(), retentionLaws()) {
		t.Run(test.name, func(t *testing.T) { test.hold(t, create(t)) })
	}
}

// law is a test of a storage that is empty.
type law struct {
	name string
	hold func(*testing.T, Storage)
}

func entryLaws() []law {
	return []law{
		{"LeasesNeverOverlap", leasesNeverOverlap},
		{"LeasesContinueAfterReopening", leasesContinueAfterReopening},
		{"NeighboursOfALeaseLandApart", neighboursOfALeaseLandApart},
		{"AFullBankIsFollowedByTheNext", aFullBankIsFollowedByTheNext},
		{"PoolsAreCounted", poolsAreCounted},
		{"WhatWasCommittedIsFound", whatWasCommittedIsFound},
		{"AChunkIsCommittedOnce", aChunkIsCommittedOnce},
		{"OneOfManyCommitsOfAChunkIsTheFirst", oneOfManyCommitsIsTheFirst},
		{"AReferenceThatWasNotLeasedIsRefused", unleasedReferenceIsRefused},
		{"AReferenceIsUsedOnce", aReferenceIsUsedOnce},
		{"ARequestIsAnsweredOnce", aRequestIsAnsweredOnce},
		{"AChunkMaySpreadOverPools", aChunkMaySpreadOverPools},
		{"AnEmptyChunkIsSettled", anEmptyChunkIsSettled},
		{"TheLargestChunkIsCommitted", theLargestChunkIsCommitted},
		{"EntriesOfAJobComeInOrder", entriesOfAJobComeInOrder},
		{"CommittingWhileReadingGoesOn", committingWhileReadingGoesOn},
		{"ArgumentsOutOfBoundsAreRefused", argumentsOutOfBoundsAreRefused},
		{"AnEndedContextChangesNothing", anEndedContextChangesNothing},
	}
}

// pool is the one that most tests work in.
var pool = registry.Pool{Region: 33, Month: 83}

func open(t testing.TB, s Storage) registry.StateKeeper {
	t.Helper()
	r := s.Open(t)
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return r
}

// openStore opens the registry with all that it does.
func openStore(t testing.TB, s Storage) registry.Store {
	t.Helper()
	store, ok := open(t, s).(registry.Store)
	if !ok {
		t.Fatal("the registry is no registry.Store")
	}
	return store
}

// Lease leases n references or ends the test.
func Lease(t testing.TB, r registry.Registry, pool registry.Pool, n int) []registry.Reference {
	t.Helper()
	leased, err := r.Lease(t.Context(), pool, n)
	if err != nil {
		t.Fatalf("Lease(%v, %d): %v", pool, n, err)
	}
	if leased.Len() != n {
		t.Fatalf("Lease(%v, %d) has %d references", pool, n, leased.Len())
	}
	references := make([]registry.Reference, n)
	for i := range references {
		reference, ok := leased.At(i)
		if !ok || reference.Pool() != pool {
			t.Fatalf("reference %d of %d is %v, %v", i, n, reference, ok)
		}
		references[i] = reference
	}
	if reference, ok := leased.At(n); ok {
		t.Fatalf("a lease of %d has reference %v at %d", n, reference, n)
	}
	return references
}

// Chunk makes a chunk whose entries follow from job, number and references.
func Chunk(job string, number uint32, references []registry.Reference) registry.Chunk {
	entries := make([]registry.Entry, len(references))
	for i, reference := range references {
		label := binary.BigEndian.AppendUint32([]byte(job), number)
		label = binary.BigEndian.AppendUint32(label, reference.List)
		label = binary.BigEndian.AppendUint32(label, reference.Index)
		entries[i] = registry.Entry{
			Reference: reference,
			KeyID:     registry.KeyID{1, 2, 3, byte(i)},
			Hash:      sha256.Sum256(label),
			IssuedAt:  1_700_000_000 + int64(i),
			ExpiresAt: 1_700_000_000 + int64(i) + 86400,
			State:     registry.Issued,
		}
	}
	return registry.Chunk{Job: job, Number: number, Entries: entries}
}

// commit commits a chunk that must be new, and holds the registry to leaving
// the caller's chunk as it was.
func commit(t testing.TB, r registry.Registry, chunk registry.Chunk) registry.Receipt {
	t.Helper()
	before := slices.Clone(chunk.Entries)
	receipt, err := r.Commit(t.Context(), chunk)
	if err != nil {
		t.Fatalf("Commit(%s, %d): %v", chunk.Job, chunk.Number, err)
	}
	if receipt.AlreadyCommitted || len(receipt.Entries) != len(chunk.Entries) {
		t.Fatalf("Commit(%s, %d): already %v, %d entries", chunk.Job, chunk.Number, receipt.AlreadyCommitted, len(receipt.Entries))
	}
	if !slices.Equal(before, chunk.Entries) {
		t.Fatal("Commit changed the caller's chunk")
	}
	return receipt
}

// requireRefused commits a chunk that must be refused with the given error, and
// of which nothing may then be there.
func requireRefused(t testing.TB, r registry.Registry, chunk registry.Chunk, want error) {
	t.Helper()
	before := issued(t, r)
	receipt, err := r.Commit(t.Context(), chunk)
	if !errors.Is(err, want) {
		t.Fatalf("Commit: error %v, want %v", err, want)
	}
	if receipt.Entries != nil || receipt.AlreadyCommitted {
		t.Errorf("Commit returned %v beside an error", receipt)
	}
	if after := issued(t, r); after != before {
		t.Errorf("%d entries after a refused commit, %d before", after, before)
	}
	if registry.CheckJob(chunk.Job) == nil {
		if _, err := r.Committed(t.Context(), chunk.Job, chunk.Number); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("Committed after a refused commit: %v, want ErrNotFound", err)
		}
	}
}

func issued(t testing.TB, r registry.Registry) (n uint64) {
	t.Helper()
	pools, err := r.Pools(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pools {
		n += p.Issued
	}
	return n
}

func requireEntries(t testing.TB, got, want []registry.Entry) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d entries, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("entry %d is\n%+v, want\n%+v", i, got[i], want[i])
		}
	}
}

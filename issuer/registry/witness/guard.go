package witness

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"sync"

	"github.com/tongxing/tongxing/issuer/registry"
)

// Guard is a registry that hands out nothing that its witness does not have. It is
// safe for concurrent use, and several processes may guard the same registry with
// the same file. Methods that hand out references, record orders or append to the
// journal return *OlderError, *OtherRegistryError, *MissingError, *DamagedError,
// *LaterError and errors of writing the file besides those of the registry; what they did is then
// done in the registry, and references that were to be handed out are lost.
type Guard struct {
	registry.Store
	path string

	mutex sync.Mutex
	known state                        // what the file was seen to have
	least map[registry.Geometry]uint64 // the counters of known
}

var _ registry.Store = (*Guard)(nil)

// Open holds a registry to its witness and returns it guarded. Where there is no
// file, one is made for a registry that nothing was taken from yet; for any other
// it is a *MissingError. Further errors are *OlderError, *OtherRegistryError,
// *DamagedError and *LaterError. The store stays the caller's until Open succeeds; then Close of
// the Guard closes it.
func Open(ctx context.Context, store registry.Store, path string) (*Guard, error) {
	g := &Guard{Store: store, path: path}
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if err := g.refresh(ctx, true); err != nil {
		return nil, err
	}
	return g, nil
}

// Unwrap returns the registry without its guard.
func (g *Guard) Unwrap() registry.Store { return g.Store }

// refresh holds the registry to the file and brings the file up to it. The mutex
// is held.
func (g *Guard) refresh(ctx context.Context, first bool) error {
	return locked(g.path, func() error {
		witness, there, err := read(g.path)
		if err != nil {
			return err
		}
		now, err := stateOf(ctx, g.Store)
		if err != nil {
			return err
		}
		if !there {
			if !first || now.isUsed() {
				return &MissingError{Path: g.path}
			}
		} else if err := compare(ctx, g.path, witness, now, g.Store); err != nil {
			return err
		}
		if !there || !now.equal(witness) {
			if err := now.write(g.path); err != nil {
				return err
			}
		}
		g.known, g.least = now, now.leased()
		return nil
	})
}

// locked runs what reads and writes the witness alone, of all processes.
func locked(path string, do func() error) (err error) {
	release, err := lock(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("witness: no folder for %s: %w", path, fs.ErrNotExist)
	}
	if err != nil {
		return fmt.Errorf("witness: %w", err)
	}
	defer func() { err = errors.Join(err, release()) }()
	return do()
}

// cover makes sure that the witness has the references of the ranges. Of many who
// wait for it, the first writes for all.
func (g *Guard) cover(ctx context.Context, ranges ...registry.Range) error {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	for _, r := range ranges {
		span := r.Span()
		if g.least[span.Geometry] < span.First+uint64(span.Count) {
			return g.refresh(ctx, false)
		}
	}
	return nil
}

// Lease implements registry.Registry.
func (g *Guard) Lease(ctx context.Context, pool registry.Pool, n int) (registry.Range, error) {
	before := g.leastOf()
	leased, err := g.Store.Lease(ctx, pool, n)
	if err != nil {
		return registry.Range{}, err
	}
	if span := leased.Span(); span.First < before[span.Geometry] {
		// The server was replaced by an older copy while we hold a connection.
		g.mutex.Lock()
		defer g.mutex.Unlock()
		err := g.refresh(ctx, false)
		return registry.Range{}, errors.Join(&OlderError{Path: g.path, Banks: []Behind{
			{Geometry: span.Geometry, Registry: span.First, Witness: before[span.Geometry]},
		}}, err)
	}
	if err := g.cover(ctx, leased); err != nil {
		return registry.Range{}, err
	}
	return leased, nil
}

// leastOf returns the counters that the file was seen to have. The map is never
// changed, only replaced.
func (g *Guard) leastOf() map[registry.Geometry]uint64 {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return g.least
}

// PlanJob implements registry.Jobs.
func (g *Guard) PlanJob(ctx context.Context, job registry.Job, chunks iter.Seq2[registry.PlannedChunk, error], at int64) (bool, error) {
	planned, err := g.Store.PlanJob(ctx, job, chunks, at)
	if err != nil || !planned {
		return false, err // what was planned before is covered chunk by chunk
	}
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if err := g.refresh(ctx, false); err != nil {
		return false, err
	}
	return true, nil
}

// PlannedChunk implements registry.Jobs: it covers also what a process leased that
// was killed before it wrote the witness.
func (g *Guard) PlannedChunk(ctx context.Context, name string, number uint32) (registry.PlannedChunk, []registry.Leased, error) {
	chunk, leased, err := g.Store.PlannedChunk(ctx, name, number)
	if err != nil {
		return registry.PlannedChunk{}, nil, g.why(ctx, err)
	}
	ranges := make([]registry.Range, len(leased))
	for i, l := range leased {
		ranges[i] = l.Range
	}
	if err := g.cover(ctx, ranges...); err != nil {
		return registry.PlannedChunk{}, nil, err
	}
	return chunk, leased, nil
}

// Commit implements registry.Registry.
func (g *Guard) Commit(ctx context.Context, chunk registry.Chunk) (registry.Receipt, error) {
	receipt, err := g.Store.Commit(ctx, chunk)
	return receipt, g.why(ctx, err)
}

// CommitAnswers implements registry.Answers.
func (g *Guard) CommitAnswers(ctx context.Context, chunk registry.Chunk, answers []registry.Answer) (registry.Receipt, error) {
	receipt, err := g.Store.CommitAnswers(ctx, chunk, answers)
	return receipt, g.why(ctx, err)
}

// why finds out whether a registry lacks what was leased or planned because an older
// copy took its place while it was worked on: then that is the error.
func (g *Guard) why(ctx context.Context, err error) error {
	if !errors.Is(err, registry.ErrNotLeased) && !errors.Is(err, registry.ErrNotFound) {
		return err
	}
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if older := g.refresh(ctx, false); older != nil {
		return older
	}
	return err
}

// Record implements registry.Orders.
func (g *Guard) Record(ctx context.Context, order registry.Order) (registry.OrderReceipt, error) {
	receipt, err := g.Store.Record(ctx, order)
	if err != nil {
		return registry.OrderReceipt{}, err
	}
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if receipt.LastEvent > g.known.mark.Sequence {
		if err := g.refresh(ctx, false); err != nil {
			return registry.OrderReceipt{}, err
		}
	}
	return receipt, nil
}

// Append implements registry.Journal.
func (g *Guard) Append(ctx context.Context, record registry.JournalRecord) (registry.JournalRecord, error) {
	appended, err := g.Store.Append(ctx, record)
	if err != nil {
		return registry.JournalRecord{}, err
	}
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if appended.Sequence > g.known.journal.Sequence {
		if err := g.refresh(ctx, false); err != nil {
			return registry.JournalRecord{}, err
		}
	}
	return appended, nil
}

// Raise implements registry.Raiser.
func (g *Guard) Raise(ctx context.Context, counts []registry.BankCount) (int, error) {
	raised, err := g.Store.Raise(ctx, counts)
	if err != nil {
		return 0, err
	}
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if err := g.refresh(ctx, false); err != nil {
		return 0, err
	}
	return raised, nil
}

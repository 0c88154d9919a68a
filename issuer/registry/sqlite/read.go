package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// Committed implements registry.Registry.
func (r *Registry) Committed(ctx context.Context, job string, number uint32) ([]registry.Entry, error) {
	if err := registry.CheckJob(job); err != nil {
		return nil, err
	}
	entries, err := r.committed(ctx, job, number)
	if err != nil {
		return nil, r.named(fmt.Sprintf("read chunk %d of job %s", number, job), err)
	}
	return entries, nil
}

func (r *Registry) committed(ctx context.Context, job string, number uint32) ([]registry.Entry, error) {
	var id int64
	err := r.read.QueryRowContext(ctx, "SELECT id FROM chunk WHERE job = ? AND number = ?", job, number).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, registry.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return r.entriesOf(ctx, r.read, id)
}

// Entries implements registry.Registry. No transaction is held between chunks:
// one that stays open keeps the WAL from being folded back into the file.
func (r *Registry) Entries(ctx context.Context, job string) iter.Seq2[registry.Entry, error] {
	return func(yield func(registry.Entry, error) bool) {
		if err := registry.CheckJob(job); err != nil {
			yield(registry.Entry{}, err)
			return
		}
		for after := int64(-1); ; {
			entries, number, err := r.nextChunk(ctx, job, after)
			if errors.Is(err, sql.ErrNoRows) {
				return
			}
			if err != nil {
				yield(registry.Entry{}, r.named("read job "+job, err))
				return
			}
			for i := range entries {
				if !yield(entries[i], nil) {
					return
				}
			}
			after = number
		}
	}
}

// nextChunk returns the entries and number of the first chunk above a number,
// or sql.ErrNoRows.
func (r *Registry) nextChunk(ctx context.Context, job string, after int64) (entries []registry.Entry, number int64, err error) {
	var id int64
	err = r.read.QueryRowContext(ctx, "SELECT id, number FROM chunk WHERE job = ? AND number > ? ORDER BY number LIMIT 1", job, after).Scan(&id, &number)
	if err != nil {
		return nil, 0, err
	}
	entries, err = r.entriesOf(ctx, r.read, id)
	return entries, number, err
}

// entriesOf returns the entries of a chunk by its id.
func (r *Registry) entriesOf(ctx context.Context, q querier, chunk int64) ([]registry.Entry, error) {
	segments, err := selectSegments(ctx, q, chunk)
	if err != nil {
		return nil, err
	}
	return packed.EntriesOf(segments, func(id int64) (*registry.Bank, error) { return r.bankByID(ctx, q, id) })
}

func selectSegments(ctx context.Context, q querier, chunk int64) ([]packed.Segment, error) {
	rows, err := q.QueryContext(ctx, "SELECT position, entries, requests FROM segment WHERE chunk = ? ORDER BY position", chunk)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var segments []packed.Segment
	for rows.Next() {
		var s packed.Segment
		if err := rows.Scan(&s.At, &s.Entries, &s.Requests); err != nil {
			return nil, err
		}
		segments = append(segments, s)
	}
	return segments, rows.Err()
}

// bankByID returns a bank, from the cache where it is there.
func (r *Registry) bankByID(ctx context.Context, q querier, id int64) (*registry.Bank, error) {
	if bank, ok := r.banks.Known(id); ok {
		return bank, nil
	}
	banks, err := r.selectBanks(ctx, q, selectBank+"WHERE id = ?", id)
	if err != nil {
		return nil, err
	}
	if len(banks) == 0 {
		return nil, fmt.Errorf("%w: no bank %d", registry.ErrDamaged, id)
	}
	return banks[0].Bank, nil
}

// Lookup implements registry.Registry.
func (r *Registry) Lookup(ctx context.Context, reference registry.Reference) (registry.Entry, error) {
	if err := registry.CheckPool(reference.Pool()); err != nil {
		return registry.Entry{}, err
	}
	banks, err := r.banksOf(ctx, r.read, reference.Pool())
	if err != nil {
		return registry.Entry{}, r.named("look up a reference", err)
	}
	at, ok := packed.Find(banks, reference)
	if !ok {
		return registry.Entry{}, r.named("look up a reference", registry.ErrNotFound)
	}
	entry, err := r.entryAt(ctx, at)
	if err != nil {
		return registry.Entry{}, r.named("look up a reference", err)
	}
	entry.Reference = reference
	return entry, nil
}

// LookupRequest implements registry.Registry.
func (r *Registry) LookupRequest(ctx context.Context, key registry.RequestKey) (registry.Entry, error) {
	entry, err := r.lookupRequest(ctx, key)
	if err != nil {
		return registry.Entry{}, r.named("look up a request", err)
	}
	return entry, nil
}

func (r *Registry) lookupRequest(ctx context.Context, key registry.RequestKey) (registry.Entry, error) {
	var at packed.Position
	err := r.read.QueryRowContext(ctx, "SELECT position FROM request WHERE key = ?", key[:]).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return registry.Entry{}, registry.ErrNotFound
	}
	if err != nil {
		return registry.Entry{}, err
	}
	entry, err := r.entryAt(ctx, at)
	if err != nil {
		return registry.Entry{}, err
	}
	if entry.Reference, err = r.referenceAt(ctx, r.read, at); err != nil {
		return registry.Entry{}, err
	}
	return entry, nil
}

// entryAt returns the entry of a position, without its reference.
func (r *Registry) entryAt(ctx context.Context, at packed.Position) (registry.Entry, error) {
	var data, request []byte
	err := r.read.QueryRowContext(ctx, "SELECT substr(entries, (?1 - position) * ?2 + 1, ?2), substr(requests, (?1 - position) * ?3 + 1, ?3) FROM segment WHERE position BETWEEN ?4 AND ?1 ORDER BY position DESC LIMIT 1",
		at, packed.EntrySize, packed.RequestSize, packed.PositionOf(at.Bank(), 0)).Scan(&data, &request)
	if errors.Is(err, sql.ErrNoRows) || err == nil && len(data) == 0 {
		return registry.Entry{}, registry.ErrNotFound
	}
	if err != nil {
		return registry.Entry{}, err
	}
	return packed.DecodeEntry(data, request)
}

// Pools implements registry.Registry.
func (r *Registry) Pools(ctx context.Context) ([]registry.PoolCount, error) {
	rows, err := r.read.QueryContext(ctx, "SELECT region, month, sum(shards), sum(shards * places), sum(leased), sum(issued) FROM bank GROUP BY region, month ORDER BY region, month")
	if err != nil {
		return nil, r.named("count", err)
	}
	defer rows.Close()
	var pools []registry.PoolCount
	for rows.Next() {
		var p registry.PoolCount
		if err := rows.Scan(&p.Pool.Region, &p.Pool.Month, &p.Shards, &p.Places, &p.Leased, &p.Issued); err != nil {
			return nil, r.named("count", err)
		}
		pools = append(pools, p)
	}
	if err := rows.Err(); err != nil {
		return nil, r.named("count", err)
	}
	return pools, nil
}

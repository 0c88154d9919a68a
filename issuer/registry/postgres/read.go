package postgres

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// orNotFound makes of an empty answer registry.ErrNotFound.
func orNotFound(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return registry.ErrNotFound
	}
	return err
}

// Committed implements registry.Registry.
func (r *Registry) Committed(ctx context.Context, job string, number uint32) (entries []registry.Entry, err error) {
	if err := registry.CheckJob(job); err != nil {
		return nil, err
	}
	err = r.snapshot(ctx, fmt.Sprintf("read chunk %d of job %s", number, job), func(q querier) error {
		id, err := one[int64](ctx, q, "SELECT id FROM tongxing.chunk WHERE job = $1 AND number = $2", job, number)
		if err != nil {
			return orNotFound(err)
		}
		entries, err = r.entriesOf(ctx, q, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return entries, nil
}

// Entries implements registry.Registry. No transaction is held between chunks:
// one that stays open keeps the server from cleaning up.
func (r *Registry) Entries(ctx context.Context, job string) iter.Seq2[registry.Entry, error] {
	return func(yield func(registry.Entry, error) bool) {
		if err := registry.CheckJob(job); err != nil {
			yield(registry.Entry{}, err)
			return
		}
		for after := int64(-1); ; {
			entries, number, err := r.nextChunk(ctx, job, after)
			if errors.Is(err, pgx.ErrNoRows) {
				return
			}
			if err != nil {
				yield(registry.Entry{}, err)
				return
			}
			for _, entry := range entries {
				if !yield(entry, nil) {
					return
				}
			}
			after = number
		}
	}
}

// nextChunk returns the entries and number of the first chunk above a number,
// or pgx.ErrNoRows.
func (r *Registry) nextChunk(ctx context.Context, job string, after int64) (entries []registry.Entry, number int64, err error) {
	err = r.snapshot(ctx, "read job "+job, func(q querier) error {
		var id int64
		err := q.QueryRow(ctx, "SELECT id, number FROM tongxing.chunk WHERE job = $1 AND number > $2 ORDER BY number LIMIT 1", job, after).Scan(&id, &number)
		if err != nil {
			return err
		}
		entries, err = r.entriesOf(ctx, q, id)
		return err
	})
	return entries, number, err
}

// entriesOf returns the entries of a chunk by its id.
func (r *Registry) entriesOf(ctx context.Context, q querier, chunk int64) ([]registry.Entry, error) {
	segments, err := all(ctx, q, func(rows pgx.Rows, s *packed.Segment) error {
		return rows.Scan(&s.At, &s.Entries, &s.Requests)
	}, "SELECT position, entries, requests FROM tongxing.segment WHERE chunk = $1 ORDER BY position", chunk)
	if err != nil {
		return nil, err
	}
	return packed.EntriesOf(segments, func(id int64) (*registry.Bank, error) { return r.bankByID(ctx, q, id) })
}

// bankByID returns a bank, without a query where it is known.
func (r *Registry) bankByID(ctx context.Context, q querier, id int64) (*registry.Bank, error) {
	if bank, ok := r.banks.Known(id); ok {
		return bank, nil
	}
	banks, err := r.selectBanks(ctx, q, selectBank+"WHERE b.id = $1", id)
	if err != nil {
		return nil, err
	}
	if len(banks) == 0 {
		return nil, fmt.Errorf("%w: no bank %d", registry.ErrDamaged, id)
	}
	return banks[0].Bank, nil
}

// referenceAt returns the reference of a position.
func (r *Registry) referenceAt(ctx context.Context, q querier, at packed.Position) (registry.Reference, error) {
	bank, err := r.bankByID(ctx, q, at.Bank())
	if err != nil {
		return registry.Reference{}, err
	}
	return packed.ReferenceAt(bank, at)
}

// Lookup implements registry.Registry.
func (r *Registry) Lookup(ctx context.Context, reference registry.Reference) (entry registry.Entry, err error) {
	if err := registry.CheckPool(reference.Pool()); err != nil {
		return registry.Entry{}, err
	}
	err = r.read(ctx, "look up a reference", func(q querier) error {
		at, ok, err := r.finder(q).Find(ctx, reference)
		if err != nil {
			return err
		}
		if !ok {
			return registry.ErrNotFound
		}
		entry, err = entryAt(ctx, q, at)
		return err
	})
	if err != nil {
		return registry.Entry{}, err
	}
	entry.Reference = reference
	return entry, nil
}

// LookupRequest implements registry.Registry.
func (r *Registry) LookupRequest(ctx context.Context, key registry.RequestKey) (entry registry.Entry, err error) {
	err = r.read(ctx, "look up a request", func(q querier) error {
		at, err := one[packed.Position](ctx, q, "SELECT position FROM tongxing.request WHERE key = $1", key[:])
		if err != nil {
			return orNotFound(err)
		}
		if entry, err = entryAt(ctx, q, at); err != nil {
			return err
		}
		entry.Reference, err = r.referenceAt(ctx, q, at)
		return err
	})
	if err != nil {
		return registry.Entry{}, err
	}
	return entry, nil
}

const selectEntry = `SELECT substr(entries, (($1 - position) * $2 + 1)::integer, $2::integer), substr(requests, (($1 - position) * $3 + 1)::integer, $3::integer)
	FROM tongxing.segment WHERE position BETWEEN $4 AND $1 ORDER BY position DESC LIMIT 1`

// entryAt returns the entry of a position, without its reference.
func entryAt(ctx context.Context, q querier, at packed.Position) (registry.Entry, error) {
	var data, request []byte
	err := q.QueryRow(ctx, selectEntry, int64(at), int64(packed.EntrySize), int64(packed.RequestSize), int64(packed.PositionOf(at.Bank(), 0))).Scan(&data, &request)
	if err == nil && len(data) == 0 {
		return registry.Entry{}, registry.ErrNotFound
	}
	if err != nil {
		return registry.Entry{}, orNotFound(err)
	}
	return packed.DecodeEntry(data, request)
}

const selectPools = `SELECT region, month, sum(shards), sum(shards * places)::bigint, sum(leased)::bigint, sum(issued)::bigint
	FROM (SELECT b.region, b.month, b.shards, b.places, b.leased,
		coalesce((SELECT sum(i.entries) FROM tongxing.issued i WHERE i.bank = b.id), 0) AS issued FROM tongxing.bank b) AS counted
	GROUP BY region, month ORDER BY region, month`

// Pools implements registry.Registry.
func (r *Registry) Pools(ctx context.Context) (pools []registry.PoolCount, err error) {
	err = r.read(ctx, "count", func(q querier) error {
		pools, err = all(ctx, q, func(rows pgx.Rows, p *registry.PoolCount) error {
			return rows.Scan(&p.Pool.Region, &p.Pool.Month, &p.Shards, &p.Places, &p.Leased, &p.Issued)
		}, selectPools)
		return err
	})
	if err != nil {
		return nil, err
	}
	return pools, nil
}

package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// leaser leases references of a region for many chunks within one transaction:
// it counts in memory and writes each bank once.
type leaser struct {
	registry *Registry
	tx       *sql.Tx
	region   uint8
	purged   uint16
	pools    map[uint16]*poolLeaser
}

// poolLeaser is the pool of a month: its cursor, and its banks as the registry
// has them, in the cursor's order.
type poolLeaser struct {
	*registry.Cursor
	ids map[registry.Geometry]int64
}

func (r *Registry) newLeaser(ctx context.Context, tx *sql.Tx, region uint8) (*leaser, error) {
	purged, err := purgedMonths(ctx, tx)
	if err != nil {
		return nil, err
	}
	return &leaser{registry: r, tx: tx, region: region, purged: purged, pools: make(map[uint16]*poolLeaser)}, nil
}

func (l *leaser) pool(ctx context.Context, month uint16) (*poolLeaser, error) {
	if p := l.pools[month]; p != nil {
		return p, nil
	}
	if month < l.purged {
		return nil, fmt.Errorf("%w: month %d", registry.ErrPurged, month)
	}
	pool := registry.Pool{Region: l.region, Month: month}
	banks, err := l.registry.banksOf(ctx, l.tx, pool)
	if err != nil {
		return nil, err
	}
	p := &poolLeaser{ids: make(map[registry.Geometry]int64)}
	for _, bank := range banks {
		p.ids[bank.Geometry()] = bank.ID
	}
	p.Cursor = registry.NewCursor(packed.FirstBank(pool, l.registry.plan), packed.Counts(banks))
	l.pools[month] = p
	return p, nil
}

// take leases what a chunk needs. Banks that it opens are in the registry at once,
// for their ids, and their counters with store.
func (l *leaser) take(ctx context.Context, needs []registry.Need) ([]packed.Lease, error) {
	var leases []packed.Lease
	for _, need := range needs {
		p, err := l.pool(ctx, need.Month)
		if err != nil {
			return nil, err
		}
		spans, err := p.Take(need.Count)
		if err != nil {
			return nil, fmt.Errorf("%d references of month %d: %w", need.Count, need.Month, err)
		}
		for _, span := range spans {
			id, open := p.ids[span.Geometry]
			if !open {
				if id, err = insertBank(ctx, l.tx, registry.BankCount{Geometry: span.Geometry}); err != nil {
					return nil, err
				}
				p.ids[span.Geometry] = id
			}
			leases = append(leases, packed.Lease{Month: need.Month, Bank: id, First: span.First, Count: span.Count})
		}
	}
	return leases, nil
}

// store writes the counters.
func (l *leaser) store(ctx context.Context) error {
	for _, p := range l.pools {
		for _, bank := range p.Banks() {
			if _, err := l.tx.ExecContext(ctx, "UPDATE bank SET leased = ? WHERE id = ?", bank.Leased, p.ids[bank.Geometry]); err != nil {
				return err
			}
		}
	}
	return nil
}

// insertBank opens a bank.
func insertBank(ctx context.Context, tx *sql.Tx, b registry.BankCount) (id int64, err error) {
	result, err := tx.ExecContext(ctx, "INSERT INTO bank (region, month, first_shard, shards, places, leased) VALUES (?, ?, ?, ?, ?, ?)",
		b.Pool.Region, b.Pool.Month, b.FirstShard, b.Shards, b.Places, b.Leased)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// purgedMonths returns the first month that was not purged.
func purgedMonths(ctx context.Context, q querier) (month uint16, err error) {
	err = q.QueryRowContext(ctx, "SELECT purged FROM registry").Scan(&month)
	return month, err
}

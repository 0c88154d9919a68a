package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// Lease implements registry.Registry. Where the newest bank has fewer than n
// places left, those stay unused and the next bank is opened: a lease is within
// one bank.
func (r *Registry) Lease(ctx context.Context, pool registry.Pool, n int) (registry.Range, error) {
	if err := registry.CheckLease(pool, n); err != nil {
		return registry.Range{}, err
	}
	leased, err := r.lease(ctx, pool, n)
	if err != nil {
		return registry.Range{}, r.named("lease references", err)
	}
	return leased, nil
}

func (r *Registry) lease(ctx context.Context, pool registry.Pool, n int) (registry.Range, error) {
	tx, err := r.write.begin(ctx)
	if err != nil {
		return registry.Range{}, err
	}
	defer tx.Rollback()
	bank, err := r.bankWithRoom(ctx, tx, pool, uint64(n))
	if err != nil {
		return registry.Range{}, err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE bank SET leased = leased + ? WHERE id = ?", n, bank.ID); err != nil {
		return registry.Range{}, err
	}
	if err := tx.commit(ctx); err != nil {
		return registry.Range{}, err
	}
	return registry.NewRange(bank.Bank, bank.Leased, n), nil
}

// bankWithRoom returns the pool's newest bank, or opens the next.
func (r *Registry) bankWithRoom(ctx context.Context, tx *transaction, pool registry.Pool, n uint64) (packed.OpenBank, error) {
	purged, err := purgedMonths(ctx, tx)
	if err != nil {
		return packed.OpenBank{}, err
	}
	if pool.Month < purged {
		return packed.OpenBank{}, fmt.Errorf("%w: month %d", registry.ErrPurged, pool.Month)
	}
	banks, err := r.banksOf(ctx, tx, pool)
	if err != nil {
		return packed.OpenBank{}, err
	}
	last, next, ok, err := packed.Room(banks, pool, r.plan, n)
	if err != nil || ok {
		return last, err
	}
	id, err := insertBank(ctx, tx, registry.BankCount{Geometry: next})
	if err != nil {
		return packed.OpenBank{}, err
	}
	bank, err := r.banks.Make(next)
	return packed.OpenBank{Bank: bank, ID: id}, err
}

// querier is a transaction or a pool of connections.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

const selectBank = "SELECT id, region, month, first_shard, shards, places, leased, issued FROM bank "

// banksOf returns the banks of a pool, oldest first.
func (r *Registry) banksOf(ctx context.Context, q querier, pool registry.Pool) ([]packed.OpenBank, error) {
	return r.selectBanks(ctx, q, selectBank+"WHERE region = ? AND month = ? ORDER BY first_shard", pool.Region, pool.Month)
}

func (r *Registry) selectBanks(ctx context.Context, q querier, query string, args ...any) ([]packed.OpenBank, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var banks []packed.OpenBank
	for rows.Next() {
		var b packed.OpenBank
		var g registry.Geometry
		if err := rows.Scan(&b.ID, &g.Pool.Region, &g.Pool.Month, &g.FirstShard, &g.Shards, &g.Places, &b.Leased, &b.Issued); err != nil {
			return nil, err
		}
		if b.Bank, err = r.banks.Bank(b.ID, g); err != nil {
			return nil, err
		}
		banks = append(banks, b)
	}
	return banks, rows.Err()
}

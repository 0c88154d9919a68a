package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// Lease implements registry.Registry. Where the newest bank has fewer than n
// places left, those stay unused and the next bank is opened: a lease is within
// one bank.
func (r *Registry) Lease(ctx context.Context, pool registry.Pool, n int) (leased registry.Range, err error) {
	if err := registry.CheckLease(pool, n); err != nil {
		return registry.Range{}, err
	}
	// Leased twice is lost once.
	err = r.change(ctx, "lease references", true, func(tx pgx.Tx) error {
		leased, err = r.lease(ctx, tx, pool, n)
		return err
	})
	if err != nil {
		return registry.Range{}, err
	}
	return leased, nil
}

func (r *Registry) lease(ctx context.Context, tx pgx.Tx, pool registry.Pool, n int) (registry.Range, error) {
	purged, err := enter(ctx, tx)
	if err != nil {
		return registry.Range{}, err
	}
	if pool.Month < purged {
		return registry.Range{}, fmt.Errorf("%w: month %d", registry.ErrPurged, pool.Month)
	}
	leased, ok, err := r.take(ctx, tx, pool, n)
	if err != nil || ok {
		return leased, err
	}
	// The pool has no room, or another one takes the last of it.
	if err := lock(ctx, tx, gateBanks); err != nil {
		return registry.Range{}, err
	}
	if leased, ok, err = r.take(ctx, tx, pool, n); err != nil || ok {
		return leased, err
	}
	banks, err := r.banksOf(ctx, tx, pool)
	if err != nil {
		return registry.Range{}, err
	}
	_, next, _, err := packed.Room(banks, pool, r.plan, uint64(n))
	if err != nil {
		return registry.Range{}, err
	}
	if _, err := (bankStore{r, tx}).OpenBank(ctx, registry.BankCount{Geometry: next, Leased: uint64(n)}); err != nil {
		return registry.Range{}, err
	}
	bank, err := r.banks.Make(next)
	return registry.NewRange(bank, 0, n), err
}

// take leases from the pool's newest bank; ok is false where that has no room.
func (r *Registry) take(ctx context.Context, tx pgx.Tx, pool registry.Pool, n int) (leased registry.Range, ok bool, err error) {
	banks, err := r.banksOf(ctx, tx, pool)
	if err != nil {
		return registry.Range{}, false, err
	}
	last, _, ok, err := packed.Room(banks, pool, r.plan, uint64(n))
	if err != nil || !ok {
		return registry.Range{}, false, err
	}
	end, err := one[int64](ctx, tx, "UPDATE tongxing.bank SET leased = leased + $1 WHERE id = $2 AND leased + $1 <= shards * places RETURNING leased", n, last.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return registry.Range{}, false, nil
	}
	if err != nil {
		return registry.Range{}, false, err
	}
	return registry.NewRange(last.Bank, uint64(end)-uint64(n), n), true, nil
}

// Each is followed by conditions on the bank b: what a lease or a position takes of
// it, and the counts of entries, too.
const (
	selectBank = "SELECT b.id, b.region, b.month, b.first_shard, b.shards, b.places, b.leased, 0::bigint FROM tongxing.bank b "
	countBank  = `SELECT b.id, b.region, b.month, b.first_shard, b.shards, b.places, b.leased,
	coalesce((SELECT sum(i.entries) FROM tongxing.issued i WHERE i.bank = b.id), 0)::bigint FROM tongxing.bank b `
)

// banksOf returns the banks of a pool, oldest first.
func (r *Registry) banksOf(ctx context.Context, q querier, pool registry.Pool) ([]packed.OpenBank, error) {
	return r.selectBanks(ctx, q, selectBank+"WHERE b.region = $1 AND b.month = $2 ORDER BY b.first_shard", pool.Region, pool.Month)
}

func (r *Registry) selectBanks(ctx context.Context, q querier, query string, arguments ...any) ([]packed.OpenBank, error) {
	return all(ctx, q, func(rows pgx.Rows, b *packed.OpenBank) (err error) {
		var g registry.Geometry
		if err := rows.Scan(&b.ID, &g.Pool.Region, &g.Pool.Month, &g.FirstShard, &g.Shards, &g.Places, &b.Leased, &b.Issued); err != nil {
			return err
		}
		b.Bank, err = r.banks.Bank(b.ID, g)
		return err
	}, query, arguments...)
}

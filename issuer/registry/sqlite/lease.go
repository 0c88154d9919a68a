package sqlite

import (
	"context"
	"database/sql"

	"github.com/tongxing/tongxing/issuer/registry"
)

// openBank is a bank and how far it is used.
type openBank struct {
	*registry.Bank
	id             int64
	leased, issued uint64
}

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
	tx, err := r.write.BeginTx(ctx, nil)
	if err != nil {
		return registry.Range{}, err
	}
	defer tx.Rollback()
	bank, err := r.bankWithRoom(ctx, tx, pool, uint64(n))
	if err != nil {
		return registry.Range{}, err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE bank SET leased = leased + ? WHERE id = ?", n, bank.id); err != nil {
		return registry.Range{}, err
	}
	if err := tx.Commit(); err != nil {
		return registry.Range{}, err
	}
	return registry.NewRange(bank.Bank, bank.leased, n), nil
}

// bankWithRoom returns the pool's newest bank, or opens the next.
func (r *Registry) bankWithRoom(ctx context.Context, tx *sql.Tx, pool registry.Pool, n uint64) (openBank, error) {
	banks, err := r.banksOf(ctx, tx, pool)
	if err != nil {
		return openBank{}, err
	}
	next := registry.Geometry{Pool: pool, Shards: r.plan.Shards, Places: r.plan.Places}
	if len(banks) > 0 {
		last := banks[len(banks)-1]
		if last.leased+n <= last.Geometry().Size() {
			return last, nil
		}
		if next, err = last.Geometry().Next(); err != nil {
			return openBank{}, err
		}
	}
	result, err := tx.ExecContext(ctx, "INSERT INTO bank (region, month, first_shard, shards, places) VALUES (?, ?, ?, ?, ?)",
		pool.Region, pool.Month, next.FirstShard, next.Shards, next.Places)
	if err != nil {
		return openBank{}, err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return openBank{}, err
	}
	// Not into the cache: the transaction may fail, and its id be given to
	// another bank.
	bank, err := registry.NewBank(r.secret, next)
	return openBank{Bank: bank, id: id}, err
}

// querier is a transaction or a pool of connections.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

const selectBank = "SELECT id, region, month, first_shard, shards, places, leased, issued FROM bank "

// banksOf returns the banks of a pool, oldest first.
func (r *Registry) banksOf(ctx context.Context, q querier, pool registry.Pool) ([]openBank, error) {
	return r.selectBanks(ctx, q, selectBank+"WHERE region = ? AND month = ? ORDER BY first_shard", pool.Region, pool.Month)
}

func (r *Registry) selectBanks(ctx context.Context, q querier, query string, args ...any) ([]openBank, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var banks []openBank
	for rows.Next() {
		var b openBank
		var g registry.Geometry
		if err := rows.Scan(&b.id, &g.Pool.Region, &g.Pool.Month, &g.FirstShard, &g.Shards, &g.Places, &b.leased, &b.issued); err != nil {
			return nil, err
		}
		if b.Bank, err = r.bank(b.id, g); err != nil {
			return nil, err
		}
		banks = append(banks, b)
	}
	return banks, rows.Err()
}

// bank returns the bank with the given id from the cache, or makes it: its
// tables take milliseconds.
func (r *Registry) bank(id int64, g registry.Geometry) (*registry.Bank, error) {
	r.mutex.RLock()
	bank := r.banks[id]
	r.mutex.RUnlock()
	if bank != nil && bank.Geometry() == g {
		return bank, nil
	}
	bank, err := registry.NewBank(r.secret, g)
	if err != nil {
		return nil, err
	}
	r.mutex.Lock()
	r.banks[id] = bank
	r.mutex.Unlock()
	return bank, nil
}

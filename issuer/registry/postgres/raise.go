package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// bankStore is the banks within a transaction that holds gateBanks. Their rows are
// locked when they are read, for a lease from a bank with room takes no gate.
type bankStore struct {
	registry *Registry
	tx       pgx.Tx
}

// BanksOf implements packed.BankStore.
func (s bankStore) BanksOf(ctx context.Context, pool registry.Pool) ([]packed.OpenBank, error) {
	return s.registry.selectBanks(ctx, s.tx, selectBank+"WHERE b.region = $1 AND b.month = $2 ORDER BY b.first_shard FOR UPDATE", pool.Region, pool.Month)
}

// OpenBank implements packed.BankStore.
func (s bankStore) OpenBank(ctx context.Context, b registry.BankCount) (id int64, err error) {
	return one[int64](ctx, s.tx, "INSERT INTO tongxing.bank (region, month, first_shard, shards, places, leased) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
		b.Pool.Region, b.Pool.Month, b.FirstShard, b.Shards, b.Places, b.Leased)
}

// SetLeased implements packed.BankStore.
func (s bankStore) SetLeased(ctx context.Context, id int64, leased uint64) error {
	_, err := s.tx.Exec(ctx, "UPDATE tongxing.bank SET leased = $1 WHERE id = $2", leased, id)
	return err
}

// Identity implements registry.Identified.
func (r *Registry) Identity() registry.Identity { return r.banks.Identity() }

// Raise implements registry.Raiser.
func (r *Registry) Raise(ctx context.Context, counts []registry.BankCount) (raised int, err error) {
	err = r.change(ctx, "raise counters", false, func(tx pgx.Tx) error {
		if err := lock(ctx, tx, gateBanks); err != nil {
			return err
		}
		banks, err := r.selectBanks(ctx, tx, selectBank+"ORDER BY b.id FOR UPDATE")
		if err != nil {
			return err
		}
		raised, err = packed.Raise(ctx, bankStore{r, tx}, banks, counts)
		return err
	})
	if err != nil {
		return 0, err
	}
	return raised, nil
}

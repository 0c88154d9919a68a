package sqlite

import (
	"context"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// bankStore is the banks within one transaction, which has the write lock.
type bankStore struct {
	registry *Registry
	tx       *transaction
}

// BanksOf implements packed.BankStore.
func (s bankStore) BanksOf(ctx context.Context, pool registry.Pool) ([]packed.OpenBank, error) {
	return s.registry.banksOf(ctx, s.tx, pool)
}

// OpenBank implements packed.BankStore.
func (s bankStore) OpenBank(ctx context.Context, bank registry.BankCount) (id int64, err error) {
	return insertBank(ctx, s.tx, bank)
}

// SetLeased implements packed.BankStore.
func (s bankStore) SetLeased(ctx context.Context, id int64, leased uint64) error {
	_, err := s.tx.ExecContext(ctx, "UPDATE bank SET leased = ? WHERE id = ?", leased, id)
	return err
}

func (r *Registry) newLeaser(ctx context.Context, tx *transaction, region uint8) (*packed.Leaser, error) {
	purged, err := purgedMonths(ctx, tx)
	if err != nil {
		return nil, err
	}
	return packed.NewLeaser(bankStore{r, tx}, r.plan, region, purged), nil
}

// insertBank opens a bank.
func insertBank(ctx context.Context, tx *transaction, b registry.BankCount) (id int64, err error) {
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

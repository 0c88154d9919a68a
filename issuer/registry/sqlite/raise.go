package sqlite

import (
	"context"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// Identity implements registry.Identified.
func (r *Registry) Identity() registry.Identity { return r.banks.Identity() }

// Raise implements registry.Raiser.
func (r *Registry) Raise(ctx context.Context, counts []registry.BankCount) (raised int, err error) {
	err = r.inTransaction(ctx, "raise counters", func(tx *transaction) error {
		banks, err := r.selectBanks(ctx, tx, selectBank)
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

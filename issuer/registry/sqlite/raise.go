package sqlite

import (
	"context"
	"database/sql"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// Identity implements registry.Identified.
func (r *Registry) Identity() registry.Identity { return r.banks.Identity() }

// Raise implements registry.Raiser.
func (r *Registry) Raise(ctx context.Context, counts []registry.BankCount) (raised int, err error) {
	err = r.inTransaction(ctx, "raise counters", func(tx *sql.Tx) error {
		banks, err := r.selectBanks(ctx, tx, selectBank)
		if err != nil {
			return err
		}
		ids := make(map[registry.Geometry]int64, len(banks))
		for _, bank := range banks {
			ids[bank.Geometry()] = bank.ID
		}
		changes, err := registry.CheckRaise(packed.Counts(banks), counts)
		if err != nil {
			return err
		}
		for _, change := range changes {
			if id, open := ids[change.Geometry]; open {
				err = bankStore{r, tx}.SetLeased(ctx, id, change.Leased)
			} else {
				_, err = insertBank(ctx, tx, change)
			}
			if err != nil {
				return err
			}
		}
		raised = len(changes)
		return nil
	})
	if err != nil {
		return 0, err
	}
	return raised, nil
}

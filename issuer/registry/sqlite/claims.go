package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/issuer/registry"
)

const selectClaimable = "SELECT number FROM undone WHERE job = ? AND until <= ? ORDER BY number LIMIT 1"

// Claim implements registry.Claims.
func (r *Registry) Claim(ctx context.Context, job, worker string, now, until int64) (number uint32, ok bool, err error) {
	if err := registry.CheckClaim(job, worker, now, until); err != nil {
		return 0, false, err
	}
	err = r.inTransaction(ctx, "claim a chunk of job "+job, func(tx *transaction) error {
		id, err := jobID(ctx, tx, job)
		if err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, selectClaimable, id, now).Scan(&number)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		ok = true
		_, err = tx.ExecContext(ctx, "UPDATE undone SET until = ?, worker = ? WHERE job = ? AND number = ?", until, worker, id, number)
		return err
	})
	if err != nil {
		return 0, false, err
	}
	return number, ok, nil
}

const whereClaimed = " WHERE job = (SELECT id FROM job WHERE name = ?) AND number = ? AND worker = ?"

// Extend implements registry.Claims.
func (r *Registry) Extend(ctx context.Context, job string, number uint32, worker string, until int64) error {
	if err := registry.CheckClaim(job, worker, 0, until); err != nil {
		return err
	}
	return r.inTransaction(ctx, fmt.Sprintf("extend the claim on chunk %d of job %s", number, job), func(tx *transaction) error {
		result, err := tx.ExecContext(ctx, "UPDATE undone SET until = ?"+whereClaimed, until, job, number, worker)
		if err != nil {
			return err
		}
		changed, err := result.RowsAffected()
		if err == nil && changed == 0 {
			err = registry.ErrClaimLost
		}
		return err
	})
}

// Release implements registry.Claims.
func (r *Registry) Release(ctx context.Context, job string, number uint32, worker string) error {
	if err := registry.CheckClaim(job, worker, 0, 1); err != nil {
		return err
	}
	return r.inTransaction(ctx, fmt.Sprintf("release chunk %d of job %s", number, job), func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, "UPDATE undone SET until = 0, worker = NULL"+whereClaimed, job, number, worker)
		return err
	})
}

package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/issuer/registry"
)

// claimChunk passes rows that another claim or commit is about to change.
const claimChunk = `UPDATE tongxing.undone SET until = $3, worker = $4 WHERE job = $1 AND number = (
	SELECT number FROM tongxing.undone WHERE job = $1 AND until <= $2 ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING number`

// Claim implements registry.Claims.
func (r *Registry) Claim(ctx context.Context, job, worker string, now, until int64) (number uint32, ok bool, err error) {
	if err := registry.CheckClaim(job, worker, now, until); err != nil {
		return 0, false, err
	}
	err = r.change(ctx, "claim a chunk of job "+job, false, func(tx pgx.Tx) error {
		id, err := jobID(ctx, tx, job)
		if err != nil {
			return err
		}
		number, err = one[uint32](ctx, tx, claimChunk, id, now, until, worker)
		if ok = err == nil; errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return 0, false, err
	}
	return number, ok, nil
}

const whereClaimed = " WHERE job = (SELECT id FROM tongxing.job WHERE name = $1) AND number = $2 AND worker = $3"

// Extend implements registry.Claims.
func (r *Registry) Extend(ctx context.Context, job string, number uint32, worker string, until int64) error {
	if err := registry.CheckClaim(job, worker, 0, until); err != nil {
		return err
	}
	return r.change(ctx, fmt.Sprintf("extend the claim on chunk %d of job %s", number, job), true, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "UPDATE tongxing.undone SET until = $4"+whereClaimed, job, number, worker, until)
		if err == nil && tag.RowsAffected() == 0 {
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
	return r.change(ctx, fmt.Sprintf("release chunk %d of job %s", number, job), true, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE tongxing.undone SET until = 0, worker = NULL"+whereClaimed, job, number, worker)
		return err
	})
}

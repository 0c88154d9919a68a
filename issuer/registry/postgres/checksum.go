package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// CheckEntries implements registry.EntryChecker.
func (r *Registry) CheckEntries(ctx context.Context) (unchecked uint64, err error) {
	err = r.read(ctx, "check the entries", func(q querier) error {
		unchecked, err = packed.CheckAll(func(after packed.Position) ([]packed.Stored, error) { return stored(ctx, q, after) })
		return err
	})
	if err != nil {
		return 0, err
	}
	return unchecked, nil
}

const selectStored = `SELECT s.position, s.entries, s.requests, s.checksum, coalesce(c.job, ''), coalesce(c.number, 0)
	FROM tongxing.segment s LEFT JOIN tongxing.chunk c ON c.id = s.chunk WHERE s.position > $1 ORDER BY s.position LIMIT $2`

func stored(ctx context.Context, q querier, after packed.Position) ([]packed.Stored, error) {
	return all(ctx, q, func(rows pgx.Rows, s *packed.Stored) error {
		return rows.Scan(&s.At, &s.Entries, &s.Requests, &s.Checksum, &s.Job, &s.Number)
	}, selectStored, int64(after), packed.SegmentsChecked)
}

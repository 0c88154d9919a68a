package sqlite

import (
	"context"

	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// CheckEntries implements registry.EntryChecker. No transaction is held between rows
// of segments: one that stays open keeps the WAL from being folded back into the file.
func (r *Registry) CheckEntries(ctx context.Context) (unchecked uint64, err error) {
	unchecked, err = packed.CheckAll(func(after packed.Position) ([]packed.Stored, error) { return r.stored(ctx, after) })
	if err != nil {
		return 0, r.named("check the entries", err)
	}
	return unchecked, nil
}

const selectStored = `SELECT s.position, s.entries, s.requests, s.checksum, coalesce(c.job, ''), coalesce(c.number, 0)
	FROM segment s LEFT JOIN chunk c ON c.id = s.chunk WHERE s.position > ? ORDER BY s.position LIMIT ?`

func (r *Registry) stored(ctx context.Context, after packed.Position) (segments []packed.Stored, err error) {
	rows, err := r.read.QueryContext(ctx, selectStored, after, packed.SegmentsChecked)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s packed.Stored
		if err := rows.Scan(&s.At, &s.Entries, &s.Requests, &s.Checksum, &s.Job, &s.Number); err != nil {
			return nil, err
		}
		segments = append(segments, s)
	}
	return segments, rows.Err()
}

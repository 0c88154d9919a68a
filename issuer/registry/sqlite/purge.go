package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// segmentsAtOnce and chunksAtOnce are the numbers of rows that one transaction of
// a purge deletes: others write between them.
const (
	segmentsAtOnce = 256
	chunksAtOnce   = 4096
)

// Purge implements registry.Purger. The room of what it deletes is used again; the
// file does not become smaller.
func (r *Registry) Purge(ctx context.Context, before int64) (report registry.PurgeReport, err error) {
	if err := registry.CheckTime(before); err != nil {
		return registry.PurgeReport{}, err
	}
	months := registry.PurgedMonths(before)
	action := fmt.Sprintf("purge months before %d", months)
	// From here on nothing is leased or committed there.
	err = r.inTransaction(ctx, action, func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, "UPDATE registry SET purged = max(purged, ?)", months)
		return err
	})
	if err != nil {
		return registry.PurgeReport{}, err
	}
	banks, err := r.selectBanks(ctx, r.read, selectBank+"WHERE month < ?", months)
	if err != nil {
		return registry.PurgeReport{}, r.named(action, err)
	}
	report.Banks = len(banks)
	for _, bank := range banks {
		err = errors.Join(err, r.repeat(ctx, action, func(tx *transaction) (bool, error) { return purgeSegments(ctx, tx, bank.ID, &report) }))
	}
	if err == nil {
		err = r.repeat(ctx, action, func(tx *transaction) (bool, error) { return purgeJob(ctx, tx, months, &report) })
	}
	if err != nil {
		return registry.PurgeReport{}, err
	}
	return report, nil
}

// repeat runs transactions until one says that nothing is left.
func (r *Registry) repeat(ctx context.Context, action string, step func(*transaction) (more bool, err error)) error {
	for more := true; more; {
		err := r.inTransaction(ctx, action, func(tx *transaction) (err error) {
			more, err = step(tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// purgeSegments deletes some segments of a bank and what hangs on them.
func purgeSegments(ctx context.Context, tx *transaction, bank int64, report *registry.PurgeReport) (more bool, err error) {
	segments, chunks, err := someSegments(ctx, tx, bank)
	if err != nil || len(segments) == 0 {
		return false, err
	}
	first, last := segments[0].At, segments[len(segments)-1]
	end := last.At + packed.Position(last.Len())
	for _, s := range segments {
		n, err := purgeRequests(ctx, tx, s.Requests)
		if err != nil {
			return false, err
		}
		report.Requests += n
		report.Entries += uint64(s.Len())
	}
	n, err := deleted(tx.ExecContext(ctx, "DELETE FROM answer WHERE position >= ? AND position < ?", first, end))
	if err != nil {
		return false, err
	}
	report.Answers += n
	if _, err := tx.ExecContext(ctx, "DELETE FROM segment WHERE position >= ? AND position < ?", first, end); err != nil {
		return false, err
	}
	for chunk := range chunks {
		n, err := deleted(tx.ExecContext(ctx, deleteEmptyChunk, chunk))
		if err != nil {
			return false, err
		}
		report.Chunks += n
	}
	return true, nil
}

// deleteEmptyChunk deletes a chunk that has no entry left. Those of a job that was
// planned stay as long as it: without them it would look undone.
const deleteEmptyChunk = "DELETE FROM chunk WHERE id = ? AND NOT EXISTS (SELECT 1 FROM segment WHERE chunk = chunk.id) AND NOT EXISTS (SELECT 1 FROM job WHERE name = chunk.job)"

// someSegments returns the first segments of a bank, and the ids of their chunks.
func someSegments(ctx context.Context, tx *transaction, bank int64) (segments []packed.Segment, chunks map[int64]bool, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT position, chunk, entries, requests FROM segment WHERE position >= ? AND position < ? ORDER BY position LIMIT ?",
		packed.PositionOf(bank, 0), packed.PositionOf(bank+1, 0), segmentsAtOnce)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	chunks = make(map[int64]bool)
	for rows.Next() {
		var s packed.Segment
		var chunk int64
		if err := rows.Scan(&s.At, &chunk, &s.Entries, &s.Requests); err != nil {
			return nil, nil, err
		}
		segments = append(segments, s)
		chunks[chunk] = true
	}
	return segments, chunks, rows.Err()
}

// purgeRequests frees the request keys of a segment.
func purgeRequests(ctx context.Context, tx *transaction, requests []byte) (n uint64, err error) {
	for ; len(requests) >= packed.RequestSize; requests = requests[packed.RequestSize:] {
		key := requests[:packed.RequestSize]
		if registry.RequestKey(key) == (registry.RequestKey{}) {
			continue
		}
		one, err := deleted(tx.ExecContext(ctx, "DELETE FROM request WHERE key = ?", key))
		if err != nil {
			return 0, err
		}
		n += one
	}
	return n, nil
}

func deleted(result sql.Result, err error) (uint64, error) {
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return uint64(n), err
}

// purgeJob deletes some chunks of a job whose references are all of purged months,
// and with its last ones the job.
func purgeJob(ctx context.Context, tx *transaction, months uint16, report *registry.PurgeReport) (more bool, err error) {
	var id int64
	var name string
	err = tx.QueryRowContext(ctx, "SELECT id, name FROM job WHERE last_month < ? LIMIT 1", months).Scan(&id, &name)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	n, err := deleted(tx.ExecContext(ctx, "DELETE FROM chunk WHERE id IN (SELECT id FROM chunk WHERE job = ? LIMIT ?)", name, chunksAtOnce))
	if err != nil {
		return false, err
	}
	report.Chunks += n
	if n == chunksAtOnce {
		return true, nil
	}
	for _, statement := range [...]string{"DELETE FROM planned WHERE job = ?", "DELETE FROM undone WHERE job = ?", "DELETE FROM job WHERE id = ?"} {
		if _, err := tx.ExecContext(ctx, statement, id); err != nil {
			return false, err
		}
	}
	report.Jobs++
	return true, nil
}

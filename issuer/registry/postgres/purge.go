package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// segmentsAtOnce and chunksAtOnce are the numbers of rows that one transaction of
// a purge deletes.
const (
	segmentsAtOnce = 256
	chunksAtOnce   = 4096
)

// Purge implements registry.Purger. Autovacuum gives the room of what it deletes
// to new rows.
func (r *Registry) Purge(ctx context.Context, before int64) (report registry.PurgeReport, err error) {
	if err := registry.CheckTime(before); err != nil {
		return registry.PurgeReport{}, err
	}
	p := purge{registry: r, months: registry.PurgedMonths(before)}
	p.action = fmt.Sprintf("purge months before %d", p.months)
	if err := p.close(ctx); err != nil {
		return registry.PurgeReport{}, err
	}
	var banks []packed.OpenBank
	err = r.read(ctx, p.action, func(q querier) error {
		banks, err = r.selectBanks(ctx, q, selectBank+"WHERE b.month < $1 ORDER BY b.id", p.months)
		return err
	})
	p.report.Banks = len(banks)
	for i := 0; i < len(banks) && err == nil; i++ {
		err = p.repeat(ctx, func(tx pgx.Tx, report *registry.PurgeReport) (bool, error) {
			return purgeSegments(ctx, tx, banks[i].ID, report)
		})
	}
	if err == nil {
		err = p.repeat(ctx, func(tx pgx.Tx, report *registry.PurgeReport) (bool, error) {
			return purgeJob(ctx, tx, p.months, report)
		})
	}
	if err != nil {
		return registry.PurgeReport{}, err
	}
	return p.report, nil
}

// purge is one call of Purge.
type purge struct {
	registry *Registry
	action   string
	months   uint16
	report   registry.PurgeReport
}

// close lets nobody lease or commit in the months from here on. Transactions that
// entered before have ended when it returns.
func (p *purge) close(ctx context.Context) error {
	return p.registry.change(ctx, p.action, true, func(tx pgx.Tx) error {
		if err := lock(ctx, tx, gatePurge); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "UPDATE tongxing.registry SET purged = greatest(purged, $1)", p.months)
		return err
	})
}

// repeat runs transactions until one says that nothing is left. What each deleted
// is counted when it is committed.
func (p *purge) repeat(ctx context.Context, step func(pgx.Tx, *registry.PurgeReport) (more bool, err error)) error {
	for more := true; more; {
		var report registry.PurgeReport
		err := p.registry.change(ctx, p.action, true, func(tx pgx.Tx) (err error) {
			report = p.report
			more, err = step(tx, &report)
			return err
		})
		if err != nil {
			return err
		}
		p.report = report
	}
	return nil
}

// purgedSegment is a segment that was deleted.
type purgedSegment struct {
	packed.Segment
	chunk int64
}

const deleteSegments = `DELETE FROM tongxing.segment WHERE position IN (
	SELECT position FROM tongxing.segment WHERE position >= $1 AND position < $2 ORDER BY position LIMIT $3)
	RETURNING position, chunk, entries, requests`

// purgeSegments deletes some segments of a bank and what hangs on them.
func purgeSegments(ctx context.Context, tx pgx.Tx, bank int64, report *registry.PurgeReport) (more bool, err error) {
	segments, err := all(ctx, tx, func(rows pgx.Rows, s *purgedSegment) error {
		return rows.Scan(&s.At, &s.chunk, &s.Entries, &s.Requests)
	}, deleteSegments, int64(packed.PositionOf(bank, 0)), int64(packed.PositionOf(bank+1, 0)), segmentsAtOnce)
	if err != nil || len(segments) == 0 {
		return false, err
	}
	var keys [][]byte
	var firsts, ends, chunks []int64
	for _, s := range segments {
		report.Entries += uint64(s.Len())
		firsts, ends = append(firsts, int64(s.At)), append(ends, int64(s.At)+int64(s.Len()))
		chunks = append(chunks, s.chunk)
		for key := range s.RequestKeys() {
			keys = append(keys, key[:])
		}
	}
	for _, d := range []struct {
		counter   *uint64
		statement string
		arguments []any
	}{
		{&report.Requests, "DELETE FROM tongxing.request WHERE key = ANY ($1)", []any{keys}},
		{&report.Answers, "DELETE FROM tongxing.answer a USING unnest($1::bigint[], $2::bigint[]) AS s (first, last) WHERE a.position >= s.first AND a.position < s.last", []any{firsts, ends}},
		{&report.Chunks, deleteEmptyChunks, []any{chunks}},
	} {
		tag, err := tx.Exec(ctx, d.statement, d.arguments...)
		if err != nil {
			return false, err
		}
		*d.counter += uint64(tag.RowsAffected())
	}
	return true, nil
}

// deleteEmptyChunks deletes chunks that have no entry left. Those of a job that
// was planned stay as long as it: without them it would look undone.
const deleteEmptyChunks = `DELETE FROM tongxing.chunk c WHERE c.id = ANY ($1)
	AND NOT EXISTS (SELECT 1 FROM tongxing.segment s WHERE s.chunk = c.id) AND NOT EXISTS (SELECT 1 FROM tongxing.job j WHERE j.name = c.job)`

// purgeJob deletes some chunks of a job whose references are all of purged months,
// and with its last ones the job.
func purgeJob(ctx context.Context, tx pgx.Tx, months uint16, report *registry.PurgeReport) (more bool, err error) {
	var id int64
	var name string
	err = tx.QueryRow(ctx, "SELECT id, name FROM tongxing.job WHERE last_month < $1 ORDER BY id LIMIT 1", months).Scan(&id, &name)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	tag, err := tx.Exec(ctx, "DELETE FROM tongxing.chunk WHERE id IN (SELECT id FROM tongxing.chunk WHERE job = $1 LIMIT $2)", name, chunksAtOnce)
	if err != nil {
		return false, err
	}
	report.Chunks += uint64(tag.RowsAffected())
	if tag.RowsAffected() == chunksAtOnce {
		return true, nil
	}
	for _, table := range [...]string{"planned WHERE job", "undone WHERE job", "progress WHERE job", "job WHERE id"} {
		if _, err := tx.Exec(ctx, "DELETE FROM tongxing."+table+" = $1", id); err != nil {
			return false, err
		}
	}
	report.Jobs++
	return true, nil
}

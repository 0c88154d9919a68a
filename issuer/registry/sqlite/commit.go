package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// Commit implements registry.Registry.
func (r *Registry) Commit(ctx context.Context, chunk registry.Chunk) (registry.Receipt, error) {
	if err := registry.CheckChunk(chunk); err != nil {
		return registry.Receipt{}, err
	}
	return r.commit(ctx, chunk, nil)
}

// CommitAnswers implements registry.Answers.
func (r *Registry) CommitAnswers(ctx context.Context, chunk registry.Chunk, answers []registry.Answer) (registry.Receipt, error) {
	if err := registry.CheckAnswers(chunk, answers); err != nil {
		return registry.Receipt{}, err
	}
	return r.commit(ctx, chunk, answers)
}

func (r *Registry) commit(ctx context.Context, chunk registry.Chunk, answers []registry.Answer) (receipt registry.Receipt, err error) {
	err = r.inTransaction(ctx, fmt.Sprintf("commit chunk %d of job %s", chunk.Number, chunk.Job), func(tx *transaction) error {
		id, isNew, err := insertChunk(ctx, tx, chunk)
		if err != nil {
			return err
		}
		if isNew {
			receipt.Entries, err = r.insertEntries(ctx, tx, id, chunk, answers)
			return err
		}
		receipt.AlreadyCommitted = true
		receipt.Entries, err = r.entriesOf(ctx, tx, id)
		return err
	})
	if err != nil {
		return registry.Receipt{}, err
	}
	return receipt, nil
}

// insertEntries writes what a chunk holds, and returns its entries by position.
func (r *Registry) insertEntries(ctx context.Context, tx *transaction, id int64, chunk registry.Chunk, answers []registry.Answer) ([]registry.Entry, error) {
	if err := refusePurged(ctx, tx, chunk.Entries); err != nil {
		return nil, err
	}
	rows, err := r.finder(tx).Place(ctx, chunk.Entries)
	if err != nil {
		return nil, err
	}
	if err := insertSegments(ctx, tx, id, chunk, rows); err != nil {
		return nil, err
	}
	if err := insertRequests(ctx, tx, rows); err != nil {
		return nil, err
	}
	if err := insertAnswers(ctx, tx, rows, answers); err != nil {
		return nil, err
	}
	if err := countIssued(ctx, tx, rows); err != nil {
		return nil, err
	}
	if err := countDone(ctx, tx, chunk); err != nil {
		return nil, err
	}
	return packed.Entries(rows), nil
}

// refusePurged returns ErrPurged for entries of a purged month: their places look
// free, for what stood there is deleted.
func refusePurged(ctx context.Context, tx *transaction, entries []registry.Entry) error {
	purged, err := purgedMonths(ctx, tx)
	if err != nil {
		return err
	}
	for i := range entries {
		if entries[i].Reference.Pool().Month < purged {
			return fmt.Errorf("%w: %v", registry.ErrPurged, entries[i].Reference)
		}
	}
	return nil
}

// countDone counts the chunk for its job, if that was planned.
func countDone(ctx context.Context, tx *transaction, chunk registry.Chunk) error {
	var id, chunks int64
	err := tx.QueryRowContext(ctx, "SELECT id, chunks FROM job WHERE name = ?", chunk.Job).Scan(&id, &chunks)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if int64(chunk.Number) >= chunks {
		return fmt.Errorf("%w: the job was planned with %d chunks", registry.ErrInvalid, chunks)
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM undone WHERE job = ? AND number = ?", id, chunk.Number); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE job SET committed = committed + 1, issued = issued + ? WHERE id = ?", len(chunk.Entries), id)
	return err
}

// insertChunk claims job and number. Where they are taken it returns the chunk
// that has them, and false.
func insertChunk(ctx context.Context, tx *transaction, chunk registry.Chunk) (id int64, isNew bool, err error) {
	result, err := tx.ExecContext(ctx, "INSERT INTO chunk (job, number) VALUES (?, ?) ON CONFLICT DO NOTHING", chunk.Job, chunk.Number)
	if err != nil {
		return 0, false, err
	}
	changed, err := result.RowsAffected()
	if err != nil {
		return 0, false, err
	}
	if changed == 0 {
		err = tx.QueryRowContext(ctx, "SELECT id FROM chunk WHERE job = ? AND number = ?", chunk.Job, chunk.Number).Scan(&id)
		return id, false, err
	}
	id, err = result.LastInsertId()
	return id, true, err
}

// countIssued adds the entries to the counts of their banks.
func countIssued(ctx context.Context, tx *transaction, rows []packed.Placed) error {
	for bank, n := range packed.ByBank(rows) {
		if _, err := tx.ExecContext(ctx, "UPDATE bank SET issued = issued + ? WHERE id = ?", n, bank); err != nil {
			return err
		}
	}
	return nil
}

// insertSegments writes each run of consecutive positions as a segment.
func insertSegments(ctx context.Context, tx *transaction, id int64, chunk registry.Chunk, rows []packed.Placed) error {
	for _, s := range packed.Segments(rows) {
		if err := insertSegment(ctx, tx, id, s, s.Checksum(chunk.Job, chunk.Number)); err != nil {
			return err
		}
	}
	return nil
}

func insertSegment(ctx context.Context, tx *transaction, chunk int64, s packed.Segment, checksum uint32) error {
	// Segments do not overlap, so the last one that begins before our end is
	// the only one that could reach into ours.
	last := s.At + packed.Position(s.Len()-1)
	var used bool
	err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM (SELECT position, length(entries) / ? AS n FROM segment WHERE position <= ? ORDER BY position DESC LIMIT 1) WHERE position + n > ?)",
		packed.EntrySize, last, s.At).Scan(&used)
	if err != nil {
		return err
	}
	if used {
		return fmt.Errorf("%w: one of %d from position %d on", registry.ErrReferenceUsed, s.Len(), s.At)
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO segment (position, chunk, entries, requests, checksum) VALUES (?, ?, ?, ?, ?)", s.At, chunk, s.Entries, s.Requests, checksum)
	return err
}

// insertRequests claims the request keys of the entries that have one.
func insertRequests(ctx context.Context, tx *transaction, rows []packed.Placed) error {
	for _, row := range rows {
		if row.Entry.Request == (registry.RequestKey{}) {
			continue
		}
		result, err := tx.ExecContext(ctx, "INSERT INTO request (key, position) VALUES (?, ?) ON CONFLICT DO NOTHING", row.Entry.Request[:], row.At)
		if err != nil {
			return err
		}
		if changed, err := result.RowsAffected(); err != nil || changed == 0 {
			return cmp.Or(err, error(&registry.RequestUsedError{Key: row.Entry.Request}))
		}
	}
	return nil
}

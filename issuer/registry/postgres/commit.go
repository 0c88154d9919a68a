package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// Commit implements registry.Registry. Where it was not heard whether the commit
// took place, it is asked for again: then a chunk that was not there before may be
// AlreadyCommitted, with the caller's own entries.
func (r *Registry) Commit(ctx context.Context, chunk registry.Chunk) (receipt registry.Receipt, err error) {
	if err := registry.CheckChunk(chunk); err != nil {
		return registry.Receipt{}, err
	}
	err = r.change(ctx, commitAction(chunk), true, func(tx pgx.Tx) error {
		receipt, err = r.commit(ctx, tx, chunk)
		return err
	})
	if err != nil {
		return registry.Receipt{}, err
	}
	return receipt, nil
}

func commitAction(chunk registry.Chunk) string {
	return fmt.Sprintf("commit chunk %d of job %s", chunk.Number, chunk.Job)
}

// CommitTx is Commit within a transaction of the caller's, at READ COMMITTED, so
// that a queue marks its job done in the same one. What it returns holds when the
// caller has committed. After an error nothing but a rollback is possible, and the
// whole transaction may be run again where the error is of SQLSTATE 40001 or
// 40P01. A connection whose commits may be lost is ErrNotDurable.
func (r *Registry) CommitTx(ctx context.Context, tx pgx.Tx, chunk registry.Chunk) (registry.Receipt, error) {
	if err := registry.CheckChunk(chunk); err != nil {
		return registry.Receipt{}, err
	}
	setting, err := one[string](ctx, tx, "SELECT current_setting('synchronous_commit')")
	if err == nil && setting != "on" && setting != "remote_apply" {
		err = fmt.Errorf("%w (synchronous_commit=%s)", ErrNotDurable, setting)
	}
	var receipt registry.Receipt
	if err == nil {
		receipt, err = r.commit(ctx, tx, chunk)
	}
	if err != nil {
		return registry.Receipt{}, named(commitAction(chunk), err)
	}
	return receipt, nil
}

func (r *Registry) commit(ctx context.Context, tx pgx.Tx, chunk registry.Chunk) (registry.Receipt, error) {
	id, isNew, err := insertChunk(ctx, tx, chunk)
	if err != nil {
		return registry.Receipt{}, err
	}
	if !isNew {
		entries, err := r.entriesOf(ctx, tx, id)
		return registry.Receipt{AlreadyCommitted: true, Entries: entries}, err
	}
	rows, err := r.finder(tx).Place(ctx, chunk.Entries)
	if err != nil {
		return registry.Receipt{}, err
	}
	if err := insertSegments(ctx, tx, id, packed.Segments(rows)); err != nil {
		return registry.Receipt{}, err
	}
	if err := insertRequests(ctx, tx, rows); err != nil {
		return registry.Receipt{}, err
	}
	if err := countIssued(ctx, tx, rows); err != nil {
		return registry.Receipt{}, err
	}
	return registry.Receipt{Entries: packed.Entries(rows)}, nil
}

// insertChunk claims job and number. Where they are taken it returns the chunk
// that has them, and false; where another transaction is about to take them, its
// end is waited for.
func insertChunk(ctx context.Context, tx pgx.Tx, chunk registry.Chunk) (id int64, isNew bool, err error) {
	id, err = one[int64](ctx, tx, "INSERT INTO tongxing.chunk (job, number) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id", chunk.Job, chunk.Number)
	if err == nil {
		return id, true, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return 0, false, err
	}
	id, err = one[int64](ctx, tx, "SELECT id FROM tongxing.chunk WHERE job = $1 AND number = $2", chunk.Job, chunk.Number)
	return id, false, err
}

// insertSegments writes segments. A reference that an entry has already is told
// by the constraint.
func insertSegments(ctx context.Context, tx pgx.Tx, chunk int64, segments []packed.Segment) error {
	if len(segments) == 0 {
		return nil
	}
	positions := make([]int64, len(segments))
	entries, requests := make([][]byte, len(segments)), make([][]byte, len(segments))
	for i, s := range segments {
		positions[i], entries[i], requests[i] = int64(s.At), s.Entries, s.Requests
	}
	_, err := tx.Exec(ctx, `INSERT INTO tongxing.segment (position, chunk, entries, requests)
		SELECT s.position, $1, s.entries, s.requests FROM unnest($2::bigint[], $3::bytea[], $4::bytea[]) AS s (position, entries, requests)`,
		chunk, positions, entries, requests)
	if hasCode(err, codeExclusion, codeUnique) {
		return fmt.Errorf("%w: %w", registry.ErrReferenceUsed, err)
	}
	return err
}

// insertRequests claims the request keys of the entries that have one, in their
// order: two transactions with the same ones do not wait for each other.
func insertRequests(ctx context.Context, tx pgx.Tx, rows []packed.Placed) error {
	withKey := slices.DeleteFunc(slices.Clone(rows), func(row packed.Placed) bool { return row.Entry.Request == registry.RequestKey{} })
	if len(withKey) == 0 {
		return nil
	}
	slices.SortFunc(withKey, func(a, b packed.Placed) int { return bytes.Compare(a.Entry.Request[:], b.Entry.Request[:]) })
	keys, positions := make([][]byte, len(withKey)), make([]int64, len(withKey))
	for i, row := range withKey {
		if i > 0 && row.Entry.Request == withKey[i-1].Entry.Request {
			return &registry.RequestUsedError{Key: row.Entry.Request}
		}
		keys[i], positions[i] = row.Entry.Request[:], int64(row.At)
	}
	tag, err := tx.Exec(ctx, `INSERT INTO tongxing.request (key, position)
		SELECT r.key, r.position FROM unnest($1::bytea[], $2::bigint[]) AS r (key, position) ORDER BY r.key ON CONFLICT DO NOTHING`, keys, positions)
	if err != nil || tag.RowsAffected() == int64(len(keys)) {
		return err
	}
	used, err := one[[]byte](ctx, tx, `SELECT r.key FROM unnest($1::bytea[], $2::bigint[]) AS ours (key, position)
		JOIN tongxing.request r ON r.key = ours.key AND r.position <> ours.position LIMIT 1`, keys, positions)
	if err != nil {
		return err
	}
	return &registry.RequestUsedError{Key: registry.RequestKey(used)}
}

// slots is the number of rows that a count is spread over.
const slots = 64

// countIssued adds the entries to the counts of their banks.
func countIssued(ctx context.Context, tx pgx.Tx, rows []packed.Placed) error {
	issued := packed.ByBank(rows)
	if len(issued) == 0 {
		return nil
	}
	banks := slices.Sorted(maps.Keys(issued))
	entries := make([]int64, len(banks))
	for i, bank := range banks {
		entries[i] = int64(issued[bank])
	}
	_, err := tx.Exec(ctx, `INSERT INTO tongxing.issued (bank, slot, entries)
		SELECT c.bank, pg_backend_pid() % $1, c.entries FROM unnest($2::bigint[], $3::bigint[]) AS c (bank, entries) ORDER BY c.bank
		ON CONFLICT (bank, slot) DO UPDATE SET entries = issued.entries + excluded.entries`, slots, banks, entries)
	return err
}

package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// Commit implements registry.Registry. Where it was not heard whether the commit
// took place, it is asked for again: then a chunk that was not there before may be
// AlreadyCommitted, with the caller's own entries.
func (r *Registry) Commit(ctx context.Context, chunk registry.Chunk) (registry.Receipt, error) {
	if err := registry.CheckChunk(chunk); err != nil {
		return registry.Receipt{}, err
	}
	return r.commitOnce(ctx, chunk, nil)
}

func (r *Registry) commitOnce(ctx context.Context, chunk registry.Chunk, answers []registry.Answer) (receipt registry.Receipt, err error) {
	err = r.change(ctx, commitAction(chunk), true, func(tx pgx.Tx) error {
		receipt, err = r.commit(ctx, tx, chunk, answers)
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
// 40P01. A connection whose commits may be lost is ErrNotDurable, and another
// isolation registry.ErrInvalid.
func (r *Registry) CommitTx(ctx context.Context, tx pgx.Tx, chunk registry.Chunk) (registry.Receipt, error) {
	if err := registry.CheckChunk(chunk); err != nil {
		return registry.Receipt{}, err
	}
	var receipt registry.Receipt
	err := fit(ctx, tx)
	if err == nil {
		receipt, err = r.commit(ctx, tx, chunk, nil)
	}
	if err != nil {
		return registry.Receipt{}, named(commitAction(chunk), err)
	}
	return receipt, nil
}

// fit refuses a transaction of a caller's whose commit may be lost, or which does
// not see what it waited for.
func fit(ctx context.Context, tx pgx.Tx) error {
	var durability, isolation string
	err := tx.QueryRow(ctx, "SELECT current_setting('synchronous_commit'), current_setting('transaction_isolation')").Scan(&durability, &isolation)
	switch {
	case err != nil:
		return err
	case durability != "on" && durability != "remote_apply":
		return fmt.Errorf("%w (synchronous_commit=%s)", ErrNotDurable, durability)
	case isolation != "read committed":
		return fmt.Errorf("%w: a transaction that is %s, want read committed", registry.ErrInvalid, isolation)
	}
	return nil
}

func (r *Registry) commit(ctx context.Context, tx pgx.Tx, chunk registry.Chunk, answers []registry.Answer) (registry.Receipt, error) {
	c, err := begin(ctx, tx, chunk)
	if err != nil {
		return registry.Receipt{}, err
	}
	if !c.isNew {
		entries, err := r.entriesOf(ctx, tx, c.id)
		return registry.Receipt{AlreadyCommitted: true, Entries: entries}, err
	}
	if err := c.check(chunk); err != nil {
		return registry.Receipt{}, err
	}
	rows, err := r.finder(tx).Place(ctx, chunk.Entries)
	if err != nil {
		return registry.Receipt{}, err
	}
	keys, err := requestKeys(rows)
	if err != nil {
		return registry.Receipt{}, err
	}
	if err := c.insert(ctx, tx, chunk, rows, keys, answers); err != nil {
		return registry.Receipt{}, err
	}
	return registry.Receipt{Entries: packed.Entries(rows)}, nil
}

// claimed is a chunk whose job and number are taken.
type claimed struct {
	id     int64
	isNew  bool   // by this transaction
	purged uint16 // first month that is not
	job    int64  // id of the job, 0 when it was not planned
	chunks int64  // of the job
}

// begin claims the job and number of a chunk; where another transaction is about
// to take them, its end is waited for. Until the end of the transaction no month
// is purged and the job, if it was not planned, not planned.
func begin(ctx context.Context, tx pgx.Tx, chunk registry.Chunk) (c claimed, err error) {
	batch := &pgx.Batch{}
	queueEnter(batch, &c.purged)
	batch.Queue("SELECT pg_advisory_xact_lock_shared($1, $2)", jobClass, jobObject(chunk.Job))
	batch.Queue("SELECT id, chunks FROM tongxing.job WHERE name = $1", chunk.Job).QueryRow(func(row pgx.Row) error {
		return orNothing(row.Scan(&c.job, &c.chunks))
	})
	batch.Queue("INSERT INTO tongxing.chunk (job, number) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id", chunk.Job, chunk.Number).QueryRow(func(row pgx.Row) error {
		return orNothing(row.Scan(&c.id))
	})
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return claimed{}, err
	}
	if c.isNew = c.id != 0; !c.isNew {
		c.id, err = one[int64](ctx, tx, "SELECT id FROM tongxing.chunk WHERE job = $1 AND number = $2", chunk.Job, chunk.Number)
	}
	return c, err
}

// orNothing makes an empty answer none of an error.
func orNothing(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}

// check refuses entries of purged months, whose places look free, and a number
// beyond those that were planned.
func (c claimed) check(chunk registry.Chunk) error {
	for i := range chunk.Entries {
		if chunk.Entries[i].Reference.Pool().Month < c.purged {
			return fmt.Errorf("%w: %v", registry.ErrPurged, chunk.Entries[i].Reference)
		}
	}
	if c.job != 0 && int64(chunk.Number) >= c.chunks {
		return fmt.Errorf("%w: the job was planned with %d chunks", registry.ErrInvalid, c.chunks)
	}
	return nil
}

// insert writes what a chunk holds, in one round trip.
func (c claimed) insert(ctx context.Context, tx pgx.Tx, chunk registry.Chunk, rows, keys []packed.Placed, answers []registry.Answer) error {
	batch := &pgx.Batch{}
	queueSegments(batch, c.id, chunk, packed.Segments(rows))
	allNew := true
	queueRequests(batch, keys, &allNew)
	queueAnswers(batch, rows, answers)
	queueIssued(batch, packed.ByBank(rows))
	if c.job != 0 {
		batch.Queue("DELETE FROM tongxing.undone WHERE job = $1 AND number = $2", c.job, chunk.Number)
		batch.Queue(`INSERT INTO tongxing.progress (job, slot, chunks, entries) VALUES ($1, pg_backend_pid() % $2, 1, $3)
			ON CONFLICT (job, slot) DO UPDATE SET chunks = progress.chunks + 1, entries = progress.entries + excluded.entries`, c.job, slots, len(rows))
	}
	if batch.Len() == 0 {
		return nil
	}
	err := tx.SendBatch(ctx, batch).Close()
	if hasCode(err, codeExclusion, codeUnique) {
		return fmt.Errorf("%w: %w", registry.ErrReferenceUsed, err)
	}
	if err != nil || allNew {
		return err
	}
	return usedKey(ctx, tx, keys)
}

// queueSegments writes segments. A reference that an entry has already is told by
// the constraint.
func queueSegments(batch *pgx.Batch, id int64, chunk registry.Chunk, segments []packed.Segment) {
	if len(segments) == 0 {
		return
	}
	positions, checksums := make([]int64, len(segments)), make([]int64, len(segments))
	entries, requests := make([][]byte, len(segments)), make([][]byte, len(segments))
	for i, s := range segments {
		positions[i], entries[i], requests[i], checksums[i] = int64(s.At), s.Entries, s.Requests, int64(s.Checksum(chunk.Job, chunk.Number))
	}
	batch.Queue(`INSERT INTO tongxing.segment (position, chunk, entries, requests, checksum)
		SELECT s.position, $1, s.entries, s.requests, s.checksum FROM unnest($2::bigint[], $3::bytea[], $4::bytea[], $5::bigint[]) AS s (position, entries, requests, checksum)`,
		id, positions, entries, requests, checksums)
}

// requestKeys returns the rows that have a request key, by it: two transactions
// with the same ones do not wait for each other. One that is twice among them is
// a *registry.RequestUsedError.
func requestKeys(rows []packed.Placed) ([]packed.Placed, error) {
	keys := slices.DeleteFunc(slices.Clone(rows), func(row packed.Placed) bool { return row.Entry.Request == registry.RequestKey{} })
	slices.SortFunc(keys, func(a, b packed.Placed) int { return bytes.Compare(a.Entry.Request[:], b.Entry.Request[:]) })
	for i := 1; i < len(keys); i++ {
		if keys[i].Entry.Request == keys[i-1].Entry.Request {
			return nil, &registry.RequestUsedError{Key: keys[i].Entry.Request}
		}
	}
	return keys, nil
}

// columnsOf returns request keys and positions as a statement takes them.
func columnsOf(keys []packed.Placed) (requests [][]byte, positions []int64) {
	for _, row := range keys {
		requests, positions = append(requests, row.Entry.Request[:]), append(positions, int64(row.At))
	}
	return requests, positions
}

// queueRequests claims request keys; allNew becomes false when one is used.
func queueRequests(batch *pgx.Batch, keys []packed.Placed, allNew *bool) {
	if len(keys) == 0 {
		return
	}
	requests, positions := columnsOf(keys)
	batch.Queue(`INSERT INTO tongxing.request (key, position)
		SELECT r.key, r.position FROM unnest($1::bytea[], $2::bigint[]) AS r (key, position) ORDER BY r.key ON CONFLICT DO NOTHING`, requests, positions).
		Exec(func(tag pgconn.CommandTag) error {
			*allNew = tag.RowsAffected() == int64(len(requests))
			return nil
		})
}

// usedKey returns the *registry.RequestUsedError of a key that another entry has.
func usedKey(ctx context.Context, tx pgx.Tx, keys []packed.Placed) error {
	requests, positions := columnsOf(keys)
	used, err := one[[]byte](ctx, tx, `SELECT r.key FROM unnest($1::bytea[], $2::bigint[]) AS ours (key, position)
		JOIN tongxing.request r ON r.key = ours.key AND r.position <> ours.position LIMIT 1`, requests, positions)
	if err != nil {
		return err
	}
	return &registry.RequestUsedError{Key: registry.RequestKey(used)}
}

// slots is the number of rows that a count is spread over.
const slots = 64

// queueIssued adds the entries to the counts of their banks.
func queueIssued(batch *pgx.Batch, issued map[int64]int) {
	if len(issued) == 0 {
		return
	}
	banks := slices.Sorted(maps.Keys(issued))
	entries := make([]int64, len(banks))
	for i, bank := range banks {
		entries[i] = int64(issued[bank])
	}
	batch.Queue(`INSERT INTO tongxing.issued (bank, slot, entries)
		SELECT c.bank, pg_backend_pid() % $1, c.entries FROM unnest($2::bigint[], $3::bigint[]) AS c (bank, entries) ORDER BY c.bank
		ON CONFLICT (bank, slot) DO UPDATE SET entries = issued.entries + excluded.entries`, slots, banks, entries)
}

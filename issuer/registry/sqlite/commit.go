package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/issuer/registry"
)

// placed is an entry and where it stands.
type placed struct {
	at    position
	entry *registry.Entry
}

// Commit implements registry.Registry.
func (r *Registry) Commit(ctx context.Context, chunk registry.Chunk) (registry.Receipt, error) {
	if err := registry.CheckChunk(chunk); err != nil {
		return registry.Receipt{}, err
	}
	receipt, err := r.commit(ctx, chunk)
	if err != nil {
		return registry.Receipt{}, r.named(fmt.Sprintf("commit chunk %d of job %s", chunk.Number, chunk.Job), err)
	}
	return receipt, nil
}

func (r *Registry) commit(ctx context.Context, chunk registry.Chunk) (registry.Receipt, error) {
	tx, err := r.write.BeginTx(ctx, nil)
	if err != nil {
		return registry.Receipt{}, err
	}
	defer tx.Rollback()
	id, isNew, err := insertChunk(ctx, tx, chunk)
	if err != nil {
		return registry.Receipt{}, err
	}
	if !isNew {
		entries, err := r.entriesOf(ctx, tx, id)
		return registry.Receipt{AlreadyCommitted: true, Entries: entries}, err
	}
	rows, err := r.place(ctx, tx, chunk.Entries)
	if err != nil {
		return registry.Receipt{}, err
	}
	if err := insertSegments(ctx, tx, id, rows); err != nil {
		return registry.Receipt{}, err
	}
	if err := insertRequests(ctx, tx, rows); err != nil {
		return registry.Receipt{}, err
	}
	if err := countIssued(ctx, tx, rows); err != nil {
		return registry.Receipt{}, err
	}
	if err := tx.Commit(); err != nil {
		return registry.Receipt{}, err
	}
	receipt := registry.Receipt{Entries: make([]registry.Entry, len(rows))}
	for i, row := range rows {
		receipt.Entries[i] = *row.entry
	}
	return receipt, nil
}

// insertChunk claims job and number. Where they are taken it returns the chunk
// that has them, and false.
func insertChunk(ctx context.Context, tx *sql.Tx, chunk registry.Chunk) (id int64, isNew bool, err error) {
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

// place turns references back into positions, in whose order the entries are
// returned. All must be leased, none twice.
func (r *Registry) place(ctx context.Context, tx *sql.Tx, entries []registry.Entry) ([]placed, error) {
	finder := r.finder(tx)
	rows := make([]placed, len(entries))
	for i := range entries {
		at, ok, err := finder.find(ctx, entries[i].Reference)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, fmt.Errorf("%w: %v", registry.ErrNotLeased, entries[i].Reference)
		}
		rows[i] = placed{at: at, entry: &entries[i]}
	}
	slices.SortFunc(rows, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	for i := 1; i < len(rows); i++ {
		if rows[i].at == rows[i-1].at {
			return nil, fmt.Errorf("%w: %v is twice in the chunk", registry.ErrReferenceUsed, rows[i].entry.Reference)
		}
	}
	return rows, nil
}

// countIssued adds the entries to the counts of their banks.
func countIssued(ctx context.Context, tx *sql.Tx, rows []placed) error {
	issued := make(map[int64]int)
	for _, row := range rows {
		issued[row.at.bank()]++
	}
	for bank, n := range issued {
		if _, err := tx.ExecContext(ctx, "UPDATE bank SET issued = issued + ? WHERE id = ?", n, bank); err != nil {
			return err
		}
	}
	return nil
}

// find returns the position of a reference that was leased.
func find(banks []openBank, reference registry.Reference) (position, bool) {
	for _, bank := range banks {
		if counter, ok := bank.Counter(reference); ok {
			return positionOf(bank.id, counter), counter < bank.leased
		}
	}
	return 0, false
}

// insertSegments writes each run of consecutive positions as a segment.
func insertSegments(ctx context.Context, tx *sql.Tx, chunk int64, rows []placed) error {
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].at == rows[n-1].at+1 {
			n++
		}
		if err := insertSegment(ctx, tx, chunk, rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func insertSegment(ctx context.Context, tx *sql.Tx, chunk int64, rows []placed) error {
	// Segments do not overlap, so the last one that begins before our end is
	// the only one that could reach into ours.
	first, last := rows[0].at, rows[len(rows)-1].at
	var used bool
	err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM (SELECT position, length(entries) / ? AS n FROM segment WHERE position <= ? ORDER BY position DESC LIMIT 1) WHERE position + n > ?)",
		entrySize, last, first).Scan(&used)
	if err != nil {
		return err
	}
	if used {
		return fmt.Errorf("%w: one of %d from %v on", registry.ErrReferenceUsed, len(rows), rows[0].entry.Reference)
	}
	entries := make([]byte, 0, len(rows)*entrySize)
	var requests []byte
	for i, row := range rows {
		entries = appendEntry(entries, row.entry)
		if row.entry.Request != (registry.RequestKey{}) {
			if requests == nil {
				requests = make([]byte, len(rows)*requestSize)
			}
			copy(requests[i*requestSize:], row.entry.Request[:])
		}
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO segment (position, chunk, entries, requests) VALUES (?, ?, ?, ?)", first, chunk, entries, requests)
	return err
}

// insertRequests claims the request keys of the entries that have one.
func insertRequests(ctx context.Context, tx *sql.Tx, rows []placed) error {
	var statement *sql.Stmt
	for _, row := range rows {
		if row.entry.Request == (registry.RequestKey{}) {
			continue
		}
		if statement == nil {
			var err error
			if statement, err = tx.PrepareContext(ctx, "INSERT INTO request (key, position) VALUES (?, ?) ON CONFLICT DO NOTHING"); err != nil {
				return err
			}
			defer statement.Close()
		}
		result, err := statement.ExecContext(ctx, row.entry.Request[:], row.at)
		if err != nil {
			return err
		}
		if changed, err := result.RowsAffected(); err != nil || changed == 0 {
			return cmp.Or(err, fmt.Errorf("%w: %x", registry.ErrRequestUsed, row.entry.Request))
		}
	}
	return nil
}

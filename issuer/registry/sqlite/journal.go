package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"iter"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// Append implements registry.Journal.
func (r *Registry) Append(ctx context.Context, record registry.JournalRecord) (registry.JournalRecord, error) {
	if err := registry.CheckRecord(record); err != nil {
		return registry.JournalRecord{}, err
	}
	err := r.inTransaction(ctx, "append to the journal", func(tx *transaction) error {
		head, err := journalHead(ctx, tx)
		if err != nil {
			return err
		}
		record = head.Next(record)
		_, err = tx.ExecContext(ctx, "INSERT INTO journal (sequence, at, actor, role, act, object, outcome, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			record.Sequence, record.At, record.Actor, record.Role, record.Act, record.Object, record.Outcome, record.Detail, record.Hash[:])
		return err
	})
	if err != nil {
		return registry.JournalRecord{}, err
	}
	record.Detail = append([]byte(nil), record.Detail...)
	return record, nil
}

// JournalHead implements registry.Journal.
func (r *Registry) JournalHead(ctx context.Context) (registry.JournalHead, error) {
	head, err := journalHead(ctx, r.read)
	if err != nil {
		return registry.JournalHead{}, r.named("read the end of the journal", err)
	}
	return head, nil
}

func journalHead(ctx context.Context, q querier) (head registry.JournalHead, err error) {
	var hash []byte
	err = q.QueryRowContext(ctx, "SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1").Scan(&head.Sequence, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return registry.JournalHead{}, nil
	}
	if err != nil {
		return registry.JournalHead{}, err
	}
	copy(head.Hash[:], hash)
	return head, nil
}

// recordsAtOnce is the number of records that one query reads. No transaction is
// held between queries: one that stays open keeps the WAL from being folded back.
const recordsAtOnce = 256

// Records implements registry.Journal.
func (r *Registry) Records(ctx context.Context, after uint64) iter.Seq2[registry.JournalRecord, error] {
	next := func(after uint64) ([]registry.JournalRecord, error) {
		records, err := r.nextRecords(ctx, after)
		if err != nil {
			return nil, r.named("read the journal", err)
		}
		return records, nil
	}
	return packed.Pages(after, next, func(j registry.JournalRecord) uint64 { return j.Sequence })
}

func (r *Registry) nextRecords(ctx context.Context, after uint64) ([]registry.JournalRecord, error) {
	// A number beyond SQLite's integers is beyond the journal's, too.
	rows, err := r.read.QueryContext(ctx, "SELECT sequence, at, actor, role, act, object, outcome, detail, hash FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?",
		int64(min(after, 1<<63-1)), recordsAtOnce)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var records []registry.JournalRecord
	for rows.Next() {
		var j registry.JournalRecord
		var hash []byte
		if err := rows.Scan(&j.Sequence, &j.At, &j.Actor, &j.Role, &j.Act, &j.Object, &j.Outcome, &j.Detail, &hash); err != nil {
			return nil, err
		}
		copy(j.Hash[:], hash)
		records = append(records, j)
	}
	return records, rows.Err()
}

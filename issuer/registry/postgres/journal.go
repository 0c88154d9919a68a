package postgres

import (
	"context"
	"errors"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// Append implements registry.Journal. Records are appended one after the other.
func (r *Registry) Append(ctx context.Context, record registry.JournalRecord) (appended registry.JournalRecord, err error) {
	if err := registry.CheckRecord(record); err != nil {
		return registry.JournalRecord{}, err
	}
	err = r.change(ctx, "append to the journal", false, func(tx pgx.Tx) error {
		if err := lock(ctx, tx, gateJournal); err != nil {
			return err
		}
		head, err := journalHead(ctx, tx)
		if err != nil {
			return err
		}
		appended = head.Next(record)
		_, err = tx.Exec(ctx, "INSERT INTO tongxing.journal (sequence, at, actor, role, act, object, outcome, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			appended.Sequence, appended.At, appended.Actor, appended.Role, appended.Act, appended.Object, appended.Outcome, appended.Detail, appended.Hash[:])
		return err
	})
	if err != nil {
		return registry.JournalRecord{}, err
	}
	appended.Detail = append([]byte(nil), appended.Detail...)
	return appended, nil
}

// JournalHead implements registry.Journal.
func (r *Registry) JournalHead(ctx context.Context) (head registry.JournalHead, err error) {
	err = r.read(ctx, "read the end of the journal", func(q querier) error {
		head, err = journalHead(ctx, q)
		return err
	})
	return head, err
}

func journalHead(ctx context.Context, q querier) (head registry.JournalHead, err error) {
	var hash []byte
	err = q.QueryRow(ctx, "SELECT sequence, hash FROM tongxing.journal ORDER BY sequence DESC LIMIT 1").Scan(&head.Sequence, &hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return registry.JournalHead{}, nil
	}
	if err != nil {
		return registry.JournalHead{}, err
	}
	copy(head.Hash[:], hash)
	return head, nil
}

// recordsAtOnce is the number of records that one query reads.
const recordsAtOnce = 256

// Records implements registry.Journal.
func (r *Registry) Records(ctx context.Context, after uint64) iter.Seq2[registry.JournalRecord, error] {
	next := func(after uint64) ([]registry.JournalRecord, error) { return r.nextRecords(ctx, after) }
	return packed.Pages(after, next, func(j registry.JournalRecord) uint64 { return j.Sequence })
}

func (r *Registry) nextRecords(ctx context.Context, after uint64) (records []registry.JournalRecord, err error) {
	err = r.read(ctx, "read the journal", func(q querier) error {
		records, err = all(ctx, q, func(rows pgx.Rows, j *registry.JournalRecord) error {
			var hash []byte
			err := rows.Scan(&j.Sequence, &j.At, &j.Actor, &j.Role, &j.Act, &j.Object, &j.Outcome, &j.Detail, &hash)
			copy(j.Hash[:], hash)
			return err
		}, "SELECT sequence, at, actor, role, act, object, outcome, detail, hash FROM tongxing.journal WHERE sequence > $1 ORDER BY sequence LIMIT $2",
			min(after, maxSequence), recordsAtOnce)
		return err
	})
	return records, err
}

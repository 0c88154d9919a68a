package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// insertAnswers keeps the answers, if there are any: one for each entry of the
// chunk, in its order.
func insertAnswers(ctx context.Context, tx *transaction, rows []packed.Placed, answers []registry.Answer) error {
	if len(answers) == 0 {
		return nil
	}
	for _, row := range rows {
		answer := &answers[row.Index]
		if _, err := tx.ExecContext(ctx, "INSERT INTO answer (position, issued_at, digest, signature) VALUES (?, ?, ?, ?)", row.At, answer.IssuedAt, answer.Digest[:], answer.Signature[:]); err != nil {
			return err
		}
	}
	return nil
}

// Answer implements registry.Answers.
func (r *Registry) Answer(ctx context.Context, key registry.RequestKey) (registry.Answer, error) {
	answer, err := r.answer(ctx, key)
	if err != nil {
		return registry.Answer{}, r.named("look up an answer", err)
	}
	return answer, nil
}

const selectAnswer = "SELECT a.position, a.digest, a.signature FROM request q JOIN answer a ON a.position = q.position WHERE q.key = ?"

func (r *Registry) answer(ctx context.Context, key registry.RequestKey) (registry.Answer, error) {
	var at packed.Position
	var digest, signature []byte
	err := r.read.QueryRowContext(ctx, selectAnswer, key[:]).Scan(&at, &digest, &signature)
	if errors.Is(err, sql.ErrNoRows) {
		err = registry.ErrNotFound
	}
	if err != nil {
		return registry.Answer{}, err
	}
	entry, err := r.entryAt(ctx, at)
	if err != nil {
		return registry.Answer{}, err
	}
	answer := registry.Answer{Request: key, KeyID: entry.KeyID, IssuedAt: entry.IssuedAt, ExpiresAt: entry.ExpiresAt}
	if answer.Reference, err = r.referenceAt(ctx, r.read, at); err != nil {
		return registry.Answer{}, err
	}
	copy(answer.Digest[:], digest)
	copy(answer.Signature[:], signature)
	return answer, nil
}

const deleteAnswers = "DELETE FROM answer WHERE position IN (SELECT position FROM answer WHERE issued_at < ? ORDER BY issued_at LIMIT ?)"

// ForgetAnswers implements registry.Answers.
func (r *Registry) ForgetAnswers(ctx context.Context, before int64, limit int) (n int, err error) {
	if err := registry.CheckForget(before, limit); err != nil {
		return 0, err
	}
	err = r.inTransaction(ctx, "forget answers", func(tx *transaction) error {
		result, err := tx.ExecContext(ctx, deleteAnswers, before, limit)
		if err != nil {
			return err
		}
		deleted, err := result.RowsAffected()
		n = int(deleted)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

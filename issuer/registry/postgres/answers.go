package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

// CommitAnswers implements registry.Answers.
func (r *Registry) CommitAnswers(ctx context.Context, chunk registry.Chunk, answers []registry.Answer) (registry.Receipt, error) {
	if err := registry.CheckAnswers(chunk, answers); err != nil {
		return registry.Receipt{}, err
	}
	return r.commitOnce(ctx, chunk, answers)
}

// queueAnswers keeps the answers: one for each entry of the chunk, in its order.
func queueAnswers(batch *pgx.Batch, rows []packed.Placed, answers []registry.Answer) {
	if len(answers) == 0 {
		return
	}
	positions, issued := make([]int64, len(rows)), make([]int64, len(rows))
	digests, signatures := make([][]byte, len(rows)), make([][]byte, len(rows))
	for i, row := range rows {
		answer := &answers[row.Index]
		positions[i], issued[i] = int64(row.At), answer.IssuedAt
		digests[i], signatures[i] = answer.Digest[:], answer.Signature[:]
	}
	batch.Queue(`INSERT INTO tongxing.answer (position, issued_at, digest, signature)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[])`, positions, issued, digests, signatures)
}

const selectAnswer = "SELECT a.position, a.digest, a.signature FROM tongxing.request q JOIN tongxing.answer a ON a.position = q.position WHERE q.key = $1"

// Answer implements registry.Answers.
func (r *Registry) Answer(ctx context.Context, key registry.RequestKey) (answer registry.Answer, err error) {
	err = r.read(ctx, "look up an answer", func(q querier) error {
		var at packed.Position
		var digest, signature []byte
		if err := q.QueryRow(ctx, selectAnswer, key[:]).Scan(&at, &digest, &signature); err != nil {
			return orNotFound(err)
		}
		entry, err := entryAt(ctx, q, at)
		if err != nil {
			return err
		}
		answer = registry.Answer{Request: key, KeyID: entry.KeyID, IssuedAt: entry.IssuedAt, ExpiresAt: entry.ExpiresAt}
		copy(answer.Digest[:], digest)
		copy(answer.Signature[:], signature)
		answer.Reference, err = r.referenceAt(ctx, q, at)
		return err
	})
	if err != nil {
		return registry.Answer{}, err
	}
	return answer, nil
}

const deleteAnswers = "DELETE FROM tongxing.answer WHERE position IN (SELECT position FROM tongxing.answer WHERE issued_at < $1 ORDER BY issued_at LIMIT $2)"

// ForgetAnswers implements registry.Answers.
func (r *Registry) ForgetAnswers(ctx context.Context, before int64, limit int) (n int, err error) {
	if err := registry.CheckForget(before, limit); err != nil {
		return 0, err
	}
	err = r.change(ctx, "forget answers", false, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, deleteAnswers, before, limit)
		n = int(tag.RowsAffected())
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

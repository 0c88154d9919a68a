package registry

import (
	"context"
	"fmt"
)

// Answer is what makes a single issue repeatable: with the request itself, sent
// again, the credential is built again byte for byte. Of the request it holds
// keyed hashes alone.
type Answer struct {
	Request RequestKey
	// Digest is a keyed hash of the request's content: the same key with another
	// content is another request and no repetition.
	Digest    [32]byte
	Reference Reference
	KeyID     KeyID
	// IssuedAt and ExpiresAt are the credential's iat and exp.
	IssuedAt, ExpiresAt int64
	Signature           [64]byte // r||s
}

// RequestUsedError reports a commit with a request key that another entry holds,
// in the registry or in the same chunk. errors.Is finds ErrRequestUsed in it.
type RequestUsedError struct {
	Key RequestKey // one of them
}

// Error implements error.
func (e *RequestUsedError) Error() string { return fmt.Sprintf("%v: %x", ErrRequestUsed, e.Key) }

// Unwrap returns ErrRequestUsed.
func (e *RequestUsedError) Unwrap() error { return ErrRequestUsed }

// Answers keeps the answers to single requests for as long as they are repeated,
// a day say. The request key of an entry stays used when its answer is forgotten.
type Answers interface {
	// CommitAnswers commits a chunk whose entries all have request keys, one
	// answer for each entry, in its order: many requests that came together share
	// one transaction. A chunk that was committed before stays as it is. Errors
	// are those of Commit; a key that is used is a *RequestUsedError, and nothing
	// is changed.
	CommitAnswers(ctx context.Context, chunk Chunk, answers []Answer) (Receipt, error)
	// Answer returns the answer to a request, or ErrNotFound.
	Answer(ctx context.Context, key RequestKey) (Answer, error)
	// ForgetAnswers deletes answers issued before a time, the oldest first, at most
	// limit (1 to MaxChunk), and returns how many. Entries stay.
	ForgetAnswers(ctx context.Context, before int64, limit int) (int, error)
}

// CheckAnswers returns ErrInvalid for a chunk out of bounds, and for answers that
// are not of its entries one by one.
func CheckAnswers(chunk Chunk, answers []Answer) error {
	if err := CheckChunk(chunk); err != nil {
		return err
	}
	if len(answers) < 1 || len(answers) != len(chunk.Entries) {
		return fmt.Errorf("%w: %d answers to %d entries", ErrInvalid, len(answers), len(chunk.Entries))
	}
	for i := range answers {
		a, e := &answers[i], &chunk.Entries[i]
		if e.Request == (RequestKey{}) || a.Request != e.Request || a.Reference != e.Reference ||
			a.KeyID != e.KeyID || a.IssuedAt != e.IssuedAt || a.ExpiresAt != e.ExpiresAt {
			return fmt.Errorf("%w: answer %d is not of its entry", ErrInvalid, i)
		}
		if a.Digest == [32]byte{} || a.Signature == [64]byte{} {
			return fmt.Errorf("%w: answer %d without a digest or signature", ErrInvalid, i)
		}
	}
	return nil
}

// CheckForget returns ErrInvalid for arguments of ForgetAnswers that are out of
// bounds.
func CheckForget(before int64, limit int) error {
	if limit < 1 || limit > MaxChunk {
		return fmt.Errorf("%w: forget %d answers, want 1 to %d", ErrInvalid, limit, MaxChunk)
	}
	return CheckTime(before)
}

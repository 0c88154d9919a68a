package batch

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/tongxing/tongxing/issuer/registry"
)

// DescribeOptions of a job that is planned elsewhere.
type DescribeOptions struct {
	Region   uint8
	At       time.Time // time of issue of every credential
	Lifetime time.Duration
	Job      string // its name; "" names it by its digest
	Key      Key
	Chunk    int // records a chunk; 0 is DefaultChunk
}

// Describe returns the job that [Plan] plans of the same input for the same time,
// lifetime and key. It takes neither keys nor a registry, and leaves nothing behind:
// so whoever approves a job finds out by herself what she approves. Errors are those
// of Plan that are of the input and the name.
func Describe(ctx context.Context, o DescribeOptions, input io.Reader) (registry.Job, error) {
	if o.Chunk == 0 {
		o.Chunk = DefaultChunk
	}
	if o.Chunk < 1 || o.Chunk > registry.MaxChunk {
		return registry.Job{}, registry.ErrInvalid
	}
	if o.Job != "" {
		if err := registry.CheckJob(o.Job); err != nil {
			return registry.Job{}, err
		}
	}
	b := blueprint{Region: o.Region, At: o.At.Unix(), Lifetime: o.Lifetime, Chunk: o.Chunk}
	var buffer []byte
	for cut := newCutter(input, o.Chunk); ; {
		if err := ctx.Err(); err != nil {
			return registry.Job{}, err
		}
		piece, err := cut.next(buffer)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return registry.Job{}, err
		}
		buffer = piece.data
		b.Records += uint64(piece.records)
		b.Pieces = append(b.Pieces, o.Key.pieceHash(piece.data))
	}
	if err := b.check(); err != nil {
		return registry.Job{}, err
	}
	return b.job(o.Key, o.Job), nil
}

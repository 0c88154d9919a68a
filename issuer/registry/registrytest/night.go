package registrytest

import (
	"crypto/sha256"
	"iter"

	"github.com/tongxing/tongxing/issuer/registry"
)

// Night returns a job of so many chunks of 1,000 records, as a province's file of
// one night cuts, and the chunks.
func Night(name string, chunks uint32) (registry.Job, iter.Seq2[registry.PlannedChunk, error]) {
	const size, bytes = 1000, 250_000
	job := registry.Job{Name: name, Digest: sha256.Sum256([]byte(name)), Region: pool.Region, At: planTime, Chunks: chunks, Records: uint64(chunks) * size}
	return job, func(yield func(registry.PlannedChunk, error) bool) {
		for number := range chunks {
			c := registry.PlannedChunk{
				Number: number, Offset: int64(number) * bytes, Length: bytes, FirstLine: 1 + int(number)*size, Lines: size,
				Needs: []registry.Need{{Month: pool.Month, Count: size}},
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}

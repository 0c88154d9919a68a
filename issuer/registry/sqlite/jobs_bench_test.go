package sqlite

import (
	"context"
	"fmt"
	"iter"
	"os"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// night is the job of a province's night.
func night(name string, chunks uint32) (registry.Job, iter.Seq2[registry.PlannedChunk, error]) {
	return registrytest.Night(name, chunks)
}

// BenchmarkPlanJob plans a hundred million records: one transaction that leases
// 100,000 chunks, for which every other writer waits.
func BenchmarkPlanJob(b *testing.B) {
	f := newFile(b, registry.Plan{Shards: registry.MaxShards})
	r := f.open(b)
	const chunks = 100_000
	n := 0
	for b.Loop() {
		job, plan := night(fmt.Sprint("night-", n), chunks)
		job.Region = uint8(n % 100) // a month of one region holds two of them
		if planned, err := r.PlanJob(context.Background(), job, plan, job.At); err != nil || !planned {
			b.Fatalf("planned %v, error %v", planned, err)
		}
		n++
	}
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(string(f))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(n), "s/job")
	b.ReportMetric(float64(info.Size())/float64(n*chunks), "bytes/chunk")
}

// BenchmarkChunkOfAJob claims, reads and commits a chunk of 1,000 of a job of
// 100,000 chunks, as a worker does.
func BenchmarkChunkOfAJob(b *testing.B) {
	ctx := context.Background()
	r := newFile(b, registry.Plan{Shards: registry.MaxShards}).open(b)
	defer r.Close()
	job, plan := night("night", 100_000)
	if _, err := r.PlanJob(ctx, job, plan, job.At); err != nil {
		b.Fatal(err)
	}
	references := make([]registry.Reference, 1000)
	for b.Loop() {
		number, ok, err := r.Claim(ctx, "night", "a", 1, 1000)
		if err != nil || !ok {
			b.Fatal(ok, err)
		}
		_, leased, err := r.PlannedChunk(ctx, "night", number)
		if err != nil {
			b.Fatal(err)
		}
		for i := range references {
			references[i], _ = leased[0].Range.At(i)
		}
		if _, err := r.Commit(ctx, registrytest.Chunk("night", number, references)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/entry")
}

// BenchmarkCommitAnswers commits answers to requests that came together.
func BenchmarkCommitAnswers(b *testing.B) {
	for _, together := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprint(together), func(b *testing.B) {
			ctx := context.Background()
			r := newFile(b, registry.Plan{Shards: registry.MaxShards}).open(b)
			defer r.Close()
			var references []registry.Reference
			for number := uint32(0); b.Loop(); number++ {
				if len(references) < together {
					references = registrytest.Lease(b, r, testPool, 1<<14)
				}
				chunk, answers := registrytest.Answers("desk", number, 0, references[:together])
				references = references[together:]
				for i := range answers { // keys that no other has, spread like hashes
					answers[i].Request = registry.RequestKey(chunk.Entries[i].Hash[:16])
					chunk.Entries[i].Request = answers[i].Request
				}
				if _, err := r.CommitAnswers(ctx, chunk, answers); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*together)/b.Elapsed().Seconds(), "answers/s")
		})
	}
}

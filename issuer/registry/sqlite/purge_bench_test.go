package sqlite

import (
	"math"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// BenchmarkPurge deletes what a month left: of bulk work, in chunks of 1,000, and of
// single issues with their request keys and answers, 64 to a commit.
func BenchmarkPurge(b *testing.B) {
	for _, kind := range []struct {
		name            string
		commits, each   int
		requests        bool
		deletedRequests uint64
	}{
		{name: "bulk", commits: 500, each: 1000},
		{name: "single", commits: 500, each: 64, requests: true, deletedRequests: 500 * 64},
	} {
		b.Run(kind.name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				r := newFile(b, registry.Plan{Shards: registry.MaxShards}).open(b)
				for number := range uint32(kind.commits) {
					commitForPurge(b, r, number, kind.each, kind.requests)
				}
				b.StartTimer()
				report, err := r.Purge(b.Context(), math.MaxUint32)
				if err != nil || report.Entries != uint64(kind.commits*kind.each) || report.Requests != kind.deletedRequests {
					b.Fatalf("%+v, error %v", report, err)
				}
				b.StopTimer()
				if err := r.Close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(b.N*kind.commits*kind.each)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

func commitForPurge(b *testing.B, r *Registry, number uint32, n int, requests bool) {
	b.Helper()
	references := registrytest.Lease(b, r, testPool, n)
	if !requests {
		if _, err := r.Commit(b.Context(), registrytest.Chunk("night", number, references)); err != nil {
			b.Fatal(err)
		}
		return
	}
	chunk, answers := registrytest.Answers("desk", number, 0, references)
	for i := range answers {
		answers[i].Request = registry.RequestKey(chunk.Entries[i].Hash[:16])
		chunk.Entries[i].Request = answers[i].Request
	}
	if _, err := r.CommitAnswers(b.Context(), chunk, answers); err != nil {
		b.Fatal(err)
	}
}

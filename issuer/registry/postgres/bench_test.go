package postgres

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tongxing/tongxing/internal/postgrestest"
	"github.com/tongxing/tongxing/internal/ratiotest"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// benchChunk is the number of entries of a chunk.
const benchChunk = 1000

// maxServerTime is the most processor time that a record may cost the server, in
// microseconds: bare signing takes 24 and more, and both share the machine.
const maxServerTime = 6

// supply makes chunks of references that were leased many at a time, as those of a
// planned job are.
type supply struct {
	registry   registry.Registry
	references []registry.Reference
	number     uint32
}

func (s *supply) next(tb testing.TB) registry.Chunk {
	if len(s.references) < benchChunk {
		s.references = registrytest.Lease(tb, s.registry, testPool, registry.MaxLease)
	}
	chunk := registrytest.Chunk("job", s.number, s.references[:benchChunk])
	s.references = s.references[benchChunk:]
	s.number++
	return chunk
}

func (s *supply) commit(tb testing.TB) {
	if _, err := s.registry.Commit(tb.Context(), s.next(tb)); err != nil {
		tb.Fatal(err)
	}
}

// TestAnEntryTakesLessThan70Bytes measures all tables and indexes of 300,000
// entries.
func TestAnEntryTakesLessThan70Bytes(t *testing.T) {
	r := fresh(t).open(t)
	defer r.Close()
	s := &supply{registry: r}
	const n = 300
	for range n {
		s.commit(t)
	}
	each := bytesOf(t, r) / (n * benchChunk)
	t.Logf("%.1f bytes an entry", each)
	if each > 70 {
		t.Errorf("%.1f bytes an entry", each)
	}
}

// bytesOf returns the size of what the registry's tables hold.
func bytesOf(tb testing.TB, r *Registry) float64 {
	tb.Helper()
	n, err := one[int64](tb.Context(), r.pool, "SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c WHERE c.relnamespace = 'tongxing'::regnamespace AND c.relkind = 'r'")
	if err != nil {
		tb.Fatal(err)
	}
	return float64(n)
}

// BenchmarkCommitAgainstSQLite commits chunks of 1,000, each synced, to both in
// turn. us/record-server is the processor time of all of the server's processes.
func BenchmarkCommitAgainstSQLite(b *testing.B) {
	r := created(b, postgrestest.Database(b), registry.Plan{Shards: registry.MaxShards}).open(b)
	defer r.Close()
	file, err := sqlite.Create(b.Context(), filepath.Join(b.TempDir(), "33.registry"), registry.Plan{Shards: registry.MaxShards})
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	ours, base := &supply{registry: r}, &supply{registry: file}
	ours.commit(b)
	base.commit(b)
	server := postgrestest.Shared(b)
	begun, first := server.CPU(b), ours.number
	ratiotest.Compare(b, func() { ours.commit(b) }, func() { base.commit(b) }, 5)
	records := float64(ours.number-first) * benchChunk
	each := float64((server.CPU(b) - begun).Nanoseconds()) / 1000 / records
	b.ReportMetric(each, "us/record-server")
	if b.N >= 20 && each > maxServerTime {
		b.Errorf("%.1f us of the server a record, at most %d", each, maxServerTime)
	}
	b.ReportMetric(bytesOf(b, r)/float64(ours.number)/benchChunk, "bytes/record")
}

// BenchmarkCommitByMany commits chunks of 1,000 through as many connections as
// there are workers.
func BenchmarkCommitByMany(b *testing.B) {
	for _, workers := range []int{1, 2, 8} {
		b.Run(fmt.Sprint(workers), func(b *testing.B) {
			r := created(b, postgrestest.Database(b), registry.Plan{Shards: registry.MaxShards}).open(b)
			defer r.Close()
			s := &supply{registry: r}
			chunks := make([]registry.Chunk, b.N)
			for i := range chunks {
				chunks[i] = s.next(b)
			}
			server := postgrestest.Shared(b)
			begun := server.CPU(b)
			b.ResetTimer()
			var next atomic.Int64
			var group sync.WaitGroup
			for range workers {
				group.Go(func() {
					for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
						if _, err := r.Commit(b.Context(), chunks[i]); err != nil {
							b.Error(err)
						}
					}
				})
			}
			group.Wait()
			b.StopTimer()
			records := float64(b.N) * benchChunk
			b.ReportMetric(records/b.Elapsed().Seconds(), "records/s")
			b.ReportMetric(float64((server.CPU(b)-begun).Nanoseconds())/1000/records, "us/record-server")
		})
	}
}

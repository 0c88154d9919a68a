package sqlite

import (
	"context"
	"os"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// TestAnEntryTakesLessThan70Bytes measures the file of 300,000 entries of a job that
// was planned, its plan included.
func TestAnEntryTakesLessThan70Bytes(t *testing.T) {
	f := newFile(t, registry.Plan{})
	r := f.open(t)
	const n = 300
	job, plan := night("job", n)
	if _, err := r.PlanJob(t.Context(), job, plan, job.At); err != nil {
		t.Fatal(err)
	}
	references := make([]registry.Reference, 1000)
	for number := range uint32(n) {
		_, leased, err := r.PlannedChunk(t.Context(), "job", number)
		if err != nil || len(leased) != 1 {
			t.Fatalf("chunk %d has %d leases, error %v", number, len(leased), err)
		}
		for i := range references {
			references[i], _ = leased[0].Range.At(i)
		}
		if _, err := r.Commit(t.Context(), registrytest.Chunk("job", number, references)); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(string(f))
	if err != nil {
		t.Fatal(err)
	}
	each := float64(info.Size()) / (n * 1000)
	t.Logf("%.1f bytes an entry", each)
	if each > 70 {
		t.Errorf("%.1f bytes an entry", each)
	}
}

// BenchmarkCommit commits chunks of 1,000, lease included, each synced.
func BenchmarkCommit(b *testing.B) {
	ctx := context.Background()
	r := newFile(b, registry.Plan{Shards: registry.MaxShards}).open(b)
	defer r.Close()
	for number := uint32(0); b.Loop(); number++ {
		chunk := registrytest.Chunk("job", number, registrytest.Lease(b, r, testPool, 1000))
		if _, err := r.Commit(ctx, chunk); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "entries/s")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/entry")
}

// BenchmarkCommitOne commits single entries with a request key, as a desk does.
func BenchmarkCommitOne(b *testing.B) {
	ctx := context.Background()
	r := newFile(b, registry.Plan{Shards: registry.MaxShards}).open(b)
	defer r.Close()
	references := registrytest.Lease(b, r, testPool, registry.MaxLease)
	for number := uint32(0); b.Loop(); number++ {
		if int(number) == registry.MaxLease {
			b.Fatal("more than one lease is needed")
		}
		chunk := registrytest.Chunk("desk", number, references[number:number+1])
		chunk.Entries[0].Request = registry.RequestKey(chunk.Entries[0].Hash[:16])
		if _, err := r.Commit(ctx, chunk); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	ctx := context.Background()
	r := newFile(b, registry.Plan{Shards: 128}).open(b)
	defer r.Close()
	references := registrytest.Lease(b, r, testPool, registry.MaxLease)
	for number := range uint32(60) {
		if _, err := r.Commit(ctx, registrytest.Chunk("job", number, references[number*1000:(number+1)*1000])); err != nil {
			b.Fatal(err)
		}
	}
	for i := 0; b.Loop(); i++ {
		if _, err := r.Lookup(ctx, references[i*7919%60_000]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReference(b *testing.B) {
	r := newFile(b, registry.Plan{Shards: 128}).open(b)
	defer r.Close()
	leased, err := r.Lease(context.Background(), testPool, registry.MaxLease)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, ok := leased.At(i % registry.MaxLease); !ok {
			b.Fatal("no reference")
		}
	}
}

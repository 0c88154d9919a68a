package postgres

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/tongxing/tongxing/internal/postgrestest"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// BenchmarkPlanJob plans a hundred million records: one transaction that leases
// 100,000 chunks, for which other leases of the month wait.
func BenchmarkPlanJob(b *testing.B) {
	r := created(b, postgrestest.Database(b), registry.Plan{Shards: registry.MaxShards}).open(b)
	defer r.Close()
	const chunks = 100_000
	n := 0
	for b.Loop() {
		job, plan := registrytest.Night(fmt.Sprint("night-", n), chunks)
		if planned, err := r.PlanJob(b.Context(), job, plan, job.At); err != nil || !planned {
			b.Fatalf("planned %v, error %v", planned, err)
		}
		n++
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(n), "s/job")
	b.ReportMetric(bytesOf(b, r)/float64(n*chunks), "bytes/chunk")
}

// BenchmarkChunkOfAJob claims, reads and commits a chunk of 1,000 of a job of
// 100,000 chunks, as a worker does.
func BenchmarkChunkOfAJob(b *testing.B) {
	r := created(b, postgrestest.Database(b), registry.Plan{Shards: registry.MaxShards}).open(b)
	defer r.Close()
	job, plan := registrytest.Night(crashedJob, 100_000)
	if _, err := r.PlanJob(b.Context(), job, plan, job.At); err != nil {
		b.Fatal(err)
	}
	server := postgrestest.Shared(b)
	begun := server.CPU(b)
	w := &worker{name: "w", registry: r, committed: new(atomic.Int64)}
	for now := int64(0); b.Loop(); now++ {
		number, ok, err := r.Claim(b.Context(), job.Name, w.name, now, now+100)
		if err != nil || !ok {
			b.Fatalf("claimed %v, error %v", ok, err)
		}
		if err := w.commit(b.Context(), number); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((server.CPU(b)-begun).Nanoseconds())/1e6/float64(b.N), "us/record-server")
}

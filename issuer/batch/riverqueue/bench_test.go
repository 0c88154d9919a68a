package riverqueue_test

import (
	"crypto/rand"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"bytes"
	"github.com/tongxing/tongxing/internal/postgrestest"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/batch/batchtest"
	"github.com/tongxing/tongxing/issuer/batch/riverqueue"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/postgres"
)

// yard is a database in which jobs of the same people are issued by processes.
type yard struct {
	folder, url string
	people      []byte
	n, jobs     int
	registry    *postgres.Registry
	queue       *riverqueue.Queue
}

func newYard(b *testing.B, n int) *yard {
	b.Helper()
	y := &yard{folder: b.TempDir(), url: postgrestest.Database(b), people: batchtest.People(b, n), n: n}
	batchtest.WriteInput(b, y.folder, y.people)
	var err error
	if y.registry, err = postgres.Create(b.Context(), y.url, registry.Plan{}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { y.registry.Close() })
	y.queue, err = riverqueue.New(b.Context(), riverqueue.Options{Registry: y.registry, Clock: batchtest.Clock{}})
	if err != nil {
		b.Fatal(err)
	}
	return y
}

// issue has a new job issued by so many processes of one core each, which wait for
// it, and returns the records a second and what the server used of a core for each.
func (y *yard) issue(b *testing.B, processes int) (rate float64, server time.Duration) {
	b.Helper()
	var workers []*batchtest.Child
	for range processes {
		workers = append(workers, batchtest.Start(b, databaseVariable+"="+y.url, folderVariable+"="+y.folder, dieVariable+"=:0", "GOMAXPROCS=1"))
	}
	time.Sleep(time.Second) // they open keys and trust
	y.jobs++
	job := fmt.Sprint("job-", y.jobs)
	iss, err := batchtest.Issuers(issuer.DefaultLifetime)
	if err != nil {
		b.Fatal(err)
	}
	_, err = batch.Plan(b.Context(), batch.PlanOptions{Issuer: iss, Jobs: y.registry, At: batchtest.Now, Now: batchtest.Now, Job: job,
		Parts: filepath.Join(y.folder, "parts"), Input: filepath.Join(y.folder, "input.jsonl"), Key: batchtest.Key}, bytes.NewReader(y.people))
	if err != nil {
		b.Fatal(err)
	}
	before, begun := postgrestest.Shared(b).CPU(b), time.Now()
	if _, err := y.queue.Enqueue(b.Context(), job); err != nil {
		b.Fatal(err)
	}
	for done := false; !done; time.Sleep(25 * time.Millisecond) {
		state, err := y.registry.JobState(b.Context(), job)
		if err != nil {
			b.Fatal(err)
		}
		done = state.Committed == state.Chunks
	}
	rate = float64(y.n) / time.Since(begun).Seconds()
	server = (postgrestest.Shared(b).CPU(b) - before) / time.Duration(y.n)
	for _, worker := range workers {
		if err := worker.Process.Signal(syscall.SIGTERM); err != nil {
			b.Fatal(err)
		}
	}
	for _, worker := range workers {
		worker.Ended(b)
	}
	return rate, server
}

// bareRate is how many SM2 signatures two cores make in a second.
func bareRate(b *testing.B) float64 {
	b.Helper()
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	const each = 20_000
	var group sync.WaitGroup
	begun := time.Now()
	for range 2 {
		group.Go(func() {
			for range each {
				if _, err := key.Sign(rand.Reader, make([]byte, 120), sm2.DefaultSM2SignerOpts); err != nil {
					b.Error(err)
				}
			}
		})
	}
	group.Wait()
	return 2 * each / time.Since(begun).Seconds()
}

// BenchmarkRiver issues jobs of 40,000 records with SM2 by one process and by two,
// of one core each, on PostgreSQL on the same machine: the share of the library's
// bare signing on two cores, what the second process adds, and the server's time.
func BenchmarkRiver(b *testing.B) {
	y := newYard(b, 40_000)
	var share, gain, server []float64
	for b.Loop() {
		bare := bareRate(b)
		one, _ := y.issue(b, 1)
		two, used := y.issue(b, 2)
		share, gain = append(share, two/((bare+bareRate(b))/2)), append(gain, two/one)
		server = append(server, float64(used.Nanoseconds())/1000)
	}
	median := func(values []float64) float64 { slices.Sort(values); return values[len(values)/2] }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(share), "issue/bare")
	b.ReportMetric(median(gain), "x-second-worker")
	b.ReportMetric(median(server), "server-us/record")
	if len(share) >= 5 && (median(share) < 0.45 || median(gain) < 1.6) {
		b.Errorf("share %.2f, at least 0.45; the second worker makes it x %.2f, at least 1.6", median(share), median(gain))
	}
}

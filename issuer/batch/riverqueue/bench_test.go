package riverqueue_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"

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
// it, and returns the records a second and what the processes, from their start on,
// and the server used of a core for each.
func (y *yard) issue(b *testing.B, processes int) (rate float64, worker, server time.Duration) {
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
	at := batchtest.Now.Add(time.Duration(y.jobs) * time.Second) // the same file for the same time is the same job
	_, err = batch.Plan(b.Context(), batch.PlanOptions{Issuer: iss, Jobs: y.registry, At: at, Now: at, Job: job,
		Parts: filepath.Join(y.folder, "parts"), Input: filepath.Join(y.folder, "input.jsonl"), Key: batchtest.Key}, bytes.NewReader(y.people))
	if err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	if _, err := y.queue.Enqueue(b.Context(), job); err != nil {
		b.Fatal(err)
	}
	warm := y.await(b, job, 4) // connections are open and statements planned
	before := postgrestest.Shared(b).CPU(b)
	done := y.await(b, job, 1)
	rate = float64(y.n) / time.Since(begun).Seconds()
	server = (postgrestest.Shared(b).CPU(b) - before) / time.Duration(done-warm)
	for _, worker := range workers {
		if err := worker.Process.Signal(syscall.SIGTERM); err != nil {
			b.Fatal(err)
		}
	}
	var used time.Duration
	for _, worker := range workers {
		worker.Ended(b)
		used += worker.ProcessState.UserTime() + worker.ProcessState.SystemTime()
	}
	return rate, used / time.Duration(y.n), server
}

// await waits until a part of the job is committed, 1 of so many, and returns how
// many records that are.
func (y *yard) await(b *testing.B, job string, part uint32) (records uint64) {
	b.Helper()
	for ; ; time.Sleep(50 * time.Millisecond) {
		state, err := y.registry.JobState(b.Context(), job)
		if err != nil {
			b.Fatal(err)
		}
		if state.Committed >= state.Chunks/part {
			return state.Issued
		}
	}
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

// turns make a median.
const turns = 5

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// BenchmarkRiver issues jobs of 60,000 records with SM2 by two processes of one
// core each, on PostgreSQL on the same machine: the share of the library's bare
// signing on two cores, and the server's time for a record once its connections
// are open. What it uses besides, with workers that wait, is not of a record.
func BenchmarkRiver(b *testing.B) {
	y := newYard(b, 60_000)
	var share, server []float64
	for b.Loop() {
		for range turns {
			bare := bareRate(b)
			two, _, used := y.issue(b, 2)
			share = append(share, two/((bare+bareRate(b))/2))
			server = append(server, float64(used.Nanoseconds())/1000)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(share), "issue/bare")
	b.ReportMetric(median(server), "server-us/record")
	if median(share) < 0.45 || median(server) > 6 {
		b.Errorf("share %.2f, at least 0.45; server %.1f us a record, at most 6", median(share), median(server))
	}
}

// BenchmarkSecondWorker issues such jobs by one process of one core and by two, in
// turn: what the second adds. On a machine that others use the clock says little,
// so what is held to the limit is the gain by processor time: one has a core to
// itself and the server the other; two and the server share both. On two cores the
// clock cannot show more than that: what the server takes of the second core, the
// second worker does not have.
func BenchmarkSecondWorker(b *testing.B) {
	y := newYard(b, 60_000)
	var gain, clock, alone, both []float64
	for b.Loop() {
		for range turns {
			one, worker, _ := y.issue(b, 1)
			two, workers, server := y.issue(b, 2)
			clock = append(clock, two/one)
			alone, both = append(alone, float64(worker)/1e3), append(both, float64(workers+server)/1e3)
			gain = append(gain, 2*float64(worker)/float64(workers+server))
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(clock), "x-clock")
	b.ReportMetric(median(gain), "x-second-worker")
	b.ReportMetric(median(alone), "us/record-one")
	b.ReportMetric(median(both), "us/record-two")
	if median(gain) < 1.6 {
		b.Errorf("the second worker makes it x %.2f, at least 1.6", median(gain))
	}
}

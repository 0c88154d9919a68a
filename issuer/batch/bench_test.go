package batch_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/batch/batchtest"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/issuer/keys/remote"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// benchInput writes n records with a status, a test and a vaccination.
func benchInput(b *testing.B, folder string, n int) string {
	b.Helper()
	path := filepath.Join(folder, "input.jsonl")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var buffer []byte
	for i := range n {
		at := batchtest.Now.Add(-time.Hour)
		buffer, err = record.AppendJSON(buffer[:0], &record.Record{Name: "廖浩然", DocumentType: "03", DocumentNumber: batchtest.Number(i),
			Status:       &record.Status{Determined: at, Until: at.Add(7 * 24 * time.Hour)},
			Tests:        []record.Test{{Kind: 1, Sampled: at.Add(-9 * time.Hour), Reported: at, Laboratory: 33<<16 | 3}},
			Vaccinations: []record.Vaccination{{Product: 1, Dose: 3, Course: 2, Day: "2021-12-09"}}})
		if err == nil {
			_, err = f.Write(buffer)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	return path
}

// bareRate is how many signatures the library makes in a second on all cores.
func bareRate(b *testing.B, algorithm sig.Algorithm, n int) float64 {
	b.Helper()
	message := make([]byte, 120)
	var sign func() error
	if algorithm == sig.SM2 {
		key, err := sm2.GenerateKey(rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		sign = func() error { _, err := key.Sign(rand.Reader, message, sm2.DefaultSM2SignerOpts); return err }
	} else {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		sign = func() error {
			digest := sha256.Sum256(message)
			_, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
			return err
		}
	}
	cores := runtime.GOMAXPROCS(0)
	var group sync.WaitGroup
	begun := time.Now()
	for range cores {
		group.Go(func() {
			for range n / cores {
				if err := sign(); err != nil {
					b.Error(err)
				}
			}
		})
	}
	group.Wait()
	return float64(n/cores*cores) / time.Since(begun).Seconds()
}

// bulkRun is one job: the time of its parts, and the library's bare rate measured
// in turn with them.
type bulkRun struct {
	plan, work, deliver time.Duration
	bare                float64
	used, bareUsed      time.Duration // processor time of a record in work, and of a bare signature
}

func (r bulkRun) all() time.Duration { return r.plan + r.work + r.deliver }

// bench is a folder with a registry in which jobs are run one after another.
type bench struct {
	folder, input string
	n             int
	algorithm     sig.Algorithm
	registry      *sqlite.Registry
	issuer        *issuer.Issuer
	jobs          int
}

func newBench(b *testing.B, algorithm sig.Algorithm, n int) *bench {
	b.Helper()
	key, err := keys.Generate(algorithm, rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	return newBenchWith(b, key, n)
}

func newBenchWith(b *testing.B, key sig.Signer, n int) *bench {
	b.Helper()
	w := &bench{folder: b.TempDir(), n: n, algorithm: key.PublicKey().Algorithm()}
	var err error
	if w.issuer, err = batchtest.NewIssuer(key, 0); err != nil {
		b.Fatal(err)
	}
	w.input = benchInput(b, w.folder, n)
	if w.registry, err = sqlite.Create(b.Context(), registryIn(w.folder), registry.Plan{}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { w.registry.Close() })
	return w
}

// run plans, issues and delivers the input as a job of its own.
func (w *bench) run(b *testing.B) (r bulkRun) {
	b.Helper()
	w.jobs++
	name := fmt.Sprint("job-", w.jobs)
	parts := filepath.Join(w.folder, "parts")
	input, err := os.Open(w.input)
	if err != nil {
		b.Fatal(err)
	}
	defer input.Close()
	at := batchtest.Now.Add(time.Duration(w.jobs) * time.Second) // the same file for the same time is the same job
	begun := time.Now()
	_, err = batch.Plan(b.Context(), batch.PlanOptions{Issuer: w.issuer, Jobs: w.registry, At: at, Now: at,
		Job: name, Parts: parts, Input: w.input, Key: batchtest.Key}, input)
	if err != nil {
		b.Fatal(err)
	}
	r.plan = time.Since(begun)
	w.work(b, name, parts, &r)
	begun = time.Now()
	out, err := os.Create(filepath.Join(w.folder, "codes"))
	if err != nil {
		b.Fatal(err)
	}
	defer out.Close()
	delivered, err := batch.Deliver(b.Context(), batch.DeliverOptions{Registry: w.registry, Job: name, Parts: parts,
		Codes: func(_ uint32, lines []byte) error { _, err := out.Write(lines); return err }})
	if err != nil || delivered.Issued != uint64(w.n) {
		b.Fatalf("delivered %+v, error %v", delivered, err)
	}
	r.deliver = time.Since(begun)
	return r
}

// turn is after how many chunks the workers are stopped for a measure of the bare
// rate: a machine whose speed drifts slows both alike.
const turn = 20

// work has the job issued, and notes the time that this took without the measures
// between, and the bare rate.
func (w *bench) work(b *testing.B, job, parts string, r *bulkRun) {
	b.Helper()
	queue, err := batch.NewClaims(batch.ClaimsOptions{Registry: w.registry, Clock: batchtest.Clock{}, Worker: "w", Job: job, Poll: 10 * time.Millisecond})
	if err != nil {
		b.Fatal(err)
	}
	const each = 10_000
	var measures, bare float64
	for done := false; !done; {
		ctx, stop := context.WithCancel(b.Context())
		var chunks atomic.Int64
		worker, err := batch.NewWorker(batch.WorkerOptions{Registry: w.registry, Parts: parts, Key: batchtest.Key, Clock: batchtest.Clock{},
			Issuers: func(time.Duration) (*issuer.Issuer, error) { return w.issuer, nil },
			Done: func(batch.Done) {
				if chunks.Add(1) == turn {
					stop()
				}
			}})
		if err != nil {
			b.Fatal(err)
		}
		begun, used := time.Now(), processorTime(b)
		if err := worker.Run(ctx, queue); err != nil {
			b.Fatal(err)
		}
		r.work += time.Since(begun)
		worked := processorTime(b)
		r.used += worked - used
		stop()
		bare += each / bareRate(b, w.algorithm, each) // seconds, until all are summed
		r.bareUsed += processorTime(b) - worked
		measures++
		state, err := w.registry.JobState(b.Context(), job)
		if err != nil {
			b.Fatal(err)
		}
		done = state.Committed == state.Chunks
	}
	r.bare = measures * each / bare
	r.used /= time.Duration(w.n)
	r.bareUsed /= time.Duration(measures * each)
}

// Shares of the bare rate that issuing in bulk is to reach, checks included.
var bulkShare = map[sig.Algorithm]float64{sig.SM2: 0.60, sig.ES256: 0.70}

// BenchmarkBulk issues jobs of 60,000 records with SQLite, in turns with the
// library's bare signing on as many cores. issue/bare is the workers' share of that
// rate, all/bare that of planning, issuing and delivering. On a machine that others
// use the rates have their waiting in them, so the share that is held to its limit
// is that of the processor's time, sign/used: of all that the workers use for a
// record, checks included, what its bare signature takes.
func BenchmarkBulk(b *testing.B) {
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		b.Run(algorithm.String(), func(b *testing.B) { measureBulk(b, newBench(b, algorithm, 60_000)) })
	}
}

// BenchmarkBulkOverSocket is BenchmarkBulk with the key behind a socket. The signer
// is of this process here, so that its processor time is counted too.
func BenchmarkBulkOverSocket(b *testing.B) {
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		b.Run(algorithm.String(), func(b *testing.B) { measureBulk(b, newBenchWith(b, overSocket(b, algorithm), 60_000)) })
	}
}

// overSocket returns a new key that a signer holds until the benchmark ends.
func overSocket(b *testing.B, algorithm sig.Algorithm) sig.Signer {
	b.Helper()
	key, err := keys.Generate(algorithm, rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	server, err := remote.NewServer(remote.ServerOptions{Signers: []keys.DigestSigner{key}, Clock: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "s")
	listener, err := remote.Listen(path)
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener) }()
	client, err := remote.Dial(remote.Options{Path: path, Clock: time.Now, Timeout: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		stop()
		if err := errors.Join(client.Close(), <-served); err != nil {
			b.Error(err)
		}
	})
	return keys.Messages(client.Keys()[0])
}

// measureBulk runs jobs and holds the share of the bare signature to its limit.
func measureBulk(b *testing.B, w *bench) {
	var issue, all, share, used, bare []float64
	for b.Loop() {
		for range 3 {
			r := w.run(b)
			issue = append(issue, float64(w.n)/r.work.Seconds()/r.bare)
			all = append(all, float64(w.n)/r.all().Seconds()/r.bare)
			share = append(share, float64(r.bareUsed)/float64(r.used))
			used, bare = append(used, float64(r.used)/1e3), append(bare, float64(r.bareUsed)/1e3)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(issue), "issue/bare")
	b.ReportMetric(median(all), "all/bare")
	b.ReportMetric(median(used), "us/record")
	b.ReportMetric(median(bare), "bare-us")
	b.ReportMetric(median(share), "sign/used")
	if median(share) < bulkShare[w.algorithm] {
		b.Errorf("a bare signature is %.2f of what a record takes, at least %.2f", median(share), bulkShare[w.algorithm])
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// processorTime is what this process has used, of the system's included.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkBulkMillion issues a million records, and looks at memory and at the
// registry's size.
func BenchmarkBulkMillion(b *testing.B) {
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		b.Run(algorithm.String(), func(b *testing.B) {
			for b.Loop() {
				million(b, algorithm)
			}
		})
	}
}

func million(b *testing.B, algorithm sig.Algorithm) {
	const n = 1_000_000
	w := newBench(b, algorithm, n)
	stop, peak := make(chan struct{}), make(chan uint64)
	go watchMemory(stop, peak)
	r := w.run(b)
	close(stop)
	used := <-peak
	var size int64
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(registryIn(w.folder) + suffix); err == nil {
			size += info.Size()
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(n/r.work.Seconds()/r.bare, "issue/bare")
	b.ReportMetric(n/r.all().Seconds()/r.bare, "all/bare")
	b.ReportMetric(r.bare, "bare/s")
	b.ReportMetric(float64(r.bareUsed)/float64(r.used), "sign/used")
	b.ReportMetric(float64(r.used)/1e3, "us/record")
	b.ReportMetric(r.plan.Seconds(), "plan-s")
	b.ReportMetric(r.work.Seconds(), "issue-s")
	b.ReportMetric(r.deliver.Seconds(), "deliver-s")
	b.ReportMetric(float64(used)/1e6, "peak-MB")
	b.ReportMetric(float64(size)/n, "B/record")
	if used > 200e6 {
		b.Errorf("%d bytes of memory, at most 200 MB", used)
	}
	if size > 70*n {
		b.Errorf("the registry takes %d bytes for %d records, at most 70 each", size, n)
	}
}

// watchMemory sends the most memory that the runtime had from the system and had
// not given back.
func watchMemory(stop <-chan struct{}, peak chan<- uint64) {
	var most uint64
	for {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, m.Sys-m.HeapReleased)
		select {
		case <-stop:
			peak <- most
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}

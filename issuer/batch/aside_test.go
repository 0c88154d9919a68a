package batch_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/batch/batchtest"
)

// planOther plans another job, of a file of its own, and returns its path.
func (b *bulk) planOther(t *testing.T, name string, n int) (input string) {
	t.Helper()
	iss, err := batchtest.Issuers(issuer.DefaultLifetime)
	if err != nil {
		t.Fatal(err)
	}
	people := batchtest.People(t, n)
	input = filepath.Join(b.folder, name+".jsonl")
	if err := os.WriteFile(input, people, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = batch.Plan(t.Context(), batch.PlanOptions{Issuer: iss, Jobs: b.registry, At: batchtest.Now, Now: batchtest.Now, Job: name,
		Parts: filepath.Join(b.folder, "parts"), Input: input, Key: batchtest.Key, Chunk: 10}, bytes.NewReader(people))
	if err != nil {
		t.Fatal(err)
	}
	return input
}

// TestAJobWithoutItsInputIsSetAsideAndTheOthersGoOn has the input of the job that
// comes first missing until the other job is done, and then back.
func TestAJobWithoutItsInputIsSetAsideAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 55)
	input := b.planOther(t, "first", 40)
	b.plan(t)
	if err := os.Rename(input, input+".away"); err != nil {
		t.Fatal(err)
	}
	told, err := b.workOnAll(t, "job", nil)
	var aside *batch.SetAsideError
	if !errors.As(err, &aside) || aside.Task.Job != "first" || !errors.Is(err, fs.ErrNotExist) || told != 1 {
		t.Fatalf("told %d times, error %v", told, err)
	}
	b.requireCommitted(t, "first")
	told, err = b.workOnAll(t, "first", func() {
		if err := os.Rename(input+".away", input); err != nil {
			t.Error(err)
		}
	})
	if err != nil || told != 1 {
		t.Errorf("with its input back: told %d times, error %v", told, err)
	}
}

// workOnAll works on every job until the named one is done. back is called when a
// job has been set aside.
func (b *bulk) workOnAll(t *testing.T, until string, back func()) (told int, err error) {
	t.Helper()
	q, err := batch.NewClaims(batch.ClaimsOptions{Registry: b.registry, Clock: batchtest.Clock{}, Worker: "w",
		Poll: 20 * time.Millisecond, Aside: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var aside atomic.Int64
	o := batchtest.Work(b.registry, b.folder)
	o.SetAside = func(*batch.SetAsideError) {
		if aside.Add(1); back != nil {
			back()
		}
	}
	o.Done = func(batch.Done) {
		if state, err := b.registry.JobState(context.WithoutCancel(ctx), until); err == nil && state.Committed == state.Chunks && (back != nil || aside.Load() > 0) {
			stop()
		}
	}
	worker, err := batch.NewWorker(o)
	if err != nil {
		t.Fatal(err)
	}
	err = worker.Run(ctx, q)
	return int(aside.Load()), err
}

// requireCommitted holds the registry to job "job" being done and the other untouched.
func (b *bulk) requireCommitted(t *testing.T, untouched string) {
	t.Helper()
	for name, want := range map[string]uint32{"job": 6, untouched: 0} {
		if state, err := b.registry.JobState(t.Context(), name); err != nil || state.Committed != want {
			t.Errorf("job %s: %d chunks are committed, error %v, want %d", name, state.Committed, err, want)
		}
	}
}

// A job alone ends its worker at once: nobody waits for a file.
func TestAJobAloneWithoutItsInputEndsItsWorker(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 15)
	b.plan(t)
	if err := os.Remove(b.input); err != nil {
		t.Fatal(err)
	}
	err := b.work(t)
	var aside *batch.SetAsideError
	if !errors.As(err, &aside) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

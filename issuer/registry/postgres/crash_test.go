package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/internal/postgrestest"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// crashedJob is large enough that no crash falls behind its end.
const crashedJob = "crashed"

// worker claims and commits the chunks of a job until none is left, through
// whatever happens to the server. Its clock is a count of attempts, so that the
// claim of a dead one runs out after some.
type worker struct {
	name      string
	registry  *Registry
	clock     *atomic.Int64
	committed *atomic.Int64
	twice     atomic.Int64 // chunks that were there already
}

func (w *worker) run(ctx context.Context) error {
	for {
		now := w.clock.Add(1)
		number, ok, err := w.registry.Claim(ctx, crashedJob, w.name, now, now+200)
		if err == nil && !ok {
			state, err := w.registry.JobState(ctx, crashedJob)
			if err == nil && state.Committed == state.Chunks {
				return nil
			}
		}
		if err == nil && ok {
			err = w.commit(ctx, number)
		}
		if err != nil && !errors.Is(err, registry.ErrUnavailable) {
			return fmt.Errorf("worker %s: %w", w.name, err)
		}
		if err != nil || !ok {
			time.Sleep(5 * time.Millisecond) // the server is away, or the others work on the rest
		}
	}
}

func (w *worker) commit(ctx context.Context, number uint32) error {
	_, leased, err := w.registry.PlannedChunk(ctx, crashedJob, number)
	if err != nil {
		return err
	}
	var references []registry.Reference
	for _, l := range leased {
		for i := range l.Range.Len() {
			reference, _ := l.Range.At(i)
			references = append(references, reference)
		}
	}
	receipt, err := w.registry.Commit(ctx, registrytest.Chunk(crashedJob, number, references))
	if err != nil {
		return err
	}
	if receipt.AlreadyCommitted {
		w.twice.Add(1)
	}
	w.committed.Add(1)
	return nil
}

// requireExactlyOnce holds a finished job to having each planned reference in one
// entry, and no entry besides.
func requireExactlyOnce(t *testing.T, r *Registry, job registry.Job) {
	t.Helper()
	state, err := r.JobState(t.Context(), job.Name)
	if err != nil || state.Committed != job.Chunks || state.Issued != uint64(job.Chunks)*9 {
		t.Fatalf("%+v, error %v", state, err)
	}
	var references []registry.Reference
	for entry, err := range r.Entries(t.Context(), job.Name) {
		if err != nil {
			t.Fatal(err)
		}
		references = append(references, entry.Reference)
	}
	slices.SortFunc(references, registry.Reference.Compare)
	distinct := len(slices.Compact(slices.Clone(references)))
	if len(references) != int(job.Chunks)*9 || distinct != len(references) {
		t.Fatalf("%d entries of %d references, want %d of each", len(references), distinct, job.Chunks*9)
	}
	banks, err := r.Banks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, bank := range banks {
		if bank.Issued != bank.Leased {
			t.Errorf("month %d: %d issued of %d leased", bank.Pool.Month, bank.Issued, bank.Leased)
		}
	}
	if open, err := r.Open(t.Context(), job.Name, -1, 10); err != nil || len(open) != 0 {
		t.Errorf("open chunks %v, error %v", open, err)
	}
}

// TestEveryAcknowledgedCommitIsThereOnceThroughCrashes kills the server while four
// workers commit through two registries. Their connections recover.
func TestEveryAcknowledgedCommitIsThereOnceThroughCrashes(t *testing.T) {
	server := postgrestest.Start(t)
	d := created(t, server.Database(t), registry.Plan{})
	registries := []*Registry{d.open(t), d.open(t)}
	for _, r := range registries {
		defer r.Close()
	}
	job, plan := registrytest.Job(crashedJob, 600)
	registrytest.PlanJob(t, registries[0], job, plan)
	var clock, committed atomic.Int64
	var group sync.WaitGroup
	failures := make(chan error, 4)
	for i := range 4 {
		w := &worker{name: fmt.Sprint("w", i), registry: registries[i%2], clock: &clock, committed: &committed}
		group.Go(func() { failures <- w.run(t.Context()) })
	}
	for i, crash := range []func(testing.TB){server.StopImmediately, server.Kill, server.Kill} {
		for target := int64(100 * (i + 1)); committed.Load() < target; time.Sleep(time.Millisecond) {
			if len(failures) > 0 {
				t.Fatal(<-failures)
			}
		}
		crash(t)
		acknowledged := committed.Load()
		server.Restart(t)
		state, err := registries[0].JobState(t.Context(), crashedJob)
		for ; errors.Is(err, registry.ErrUnavailable); time.Sleep(time.Millisecond) {
			state, err = registries[0].JobState(t.Context(), crashedJob)
		}
		if err != nil || int64(state.Committed) < acknowledged {
			t.Fatalf("crash %d: %d chunks are there, %d were acknowledged, error %v", i, state.Committed, acknowledged, err)
		}
	}
	group.Wait()
	for range 4 {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
	requireExactlyOnce(t, registries[1], job)
}

// workingChild is a process that works on the job until it is killed or done.
func workingChild(address string) error {
	ctx := context.Background()
	r, err := Open(ctx, address)
	if err != nil {
		return err
	}
	defer r.Close()
	var clock, committed atomic.Int64
	clock.Store(1)
	w := &worker{name: fmt.Sprint("process", os.Getpid()), registry: r, clock: &clock, committed: &committed}
	return w.run(ctx)
}

// TestAKilledWorkersChunksAreDoneByTheOthers kills one process of two with kill -9
// in the middle of the job.
func TestAKilledWorkersChunksAreDoneByTheOthers(t *testing.T) {
	d := fresh(t)
	r := d.open(t)
	defer r.Close()
	job, plan := registrytest.Job(crashedJob, 500)
	registrytest.PlanJob(t, r, job, plan)
	children := make([]*exec.Cmd, 2)
	for i := range children {
		children[i] = exec.Command(os.Args[0])
		children[i].Env = append(os.Environ(), childVariable+"="+string(d))
		children[i].Stderr = os.Stderr
		if err := children[i].Start(); err != nil {
			t.Fatal(err)
		}
		defer children[i].Process.Kill()
	}
	for {
		state, err := r.JobState(t.Context(), crashedJob)
		if err != nil {
			t.Fatal(err)
		}
		if state.Committed >= 100 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if err := children[0].Process.Kill(); err != nil {
		t.Fatal(err)
	}
	children[0].Wait()
	if err := children[1].Wait(); err != nil {
		t.Fatal(err)
	}
	requireExactlyOnce(t, r, job)
}

// TestATransactionThatTheServerBreaksOffIsRunAgain, three times at most.
func TestATransactionThatTheServerBreaksOffIsRunAgain(t *testing.T) {
	d := fresh(t)
	r := d.open(t)
	defer r.Close()
	runs := 0
	err := r.change(t.Context(), "deadlock", false, func(tx pgx.Tx) error {
		if runs++; runs < attempts {
			_, err := tx.Exec(t.Context(), "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$")
			return err
		}
		return nil
	})
	if err != nil || runs != attempts {
		t.Errorf("%d runs, error %v", runs, err)
	}
	runs = 0
	err = r.change(t.Context(), "deadlock", false, func(tx pgx.Tx) error {
		runs++
		_, err := tx.Exec(t.Context(), "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$")
		return err
	})
	if !hasCode(err, codeSerialization) || runs != attempts {
		t.Errorf("%d runs, error %v: want an end", runs, err)
	}
	runs = 0
	err = r.change(t.Context(), "lost", false, func(tx pgx.Tx) error {
		if runs++; runs > 1 {
			return nil
		}
		_, err := tx.Exec(t.Context(), "SELECT pg_terminate_backend(pg_backend_pid())")
		return err
	})
	if err != nil || runs != 2 {
		t.Errorf("a lost connection: %d runs, error %v", runs, err)
	}
}

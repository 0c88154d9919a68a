package riverqueue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/registry"
)

// Work implements [batch.Queue].
func (q *Queue) Work(ctx context.Context, n int, handler batch.Handler) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	w := &chunkWorker{queue: q, handler: handler, stop: stop}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, w); err != nil {
		return fmt.Errorf("riverqueue: %w", err)
	}
	client, err := river.NewClient(q.driver, &river.Config{
		Schema: schema, Logger: silent(), Workers: workers,
		Queues:        map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: n}},
		FetchCooldown: fetchCooldown, FetchPollInterval: max(q.Poll, fetchCooldown), // of new work it is told
		JobTimeout: -1, // its end is the rescue: a slow chunk is not broken off
		// Behind our own rescue.
		RescueStuckJobsAfter: 4 * q.Rescue,
	})
	if err != nil {
		return fmt.Errorf("riverqueue: %w", err)
	}
	// Chunks that have begun are finished when ctx ends.
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("riverqueue: %w", err)
	}
	q.watch(ctx, w)
	stopped := client.Stop(context.WithoutCancel(ctx))
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, errDone) {
		return err
	}
	return stopped
}

// errDone ends Work when its job is done.
var errDone = errors.New("riverqueue: the job is done")

// watch looks after the queue until ctx ends: it rescues, puts in what is missing,
// and sees when the job is done.
func (q *Queue) watch(ctx context.Context, w *chunkWorker) {
	idle := 0
	var rescued time.Time
	for ctx.Err() == nil {
		if w.begun.Swap(0) > 0 || w.underWay.Load() > 0 {
			idle = 0
		} else {
			idle++
		}
		now := q.Clock.Now()
		rescue := now.Sub(rescued) >= q.Rescue/rescues
		if rescue {
			rescued = now
		}
		if err := q.look(ctx, idle, rescue); errors.Is(err, errDone) {
			w.stop(err)
		} else if err != nil && ctx.Err() == nil {
			w.fault(err)
		}
		select {
		case <-ctx.Done():
		case <-q.Clock.After(q.Poll):
		}
	}
}

// rescues is how often every worker looks for dead ones within the time after which
// one is taken for dead. Each look reads all that is being worked on.
const rescues = 5

// look is one turn of watch, idle of which went by without a task.
func (q *Queue) look(ctx context.Context, idle int, rescue bool) error {
	if rescue {
		if err := q.rescue(ctx); err != nil {
			return err
		}
	}
	if q.Job != "" {
		state, err := q.Registry.JobState(ctx, q.Job)
		if err != nil {
			return err
		}
		if state.Committed == state.Chunks {
			return errDone
		}
	}
	if idle < 2 {
		return nil
	}
	return q.refill(ctx)
}

// refill puts in open chunks that River has no row for: its rows may have been
// deleted, or the planner died before it had put them in. While the first of a
// job's open chunks has a row, the job is left alone: its planner is still at it,
// or others work on what is left, and the statement that puts in what is there
// already costs the server as much as any.
func (q *Queue) refill(ctx context.Context) error {
	for state, err := range q.Registry.Jobs(ctx) {
		if err != nil {
			return err
		}
		if state.Committed == state.Chunks || q.Job != "" && q.Job != state.Name {
			continue
		}
		inserted, _, err := q.enqueue(ctx, state.Name, -1, 1)
		if errors.Is(err, registry.ErrNotFound) { // purged meanwhile
			continue
		}
		if err == nil && inserted == 1 {
			_, err = q.Enqueue(ctx, state.Name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rescue gives back the chunks that were begun too long ago to be alive.
func (q *Queue) rescue(ctx context.Context) error {
	now := q.Clock.Now()
	horizon := now.Add(-q.Rescue)
	executor := q.driver.GetExecutor()
	stuck, err := executor.JobGetStuck(ctx, &riverdriver.JobGetStuckParams{Max: insertAtOnce, Schema: schema, StuckHorizon: horizon})
	if err != nil {
		return fmt.Errorf("riverqueue: look for dead workers: %w", err)
	}
	if len(stuck) == 0 {
		return nil
	}
	rows := riverdriver.JobRescueManyParams{Schema: schema, StuckHorizon: horizon}
	for _, job := range stuck {
		why, err := json.Marshal(rivertype.AttemptError{At: now, Attempt: job.Attempt, Error: "begun too long ago: its worker is taken for dead"})
		if err != nil {
			return err
		}
		rows.ID = append(rows.ID, job.ID)
		rows.Error = append(rows.Error, why)
		rows.FinalizedAt = append(rows.FinalizedAt, nil)
		rows.ScheduledAt = append(rows.ScheduledAt, now)
		rows.State = append(rows.State, string(rivertype.JobStateAvailable))
	}
	if _, err := executor.JobRescueMany(ctx, &rows); err != nil {
		return fmt.Errorf("riverqueue: take over from dead workers: %w", err)
	}
	return nil
}

// chunkWorker is River's view of a handler.
type chunkWorker struct {
	river.WorkerDefaults[chunkArgs]
	queue   *Queue
	handler batch.Handler
	stop    context.CancelCauseFunc

	begun, underWay atomic.Int64 // tasks since the last turn of watch, and now
}

func (w *chunkWorker) fault(err error) {
	if ended := w.handler.Fault(err); ended != nil {
		w.stop(ended)
	}
}

// NextRetry implements river.Worker: soon, and not later each time.
func (w *chunkWorker) NextRetry(*river.Job[chunkArgs]) time.Time {
	return w.queue.Clock.Now().Add(w.queue.Poll)
}

// Work implements river.Worker.
func (w *chunkWorker) Work(ctx context.Context, job *river.Job[chunkArgs]) error {
	w.begun.Add(1)
	w.underWay.Add(1)
	defer w.underWay.Add(-1)
	// A row that was handed out before, or put in again, may be of a chunk that is
	// committed; of one at its first attempt the commit would say so.
	open, err := true, error(nil)
	if job.Attempt > 1 {
		open, err = w.isOpen(ctx, job.Args)
	}
	if err == nil && !open {
		return nil
	}
	if err == nil {
		err = w.handler.Do(ctx, batch.Task(job.Args), func(ctx context.Context, chunk registry.Chunk) (registry.Receipt, error) {
			return w.commit(ctx, job, chunk)
		})
	}
	if errors.Is(err, registry.ErrNotFound) {
		return river.JobCancel(err) // purged meanwhile
	}
	if aside := (*batch.SetAsideError)(nil); errors.As(err, &aside) {
		if w.queue.Job != "" {
			w.stop(err)
			return err // for whoever comes next, at once
		}
		return river.JobSnooze(w.queue.Aside) // or for another worker that can
	}
	if err != nil {
		w.fault(err)
	}
	return err
}

// isOpen reports whether the chunk is still to be committed.
func (w *chunkWorker) isOpen(ctx context.Context, chunk chunkArgs) (bool, error) {
	numbers, err := w.queue.Registry.Open(ctx, chunk.Job, int64(chunk.Number)-1, 1)
	return len(numbers) == 1 && numbers[0] == chunk.Number, err
}

// commit commits the chunk and completes River's row in one transaction. A row that
// is another's by now is left to it.
func (w *chunkWorker) commit(ctx context.Context, job *river.Job[chunkArgs], chunk registry.Chunk) (receipt registry.Receipt, err error) {
	err = pgx.BeginFunc(ctx, w.queue.Registry.Pool(), func(tx pgx.Tx) error {
		if receipt, err = w.queue.Registry.CommitTx(ctx, tx, chunk); err != nil {
			return err
		}
		_, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job)
		if errors.Is(err, rivertype.ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil {
		return registry.Receipt{}, err
	}
	return receipt, nil
}

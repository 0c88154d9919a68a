// Package riverqueue distributes the chunks of bulk jobs over any number of worker
// processes and machines: River (riverqueue.com) in the registry's own PostgreSQL.
//
//	job plan   -> registry: job and chunks     -> Enqueue: a River job for each open chunk
//	worker     <- River: a chunk nobody has    -> commit and River's "completed", one transaction
//	dead       -> after Rescue the chunk is available again, for whoever asks next
//
// River says who works on what; what is done is said by the registry, where (job,
// chunk) commits once. Rows of River that are lost are put in again by whoever
// finds a chunk open that no row is for; rows too many find the chunk committed and
// are done.
//
// River's own rescue of stuck jobs looks every 30 seconds, on one elected process.
// Each worker here looks itself and more often, with River's own statements, so
// that a dead one costs seconds. River's tables are in the schema
// "tongxing_queue".
package riverqueue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/registry"
)

const (
	// DefaultRescue is after how long a chunk that was begun and is not done is
	// given to somebody else. A thousand signatures take far less; where they do
	// not, two do the work of one and nothing is issued twice.
	DefaultRescue = 15 * time.Second
	// DefaultPoll is how often a queue looks for what nobody told it.
	DefaultPoll = time.Second

	schema = "tongxing_queue"
	// fetchCooldown is the least time between two fetches. In River's 100 ms two
	// cores could be done with all they have; a fetch for each chunk costs the
	// server more than one for two.
	fetchCooldown = 25 * time.Millisecond
	// attempts are as many as River counts: a chunk is given up by nobody.
	attempts = 32767
	// insertAtOnce bounds one statement that puts chunks in.
	insertAtOnce = 1000
)

// Registry is what the queue needs of a registry in PostgreSQL.
type Registry interface {
	registry.Jobs
	registry.JobLister
	// CommitTx commits a chunk in a transaction of the caller's.
	CommitTx(ctx context.Context, tx pgx.Tx, chunk registry.Chunk) (registry.Receipt, error)
	// Pool is of connections to the registry's database.
	Pool() *pgxpool.Pool
}

// Options of a queue.
type Options struct {
	Registry Registry
	Clock    batch.Clock
	Job      string        // Work ends when this job is done; "" is never
	Rescue   time.Duration // 0 is DefaultRescue
	Poll     time.Duration // 0 is DefaultPoll
	Aside    time.Duration // see batch.ClaimsOptions; 0 is batch.DefaultAside
}

// Queue is a [batch.Queue]. It is safe for concurrent use.
type Queue struct {
	Options
	driver *riverpgxv5.Driver
	insert *river.Client[pgx.Tx]
}

var _ batch.Queue = (*Queue)(nil)

// New returns the queue of a registry, and makes River's tables where there are
// none.
func New(ctx context.Context, o Options) (*Queue, error) {
	if o.Registry == nil || o.Clock == nil {
		return nil, errors.New("riverqueue: registry and clock are required")
	}
	if o.Rescue == 0 {
		o.Rescue = DefaultRescue
	}
	if o.Poll == 0 {
		o.Poll = DefaultPoll
	}
	if o.Aside == 0 {
		o.Aside = batch.DefaultAside
	}
	if o.Rescue < time.Millisecond || o.Poll < time.Millisecond || o.Aside < time.Millisecond {
		return nil, fmt.Errorf("riverqueue: rescue after %v, poll every %v, aside for %v", o.Rescue, o.Poll, o.Aside)
	}
	q := &Queue{Options: o, driver: riverpgxv5.New(o.Registry.Pool())}
	if err := q.migrate(ctx); err != nil {
		return nil, fmt.Errorf("riverqueue: make the tables: %w", err)
	}
	var err error
	q.insert, err = river.NewClient(q.driver, &river.Config{Schema: schema, Logger: silent()})
	if err != nil {
		return nil, fmt.Errorf("riverqueue: %w", err)
	}
	return q, nil
}

// silent drops what River logs: faults come back as errors of Work.
func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

// migrate makes or updates River's tables, one process at a time.
func (q *Queue) migrate(ctx context.Context) error {
	migrator, err := rivermigrate.New(q.driver, &rivermigrate.Config{Schema: schema, Logger: silent()})
	if err != nil {
		return err
	}
	// River's steps use what the ones before have committed, so they are
	// transactions of their own, under the lock of a session; which is none of the
	// pool's, for those who wait would take the connections of who migrates.
	session, err := pgx.ConnectConfig(ctx, q.Registry.Pool().Config().ConnConfig)
	if err != nil {
		return err
	}
	defer session.Close(context.WithoutCancel(ctx)) // and with it the lock
	if _, err := session.Exec(ctx, "SELECT pg_advisory_lock(hashtext($1))", schema); err != nil {
		return err
	}
	if _, err := session.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+schema); err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// chunkArgs are the arguments of a River job.
type chunkArgs struct {
	Job    string `json:"job"`
	Number uint32 `json:"number"`
}

// Kind implements river.JobArgs.
func (chunkArgs) Kind() string { return "tongxing_chunk" }

// InsertOpts implements river.JobArgsWithInsertOpts: of a chunk there is one row
// that is not completed. A completed one stands for nothing, the registry does.
func (chunkArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: attempts, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}}}
}

// Enqueue puts in every chunk of the job that is open and that River has no row
// for, and returns how many.
func (q *Queue) Enqueue(ctx context.Context, job string) (inserted int, err error) {
	for after := int64(-1); ; {
		page, last, err := q.enqueue(ctx, job, after, insertAtOnce)
		inserted += page
		if err != nil || last == after {
			return inserted, err
		}
		after = last
	}
}

// enqueue puts in what is missing of the first so many open chunks above after,
// and returns how many that were and the last of the chunks, or after.
func (q *Queue) enqueue(ctx context.Context, job string, after int64, limit int) (inserted int, last int64, err error) {
	numbers, err := q.Registry.Open(ctx, job, after, limit)
	if err != nil || len(numbers) == 0 {
		return 0, after, err
	}
	rows := make([]river.InsertManyParams, len(numbers))
	for i, number := range numbers {
		rows[i].Args = chunkArgs{Job: job, Number: number}
	}
	results, err := q.insert.InsertMany(ctx, rows)
	if err != nil {
		return 0, after, fmt.Errorf("riverqueue: put in chunks of job %s: %w", job, err)
	}
	for _, result := range results {
		if !result.UniqueSkippedAsDuplicate {
			inserted++
		}
	}
	return inserted, int64(numbers[len(numbers)-1]), nil
}

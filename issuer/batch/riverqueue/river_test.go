package riverqueue_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/internal/postgrestest"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/batch/batchtest"
	"github.com/tongxing/tongxing/issuer/batch/riverqueue"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/postgres"
)

// The environment of a child: its database, folder and where it is to die.
const (
	databaseVariable = "RIVERQUEUE_TEST_DATABASE"
	folderVariable   = "RIVERQUEUE_TEST_FOLDER"
	dieVariable      = "RIVERQUEUE_TEST_DIE"
	jobVariable      = "RIVERQUEUE_TEST_JOB" // works on this one alone
)

func TestMain(m *testing.M) {
	if os.Getenv(databaseVariable) == "" {
		os.Exit(postgrestest.Main(m))
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := child(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// child is a worker process.
func child(ctx context.Context) error {
	moment, count, _ := strings.Cut(os.Getenv(dieVariable), ":")
	after, err := strconv.ParseInt(count, 10, 64)
	if err != nil {
		return err
	}
	reg, err := postgres.Open(ctx, os.Getenv(databaseVariable))
	if err != nil {
		return err
	}
	defer reg.Close()
	folder := os.Getenv(folderVariable)
	return work(ctx, reg, folder, os.Getenv(jobVariable), func(queue batch.Queue) batch.Queue {
		return dying{queue, &batchtest.Death{At: batchtest.Moment(moment), After: after}, fmt.Sprint(folder, begun, os.Getpid())}
	})
}

// begun stands behind the folder in the name of a file by which a child says that it
// has a chunk: what happens to the server before that is a start without one.
const begun = ".begun-"

// awaitBegun returns when each of n children has a chunk, or nothing is left to do.
func (b *bulk) awaitBegun(t testing.TB, n int) {
	t.Helper()
	for ; ; time.Sleep(5 * time.Millisecond) {
		said, err := filepath.Glob(b.folder + begun + "*")
		if err != nil {
			t.Fatal(err)
		}
		state, err := b.registry.JobState(t.Context(), "job")
		if err != nil {
			t.Fatal(err)
		}
		if len(said) >= n || state.Committed == state.Chunks {
			return
		}
	}
}

// dying is a queue whose process dies at a commit.
type dying struct {
	batch.Queue
	death *batchtest.Death
	begun string
}

func (d dying) Work(ctx context.Context, n int, handler batch.Handler) error {
	return d.Queue.Work(ctx, n, dyingHandler{handler, d.death, d.begun})
}

type dyingHandler struct {
	batch.Handler
	death *batchtest.Death
	begun string
}

func (d dyingHandler) Do(ctx context.Context, task batch.Task, commit batch.Commit) error {
	if err := os.WriteFile(d.begun, nil, 0o600); err != nil {
		return err
	}
	return d.Handler.Do(ctx, task, d.death.Of(commit))
}

// rescue is short, for the tests to end.
const rescue = time.Second

func work(ctx context.Context, reg *postgres.Registry, folder, job string, wrap func(batch.Queue) batch.Queue) error {
	queue, err := riverqueue.New(ctx, riverqueue.Options{Registry: reg, Clock: batchtest.Clock{}, Job: job, Rescue: rescue, Poll: 100 * time.Millisecond,
		Aside: 200 * time.Millisecond})
	if err != nil {
		return err
	}
	worker, err := batch.NewWorker(batchtest.Work(reg, folder))
	if err != nil {
		return err
	}
	return worker.Run(ctx, wrap(queue))
}

// bulk is a job of n people in chunks of 10, planned and put in.
type bulk struct {
	folder, input, url string
	registry           *postgres.Registry
	n                  int
}

func newBulk(t testing.TB, url string, n int) *bulk {
	t.Helper()
	b := &bulk{folder: t.TempDir(), url: url, n: n}
	b.input = batchtest.WriteInput(t, b.folder, batchtest.People(t, n))
	var err error
	if b.registry, err = postgres.Create(t.Context(), url, registry.Plan{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.registry.Close() })
	b.plan(t)
	return b
}

// plan plans and puts in what is open, and returns how many chunks that were.
func (b *bulk) plan(t testing.TB) int {
	t.Helper()
	if _, err := batchtest.Plan(t.Context(), b.registry, b.folder, b.input, 10); err != nil {
		t.Fatal(err)
	}
	return b.enqueue(t)
}

func (b *bulk) enqueue(t testing.TB) int {
	t.Helper()
	queue, err := riverqueue.New(t.Context(), riverqueue.Options{Registry: b.registry, Clock: batchtest.Clock{}})
	if err != nil {
		t.Fatal(err)
	}
	n, err := queue.Enqueue(t.Context(), "job")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (b *bulk) child(t testing.TB, moment batchtest.Moment, after int) *batchtest.Child {
	t.Helper()
	return batchtest.Start(t, databaseVariable+"="+b.url, folderVariable+"="+b.folder, jobVariable+"=job", fmt.Sprintf("%s=%s:%d", dieVariable, moment, after))
}

// requireOnce finishes the job and holds it to its law.
func (b *bulk) requireOnce(t testing.TB) []byte {
	t.Helper()
	if err := work(t.Context(), b.registry, b.folder, "job", func(q batch.Queue) batch.Queue { return q }); err != nil {
		t.Fatal(err)
	}
	out, refused := batchtest.Deliver(t, b.registry, b.folder)
	if len(refused) != 0 {
		t.Fatalf("refused are %v", refused)
	}
	batchtest.RequireOnce(t, b.registry, out, b.n)
	return out
}

func (b *bulk) awaitCommits(t testing.TB, n uint32) {
	t.Helper()
	for {
		state, err := b.registry.JobState(t.Context(), "job")
		if err != nil {
			t.Fatal(err)
		}
		if state.Committed >= n || state.Committed == state.Chunks {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestTheSameFileFedTwiceIsIssuedOnce(t *testing.T) {
	b := newBulk(t, postgrestest.Database(t), 95)
	if n := b.plan(t); n != 0 {
		t.Errorf("planned again, %d chunks were put in a second time", n)
	}
	first := b.requireOnce(t)
	if n := b.plan(t); n != 0 {
		t.Errorf("planned when it was done, %d chunks were put in again", n)
	}
	if again := b.requireOnce(t); !bytes.Equal(again, first) {
		t.Error("another output")
	}
}

func TestTwoPlannersAtOncePutEachChunkInOnce(t *testing.T) {
	b := newBulk(t, postgrestest.Database(t), 95)
	execute(t, b.url, "DELETE FROM tongxing_queue.river_job")
	var group sync.WaitGroup
	var total atomic.Int64
	for range 4 {
		group.Go(func() { total.Add(int64(b.enqueue(t))) })
	}
	group.Wait()
	if total.Load() != 10 {
		t.Errorf("10 chunks were put in %d times", total.Load())
	}
	b.requireOnce(t)
}

func execute(t testing.TB, url, statement string) {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close(context.Background())
	if _, err := connection.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// River forgets; the registry is the gate.
func TestAJobWhoseRowsWereDeletedGoesOn(t *testing.T) {
	for name, again := range map[string]bool{"planned again": true, "found by the workers": false} {
		t.Run(name, func(t *testing.T) {
			b := newBulk(t, postgrestest.Database(t), 195)
			b.child(t, batchtest.AfterCommit, 4).Killed(t)
			execute(t, b.url, "DELETE FROM tongxing_queue.river_job")
			if again {
				if n := b.plan(t); n == 0 || n > 16 {
					t.Errorf("%d chunks were put in again", n)
				}
			}
			b.requireOnce(t)
		})
	}
}

// A row too many, as of a backup of River's tables alone.
func TestARowForAChunkThatIsCommittedIssuesNothing(t *testing.T) {
	b := newBulk(t, postgrestest.Database(t), 35)
	b.requireOnce(t)
	execute(t, b.url, "UPDATE tongxing_queue.river_job SET state = 'available', finalized_at = NULL")
	b.requireOnce(t)
}

func TestAWorkerThatIsKilledAtACommitLosesAndDoublesNothing(t *testing.T) {
	for _, moment := range []batchtest.Moment{batchtest.BeforeCommit, batchtest.AfterCommit} {
		t.Run(string(moment), func(t *testing.T) {
			b := newBulk(t, postgrestest.Database(t), 195)
			for _, after := range []int{1, 4} {
				b.child(t, moment, after).Killed(t)
			}
			killed := time.Now()
			b.requireOnce(t)
			if waited := time.Since(killed); waited > 5*time.Minute {
				t.Errorf("taken over and done after %v", waited)
			}
		})
	}
}

func TestAllWorkersKilledAtOnceLoseAndDoubleNothing(t *testing.T) {
	b := newBulk(t, postgrestest.Database(t), 600)
	children := []*batchtest.Child{b.child(t, batchtest.Never, 0), b.child(t, batchtest.Never, 0), b.child(t, batchtest.Never, 0)}
	b.awaitCommits(t, 5)
	for _, child := range children {
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	for _, child := range children {
		child.Wait() // one may have been done before
	}
	b.requireOnce(t)
}

func TestAWorkerThatIsToldToStopFinishesItsChunks(t *testing.T) {
	b := newBulk(t, postgrestest.Database(t), 1000)
	child := b.child(t, batchtest.Never, 0)
	b.awaitCommits(t, 3)
	if err := child.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	child.Ended(t)
	var running int
	connection, err := pgx.Connect(t.Context(), b.url)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close(context.Background())
	if err := connection.QueryRow(t.Context(), "SELECT count(*) FROM tongxing_queue.river_job WHERE state = 'running'").Scan(&running); err != nil || running != 0 {
		t.Errorf("%d chunks are left as begun, error %v", running, err)
	}
	b.requireOnce(t)
}

// The workers live through the server's death.
func TestAServerThatIsStoppedAndStartedLosesAndDoublesNothing(t *testing.T) {
	for name, stop := range map[string]func(*postgrestest.Server, testing.TB){
		"immediate stop": (*postgrestest.Server).StopImmediately,
		"kill -9":        (*postgrestest.Server).Kill,
	} {
		t.Run(name, func(t *testing.T) {
			server := postgrestest.Start(t)
			b := newBulk(t, server.Database(t), 1000)
			children := []*batchtest.Child{b.child(t, batchtest.Never, 0), b.child(t, batchtest.Never, 0)}
			b.awaitBegun(t, len(children))
			stop(server, t)
			time.Sleep(300 * time.Millisecond)
			server.Restart(t)
			for _, child := range children {
				child.Ended(t)
			}
			b.requireOnce(t)
		})
	}
}

// The same worker loop without River: claims in the registry.
func TestClaimsInPostgreSQLDoWithoutRiver(t *testing.T) {
	b := newBulk(t, postgrestest.Database(t), 95)
	queue, err := batch.NewClaims(batch.ClaimsOptions{Registry: b.registry, Clock: batchtest.Clock{}, Worker: "w", Job: "job", Poll: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	worker, err := batch.NewWorker(batchtest.Work(b.registry, b.folder))
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.Run(t.Context(), queue); err != nil {
		t.Fatal(err)
	}
	b.requireOnce(t)
}

// A job whose input is missing ends who works on it alone; who works on all goes
// on, and does it when its input is back.
func TestAJobWithoutItsInputIsSetAside(t *testing.T) {
	b := newBulk(t, postgrestest.Database(t), 45)
	if err := os.Rename(b.input, b.input+".away"); err != nil {
		t.Fatal(err)
	}
	all := func(q batch.Queue) batch.Queue { return q }
	var aside *batch.SetAsideError
	if err := work(t.Context(), b.registry, b.folder, "job", all); !errors.As(err, &aside) {
		t.Fatalf("error %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- work(ctx, b.registry, b.folder, "", all) }()
	time.Sleep(500 * time.Millisecond)
	if err := os.Rename(b.input+".away", b.input); err != nil {
		t.Fatal(err)
	}
	b.awaitCommits(t, 5)
	stop()
	if err := <-ended; err != nil {
		t.Errorf("with its input back: %v", err)
	}
	b.requireOnce(t)
}

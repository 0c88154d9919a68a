package batch_test

import (
	"context"
	"fmt"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/batch/batchtest"
)

// bulkVariable says where a child that works on a planned job is to die.
const bulkVariable = "BATCH_TEST_BULK"

func (b *bulk) child(t testing.TB, moment batchtest.Moment, after int) *batchtest.Child {
	t.Helper()
	return batchtest.Start(t, childVariable+"="+b.folder, fmt.Sprintf("%s=%s:%d", bulkVariable, moment, after))
}

func TestAWorkerThatIsKilledAtACommitLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	for _, moment := range []batchtest.Moment{batchtest.BeforeCommit, batchtest.AfterCommit} {
		t.Run(string(moment), func(t *testing.T) {
			t.Parallel()
			b := newBulk(t, 495) // a worker that dies at its third commit has seven others under way
			b.plan(t)
			for _, after := range []int{1, 3, 6} {
				b.child(t, moment, after).Killed(t)
			}
			b.requireOnce(t)
		})
	}
}

func TestAllWorkersKilledAtOnceLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 600)
	b.plan(t)
	for range 2 {
		var children []*batchtest.Child
		for range 3 {
			children = append(children, b.child(t, batchtest.Never, 0))
		}
		b.awaitCommits(t, 3)
		for _, child := range children {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		for _, child := range children {
			child.Wait() // one may have been done before
		}
	}
	b.requireOnce(t)
}

// awaitCommits waits until n more chunks are committed, or all.
func (b *bulk) awaitCommits(t testing.TB, n uint32) {
	t.Helper()
	before, err := b.registry.JobState(t.Context(), "job")
	for err == nil {
		now, again := b.registry.JobState(t.Context(), "job")
		if err = again; err == nil && (now.Committed >= before.Committed+n || now.Committed == now.Chunks) {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal(err)
}

func TestADeadWorkersChunkIsTakenOverWithinSeconds(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 10)
	b.plan(t)
	b.child(t, batchtest.BeforeCommit, 1).Killed(t)
	begun := time.Now()
	b.requireOnce(t)
	if waited := time.Since(begun); waited > 20*time.Second {
		t.Errorf("taken over after %v", waited)
	}
}

func TestSeveralWorkersShareAJob(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 400)
	b.plan(t)
	children := []*batchtest.Child{b.child(t, batchtest.Never, 0), b.child(t, batchtest.Never, 0)}
	for _, child := range children {
		child.Ended(t)
	}
	b.requireOnce(t)
}

// A disk with no room for a part ends the worker with one error; with room again
// the job goes on.
func TestAFullDiskEndsTheWorkerAndLosesNothing(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 95)
	b.plan(t)
	child := batchtest.Start(t, childVariable+"="+b.folder, bulkVariable+"=limited:0")
	if said := child.Failed(t); said == "" {
		t.Error("the worker said nothing")
	}
	if left, err := filepath.Glob(filepath.Join(b.folder, "parts", "*", ".part-*")); err != nil || len(left) != 0 {
		t.Errorf("half-written parts are left: %v, error %v", left, err)
	}
	b.requireOnce(t)
}

// limitedBulkChild works where no file may grow beyond a kilobyte.
func limitedBulkChild(folder string) error {
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: 1 << 10, Max: 1 << 10}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	return bulkChild(context.Background(), folder, ":0")
}

// A worker that is told to stop finishes what it has begun and gives nothing up.
func TestAWorkerThatIsToldToStopLeavesNoClaim(t *testing.T) {
	t.Parallel()
	b := newBulk(t, 600)
	b.plan(t)
	child := batchtest.Start(t, childVariable+"="+b.folder, bulkVariable+"=drain:0")
	b.awaitCommits(t, 2)
	if err := child.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	child.Ended(t)
	now := time.Now().UnixMilli()
	state, err := b.registry.JobState(t.Context(), "job")
	if err != nil {
		t.Fatal(err)
	}
	for range state.Chunks - state.Committed {
		if _, ok, err := b.registry.Claim(t.Context(), "job", "t", now, now+1); err != nil || !ok {
			t.Fatalf("of %d open chunks one has a claim: %v", state.Chunks-state.Committed, err)
		}
		now++
	}
	b.requireOnce(t)
}

func playBulk(folder, how string) error {
	if steps, found := strings.CutPrefix(how, "forget:"); found {
		return forgetChild(folder, steps)
	}
	switch how {
	case "limited:0":
		return limitedBulkChild(folder)
	case "drain:0":
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		return bulkChild(ctx, folder, ":0")
	}
	return bulkChild(context.Background(), folder, how)
}

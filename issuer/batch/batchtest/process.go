package batchtest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/registry"
)

// Moment is where a process kills itself with SIGKILL.
type Moment string

// The moments about a commit.
const (
	Never        Moment = ""
	BeforeCommit Moment = "before" // the part is written, nothing committed
	AfterCommit  Moment = "after"  // committed, which nobody has been told
)

// Death is where a process dies, of all its goroutines: before the commit that is
// the After-th to begin, or when so many have ended.
type Death struct {
	At           Moment
	After        int64
	begun, ended atomic.Int64
}

// Of returns the commit at which the process may die.
func (d *Death) Of(commit batch.Commit) batch.Commit {
	return func(ctx context.Context, chunk registry.Chunk) (registry.Receipt, error) {
		if d.begun.Add(1) == d.After && d.At == BeforeCommit {
			Kill()
		}
		receipt, err := commit(ctx, chunk)
		if d.ended.Add(1) == d.After && d.At == AfterCommit {
			Kill()
		}
		return receipt, err
	}
}

// Kill ends the process as kill -9 does.
func Kill() {
	for { // until it is delivered
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
}

// Child is the test binary again, as a process with the given environment.
type Child struct {
	*exec.Cmd
	errors bytes.Buffer
}

// Start starts a child. TestMain of the package looks at the environment.
func Start(tb testing.TB, environment ...string) *Child {
	tb.Helper()
	c := &Child{Cmd: exec.Command(os.Args[0], "-test.run=^$")}
	c.Env = append(os.Environ(), environment...)
	c.Stderr = &c.errors
	// No child outlives the tests, whatever becomes of them.
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := c.Cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.Process.Kill() })
	return c
}

// Killed waits for a child that is to die of SIGKILL.
func (c *Child) Killed(tb testing.TB) {
	tb.Helper()
	var exit *exec.ExitError
	if err := c.Wait(); !errors.As(err, &exit) || exit.Exited() {
		tb.Fatalf("the child was not killed but ended: %v\n%s", err, c.errors.Bytes())
	}
}

// Ended waits for a child that is to end well.
func (c *Child) Ended(tb testing.TB) {
	tb.Helper()
	if err := c.Wait(); err != nil {
		tb.Fatalf("child: %v\n%s", err, c.errors.Bytes())
	}
}

// Failed waits for a child that is to end with an error, and returns what it said.
func (c *Child) Failed(tb testing.TB) string {
	tb.Helper()
	var exit *exec.ExitError
	if err := c.Wait(); !errors.As(err, &exit) || !exit.Exited() {
		tb.Fatalf("the child ended with %v\n%s", err, c.errors.Bytes())
	}
	return c.errors.String()
}

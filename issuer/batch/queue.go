package batch

import (
	"context"
	"fmt"
	"time"

	"github.com/tongxing/tongxing/issuer/registry"
)

// Task is a chunk of a job that somebody has to issue.
type Task struct {
	Job    string
	Number uint32
}

// Commit commits a task's chunk and ends the task, in one transaction.
type Commit func(ctx context.Context, chunk registry.Chunk) (registry.Receipt, error)

// Handler is told of tasks. It is safe for concurrent use.
type Handler interface {
	// Do issues a task's chunk and commits it. On error the task stays open. After a
	// *SetAsideError the queue goes on with other jobs, and where it has none ends.
	Do(ctx context.Context, task Task, commit Commit) error
	// Fault is told of a fault of the queue itself. It returns an error when
	// there have been enough of them for Work to end with.
	Fault(err error) error
}

// SetAsideError reports a job that a worker cannot go on with until somebody has
// brought back what it misses, as its input, while other jobs can go on.
type SetAsideError struct {
	Task Task // the chunk that showed it
	Err  error
}

func (e *SetAsideError) Error() string {
	return fmt.Sprintf("job %s is set aside: chunk %d: %v", e.Task.Job, e.Task.Number, e.Err)
}

// Unwrap returns why.
func (e *SetAsideError) Unwrap() error { return e.Err }

// DefaultAside is after how long a job that was set aside is tried again.
const DefaultAside = time.Minute

// Queue hands the open chunks of jobs to workers. That two workers are not given
// the same chunk is for speed alone: what commits once is the registry.
//
// [Claims] is the queue of a registry without another one; package riverqueue has
// that of many machines.
type Queue interface {
	// Work hands up to n tasks at once to the handler until ctx ends, an error of
	// Do or Fault is to end it, or, where the queue was made so, nothing is left.
	// Tasks that have begun when ctx ends are finished. The task of a process that
	// died is handed out again within seconds.
	Work(ctx context.Context, n int, handler Handler) error
}

package batch

import (
	"context"

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
	// Do issues a task's chunk and commits it. On error the task stays open.
	Do(ctx context.Context, task Task, commit Commit) error
	// Fault is told of a fault of the queue itself. It returns an error when
	// there have been enough of them for Work to end with.
	Fault(err error) error
}

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

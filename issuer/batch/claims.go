package batch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/tongxing/tongxing/issuer/registry"
)

// Clock tells the time and waits; see [registry.Claims] for what clocks of several
// machines have to agree on.
type Clock interface {
	// Now returns the time.
	Now() time.Time
	// After returns a channel that is sent to when so long has passed.
	After(time.Duration) <-chan time.Time
}

// How long a claim runs and how often the registry is asked where nothing is open.
const (
	DefaultClaim = 15 * time.Second
	DefaultPoll  = time.Second
)

// ClaimsRegistry is what the queue of claims needs of a registry.
type ClaimsRegistry interface {
	registry.Registry
	registry.Jobs
	registry.JobLister
	registry.Claims
}

// ClaimsOptions of the queue that is the registry itself.
type ClaimsOptions struct {
	Registry ClaimsRegistry
	Clock    Clock
	Worker   string        // names this process among the workers, see registry.CheckName
	Job      string        // this job alone, and Work ends when it is done; "" is every job, for good
	Claim    time.Duration // after so long the chunk of a dead worker is taken over; 0 is DefaultClaim
	Poll     time.Duration // how often to look for new work; 0 is DefaultPoll
	Aside    time.Duration // after so long a job that was set aside is tried again; 0 is DefaultAside
}

// Claims is the queue of those who work without another one, on SQLite or
// PostgreSQL alike.
type Claims struct {
	ClaimsOptions

	mutex sync.Mutex
	open  []string             // jobs that had open chunks when they were listed
	aside map[string]time.Time // until when they are not asked for
}

// NewClaims returns the queue.
func NewClaims(o ClaimsOptions) (*Claims, error) {
	if o.Registry == nil || o.Clock == nil {
		return nil, errors.New("batch: registry and clock are required")
	}
	if err := registry.CheckName("worker", o.Worker); err != nil {
		return nil, err
	}
	if o.Claim == 0 {
		o.Claim = DefaultClaim
	}
	if o.Poll == 0 {
		o.Poll = DefaultPoll
	}
	if o.Aside == 0 {
		o.Aside = DefaultAside
	}
	if o.Claim < 0 || o.Poll < 0 || o.Aside < 0 {
		return nil, fmt.Errorf("batch: claim of %v, poll of %v, aside for %v", o.Claim, o.Poll, o.Aside)
	}
	return &Claims{ClaimsOptions: o, aside: map[string]time.Time{}}, nil
}

// Work implements [Queue].
func (q *Claims) Work(ctx context.Context, n int, handler Handler) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			if err := q.loop(ctx, fmt.Sprintf("%s-%d", q.Worker, i), handler); err != nil {
				stop(err)
			}
		})
	}
	group.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// loop works on one chunk after another until ctx ends or nothing is left.
func (q *Claims) loop(ctx context.Context, worker string, handler Handler) error {
	for ctx.Err() == nil {
		task, ok, err := q.claim(ctx, worker)
		switch {
		case err != nil && ctx.Err() == nil:
			if err := handler.Fault(err); err != nil {
				return err
			}
		case ok:
			if err := q.one(context.WithoutCancel(ctx), worker, task, handler); err != nil {
				return err
			}
			continue
		case err == nil && q.Job != "":
			state, err := q.Registry.JobState(ctx, q.Job)
			if err == nil && state.Committed == state.Chunks {
				return nil
			}
		}
		select {
		case <-ctx.Done():
		case <-q.Clock.After(q.Poll):
		}
	}
	return nil
}

// claim takes the first open chunk of a job.
func (q *Claims) claim(ctx context.Context, worker string) (task Task, ok bool, err error) {
	for listed := q.Job != ""; ; listed = true {
		for _, job := range q.jobs() {
			now := q.Clock.Now().UnixMilli()
			number, ok, err := q.Registry.Claim(ctx, job, worker, now, now+q.Claim.Milliseconds())
			if errors.Is(err, registry.ErrNotFound) && q.setAside(job) { // purged meanwhile
				continue
			}
			if err != nil || ok {
				return Task{job, number}, ok, err
			}
		}
		if listed {
			return Task{}, false, nil
		}
		if err := q.list(ctx); err != nil {
			return Task{}, false, err
		}
	}
}

func (q *Claims) jobs() []string {
	if q.Job != "" {
		return []string{q.Job}
	}
	now := q.Clock.Now()
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return slices.DeleteFunc(slices.Clone(q.open), func(job string) bool { return now.Before(q.aside[job]) })
}

// setAside leaves a job alone for a while, and reports whether there may be others.
func (q *Claims) setAside(job string) bool {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.aside[job] = q.Clock.Now().Add(q.Aside)
	return q.Job == ""
}

// list lists the jobs that are not done, those that were planned first first.
func (q *Claims) list(ctx context.Context) error {
	var open []string
	for state, err := range q.Registry.Jobs(ctx) {
		if err != nil {
			return err
		}
		if state.Committed < state.Chunks {
			open = append(open, state.Name)
		}
	}
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.open = open
	return nil
}

// one has a claimed chunk issued, and puts the end of the claim off meanwhile. A
// claim that is lost does not stop the work: whichever commits first counts.
func (q *Claims) one(ctx context.Context, worker string, task Task, handler Handler) error {
	done := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() { q.extend(ctx, worker, task, done) })
	err := handler.Do(ctx, task, q.Registry.Commit)
	close(done)
	group.Wait()
	if err == nil {
		return nil
	}
	released := q.Registry.Release(ctx, task.Job, task.Number, worker)
	if aside := (*SetAsideError)(nil); errors.As(err, &aside) {
		if q.setAside(task.Job) {
			return nil
		}
		return err
	}
	if ended := handler.Fault(errors.Join(err, released)); ended != nil {
		return ended
	}
	<-q.Clock.After(q.Poll)
	return nil
}

func (q *Claims) extend(ctx context.Context, worker string, task Task, done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		case <-q.Clock.After(q.Claim / 3):
			until := q.Clock.Now().Add(q.Claim).UnixMilli()
			if err := q.Registry.Extend(ctx, task.Job, task.Number, worker, until); errors.Is(err, registry.ErrClaimLost) {
				return
			}
		}
	}
}

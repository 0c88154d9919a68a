package service

import (
	"context"
	"errors"
	"sync"

	"github.com/tongxing/tongxing/issuer/registry"
)

// maxGroup is how many issues share one transaction at most.
const maxGroup = 512

// pending is an issue that waits for its commit.
type pending struct {
	entry  registry.Entry
	answer registry.Answer
	done   chan error // of one
}

// committer gathers issues that come at the same time into one transaction: while
// one is written the next group comes together, so that nobody waits longer than
// for two of them and a quiet hour waits for nothing.
type committer struct {
	registry registry.Answers
	job      string // of this run
	number   uint32
	queue    chan *pending
	metrics  *metrics
	writes   *writes
	ended    chan struct{}
	once     sync.Once
}

func newCommitter(r registry.Answers, job string, m *metrics, w *writes) *committer {
	c := &committer{registry: r, job: job, queue: make(chan *pending, maxGroup), metrics: m, writes: w, ended: make(chan struct{})}
	go c.run()
	return c
}

// commit waits until the issue is on stable storage. What was handed over is
// committed, and counted, also where who asked has gone: he asks again.
func (c *committer) commit(ctx context.Context, entry registry.Entry, answer registry.Answer) error {
	p := &pending{entry: entry, answer: answer, done: make(chan error, 1)}
	select {
	case c.queue <- p:
	case <-ctx.Done():
		return ctx.Err()
	}
	return <-p.done
}

// close waits for what is under way. No commit may begin afterwards.
func (c *committer) close() {
	c.once.Do(func() { close(c.queue) })
	<-c.ended
}

func (c *committer) run() {
	defer close(c.ended)
	for first := range c.queue {
		c.write(c.gather(first))
	}
}

// gather takes what waits already.
func (c *committer) gather(first *pending) []*pending {
	group := []*pending{first}
	for len(group) < maxGroup {
		select {
		case next, open := <-c.queue:
			if !open {
				return group
			}
			group = append(group, next)
		default:
			return group
		}
	}
	return group
}

// write commits a group. One whose request was answered by another process
// meanwhile is told so and left out; any other error is everybody's.
func (c *committer) write(group []*pending) {
	c.metrics.groups.Observe(float64(len(group)))
	for len(group) > 0 {
		chunk := registry.Chunk{Job: c.job, Number: c.number}
		answers := make([]registry.Answer, len(group))
		for i, p := range group {
			chunk.Entries = append(chunk.Entries, p.entry)
			answers[i] = p.answer
		}
		receipt, err := c.registry.CommitAnswers(context.Background(), chunk, answers)
		if err == nil && receipt.AlreadyCommitted {
			err = errChunkTaken
		}
		var used *registry.RequestUsedError
		if errors.As(err, &used) {
			if rest := without(group, used); len(rest) < len(group) {
				group = rest
				continue
			}
		}
		c.writes.ended(err)
		c.number++ // also after an error, of which it is not known what it left
		for _, p := range group {
			p.done <- err
		}
		return
	}
}

var errChunkTaken = errors.New("service: the chunk's number was taken")

// without tells the issue of a key that is used, and returns the others.
func without(group []*pending, used *registry.RequestUsedError) []*pending {
	var rest []*pending
	told := false
	for _, p := range group {
		if p.entry.Request == used.Key && !told {
			told = true
			p.done <- used
			continue
		}
		rest = append(rest, p)
	}
	return rest
}

// block is how many references are taken from the registry at a time. Those of a
// block that are not used when the process ends are lost.
const block = 1024

// leaser hands out references one by one, from blocks.
type leaser struct {
	registry registry.Registry
	writes   *writes

	mu    sync.Mutex
	pools map[registry.Pool]*leased
}

type leased struct {
	references registry.Range
	next       int
}

func newLeaser(r registry.Registry, w *writes) *leaser {
	return &leaser{registry: r, writes: w, pools: map[registry.Pool]*leased{}}
}

// take returns a reference that nobody else is given.
func (l *leaser) take(ctx context.Context, pool registry.Pool) (registry.Reference, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	have := l.pools[pool]
	if have == nil || have.next == have.references.Len() {
		taken, err := l.registry.Lease(ctx, pool, block)
		l.writes.ended(err)
		if err != nil {
			return registry.Reference{}, err
		}
		have = &leased{references: taken}
		l.pools[pool] = have
	}
	reference, ok := have.references.At(have.next)
	if !ok {
		return registry.Reference{}, registry.ErrDamaged
	}
	have.next++
	return reference, nil
}

// flights makes the second of two equal requests wait for the first.
type flights struct {
	mu  sync.Mutex
	now map[registry.RequestKey]chan struct{}
}

func newFlights() *flights { return &flights{now: map[registry.RequestKey]chan struct{}{}} }

// begin waits for its turn and returns what ends it.
func (f *flights) begin(ctx context.Context, key registry.RequestKey) (end func(), err error) {
	for {
		f.mu.Lock()
		other, busy := f.now[key]
		if !busy {
			mine := make(chan struct{})
			f.now[key] = mine
			f.mu.Unlock()
			return func() {
				f.mu.Lock()
				delete(f.now, key)
				f.mu.Unlock()
				close(mine)
			}, nil
		}
		f.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

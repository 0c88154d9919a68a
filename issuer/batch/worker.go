package batch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/registry"
)

// ErrInputChanged reports an input that is not the one that was planned: the bytes
// of a chunk are others, or drafting them now wants other references. Nothing is
// signed of it.
var ErrInputChanged = errors.New("batch: the input is not the one that was planned")

// ErrMayNotSign reports a chunk of which records that were planned may not be signed
// by what the trust material has now: no key is left that may, or the programme has
// ended. Nothing of it is signed.
var ErrMayNotSign = errors.New("batch: the trust material at hand does not let what was planned be signed")

// WorkerRegistry is what a worker needs of a registry.
type WorkerRegistry interface {
	registry.Registry
	registry.Jobs
}

// WorkerOptions of a worker.
type WorkerOptions struct {
	Registry WorkerRegistry
	// Issuers returns the issuer of credentials that last so long, as the newest
	// trust material has it: it is asked for each chunk. All of them share one
	// [issuer.Check].
	Issuers func(lifetime time.Duration) (*issuer.Issuer, error)
	Parts   string // folder for part files, the planner's
	Key     Key    // the planner's
	Clock   Clock
	// AtOnce is how many chunks are worked on at once; 0 is four for each
	// processor, so that some sign while the others wait for the disk.
	AtOnce int
	// Patience is how long a worker goes on with nothing but faults that may pass,
	// as of a database that is being restarted; 0 is DefaultPatience.
	Patience time.Duration
	// Done, if set, is told of each chunk that this worker committed.
	Done func(Done)
	// Failed, if set, is told of each fault that may pass.
	Failed func(err error)
	// SetAside, if set, is told of each job that is set aside, once until it goes on.
	SetAside func(aside *SetAsideError)
}

// Done is a chunk that a worker committed.
type Done struct {
	Task
	Issued, Refused int           // records
	Took            time.Duration // from when the chunk was taken
}

// DefaultPatience is long enough for a database to come back.
const DefaultPatience = 2 * time.Minute

// Worker issues chunks of jobs that were planned. Any number of them, in any number
// of processes on machines that see the same input and parts, work on the same
// jobs. It is safe for concurrent use.
//
// A chunk is read where the plan says and held to the plan's hash, drafted, given
// the references that were leased for it, signed, written to a part under its
// hash, and committed: once. Where another worker has committed it first, the part
// is garbage and removed. A part that an earlier attempt left is committed in the
// place of another signing, if it is what would be signed.
type Worker struct {
	WorkerOptions

	mutex sync.Mutex
	jobs  map[string]*openJob
	aside map[string]*SetAsideError // jobs that are
	since time.Time                 // of the first fault after the last success
}

// openJob is a job that this worker has begun with. It is immutable.
type openJob struct {
	registry.Job
	plan  *blueprint
	input *os.File
	parts partStore

	earlier map[uint32][]string // parts of each chunk that were there before
}

// NewWorker returns a worker.
func NewWorker(o WorkerOptions) (*Worker, error) {
	if o.Registry == nil || o.Issuers == nil || o.Parts == "" || o.Clock == nil {
		return nil, errors.New("batch: registry, issuers, folder for parts and clock are required")
	}
	if o.AtOnce <= 0 {
		o.AtOnce = 4 * runtime.GOMAXPROCS(0)
	}
	if o.Patience == 0 {
		o.Patience = DefaultPatience
	}
	return &Worker{WorkerOptions: o, jobs: map[string]*openJob{}, aside: map[string]*SetAsideError{}}, nil
}

// Run works on what the queue hands out until ctx ends, which is no error, or the
// queue has nothing left. A fault that does not pass by itself ends it: a stopped
// key, a full disk. One of a single job, as an input that is missing or was changed,
// sets that job aside: where the queue has others they go on, it is tried again
// now and then, and if it is aside at the end Run returns the *[SetAsideError].
// Chunks that had begun are finished or given back.
func (w *Worker) Run(ctx context.Context, queue Queue) error {
	defer w.close()
	if err := queue.Work(ctx, w.AtOnce, w); err != nil {
		return err
	}
	return w.leftAside(context.WithoutCancel(ctx))
}

// leftAside returns the error of a job that is aside and that nobody has done.
func (w *Worker) leftAside(ctx context.Context) error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for _, job := range slices.Sorted(maps.Keys(w.aside)) {
		state, err := w.Registry.JobState(ctx, job)
		if err == nil && state.Committed == state.Chunks || errors.Is(err, registry.ErrNotFound) {
			continue
		}
		return w.aside[job]
	}
	return nil
}

func (w *Worker) close() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for _, job := range w.jobs {
		job.input.Close()
	}
	clear(w.jobs)
}

// Do implements [Handler].
func (w *Worker) Do(ctx context.Context, task Task, commit Commit) error {
	begun := w.Clock.Now()
	done, err := w.do(ctx, task, commit)
	if err != nil && w.settled(ctx, task, err) {
		done, err = nil, nil
	}
	if err != nil && ofTheJob(err) {
		return w.setAside(task, err)
	}
	if err != nil {
		return fmt.Errorf("job %s, chunk %d: %w", task.Job, task.Number, err)
	}
	w.mutex.Lock()
	w.since = time.Time{}
	if aside := w.aside[task.Job]; aside != nil && aside.Task == task {
		delete(w.aside, task.Job)
	}
	w.mutex.Unlock()
	if w.Done != nil && done != nil {
		done.Task, done.Took = task, w.Clock.Now().Sub(begun)
		w.Done(*done)
	}
	return nil
}

// lasting are the faults that another attempt meets again, whatever the job.
var lasting = []error{issuer.ErrReleased, registry.ErrStorageFull, registry.ErrDamaged, registry.ErrNotLeased,
	registry.ErrReferenceUsed, registry.ErrNewerSchema, registry.ErrOlderSchema, syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG, syscall.EROFS}

// ofOneJob are those that other jobs need not meet.
var ofOneJob = []error{ErrInputChanged, ErrMayNotSign, ErrNoBlueprint, registry.ErrInvalid, registry.ErrPurged, registry.ErrNotFound}

func isOneOf(err error, targets []error) bool {
	return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
}

// ofTheJob tells a fault that ends the work on its job alone.
func ofTheJob(err error) bool {
	if isOneOf(err, lasting) {
		return false
	}
	var file *fs.PathError // of the input or a part; a socket that is missing comes back
	missing := errors.As(err, &file) && (errors.Is(file, fs.ErrNotExist) || errors.Is(file, fs.ErrPermission))
	return missing || isOneOf(err, ofOneJob)
}

// setAside notes why a job is set aside and forgets what was opened of it, for
// another file may be put in its place. Chunks of it may be under way: what is
// forgotten closes itself when they are done with it.
func (w *Worker) setAside(task Task, err error) error {
	aside := &SetAsideError{task, err}
	w.mutex.Lock()
	_, told := w.aside[task.Job]
	if !told {
		w.aside[task.Job] = aside
	}
	delete(w.jobs, task.Job)
	w.mutex.Unlock()
	if !told && w.SetAside != nil {
		w.SetAside(aside)
	}
	return aside
}

// Fault implements [Handler].
func (w *Worker) Fault(err error) error {
	var stopped *issuer.KeyStoppedError
	if errors.As(err, &stopped) || isOneOf(err, lasting) || ofTheJob(err) {
		return err
	}
	now := w.Clock.Now()
	w.mutex.Lock()
	if w.since.IsZero() {
		w.since = now
	}
	waited := now.Sub(w.since)
	w.mutex.Unlock()
	if waited >= w.Patience {
		return err
	}
	if w.Failed != nil {
		w.Failed(err)
	}
	return nil
}

// do returns what it committed, or nil for a chunk that was committed before.
func (w *Worker) do(ctx context.Context, task Task, commit Commit) (*Done, error) {
	job, err := w.job(ctx, task.Job)
	if err != nil {
		return nil, err
	}
	iss, err := w.issuer(job)
	if err != nil {
		return nil, err
	}
	desk := desks.Get().(*desk)
	defer desks.Put(desk)
	slots, err := w.slots(ctx, job, task.Number, iss, desk)
	if err != nil {
		return nil, err
	}
	name, ok := job.takeEarlier(task.Number, slots, iss)
	if !ok {
		if err := desk.sign(iss, slots); err != nil {
			return nil, err
		}
		if desk.part, err = appendSlots(slices.Grow(desk.part[:0], lineRoom*len(slots)), slots); err != nil {
			return nil, fmt.Errorf("batch: %w", err)
		}
		if name, err = job.parts.write(task.Number, desk.part); err != nil {
			return nil, err
		}
	}
	entries := entriesOf(slots, job.Region)
	receipt, err := commit(ctx, registry.Chunk{Job: job.Name, Number: task.Number, Entries: entries})
	if err != nil {
		return nil, err // the part stays: whether it was committed is not known
	}
	if !receipt.AlreadyCommitted {
		return &Done{Issued: len(entries), Refused: len(slots) - len(entries)}, nil
	}
	if !sameEntries(receipt.Entries, entries) {
		return nil, job.parts.remove(name)
	}
	return nil, nil // by an attempt of ours whose answer was lost
}

// issuer returns the issuer of a job as the trust material has it now.
func (w *Worker) issuer(job *openJob) (*issuer.Issuer, error) {
	iss, err := w.Issuers(job.plan.Lifetime)
	if err != nil {
		return nil, err
	}
	if regionNumber(iss) != job.Region {
		return nil, fmt.Errorf("batch: %w: job of region %02d, issuer of region %s", registry.ErrInvalid, job.Region, iss.Region())
	}
	return iss, nil
}

// settled reports whether a chunk whose files are gone is committed: the job was
// forgotten, or given up, while it was worked on.
func (w *Worker) settled(ctx context.Context, task Task, err error) bool {
	if !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	_, err = w.Registry.Committed(ctx, task.Job, task.Number)
	return err == nil
}

func sameEntries(a, b []registry.Entry) bool {
	hashes := make(map[hash]bool, len(a))
	for i := range a {
		hashes[a[i].Hash] = true
	}
	return len(a) == len(b) && !slices.ContainsFunc(b, func(e registry.Entry) bool { return !hashes[e.Hash] })
}

// sign signs a chunk, one after another or in as few requests as the signer takes;
// other chunks are signed meanwhile.
func (d *desk) sign(iss *issuer.Issuer, slots []*slot) error {
	d.orders = d.orders[:0]
	for _, s := range slots {
		if s.err == nil {
			d.orders = append(d.orders, issuer.Order{Draft: s.draft, Ref: s.issued.Ref})
		}
	}
	chunk := iss.Chunk()
	if err := chunk.SignAll(d.orders); err != nil {
		return fmt.Errorf("lines %d to %d: %w", slots[0].line, slots[len(slots)-1].line, err)
	}
	signed := d.orders
	for _, s := range slots {
		if s.err == nil {
			s.issued, s.err = signed[0].Issued, signed[0].Err
			signed = signed[1:]
		}
	}
	return chunk.Release()
}

// job opens a job once.
func (w *Worker) job(ctx context.Context, name string) (*openJob, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if job := w.jobs[name]; job != nil {
		return job, nil
	}
	state, err := w.Registry.JobState(ctx, name)
	if err != nil {
		return nil, err
	}
	job := &openJob{Job: state.Job}
	if job.parts, err = newPartStore(w.Parts, name); err != nil {
		return nil, err
	}
	if job.plan, err = loadBlueprint(job.parts, state.Job, w.Key); err != nil {
		return nil, err
	}
	if job.earlier, err = job.parts.list(); err != nil {
		return nil, err
	}
	if job.input, err = os.Open(job.plan.Input); err != nil {
		return nil, fmt.Errorf("batch: input of job %s: %w", name, err)
	}
	w.jobs[name] = job
	return job, nil
}

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

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/registry"
)

// ErrInputChanged reports an input that is not the one that was planned: the bytes
// of a chunk are others, or drafting them now wants other references. Nothing is
// signed of it.
var ErrInputChanged = errors.New("batch: the input is not the one that was planned")

// WorkerRegistry is what a worker needs of a registry.
type WorkerRegistry interface {
	registry.Registry
	registry.Jobs
}

// WorkerOptions of a worker.
type WorkerOptions struct {
	Registry WorkerRegistry
	// Issuers returns the issuer of credentials that last so long. All of them
	// share one [issuer.Check].
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
	Done func(task Task, issued int)
	// Failed, if set, is told of each fault that may pass.
	Failed func(err error)
	// SetAside, if set, is told of each job that is set aside, once until it goes on.
	SetAside func(aside *SetAsideError)
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
	plan   *blueprint
	input  *os.File
	parts  partStore
	issuer *issuer.Issuer

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
	issued, err := w.do(ctx, task, commit)
	if err != nil && w.settled(ctx, task, err) {
		issued, err = -1, nil
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
	if w.Done != nil && issued >= 0 {
		w.Done(task, issued)
	}
	return nil
}

// lasting are the faults that another attempt meets again, whatever the job.
var lasting = []error{issuer.ErrReleased, registry.ErrStorageFull, registry.ErrDamaged, registry.ErrNotLeased,
	registry.ErrReferenceUsed, registry.ErrNewerSchema, syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG, syscall.EROFS}

// ofOneJob are those that other jobs need not meet.
var ofOneJob = []error{ErrInputChanged, ErrNoBlueprint, registry.ErrInvalid, registry.ErrPurged, registry.ErrNotFound}

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

// do returns the number of credentials that it committed, or -1 for a chunk that
// was committed before.
func (w *Worker) do(ctx context.Context, task Task, commit Commit) (int, error) {
	job, err := w.job(ctx, task.Job)
	if err != nil {
		return 0, err
	}
	slots, err := w.slots(ctx, job, task.Number)
	if err != nil {
		return 0, err
	}
	name, ok := job.takeEarlier(task.Number, slots)
	if !ok {
		if err := sign(job.issuer, slots); err != nil {
			return 0, err
		}
		if name, err = job.parts.write(task.Number, slots); err != nil {
			return 0, err
		}
	}
	entries := entriesOf(slots, job.Region)
	receipt, err := commit(ctx, registry.Chunk{Job: job.Name, Number: task.Number, Entries: entries})
	if err != nil {
		return 0, err // the part stays: whether it was committed is not known
	}
	if !receipt.AlreadyCommitted {
		return len(entries), nil
	}
	if !sameEntries(receipt.Entries, entries) {
		return -1, job.parts.remove(name)
	}
	return -1, nil // by an attempt of ours whose answer was lost
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

// slots reads and drafts a chunk and gives its drafts their references.
func (w *Worker) slots(ctx context.Context, job *openJob, number uint32) ([]*slot, error) {
	planned, leased, err := w.Registry.PlannedChunk(ctx, job.Name, number)
	if err != nil {
		return nil, err
	}
	data := make([]byte, planned.Length)
	if n, err := job.input.ReadAt(data, planned.Offset); n < len(data) {
		return nil, fmt.Errorf("%w: %w", ErrInputChanged, err)
	}
	if w.Key.pieceHash(data) != job.plan.Pieces[number] {
		return nil, ErrInputChanged
	}
	slots, err := draftAll(data, planned.FirstLine, job.issuer, time.Unix(job.At, 0))
	if err != nil {
		return nil, err
	}
	if !slices.Equal(needsOf(slots), planned.Needs) {
		return nil, fmt.Errorf("%w: with the keys and tables at hand it wants other references", ErrInputChanged)
	}
	return slots, give(slots, leased)
}

// give gives each draft the next of the references of its month.
func give(slots []*slot, leased []registry.Leased) error {
	next := map[uint16]int{} // of a month: references given, of all its ranges
	for _, s := range slots {
		if s.err != nil {
			continue
		}
		month := uint16(format.ListMonth(s.draft.Expires()))
		reference, ok := nth(leased, month, next[month])
		if !ok {
			return fmt.Errorf("batch: %w: too few references of month %d", registry.ErrDamaged, month)
		}
		s.issued.Ref = format.Ref{List: reference.List, Index: reference.Index}
		next[month]++
	}
	return nil
}

// nth returns reference n of a month.
func nth(leased []registry.Leased, month uint16, n int) (registry.Reference, bool) {
	for _, l := range leased {
		if l.Month != month {
			continue
		}
		if n < l.Range.Len() {
			return l.Range.At(n)
		}
		n -= l.Range.Len()
	}
	return registry.Reference{}, false
}

// sign signs a chunk: one after another, for others are signed meanwhile.
func sign(iss *issuer.Issuer, slots []*slot) error {
	chunk := iss.Chunk()
	for _, s := range slots {
		if err := signSlot(chunk, s); err != nil {
			return err
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
	if job.issuer, err = w.Issuers(job.plan.Lifetime); err != nil {
		return nil, err
	}
	if regionNumber(job.issuer) != job.Region {
		return nil, fmt.Errorf("batch: %w: job of region %02d, issuer of region %s", registry.ErrInvalid, job.Region, job.issuer.Region())
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

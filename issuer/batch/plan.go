package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"sync"
	"time"

	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/registry"
)

// ErrNoRecords reports an input without a record: there is nothing to plan.
var ErrNoRecords = errors.New("batch: the input has no record")

// PlanOptions of a job that is to be planned.
type PlanOptions struct {
	Issuer *issuer.Issuer
	Jobs   registry.Jobs
	At     time.Time // time of issue of every credential
	Now    time.Time // time of planning
	Job    string    // its name; "" names it by its digest
	Parts  string    // folder for part files; made if it is not there
	Input  string    // where workers find the input
	Key    Key
	Chunk  int // records a chunk; 0 is DefaultChunk
	// Workers is how many chunks are drafted at once; 0 is one for each processor.
	Workers int
	// Progress, if set, is told how many records have been read.
	Progress func(records uint64)
	// Agree, if set, is asked about the job before anything of it is written. Its
	// error is returned.
	Agree func(ctx context.Context, job registry.Job) error
}

// Planned is a job that stands in the registry.
type Planned struct {
	Job     string `json:"job"`
	Chunks  uint32 `json:"chunks"`
	Records uint64 `json:"records"`
	New     bool   `json:"new"` // false for a job that was planned before
}

// Plan reads the input once and drafts every record, to know in which month it
// will expire. It cuts chunks, notes where each stands in the input, and leases
// their references in one transaction of the registry, all or none.
//
// The same input for the same time and lifetime is the same job however often it
// is planned, and two planners at once plan it once. Errors are a
// *[record.LineError] (of a line that is too long), [ErrNoRecords],
// [registry.ErrJobUsed], a *[registry.PlannedAsError] and what the input, the folder
// and the registry return.
func Plan(ctx context.Context, options PlanOptions, input io.Reader) (Planned, error) {
	p, err := newPlanner(options)
	if err != nil {
		return Planned{}, err
	}
	if err := p.read(ctx, newCutter(input, p.Chunk)); err != nil {
		return Planned{}, err
	}
	if err := p.blueprint.check(); err != nil {
		return Planned{}, err
	}
	job := p.blueprint.job(p.Key, p.Job)
	if p.Agree != nil {
		if err := p.Agree(ctx, job); err != nil {
			return Planned{}, err
		}
	}
	p.blueprint.belongsTo(job, p.Jobs)
	parts, err := newPartStore(p.Parts, job.Name)
	if err != nil {
		return Planned{}, err
	}
	// Before the registry: from then on a worker may begin.
	if err := p.blueprint.store(parts, job.Digest); err != nil {
		return Planned{}, err
	}
	planned, err := p.Jobs.PlanJob(ctx, job, p.all(), p.Now.Unix())
	if errors.Is(err, registry.ErrJobUsed) || errors.As(err, new(*registry.PlannedAsError)) { // nobody can plan this one under that name
		err = errors.Join(err, parts.remove(blueprintName(job.Digest)))
	}
	if err != nil {
		return Planned{}, err
	}
	return Planned{Job: job.Name, Chunks: job.Chunks, Records: job.Records, New: planned}, nil
}

type planner struct {
	PlanOptions
	blueprint blueprint

	mutex  sync.Mutex
	chunks []registry.PlannedChunk
	err    error
}

func newPlanner(o PlanOptions) (*planner, error) {
	if o.Issuer == nil || o.Jobs == nil || o.Parts == "" || o.Input == "" {
		return nil, errors.New("batch: issuer, registry, input and folder for parts are required")
	}
	if o.Chunk == 0 {
		o.Chunk = DefaultChunk
	}
	if o.Chunk < 1 || o.Chunk > registry.MaxChunk {
		return nil, fmt.Errorf("batch: %d records a chunk, not 1 to %d", o.Chunk, registry.MaxChunk)
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Job != "" {
		if err := registry.CheckJob(o.Job); err != nil {
			return nil, err
		}
	}
	return &planner{PlanOptions: o, blueprint: blueprint{
		Input: o.Input, Region: regionNumber(o.Issuer), At: o.At.Unix(), Lifetime: o.Issuer.Lifetime(), Chunk: o.Chunk,
	}}, nil
}

// numbered is a piece of the input and its chunk's number.
type numbered struct {
	piece
	number int
}

// read cuts the input and has the pieces drafted on all workers. Buffers go round:
// there are as many as pieces under way.
func (p *planner) read(ctx context.Context, cut *cutter) error {
	pieces := make(chan numbered)
	buffers := make(chan []byte, 2*p.Workers)
	for range cap(buffers) {
		buffers <- nil
	}
	var group sync.WaitGroup
	for range p.Workers {
		group.Go(func() {
			desk := desks.Get().(*desk)
			defer desks.Put(desk)
			for piece := range pieces {
				p.draft(piece, desk)
				buffers <- piece.data
			}
		})
	}
	err := p.cut(ctx, cut, pieces, buffers)
	close(pieces)
	group.Wait()
	return errors.Join(err, p.err)
}

func (p *planner) cut(ctx context.Context, cut *cutter, pieces chan<- numbered, buffers <-chan []byte) error {
	for number := 0; ; number++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		piece, err := cut.next(<-buffers)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		p.mutex.Lock()
		p.chunks = append(p.chunks, registry.PlannedChunk{Number: uint32(number), Offset: piece.offset,
			Length: int64(len(piece.data)), FirstLine: piece.first, Lines: piece.last - piece.first + 1})
		p.blueprint.Pieces = append(p.blueprint.Pieces, hash{})
		failed := p.err != nil
		p.mutex.Unlock()
		if failed {
			return nil
		}
		p.blueprint.Records += uint64(piece.records)
		pieces <- numbered{piece, number}
		if p.Progress != nil {
			p.Progress(p.blueprint.Records)
		}
	}
}

// draft settles what a chunk needs.
func (p *planner) draft(piece numbered, desk *desk) {
	slots, err := desk.draftAll(piece.data, piece.first, p.Issuer, p.At)
	needs, sum := needsOf(slots), p.Key.pieceHash(piece.data)
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.err == nil {
		p.err = err
	}
	p.chunks[piece.number].Needs, p.blueprint.Pieces[piece.number] = needs, sum
}

func (p *planner) all() iter.Seq2[registry.PlannedChunk, error] {
	return func(yield func(registry.PlannedChunk, error) bool) {
		for _, chunk := range p.chunks {
			if !yield(chunk, nil) {
				return
			}
		}
	}
}

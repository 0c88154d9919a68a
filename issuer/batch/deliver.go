package batch

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/tongxing/tongxing/issuer/registry"
)

// IncompleteError reports a job that is not ready to be delivered.
type IncompleteError struct {
	Job               string
	Committed, Chunks uint32
}

func (e *IncompleteError) Error() string {
	return fmt.Sprintf("batch: job %s: %d of %d chunks are committed", e.Job, e.Committed, e.Chunks)
}

// DeliverOptions of a job that is to be delivered.
type DeliverOptions struct {
	Registry WorkerRegistry
	Job      string
	Parts    string // folder for part files, the workers'
	// Workers is how many chunks are verified at once; 0 is one for each processor.
	Workers int
	// Codes is given the lines of each chunk that have codes, in order. They are
	// its own until it returns.
	Codes func(number uint32, lines []byte) error
	// Refused, if set, is told of each record that was not signed, in order.
	Refused func(Refused) error
}

// Delivered counts what was delivered.
type Delivered struct {
	Job     string `json:"job"`
	Records uint64 `json:"records"`
	Issued  uint64 `json:"issued"`
	Refused uint64 `json:"refused"`
}

// Deliver gives the codes of a job that is done, in the order of its input. Every
// one of them is held to the registry: its hash is the entry's, it stands under
// the entry's reference, none is missing, none stands twice, and with the refused
// records they are as many as were planned. Errors are an *[IncompleteError],
// [ErrOutputLost], [registry.ErrDamaged] where the entries contradict a part that is
// whole, and what Codes, Refused and the registry return.
func Deliver(ctx context.Context, o DeliverOptions) (Delivered, error) {
	d, err := newDelivery(ctx, o)
	if err != nil {
		return Delivered{}, err
	}
	err = inOrder(d.Workers, int(d.state.Chunks), func(number int) (verifiedPart, error) {
		return d.verify(ctx, uint32(number))
	}, d.tell)
	if err != nil {
		return Delivered{}, err
	}
	if d.sum.Issued != d.state.Issued || d.sum.Records != d.state.Records {
		return Delivered{}, fmt.Errorf("%w: %d records of %d, %d codes of %d", ErrOutputLost, d.sum.Records, d.state.Records, d.sum.Issued, d.state.Issued)
	}
	return d.sum, nil
}

// Tidy removes what the workers of a job left that no commit names, and returns how
// many files that were. The job has to be done; a part that nothing names while
// its worker has yet to commit would be taken for garbage.
func Tidy(ctx context.Context, o DeliverOptions) (removed int, err error) {
	d, err := newDelivery(ctx, o)
	if err != nil {
		return 0, err
	}
	names := make([]string, 0, d.state.Chunks)
	err = inOrder(d.Workers, int(d.state.Chunks), func(number int) (verifiedPart, error) {
		if only := d.listed[uint32(number)]; len(only) == 1 {
			return verifiedPart{name: only[0]}, nil
		}
		return d.verify(ctx, uint32(number))
	}, func(part verifiedPart) error {
		names = append(names, part.name)
		return nil
	})
	if err != nil {
		return 0, err
	}
	return d.parts.tidy(names)
}

type delivery struct {
	DeliverOptions
	parts  partStore
	state  registry.JobState
	listed map[uint32][]string
	codes  []byte
	line   int // the last that was delivered
	sum    Delivered
}

func newDelivery(ctx context.Context, o DeliverOptions) (*delivery, error) {
	if o.Registry == nil || o.Parts == "" {
		return nil, errors.New("batch: registry and folder for parts are required")
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	state, err := o.Registry.JobState(ctx, o.Job)
	if err != nil {
		return nil, fmt.Errorf("batch: job %q: %w", o.Job, err)
	}
	if state.Committed < state.Chunks {
		return nil, &IncompleteError{o.Job, state.Committed, state.Chunks}
	}
	d := &delivery{DeliverOptions: o, state: state, sum: Delivered{Job: o.Job}}
	if d.parts, err = newPartStore(o.Parts, o.Job); err != nil {
		return nil, err
	}
	d.listed, err = d.parts.list()
	return d, err
}

// verifiedPart is a part whose credentials are the registry's.
type verifiedPart struct {
	number      uint32
	name        string
	content     []byte
	first, last int // lines of its codes, 0 where there is none
	issued      int
	refused     []Refused
}

// verify finds the part that was committed among those of the chunk.
func (d *delivery) verify(ctx context.Context, number uint32) (verifiedPart, error) {
	entries, err := d.Registry.Committed(ctx, d.Job, number)
	if err != nil {
		return verifiedPart{}, err
	}
	byHash := make(map[hash]registry.Reference, len(entries))
	for i := range entries {
		byHash[entries[i].Hash] = entries[i].Reference
	}
	for _, name := range d.listed[number] {
		content, ok, err := d.parts.read(name, number)
		if err != nil {
			return verifiedPart{}, err
		}
		if !ok {
			continue
		}
		part := verifiedPart{number: number, name: name, content: content, issued: len(entries)}
		if part.first, part.last, ok = held(content, byHash); !ok {
			continue
		}
		if part.refused, err = refusedIn(content); err == nil {
			return part, nil
		}
	}
	return verifiedPart{}, d.lost(number, entries)
}

// lost says why no part is that of the entries: it is gone, or there is one that has
// some of them. That one is whole, as its name has its hash, and so the entries are not.
func (d *delivery) lost(number uint32, entries []registry.Entry) error {
	for _, name := range d.listed[number] {
		content, whole, err := d.parts.read(name, number)
		if err != nil {
			return err
		}
		if whole && shares(content, entries) {
			return fmt.Errorf("chunk %d: %w: its entries are not those of the part %s", number, registry.ErrDamaged, name)
		}
	}
	return fmt.Errorf("chunk %d: %w (folder %s)", number, ErrOutputLost, d.parts.folder)
}

// shares reports whether a part has a code of the entries.
func shares(content []byte, entries []registry.Entry) bool {
	hashes := make(map[hash]bool, len(entries))
	for i := range entries {
		hashes[entries[i].Hash] = true
	}
	lines, _ := codesOf(content)
	return slices.ContainsFunc(lines, func(line readLine) bool { return hashes[sha256.Sum256(line.data)] })
}

// held reports whether the codes of a part are those of the entries, each once,
// with lines ascending, and the first and last of these.
func held(content []byte, entries map[hash]registry.Reference) (first, last int, ok bool) {
	lines, ok := codesOf(content)
	if !ok || len(lines) != len(entries) {
		return 0, 0, false
	}
	for i := range lines {
		said, sum := &lines[i].said, sha256.Sum256(lines[i].data)
		reference, found := entries[sum]
		if !found || reference.List != said.List || reference.Index != said.Index || said.Line <= last {
			return 0, 0, false
		}
		delete(entries, sum)
		if last = said.Line; first == 0 {
			first = last
		}
	}
	return first, last, true
}

// tell delivers a part.
func (d *delivery) tell(part verifiedPart) error {
	if part.issued > 0 {
		if part.first <= d.line {
			return fmt.Errorf("chunk %d: %w: its lines are those of another", part.number, ErrOutputLost)
		}
		d.line = part.last
	}
	d.sum.Issued += uint64(part.issued)
	d.sum.Refused += uint64(len(part.refused))
	d.sum.Records = d.sum.Issued + d.sum.Refused
	if d.Refused != nil {
		for _, refused := range part.refused {
			if err := d.Refused(refused); err != nil {
				return err
			}
		}
	}
	if d.Codes == nil {
		return nil
	}
	if len(part.refused) == 0 {
		return d.Codes(part.number, part.content)
	}
	d.codes = appendCodes(d.codes[:0], part.content)
	return d.Codes(part.number, d.codes)
}

// Package batch issues files of records, each record exactly once.
//
// A job is planned, worked on, delivered and forgotten, by one process or by hundreds:
//
//	Plan     input -> chunks of records, the months they need -> registry: all references leased
//	Worker   Queue -> chunk -> bytes of the input, held to the plan -> draft -> sign -> part file -> commit
//	Deliver  committed chunks, in order -> parts, held to the registry -> output, refused records
//	Forget   input, held to the plan -> a signed record (spec/deletion.md) -> input, parts and plan are deleted
//
// Plan reads the input once. Of each chunk the registry keeps where it stands in the
// input and which references are its; the keyed hash of its bytes stands in a file
// beside the parts, under a digest that the registry has, so that a worker signs
// what was planned and nothing else. A [Queue] hands chunks to workers: [Claims]
// in the registry itself, or package riverqueue.
//
// A part file has the hash of its content in its name, and is synced and renamed
// before its chunk is committed, in one transaction. Signatures are not
// deterministic, so what was committed is the truth: whichever of two attempts at
// a chunk commits first counts, and the other's part is garbage, which [Tidy]
// removes. Killed at any moment a job goes on from what is committed.
//
// [Run] does all of it in one process and one pass, leasing as it reads, for a
// small file. The same job run or delivered again gives the same output byte for
// byte.
//
// A line of the output, and of a part; and a line of a part for a record that was
// refused:
//
//	{"line":1,"list":7942,"index":734003,"key":"8c1f02d7","issued":1660089600,"expires":1660694400,"code":"TX1:..."}
//	{"line":2,"refused":"no_claim"}
//
// line is the record's line in the input. Output and parts hold codes, which are
// bearer items: they are written for their owner alone.
package batch

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
)

// DefaultChunk is the number of records that are committed together.
const DefaultChunk = 1000

// ErrOutputLost reports a chunk that is committed while the part file with its
// credentials is gone. Its references are used: the credentials have to be
// issued anew, under another job.
var ErrOutputLost = errors.New("batch: the chunk is committed, but the file with its codes is gone")

// ErrOtherRecords reports a job that was committed for other records than are
// given now, or for another time, lifetime or size of chunk. What it issued then
// is untouched; the new records need a job of another name.
var ErrOtherRecords = errors.New("batch: the job was committed for other records, or for another time")

// Options of a run.
type Options struct {
	Issuer   *issuer.Issuer
	Registry registry.Registry
	At       time.Time // time of issue of every credential
	Job      string    // see registry.Chunk
	Parts    string    // folder for part files; made if it is not there
	Chunk    int       // records a chunk; 0 is DefaultChunk
	Workers  int       // signing at once; 0 is one for each processor
	// Refused, if set, is told of each record that is not signed, in order.
	Refused func(line int, err error)
	// Unlisted, if set, is told of each credential with numbers that no table
	// has, in order, whether this run or an earlier one signed it.
	Unlisted func(line int, numbers []issuer.Unlisted)
	// Progress, if set, is told how many records are done.
	Progress func(records int)
}

// Summary counts what a run did, chunks of earlier runs included.
type Summary struct {
	Records int `json:"records"`
	Issued  int `json:"issued"`
	Refused int `json:"refused"`
	Reused  int `json:"reused"` // credentials that an earlier run had committed
}

type run struct {
	Options
	region uint8
	parts  partStore
	names  []string // part of each chunk
	sum    Summary
}

// Run signs all records and writes the output. On error nothing is written to
// out; what was committed stays, and the same job run again goes on from there.
func Run(ctx context.Context, options Options, records io.Reader, out io.Writer) (Summary, error) {
	r, err := newRun(options)
	if err != nil {
		return Summary{}, err
	}
	reader := record.NewReader(records)
	for number := uint32(0); ; number++ {
		slots, err := r.read(reader)
		if err != nil {
			return Summary{}, err
		}
		if len(slots) == 0 {
			if err := r.atEnd(ctx, number); err != nil {
				return Summary{}, err
			}
			break
		}
		if err := r.chunk(ctx, number, slots); err != nil {
			return Summary{}, fmt.Errorf("chunk %d: %w", number, err)
		}
	}
	if err := r.parts.join(r.names, out); err != nil {
		return Summary{}, err
	}
	if _, err := r.parts.tidy(r.names); err != nil {
		return Summary{}, err
	}
	return r.sum, nil
}

func newRun(o Options) (*run, error) {
	if o.Issuer == nil || o.Registry == nil || o.Job == "" || o.Parts == "" {
		return nil, errors.New("batch: issuer, registry, job and folder for parts are required")
	}
	if o.Chunk == 0 {
		o.Chunk = DefaultChunk
	}
	if o.Chunk < 1 || o.Chunk > registry.MaxLease {
		return nil, fmt.Errorf("batch: %d records a chunk, not 1 to %d", o.Chunk, registry.MaxLease)
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	parts, err := newPartStore(o.Parts, o.Job)
	if err != nil {
		return nil, err
	}
	return &run{Options: o, region: regionNumber(o.Issuer), parts: parts}, nil
}

// read reads the next chunk and drafts its credentials.
func (r *run) read(reader *record.Reader) (slots []*slot, err error) {
	for len(slots) < r.Chunk {
		s := &slot{}
		if err := draftNext(s, &issuer.Draft{}, reader, 0, r.Issuer, r.At); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		slots = append(slots, s)
	}
	return slots, nil
}

func (r *run) chunk(ctx context.Context, number uint32, slots []*slot) error {
	committed, err := r.Registry.Committed(ctx, r.Job, number)
	switch {
	case err == nil:
		return r.reuse(number, slots, committed)
	case !errors.Is(err, registry.ErrNotFound):
		return err
	}
	if err := r.lease(ctx, slots, func(s *slot, ref format.Ref) { s.issued.Ref = ref }); err != nil {
		return err
	}
	if err := r.sign(slots); err != nil {
		return err
	}
	content, err := appendSlots(nil, slots)
	if err != nil {
		return fmt.Errorf("batch: %w", err)
	}
	name, err := r.parts.write(number, content)
	if err != nil {
		return err
	}
	receipt, err := r.Registry.Commit(ctx, registry.Chunk{Job: r.Job, Number: number, Entries: entriesOf(slots, r.region)})
	if err != nil {
		return err
	}
	if receipt.AlreadyCommitted { // another process was faster
		return r.reuse(number, slots, receipt.Entries)
	}
	r.count(name, slots, 0)
	return nil
}

// reuse takes the part that an earlier run committed.
func (r *run) reuse(number uint32, slots []*slot, committed []registry.Entry) error {
	hashes := make(map[[sha256.Size]byte]bool, len(committed))
	for _, entry := range committed {
		hashes[entry.Hash] = true
	}
	name, lines, err := r.parts.find(number, hashes)
	if err != nil {
		return err
	}
	if !madeOf(lines, slots) {
		return ErrOtherRecords
	}
	r.count(name, slots, len(committed))
	return nil
}

// madeOf reports whether the lines are the codes of the slots' drafts: one each,
// in order. A job's name is only a name; without this a name used again would
// answer new records with the codes of old ones.
func madeOf(lines []readLine, slots []*slot) bool {
	n := 0
	for _, s := range slots {
		if s.err != nil {
			continue
		}
		if n == len(lines) || lines[n].said.Line != s.line || !s.draft.Matches(lines[n].data, lines[n].ref()) {
			return false
		}
		n++
	}
	return n == len(lines)
}

// atEnd refuses a job that has more chunks than the records given now.
func (r *run) atEnd(ctx context.Context, number uint32) error {
	_, err := r.Registry.Committed(ctx, r.Job, number)
	switch {
	case err == nil:
		return fmt.Errorf("chunk %d: %w", number, ErrOtherRecords)
	case errors.Is(err, registry.ErrNotFound):
		return nil
	}
	return err
}

func (r *run) count(name string, slots []*slot, reused int) {
	r.names = append(r.names, name)
	r.sum.Records += len(slots)
	r.sum.Reused += reused
	for _, s := range slots {
		if s.err == nil {
			r.sum.Issued++
			r.tellUnlisted(s)
			continue
		}
		r.sum.Refused++
		if r.Refused != nil {
			r.Refused(s.line, s.err)
		}
	}
	if r.Progress != nil {
		r.Progress(r.sum.Records)
	}
}

func (r *run) tellUnlisted(s *slot) {
	if r.Unlisted == nil {
		return
	}
	if numbers := r.Issuer.Unlisted(s.draft); len(numbers) != 0 {
		r.Unlisted(s.line, numbers)
	}
}

// lease takes a reference for every draft, from the pool of the month in which
// it expires.
func (r *run) lease(ctx context.Context, slots []*slot, give func(*slot, format.Ref)) error {
	byMonth := map[uint16][]*slot{}
	var months []uint16
	for _, s := range slots {
		if s.err != nil {
			continue
		}
		month := uint16(format.ListMonth(s.draft.Expires()))
		if byMonth[month] == nil {
			months = append(months, month)
		}
		byMonth[month] = append(byMonth[month], s)
	}
	for _, month := range months {
		members := byMonth[month]
		leased, err := r.Registry.Lease(ctx, registry.Pool{Region: r.region, Month: month}, len(members))
		if err != nil {
			return err
		}
		for n, s := range members {
			reference, ok := leased.At(n)
			if !ok {
				return fmt.Errorf("batch: lease of %d references has no number %d", leased.Len(), n)
			}
			give(s, format.Ref{List: reference.List, Index: reference.Index})
		}
	}
	return nil
}

// sign signs on all workers. Nothing of a chunk goes further whose signatures
// did not hold when some of them were verified.
func (r *run) sign(slots []*slot) error {
	var group sync.WaitGroup
	chunk := r.Issuer.Chunk()
	errs := make([]error, r.Workers)
	for w := range r.Workers {
		group.Go(func() {
			for n := w; n < len(slots) && errs[w] == nil; n += r.Workers {
				errs[w] = signSlot(chunk, slots[n])
			}
		})
	}
	group.Wait()
	return errors.Join(errors.Join(errs...), chunk.Release())
}

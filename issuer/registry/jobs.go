package registry

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
)

const (
	// MaxJobChunks is the largest number of chunks of a job.
	MaxJobChunks = 1 << 20
	// MaxNeeds is the largest number of months that a chunk's references are of.
	MaxNeeds = 64
)

var (
	// ErrJobUsed reports a plan under the name of a job that was planned with
	// another digest, or that has chunks which were committed without a plan.
	ErrJobUsed = errors.New("registry: name of the job was used for another job")
	// ErrClaimLost reports a claim that is no longer the worker's: it ran out and
	// another worker has the chunk, it was released, or the chunk is committed.
	ErrClaimLost = errors.New("registry: claim on the chunk is lost")
	// ErrPurged reports a pool or reference whose month was purged: nothing is
	// leased or committed there any more.
	ErrPurged = errors.New("registry: the month was purged")
)

// PlannedAsError reports a plan with the digest of a job that stands in the registry
// under another name: under this one too, its records would be issued a second time.
type PlannedAsError struct{ Name string }

// Error implements error.
func (e *PlannedAsError) Error() string { return "registry: planned as job " + e.Name }

// Job is bulk work that is planned before it is done.
type Job struct {
	// Name is as Chunk.Job. It carries no personal data.
	Name string
	// Digest is a keyed hash over everything that decides what the job issues:
	// its input, time, lifetime and size of chunks. The same name with another
	// digest is refused, and so is the same digest under another name.
	Digest [32]byte
	Region uint8  // GB/T 2260, 0 to 99
	At     int64  // iat of every credential: seconds since 1970 UTC, 0 to 2^32-1
	Chunks uint32 // 1 to MaxJobChunks, numbered from 0
	// Records counts the records of the input, also those that will be refused:
	// at least the references that its chunks need.
	Records uint64
}

// Need is how many references a chunk wants of the job's region and a month.
type Need struct {
	Month uint16 // months since January 2020 at UTC+8, as Pool.Month
	Count int    // 1 to MaxChunk
}

// PlannedChunk is a part of a job's input and the references that its records
// need.
type PlannedChunk struct {
	Number uint32
	// Offset and Length are the bytes of the part in the input.
	Offset, Length int64
	// FirstLine and Lines are its lines, the first of the input being 1.
	FirstLine, Lines int
	// Needs are 0 to MaxNeeds, by month ascending, MaxChunk references in all.
	Needs []Need
}

// References returns how many references the chunk needs, of all months.
func (c PlannedChunk) References() (n int) {
	for _, need := range c.Needs {
		n += need.Count
	}
	return n
}

// Leased is references that were leased for a chunk, of one month. A need that
// the end of a bank falls into has one for each side.
type Leased struct {
	Month uint16
	Range Range
}

// JobState is a job and how far it is.
type JobState struct {
	Job
	Committed uint32 // chunks committed
	Issued    uint64 // entries committed
	PlannedAt int64  // seconds since 1970 UTC
}

// Jobs keeps what is planned: which part of the input is which chunk, and which
// references are its. A chunk is committed as any other (Registry.Commit), its
// number being below Job.Chunks; a higher one is ErrInvalid.
type Jobs interface {
	// PlanJob records a job and leases what its chunks need, in one transaction,
	// or does nothing. The chunks come by number from 0 without gaps, their parts
	// of the input ascending; an error among them ends it and is returned. at is
	// the time of planning. The same name and digest again changes nothing and
	// planned is false: of two planners at once one plans, and both may go on.
	// Of planners of one digest under several names one plans, too: the others get
	// a *PlannedAsError with its name. Errors are that, ErrJobUsed, ErrFull and
	// ErrPurged.
	PlanJob(ctx context.Context, job Job, chunks iter.Seq2[PlannedChunk, error], at int64) (planned bool, err error)
	// JobState returns a job as it was planned and how far it is, or ErrNotFound.
	JobState(ctx context.Context, name string) (JobState, error)
	// PlannedChunk returns a chunk as it was planned and its references, the
	// months ascending and within each as they were leased, or ErrNotFound.
	PlannedChunk(ctx context.Context, name string, number uint32) (PlannedChunk, []Leased, error)
}

// JobLister goes through jobs and what is left of them.
type JobLister interface {
	// Jobs goes through all jobs that were planned, by name. It ends after the
	// first error.
	Jobs(ctx context.Context) iter.Seq2[JobState, error]
	// Open returns the numbers of up to limit (1 to MaxJobChunks) chunks that are
	// planned and not committed, ascending, above the number after; -1 is from the
	// start. A job that was not planned is ErrNotFound.
	Open(ctx context.Context, name string, after int64, limit int) ([]uint32, error)
}

// Claims is the queue of those who work without another one: a claim on a chunk
// ends at a time that its worker puts off as long as it lives, so that the chunk
// of a dead one is taken over. It keeps two workers from doing the same work and
// no more: that a chunk is committed once does not depend on it. Times are
// milliseconds since 1970 UTC, of one clock or of clocks that agree to well
// below the length of a claim.
type Claims interface {
	// Claim takes the first chunk that is planned, not committed, and without a
	// claim that runs beyond now, until a time behind now. ok is false where there
	// is none: either all are committed or others work on the rest. A job that was
	// not planned is ErrNotFound. worker is as CheckName says.
	Claim(ctx context.Context, job, worker string, now, until int64) (number uint32, ok bool, err error)
	// Extend puts the end of a claim off, or returns ErrClaimLost. A claim that ran
	// out and that nobody took over is extended.
	Extend(ctx context.Context, job string, number uint32, worker string, until int64) error
	// Release gives a chunk back. Where the claim is no longer the worker's it does
	// nothing: a commit has ended it.
	Release(ctx context.Context, job string, number uint32, worker string) error
}

// CheckPlan returns ErrInvalid for a job that is out of bounds.
func CheckPlan(job Job, at int64) error {
	if err := CheckJob(job.Name); err != nil {
		return err
	}
	switch {
	case job.Region > 99:
		return fmt.Errorf("%w: region %d, want 0 to 99", ErrInvalid, job.Region)
	case job.Digest == [32]byte{}:
		return fmt.Errorf("%w: job without a digest", ErrInvalid)
	case job.Chunks < 1 || job.Chunks > MaxJobChunks:
		return fmt.Errorf("%w: job of %d chunks, want 1 to %d", ErrInvalid, job.Chunks, MaxJobChunks)
	case job.Records > uint64(job.Chunks)*MaxChunk:
		return fmt.Errorf("%w: %d records in %d chunks", ErrInvalid, job.Records, job.Chunks)
	case CheckTime(job.At) != nil:
		return CheckTime(job.At)
	}
	return CheckTime(at)
}

// CheckTime returns ErrInvalid for seconds that are not 0 to 2^32-1.
func CheckTime(seconds int64) error {
	if seconds < 0 || seconds > math.MaxUint32 {
		return fmt.Errorf("%w: time %d, want 0 to 2^32-1 seconds since 1970", ErrInvalid, seconds)
	}
	return nil
}

// CheckPlannedChunk returns ErrInvalid for a chunk that is out of bounds.
func CheckPlannedChunk(c PlannedChunk) error {
	const most = math.MaxInt64 / 2 // so that no end overflows
	if c.Offset < 0 || c.Offset > most || c.Length < 0 || c.Length > most {
		return fmt.Errorf("%w: chunk %d of %d bytes from %d on", ErrInvalid, c.Number, c.Length, c.Offset)
	}
	if c.FirstLine < 1 || c.Lines < 0 || c.FirstLine > most || c.Lines > most {
		return fmt.Errorf("%w: chunk %d of %d lines from %d on", ErrInvalid, c.Number, c.Lines, c.FirstLine)
	}
	if len(c.Needs) > MaxNeeds {
		return fmt.Errorf("%w: chunk %d needs references of %d months, want at most %d", ErrInvalid, c.Number, len(c.Needs), MaxNeeds)
	}
	for i, need := range c.Needs {
		if need.Count < 1 || need.Count > MaxChunk || i > 0 && need.Month <= c.Needs[i-1].Month {
			return fmt.Errorf("%w: chunk %d needs %d references of month %d", ErrInvalid, c.Number, need.Count, need.Month)
		}
	}
	if n := c.References(); n > MaxChunk {
		return fmt.Errorf("%w: chunk %d needs %d references, want at most %d", ErrInvalid, c.Number, n, MaxChunk)
	}
	return nil
}

// CollectPlan checks the chunks of a plan one by one and returns all of them: an
// implementation does it before it locks anything, for the sequence may read a
// file of gigabytes. It returns ErrInvalid for chunks out of bounds, gaps in their
// numbers, parts of the input that overlap, another number of chunks than the
// job's, and more references than it has records.
func CollectPlan(job Job, chunks iter.Seq2[PlannedChunk, error]) ([]PlannedChunk, error) {
	var plan []PlannedChunk
	var offset int64
	var line int
	var needed uint64
	for c, err := range chunks {
		if err != nil {
			return nil, err
		}
		if err := CheckPlannedChunk(c); err != nil {
			return nil, err
		}
		if uint64(c.Number) != uint64(len(plan)) || c.Number >= job.Chunks {
			return nil, fmt.Errorf("%w: chunk %d comes as number %d of %d", ErrInvalid, c.Number, len(plan), job.Chunks)
		}
		if c.Offset < offset || c.FirstLine < line {
			return nil, fmt.Errorf("%w: chunk %d begins before the end of the one before it", ErrInvalid, c.Number)
		}
		offset, line = c.Offset+c.Length, c.FirstLine+c.Lines
		needed += uint64(c.References())
		plan = append(plan, c)
	}
	if uint64(len(plan)) != uint64(job.Chunks) || needed > job.Records {
		return nil, fmt.Errorf("%w: %d chunks that need %d references, in a job of %d chunks and %d records",
			ErrInvalid, len(plan), needed, job.Chunks, job.Records)
	}
	return plan, nil
}

// CheckClaim returns ErrInvalid for arguments of Claims that are out of bounds.
func CheckClaim(job, worker string, now, until int64) error {
	if err := CheckJob(job); err != nil {
		return err
	}
	if err := CheckName("worker", worker); err != nil {
		return err
	}
	const most = math.MaxUint32 * 1000
	if now < 0 || until <= now || until > most {
		return fmt.Errorf("%w: claim from %d until %d milliseconds since 1970", ErrInvalid, now, until)
	}
	return nil
}

// CheckOpen returns ErrInvalid for arguments of JobLister.Open that are out of
// bounds.
func CheckOpen(name string, after int64, limit int) error {
	if after < -1 || after > math.MaxUint32 || limit < 1 || limit > MaxJobChunks {
		return fmt.Errorf("%w: %d chunks above %d", ErrInvalid, limit, after)
	}
	return CheckJob(name)
}

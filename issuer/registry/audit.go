package registry

import (
	"context"
	"fmt"
)

// AuditReport counts what an audit went through.
type AuditReport struct {
	Banks   int
	Leased  uint64 // references handed out
	Issued  uint64 // entries committed, also those purged since
	Jobs    int
	Open    int // jobs with chunks that are not committed
	Events  uint64
	Journal uint64 // records
	// Unchecked counts the entries that an older program wrote without a checksum.
	Unchecked uint64
}

// EntryChecker holds entries to the checksums that they were written with.
type EntryChecker interface {
	// CheckEntries reads all entries and returns how many have no checksum, because a
	// program wrote them that made none. It returns a *DamagedChunkError for the first
	// that are not what was written.
	CheckEntries(ctx context.Context) (unchecked uint64, err error)
}

// DamagedChunkError reports entries of a chunk that are not what was committed.
// errors.Is finds ErrDamaged in it.
type DamagedChunkError struct {
	Job    string // "" where the entries say of no chunk that they are its
	Number uint32
}

// Error implements error.
func (e *DamagedChunkError) Error() string {
	return fmt.Sprintf("%v: the entries of chunk %d of job %q are not what was written", ErrDamaged, e.Number, e.Job)
}

// Unwrap returns ErrDamaged.
func (e *DamagedChunkError) Unwrap() error { return ErrDamaged }

// Audit goes through what a registry says of itself and holds it together: the
// events and the journal to their chains of hashes, counters to what their banks
// have, jobs to their chunks, and entries to their checksums. It returns ErrDamaged
// for what contradicts itself, a *DamagedChunkError where a chunk is to be named. What
// is written meanwhile may be counted or not.
func Audit(ctx context.Context, store Store) (report AuditReport, err error) {
	for _, part := range [...]func(context.Context, Store, *AuditReport) error{auditBanks, auditJobs, auditEvents, auditJournal, auditEntries} {
		if err := part(ctx, store, &report); err != nil {
			return AuditReport{}, err
		}
	}
	return report, nil
}

func auditBanks(ctx context.Context, store Store, report *AuditReport) error {
	banks, err := store.Banks(ctx)
	if err != nil {
		return err
	}
	if _, err := CheckRaise(nil, banks); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	for _, b := range banks {
		if b.Issued > b.Leased {
			return fmt.Errorf("%w: %d entries of %d references in region %02d, month %d", ErrDamaged, b.Issued, b.Leased, b.Pool.Region, b.Pool.Month)
		}
		report.Banks++
		report.Leased += b.Leased
		report.Issued += b.Issued
	}
	return nil
}

func auditJobs(ctx context.Context, store Store, report *AuditReport) error {
	for job, err := range store.Jobs(ctx) {
		if err != nil {
			return err
		}
		report.Jobs++
		open, err := store.Open(ctx, job.Name, -1, MaxJobChunks)
		if err != nil {
			return err
		}
		// Others may commit between the two look-ups, never the other way.
		if uint64(len(open))+uint64(job.Committed) > uint64(job.Chunks) {
			return fmt.Errorf("%w: job %s has %d chunks, %d committed and %d open", ErrDamaged, job.Name, job.Chunks, job.Committed, len(open))
		}
		if len(open) > 0 {
			report.Open++
		}
	}
	return nil
}

func auditEvents(ctx context.Context, store Store, report *AuditReport) error {
	end, err := store.Mark(ctx)
	if err != nil {
		return err
	}
	var mark Mark
	for event, err := range store.Events(ctx, 0) {
		if err != nil {
			return err
		}
		if event.Sequence > end.Sequence {
			break // recorded since
		}
		if mark, err = mark.Next(event); err != nil {
			return err
		}
	}
	if mark != end {
		return fmt.Errorf("%w: the events up to %d do not lead to their mark", ErrDamaged, end.Sequence)
	}
	report.Events = end.Sequence
	return nil
}

func auditEntries(ctx context.Context, store Store, report *AuditReport) (err error) {
	report.Unchecked, err = store.CheckEntries(ctx)
	return err
}

func auditJournal(ctx context.Context, store Store, report *AuditReport) error {
	end, err := store.JournalHead(ctx)
	if err != nil {
		return err
	}
	var head JournalHead
	for record, err := range store.Records(ctx, 0) {
		if err != nil {
			return err
		}
		if record.Sequence > end.Sequence {
			break // appended since
		}
		if head, err = head.Follow(record); err != nil {
			return err
		}
	}
	if head != end {
		return fmt.Errorf("%w: the records up to %d do not lead to the journal's end", ErrDamaged, end.Sequence)
	}
	report.Journal = end.Sequence
	return nil
}

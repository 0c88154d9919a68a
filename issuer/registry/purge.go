package registry

import (
	"context"
	"time"
)

// PurgeReport counts what a purge deleted.
type PurgeReport struct {
	// Banks are those whose months were purged, now or before: their counters
	// stay.
	Banks int
	// Entries and Requests are of the purged months, Answers those to them.
	Entries, Requests, Answers uint64
	// Jobs are those planned that had references of purged months alone, Chunks
	// theirs and, of jobs that were not planned, those without an entry left.
	Jobs, Chunks uint64
}

// Purger deletes what retention rules let nobody keep.
type Purger interface {
	// Purge deletes entries, requests, answers, chunks and jobs of the months that
	// ended before a time (seconds since 1970 UTC): whole months of expiry, never
	// a part of one. A purged reference is never handed out again: counters stay,
	// and Lease and Commit in a purged month are ErrPurged. Events, the journal and
	// proposals stay. It works in many small transactions, so that others can
	// write meanwhile; one that was cut short is completed by the next.
	Purge(ctx context.Context, before int64) (PurgeReport, error)
}

// PurgedMonths returns how many months from January 2020 on are over at a time:
// month m (Pool.Month) is over when m is below it.
func PurgedMonths(before int64) uint16 { return MonthOf(before) }

// MonthOf returns the month, at UTC+8 and from January 2020 on, that a time
// (seconds since 1970 UTC) is in; 0 also for an earlier one.
func MonthOf(at int64) uint16 {
	t := time.Unix(at, 0).In(time.FixedZone("UTC+8", 8*3600))
	return uint16(max(0, (t.Year()-2020)*12+int(t.Month())-1))
}

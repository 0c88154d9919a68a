package batch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/registry"
)

// slots reads and drafts a chunk and gives its drafts their references.
func (w *Worker) slots(ctx context.Context, job *openJob, number uint32, iss *issuer.Issuer, desk *desk) ([]*slot, error) {
	planned, leased, err := w.Registry.PlannedChunk(ctx, job.Name, number)
	if err != nil {
		return nil, err
	}
	desk.data = slices.Grow(desk.data[:0], int(planned.Length))
	data := desk.data[:planned.Length]
	if n, err := job.input.ReadAt(data, planned.Offset); n < len(data) {
		return nil, fmt.Errorf("%w: %w", ErrInputChanged, err)
	}
	if w.Key.pieceHash(data) != job.plan.Pieces[number] {
		return nil, ErrInputChanged
	}
	slots, err := desk.draftAll(data, planned.FirstLine, iss, time.Unix(job.At, 0))
	if err != nil {
		return nil, err
	}
	if !slices.Equal(needsOf(slots), planned.Needs) {
		if refused := notAllowed(slots); refused != nil {
			return nil, fmt.Errorf("%w: %w", ErrMayNotSign, refused)
		}
		return nil, fmt.Errorf("%w: with the keys and tables at hand it wants other references", ErrInputChanged)
	}
	return slots, give(slots, leased)
}

// ofTrust are the refusals for what is not the record's, but the trust material's.
var ofTrust = []issuer.Refusal{issuer.RefusedNoKey, issuer.RefusedProgrammeEnded, issuer.RefusedRuleNotPublished}

// notAllowed returns the first refusal of ofTrust.
func notAllowed(slots []*slot) error {
	for _, s := range slots {
		var refusal *issuer.RefusalError
		if errors.As(s.err, &refusal) && slices.Contains(ofTrust, refusal.Refusal) {
			return refusal
		}
	}
	return nil
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

package batch

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
)

// slot is one record on its way.
type slot struct {
	line   int
	draft  *issuer.Draft
	err    error
	issued issuer.Issued
}

// regionNumber returns the GB/T 2260 number of the issuer's region.
func regionNumber(iss *issuer.Issuer) uint8 {
	code := iss.Region()
	return (code[0]-'0')*10 + code[1] - '0'
}

// draftNext reads the reader's next record into s and drafts it in draft, or
// returns io.EOF.
func draftNext(s *slot, draft *issuer.Draft, reader *record.Reader, base int, iss *issuer.Issuer, at time.Time) error {
	rec, err := reader.Next()
	*s = slot{line: base + reader.Line()}
	var bad *record.LineError
	switch {
	case err == nil:
		if s.err = iss.DraftTo(draft, rec, at); s.err == nil {
			s.draft = draft
		}
	case errors.Is(err, record.ErrLineTooLong) && errors.As(err, &bad):
		return &record.LineError{Line: base + bad.Line, Err: bad.Err}
	case errors.As(err, &bad):
		s.err = issuer.Faulty(bad.Err)
	default:
		return err
	}
	return nil
}

// needsOf counts the references that drafts want of each month.
func needsOf(slots []*slot) []registry.Need {
	var needs []registry.Need
	for _, s := range slots {
		if s.err != nil {
			continue
		}
		month := uint16(format.ListMonth(s.draft.Expires()))
		at, found := slices.BinarySearchFunc(needs, month, func(n registry.Need, month uint16) int { return int(n.Month) - int(month) })
		if !found {
			needs = slices.Insert(needs, at, registry.Need{Month: month})
		}
		needs[at].Count++
	}
	return needs
}

// signSlot signs one draft. A record that turns out unfit keeps its refusal; a
// signer that fails is an error.
func signSlot(chunk *issuer.Chunk, s *slot) error {
	if s.err != nil {
		return nil
	}
	issued, err := chunk.Sign(s.draft, s.issued.Ref)
	var refusal *issuer.RefusalError
	if errors.As(err, &refusal) {
		s.err = err
		return nil
	}
	if err != nil {
		return fmt.Errorf("line %d: %w", s.line, err)
	}
	s.issued = issued
	return nil
}

// entriesOf are what the registry keeps of the slots that are signed.
func entriesOf(slots []*slot, region uint8) []registry.Entry {
	entries := make([]registry.Entry, 0, len(slots))
	for _, s := range slots {
		if s.err != nil {
			continue
		}
		entries = append(entries, registry.Entry{
			Reference: registry.Reference{Region: region, List: s.issued.Ref.List, Index: s.issued.Ref.Index},
			KeyID:     s.issued.KeyID,
			Hash:      sha256.Sum256(s.issued.Data),
			IssuedAt:  s.issued.IssuedAt,
			ExpiresAt: s.issued.ExpiresAt,
			State:     registry.Issued,
		})
	}
	return entries
}

package batch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/transport"
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
	code   string
}

// regionNumber returns the GB/T 2260 number of the issuer's region.
func regionNumber(iss *issuer.Issuer) uint8 {
	code := iss.Region()
	return (code[0]-'0')*10 + code[1] - '0'
}

// draftNext appends the reader's next record to slots, or returns io.EOF.
func draftNext(slots []*slot, reader *record.Reader, base int, iss *issuer.Issuer, at time.Time) ([]*slot, error) {
	rec, err := reader.Read()
	s := &slot{line: base + reader.Line()}
	var bad *record.LineError
	switch {
	case errors.Is(err, record.ErrLineTooLong) && errors.As(err, &bad):
		return slots, &record.LineError{Line: base + bad.Line, Err: bad.Err}
	case err != nil && !errors.As(err, &bad):
		return slots, err
	case err != nil:
		s.err = issuer.Faulty(bad.Err)
	default:
		s.draft, s.err = iss.Draft(rec, at)
	}
	return append(slots, s), nil
}

// draftAll drafts every record of a piece of the input that begins at line first.
func draftAll(data []byte, first int, iss *issuer.Issuer, at time.Time) ([]*slot, error) {
	reader := record.NewReader(bytes.NewReader(data))
	var slots []*slot
	for {
		var err error
		if slots, err = draftNext(slots, reader, first-1, iss, at); errors.Is(err, io.EOF) {
			return slots, nil
		} else if err != nil {
			return nil, err
		}
	}
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
	s.issued, s.code = issued, transport.Encode(issued.Data)
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

func keyText(id [4]byte) string { return hex.EncodeToString(id[:]) }

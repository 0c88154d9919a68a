// Package packed states how a registry's entries and events stand in the tables
// of a database, whichever it is, and what follows from what is read there.
// Packages sqlite and postgres share it; each has its own statements.
//
// A credential is not a row but 45 bytes in the segment of those with consecutive
// counters: rows with a random key of their own cost ten times the writing and
// twice the room. Where it stands is its Position; its reference is not stored,
// the bank makes it from the counter.
//
//	position  bank x 2^32 + counter
//	segment   entries: state 1, key id 4, iat 4, exp 4, hash 32; again and again
//	          requests: 16 each, or nothing where no entry has one
//	          checksum: CRC-32C, or nothing from before there was one
//	event row positions: 8 each; successors: 8 each, or nothing
//
// Numbers are big endian.
package packed

import (
	"encoding/binary"
	"fmt"
	"iter"

	"github.com/tongxing/tongxing/issuer/registry"
)

const (
	// EntrySize is the length of an entry: state 1, key id 4, iat 4, exp 4,
	// hash 32. Its reference is its position.
	EntrySize = 1 + 4 + 4 + 4 + 32
	// RequestSize is the length of a request key.
	RequestSize = 16
)

func appendEntry(to []byte, e *registry.Entry) []byte {
	to = append(to, byte(e.State))
	to = append(to, e.KeyID[:]...)
	to = binary.BigEndian.AppendUint32(to, uint32(e.IssuedAt))
	to = binary.BigEndian.AppendUint32(to, uint32(e.ExpiresAt))
	return append(to, e.Hash[:]...)
}

// DecodeEntry reads an entry of exactly EntrySize bytes and its request key,
// RequestSize bytes or none. It has no reference yet. The error is
// registry.ErrDamaged.
func DecodeEntry(data, request []byte) (e registry.Entry, err error) {
	if len(data) != EntrySize || len(request) != 0 && len(request) != RequestSize {
		return registry.Entry{}, fmt.Errorf("%w: entry of %d and %d bytes", registry.ErrDamaged, len(data), len(request))
	}
	e.State = registry.State(data[0])
	copy(e.KeyID[:], data[1:])
	e.IssuedAt = int64(binary.BigEndian.Uint32(data[5:]))
	e.ExpiresAt = int64(binary.BigEndian.Uint32(data[9:]))
	copy(e.Hash[:], data[13:])
	copy(e.Request[:], request)
	return e, nil
}

// Position is where an entry stands: bank x 2^32 + counter. 0 is none: the ids of
// banks begin at 1.
type Position int64

// PositionOf returns the position of a counter of the bank with an id.
func PositionOf(bank int64, counter uint64) Position { return Position(bank<<32 | int64(counter)) }

// Bank returns the id of the bank.
func (p Position) Bank() int64 { return int64(p) >> 32 }

// Counter returns the counter within the bank.
func (p Position) Counter() uint64 { return uint64(uint32(p)) }

// Segment is entries with consecutive positions.
type Segment struct {
	At                Position
	Entries, Requests []byte // Requests is nil when no entry has one
}

// Len returns the number of entries.
func (s Segment) Len() int { return len(s.Entries) / EntrySize }

// RequestKeys goes through the request keys of those entries that have one.
func (s Segment) RequestKeys() iter.Seq[registry.RequestKey] {
	return func(yield func(registry.RequestKey) bool) {
		for rest := s.Requests; len(rest) >= RequestSize; rest = rest[RequestSize:] {
			if key := registry.RequestKey(rest[:RequestSize]); key != (registry.RequestKey{}) && !yield(key) {
				return
			}
		}
	}
}

// AppendTo adds the segment's entries, each with the reference of its position.
// The error is registry.ErrDamaged.
func (s Segment) AppendTo(entries []registry.Entry, bank *registry.Bank) ([]registry.Entry, error) {
	n := s.Len()
	if len(s.Entries) != n*EntrySize || s.Requests != nil && len(s.Requests) != n*RequestSize {
		return nil, fmt.Errorf("%w: segment of %d and %d bytes", registry.ErrDamaged, len(s.Entries), len(s.Requests))
	}
	for i := range n {
		var request []byte
		if s.Requests != nil {
			request = s.Requests[i*RequestSize : (i+1)*RequestSize]
		}
		entry, err := DecodeEntry(s.Entries[i*EntrySize:(i+1)*EntrySize], request)
		if err != nil {
			return nil, err
		}
		if entry.Reference, err = ReferenceAt(bank, s.At+Position(i)); err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

// EntriesOf returns the entries of segments, in their order; none is the empty list.
// bank gives the bank of an id. Errors are those of it and of [Segment.AppendTo].
func EntriesOf(segments []Segment, bank func(id int64) (*registry.Bank, error)) ([]registry.Entry, error) {
	entries := []registry.Entry{}
	for _, s := range segments {
		b, err := bank(s.At.Bank())
		if err != nil {
			return nil, err
		}
		if entries, err = s.AppendTo(entries, b); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// ReferenceAt returns the reference of a position in its bank, or
// registry.ErrDamaged.
func ReferenceAt(bank *registry.Bank, at Position) (registry.Reference, error) {
	reference, ok := bank.Reference(at.Counter())
	if !ok {
		return registry.Reference{}, fmt.Errorf("%w: position %d is beyond its bank", registry.ErrDamaged, at)
	}
	return reference, nil
}

// Segments returns entries, which stand by position, as one segment for each run
// of consecutive positions.
func Segments(rows []Placed) []Segment {
	var segments []Segment
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].At == rows[n-1].At+1 {
			n++
		}
		segments = append(segments, pack(rows[:n]))
		rows = rows[n:]
	}
	return segments
}

func pack(rows []Placed) Segment {
	s := Segment{At: rows[0].At, Entries: make([]byte, 0, len(rows)*EntrySize)}
	for i, row := range rows {
		s.Entries = appendEntry(s.Entries, row.Entry)
		if row.Entry.Request != (registry.RequestKey{}) {
			if s.Requests == nil {
				s.Requests = make([]byte, len(rows)*RequestSize)
			}
			copy(s.Requests[i*RequestSize:], row.Entry.Request[:])
		}
	}
	return s
}

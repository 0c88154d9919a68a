package registry

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"github.com/tongxing/tongxing/format/status"
)

// MaxNamed is the largest number of references that an error names.
const MaxNamed = 100

// ErrOrderUsed reports an order whose key was recorded with another content.
var ErrOrderUsed = errors.New("registry: order key was used for another order")

// UnknownReferencesError reports an order on credentials, or to successors, that
// were never committed. errors.Is finds ErrNotFound in it.
type UnknownReferencesError struct {
	References []Reference // the first MaxNamed of them, as they stand in the order
	Total      int
}

// Error implements error.
func (e *UnknownReferencesError) Error() string {
	return fmt.Sprintf("registry: %d references of the order are not in the registry, the first is %v", e.Total, e.References[0])
}

// Unwrap returns ErrNotFound.
func (e *UnknownReferencesError) Unwrap() error { return ErrNotFound }

// Standing is a credential and what has become of it.
type Standing struct {
	Reference Reference
	State     status.State
}

// TransitionError reports an order on credentials whose state does not allow its
// action: revoked and superseded are final.
type TransitionError struct {
	Action    Action
	Standings []Standing // the first MaxNamed of them, as they stand in the order
	Total     int
}

// Error implements error.
func (e *TransitionError) Error() string {
	return fmt.Sprintf("registry: to %s is not possible for %d references of the order, the first is %v, %s",
		e.Action, e.Total, e.Standings[0].Reference, e.Standings[0].State)
}

// OrderReceipt tells what an order did.
type OrderReceipt struct {
	// Changed is how many credentials the order brought into another state,
	// Already how many were in it before and have no event.
	Changed, Already int
	// FirstEvent and LastEvent are the sequence numbers of its events; 0 when
	// nothing changed.
	FirstEvent, LastEvent uint64
	// Repeated is true when the order was recorded before and nothing was done.
	// What it did then is said in the other fields.
	Repeated bool
}

// Event is what one order did to one credential.
type Event struct {
	// Sequence counts the events of the registry from 1 on, without gaps.
	Sequence     uint64
	Order        OrderKey
	Action       Action
	Reason       uint16 // may be one that only a newer program knows
	At           int64  // seconds since 1970 UTC
	Reference    Reference
	Successor    Reference
	HasSuccessor bool
}

// Mark is a point in a registry's events: their number and a hash chain over
// them. A registry that does not hold a mark which it gave out before is an older
// copy of itself, or has been changed.
type Mark struct {
	Sequence uint64
	Hash     [32]byte
}

// Next returns the mark behind the event that follows m, or ErrDamaged for one
// that does not follow:
//
//	hash = SHA-256("tongxing/registry/event/1", hash before, sequence 8, order 16, action 1,
//	  reason 2, at 8, reference 9, whether there is a successor 1, successor 9 (or zeros))
//
// Numbers are big endian; a reference is region 1, list 4, index 4.
func (m Mark) Next(e Event) (Mark, error) {
	if e.Sequence != m.Sequence+1 {
		return Mark{}, fmt.Errorf("%w: event %d follows event %d", ErrDamaged, e.Sequence, m.Sequence)
	}
	var space [128]byte
	data := append(space[:0], "tongxing/registry/event/1"...)
	data = append(data, m.Hash[:]...)
	data = binary.BigEndian.AppendUint64(data, e.Sequence)
	data = append(data, e.Order[:]...)
	data = append(data, byte(e.Action))
	data = binary.BigEndian.AppendUint16(data, e.Reason)
	data = binary.BigEndian.AppendUint64(data, uint64(e.At))
	data = appendReference(data, e.Reference)
	data = append(data, flag(e.HasSuccessor))
	data = appendReference(data, e.Successor)
	return Mark{Sequence: e.Sequence, Hash: sha256.Sum256(data)}, nil
}

// BankCount counts the references of a bank: all lists in which a credential of
// the region can be, also those in which nothing has been revoked.
type BankCount struct {
	Geometry
	Leased uint64 // references handed out
	Issued uint64 // entries committed
}

// Orders is what changes the state of credentials. As with Registry, an error
// means that nothing was changed, and nil that the change is on stable storage.
type Orders interface {
	// Record does what an order says, all of it or nothing. The same order
	// again changes nothing and returns what it did the first time. A
	// credential that is in the action's state already is left as it is; to be
	// superseded again by another successor is not that. Errors are ErrInvalid,
	// ErrOrderUsed, *UnknownReferencesError and *TransitionError.
	Record(ctx context.Context, order Order) (OrderReceipt, error)
	// Preview says what Record would return at this moment and changes nothing.
	// An order that is not recorded yet has no numbers of events.
	Preview(ctx context.Context, order Order) (OrderReceipt, error)
	// State returns the state of a credential and its newest event, the zero
	// Event when there is none, or ErrNotFound when it was not committed.
	State(ctx context.Context, reference Reference) (status.State, Event, error)
}

// History is what status lists are made from.
type History interface {
	// Banks returns every bank that is open, by region, month and first shard.
	Banks(ctx context.Context) ([]BankCount, error)
	// Events goes through the events of all regions above a sequence number,
	// ascending, those of one order bank by bank in the order in which its
	// references were leased. Events that are recorded meanwhile are seen; who
	// wants those of a moment takes Mark before and ends at its Sequence. It
	// ends after the first error.
	Events(ctx context.Context, after uint64) iter.Seq2[Event, error]
	// Mark returns the mark behind the newest event, the zero Mark when there
	// is none.
	Mark(ctx context.Context) (Mark, error)
	// Holds reports whether the mark is one that Mark returned after some
	// order, or the zero Mark.
	Holds(ctx context.Context, mark Mark) (bool, error)
}

// StateKeeper is a Registry that remembers what has become of each credential.
// Every implementation in this module is one.
type StateKeeper interface {
	Registry
	Orders
	History
}

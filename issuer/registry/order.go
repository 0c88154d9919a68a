package registry

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/spec"
)

// MaxOrder is the largest number of references in one order: as many as one
// transaction writes in about a second, for which every other writer waits. A
// longer file is several orders; Preview tells beforehand whether all of them
// will be taken.
const MaxOrder = 1 << 16

// Action is what an order does to a credential. Nothing is ever deleted: an undo
// is a new event. Numbers are stored and never reused.
type Action uint8

// The actions and the states from which they lead to which.
const (
	Revoke    Action = 1 // active or suspended -> revoked, for good
	Supersede Action = 2 // active or suspended -> superseded, for good
	Suspend   Action = 3 // active -> suspended
	Resume    Action = 4 // suspended -> active
)

var actions = [...]struct {
	name   string
	target status.State
}{
	Revoke:    {"revoke", status.Revoked},
	Supersede: {"supersede", status.Superseded},
	Suspend:   {"suspend", status.Suspended},
	Resume:    {"resume", status.Active},
}

// known reports whether a is one of the four.
func (a Action) known() bool { return a >= Revoke && a <= Resume }

// String returns the name of the action, as revocation_reasons.csv writes it.
func (a Action) String() string {
	if a.known() {
		return actions[a].name
	}
	return fmt.Sprintf("action%d", uint8(a))
}

// Target returns the state that the action leads to; ok is false for a number
// that is no action.
func (a Action) Target() (state status.State, ok bool) {
	if !a.known() {
		return status.Active, false
	}
	return actions[a].target, true
}

// Leads reports whether the action is possible on a credential in the given
// state and changes it. Where the credential is in the action's state already,
// possible is true and changes false.
func (a Action) Leads(from status.State) (changes, possible bool) {
	to, ok := a.Target()
	switch {
	case !ok:
		return false, false
	case from == to:
		return false, true
	case from == status.Active, from == status.Suspended:
		return true, true
	}
	return false, false
}

// OrderKey is the identity of an order. It is best derived from what was ordered
// and by whom (a keyed hash of the file of references, say), so that an order
// repeated after a crash is the same one.
type OrderKey [16]byte

// Order is one act on many credentials, by reference and by nothing else: no
// area, no name, no query can be ordered about.
type Order struct {
	// Key is not zero. The same key with the same content is the same order
	// again; with another content it is refused.
	Key    OrderKey
	Action Action
	// Reason is a number of spec/codes/revocation_reasons.csv that allows the
	// action.
	Reason uint16
	// At is the time of the order, seconds since 1970 UTC, 0 to 2^32-1. It is
	// not part of the content: that of the first recording stays.
	At int64
	// References are 1 to MaxOrder of one or more regions, none twice. Their
	// order is not part of the content.
	References []Reference
	// Successors are for Supersede alone: none, or for each reference the
	// credential that took its place, not itself.
	Successors []Reference
}

// CheckOrder returns ErrInvalid for an order that is out of bounds. It does not
// know which references are committed.
func CheckOrder(o Order) error {
	if err := checkAct(o); err != nil {
		return err
	}
	if len(o.References) < 1 || len(o.References) > MaxOrder {
		return fmt.Errorf("%w: order on %d references, want 1 to %d", ErrInvalid, len(o.References), MaxOrder)
	}
	if len(o.Successors) != 0 && (o.Action != Supersede || len(o.Successors) != len(o.References)) {
		return fmt.Errorf("%w: %d successors to %s %d references", ErrInvalid, len(o.Successors), o.Action, len(o.References))
	}
	seen := make(map[Reference]bool, len(o.References))
	for i, reference := range o.References {
		switch {
		case CheckPool(reference.Pool()) != nil:
			return fmt.Errorf("reference %d: %w", i, CheckPool(reference.Pool()))
		case seen[reference]:
			return fmt.Errorf("%w: reference %d, %v, is twice in the order", ErrInvalid, i, reference)
		case len(o.Successors) != 0 && o.Successors[i] == reference:
			return fmt.Errorf("%w: reference %d, %v, would succeed itself", ErrInvalid, i, reference)
		}
		seen[reference] = true
	}
	for i, reference := range o.Successors {
		if err := CheckPool(reference.Pool()); err != nil {
			return fmt.Errorf("successor %d: %w", i, err)
		}
	}
	return nil
}

// checkAct checks what an order says beside its references.
func checkAct(o Order) error {
	reason, known := spec.RevocationReasonByNumber(o.Reason)
	switch {
	case o.Key == OrderKey{}:
		return fmt.Errorf("%w: order without a key", ErrInvalid)
	case !o.Action.known():
		return fmt.Errorf("%w: action %d", ErrInvalid, o.Action)
	case !known:
		return fmt.Errorf("%w: reason %d is not in the table", ErrInvalid, o.Reason)
	case !reason.Allows(o.Action.String()):
		return fmt.Errorf("%w: %s (%d) is no reason to %s", ErrInvalid, reason.Name, o.Reason, o.Action)
	case o.At < 0 || o.At > math.MaxUint32:
		return fmt.Errorf("%w: order at %d", ErrInvalid, o.At)
	}
	return nil
}

// Digest returns the SHA-256 hash of the order's content, which an
// implementation keeps beside its key: action, reason, and the references with
// their successors in any order.
func (o Order) Digest() [32]byte {
	pairs := make([][2]Reference, len(o.References))
	for i, reference := range o.References {
		pairs[i][0] = reference
		if len(o.Successors) != 0 {
			pairs[i][1] = o.Successors[i]
		}
	}
	slices.SortFunc(pairs, func(a, b [2]Reference) int { return a[0].Compare(b[0]) })
	data := append(make([]byte, 0, 64+18*len(pairs)), "tongxing/registry/order/1"...)
	data = append(data, byte(o.Action))
	data = binary.BigEndian.AppendUint16(data, o.Reason)
	data = append(data, flag(len(o.Successors) != 0))
	for _, pair := range pairs {
		data = appendReference(appendReference(data, pair[0]), pair[1])
	}
	return sha256.Sum256(data)
}

// Compare orders references by region, list and index.
func (r Reference) Compare(other Reference) int {
	return cmp.Or(cmp.Compare(r.Region, other.Region), cmp.Compare(r.List, other.List), cmp.Compare(r.Index, other.Index))
}

// appendReference writes a reference in 9 bytes.
func appendReference(to []byte, r Reference) []byte {
	to = append(to, r.Region)
	to = binary.BigEndian.AppendUint32(to, r.List)
	return binary.BigEndian.AppendUint32(to, r.Index)
}

func flag(set bool) byte {
	if set {
		return 1
	}
	return 0
}

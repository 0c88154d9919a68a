package status

import (
	"errors"
	"fmt"
	"slices"
)

// State is what the status lists of a region say of one credential.
type State uint8

// The states. Active is that of every credential in none of the sets.
const (
	Active     State = iota
	Revoked          // for good
	Superseded       // for good: another credential took its place
	Suspended        // until it is taken out again
)

var stateNames = [...]string{Active: "active", Revoked: "revoked", Superseded: "superseded", Suspended: "suspended"}

// String returns the name of the state, as "revoked".
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state%d", uint8(s))
}

// Sets are the three sets of one list: indices, each strictly ascending, none in
// two of them.
type Sets struct{ Revoked, Superseded, Suspended []uint32 }

// ErrOverlap says that an index is in two sets of a list.
var ErrOverlap = errors.New("an index is in two sets")

// Validate returns what is wrong with the sets: errors wrap [ErrUnsorted],
// [ErrTooLarge] and [ErrOverlap].
func (s Sets) Validate() error {
	for _, set := range s.all() {
		if len(set) > MaxMembers {
			return fmt.Errorf("status: %w: %d, more than %d", ErrTooLarge, len(set), MaxMembers)
		}
		if err := checkAscending(set); err != nil {
			return err
		}
	}
	for _, pair := range [][2][]uint32{{s.Revoked, s.Superseded}, {s.Revoked, s.Suspended}, {s.Superseded, s.Suspended}} {
		if index, both := firstOfBoth(pair[0], pair[1]); both {
			return fmt.Errorf("status: %w: %d", ErrOverlap, index)
		}
	}
	return nil
}

func (s Sets) all() [3][]uint32 { return [...][]uint32{s.Revoked, s.Superseded, s.Suspended} }

// Lookup returns the state of an index.
func (s Sets) Lookup(index uint32) State {
	for i, set := range s.all() {
		if _, found := slices.BinarySearch(set, index); found {
			return Revoked + State(i)
		}
	}
	return Active
}

// firstOfBoth returns the least index of both sets.
func firstOfBoth(a, b []uint32) (uint32, bool) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case b[0] < a[0]:
			b = b[1:]
		default:
			return a[0], true
		}
	}
	return 0, false
}

// Union returns the indices of a or b, both strictly ascending; so is the outcome.
func Union(a, b []uint32) []uint32 {
	out := make([]uint32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case b[0] < a[0]:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// Difference returns the indices of a that are not in b, both strictly ascending;
// so is the outcome.
func Difference(a, b []uint32) []uint32 {
	var out []uint32
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case b[0] < a[0]:
			b = b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
	return append(out, a...)
}

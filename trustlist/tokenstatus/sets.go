package tokenstatus

import (
	"fmt"
	"iter"

	"github.com/tongxing/tongxing/format/status"
)

// exportBits is the width of an exported status: all three sets fit, and a list
// does not change its form on the day of its first suspension.
const exportBits = 2

// typeOf are the statuses of the sets, in the order in which a place looks for
// its own.
var typeOf = [...]Type{Invalid, Superseded, Suspended}

// statusesOf merges the sets, which are valid, into statuses that ascend by index.
func statusesOf(sets status.Sets) iter.Seq2[uint32, Type] {
	return func(yield func(uint32, Type) bool) {
		left := [...][]uint32{sets.Revoked, sets.Superseded, sets.Suspended}
		for {
			next := -1
			for i, set := range left {
				if len(set) > 0 && (next < 0 || set[0] < left[next][0]) {
					next = i
				}
			}
			if next < 0 || !yield(left[next][0], typeOf[next]) {
				return
			}
			left[next] = left[next][1:]
		}
	}
}

// Sets returns the sets that the list says, and how many places it has. The error
// wraps those of [StatusList.Walk], [status.ErrTooLarge] for more members than a
// set may have, or is a *[TypeError].
func (l *StatusList) Sets(most uint64) (sets status.Sets, places uint64, err error) {
	places, err = l.Walk(most, func(index uint32, t Type) error {
		var set *[]uint32
		switch t {
		case Invalid:
			set = &sets.Revoked
		case Suspended:
			set = &sets.Suspended
		case Superseded:
			set = &sets.Superseded
		default:
			return &TypeError{index, t}
		}
		if len(*set) == status.MaxMembers {
			return fmt.Errorf("tokenstatus: %w: more than %d", status.ErrTooLarge, status.MaxMembers)
		}
		*set = append(*set, index)
		return nil
	})
	if err != nil {
		return status.Sets{}, 0, err
	}
	return sets, places, nil
}

package feed

import (
	"math/bits"
	"sync"

	"github.com/tongxing/tongxing/spec"
)

// faults is a set of reasons to refuse a row: bit i is the reason at place i of
// spec.Rejects, so that the lowest bit is the reason that is reported.
type faults uint64

var rejectBits = sync.OnceValue(func() map[spec.Reject]faults {
	places := map[spec.Reject]faults{}
	for i, reason := range spec.Rejects() {
		places[reason] = 1 << i
	}
	return places
})

func (f *faults) add(reason spec.Reject) { *f |= rejectBits()[reason] }

// addIf adds a reason when the row has that fault.
func (f *faults) addIf(found bool, reason spec.Reject) {
	if found {
		f.add(reason)
	}
}

// first returns the reason that is reported, or 0 for a row without fault.
func (f faults) first() spec.Reject {
	if f == 0 {
		return 0
	}
	return spec.Rejects()[bits.TrailingZeros64(uint64(f))]
}

package packed_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry/packed"
)

func TestPagesAreReadUntilOneIsEmpty(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		after, breaks uint64 // where next fails, 0: nowhere
		want          []uint64
		err           error
	}{
		{0, 0, []uint64{1, 2, 3, 4, 5}, nil},
		{3, 0, []uint64{4, 5}, nil},
		{5, 0, nil, nil},
		{0, 2, []uint64{1, 2}, broken},
	} {
		next := func(after uint64) ([]uint64, error) {
			switch {
			case c.breaks != 0 && after >= c.breaks:
				return nil, broken
			case after >= 5:
				return nil, nil
			}
			return []uint64{after + 1, after + 2}[:min(2, 5-after)], nil
		}
		pages := packed.Pages(c.after, next, func(n uint64) uint64 { return n })
		for range 2 { // the second time from where the first began
			var got []uint64
			var fault error
			for n, err := range pages {
				if fault = err; err == nil {
					got = append(got, n)
				}
			}
			if !slices.Equal(got, c.want) || !errors.Is(fault, c.err) {
				t.Errorf("after %d: %d, %v, want %d, %v", c.after, got, fault, c.want, c.err)
			}
		}
	}
}

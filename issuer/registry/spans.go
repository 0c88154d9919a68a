package registry

import (
	"cmp"
	"slices"
)

// Span is counters of one bank, from First on.
type Span struct {
	Geometry Geometry
	First    uint64
	Count    int
}

// Cursor takes counters of one pool, one after the other, over the ends of banks.
// Implementations of Jobs share it.
type Cursor struct {
	next  Geometry // the bank to open where there is none yet
	banks []BankCount
}

// NewCursor returns a cursor over the open banks of a pool, which may be none, by
// first shard. first is the pool's first bank as the registry's plan has it.
func NewCursor(first Geometry, open []BankCount) *Cursor {
	return &Cursor{next: first, banks: slices.Clone(open)}
}

// Take takes n counters, what is left of the last bank first, then of as many new
// ones as it needs, or returns ErrFull.
func (c *Cursor) Take(n int) ([]Span, error) {
	var spans []Span
	for n > 0 {
		if len(c.banks) == 0 {
			c.banks = append(c.banks, BankCount{Geometry: c.next})
		}
		last := &c.banks[len(c.banks)-1]
		left := last.Size() - last.Leased
		if left == 0 {
			next, err := last.Geometry.Next()
			if err != nil {
				return nil, err
			}
			c.banks = append(c.banks, BankCount{Geometry: next})
			continue
		}
		take := int(min(uint64(n), left))
		spans = append(spans, Span{Geometry: last.Geometry, First: last.Leased, Count: take})
		last.Leased += uint64(take)
		n -= take
	}
	return spans, nil
}

// Banks returns the pool's banks as they are behind what was taken, new ones last.
func (c *Cursor) Banks() []BankCount { return slices.Clone(c.banks) }

// sortedBanks returns banks by region, month and first shard.
func sortedBanks(banks []BankCount) []BankCount {
	return slices.SortedFunc(slices.Values(banks), func(a, b BankCount) int {
		return cmp.Or(cmp.Compare(a.Pool.Region, b.Pool.Region), cmp.Compare(a.Pool.Month, b.Pool.Month), cmp.Compare(a.FirstShard, b.FirstShard))
	})
}

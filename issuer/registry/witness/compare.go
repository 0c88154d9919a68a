package witness

import (
	"cmp"
	"context"
	"slices"

	"github.com/tongxing/tongxing/issuer/registry"
)

// stateOf returns how far a registry is used. It reads counters before marks, each
// by a query of its own: what is used meanwhile only makes them higher.
func stateOf(ctx context.Context, store registry.Store) (s state, err error) {
	s.identity = store.Identity()
	if s.banks, err = store.Banks(ctx); err != nil {
		return state{}, err
	}
	for i := range s.banks {
		s.banks[i].Issued = 0
	}
	if s.mark, err = store.Mark(ctx); err != nil {
		return state{}, err
	}
	if s.journal, err = store.JournalHead(ctx); err != nil {
		return state{}, err
	}
	return s, nil
}

// isUsed reports whether anything was handed out or recorded.
func (s state) isUsed() bool {
	return len(s.banks) > 0 || s.mark.Sequence > 0 || s.journal.Sequence > 0
}

// leased returns the counters by bank.
func (s state) leased() map[registry.Geometry]uint64 {
	counts := make(map[registry.Geometry]uint64, len(s.banks))
	for _, b := range s.banks {
		counts[b.Geometry] = b.Leased
	}
	return counts
}

// equal reports whether two states are the same.
func (s state) equal(other state) bool {
	return s.identity == other.identity && s.mark == other.mark && s.journal == other.journal && slices.Equal(s.banks, other.banks)
}

// compare holds a registry, read as now, to what its witness has. Errors are
// *OtherRegistryError and *OlderError.
func compare(ctx context.Context, path string, witness, now state, store registry.Store) error {
	if witness.identity != now.identity {
		return &OtherRegistryError{Path: path, Witness: witness.identity, Registry: now.identity}
	}
	older := &OlderError{Path: path}
	counts := now.leased()
	for _, b := range witness.banks {
		if counts[b.Geometry] < b.Leased {
			older.Banks = append(older.Banks, Behind{Geometry: b.Geometry, Registry: counts[b.Geometry], Witness: b.Leased})
		}
	}
	holds, err := store.Holds(ctx, witness.mark)
	if err != nil {
		return err
	}
	if !holds {
		older.Events = &Gap{Registry: now.mark.Sequence, Witness: witness.mark.Sequence}
	}
	if holds, err = holdsRecord(ctx, store, witness.journal, now.journal); err != nil {
		return err
	}
	if !holds {
		older.Journal = &Gap{Registry: now.journal.Sequence, Witness: witness.journal.Sequence}
	}
	if len(older.Banks) > 0 || older.Events != nil || older.Journal != nil {
		return older
	}
	return nil
}

// holdsRecord reports whether a journal goes through the given point.
func holdsRecord(ctx context.Context, store registry.Journal, point, end registry.JournalHead) (bool, error) {
	if point.Sequence == 0 || point == end {
		return point.Sequence == end.Sequence || point.Hash == [32]byte{}, nil
	}
	for record, err := range store.Records(ctx, point.Sequence-1) {
		if err != nil {
			return false, err
		}
		return record.Sequence == point.Sequence && record.Hash == point.Hash, nil
	}
	return false, nil
}

// merge returns the higher of both states: of each bank the higher counter, and
// the marks of now.
func merge(witness, now state) state {
	counts := now.leased()
	merged := now
	merged.banks = slices.Clone(now.banks)
	for _, b := range witness.banks {
		if _, open := counts[b.Geometry]; !open {
			merged.banks = append(merged.banks, b)
		}
	}
	handed := witness.leased()
	for i, b := range merged.banks {
		merged.banks[i].Leased = max(b.Leased, handed[b.Geometry])
	}
	slices.SortFunc(merged.banks, func(a, b registry.BankCount) int {
		return cmp.Or(cmp.Compare(a.Pool.Region, b.Pool.Region), cmp.Compare(a.Pool.Month, b.Pool.Month), cmp.Compare(a.FirstShard, b.FirstShard))
	})
	return merged
}

package status

import "fmt"

// List is one status list in memory: its three sets, each an [Index]. Like them
// it is immutable and safe for concurrent use, and its zero value is three empty
// sets.
type List struct {
	sets [3]Index // revoked, superseded, suspended
}

// EncodedSet is a set as a document carries it: the number of its members, and
// what [Encode] returns for them.
type EncodedSet struct {
	Members uint32
	Encoded []byte
}

// EncodedSets are the three sets of one list as a document carries them.
type EncodedSets struct{ Revoked, Superseded, Suspended EncodedSet }

// NewList returns the list of the three sets. Errors are those of
// [Sets.Validate].
func NewList(s Sets) (*List, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	l := &List{}
	for i, set := range s.all() {
		x, err := NewIndex(set)
		if err != nil {
			return nil, err
		}
		l.sets[i] = *x
	}
	return l, nil
}

// DecodeList returns the list of three encoded sets, in the memory that
// [DecodeIndex] takes for each. Errors are those of [DecodeIndex], and
// [ErrOverlap].
func DecodeList(e EncodedSets) (*List, error) {
	l := &List{}
	for i, set := range []EncodedSet{e.Revoked, e.Superseded, e.Suspended} {
		x, err := DecodeIndex(set.Members, set.Encoded)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", Revoked+State(i), err)
		}
		l.sets[i] = *x
	}
	for _, pair := range [][2]int{{0, 1}, {0, 2}, {1, 2}} {
		if index, both := firstInBoth(&l.sets[pair[0]], &l.sets[pair[1]]); both {
			return nil, fmt.Errorf("status: %w: %d", ErrOverlap, index)
		}
	}
	return l, nil
}

// firstInBoth returns the least index of both sets.
func firstInBoth(a, b *Index) (uint32, bool) {
	ca, cb := fanoCursor{set: &a.fano}, fanoCursor{set: &b.fano}
	ma, okA := ca.step()
	mb, okB := cb.step()
	for okA && okB {
		switch {
		case ma < mb:
			ma, okA = ca.step()
		case mb < ma:
			mb, okB = cb.step()
		default:
			return ma, true
		}
	}
	return 0, false
}

// Lookup returns the state of an index. It allocates nothing.
func (l *List) Lookup(index uint32) State {
	for i := range l.sets {
		if l.sets[i].Contains(index) {
			return Revoked + State(i)
		}
	}
	return Active
}

// Revoked returns the set of the revoked indices.
func (l *List) Revoked() *Index { return &l.sets[0] }

// Superseded returns the set of the superseded indices.
func (l *List) Superseded() *Index { return &l.sets[1] }

// Suspended returns the set of the suspended indices.
func (l *List) Suspended() *Index { return &l.sets[2] }

// Sets returns the members of the three sets.
func (l *List) Sets() Sets {
	return Sets{l.sets[0].Members(), l.sets[1].Members(), l.sets[2].Members()}
}

// Encode returns the three sets as a document carries them: of equal lists the
// same bytes. The error wraps [ErrTooLarge].
func (l *List) Encode() (EncodedSets, error) {
	var out [3]EncodedSet
	for i := range l.sets {
		x := &l.sets[i]
		data, err := x.Encode()
		if err != nil {
			return EncodedSets{}, fmt.Errorf("%s: %w", Revoked+State(i), err)
		}
		out[i] = EncodedSet{Members: uint32(x.Len()), Encoded: data}
	}
	return EncodedSets{out[0], out[1], out[2]}, nil
}

// Apply returns the list after the change. Errors are those of [Sets.Apply]. The
// list is not changed; a set in which nothing changes is shared with it.
func (l *List) Apply(c Change) (*List, error) {
	for _, sets := range []Sets{c.Added, {Suspended: c.Restored}} {
		if err := sets.Validate(); err != nil {
			return nil, err
		}
	}
	if err := l.follows(c); err != nil {
		return nil, err
	}
	next := *l
	for i, added := range c.Added.all() {
		var gone []uint32
		if Revoked+State(i) == Suspended {
			gone = c.Restored
		}
		if len(added)+len(gone) == 0 {
			continue
		}
		x, err := NewIndex(Union(Difference(l.sets[i].Members(), gone), added))
		if err != nil {
			return nil, err
		}
		next.sets[i] = *x
	}
	return &next, nil
}

// follows returns why a change whose sets are valid does not follow on the list.
func (l *List) follows(c Change) error {
	for _, index := range c.Restored {
		if !l.Suspended().Contains(index) {
			return fmt.Errorf("status: %w: %d is restored and not suspended", ErrDoesNotFollow, index)
		}
	}
	if index, both := firstOfBoth(c.Restored, c.Added.Suspended); both {
		return fmt.Errorf("status: %w: %d leaves the set that it comes into", ErrDoesNotFollow, index)
	}
	for _, added := range c.Added.all() {
		for _, index := range Difference(added, c.Restored) {
			if state := l.Lookup(index); state != Active {
				return fmt.Errorf("status: %w: %d is in a set already", ErrDoesNotFollow, index)
			}
		}
	}
	return nil
}

// Len returns the number of members of all three sets.
func (l *List) Len() int {
	return l.sets[0].Len() + l.sets[1].Len() + l.sets[2].Len()
}

// Size returns the bytes that the list holds: itself and what it points to.
func (l *List) Size() int {
	return l.sets[0].Size() + l.sets[1].Size() + l.sets[2].Size()
}

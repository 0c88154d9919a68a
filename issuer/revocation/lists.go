package revocation

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist"
)

// The bounds of what a device holds of a region (TRUST-116, TRUST-145): beyond them
// it would leave lists out.
const (
	MaxLists   = 4096         // of one region
	MaxBytes   = 32 << 20     // of all their sets
	MaxMembers = 1 << 27 / 35 // of all their sets, where the trust list has 35 regions
)

// Lists is what a region says of its credentials: the sets of each of its lists,
// by number. A list of three empty sets says that all its credentials are in
// force; a number that is not there says nothing.
type Lists map[uint32]status.Sets

// Over reports whether the month of a list has ended at t, in unix seconds: no
// credential of it is valid any more, and devices drop it (TRUST-83).
func Over(list uint32, t int64) bool { return list>>8 < format.ListMonth(t) }

// At returns the lists whose month has not ended at t, in unix seconds. They are
// those that a document issued at t speaks of.
func (l Lists) At(t int64) Lists {
	left := make(Lists, len(l))
	for number, sets := range l {
		if !Over(number, t) {
			left[number] = sets
		}
	}
	return left
}

// Numbers returns the numbers of the lists, ascending.
func (l Lists) Numbers() []uint32 { return slices.Sorted(maps.Keys(l)) }

// Counts is how many credentials are in each state.
type Counts struct {
	Revoked    int `json:"revoked"`
	Superseded int `json:"superseded"`
	Suspended  int `json:"suspended"`
}

// CountsOf returns how many members the sets have.
func CountsOf(s status.Sets) Counts {
	return Counts{len(s.Revoked), len(s.Superseded), len(s.Suspended)}
}

func (c Counts) all() int { return c.Revoked + c.Superseded + c.Suspended }

// Counts returns the members of all lists together.
func (l Lists) Counts() Counts {
	var all Counts
	for _, sets := range l {
		c := CountsOf(sets)
		all.Revoked += c.Revoked
		all.Superseded += c.Superseded
		all.Suspended += c.Suspended
	}
	return all
}

// Hash returns the status hash of the lists (TRUST-82), whatever is signed and by
// whom. Errors are those of [Lists.Documents].
func (l Lists) Hash() ([32]byte, error) {
	documents, err := l.Documents(trustlist.RegionalHead{})
	if err != nil {
		return [32]byte{}, err
	}
	return trustlist.StatusHash(documents), nil
}

// ErrTooLarge reports lists beyond what a device holds of a region.
var ErrTooLarge = errors.New("revocation: more status lists than a device holds of a region")

// Documents returns every list whole, ascending by number, each with head. Errors
// wrap [ErrTooLarge] and those of [status.Sets.Validate] and [status.Encode]. The
// lists are not changed.
func (l Lists) Documents(head trustlist.RegionalHead) ([]*trustlist.StatusList, error) {
	if len(l) > MaxLists {
		return nil, fmt.Errorf("%w: %d lists", ErrTooLarge, len(l))
	}
	if all := l.Counts().all(); all > MaxMembers {
		return nil, fmt.Errorf("%w: %d members", ErrTooLarge, all)
	}
	documents, size := make([]*trustlist.StatusList, 0, len(l)), 0
	for _, number := range l.Numbers() {
		d, err := document(head, number, l[number])
		if err != nil {
			return nil, fmt.Errorf("revocation: list %d: %w", number, err)
		}
		if size += len(d.Revoked.Encoded) + len(d.Superseded.Encoded) + len(d.Suspended.Encoded); size > MaxBytes {
			return nil, fmt.Errorf("%w: %d bytes by list %d", ErrTooLarge, size, number)
		}
		documents = append(documents, d)
	}
	return documents, nil
}

func document(head trustlist.RegionalHead, number uint32, sets status.Sets) (*trustlist.StatusList, error) {
	if err := sets.Validate(); err != nil {
		return nil, err
	}
	d := &trustlist.StatusList{RegionalHead: head, List: number}
	for _, part := range []struct {
		members []uint32
		set     *trustlist.StatusSet
	}{{sets.Revoked, &d.Revoked}, {sets.Superseded, &d.Superseded}, {sets.Suspended, &d.Suspended}} {
		encoded, err := status.Encode(part.members)
		if err != nil {
			return nil, err
		}
		part.set.Members, part.set.Encoded = uint32(len(part.members)), encoded
	}
	return d, nil
}

// ErrTwice reports two documents of one list.
var ErrTwice = errors.New("revocation: two documents of one list")

// ReadLists returns what documents say. Nothing of them is verified. Errors wrap
// [ErrTwice], [ErrTooLarge] before more than [MaxMembers] are decoded, and those of
// [status.Decode] and [status.Sets.Validate].
func ReadLists(documents []*trustlist.StatusList) (Lists, error) {
	l, room := make(Lists, len(documents)), MaxMembers
	for _, d := range documents {
		if room -= int(d.Revoked.Members) + int(d.Superseded.Members) + int(d.Suspended.Members); room < 0 {
			return nil, fmt.Errorf("%w: %d members more by list %d", ErrTooLarge, -room, d.List)
		}
		if _, twice := l[d.List]; twice {
			return nil, fmt.Errorf("%w: %d", ErrTwice, d.List)
		}
		sets, err := readSets(d)
		if err != nil {
			return nil, fmt.Errorf("revocation: list %d: %w", d.List, err)
		}
		l[d.List] = sets
	}
	return l, nil
}

func readSets(d *trustlist.StatusList) (status.Sets, error) {
	var sets status.Sets
	for _, part := range []struct {
		set     trustlist.StatusSet
		members *[]uint32
	}{{d.Revoked, &sets.Revoked}, {d.Superseded, &sets.Superseded}, {d.Suspended, &sets.Suspended}} {
		members, err := status.Decode(part.set.Members, part.set.Encoded)
		if err != nil {
			return status.Sets{}, err
		}
		*part.members = members
	}
	return sets, sets.Validate()
}

package tokenstatus

import (
	"fmt"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/trustlist"
)

// SubjectOf returns the URI of a status list where nobody gives it another:
// "urn:tongxing:status:33:7936".
func SubjectOf(region string, list uint32) string {
	return fmt.Sprintf("urn:tongxing:status:%s:%d", region, list)
}

// FromList returns the token that a status list comes to, with the deltas that
// follow on it, in their order; deltas of other lists of the region among them
// change its times alone. places is how many the list was planned with. Nothing is
// verified: the caller has.
//
// A newer token is to be looked for when the next delta or list is due, and this
// one runs out when two are. Errors wrap [ErrClaims] for documents that do not
// belong together or do not say when the next is due, [ErrPlaces] for an index
// beyond places, [status.ErrDoesNotFollow], and those of [status.Decode] and
// [status.DecodeChange].
func FromList(list *trustlist.StatusList, deltas []*trustlist.StatusDelta, places uint64) (*Token, error) {
	sets, err := setsOf(list)
	if err != nil {
		return nil, err
	}
	head := list.Head
	for i, d := range deltas {
		if d.Region != list.Region || i > 0 && d.Version.Compare(head.Version) <= 0 {
			return nil, fmt.Errorf("%w: delta %s does not follow", ErrClaims, d.Version)
		}
		if sets, err = applied(sets, d, list.List); err != nil {
			return nil, fmt.Errorf("delta %s: %w", d.Version, err)
		}
		head = d.Head
	}
	period := head.Due - head.Issued
	if head.Due == 0 || period <= 0 {
		return nil, fmt.Errorf("%w: list %d is not due after it was issued", ErrClaims, list.List)
	}
	for _, set := range [][]uint32{sets.Revoked, sets.Superseded, sets.Suspended} {
		if n := len(set); n > 0 && uint64(set[n-1]) >= places {
			return nil, fmt.Errorf("%w: index %d of %d places", ErrPlaces, set[n-1], places)
		}
	}
	return &Token{
		Subject: SubjectOf(list.Region, list.List), Issued: head.Issued,
		Expires: head.Due + period, TTL: period, Places: places, Sets: sets,
	}, nil
}

// setsOf decodes the three sets of a list.
func setsOf(list *trustlist.StatusList) (status.Sets, error) {
	var decoded [3][]uint32
	for i, set := range []trustlist.StatusSet{list.Revoked, list.Superseded, list.Suspended} {
		var err error
		if decoded[i], err = status.Decode(set.Members, set.Encoded); err != nil {
			return status.Sets{}, err
		}
	}
	sets := status.Sets{Revoked: decoded[0], Superseded: decoded[1], Suspended: decoded[2]}
	return sets, sets.Validate()
}

// applied returns the sets of a list after a delta.
func applied(sets status.Sets, d *trustlist.StatusDelta, list uint32) (status.Sets, error) {
	for _, change := range d.Changes {
		if change.List != list {
			continue
		}
		c, err := status.DecodeChange(change.Additions, change.Removals)
		if err != nil {
			return status.Sets{}, err
		}
		return sets.Apply(c)
	}
	return sets, nil
}

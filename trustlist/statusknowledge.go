package trustlist

import (
	"maps"
	"slices"

	"github.com/tongxing/tongxing/format/status"
)

// StatusKnowledge is what a region's status lists say of one credential, and how
// old that is. The zero one knows nothing.
type StatusKnowledge struct {
	Covered bool         // there is a list of that number; without one nothing is known
	State   status.State // [status.Active] where it is not covered
	AsOf    int64        // unix seconds: when the newest signed document that this rests on was issued
	Due     int64        // unix seconds: when that document was due to be followed
	Behind  bool         // the region's snapshot names other lists (TRUST-84)
}

// StatusCoverage is one status list that a region has here, with its deltas.
type StatusCoverage struct {
	List                           uint32  // months since 2020-01 x 256 + shard
	Version                        Version // of the list document; zero where deltas alone have made the list
	Revoked, Superseded, Suspended int     // members
	AsOf, Due                      int64   // as in [StatusKnowledge]
}

// listKnowledge is one list as its document and the deltas after it leave it.
type listKnowledge struct {
	sets      status.Sets
	version   Version
	asOf, due int64
}

// Status returns what the region's status lists say of the credential whose ref
// has the given list number and index. Deltas are applied: the last one speaks
// for all lists of the region, so that what is known is as old as that delta. It
// allocates nothing.
func (r *Region) Status(list, index uint32) StatusKnowledge {
	known, ok := r.status[list]
	if !ok {
		return StatusKnowledge{}
	}
	return StatusKnowledge{
		Covered: true, State: known.sets.Lookup(index), AsOf: known.asOf, Due: known.due, Behind: r.listsBehind,
	}
}

// StatusCoverage returns the lists that [Region.Status] answers from, ascending
// by number.
func (r *Region) StatusCoverage() []StatusCoverage {
	all := make([]StatusCoverage, 0, len(r.status))
	for _, number := range slices.Sorted(maps.Keys(r.status)) {
		k := r.status[number]
		all = append(all, StatusCoverage{
			List: number, Version: k.version, AsOf: k.asOf, Due: k.due,
			Revoked: len(k.sets.Revoked), Superseded: len(k.sets.Superseded), Suspended: len(k.sets.Suspended),
		})
	}
	return all
}

// know decodes the lists and applies the deltas.
func (r *Region) know() {
	r.status = make(map[uint32]*listKnowledge, len(r.lists))
	for number, list := range r.lists {
		sets, err := list.sets()
		if err != nil {
			continue
		}
		r.status[number] = &listKnowledge{sets: sets, version: list.Version, asOf: list.Issued, due: list.Due}
	}
}

// sets decodes the three sets of the list.
func (s *StatusList) sets() (status.Sets, error) {
	var decoded [3][]uint32
	for i, set := range []*StatusSet{&s.Revoked, &s.Superseded, &s.Suspended} {
		var err error
		if decoded[i], err = status.Decode(set.Members, set.Encoded); err != nil {
			return status.Sets{}, err
		}
	}
	sets := status.Sets{Revoked: decoded[0], Superseded: decoded[1], Suspended: decoded[2]}
	return sets, sets.Validate()
}

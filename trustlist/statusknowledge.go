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
	list      *status.List
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
		Covered: true, State: known.list.Lookup(index), AsOf: known.asOf, Due: known.due, Behind: r.listsBehind,
	}
}

// KnownStatus returns the members of a list with the deltas, false where there is
// no list of that number.
func (r *Region) KnownStatus(number uint32) (*status.List, bool) {
	known, ok := r.status[number]
	if !ok {
		return nil, false
	}
	return known.list, true
}

// StatusCoverage returns the lists that [Region.Status] answers from, ascending
// by number.
func (r *Region) StatusCoverage() []StatusCoverage {
	all := make([]StatusCoverage, 0, len(r.status))
	for _, number := range slices.Sorted(maps.Keys(r.status)) {
		k := r.status[number]
		all = append(all, StatusCoverage{
			List: number, Version: k.version, AsOf: k.asOf, Due: k.due,
			Revoked: k.list.Revoked().Len(), Superseded: k.list.Superseded().Len(), Suspended: k.list.Suspended().Len(),
		})
	}
	return all
}

// know makes what can be asked of the state of the lists.
func (r *Region) know() {
	r.status = make(map[uint32]*listKnowledge, len(r.state.lists))
	for number, content := range r.state.lists {
		known := &listKnowledge{list: content.List}
		if list := r.lists[number]; list != nil {
			known.version, known.asOf, known.due = list.Version, list.Issued, list.Due
		}
		if n := len(r.deltas); n != 0 {
			known.asOf, known.due = r.deltas[n-1].Issued, r.deltas[n-1].Due
		}
		r.status[number] = known
	}
}

// forgetDeltas is what follows when lists or deltas were left out for their size:
// the lists that are still there, as their documents say.
func (r *Region) forgetDeltas() {
	state := &statusState{lists: make(map[uint32]*listContent, len(r.lists))}
	for number, list := range r.lists {
		if decoded, err := list.decodeSets(); err == nil { // it was decoded before
			state.lists[number] = &listContent{decoded, list}
		}
	}
	r.state = state
	r.know()
}

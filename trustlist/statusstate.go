package trustlist

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tongxing/tongxing/format/status"
)

const (
	// maxMembers is how many members the status lists of all regions may have
	// together, and maxRegionMembers those of one: runs make of a few megabytes
	// more members than a device has memory for.
	maxMembers       = 1 << 27
	maxRegionMembers = 1 << 24
	// never is later than every time of a document.
	never = 1 << 40
)

// memberShare is how many members the status lists of one region may have. It
// depends on no other region's documents.
func (l *loader) memberShare() int {
	return min(maxMembers/len(l.listDoc.Regions), maxRegionMembers)
}

// listContent is what one list says, compressed. A delta makes another.
type listContent struct {
	*status.List
	encoded *StatusList // the same, as the status hash has it
}

// encodeList returns the list with its sets encoded, as the status hash has them.
func encodeList(number uint32, sets status.Sets) (*StatusList, error) {
	list := &StatusList{List: number}
	members := [...][]uint32{sets.Revoked, sets.Superseded, sets.Suspended}
	for i, to := range []*StatusSet{&list.Revoked, &list.Superseded, &list.Suspended} {
		encoded, err := status.Encode(members[i])
		if err != nil {
			return nil, err
		}
		to.Members, to.Encoded = uint32(len(members[i])), encoded
	}
	return list, nil
}

// decode decodes the lists, ascending, as long as their members have room, and
// returns those that it has taken out and why.
func (p *statusPart) decode(room int) map[uint32]error {
	faults := map[uint32]error{}
	for _, number := range slices.Sorted(maps.Keys(p.lists)) {
		list := p.lists[number]
		room -= list.claimed()
		if room < 0 {
			faults[number] = fmt.Errorf("%w: the members of its region's lists", ErrTooLarge)
			room += list.claimed()
		} else if list.content == nil {
			decoded, err := list.decodeSets()
			if err != nil {
				faults[number] = err
				room += list.claimed()
			}
			list.content = &listContent{decoded, list.StatusList}
		}
		if faults[number] != nil {
			delete(p.lists, number)
		}
	}
	return faults
}

// fill adds the known lists that p does not have, ascending, as long as their
// members have room beside those of p, and returns those that have none.
func (p *statusPart) fill(kept *statusPart, room int) map[uint32]error {
	faults := map[uint32]error{}
	for _, list := range p.lists {
		room -= list.claimed()
	}
	for _, number := range slices.Sorted(maps.Keys(kept.lists)) {
		list := kept.lists[number]
		switch {
		case p.lists[number] != nil:
		case list.claimed() > room:
			faults[number] = fmt.Errorf("%w: the members of its region's lists", ErrTooLarge)
		default:
			p.lists[number] = list
			room -= list.claimed()
		}
	}
	return faults
}

// claimed is how many members the list says that it has.
func (s *StatusList) claimed() int {
	return int(s.Revoked.Members) + int(s.Superseded.Members) + int(s.Suspended.Members)
}

func (s *StatusList) decodeSets() (*status.List, error) {
	return status.DecodeList(status.EncodedSets{
		Revoked: s.Revoked.encoded(), Superseded: s.Superseded.encoded(), Suspended: s.Suspended.encoded(),
	})
}

func (s *StatusSet) encoded() status.EncodedSet {
	return status.EncodedSet{Members: s.Members, Encoded: s.Encoded}
}

// statusState is what all lists of a region say between two deltas.
type statusState struct {
	lists map[uint32]*listContent
	open  map[uint32]status.Sets // of the lists that deltas have changed, in place of those
	share int                    // of members that all lists may have
	room  int                    // for more of them
}

// newState returns the state that the lists are, before any delta.
func newState(lists map[uint32]*takenList, share int) *statusState {
	s := &statusState{lists: make(map[uint32]*listContent, len(lists)), open: map[uint32]status.Sets{}, share: share, room: share}
	for number, list := range lists {
		s.lists[number] = list.content
		s.room -= list.content.Len()
	}
	return s
}

// hashAt returns the status hash at t: that of the lists whose month has not
// ended then (TRUST-86).
func (s *statusState) hashAt(t int64) [32]byte {
	lists := make([]*StatusList, 0, len(s.lists))
	for number, content := range s.lists {
		list := content.encoded
		if sets, changed := s.open[number]; changed {
			var err error
			if list, err = encodeList(number, sets); err != nil {
				return [32]byte{} // larger than a list can be: the hash of nothing
			}
		}
		lists = append(lists, list)
	}
	return StatusHashAt(lists, t)
}

// close compresses what deltas have changed.
func (s *statusState) close() error {
	for number, sets := range s.open {
		encoded, err := encodeList(number, sets)
		if err != nil {
			return err
		}
		list, err := status.NewList(sets)
		if err != nil {
			return err
		}
		s.lists[number] = &listContent{list, encoded}
		delete(s.open, number)
	}
	return nil
}

// setsOf returns what a list says now; of one that is not there, three empty sets.
func (s *statusState) setsOf(number uint32) status.Sets {
	if sets, changed := s.open[number]; changed {
		return sets
	}
	if content := s.lists[number]; content != nil {
		return content.Sets()
	}
	s.lists[number] = &listContent{List: new(status.List), encoded: &StatusList{List: number}}
	return status.Sets{}
}

// monthEnds reports whether the month of a list ends after t and by u.
func (s *statusState) monthEnds(t, u int64) bool {
	for number := range s.lists {
		if listOver(number, u) && !listOver(number, t) {
			return true
		}
	}
	return false
}

// apply changes the lists as the delta says (STATUS-12).
func (s *statusState) apply(d *StatusDelta) error {
	for _, c := range d.Changes {
		switch {
		case listOver(c.List, d.Issued):
			return fmt.Errorf("%w: delta %s changes list %d", ErrListOver, d.Version, c.List)
		case listAhead(c.List, d.Issued):
			return fmt.Errorf("%w: delta %s changes list %d", ErrListAhead, d.Version, c.List)
		}
		change, err := status.DecodeChange(c.Additions, c.Removals, s.share)
		if err != nil {
			return fmt.Errorf("delta %s, list %d: %w", d.Version, c.List, err)
		}
		added := change.Added
		s.room += len(change.Restored) - len(added.Revoked) - len(added.Superseded) - len(added.Suspended)
		if s.room < 0 {
			return fmt.Errorf("%w: the members of the region's lists after delta %s", ErrTooLarge, d.Version)
		}
		sets, err := s.setsOf(c.List).Apply(change)
		if err != nil {
			return fmt.Errorf("delta %s, list %d: %w", d.Version, c.List, err)
		}
		s.open[c.List] = sets
	}
	return nil
}

package trustlist

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// addStatus takes a region's status lists, each on its own, and fills up with
// those that are known.
func (l *loader) addStatus(entry *Entry, region *Region, parts *RegionParts, before *regionRecord) {
	region.record.lists = maps.Clone(before.lists)
	if region.record.lists == nil {
		region.record.lists = map[uint32]documentState{}
	}
	region.lists = map[uint32]*StatusList{}
	l.addLists(entry, region, parts.StatusLists)
	for _, number := range slices.Sorted(maps.Keys(before.lists)) {
		state := before.lists[number]
		if region.lists[number] != nil || state.raw == nil {
			continue
		}
		if err := l.addList(entry, region, state.raw); err != nil {
			l.refuse(entry.Code, KindStatusList, err)
			state.raw = nil // it takes no room from what holds; its version stays known
			region.record.lists[number] = state
		}
	}
	for _, number := range slices.Sorted(maps.Keys(region.lists)) {
		region.record.parts.StatusLists = append(region.record.parts.StatusLists, region.record.lists[number].raw)
	}
	l.boundRegion(region)
	l.addDeltas(entry, region, parts, before)
	l.boundRegion(region)
	region.know()
	region.compareLists()
}

// compareLists notes whether the snapshot names the lists that are there.
func (r *Region) compareLists() {
	r.listsBehind = len(r.lists) != 0 && r.snapshot != nil && r.snapshot.Status != nil &&
		*r.snapshot.Status != r.statusHash()
}

// maxListFaults is how many status lists of a region may be refused before the
// rest is refused unread.
const maxListFaults = 32

// maxSpoiled is the same for signatures by keys of the region that do not count,
// of which a list can have fifteen before a good one.
const maxSpoiled = 8 * maxListFaults

// addLists takes the status lists that the bundle gives. A bundle may come from
// anybody, and may hold as much as a file can: one document is looked at once,
// and after too many faults no further one.
func (l *loader) addLists(entry *Entry, region *Region, given [][]byte) {
	seen := map[[32]byte]bool{}
	faults := 0
	l.spoiled = 0
	for _, raw := range given {
		if faults == maxListFaults || l.spoiled > maxSpoiled {
			l.refuse(entry.Code, KindStatusList, ErrTooManyFaults)
			return
		}
		u, err := openAs(KindStatusList, raw)
		if err == nil {
			hash := u.Hash()
			if seen[hash] {
				continue
			}
			err = l.addOpenList(entry, region, u, raw)
			// A hash is not of the signatures: a copy with a bad one must not
			// keep the right one out.
			seen[hash] = err == nil
		}
		if err != nil {
			faults++
			l.refuse(entry.Code, KindStatusList, err)
		}
	}
}

func (l *loader) addList(entry *Entry, region *Region, raw []byte) error {
	u, err := openAs(KindStatusList, raw)
	if err != nil {
		return err
	}
	return l.addOpenList(entry, region, u, raw)
}

func (l *loader) addOpenList(entry *Entry, region *Region, u *Unverified, raw []byte) error {
	list := new(StatusList)
	state, err := l.readByKey(entry, region, UsageStatusList, u, raw, list)
	if err != nil {
		return err
	}
	if listOver(list.List, l.passed()) {
		return nil // a list drops whole after its month
	}
	known := region.record.lists[list.List]
	if err := l.checkKnown(known, state); err != nil {
		return fmt.Errorf("list %d: %w", list.List, err)
	}
	if listAhead(list.List, l.effective()) && state.hash != known.hash { // taken before the clock fell back, it stays
		return fmt.Errorf("list %d: %w", list.List, ErrListAhead)
	}
	region.lists[list.List], region.record.lists[list.List] = list, state
	return nil
}

// addDeltas takes the deltas that the bundle gives, or else those that are
// known.
func (l *loader) addDeltas(entry *Entry, region *Region, parts *RegionParts, before *regionRecord) {
	region.record.deltas = before.deltas
	for i, chain := range [][][]byte{parts.Deltas, before.parts.Deltas} {
		if len(chain) == 0 {
			continue
		}
		deltas, state, err := l.openDeltas(entry, region, chain)
		if err == nil {
			err = l.checkKnown(before.deltas, state)
		}
		if err == nil {
			region.deltas = deltas
			region.record.deltas, region.record.parts.Deltas = state, chain
			return
		}
		if i == 0 || !errors.Is(err, ErrOutdated) { // newer lists need no older deltas
			l.refuse(entry.Code, KindStatusDelta, err)
		}
	}
}

// openDeltas verifies deltas that follow on the region's lists, one after the
// other, and returns them with the state of the last.
func (l *loader) openDeltas(entry *Entry, region *Region, chain [][]byte) ([]*StatusDelta, documentState, error) {
	var deltas []*StatusDelta
	var last documentState
	hash := region.listsHash()
	for _, raw := range chain {
		delta := new(StatusDelta)
		state, err := l.openByKey(entry, region, UsageStatusList, raw, delta)
		if err != nil {
			return nil, documentState{}, err
		}
		if delta.Base != hash {
			return nil, documentState{}, fmt.Errorf("%w: delta %s is for other lists", ErrOutdated, delta.Version)
		}
		if state.version.Compare(last.version) <= 0 {
			return nil, documentState{}, fmt.Errorf("%w: delta %s after %s", ErrRollback, state.version, last.version)
		}
		hash, last = delta.Result, state
		deltas = append(deltas, delta)
	}
	return deltas, last, nil
}

package trustlist

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// takenList is a status list that was verified. Its sets are decoded once,
// however many parts it is in.
type takenList struct {
	*StatusList
	state   documentState
	content *listContent
}

// statusPart is the status lists of a region with the deltas that follow on
// them: those that are known, or those that a bundle gives, filled up with what
// is known.
type statusPart struct {
	lists map[uint32]*takenList
	chain statusChain
	state *statusState // after the chain
}

// addStatus takes a region's status lists, each on its own, and the deltas. Where
// that would forget what is known, all stays as it is known: a restored backup of
// a region takes no revocation back, and a bundle of some of its documents leaves
// none out (TRUST-151).
func (l *loader) addStatus(entry *Entry, region *Region, parts *RegionParts, before *regionRecord) {
	kept, gone := l.keptStatus(entry, region, before)
	chosen := l.givenStatus(entry, region, parts, before, kept)
	for _, number := range slices.Sorted(maps.Keys(gone)) {
		if chosen.lists[number] == nil {
			l.refuse(entry.Code, KindStatusList, gone[number])
		}
	}
	if err := chosen.checkLoss(kept, l.passed()); err != nil {
		l.refuse(entry.Code, KindStatusList, err)
		chosen = kept
	}
	region.takeStatus(chosen, before, l.passed())
	l.boundRegion(region)
	region.compareLists()
}

// keptStatus verifies what is known of the region's status under the keys of
// now, and returns it with what no longer holds.
func (l *loader) keptStatus(entry *Entry, region *Region, before *regionRecord) (*statusPart, map[uint32]error) {
	kept, gone := &statusPart{lists: map[uint32]*takenList{}}, map[uint32]error{}
	l.standsOn = before.standsOn
	for _, number := range slices.Sorted(maps.Keys(before.lists)) {
		state := before.lists[number]
		if state.raw == nil {
			continue
		}
		if err := l.takeList(entry, region, kept, before, state.raw); err != nil {
			gone[number] = err
		}
	}
	maps.Copy(gone, kept.decode(l.memberShare()))
	if chain, err := l.openChain(entry, region, before.parts.Deltas); err == nil {
		kept.chain = chain
	}
	if err := kept.follow(kept.chain, l.memberShare()); err != nil {
		kept.mustFollow(nil)
	}
	return kept, gone
}

// givenStatus takes what the bundle gives, fills it up with what is known, and
// applies the deltas: those that are given, else those after the known ones, else
// the known ones.
func (l *loader) givenStatus(entry *Entry, region *Region, parts *RegionParts, before *regionRecord, kept *statusPart) *statusPart {
	given := &statusPart{lists: map[uint32]*takenList{}}
	chain, err := l.openChain(entry, region, parts.Deltas)
	if err == nil && len(chain) != 0 {
		err = l.checkKnown(before.deltas, chain.last().state)
	}
	known := kept.chain
	if known == nil {
		known, _ = l.openChain(entry, region, before.parts.Deltas)
	}
	l.standsOn = min(chain.from(), known.from(), region.snapshotFrom())
	l.addLists(entry, region, given, before, kept, parts.StatusLists)
	for number, fault := range given.decode(l.memberShare()) {
		l.refuse(entry.Code, KindStatusList, fmt.Errorf("list %d: %w", number, fault))
	}
	for number, fault := range given.fill(kept, l.memberShare()) {
		l.refuse(entry.Code, KindStatusList, fmt.Errorf("list %d: %w", number, fault))
	}
	if err == nil && len(chain) != 0 {
		if err = given.follow(chain, l.memberShare()); err != nil && len(known) != 0 && given.follow(known.then(chain), l.memberShare()) == nil {
			err = nil
		}
	}
	if err != nil {
		l.refuse(entry.Code, KindStatusDelta, err)
	}
	if given.state == nil {
		if err := given.follow(known, l.memberShare()); err != nil {
			if !errors.Is(err, ErrOutdated) { // newer lists need no older deltas
				l.refuse(entry.Code, KindStatusDelta, err)
			}
			given.mustFollow(nil)
		}
	}
	return given
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
func (l *loader) addLists(entry *Entry, region *Region, part *statusPart, before *regionRecord, kept *statusPart, given [][]byte) {
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
			if seen[hash] || part.takeAgain(kept, hash, raw) {
				continue
			}
			err = l.takeOpenList(entry, region, part, before, u, raw)
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

// takeAgain takes a list that is known, with the same signatures, without
// verifying it once more.
func (p *statusPart) takeAgain(kept *statusPart, hash [32]byte, raw []byte) bool {
	for number, list := range kept.lists {
		if list.state.hash == hash && bytes.Equal(list.state.raw, raw) && p.lists[number] == nil {
			p.lists[number] = list
			return true
		}
	}
	return false
}

func (l *loader) takeList(entry *Entry, region *Region, part *statusPart, before *regionRecord, raw []byte) error {
	u, err := openAs(KindStatusList, raw)
	if err != nil {
		return err
	}
	return l.takeOpenList(entry, region, part, before, u, raw)
}

func (l *loader) takeOpenList(entry *Entry, region *Region, part *statusPart, before *regionRecord, u *Unverified, raw []byte) error {
	list := new(StatusList)
	state, err := l.readByKey(entry, region, UsageStatusList, u, raw, list)
	if err != nil {
		return err
	}
	if listOver(list.List, l.passed()) && listOver(list.List, l.standsOn) {
		return nil // a list drops whole after its month
	}
	known := before.lists[list.List]
	if taken := part.lists[list.List]; taken != nil {
		known = taken.state
	}
	if err := l.checkKnown(known, state); err != nil {
		return fmt.Errorf("list %d: %w", list.List, err)
	}
	if listAhead(list.List, l.effective()) && state.hash != known.hash { // taken before the clock fell back, it stays
		return fmt.Errorf("list %d: %w", list.List, ErrListAhead)
	}
	part.lists[list.List] = &takenList{StatusList: list, state: state}
	return nil
}

// takeStatus puts a part in force. At time t, lists whose month has ended stay
// while a delta or the snapshot was issued before that, and stands on them.
func (r *Region) takeStatus(part *statusPart, before *regionRecord, t int64) {
	r.record.lists = maps.Clone(before.lists)
	if r.record.lists == nil {
		r.record.lists = map[uint32]documentState{}
	}
	for number, state := range r.record.lists {
		state.raw = nil // what does not hold takes no room; its version stays known
		r.record.lists[number] = state
	}
	r.record.standsOn = min(part.chain.from(), r.snapshotFrom())
	for number, list := range part.lists {
		if listOver(number, t) && listOver(number, r.record.standsOn) {
			delete(part.lists, number)
			delete(part.state.lists, number)
			continue
		}
		r.record.lists[number] = list.state
	}
	r.lists = make(map[uint32]*StatusList, len(part.lists))
	r.record.parts.StatusLists = nil
	for _, number := range slices.Sorted(maps.Keys(part.lists)) {
		r.lists[number] = part.lists[number].StatusList
		r.record.parts.StatusLists = append(r.record.parts.StatusLists, part.lists[number].state.raw)
	}
	r.record.deltas = before.deltas
	if len(part.chain) != 0 {
		r.record.deltas = part.chain.last().state
	}
	r.deltas, r.record.parts.Deltas = part.chain.deltas(), part.chain.raw()
	r.state = part.state
	r.know()
}

// snapshotFrom returns when a snapshot was issued that stands on status lists,
// [never] if there is none.
func (r *Region) snapshotFrom() int64 {
	if r.snapshot == nil || r.snapshot.Status == nil {
		return never
	}
	return r.snapshot.Issued
}

// compareLists notes whether the snapshot names the lists that are there, of the
// months that had not ended when it was issued.
func (r *Region) compareLists() {
	r.listsBehind = len(r.status) != 0 && r.snapshot != nil && r.snapshot.Status != nil &&
		*r.snapshot.Status != r.state.hashAt(r.snapshot.Issued)
}

package trustlist

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/tongxing/tongxing/format/sig"
)

// regionRecord is what is known of a region's documents, in force or not. It
// outlives a time without a key set in force, and the region's place in the
// list, so that nothing old comes back after it. Without the bytes of its
// documents it is what a memory keeps (see memory.go), and whatever is decided
// by it is decided by the part that a memory keeps, or by bytes that a bundle
// keeps.
type regionRecord struct {
	parts    RegionParts // the bytes that were verified
	keySet   documentState
	settled  []settledKey // of the key set, ascending
	overlay  documentState
	snapshot documentState
	lists    map[uint32]documentState
	deltas   documentState // the last
	// standsOn is when the first of the documents was issued that need lists to
	// be verified or compared: the deltas and the snapshot. Lists whose month
	// ended by then are not held.
	standsOn int64
}

// with returns t as it would be if it had known what m knows: of every document
// the higher version.
func (t *Trust) with(m *memoryContent) *Trust {
	c := *t
	c.floor = max(t.floor, m.Floor)
	c.root, c.list, c.policy = t.root.orLater(m.Root), t.list.orLater(m.List), t.policy.orLater(m.Policy)
	c.records = maps.Clone(t.records)
	if c.records == nil {
		c.records = make(map[string]*regionRecord, len(m.Regions))
	}
	for i := range m.Regions {
		r := &m.Regions[i]
		before := c.records[r.Code]
		if before == nil {
			before = newRecord(r.Code)
		}
		c.records[r.Code] = before.with(r)
	}
	return &c
}

func newRecord(code string) *regionRecord {
	return &regionRecord{parts: RegionParts{Code: code}, standsOn: never}
}

func (r *regionRecord) with(m *memoryRegion) *regionRecord {
	c := *r
	c.keySet = r.keySet.orLater(m.KeySet)
	if c.keySet.version != r.keySet.version {
		c.settled = m.Keys
	}
	c.overlay, c.snapshot, c.deltas = r.overlay.orLater(m.Overlay), r.snapshot.orLater(m.Snapshot), r.deltas.orLater(m.Deltas)
	c.lists = maps.Clone(r.lists)
	if c.lists == nil {
		c.lists = make(map[uint32]documentState, len(m.Lists))
	}
	for i := range m.Lists {
		l := &m.Lists[i]
		state := c.lists[l.Number]
		c.lists[l.Number] = state.orLater(&PartRef{Version: l.Version, Hash: l.Hash})
	}
	return &c
}

// orLater returns what is known of a document by s and by ref, which may be nil.
func (s documentState) orLater(ref *PartRef) documentState {
	if ref == nil || ref.Version.Compare(s.version) <= 0 {
		return s
	}
	return documentState{version: ref.Version, hash: ref.Hash}
}

// remember takes over what is known of all regions: without the bytes of lists
// whose month has ended, and of regions that are no longer listed without any.
// Versions stay, so that nothing old comes back: those of lists until the floor,
// which never falls, has passed their month.
func (l *loader) remember() {
	l.known = make(map[string]*regionRecord, len(l.previous.records))
	for code, record := range l.previous.records {
		_, listed := l.listDoc.entry(code)
		l.known[code] = record.pruned(l.passed(), l.trust.floor, listed)
		if !l.carried.Has(code) {
			l.known[code].letGo()
		}
	}
}

// pruned returns a copy of r that shares nothing with it which is ever changed,
// at time t above a floor.
func (r *regionRecord) pruned(t, floor int64, listed bool) *regionRecord {
	p := *r
	p.parts.StatusLists = nil
	p.lists = make(map[uint32]documentState, len(r.lists))
	for _, number := range slices.Sorted(maps.Keys(r.lists)) {
		state := r.lists[number]
		if listOver(number, t) && listOver(number, r.standsOn) {
			state.raw = nil
		}
		if listOver(number, floor) && state.raw == nil {
			continue
		}
		if state.raw != nil {
			p.parts.StatusLists = append(p.parts.StatusLists, state.raw)
		}
		p.lists[number] = state
	}
	if !listed {
		p.release()
	}
	p.boundLists()
	return &p
}

// release lets go of all documents and keeps what is known of them. A bundle has
// no place for those of a region that it has no key set of.
func (r *regionRecord) release() {
	r.parts = RegionParts{Code: r.parts.Code}
	for _, state := range []*documentState{&r.keySet, &r.overlay, &r.snapshot, &r.deltas} {
		state.raw = nil
	}
	for number, state := range r.lists {
		state.raw = nil
		r.lists[number] = state
	}
}

// boundLists forgets the versions of the furthest lists of which no bytes are
// held, until no more are known than a region can have at a time. Only a clock
// that has jumped by months makes so many known.
func (r *regionRecord) boundLists() {
	if len(r.lists) <= maxRegionLists {
		return
	}
	for _, number := range slices.Backward(slices.Sorted(maps.Keys(r.lists))) {
		if len(r.lists) > maxRegionLists && r.lists[number].raw == nil {
			delete(r.lists, number)
		}
	}
}

// adopt takes the bytes of documents that are known and no longer held: their
// hashes say that they have been taken before. A region that is unavailable
// waits with them for a list that allows them again, and a device that has
// stored them and was started again is left with what it had.
func (l *loader) adopt(r *regionRecord, given *RegionParts) {
	wanted := func(known *documentState, kind Kind, raw []byte) bool {
		return known.isOf(kind, raw) && l.fits(&r.parts, raw) == nil // one document has many envelopes
	}
	if r.parts.KeySet == nil && wanted(&r.keySet, KindKeySet, given.KeySet) {
		var set KeySet
		if u, err := openAs(KindKeySet, given.KeySet); err == nil && u.content(&set) == nil {
			r.parts.KeySet, r.keySet.raw, r.settled = given.KeySet, given.KeySet, settledKeys(&set)
		}
	}
	if r.parts.Overlay == nil && wanted(&r.overlay, KindOverlay, given.Overlay) {
		r.parts.Overlay, r.overlay.raw = given.Overlay, given.Overlay
	}
	if r.parts.Snapshot == nil && wanted(&r.snapshot, KindSnapshot, given.Snapshot) {
		r.parts.Snapshot, r.snapshot.raw = given.Snapshot, given.Snapshot
		if snapshot := new(Snapshot); readUnverified(snapshot, given.Snapshot) && snapshot.Status != nil {
			r.standsOn = min(r.standsOn, snapshot.Issued)
		}
	}
	if n := len(given.Deltas); n != 0 && r.parts.Deltas == nil && r.deltas.isOf(KindStatusDelta, given.Deltas[n-1]) {
		r.parts.Deltas, r.deltas.raw = given.Deltas, given.Deltas[n-1]
		if delta := new(StatusDelta); readUnverified(delta, given.Deltas[0]) {
			r.standsOn = min(r.standsOn, delta.Issued)
		}
	}
	r.adoptLists(given.StatusLists, l.passed())
}

func (r *regionRecord) adoptLists(given [][]byte, t int64) {
	missing := map[[32]byte]uint32{}
	for number, state := range r.lists {
		if state.raw == nil && !(listOver(number, t) && listOver(number, r.standsOn)) {
			missing[state.hash] = number
		}
	}
	if len(missing) == 0 {
		return
	}
	for _, raw := range given {
		u, err := openAs(KindStatusList, raw)
		if err != nil {
			continue
		}
		if number, ok := missing[u.Hash()]; ok {
			state := r.lists[number]
			state.raw = raw
			r.lists[number] = state
		}
	}
	r.parts.StatusLists = nil
	for _, number := range slices.Sorted(maps.Keys(r.lists)) {
		if raw := r.lists[number].raw; raw != nil {
			r.parts.StatusLists = append(r.parts.StatusLists, raw)
		}
	}
}

// readUnverified reads what a document says, which nobody has verified: it decides
// for how long lists are held, and nothing else.
func readUnverified(d Document, raw []byte) bool {
	u, err := openAs(d.Kind(), raw)
	return err == nil && u.content(d) == nil
}

// isOf reports whether raw is the document that s is of.
func (s *documentState) isOf(kind Kind, raw []byte) bool {
	if len(raw) == 0 || s.version.IsZero() {
		return false
	}
	u, err := openAs(kind, raw)
	return err == nil && u.Hash() == s.hash
}

// settledKeys returns the keys of the set that are no longer active.
func settledKeys(set *KeySet) []settledKey {
	var settled []settledKey
	for i := range set.Keys {
		if k := &set.Keys[i]; k.State != Active {
			settled = append(settled, settledKey{Thumbprint: k.Public.Thumbprint(), State: k.State, Since: k.Since})
		}
	}
	slices.SortFunc(settled, compareSettled)
	return settled
}

// checkKeyStates reports a key whose state went back, or that was retired or
// compromised and is no longer named. A retired key that could leave the set
// could come back active, on devices alone that have seen the set without it;
// an active key may go, and nothing is remembered of it. Of several faults that
// of the lowest key is told.
func checkKeyStates(set *KeySet, settled []settledKey) error {
	if len(settled) == 0 {
		return nil
	}
	now := make(map[[sig.KeyIDSize]byte]*Key, len(set.Keys))
	for i := range set.Keys {
		now[set.Keys[i].Public.KeyID()] = &set.Keys[i]
	}
	for i := range settled {
		if err := settled[i].check(now[settled[i].kid()]); err != nil {
			return err
		}
	}
	return nil
}

// check holds key, nil if it is not named, to what was known of it.
func (k *settledKey) check(key *Key) error {
	if key == nil {
		return fmt.Errorf("%w: %s key %x is no longer named", ErrKeyState, k.State, k.kid())
	}
	thumbprint := key.Public.Thumbprint()
	switch {
	case !bytes.Equal(thumbprint[:], k.Thumbprint[:]):
		return fmt.Errorf("%w: key identifier %x names another key", ErrKeyState, k.kid())
	case key.State < k.State:
		return fmt.Errorf("%w: key %x from %s to %s", ErrKeyState, k.kid(), k.State, key.State)
	case key.State == Retired && key.Since > k.Since:
		return fmt.Errorf("%w: key %x is retired later than before", ErrKeyState, k.kid())
	}
	return nil
}

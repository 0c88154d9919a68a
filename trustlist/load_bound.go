package trustlist

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

const (
	// maxMonthsAhead is how many months after that of the effective time a status
	// list may be for: a credential expires at most 366 days after it is issued,
	// and is issued at most a day after the effective time.
	maxMonthsAhead = 13
	// maxRegionStatus is how many bytes of status lists and deltas are held of a
	// region. What is known is kept beside what is given, so that without this
	// limit a stolen online key could add a bundle full of lists with every load.
	maxRegionStatus = MaxBundle / 2
	// regionShares is what the key sets, snapshots and overlays of all regions may
	// take of a bundle together: what is left of it when the roots, the list and
	// the policy are at their bounds, with room for the heads.
	regionShares = 55 << 20
	// regionOverhead is above what a region takes in a bundle beside the bytes of
	// its documents.
	regionOverhead = 64
)

// monthOf returns the beginning of the month, at UTC+8 and in unix seconds, that
// lies the given number of months after that of a status list.
func monthOf(list uint32, after int) int64 {
	return time.Date(2020, time.Month(int(list>>8)+after+1), 1, 0, 0, 0, 0, chinaTime).Unix()
}

// listOver reports whether the month of the list has ended at t (unix seconds):
// the credentials that name it have expired.
func listOver(list uint32, t int64) bool { return t >= monthOf(list, 1) }

// listAhead reports whether no credential can name the list yet at t (unix
// seconds).
func listAhead(list uint32, t int64) bool { return t < monthOf(list, -maxMonthsAhead) }

// heldStatus is the status lists and deltas that are held of a region as bytes.
type heldStatus struct {
	region  *Region
	numbers []uint32 // of the lists, ascending
	size    int      // in a bundle
	dropped int      // documents
}

func holdStatus(region *Region) *heldStatus {
	h := &heldStatus{region: region}
	for number, state := range region.record.lists {
		if state.raw != nil {
			h.numbers = append(h.numbers, number)
			h.size += encodedSize(state.raw)
		}
	}
	slices.Sort(h.numbers)
	h.size += encodedSize(region.record.parts.Deltas...)
	return h
}

// drop takes the deltas out, which follow on all lists, or else the list of the
// furthest month: it will be needed last. What is known of versions stays.
func (h *heldStatus) drop() {
	record := h.region.record
	if deltas := record.parts.Deltas; len(deltas) != 0 {
		h.size -= encodedSize(deltas...)
		h.dropped += len(deltas)
		record.parts.Deltas, record.deltas.raw, h.region.deltas = nil, nil, nil
		return
	}
	last := len(h.numbers) - 1
	number := h.numbers[last]
	state := record.lists[number]
	h.size -= encodedSize(state.raw)
	h.dropped++
	state.raw = nil
	record.lists[number] = state
	delete(h.region.lists, number)
	record.parts.StatusLists[last] = nil
	record.parts.StatusLists, h.numbers = record.parts.StatusLists[:last], h.numbers[:last]
}

// report says what had to be left out.
func (h *heldStatus) report(l *loader) {
	if h.dropped != 0 {
		l.refuse(h.region.Code, KindStatusList, fmt.Errorf("%w: %d status lists or deltas are left out", ErrTooLarge, h.dropped))
		h.region.forgetDeltas()
	}
}

// fits reports whether raw may join the key set, snapshot and overlay that are
// held of a region. Each region of the list has an equal share of the bundle
// for them, which depends on no other region's documents: however many regions
// collude, a device can always store what it believes.
func (l *loader) fits(held *RegionParts, raw []byte) error {
	share := regionShares / len(l.listDoc.Regions)
	if size := encodedSize(held.KeySet, held.Snapshot, held.Overlay, raw); size > share {
		return fmt.Errorf("%w: %d bytes of key set, snapshot and overlay, the region's share of a bundle is %d", ErrTooLarge, size, share)
	}
	return nil
}

// trim lets go of what a region no longer has room for, because the list has
// more regions than when it was taken.
func (l *loader) trim(r *regionRecord) {
	var held RegionParts
	for _, part := range []struct {
		from, to *[]byte
		state    *documentState
	}{
		{&r.parts.KeySet, &held.KeySet, &r.keySet},
		{&r.parts.Snapshot, &held.Snapshot, &r.snapshot},
		{&r.parts.Overlay, &held.Overlay, &r.overlay},
	} {
		if l.fits(&held, *part.from) == nil {
			*part.to = *part.from
			continue
		}
		*part.from, part.state.raw = nil, nil
	}
}

// boundRegion holds the status documents of a region to their limits.
func (l *loader) boundRegion(region *Region) {
	region.record.boundLists()
	h := holdStatus(region)
	for len(h.numbers) > maxRegionLists || h.size > maxRegionStatus {
		h.drop()
	}
	h.report(l)
}

// boundAll lets everything in force fit into one bundle, so that a device can
// always store it: the region with the most status bytes loses some first. What
// else is held fits without any (see fits).
func (l *loader) boundAll() {
	parts := l.trust.parts()
	size := parts.size()
	if size <= MaxBundle {
		return
	}
	held := make([]*heldStatus, len(l.trust.sorted))
	for i, region := range l.trust.sorted {
		held[i] = holdStatus(region)
	}
	for size > MaxBundle && len(held) != 0 {
		largest := slices.MaxFunc(held, func(a, b *heldStatus) int { return cmp.Compare(a.size, b.size) })
		if largest.size == 0 {
			break
		}
		size -= largest.size
		largest.drop()
		size += largest.size
	}
	for _, h := range held {
		h.report(l)
		h.region.compareLists()
	}
}

// encodedSize returns how many bytes byte strings take in a bundle.
func encodedSize(all ...[]byte) int {
	size := 0
	for _, b := range all {
		switch size += len(b); {
		case len(b) < 24:
			size++
		case len(b) < 1<<8:
			size += 2
		case len(b) < 1<<16:
			size += 3
		default:
			size += 5
		}
	}
	return size
}

// size returns a bound of the bytes that p takes as a bundle, less than
// [regionOverhead] above them for each region and once more.
func (p *Parts) size() int {
	size := regionOverhead + encodedSize(p.Roots...) + encodedSize(p.List, p.Policy)
	for i := range p.Regions {
		r := &p.Regions[i]
		size += regionOverhead + encodedSize(r.KeySet, r.Overlay, r.Snapshot) + encodedSize(r.StatusLists...) + encodedSize(r.Deltas...)
	}
	return size
}

package trustlist

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// settleSharedKeys refuses the key sets that claim a signing key of another
// region. Such a region falls back on what was known of it, and is unavailable
// when that claims the key too.
func (l *loader) settleSharedKeys() {
	refused := l.sharedKeys()
	for _, code := range slices.Sorted(maps.Keys(refused)) {
		entry, _ := l.listDoc.entry(code)
		before := l.recordOf(code)
		fault := l.report.fault(code, KindKeySet, refused[code])
		region, err := l.assemble(entry, &before.parts, before)
		if err != nil {
			region = unavailable(entry, before, fault)
		} else {
			l.report.Kept = append(l.report.Kept, code)
		}
		l.replace(region)
	}
	refused = l.sharedKeys()
	for _, code := range slices.Sorted(maps.Keys(refused)) {
		entry, _ := l.listDoc.entry(code)
		l.replace(unavailable(entry, l.recordOf(code), l.report.fault(code, KindKeySet, refused[code])))
	}
	slices.Sort(l.report.Kept)
}

func (l *loader) replace(region *Region) {
	l.trust.regions[region.Code] = region
	for i, other := range l.trust.sorted {
		if other.Code == region.Code {
			l.trust.sorted[i] = region
		}
	}
}

type claim struct {
	region *Region
	key    *Key
	before bool // the region had the key before
}

// sharedKeys returns the regions that claim a key which another region has. Who
// had it before has it; else whose key set was issued earlier, since a key is
// not known before it is published; at equal times nobody.
func (l *loader) sharedKeys() map[string]error {
	holders := map[[32]byte]*Region{}
	refused := map[string]string{} // with the lowest code of those that it shares with
	refuse := func(region, with *Region) {
		if lowest, ok := refused[region.Code]; !ok || with.Code < lowest {
			refused[region.Code] = with.Code
		}
	}
	for _, region := range l.trust.sorted {
		for _, key := range region.keys {
			thumbprint := key.Public.Thumbprint()
			holder, shared := holders[thumbprint]
			if !shared {
				holders[thumbprint] = region
				continue
			}
			a, b := l.claimOf(holder, key), l.claimOf(region, key)
			order := compareClaims(a, b)
			if order > 0 {
				a, b = b, a
			}
			refuse(b.region, a.region)
			if order == 0 {
				refuse(a.region, b.region)
			}
			holders[thumbprint] = a.region
		}
	}
	faults := make(map[string]error, len(refused))
	for code, with := range refused {
		faults[code] = fmt.Errorf("%w: %s has a key of region %s", ErrSharedKey, code, with)
	}
	return faults
}

func (l *loader) claimOf(region *Region, key *Key) claim {
	before, known := l.previous.regions[region.Code]
	if !known {
		return claim{region, key, false}
	}
	old, held := before.keys[key.Public.KeyID()]
	return claim{region, key, held && old.Public.Equal(key.Public)}
}

// compareClaims orders the better claim first.
func compareClaims(a, b claim) int {
	switch {
	case a.before && !b.before:
		return -1
	case b.before && !a.before:
		return 1
	}
	return cmp.Compare(a.region.record.keySet.issued, b.region.record.keySet.issued)
}

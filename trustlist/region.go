package trustlist

import (
	"bytes"
	"maps"
	"slices"

	"github.com/tongxing/tongxing/format/sig"
)

// Region is an issuer as the trust list and the region's own documents describe
// it. It is immutable.
type Region struct {
	Code          string   // two ASCII digits: GB/T 2260, or "00" for the national platform
	Name          string   // "浙江省"
	Authority     string   // who answers for the codes
	Appeal        string   // where a holder turns to
	RulesHash     [32]byte // SHA-256 of the region's published rules
	Usage         Usage    // granted by the trust list; see UsageAt
	KeySetVersion Version  // of the key set in force; zero when there is none

	unavailable  error
	withdrawn    []UsageWithdrawal
	keys         map[[sig.KeyIDSize]byte]*Key
	laboratories map[uint16]Laboratory
	overlay      *Overlay
	snapshot     *Snapshot
	lists        map[uint32]*StatusList
	deltas       []*StatusDelta
	state        *statusState              // of the lists with the deltas
	status       map[uint32]*listKnowledge // the same, to be asked
	listsBehind  bool
	record       *regionRecord
}

// Available returns nil when the region's key set is in force, and otherwise a
// *[RegionError] that says why not.
func (r *Region) Available() error { return r.unavailable }

// UsageAt returns the usage that the trust list grants the region for what is
// issued at t, in unix seconds: Usage without what the list has withdrawn by
// then.
func (r *Region) UsageAt(t int64) Usage {
	usage := r.Usage
	for _, w := range r.withdrawn {
		if t >= w.From {
			usage &^= w.Usage
		}
	}
	return usage
}

// Key returns the signing key with the given key identifier. The key must not
// be changed.
func (r *Region) Key(kid [sig.KeyIDSize]byte) (*Key, bool) {
	k, ok := r.keys[kid]
	return k, ok
}

// Keys returns all signing keys, retired and compromised ones too, sorted by
// key identifier.
func (r *Region) Keys() []Key {
	keys := make([]Key, 0, len(r.keys))
	for _, k := range r.keys {
		c := *k
		c.Laboratories = slices.Clone(k.Laboratories)
		keys = append(keys, c)
	}
	slices.SortFunc(keys, func(a, b Key) int {
		x, y := a.Public.KeyID(), b.Public.KeyID()
		return bytes.Compare(x[:], y[:])
	})
	return keys
}

// Laboratory returns the laboratory with the given number within the region.
func (r *Region) Laboratory(n uint16) (Laboratory, bool) {
	l, ok := r.laboratories[n]
	return l, ok
}

// Laboratories returns all laboratories of the region, sorted by number.
func (r *Region) Laboratories() []Laboratory {
	return slices.SortedFunc(maps.Values(r.laboratories), compareLaboratories)
}

// Overlay returns the region's own requirements, nil when it has none. It must
// not be changed.
func (r *Region) Overlay() *Overlay { return r.overlay }

// KeySet returns which key set is in force, and false when there is none.
func (r *Region) KeySet() (DocumentInfo, bool) {
	if r.unavailable != nil || r.record == nil {
		return DocumentInfo{}, false
	}
	return r.record.keySet.info(), true
}

// Snapshot returns the region's snapshot, nil when there is none. It must not
// be changed.
func (r *Region) Snapshot() *Snapshot { return r.snapshot }

// StatusList returns the status list with the given number. It must not be
// changed.
func (r *Region) StatusList(number uint32) (*StatusList, bool) {
	l, ok := r.lists[number]
	return l, ok
}

// StatusLists returns the numbers of all status lists of the region, ascending.
func (r *Region) StatusLists() []uint32 { return slices.Sorted(maps.Keys(r.lists)) }

// StatusDeltas returns the deltas that follow on the status lists, in order.
// They must not be changed.
func (r *Region) StatusDeltas() []*StatusDelta { return slices.Clone(r.deltas) }

// StatusBehind reports whether the region's snapshot names other status lists
// than these: they are genuine, and not the newest.
func (r *Region) StatusBehind() bool { return r.listsBehind }

// addKeys takes the keys and laboratories of the key set, less what the list
// withdraws.
func (r *Region) addKeys(set *KeySet, list *List) {
	r.keys = make(map[[sig.KeyIDSize]byte]*Key, len(set.Keys))
	r.record.settled = settledKeys(set)
	for i := range set.Keys {
		key := set.Keys[i]
		r.keys[key.Public.KeyID()] = &key
	}
	r.laboratories = make(map[uint16]Laboratory, len(set.Laboratories))
	for _, laboratory := range set.Laboratories {
		r.laboratories[laboratory.Number] = laboratory
	}
	for _, w := range list.WithdrawnUsage {
		if w.Region == r.Code {
			r.withdrawn = append(r.withdrawn, w)
		}
	}
	for _, w := range list.WithdrawnKeys {
		if key, ok := r.keys[w.KeyID]; ok && w.Region == r.Code {
			key.withdraw(w)
		}
	}
	for _, w := range list.WithdrawnLaboratories {
		laboratory, ok := r.laboratories[w.Number]
		if ok && w.Region == r.Code && (laboratory.Withdrawn == 0 || w.From < laboratory.Withdrawn) {
			laboratory.Withdrawn = w.From
			r.laboratories[w.Number] = laboratory
		}
	}
}

package trustlist

import (
	"slices"

	"github.com/tongxing/tongxing/format/sig"
)

// Region is an issuer as the trust list and the region's own key set describe
// it. It is immutable.
type Region struct {
	Code          string   // two ASCII digits: GB/T 2260, or "00" for the national platform
	Name          string   // "浙江省"
	Authority     string   // who answers for the codes
	Appeal        string   // where a holder turns to
	RulesHash     [32]byte // SHA-256 of the region's published rules
	Usage         Usage    // granted by the trust list
	KeySetVersion Version  // of the key set in force; zero when there is none

	unavailable  error
	keys         map[[sig.KeyIDSize]byte]*Key
	laboratories map[uint16]Laboratory
}

// Available returns nil when the region's key set is in force, and otherwise an
// error, a *[RegionError], that says why not.
func (r *Region) Available() error { return r.unavailable }

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
		keys = append(keys, *k)
	}
	slices.SortFunc(keys, func(a, b Key) int {
		x, y := a.Public.KeyID(), b.Public.KeyID()
		return slices.Compare(x[:], y[:])
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
	laboratories := make([]Laboratory, 0, len(r.laboratories))
	for _, l := range r.laboratories {
		laboratories = append(laboratories, l)
	}
	slices.SortFunc(laboratories, func(a, b Laboratory) int { return int(a.Number) - int(b.Number) })
	return laboratories
}

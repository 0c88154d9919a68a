package trustlist

import (
	"cmp"
	"strconv"
)

// Version numbers the issues of one document: [epoch, counter], ordered by
// epoch first. The counter rises with every issue. The epoch is set one level
// up (by the root for the list and the policy, by the list for a region's
// documents), so that whoever holds a stolen key and publishes the highest
// counter is overcome from above.
type Version struct {
	_       struct{} `cbor:",toarray"`
	Epoch   uint32
	Counter uint32
}

// NewVersion returns the version [epoch, counter].
func NewVersion(epoch, counter uint32) Version { return Version{Epoch: epoch, Counter: counter} }

// Compare returns -1, 0 or +1 as v is before, equal to or after w.
func (v Version) Compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Epoch, w.Epoch), cmp.Compare(v.Counter, w.Counter))
}

// IsZero reports whether v is [0, 0], which no document has.
func (v Version) IsZero() bool { return v.Epoch == 0 && v.Counter == 0 }

// String returns "epoch.counter", as "1.5".
func (v Version) String() string {
	text := append(strconv.AppendUint(make([]byte, 0, 24), uint64(v.Epoch), 10), '.')
	return string(strconv.AppendUint(text, uint64(v.Counter), 10))
}

// MarshalText returns String, so that JSON holds "1.5".
func (v Version) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

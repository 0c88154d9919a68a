package publish

import "github.com/tongxing/tongxing/trustlist"

const (
	// Ahead is how long before its first signature a key should be published, in
	// seconds: a hundred days, so that a device that was offline for three months
	// still reads new codes.
	Ahead = 100 * 86400
	// Reserve is how many keys a region should have published that do not sign
	// yet.
	Reserve = 2
)

// Advice is what a region should know before it signs a key set. None of it is a
// fault.
type Advice struct {
	Late    []trustlist.Key // new keys that begin less than Ahead after the issue
	Reserve int             // active keys that have not begun at the issue
}

// Short reports whether fewer keys than Reserve are in reserve.
func (a *Advice) Short() bool { return a.Reserve < Reserve }

// Advise looks at a key set and at the one that it follows on (nil: none).
func Advise(previous, set *trustlist.KeySet) Advice {
	var advice Advice
	known := map[[4]byte]*trustlist.Key{}
	if previous != nil {
		known = keysByID(previous)
	}
	for _, key := range set.Keys {
		if key.State != trustlist.Active {
			continue
		}
		if key.SignFrom > set.Issued {
			advice.Reserve++
		}
		if _, old := known[key.Public.KeyID()]; !old && key.SignFrom < set.Issued+Ahead {
			advice.Late = append(advice.Late, key)
		}
	}
	return advice
}

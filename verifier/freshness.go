package verifier

import "github.com/tongxing/tongxing/trustlist"

// Freshness is how old the trust material is, as a step of the ladder that the
// policy gives; see [trustlist.Freshness].
type Freshness = trustlist.Freshness

// The steps, from the newest on. The zero value is no statement.
const (
	Fresh               = trustlist.Fresh
	Stale               = trustlist.Stale               // shown; everything works
	TooOldForShortLived = trustlist.TooOldForShortLived // status and tests are left to the venue to judge
	TooOld              = trustlist.TooOld              // nothing is verified any more
)

package verifier

import (
	"time"

	"github.com/tongxing/tongxing/trustlist"
)

// Freshness is how old the trust material is, as a step of the ladder that the
// policy gives (trustlist.Ladder). Age is shown; it never stops a venue without
// a word.
type Freshness uint8

// The steps, from the newest on. The zero value is no statement.
const (
	Fresh               Freshness = iota + 1
	Stale                         // shown; everything works
	TooOldForShortLived           // status and tests are left to the venue to judge
	TooOld                        // nothing is verified any more
)

// String returns the step's name in English.
func (f Freshness) String() string {
	switch f {
	case Fresh:
		return "fresh"
	case Stale:
		return "stale"
	case TooOldForShortLived:
		return "too old for status and tests"
	case TooOld:
		return "too old"
	}
	return "unknown"
}

func freshness(ladder trustlist.Ladder, age time.Duration) Freshness {
	seconds := int64(age / time.Second)
	switch {
	case seconds > int64(ladder.All):
		return TooOld
	case seconds > int64(ladder.ShortLived):
		return TooOldForShortLived
	case seconds > int64(ladder.Fresh):
		return Stale
	}
	return Fresh
}

package verifier

import (
	"errors"
	"time"
)

// Freshness is how old the trust material is, in steps of a ladder. Age is
// shown; it never stops a venue without a word.
type Freshness uint8

// The steps, from the newest on. The zero value is no statement.
const (
	Fresh               Freshness = iota + 1
	Stale                         // shown as a warning; everything works
	VeryStale                     // shown as urgent; everything works
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
	case VeryStale:
		return "very stale"
	case TooOldForShortLived:
		return "too old for status and tests"
	case TooOld:
		return "too old"
	}
	return "unknown"
}

// FreshnessLadder gives the ages at which a step begins. Each is greater than
// the one before.
type FreshnessLadder struct {
	Stale, VeryStale, TooOldForShortLived, TooOld time.Duration
}

// DefaultFreshness warns after a day, urges after a week, and lets a device that
// was offline for three months go on: keys are published 100 days before use.
var DefaultFreshness = FreshnessLadder{
	Stale:               24 * time.Hour,
	VeryStale:           7 * 24 * time.Hour,
	TooOldForShortLived: 100 * 24 * time.Hour,
	TooOld:              180 * 24 * time.Hour,
}

var errLadder = errors.New("verifier: freshness ladder: each age must be greater than the one before, and the first above zero")

func (l FreshnessLadder) check() error {
	if l.Stale <= 0 || l.VeryStale <= l.Stale || l.TooOldForShortLived <= l.VeryStale || l.TooOld <= l.TooOldForShortLived {
		return errLadder
	}
	return nil
}

func (l FreshnessLadder) at(age time.Duration) Freshness {
	switch {
	case age >= l.TooOld:
		return TooOld
	case age >= l.TooOldForShortLived:
		return TooOldForShortLived
	case age >= l.VeryStale:
		return VeryStale
	case age >= l.Stale:
		return Stale
	}
	return Fresh
}

package policy

import (
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
)

// Outcome is what follows at the venue.
type Outcome uint8

// The outcomes. The zero value is Unverified: what rests on nothing restricts
// nobody.
const (
	Unverified Outcome = iota // an adverse state without a published rule: do not restrict
	Pass
	Restricted // by a published rule
	Check      // by hand; another way in is open
)

var outcomeNames = [...]string{"unverified", "pass", "restricted", "check"}

// String returns "unverified", "pass", "restricted" or "check".
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return "unknown"
}

// MarshalText returns String.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Venue is where a code is shown.
type Venue struct {
	Class  uint16 // spec/codes/venue_classes.csv, or a number that the policy names; 0 is none, of which nothing is asked
	Region string // two digits: where the venue is, whoever issued the code; "" where no overlay counts
}

// Source says whose demand decided.
type Source uint8

// The sources of a demand.
const (
	None    Source = iota // no policy, no edition in force, or the class is not named: green passes
	Floor                 // the national floor
	Overlay               // the overlay of the venue's region
)

// String returns "none", "floor" or "overlay".
func (s Source) String() string {
	switch s {
	case Floor:
		return "floor"
	case Overlay:
		return "overlay"
	}
	return "none"
}

// MarshalText returns String.
func (s Source) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Unfollowed says why a region's overlay that names the class was not followed.
type Unfollowed uint8

// The reasons why an overlay is not followed. The floor holds then, or for
// TooSoon what held before.
const (
	Followed     Unfollowed = iota // or there is no overlay for the class
	BelowFloor                     // it is not at least as strict as the floor
	AboveCeiling                   // the ceiling is not at least as strict as it
	TooSoon                        // it tightens, is no emergency, and was issued less than a day ago
	TooComplex                     // its requirement, or the ceiling's, has too many alternatives
)

var unfollowedNames = [...]string{"followed", "below_floor", "above_ceiling", "too_soon", "too_complex"}

// String returns "followed", "below_floor", "above_ceiling", "too_soon" or
// "too_complex".
func (u Unfollowed) String() string {
	if int(u) < len(unfollowedNames) {
		return unfollowedNames[u]
	}
	return "unknown"
}

// MarshalText returns String.
func (u Unfollowed) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// Decision is what a policy says about the facts of one person at one venue.
type Decision struct {
	Outcome Outcome
	Reason  spec.Reason
	// Until is the first second after the moment of checking at which outcome
	// or reason would be another with the same facts, in unix seconds: a test is
	// too old, a dose old enough, a rule runs out, an edition takes effect. 0
	// when nothing will change them. The expiry of the codes is not in it.
	Until int64
	// Rule is the number of the rule under which the state restricts or is
	// checked; 0 for none. [trustlist.Policy.Rule] has its name and text.
	Rule uint16
	// NoList says that a status list was missing and that the demand lets that
	// pass; to be told as part of the evidence.
	NoList     bool
	Source     Source
	Unfollowed Unfollowed
	// Policy is the version of the national policy, and Edition the time from
	// which its edition in force is effective; 0 for none.
	Policy  trustlist.Version
	Edition int64
	// Overlay is the version of the overlay of the venue's region, and
	// OverlayEdition the time of effect of the edition that is followed, or that
	// is not; 0 when none in force names the class.
	Overlay        trustlist.Version
	OverlayEdition int64
}

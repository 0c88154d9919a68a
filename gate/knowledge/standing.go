package knowledge

import (
	"maps"
	"slices"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/trustlist"
)

// ClockStanding is what is to be thought of the device's clock.
type ClockStanding string

// The standings of a clock. Behind, fell and unset are faults; ahead is a doubt.
const (
	ClockOK     ClockStanding = "ok"
	ClockUnset  ClockStanding = "unset"  // before there were codes
	ClockBehind ClockStanding = "behind" // the newest national document
	ClockFell   ClockStanding = "fell"   // behind the latest time that the device has known
	ClockAhead  ClockStanding = "ahead"  // so far that either it is wrong or the knowledge is old
)

const (
	// clockSlack is how far behind a clock may be without a word.
	clockSlack = 10 * time.Minute
	// clockAhead is how old the newest national document may be before the clock is
	// doubted.
	clockAhead = 30 * 24 * time.Hour
)

// Clock is how the device's clock stands.
type Clock struct {
	Shows     time.Time
	Effective time.Time // that codes are judged at
	Behind    time.Duration
	Standing  ClockStanding
}

// Lack is a document that the device should have and has not.
type Lack struct {
	Kind   trustlist.Kind
	Region string // "" for the policy
	List   uint32 // number of a status list
}

// Standing is what the device knows, for people. Times are those of its clock.
type Standing struct {
	Loaded        bool
	ListVersion   trustlist.Version
	PolicyVersion trustlist.Version
	Issued        time.Time // of the newest national document
	Age           time.Duration
	Freshness     trustlist.Freshness
	From          string // where the bundle came from
	Applied       time.Time
	Missing       []Lack
	Problems      []Problem // of sources, by their names
	Clock         Clock
}

// Standing returns what is known and what is missing, as the clock shows now.
func (k *Keeper) Standing() Standing {
	at := k.clock()
	state := k.State()
	s := Standing{Problems: k.problems.all(), Clock: Clock{Shows: at, Effective: at, Standing: ClockOK}}
	if at.Unix() < format.MinTime {
		s.Clock.Standing = ClockUnset
	}
	if state == nil {
		return s
	}
	i := state.Trust.Inspect(max(at.Unix(), 0))
	s.Loaded, s.ListVersion, s.PolicyVersion = true, state.Trust.ListVersion(), state.Trust.PolicyVersion()
	s.Issued, s.Age, s.Freshness = time.Unix(i.AgesFrom, 0), time.Duration(i.Age)*time.Second, i.Freshness
	s.From, s.Applied = state.Origin.From, time.Unix(state.Applied, 0)
	s.Clock = clockStanding(at, i, state.Known)
	for _, lack := range i.Lacks {
		left := lack.Kind == trustlist.KindStatusList || lack.Kind == trustlist.KindStatusDelta
		if !left || state.Status.Has(lack.Region) { // else left out by choice
			s.Missing = append(s.Missing, Lack{lack.Kind, lack.Region, lack.List})
		}
	}
	return s
}

// clockStanding compares the clock with the floor, which at least two signers have
// moved, and with the latest time that the device has known.
func clockStanding(at time.Time, i *trustlist.Inspection, known int64) Clock {
	floor := time.Unix(i.Floor, 0)
	c := Clock{Shows: at, Effective: time.Unix(i.Effective, 0), Standing: ClockOK}
	switch {
	case at.Unix() < format.MinTime:
		c.Standing = ClockUnset
	case floor.Sub(at) > clockSlack:
		c.Standing = ClockBehind
	case time.Unix(known, 0).Sub(at) > clockSlack:
		c.Standing = ClockFell
	case at.Sub(floor) >= clockAhead:
		c.Standing = ClockAhead
	}
	c.Behind = max(floor.Sub(at), 0)
	return c
}

func (p *problems) all() []Problem {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []Problem
	for _, source := range slices.Sorted(maps.Keys(p.of)) {
		all = append(all, Problem{source, p.of[source]})
	}
	return all
}

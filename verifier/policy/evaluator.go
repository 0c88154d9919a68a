package policy

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/tongxing/tongxing/trustlist"
)

// Evaluator is a national policy with the overlays of regions, ready to decide.
// It is immutable and safe for concurrent use: what a region adds is worked out
// when the first code is shown there.
type Evaluator struct {
	version  trustlist.Version
	known    *numbers
	rules    []trustlist.Rule
	defaults *demand
	nation   *timeline
	regions  map[string]func() *timeline
}

// New compiles a policy, nil for none, and the overlays of regions. Nothing of
// what is given is kept or changed; the documents are taken as
// [trustlist.Load] or [trustlist.Parse] leave them. It is an error if an overlay
// is nil or two are of one region.
func New(nation *trustlist.Policy, overlays []*trustlist.Overlay) (*Evaluator, error) {
	e := &Evaluator{known: numbersOf(nation), rules: compileRules(nation), regions: map[string]func() *timeline{}}
	defaults := compileDemand(&defaultDemand)
	e.defaults = &defaults
	if nation != nil {
		e.version = nation.Version
	}
	editions := compileEditions(nation)
	e.nation = newTimeline(editions, nil, e.defaults)
	for _, o := range overlays {
		if o == nil {
			return nil, errors.New("policy: an overlay is nil")
		}
		if _, twice := e.regions[o.Region]; twice {
			return nil, fmt.Errorf("policy: two overlays of region %s", o.Region)
		}
		regional := compileOverlay(o)
		e.regions[o.Region] = sync.OnceValue(func() *timeline { return newTimeline(editions, regional, e.defaults) })
	}
	return e, nil
}

// Evaluate decides about the facts of one person at a venue at t (unix seconds).
// It is a pure function, allocates nothing, and neither keeps nor changes the
// facts.
func (e *Evaluator) Evaluate(v Venue, f *Facts, t int64) Decision {
	line := e.lineOf(v)
	i := line.at(t)
	in := line.in(i, v.Class)
	m := f.at(t, e.known)
	d := in.decision(e.version, line.version)
	d.Outcome, d.Reason = e.decide(in.demand, &m)
	d.NoList = f.NoList && d.Outcome != Unverified && in.demand.noList == passes
	if f.Status != nil && d.Outcome != Unverified && e.covers(f.Status, t) {
		d.Rule = f.Status.Rule
	}
	d.Until = e.until(line, i, v.Class, m, &d)
	return d
}

// until finds the first second after m.t at which the outcome or the reason is
// another than that of d: it goes from one possible change to the next.
func (e *Evaluator) until(line *timeline, i int, class uint16, m moment, d *Decision) int64 {
	in := line.in(i, class)
	for {
		at := m.next(in.demand.requirement, e.nextOfRule(m.facts.Status, m.t, line.end(i)))
		if at == math.MaxInt64 {
			return 0
		}
		if at == line.end(i) {
			i++
			in = line.in(i, class)
		}
		m.t = at
		if outcome, reason := e.decide(in.demand, &m); outcome != d.Outcome || reason != d.Reason {
			return at
		}
	}
}

// lineOf returns what holds over time where the venue is.
func (e *Evaluator) lineOf(v Venue) *timeline {
	if regional, ok := e.regions[v.Region]; ok {
		return regional()
	}
	return e.nation
}

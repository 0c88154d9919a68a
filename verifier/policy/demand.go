package policy

import (
	"cmp"
	"slices"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
)

// demand is one [trustlist.Demand], compiled.
type demand struct {
	states      []stateOutcome // ascending; a state that is not here is checked
	noStatus    severity
	noList      severity
	requirement *requirement
}

// severity orders what a demand makes of a state.
type severity uint8

const (
	passes severity = iota
	checks
	restricts
)

type stateOutcome struct {
	state    uint16
	severity severity
}

// defaultDemand holds where no policy says anything: green passes, nothing more
// is asked.
var defaultDemand = trustlist.Demand{Pass: []uint16{spec.StateGreen}}

func compileDemand(d *trustlist.Demand) demand {
	out := demand{noStatus: checks, noList: checks, requirement: compile(d.Requirement)}
	if d.NoStatus == trustlist.NoStatusPass {
		out.noStatus = passes
	}
	if d.NoList == trustlist.NoListPass {
		out.noList = passes
	}
	for _, list := range [...]struct {
		states   []uint16
		severity severity
	}{{d.Pass, passes}, {d.Check, checks}, {d.Restrict, restricts}} {
		for _, s := range list.states {
			out.states = append(out.states, stateOutcome{s, list.severity})
		}
	}
	slices.SortFunc(out.states, func(a, b stateOutcome) int { return cmp.Compare(a.state, b.state) })
	return out
}

func (d *demand) state(state uint16) severity {
	for i := range d.states {
		if d.states[i].state == state {
			return d.states[i].severity
		}
	}
	return checks
}

// decide returns what the demand makes of the facts of a moment
// (spec/policy.md, section 5).
func (e *Evaluator) decide(d *demand, m *moment) (Outcome, spec.Reason) {
	outcome, reason := e.decideStatus(d, m)
	if outcome == Pass && !m.satisfies(d.requirement) {
		return Check, spec.ReasonRequirementUnmet
	}
	if (outcome == Pass || outcome == Restricted) && m.facts.NoList && d.noList != passes {
		return Check, spec.ReasonNoStatusList
	}
	return outcome, reason
}

func (e *Evaluator) decideStatus(d *demand, m *moment) (Outcome, spec.Reason) {
	s := m.facts.Status
	switch {
	case s == nil && d.noStatus == passes:
		return Pass, spec.ReasonOK
	case s == nil:
		return Check, spec.ReasonNoStatus
	case !e.known.state(s.State):
		return Check, spec.ReasonStateUnknown
	}
	severity := d.state(s.State)
	if (severity == restricts || adverse(s.State)) && !e.covers(s, m.t) {
		return Unverified, spec.ReasonAdverseWithoutRule
	}
	switch {
	case severity == passes && !m.facts.Conflict:
		return Pass, spec.ReasonOK
	case severity == restricts && !m.facts.Conflict:
		return Restricted, spec.ReasonRestricted
	}
	return Check, spec.ReasonStateChecked
}

// rule is one [trustlist.Rule], without its words.
type rule struct {
	number               uint16
	states               []uint16
	longest, from, until int64
}

func compileRules(p *trustlist.Policy) []rule {
	if p == nil {
		return nil
	}
	var out []rule
	for _, r := range p.Rules {
		out = append(out, rule{r.Number, slices.Clone(r.States), int64(r.Longest), r.From, r.Until})
	}
	slices.SortFunc(out, func(a, b rule) int { return cmp.Compare(a.number, b.number) })
	return out
}

func (e *Evaluator) rule(number uint16) (*rule, bool) {
	i, found := slices.BinarySearchFunc(e.rules, number, func(r rule, n uint16) int { return cmp.Compare(r.number, n) })
	if !found {
		return nil, false
	}
	return &e.rules[i], true
}

// covers reports whether a published rule covers the status at t: in force at
// determination and now, for this state, not run out (spec/policy.md, section 8).
func (e *Evaluator) covers(s *Status, t int64) bool {
	r, found := e.rule(s.Rule)
	return found && slices.Contains(r.states, s.State) &&
		r.from <= s.Determined && r.from <= t &&
		(r.until == 0 || s.Determined < r.until && t < r.until) &&
		t < after(s.Determined, r.longest)
}

// nextOfRule returns the first second after t at which a rule begins or ends to
// cover the status, and limit when there is none before.
func (e *Evaluator) nextOfRule(s *Status, t, limit int64) int64 {
	if s == nil {
		return limit
	}
	r, found := e.rule(s.Rule)
	if !found {
		return limit
	}
	for _, at := range [...]int64{r.from, r.until, after(s.Determined, r.longest)} {
		if at > t && at < limit {
			limit = at
		}
	}
	return limit
}

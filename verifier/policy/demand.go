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

// compileRules returns the rules of a policy without their words, of its own.
func compileRules(p *trustlist.Policy) []trustlist.Rule {
	if p == nil {
		return nil
	}
	var out []trustlist.Rule
	for _, r := range p.Rules {
		out = append(out, trustlist.Rule{Number: r.Number, States: slices.Clone(r.States), Longest: r.Longest, From: r.From, Until: r.Until})
	}
	slices.SortFunc(out, func(a, b trustlist.Rule) int { return cmp.Compare(a.Number, b.Number) })
	return out
}

func (e *Evaluator) rule(number uint16) (*trustlist.Rule, bool) {
	i, found := slices.BinarySearchFunc(e.rules, number, func(r trustlist.Rule, n uint16) int { return cmp.Compare(r.Number, n) })
	if !found {
		return nil, false
	}
	return &e.rules[i], true
}

// covers reports whether a published rule covers the status at t.
func (e *Evaluator) covers(s *Status, t int64) bool {
	r, found := e.rule(s.Rule)
	return found && r.Covers(s.State, s.Determined, t)
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
	for _, at := range [...]int64{r.From, r.Until, r.RunsOut(s.Determined)} {
		if at > t && at < limit {
			limit = at
		}
	}
	return limit
}

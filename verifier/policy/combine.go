package policy

import (
	"cmp"
	"slices"

	"github.com/tongxing/tongxing/spec"
)

// Combine returns the facts at t of several codes of one person, each verified
// and all of them matched to one presented document. The order of the codes does
// not matter. The evidenced status that was determined last counts: a yellow or
// red one that no rule covers gives way to every status that has a basis. Two
// states of one second are a conflict, which nobody but a person can settle.
func (e *Evaluator) Combine(t int64, all ...Facts) Facts {
	var sum Facts
	var statuses []Status
	for _, f := range all {
		if f.Status != nil {
			statuses = append(statuses, *f.Status)
		}
		sum.Tests = append(sum.Tests, f.Tests...)
		sum.Vaccinations = append(sum.Vaccinations, f.Vaccinations...)
		sum.Exemptions = append(sum.Exemptions, f.Exemptions...)
		sum.NoList = sum.NoList || f.NoList
		sum.Conflict = sum.Conflict || f.Conflict
	}
	if len(statuses) == 0 {
		return sum
	}
	slices.SortFunc(statuses, func(a, b Status) int {
		return cmp.Or(
			cmp.Compare(e.basis(&b, t), e.basis(&a, t)), cmp.Compare(b.Determined, a.Determined),
			cmp.Compare(a.Issuer, b.Issuer), cmp.Compare(a.State, b.State), cmp.Compare(a.Rule, b.Rule))
	})
	first := statuses[0]
	sum.Status = &first
	for _, other := range statuses[1:] {
		if e.basis(&other, t) == e.basis(&first, t) && other.Determined == first.Determined && other.State != first.State {
			sum.Conflict = true
		}
	}
	return sum
}

// basis is 1 for a status that rests on something, 0 for an adverse one that no
// rule covers and for one of a state that nobody has named.
func (e *Evaluator) basis(s *Status, t int64) int {
	if !e.known.state(s.State) || adverse(s.State) && !e.covers(s, t) {
		return 0
	}
	return 1
}

// adverse reports whether a state needs a rule to count at all.
func adverse(state uint16) bool { return state == spec.StateYellow || state == spec.StateRed }

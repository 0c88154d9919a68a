package policy

import (
	"errors"
	"math"

	"github.com/tongxing/tongxing/trustlist"
)

// MaxAlternatives is how many alternatives a requirement may be written out in.
const MaxAlternatives = 4096

// ErrTooManyAlternatives reports a requirement of more than [MaxAlternatives]
// alternatives, which is not published.
var ErrTooManyAlternatives = errors.New("policy: requirement has more than 4096 alternatives")

// Alternatives returns in how many ways a requirement can be met, at most
// [MaxAlternatives] + 1. No requirement can be met in one way, by doing nothing.
func Alternatives(r *trustlist.Requirement) int { return compile(r).alternatives() }

// AtLeastAsStrict reports whether demand a asks for at least as much as b: every
// person whom a lets pass passes under b, and no state, no missing status and no
// missing list fares better under a (spec/policy.md, section 6). Two demands of
// which neither is at least as strict as the other cannot be compared. The error
// is [ErrTooManyAlternatives].
func AtLeastAsStrict(a, b *trustlist.Demand) (bool, error) {
	x, y := compileDemand(a), compileDemand(b)
	return x.atLeastAsStrict(&y)
}

func (d *demand) atLeastAsStrict(other *demand) (bool, error) {
	if d.noStatus < other.noStatus || d.noList < other.noList {
		return false, nil
	}
	for _, states := range [...][]stateOutcome{d.states, other.states} {
		for _, s := range states {
			if d.state(s.state) < other.state(s.state) {
				return false, nil
			}
		}
	}
	return d.requirement.atLeastAsStrict(other.requirement)
}

// atLeastAsStrict reports whether whoever satisfies r satisfies other. What is
// asked for holds from a value of a coordinate on, so it is enough that the
// least facts of each alternative of r satisfy other.
func (r *requirement) atLeastAsStrict(other *requirement) (bool, error) {
	if other == nil {
		return true, nil
	}
	if r == nil {
		m := new(Facts).at(0, nil)
		return m.satisfies(other), nil
	}
	if r.alternatives() > MaxAlternatives {
		return false, ErrTooManyAlternatives
	}
	w := writing{holds: func(leaves []*requirement) bool { return leastSatisfy(leaves, other) }}
	about := r.about(other)
	return w.each(&pending{&about, nil}), nil
}

// about returns r with the conditions on what other does not ask for taken as
// met: least facts that have them satisfy other no more than those without.
func (r *requirement) about(other *requirement) requirement {
	out := *r
	if r.op != trustlist.AllOf && r.op != trustlist.AnyOf {
		if !other.asksLike(r) {
			return requirement{op: trustlist.AllOf}
		}
		return out
	}
	out.of = nil
	for i := range r.of {
		part := r.of[i].about(other)
		if met := part.op == trustlist.AllOf && len(part.of) == 0; met && r.op == trustlist.AllOf {
			continue
		}
		out.of = append(out.of, part)
	}
	return out
}

// alternatives returns the number of alternatives, at most MaxAlternatives + 1.
func (r *requirement) alternatives() int {
	n := 1
	switch {
	case r == nil:
	case r.op == trustlist.AllOf:
		for i := range r.of {
			n = min(n*r.of[i].alternatives(), MaxAlternatives+1)
		}
	case r.op == trustlist.AnyOf:
		n = 0
		for i := range r.of {
			n = min(n+r.of[i].alternatives(), MaxAlternatives+1)
		}
	}
	return n
}

// pending is what an alternative has yet to hold, first to last.
type pending struct {
	*requirement
	rest *pending
}

// writing writes a requirement as alternatives of conditions that hold together,
// one at a time, and stops at the first that does not hold.
type writing struct {
	leaves []*requirement
	holds  func(leaves []*requirement) bool
}

func (w *writing) each(p *pending) bool {
	if p == nil {
		return w.holds(w.leaves)
	}
	switch p.op {
	case trustlist.AllOf:
		rest := p.rest
		for i := len(p.of) - 1; i >= 0; i-- {
			rest = &pending{&p.of[i], rest}
		}
		return w.each(rest)
	case trustlist.AnyOf:
		for i := range p.of {
			if !w.each(&pending{&p.of[i], p.rest}) {
				return false
			}
		}
		return true
	}
	w.leaves = append(w.leaves, p.requirement)
	defer func() { w.leaves = w.leaves[:len(w.leaves)-1] }()
	return w.each(p.rest)
}

// asksLike reports whether a requirement asks for anything of what a condition is
// about: a test or an exemption of its kind, or a vaccination.
func (r *requirement) asksLike(leaf *requirement) bool {
	if leaf.never {
		return true
	}
	for i := range r.of {
		if r.of[i].asksLike(leaf) {
			return true
		}
	}
	switch r.op {
	case trustlist.AllOf, trustlist.AnyOf:
		return false
	case trustlist.Test, trustlist.Exempt:
		return r.op == leaf.op && r.kind == leaf.kind
	}
	return leaf.op == trustlist.Doses || leaf.op == trustlist.SinceDose
}

// leastDay is the day at which least facts are looked at; the days of the longest
// requirement lie before it.
const leastDay = math.MaxInt32

// leastSatisfy reports whether the least facts that satisfy all leaves satisfy r.
func leastSatisfy(leaves []*requirement, r *requirement) bool {
	t := beginning(leastDay)
	var f Facts
	var dose, days int64 = 0, -1
	for _, leaf := range leaves {
		if leaf.never {
			return true // no facts satisfy them
		}
		switch leaf.op {
		case trustlist.Test:
			f.Tests = append(f.Tests, Test{Kind: leaf.kind, Reported: t - leaf.bound})
		case trustlist.Doses:
			dose = max(dose, leaf.bound)
		case trustlist.SinceDose:
			days = max(days, leaf.bound)
		case trustlist.Exempt:
			f.Exemptions = append(f.Exemptions, leaf.kind)
		}
	}
	m := f.at(t, nil)
	if dose > 0 || days >= 0 {
		m.dose, m.lastDay = max(dose, 1), leastDay-max(days, 0)
	}
	return m.satisfies(r)
}

package policy

import (
	"math"

	"github.com/tongxing/tongxing/trustlist"
)

// requirement is one [trustlist.Requirement], compiled: nothing of it is shared
// with the document.
type requirement struct {
	op    trustlist.Op
	kind  uint16 // of a test or an exemption
	bound int64  // seconds of a test, a dose, days
	never bool   // of a number that no code can carry, or an operation of tomorrow
	of    []requirement
}

// compile returns the requirement, nil for none.
func compile(r *trustlist.Requirement) *requirement {
	if r == nil {
		return nil
	}
	out := requirement{op: r.Op}
	argument := func(i int) uint32 {
		if i < len(r.Arguments) {
			return r.Arguments[i]
		}
		out.never = true
		return 0
	}
	number := func(i int) uint16 {
		n := argument(i)
		out.never = out.never || n > math.MaxUint16
		return uint16(n)
	}
	switch r.Op {
	case trustlist.AllOf, trustlist.AnyOf:
		for i := range r.Of {
			out.of = append(out.of, *compile(&r.Of[i]))
		}
	case trustlist.Test:
		out.kind, out.bound = number(0), int64(argument(1))
	case trustlist.Doses:
		out.bound = max(int64(argument(0)), 1)
	case trustlist.SinceDose:
		out.bound = int64(argument(0))
	case trustlist.Exempt:
		out.kind = number(0)
	default:
		out.never = true
	}
	return &out
}

// moment is what requirements are held against: the facts that count, at a time.
// It is small and lives on the stack.
type moment struct {
	facts   *Facts
	known   *numbers // nil: every number counts as named
	t       int64
	dose    int64 // the highest; 0: no vaccination
	lastDay int64 // of the latest
}

func (f *Facts) at(t int64, known *numbers) moment {
	m := moment{facts: f, known: known, t: t, lastDay: math.MinInt64}
	for i := range f.Vaccinations {
		v := &f.Vaccinations[i]
		if v.Dose == 0 || known != nil && !known.product(v.Product) {
			continue
		}
		m.dose = max(m.dose, int64(v.Dose))
		m.lastDay = max(m.lastDay, int64(v.Day))
	}
	return m
}

// freshest returns when the latest test of a kind was reported.
func (m *moment) freshest(kind uint16) (reported int64, found bool) {
	for i := range m.facts.Tests {
		if t := &m.facts.Tests[i]; t.Kind == kind && (!found || t.Reported > reported) {
			reported, found = t.Reported, true
		}
	}
	return reported, found
}

func (m *moment) exempt(kind uint16) bool {
	for _, k := range m.facts.Exemptions {
		if k == kind {
			return true
		}
	}
	return false
}

// satisfies reports whether the requirement holds. No requirement always does.
// The difference of two times is never taken where it could overflow.
func (m *moment) satisfies(r *requirement) bool {
	if r == nil {
		return true
	}
	if r.never {
		return false
	}
	switch r.op {
	case trustlist.AllOf:
		for i := range r.of {
			if !m.satisfies(&r.of[i]) {
				return false
			}
		}
		return true
	case trustlist.AnyOf:
		for i := range r.of {
			if m.satisfies(&r.of[i]) {
				return true
			}
		}
		return false
	case trustlist.Test:
		reported, found := m.freshest(r.kind)
		return found && m.t <= after(reported, r.bound) && (m.known == nil || m.known.testKind(r.kind))
	case trustlist.Doses:
		return m.dose >= r.bound
	case trustlist.SinceDose:
		return m.dose > 0 && m.daysSince() >= r.bound
	}
	return m.exempt(r.kind) && (m.known == nil || m.known.exemption(r.kind))
}

// daysSince returns the days since the last dose; a dose of tomorrow, by a clock
// that is behind, is one of today.
func (m *moment) daysSince() int64 { return max(dayOf(m.t)-m.lastDay, 0) }

// after returns t + seconds, at most the largest time there is.
func after(t, seconds int64) int64 {
	if t > math.MaxInt64-seconds {
		return math.MaxInt64
	}
	return t + seconds
}

// next returns the first second after m.t at which a clause of r may turn, and
// limit when there is none before.
func (m *moment) next(r *requirement, limit int64) int64 {
	if r == nil || r.never {
		return limit
	}
	turns := func(at int64) int64 {
		if at > m.t && at < limit {
			return at
		}
		return limit
	}
	switch r.op {
	case trustlist.Test:
		if reported, found := m.freshest(r.kind); found {
			return turns(after(after(reported, r.bound), 1))
		}
	case trustlist.SinceDose:
		if m.dose > 0 {
			return turns(beginning(m.lastDay + r.bound))
		}
	default:
		for i := range r.of {
			limit = m.next(&r.of[i], limit)
		}
	}
	return limit
}

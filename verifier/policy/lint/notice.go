package lint

import (
	"slices"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
)

// noticing holds a document issued at a time to a day's notice: what its editions
// ask for, and what is left of the document before it, nil for none.
type noticing struct {
	*linting
	ts, previous *times
	issued       int64
	classes      []uint16
	told         map[*timed]bool // editions that have their fault
}

func (l *linting) notice(ts *times, issued int64, previous *times) {
	n := noticing{l, ts, previous, issued, named(ts, previous), map[*timed]bool{}}
	for i := range ts.editions {
		e := &ts.editions[i]
		if e.until != 0 {
			n.emergency(i)
			continue
		}
		if e.from >= issued+notice || e.from < issued && previous.has(e) {
			continue
		}
		n.tightens(i)
	}
	if previous != nil {
		n.remains()
	}
}

// tightens reports where an edition that takes effect too early asks for more
// than what would be in force without it, when it takes effect or when an
// emergency beside it falls away.
func (n *noticing) tightens(i int) {
	e, what := &n.ts.editions[i], ShortNotice
	if e.from < n.issued {
		what = Backdated
	}
	for _, t := range moments(e.from, n.issued+notice, n.ts) {
		if n.told[e] || n.ts.inForce(len(n.ts.editions), t) != e {
			continue
		}
		before, count, at := n.ts, i, t
		if i == 0 && n.previous != nil {
			before, count, at = n.previous, len(n.previous.editions), max(t, n.issued)
		}
		without := before.inForce(count, at)
		for _, class := range n.classes {
			n.compare(e, class, n.ts.asks(e, class, t), [][]asked{before.asks(without, class, at)}, what)
		}
		n.ladder(e, without)
	}
}

// remains reports where within a day of its issue the document asks for more than
// the one before it: an edition of that one that is left out tightens as one that
// is put in does. What the one before announced is no news, and to go on with what
// held is none either.
func (n *noticing) remains() {
	for _, t := range moments(n.issued, n.issued+notice, n.ts, n.previous) {
		e := n.ts.inForce(len(n.ts.editions), t)
		if n.told[e] || e != nil && e.until != 0 {
			continue
		}
		announced, held := n.previous.inForce(len(n.previous.editions), t), n.previous.ordinary(n.issued)
		for _, class := range n.classes {
			n.compare(e, class, n.ts.asks(e, class, t),
				[][]asked{n.previous.asks(announced, class, t), n.previous.asks(held, class, n.issued)}, ShortNotice)
		}
		n.ladder(e, announced, held)
	}
}

// compare reports the first demand of an edition, nil for none, that is less lax
// than each of those before it.
func (n *noticing) compare(e *timed, class uint16, demands []asked, before [][]asked, what What) {
	for k := range demands {
		lax := slices.ContainsFunc(before, func(b []asked) bool { return atLeastAsLax(demands[k].demand, b[k].demand) })
		if lax {
			continue
		}
		w, _, _ := policy.NotAsStrict(before[0][k].demand, demands[k].demand)
		n.add(Fault{Path: e.place(demands[k]), What: what, Number: uint32(class), Witness: w})
		n.told[e] = true
		return
	}
}

// ladder reports an edition, nil for none, by whose ladder trust material is too
// old sooner than by that of each edition before it.
func (n *noticing) ladder(e *timed, before ...*timed) {
	own := e.ladderOrDefault()
	for _, b := range before {
		if l := b.ladderOrDefault(); own.ShortLived >= l.ShortLived && own.All >= l.All {
			return
		}
	}
	path := "editions"
	if e != nil {
		path = e.path + ".ladder"
	}
	n.add(Fault{Path: path, What: LadderNotice})
	n.told[e] = true
}

// emergency holds an emergency to 72 hours, all together that come within a day
// of each other: whoever knows a day ahead that one goes on needs none.
func (n *noticing) emergency(i int) {
	e := &n.ts.editions[i]
	if e.until-e.from > trustlist.MaxEmergency {
		n.add(Fault{Path: e.path + ".emergency_until", What: EmergencyLong})
	}
	for k := range n.ts.editions[:i] {
		if other := &n.ts.editions[k]; other.until != 0 && goesOn(e, other, other.lapses) {
			n.add(Fault{Path: e.path + ".emergency_until", What: EmergencyAgain})
			return
		}
	}
	if n.previous == nil || n.previous.has(e) {
		return
	}
	for k := range n.previous.editions {
		// What had not begun when this document was issued has been put off; what
		// this document does not have any more ends with its issue.
		other := &n.previous.editions[k]
		if other.until != 0 && other.from < n.issued && !n.ts.has(other) && goesOn(e, other, min(other.lapses, n.issued)) {
			n.add(Fault{Path: e.path + ".emergency_until", What: EmergencyAgain})
			return
		}
	}
}

// goesOn reports whether an emergency lasts longer than one may when it is taken
// together with another that began no later and ended then.
func goesOn(e, other *timed, ended int64) bool {
	return e.from >= other.from && e.from < ended+notice && e.until-other.from > trustlist.MaxEmergency
}

// ruleNotice reports rules that cover more than in the policy before, and do so
// within a day of the issue. A rule that ends within 72 hours of its beginning is
// its own emergency. With no policy before it at hand every rule of a later version
// counts as new; under the first of all no rule restricts before an edition does.
func (l *linting) ruleNotice(p, previous *trustlist.Policy) {
	switch {
	case previous == nil && p.Version.Counter > 1:
		previous = &trustlist.Policy{}
	case previous == nil:
		return
	}
	for i := range p.Rules {
		r := &p.Rules[i]
		brief := r.Until != 0 && r.Until-r.From <= trustlist.MaxEmergency
		if from, more := coversMoreFrom(r, previous); more && !brief && from < p.Issued+notice && (r.Until == 0 || r.Until > p.Issued) {
			l.add(Fault{Path: rulePath(i), What: RuleNotice, Number: uint32(r.Number)})
		}
	}
}

// coversMoreFrom returns from when a rule covers a status that the rule with its
// number in the policy before does not, and false where it covers none.
func coversMoreFrom(r *trustlist.Rule, previous *trustlist.Policy) (int64, bool) {
	old := trustlist.Rule{}
	for _, other := range previous.Rules {
		if other.Number == r.Number {
			old = other
		}
	}
	switch {
	case old.Number == 0 || r.Longest > old.Longest || r.From < old.From || slices.ContainsFunc(r.States, func(s uint16) bool { return !slices.Contains(old.States, s) }):
		return r.From, true
	case old.Until != 0 && (r.Until == 0 || r.Until > old.Until):
		return old.Until, true
	}
	return 0, false
}

package lint

import (
	"fmt"
	"reflect"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
)

// times are the editions of a document, of either kind, as far as notice of them
// goes.
type times struct {
	editions []timed
	// without returns what is asked for at a class and a time where no edition
	// says anything.
	without func(class uint16, t int64) []asked
}

type timed struct {
	from, until int64 // until: of an emergency, 0 for none
	lapses      int64 // 0: never
	classes     map[uint16][]asked
	content     any // for telling whether it is the same
}

// asked is a demand with its place within an edition.
type asked struct {
	path   string
	demand *trustlist.Demand
}

func timesOf(p *trustlist.Policy) *times {
	if p == nil {
		return nil
	}
	out := &times{without: func(uint16, int64) []asked { return []asked{{"", &defaultDemand}, {"", &defaultDemand}} }}
	for i := range p.Editions {
		e := &p.Editions[i]
		one := timed{from: e.EffectiveFrom, until: e.EmergencyUntil, classes: map[uint16][]asked{}, content: *e}
		one.lapses, _ = e.LapsesAt()
		for j := range e.Classes {
			c := &e.Classes[j]
			one.classes[c.Class] = []asked{{fmt.Sprintf("classes[%d].floor", j), &c.Floor}, {fmt.Sprintf("classes[%d].ceiling", j), &c.Ceiling}}
		}
		out.editions = append(out.editions, one)
	}
	return out
}

func overlayTimes(o *trustlist.Overlay, nation *trustlist.Policy) *times {
	if o == nil {
		return nil
	}
	out := &times{without: func(class uint16, t int64) []asked {
		national, _ := nation.EditionAt(t)
		floor, _ := bounds(national, class)
		return []asked{{"", floor}}
	}}
	for i := range o.Editions {
		e := &o.Editions[i]
		one := timed{from: e.EffectiveFrom, until: e.EmergencyUntil, classes: map[uint16][]asked{}, content: *e}
		one.lapses, _ = e.LapsesAt()
		for j := range e.Classes {
			c := &e.Classes[j]
			one.classes[c.Class] = []asked{{fmt.Sprintf("classes[%d].demand", j), &c.Demand}}
		}
		out.editions = append(out.editions, one)
	}
	return out
}

// before returns what is asked for at a class when an edition takes effect, as
// the first count editions say.
func (ts *times) before(count int, class uint16, t int64) []asked {
	for i := count - 1; i >= 0; i-- {
		if e := &ts.editions[i]; e.from <= t && (e.lapses == 0 || t < e.lapses) {
			if demands, ok := e.classes[class]; ok {
				return demands
			}
			break
		}
	}
	return ts.without(class, t)
}

// notice holds the editions of a document issued at a time to a day's notice, or
// to the limits of an emergency.
func (l *linting) notice(ts *times, issued int64, previous *times) {
	for i := range ts.editions {
		e, path := &ts.editions[i], fmt.Sprintf("editions[%d]", i)
		if e.until != 0 {
			l.emergency(ts, i, path)
			continue
		}
		if e.from >= issued+notice || e.from < issued && previous.has(e) {
			continue
		}
		l.tightens(ts, i, issued, previous, path)
	}
}

// has reports whether the document before has an edition, word for word.
func (ts *times) has(e *timed) bool {
	if ts == nil {
		return false
	}
	for i := range ts.editions {
		if reflect.DeepEqual(ts.editions[i].content, e.content) {
			return true
		}
	}
	return false
}

// tightens reports where an edition that takes effect too early asks for more
// than what would be in force without it.
func (l *linting) tightens(ts *times, i int, issued int64, previous *times, path string) {
	e, what := &ts.editions[i], ShortNotice
	if e.from < issued {
		what = Backdated
	}
	for class, demands := range e.classes {
		without := ts.before(i, class, e.from)
		if i == 0 && previous != nil {
			without = previous.before(len(previous.editions), class, max(e.from, issued))
		}
		for k := range demands {
			if w, fails, err := policy.NotAsStrict(without[k].demand, demands[k].demand); fails || err != nil {
				l.add(Fault{Path: path + "." + demands[k].path, What: what, Number: uint32(class), Witness: w})
				break
			}
		}
	}
}

// emergency holds an emergency to 72 hours, all that follow on each other
// together.
func (l *linting) emergency(ts *times, i int, path string) {
	e := &ts.editions[i]
	if e.until-e.from > trustlist.MaxEmergency {
		l.add(Fault{Path: path + ".emergency_until", What: EmergencyLong})
	}
	for k := range ts.editions[:i] {
		if other := &ts.editions[k]; other.until != 0 && e.from >= other.from && e.from <= other.lapses && e.until-other.from > trustlist.MaxEmergency {
			l.add(Fault{Path: path + ".emergency_until", What: EmergencyAgain})
			return
		}
	}
}

package lint

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
)

// times are the editions of a document, of either kind, as far as notice of them
// goes: ascending by their times of effect. A nil one is no document.
type times struct {
	editions []timed
	// without returns what is asked for at a class and a time where no edition
	// says anything.
	without func(class uint16, t int64) []asked
}

type timed struct {
	path        string // in the document
	from, until int64  // until: of an emergency, 0 for none
	lapses      int64  // 0: never
	classes     map[uint16][]asked
	ladder      trustlist.Ladder
}

// asked is a demand with its place within an edition, "" for none.
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
		lapses, _ := e.LapsesAt()
		one := timed{fmt.Sprintf("editions[%d]", i), e.EffectiveFrom, e.EmergencyUntil, lapses, map[uint16][]asked{}, trustlist.DefaultLadder}
		if e.Ladder != nil {
			one.ladder = *e.Ladder
		}
		for j := range e.Classes {
			c := &e.Classes[j]
			one.classes[c.Class] = []asked{{fmt.Sprintf("classes[%d].floor", j), &c.Floor}, {fmt.Sprintf("classes[%d].ceiling", j), &c.Ceiling}}
		}
		out.editions = append(out.editions, one)
	}
	return out.sorted()
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
		lapses, _ := e.LapsesAt()
		one := timed{fmt.Sprintf("editions[%d]", i), e.EffectiveFrom, e.EmergencyUntil, lapses, map[uint16][]asked{}, trustlist.DefaultLadder}
		for j := range e.Classes {
			c := &e.Classes[j]
			one.classes[c.Class] = []asked{{fmt.Sprintf("classes[%d].demand", j), &c.Demand}}
		}
		out.editions = append(out.editions, one)
	}
	return out.sorted()
}

// sorted brings the editions of a text into the order in which they are signed.
func (ts *times) sorted() *times {
	slices.SortStableFunc(ts.editions, func(a, b timed) int { return cmp.Compare(a.from, b.from) })
	return ts
}

// inForce returns the edition in force at t of the first count, nil for none.
func (ts *times) inForce(count int, t int64) *timed {
	for i := count - 1; i >= 0; i-- {
		if e := &ts.editions[i]; e.from <= t && (e.lapses == 0 || t < e.lapses) {
			return e
		}
	}
	return nil
}

// ordinary returns the edition that would be in force at t without emergencies.
func (ts *times) ordinary(t int64) *timed {
	for i := len(ts.editions) - 1; i >= 0; i-- {
		if e := &ts.editions[i]; e.from <= t && e.until == 0 {
			return e
		}
	}
	return nil
}

// asks returns what an edition, nil for none, asks for at a class and a time.
func (ts *times) asks(e *timed, class uint16, t int64) []asked {
	if e != nil {
		if demands, ok := e.classes[class]; ok {
			return demands
		}
	}
	return ts.without(class, t)
}

// ladderOrDefault returns the ladder of an edition, nil for none.
func (e *timed) ladderOrDefault() trustlist.Ladder {
	if e == nil {
		return trustlist.DefaultLadder
	}
	return e.ladder
}

// place returns where in the document a demand stands that an edition, nil for
// none, does or does not name.
func (e *timed) place(a asked) string {
	switch {
	case e == nil:
		return "editions"
	case a.path == "":
		return e.path + ".classes"
	}
	return e.path + "." + a.path
}

// named returns the classes that any edition of the documents names, ascending.
func named(documents ...*times) []uint16 {
	var all []uint16
	for _, ts := range documents {
		if ts == nil {
			continue
		}
		for i := range ts.editions {
			for class := range ts.editions[i].classes {
				all = append(all, class)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// moments returns from, and when editions of the documents take effect or fall
// away behind it and before until.
func moments(from, until int64, documents ...*times) []int64 {
	all := []int64{from}
	for _, ts := range documents {
		if ts == nil {
			continue
		}
		for i := range ts.editions {
			for _, t := range [...]int64{ts.editions[i].from, ts.editions[i].lapses} {
				if t > from && t < until {
					all = append(all, t)
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// has reports whether the document has an edition of the same content, in
// whatever order it is written.
func (ts *times) has(e *timed) bool {
	if ts == nil {
		return false
	}
	return slices.ContainsFunc(ts.editions, func(other timed) bool { return other.same(e) })
}

func (e *timed) same(other *timed) bool {
	if e.from != other.from || e.until != other.until || e.ladder != other.ladder || len(e.classes) != len(other.classes) {
		return false
	}
	for class, demands := range e.classes {
		others, ok := other.classes[class]
		if !ok || !slices.EqualFunc(demands, others, func(a, b asked) bool { return sameDemand(a.demand, b.demand) }) {
			return false
		}
	}
	return true
}

func sameDemand(a, b *trustlist.Demand) bool {
	return atLeastAsLax(a, b) && atLeastAsLax(b, a)
}

// atLeastAsLax reports whether a asks for no more than b does. Most that is
// compared here has not changed, and need not be written out for that.
func atLeastAsLax(a, b *trustlist.Demand) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	lax, err := policy.AtLeastAsStrict(b, a)
	return lax && err == nil
}

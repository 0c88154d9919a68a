// Package lint finds what must not be published in a recognition policy or in an
// overlay, before anybody signs it (spec/policy.md, POLICY-7 and POLICY-16 to
// POLICY-19). Whoever wrote the file reads where the fault is and what is asked
// too much or too little there:
//
//	editions[0].classes[0].demand.requirement.of[1]: above the ceiling: a person
//	with a test of kind 1 within 24 h satisfies the ceiling and not this
//
// Findings are data: the words are the program's.
package lint

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
)

// What says what is wrong.
type What string

// What can be wrong.
const (
	Form           What = "form"             // the document breaks a rule of its kind; Detail has it
	Syntax         What = "syntax"           // no JSON; Detail has it
	FieldUnknown   What = "field_unknown"    // no field of that name
	ValueUnknown   What = "value_unknown"    // no value that the field can have; Detail lists those
	AsksIssuer     What = "asks_issuer"      // a field that would tell codes apart by who issued them
	AsksSecondCode What = "asks_second_code" // a field that would ask for another code, or several
	AsksSource     What = "asks_source"      // a field that would ask for a laboratory, a maker or an app
	CeilingTooLow  What = "ceiling_too_low"  // the ceiling is not at least as strict as the floor
	BelowFloor     What = "below_floor"      // a demand of an overlay
	AboveCeiling   What = "above_ceiling"    // the same
	TooComplex     What = "too_complex"      // more than 4096 alternatives
	ShortNotice    What = "short_notice"     // tightens within 24 hours without a mark
	Backdated      What = "backdated"        // in force before it was issued, and not in the document before
	EmergencyLong  What = "emergency_long"   // of more than 72 hours
	LadderNotice   What = "ladder_notice"    // trust material is too old sooner, without a day's notice
	RuleNotice     What = "rule_notice"      // a rule covers more than before, without a day's notice
	EmergencyAgain What = "emergency_again"  // goes on with another
	ClassUnknown   What = "class_unknown"    // a number that nobody names
	NumberUnknown  What = "number_unknown"   // a test kind, exemption or state that nobody names
	DoseTooHigh    What = "dose_too_high"    // more than a code can carry
	RuleTooLong    What = "rule_too_long"    // longer than a status is carried, 30 days
)

// Fault is one thing that is wrong.
type Fault struct {
	Path   string // "editions[0].classes[2].floor.requirement"
	What   What
	Detail string
	Err    error  // of Form and Syntax: what Detail says
	Number uint32 // of a class, a state, a kind
	// Witness shows a comparison that fails, where What is one.
	Witness policy.Witness
}

const (
	notice      = 24 * 3600
	longestRule = 30 * 86400 // a code carries the time of determination 30 days back
	highestDose = 255
)

// linting gathers faults.
type linting struct {
	faults []Fault
	names  *trustlist.Policy
}

func (l *linting) add(f Fault) { l.faults = append(l.faults, f) }

// Policy returns the faults of a policy as it is to be issued: its head has the
// time. previous is the policy that it follows on, nil for the first.
func Policy(p, previous *trustlist.Policy) []Fault {
	l := &linting{names: InOrder(p)}
	if !l.form(p) {
		return l.faults
	}
	for i := range p.Editions {
		e, path := &p.Editions[i], fmt.Sprintf("editions[%d]", i)
		for j := range e.Classes {
			c, place := &e.Classes[j], fmt.Sprintf("%s.classes[%d]", path, j)
			l.class(c.Class, place)
			l.demand(&c.Floor, place+".floor")
			l.demand(&c.Ceiling, place+".ceiling")
			l.atLeast(&c.Ceiling, &c.Floor, place+".ceiling", place+".ceiling", CeilingTooLow)
		}
	}
	for i, r := range p.Rules {
		if r.Longest > longestRule {
			l.add(Fault{Path: rulePath(i) + ".longest_seconds", What: RuleTooLong, Number: uint32(r.Number)})
		}
		for _, state := range r.States {
			l.number(trustlist.TableStates, state, rulePath(i)+".states")
		}
	}
	l.ruleNotice(p, previous)
	l.notice(timesOf(p), p.Issued, timesOf(previous))
	return sorted(l.faults)
}

// Overlay returns the faults of an overlay as it is to be issued, under the
// national policy. previous is the overlay that it follows on, nil for the first.
func Overlay(o, previous *trustlist.Overlay, nation *trustlist.Policy) []Fault {
	nation = InOrder(nation)
	l := &linting{names: nation}
	if !l.form(o) {
		return l.faults
	}
	inOrder := OverlayInOrder(o)
	for i := range o.Editions {
		e := &o.Editions[i]
		for j := range e.Classes {
			c, place := &e.Classes[j], fmt.Sprintf("editions[%d].classes[%d]", i, j)
			l.class(c.Class, place)
			l.demand(&c.Demand, place+".demand")
			l.between(inOrder, o.Editions[i].EffectiveFrom, c, nation, place+".demand")
		}
	}
	l.notice(overlayTimes(o, nation), o.Issued, overlayTimes(previous, nation))
	return sorted(l.faults)
}

func rulePath(i int) string { return fmt.Sprintf("rules[%d]", i) }

// form holds a document to the rules of its kind.
func (l *linting) form(d trustlist.Document) bool {
	_, err := trustlist.NewMessage(d)
	if err == nil {
		return true
	}
	var content *trustlist.ContentError
	if errors.As(err, &content) {
		l.add(Fault{Path: content.Field, What: Form, Detail: content.Problem, Err: err})
	} else {
		l.add(Fault{What: Form, Detail: err.Error(), Err: err})
	}
	return false
}

func (l *linting) class(number uint16, path string) {
	_, known := spec.VenueClassByNumber(number)
	if _, named := l.names.Name(trustlist.TableClasses, number); !known && !named {
		l.add(Fault{Path: path + ".class", What: ClassUnknown, Number: uint32(number)})
	}
}

// number reports a number of a table that neither the specification nor the
// policy names.
func (l *linting) number(table trustlist.Table, number uint16, path string) {
	known := false
	switch table {
	case trustlist.TableStates:
		_, known = spec.StateByNumber(number)
	case trustlist.TableTestKinds:
		_, known = spec.TestKindByNumber(number)
	case trustlist.TableExemptions:
		_, known = spec.ExemptionByNumber(number)
	}
	if _, named := l.names.Name(table, number); !known && !named {
		l.add(Fault{Path: path, What: NumberUnknown, Number: uint32(number)})
	}
}

// demand holds a demand to what can be met and compared.
func (l *linting) demand(d *trustlist.Demand, path string) {
	for _, states := range [...][]uint16{d.Pass, d.Check, d.Restrict} {
		for _, state := range states {
			l.number(trustlist.TableStates, state, path)
		}
	}
	if d.Requirement == nil {
		return
	}
	if policy.Alternatives(d.Requirement) > policy.MaxAlternatives {
		l.add(Fault{Path: path + ".requirement", What: TooComplex})
	}
	l.requirement(d.Requirement, path+".requirement")
}

func (l *linting) requirement(r *trustlist.Requirement, path string) {
	for i := range r.Of {
		l.requirement(&r.Of[i], fmt.Sprintf("%s.of[%d]", path, i))
	}
	switch {
	case r.Op == trustlist.Test && r.Arguments[0] <= 65535:
		l.number(trustlist.TableTestKinds, uint16(r.Arguments[0]), path)
	case r.Op == trustlist.Exempt && r.Arguments[0] <= 65535:
		l.number(trustlist.TableExemptions, uint16(r.Arguments[0]), path)
	case r.Op == trustlist.Test || r.Op == trustlist.Exempt:
		l.add(Fault{Path: path, What: NumberUnknown, Number: r.Arguments[0]})
	case r.Op == trustlist.Doses && r.Arguments[0] > highestDose:
		l.add(Fault{Path: path, What: DoseTooHigh, Number: r.Arguments[0]})
	}
}

// atLeast reports that demand a is not at least as strict as b. The condition
// that is too much stands below inB, where b is in the file.
func (l *linting) atLeast(a, b *trustlist.Demand, inA, inB string, what What) bool {
	w, fails, err := policy.NotAsStrict(a, b)
	path := inA
	switch {
	case err != nil:
		l.add(Fault{Path: inA + ".requirement", What: TooComplex})
		return false
	case !fails:
		return true
	case w.Part == policy.InNoStatus:
		path += ".no_status"
	case w.Part == policy.InNoList:
		path += ".no_list"
	case w.Part == policy.InRequirement && what == AboveCeiling:
		path = inB + "." + w.Lacks
	case w.Part == policy.InRequirement:
		path += ".requirement"
	}
	l.add(Fault{Path: path, What: what, Number: uint32(w.State), Witness: w})
	return false
}

var defaultDemand = trustlist.Demand{Pass: []uint16{spec.StateGreen}}

// bounds returns floor and ceiling of a class in an edition, nil for none.
func bounds(e *trustlist.Edition, class uint16) (floor, ceiling *trustlist.Demand) {
	if e != nil {
		for i := range e.Classes {
			if c := &e.Classes[i]; c.Class == class {
				return &c.Floor, &c.Ceiling
			}
		}
	}
	return &defaultDemand, &defaultDemand
}

// between holds a demand of an overlay between floor and ceiling of every
// national edition that is in force together with its own edition, which takes
// effect at from.
func (l *linting) between(o *trustlist.Overlay, from int64, c *trustlist.ClassDemand, nation *trustlist.Policy, path string) {
	moments := []int64{from}
	for i := range o.Editions { // behind an emergency it is in force again
		if lapses, ok := o.Editions[i].LapsesAt(); ok {
			moments = append(moments, lapses)
		}
	}
	if nation != nil {
		for i := range nation.Editions {
			e := &nation.Editions[i]
			moments = append(moments, e.EffectiveFrom)
			if lapses, ok := e.LapsesAt(); ok {
				moments = append(moments, lapses)
			}
		}
	}
	slices.Sort(moments)
	for _, t := range slices.Compact(moments) {
		if inForce, ok := o.EditionAt(t); !ok || inForce.EffectiveFrom != from {
			continue
		}
		national, _ := nation.EditionAt(t)
		floor, ceiling := bounds(national, c.Class)
		if !l.atLeast(&c.Demand, floor, path, path, BelowFloor) || !l.atLeast(ceiling, &c.Demand, path, path, AboveCeiling) {
			return
		}
	}
}

// sorted orders faults by their places, each once.
func sorted(faults []Fault) []Fault {
	slices.SortStableFunc(faults, func(a, b Fault) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.What, b.What)) })
	return slices.CompactFunc(faults, func(a, b Fault) bool { return a.Path == b.Path && a.What == b.What && a.Number == b.Number })
}

package policy

import (
	"fmt"

	"github.com/tongxing/tongxing/trustlist"
)

// Part is a part of a demand.
type Part uint8

// The parts of a demand in which one can be less strict than another.
const (
	InState       Part = iota + 1 // what it makes of a state
	InNoStatus                    // no status passes
	InNoList                      // a missing status list passes
	InRequirement                 // somebody satisfies it
)

// Witness shows that a demand is not at least as strict as another.
type Witness struct {
	Part  Part
	State uint16 // of InState
	// Has is what somebody has who satisfies the requirement of the one and not
	// that of the other; empty for nothing at all.
	Has []trustlist.Requirement
	// Lacks is the place in the other demand of the first condition that this
	// person does not satisfy, such as "requirement.of[1]".
	Lacks string
}

// NotAsStrict returns what shows that a is not at least as strict as b, and
// false where it is. The error is [ErrTooManyAlternatives].
func NotAsStrict(a, b *trustlist.Demand) (Witness, bool, error) {
	x, y := compileDemand(a), compileDemand(b)
	for _, states := range [...][]stateOutcome{x.states, y.states} {
		for _, s := range states {
			if x.state(s.state) < y.state(s.state) {
				return Witness{Part: InState, State: s.state}, true, nil
			}
		}
	}
	switch {
	case x.noStatus < y.noStatus:
		return Witness{Part: InNoStatus}, true, nil
	case x.noList < y.noList:
		return Witness{Part: InNoList}, true, nil
	}
	if x.requirement.alternatives() > MaxAlternatives {
		return Witness{}, false, ErrTooManyAlternatives
	}
	var has []*requirement
	found := false
	keep := func(leaves []*requirement) bool {
		if leastSatisfy(leaves, y.requirement) {
			return true
		}
		has, found = append(has, leaves...), true
		return false
	}
	if x.requirement == nil {
		keep(nil)
	} else {
		w := writing{holds: keep}
		w.each(&pending{x.requirement, nil})
	}
	if !found {
		return Witness{}, false, nil
	}
	out := Witness{Part: InRequirement, Lacks: lacking(has, y.requirement, "requirement")}
	for _, leaf := range has {
		out.Has = append(out.Has, leaf.document())
	}
	return out, true, nil
}

// lacking returns the place of the first condition of r that the least facts of
// the leaves do not satisfy.
func lacking(leaves []*requirement, r *requirement, path string) string {
	for i := range r.of {
		if (r.op == trustlist.AllOf || len(r.of) == 1) && !leastSatisfy(leaves, &r.of[i]) {
			return lacking(leaves, &r.of[i], fmt.Sprintf("%s.of[%d]", path, i))
		}
	}
	return path
}

// document returns a condition as it stands in a document.
func (r *requirement) document() trustlist.Requirement {
	switch r.op {
	case trustlist.Test:
		return trustlist.Requirement{Op: r.op, Arguments: []uint32{uint32(r.kind), uint32(r.bound)}}
	case trustlist.Exempt:
		return trustlist.Requirement{Op: r.op, Arguments: []uint32{uint32(r.kind)}}
	}
	return trustlist.Requirement{Op: r.op, Arguments: []uint32{uint32(r.bound)}}
}

package trustlist

import (
	"cmp"
	"fmt"
	"slices"
)

const (
	maxRequirementDepth = 3
	maxRequirements     = 32 // of one all_of or any_of
)

// NoStatus says what a class of venues does about a code that carries evidence
// and no health status.
type NoStatus uint8

// What "no status" can mean to a venue. It never restricts.
const (
	NoStatusCheck NoStatus = 0
	NoStatusPass  NoStatus = 1
)

// String returns "check" or "pass".
func (n NoStatus) String() string {
	switch n {
	case NoStatusCheck:
		return "check"
	case NoStatusPass:
		return "pass"
	}
	return "unknown"
}

// MarshalText returns String.
func (n NoStatus) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// NoList says what a class of venues does about a code when the status list that
// would tell whether it is revoked is not there.
type NoList uint8

// What a missing status list can mean to a venue. It never restricts.
const (
	NoListCheck NoList = 0
	NoListPass  NoList = 1
)

// String returns "check" or "pass".
func (n NoList) String() string { return NoStatus(n).String() }

// MarshalText returns String.
func (n NoList) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// Demand is what a venue of one class asks for. A state in none of the lists is
// checked.
type Demand struct {
	Pass        []uint16     `cbor:"1,keyasint,omitempty" json:"pass,omitempty"`
	Check       []uint16     `cbor:"2,keyasint,omitempty" json:"check,omitempty"`
	Restrict    []uint16     `cbor:"3,keyasint,omitempty" json:"restrict,omitempty"`
	NoStatus    NoStatus     `cbor:"4,keyasint,omitempty" json:"no_status"`
	Requirement *Requirement `cbor:"5,keyasint,omitempty" json:"requirement,omitempty"` // nil: none
	NoList      NoList       `cbor:"6,keyasint,omitempty" json:"no_list"`
}

// Op is the operation of a [Requirement].
type Op uint8

// The operations, with the arguments of each.
const (
	AllOf     Op = 1 // every one of Of
	AnyOf     Op = 2 // one of Of at least
	Test      Op = 3 // [kind, seconds]: a negative test of the kind, reported at most so long ago
	Doses     Op = 4 // [n]: a vaccination with a dose number of n or more
	SinceDose Op = 5 // [days]: the last vaccination at least so many days ago
	Exempt    Op = 6 // [kind]: an exemption of the kind
)

// opArguments is the number of arguments of each operation.
var opArguments = map[Op]int{AllOf: 0, AnyOf: 0, Test: 2, Doses: 1, SinceDose: 1, Exempt: 1}

var opNames = map[Op]string{AllOf: "all_of", AnyOf: "any_of", Test: "test", Doses: "doses", SinceDose: "since_dose", Exempt: "exempt"}

// String returns the name of the operation, as "all_of".
func (o Op) String() string {
	if name, ok := opNames[o]; ok {
		return name
	}
	return fmt.Sprintf("op%d", uint8(o))
}

// MarshalText returns String.
func (o Op) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Requirement is a requirement on evidence, at most three levels deep.
type Requirement struct {
	_         struct{}      `cbor:",toarray"`
	Op        Op            `json:"op"`
	Arguments []uint32      `json:"arguments,omitempty"`
	Of        []Requirement `json:"of,omitempty"`
}

func (d Demand) canonical() Demand {
	d.Pass, d.Check, d.Restrict = sortedStates(d.Pass), sortedStates(d.Check), sortedStates(d.Restrict)
	return d
}

func (d *Demand) validate(field string) error {
	seen := map[uint16]bool{}
	for _, outcome := range []struct {
		name   string
		states []uint16
	}{{"pass", d.Pass}, {"check", d.Check}, {"restrict", d.Restrict}} {
		if err := checkCount(field+"."+outcome.name, len(outcome.states), 0, maxStates); err != nil {
			return err
		}
		if err := checkAscending(field+"."+outcome.name, outcome.states, cmp.Compare[uint16]); err != nil {
			return err
		}
		for _, state := range outcome.states {
			if seen[state] {
				return invalid(field, "state %d has two outcomes", state)
			}
			seen[state] = true
		}
	}
	if slices.Contains(d.Restrict, 0) {
		return invalid(field+".restrict", "state 0 restricts nobody")
	}
	if d.NoStatus != NoStatusCheck && d.NoStatus != NoStatusPass {
		return invalid(field+".no_status", "%d is neither check nor pass", d.NoStatus)
	}
	if d.NoList != NoListCheck && d.NoList != NoListPass {
		return invalid(field+".no_list", "%d is neither check nor pass", d.NoList)
	}
	if d.Requirement == nil {
		return nil
	}
	return d.Requirement.validate(field+".requirement", 1)
}

func (r *Requirement) validate(field string, depth int) error {
	if depth > maxRequirementDepth {
		return invalid(field, "deeper than %d levels", maxRequirementDepth)
	}
	arguments, known := opArguments[r.Op]
	if !known {
		return invalid(field, "operation %d is unknown", r.Op)
	}
	if len(r.Arguments) != arguments {
		return invalid(field, "%s has %d arguments, not %d", r.Op, len(r.Arguments), arguments)
	}
	for _, a := range r.Arguments {
		if a > maxAge {
			return invalid(field, "argument %d is above %d", a, maxAge)
		}
	}
	if arguments != 0 {
		if len(r.Of) != 0 {
			return invalid(field, "%s joins nothing", r.Op)
		}
		return nil
	}
	if err := checkCount(field, len(r.Of), 1, maxRequirements); err != nil {
		return err
	}
	for i := range r.Of {
		if err := r.Of[i].validate(fmt.Sprintf("%s.of[%d]", field, i), depth+1); err != nil {
			return err
		}
	}
	return nil
}

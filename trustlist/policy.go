package trustlist

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/tongxing/tongxing/format/cborx"
)

const (
	maxEditions  = 16
	maxRules     = 1024
	maxRuleText  = 4096
	maxCodeNames = 4096
	maxClasses   = 256
	maxStates    = 64
	// maxAge bounds every age and duration of the policy: ten years, in seconds.
	maxAge = 10 * 366 * 86400
)

// Policy is the national recognition policy: what a venue may ask for, and
// since when.
type Policy struct {
	Head
	Editions []Edition  `cbor:"5,keyasint"`
	Rules    []Rule     `cbor:"6,keyasint,omitempty"`
	Names    []CodeName `cbor:"7,keyasint,omitempty"`
}

// Edition is the policy from EffectiveFrom until the next edition takes effect.
type Edition struct {
	EffectiveFrom  int64         `cbor:"1,keyasint"`           // unix seconds
	EmergencyUntil int64         `cbor:"2,keyasint,omitempty"` // unix seconds; 0: no emergency
	Ladder         *Ladder       `cbor:"3,keyasint,omitempty"` // nil: [DefaultLadder]
	Classes        []ClassPolicy `cbor:"4,keyasint,omitempty"`
}

// Ladder says how old trust may be, in seconds since [Trust.AgesFrom].
type Ladder struct {
	_          struct{} `cbor:",toarray"`
	Fresh      uint32   `json:"fresh"`       // up to this age nothing is said
	ShortLived uint32   `json:"short_lived"` // up to this age it is stale, shown, and works; beyond, not for short-lived claims
	All        uint32   `json:"all"`         // beyond this age, not for anything
}

// DefaultLadder holds until a policy says otherwise: a warning after 24 hours,
// no short-lived claims after 7 days, nothing after 100 days, the time that keys
// are published ahead.
var DefaultLadder = Ladder{Fresh: 86400, ShortLived: 7 * 86400, All: 100 * 86400}

// ClassPolicy is the national floor and ceiling for one class of venues. Where
// a region has no overlay the floor holds.
type ClassPolicy struct {
	_       struct{} `cbor:",toarray"`
	Class   uint16   `json:"class"`
	Floor   Demand   `json:"floor"`
	Ceiling Demand   `json:"ceiling"`
}

// Rule is a published rule for assigning states (赋码规则).
type Rule struct {
	Number  uint16   `cbor:"1,keyasint"`
	Name    string   `cbor:"2,keyasint"`
	Text    string   `cbor:"3,keyasint"`
	States  []uint16 `cbor:"4,keyasint"`           // that it may assign; never 0
	Longest uint32   `cbor:"5,keyasint"`           // seconds from determination
	From    int64    `cbor:"6,keyasint"`           // unix seconds
	Until   int64    `cbor:"7,keyasint,omitempty"` // unix seconds, exclusive; 0: open
}

// Table is a table of code numbers that the policy can add names to.
type Table uint16

// The tables of code numbers.
const (
	TableStates     Table = 1
	TableTestKinds  Table = 2
	TableResults    Table = 3
	TableProducts   Table = 4
	TableExemptions Table = 5
	TableDocuments  Table = 6
	TableClasses    Table = 7
)

// CodeName names a number of a code table, so that a new vaccine needs no new
// program.
type CodeName struct {
	_       struct{} `cbor:",toarray"`
	Table   Table    `json:"table"`
	Number  uint16   `json:"number"`
	Chinese string   `json:"zh"`
	English string   `json:"en"`
}

// Kind returns [KindPolicy].
func (*Policy) Kind() Kind { return KindPolicy }

func (p *Policy) encode() ([]byte, error)     { return cborx.Marshal(p) }
func (p *Policy) decode(payload []byte) error { return cborx.Unmarshal(payload, p) }

func (p *Policy) canonical() Document {
	c := *p
	c.Editions = slices.Clone(p.Editions)
	for i := range c.Editions {
		e := &c.Editions[i]
		e.Classes = slices.Clone(e.Classes)
		for j := range e.Classes {
			e.Classes[j].Floor = e.Classes[j].Floor.canonical()
			e.Classes[j].Ceiling = e.Classes[j].Ceiling.canonical()
		}
		slices.SortFunc(e.Classes, compareClasses)
	}
	slices.SortFunc(c.Editions, compareEditions)
	c.Rules = slices.Clone(p.Rules)
	for i := range c.Rules {
		c.Rules[i].States = sortedStates(c.Rules[i].States)
	}
	slices.SortFunc(c.Rules, compareRules)
	c.Names = slices.Clone(p.Names)
	slices.SortFunc(c.Names, compareCodeNames)
	return &c
}

func compareClasses(a, b ClassPolicy) int { return cmp.Compare(a.Class, b.Class) }
func compareEditions(a, b Edition) int    { return cmp.Compare(a.EffectiveFrom, b.EffectiveFrom) }
func compareRules(a, b Rule) int          { return cmp.Compare(a.Number, b.Number) }

func compareCodeNames(a, b CodeName) int {
	return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.Number, b.Number))
}

func sortedStates(states []uint16) []uint16 {
	states = slices.Clone(states)
	slices.Sort(states)
	return states
}

func (p *Policy) validate() error {
	if err := p.validateHead(); err != nil {
		return err
	}
	if err := checkCount("editions", len(p.Editions), 1, maxEditions); err != nil {
		return err
	}
	if err := checkAscending("editions", p.Editions, compareEditions); err != nil {
		return err
	}
	for i := range p.Editions {
		if err := p.Editions[i].validate(fmt.Sprintf("editions[%d]", i)); err != nil {
			return err
		}
	}
	if err := checkCount("rules", len(p.Rules), 0, maxRules); err != nil {
		return err
	}
	if err := checkAscending("rules", p.Rules, compareRules); err != nil {
		return err
	}
	for i := range p.Rules {
		if err := p.Rules[i].validate(fmt.Sprintf("rules[%d]", i)); err != nil {
			return err
		}
	}
	return p.validateNames()
}

func (p *Policy) validateNames() error {
	if err := checkCount("names", len(p.Names), 0, maxCodeNames); err != nil {
		return err
	}
	if err := checkAscending("names", p.Names, compareCodeNames); err != nil {
		return err
	}
	for i, n := range p.Names {
		if err := checkText(fmt.Sprintf("names[%d].zh", i), n.Chinese, maxName); err != nil {
			return err
		}
		if err := checkText(fmt.Sprintf("names[%d].en", i), n.English, maxName); err != nil {
			return err
		}
	}
	return nil
}

func (e *Edition) validate(field string) error {
	if err := checkEffective(field, e.EffectiveFrom, e.EmergencyUntil); err != nil {
		return err
	}
	if l := e.Ladder; l != nil && (l.Fresh > l.ShortLived || l.ShortLived > l.All || l.All > maxAge) {
		return invalid(field+".ladder", "%d, %d, %d do not rise up to %d", l.Fresh, l.ShortLived, l.All, maxAge)
	}
	if err := checkCount(field+".classes", len(e.Classes), 0, maxClasses); err != nil {
		return err
	}
	if err := checkAscending(field+".classes", e.Classes, compareClasses); err != nil {
		return err
	}
	for i := range e.Classes {
		c, place := &e.Classes[i], fmt.Sprintf("%s.classes[%d]", field, i)
		if err := c.Floor.validate(place + ".floor"); err != nil {
			return err
		}
		if err := c.Ceiling.validate(place + ".ceiling"); err != nil {
			return err
		}
	}
	return nil
}

func checkEffective(field string, from, emergencyUntil int64) error {
	if err := checkTime(field+".effective_from", from); err != nil {
		return err
	}
	if emergencyUntil != 0 && emergencyUntil <= from {
		return invalid(field+".emergency_until", "not after effective_from")
	}
	return checkOptionalTime(field+".emergency_until", emergencyUntil)
}

func (r *Rule) validate(field string) error {
	if r.Number == 0 {
		return invalid(field+".number", "0 means no rule")
	}
	if err := checkText(field+".name", r.Name, maxName); err != nil {
		return err
	}
	if err := checkText(field+".text", r.Text, maxRuleText); err != nil {
		return err
	}
	if err := checkCount(field+".states", len(r.States), 1, maxStates); err != nil {
		return err
	}
	if err := checkAscending(field+".states", r.States, cmp.Compare[uint16]); err != nil {
		return err
	}
	if r.States[0] == 0 {
		return invalid(field+".states", "state 0 needs no rule")
	}
	if r.Longest == 0 || r.Longest > maxAge {
		return invalid(field+".longest", "%d seconds, not 1 to %d", r.Longest, maxAge)
	}
	if err := checkTime(field+".from", r.From); err != nil {
		return err
	}
	if r.Until != 0 && r.Until <= r.From {
		return invalid(field+".until", "not after from")
	}
	return checkOptionalTime(field+".until", r.Until)
}

// LadderAt returns the freshness ladder in force at t (unix seconds), the
// default where the policy says nothing. A nil policy says nothing.
func (p *Policy) LadderAt(t int64) Ladder {
	if e, ok := p.EditionAt(t); ok && e.Ladder != nil {
		return *e.Ladder
	}
	return DefaultLadder
}

// Rule returns the rule with the given number.
func (p *Policy) Rule(number uint16) (Rule, bool) {
	if p == nil {
		return Rule{}, false
	}
	i, found := slices.BinarySearchFunc(p.Rules, number, func(r Rule, n uint16) int { return cmp.Compare(r.Number, n) })
	if !found {
		return Rule{}, false
	}
	return p.Rules[i], true
}

// Covers reports whether the rule covers at t a status of the given state and time of
// determination, all times in unix seconds: it allows the state, was in force at
// determination and is now, and has not run out (spec/policy.md, section 8, POLICY-21).
// A state other than green that no rule covers restricts nobody: who issues and who
// verifies ask this one question.
func (r *Rule) Covers(state uint16, determined, t int64) bool {
	return slices.Contains(r.States, state) &&
		r.From <= determined && r.From <= t &&
		(r.Until == 0 || determined < r.Until && t < r.Until) &&
		t < r.RunsOut(determined)
}

// RunsOut returns the unix second from which a status that was determined at the given
// one is too old for the rule, at most the largest there is.
func (r *Rule) RunsOut(determined int64) int64 {
	if determined > math.MaxInt64-int64(r.Longest) {
		return math.MaxInt64
	}
	return determined + int64(r.Longest)
}

// Name returns the name that the policy gives a number of a code table.
func (p *Policy) Name(table Table, number uint16) (CodeName, bool) {
	if p == nil {
		return CodeName{}, false
	}
	i, found := slices.BinarySearchFunc(p.Names, CodeName{Table: table, Number: number}, compareCodeNames)
	if !found {
		return CodeName{}, false
	}
	return p.Names[i], true
}

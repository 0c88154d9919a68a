package policy

import (
	"fmt"
	"strconv"

	"github.com/tongxing/tongxing/trustlist"
)

// Clause is one condition of a requirement, as it was found at a moment.
type Clause struct {
	// Path is the place of the condition in the demand, such as
	// "requirement.all_of[1]".
	Path      string
	Op        trustlist.Op
	Kind      uint16 // of a test or an exemption
	Limit     int64  // seconds of a test, dose number, or days
	Satisfied bool
	Found     bool  // whether the facts have anything of the kind
	Value     int64 // seconds since the freshest test, highest dose, or days since the last
}

// String tells the clause in English, for logs: "requirement.all_of[1]: test of
// kind 1 within 48 h: freshest is 51 h old".
func (c Clause) String() string {
	asked, found := c.words()
	if !c.Found {
		found = "none"
	}
	return fmt.Sprintf("%s: %s: %s", c.Path, asked, found)
}

func (c Clause) words() (asked, found string) {
	switch c.Op {
	case trustlist.Test:
		return fmt.Sprintf("test of kind %d within %s", c.Kind, span(c.Limit)), fmt.Sprintf("freshest is %s old", span(c.Value))
	case trustlist.Doses:
		return fmt.Sprintf("dose number %d or more", c.Limit), fmt.Sprintf("highest is %d", c.Value)
	case trustlist.SinceDose:
		return fmt.Sprintf("%d days since the last dose", c.Limit), fmt.Sprintf("it was %d days ago", c.Value)
	case trustlist.Exempt:
		return fmt.Sprintf("exemption of kind %d", c.Kind), "there"
	}
	return c.Op.String(), ""
}

// span writes seconds in hours where they are whole, else in hours, minutes and
// seconds.
func span(seconds int64) string {
	if seconds%3600 == 0 {
		return fmt.Sprintf("%d h", seconds/3600)
	}
	return fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
}

// Explain returns every condition of the requirement that is in force at the
// venue at t, in the order in which it is written, with what the facts have for
// it. It is empty where nothing is asked for. Unlike [Evaluator.Evaluate] it
// allocates.
func (e *Evaluator) Explain(v Venue, f *Facts, t int64) []Clause {
	line := e.lineOf(v)
	r := line.in(line.at(t), v.Class).demand.requirement
	if r == nil {
		return nil
	}
	m := f.at(t, e.known)
	return m.clauses(nil, r, "requirement")
}

func (m *moment) clauses(all []Clause, r *requirement, path string) []Clause {
	if r.op == trustlist.AllOf || r.op == trustlist.AnyOf {
		for i := range r.of {
			all = m.clauses(all, &r.of[i], path+"."+r.op.String()+"["+strconv.Itoa(i)+"]")
		}
		return all
	}
	c := Clause{Path: path, Op: r.op, Kind: r.kind, Limit: r.bound, Satisfied: m.satisfies(r)}
	switch r.op {
	case trustlist.Test:
		var reported int64
		reported, c.Found = m.freshest(r.kind)
		c.Value = max(m.t-reported, 0)
	case trustlist.Doses:
		c.Found, c.Value = m.dose > 0, m.dose
	case trustlist.SinceDose:
		if c.Found = m.dose > 0; c.Found {
			c.Value = m.daysSince()
		}
	case trustlist.Exempt:
		c.Found = m.exempt(r.kind)
	}
	if !c.Found {
		c.Value = 0
	}
	return append(all, c)
}

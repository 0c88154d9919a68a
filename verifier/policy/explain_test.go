package policy_test

import (
	"fmt"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
)

// A station asks for a test within 48 hours or a third dose; the test is of 51
// hours ago.
func Example() {
	demand := trustlist.Demand{Pass: []uint16{0}, Requirement: &trustlist.Requirement{Op: trustlist.AnyOf, Of: []trustlist.Requirement{
		{Op: trustlist.Test, Arguments: []uint32{1, 48 * 3600}}, {Op: trustlist.Doses, Arguments: []uint32{3}}}}}
	nation := &trustlist.Policy{Editions: []trustlist.Edition{{EffectiveFrom: now - day,
		Classes: []trustlist.ClassPolicy{{Class: 3, Floor: demand, Ceiling: demand}}}}}
	e, err := policy.New(nation, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	facts := policy.Facts{Status: &policy.Status{Determined: now - hour}, Tests: []policy.Test{{Kind: 1, Reported: now - 51*hour}}}
	venue := policy.Venue{Class: 3, Region: "34"}
	d := e.Evaluate(venue, &facts, now)
	fmt.Println(d.Outcome, d.Reason.Name(), d.Source)
	for _, clause := range e.Explain(venue, &facts, now) {
		fmt.Println(clause)
	}
	// Output:
	// check requirement_unmet floor
	// requirement.any_of[0]: test of kind 1 within 48 h: freshest is 51 h old
	// requirement.any_of[1]: dose number 3 or more: none
}

package policy_test

import (
	"math/rand/v2"
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
)

// [POLICY-15]
func TestNothingChangesBeforeUntilAndSomethingDoesThen(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 15))
	for range 400 {
		floor := trustlist.Demand{Pass: []uint16{0}, Check: []uint16{1}}
		requirement := randomRequirement(r, 3)
		floor.Requirement = &requirement
		later := floor
		other := randomRequirement(r, 2)
		later.Requirement = &other
		e := evaluator(t, &trustlist.Policy{
			Rules: []trustlist.Rule{{Number: 101, States: []uint16{1}, Longest: uint32(r.IntN(6*3600) + 1), From: now - day, Until: now + r.Int64N(6*hour)}},
			Editions: []trustlist.Edition{{EffectiveFrom: now - day, Classes: []trustlist.ClassPolicy{{Class: 1, Floor: floor, Ceiling: floor}}},
				{EffectiveFrom: now + r.Int64N(6*hour), EmergencyUntil: now + 7*hour, Classes: []trustlist.ClassPolicy{{Class: 1, Floor: later, Ceiling: later}}}}})
		f := policy.Facts{Status: &policy.Status{State: uint16(r.IntN(2)), Rule: 101, Determined: now - r.Int64N(hour)},
			Tests:        []policy.Test{{Kind: 1, Reported: now - r.Int64N(3*hour)}, {Kind: 2, Reported: now + r.Int64N(300)}},
			Vaccinations: []policy.Vaccination{{Product: 1, Dose: uint8(1 + r.IntN(3)), Day: today - int32(r.IntN(4))}}}
		at := now + 23*hour + r.Int64N(hour)/2
		if r.IntN(2) == 0 {
			at = now
		}
		d := e.Evaluate(policy.Venue{Class: 1}, &f, at)
		for step := at; step < at+9*hour; step += 1 + r.Int64N(40) {
			now := e.Evaluate(policy.Venue{Class: 1}, &f, step)
			changed := now.Outcome != d.Outcome || now.Reason != d.Reason
			if changed && (d.Until == 0 || step < d.Until) {
				t.Fatalf("%+v changes at +%d, not until +%d", d, step-at, d.Until-at)
			}
			if changed {
				break
			}
		}
		if d.Until != 0 {
			before, then := e.Evaluate(policy.Venue{Class: 1}, &f, d.Until-1), e.Evaluate(policy.Venue{Class: 1}, &f, d.Until)
			if before.Reason != d.Reason || then.Reason == d.Reason {
				t.Fatalf("at +%d: %v, then %v", d.Until-at, before.Reason, then.Reason)
			}
		}
	}
}

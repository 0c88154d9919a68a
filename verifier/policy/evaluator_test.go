package policy_test

import (
	"testing"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
)

// now is 2022-08-04 00:00 at UTC+8.
const (
	now  = int64(1659542400)
	hour = int64(3600)
	day  = 24 * hour
)

func test(kind, seconds uint32) trustlist.Requirement {
	return trustlist.Requirement{Op: trustlist.Test, Arguments: []uint32{kind, seconds}}
}

func of(op trustlist.Op, n uint32) trustlist.Requirement {
	return trustlist.Requirement{Op: op, Arguments: []uint32{n}}
}

func joined(op trustlist.Op, of ...trustlist.Requirement) *trustlist.Requirement {
	return &trustlist.Requirement{Op: op, Of: of}
}

// sample is a nation that asks a station (3) for a test within 48 hours or a
// booster, and lets a region ask for 24 hours.
func sample() *trustlist.Policy {
	floor := trustlist.Demand{Pass: []uint16{0}, Check: []uint16{1}, Restrict: []uint16{2},
		Requirement: joined(trustlist.AnyOf, test(1, 172800), of(trustlist.Doses, 3))}
	ceiling := floor
	ceiling.Check, ceiling.Restrict = nil, []uint16{1, 2}
	ceiling.Requirement = joined(trustlist.AllOf, test(1, 86400))
	return &trustlist.Policy{
		Head:     trustlist.Head{Version: trustlist.NewVersion(1, 1), Issued: now - 10*day},
		Editions: []trustlist.Edition{{EffectiveFrom: now - 5*day, Classes: []trustlist.ClassPolicy{{Class: 3, Floor: floor, Ceiling: ceiling}}}},
		Rules: []trustlist.Rule{
			{Number: 101, Name: "密接", Text: "密切接触者。", States: []uint16{1}, Longest: uint32(7 * day), From: now - 100*day},
			{Number: 201, Name: "确诊", Text: "确诊病例。", States: []uint16{2}, Longest: uint32(14 * day), From: now - 100*day}},
	}
}

func evaluator(t testing.TB, p *trustlist.Policy, overlays ...*trustlist.Overlay) *policy.Evaluator {
	t.Helper()
	e, err := policy.New(p, overlays)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

var station = policy.Venue{Class: 3, Region: "34"}

func green() *policy.Status { return &policy.Status{Determined: now - hour, Issuer: "33"} }

func tested(ago int64) policy.Facts {
	return policy.Facts{Status: green(), Tests: []policy.Test{{Kind: 1, Laboratory: 33<<16 + 1, Reported: now - ago}}}
}

func TestATestHoldsUpToItsLastSecond(t *testing.T) {
	e := evaluator(t, sample())
	for _, c := range []struct {
		ago     int64
		outcome policy.Outcome
		until   int64
	}{{48*hour - 1, policy.Pass, now + 2}, {48 * hour, policy.Pass, now + 1}, {48*hour + 1, policy.Check, 0}, {-300, policy.Pass, now + 300 + 48*hour + 1}} {
		f := tested(c.ago)
		d := e.Evaluate(station, &f, now)
		if d.Outcome != c.outcome || d.Until != c.until {
			t.Errorf("a test of %d s ago: %v until %d", c.ago, d.Outcome, d.Until-now)
		}
	}
}

func TestOnlyAPublishedRuleRestricts(t *testing.T) {
	e := evaluator(t, sample())
	for _, c := range []struct {
		status  policy.Status
		outcome policy.Outcome
		reason  spec.Reason
		until   int64
	}{
		{policy.Status{State: 2, Rule: 201, Determined: now - day}, policy.Restricted, spec.ReasonRestricted, now + 13*day},
		{policy.Status{State: 2, Rule: 101, Determined: now - day}, policy.Unverified, spec.ReasonAdverseWithoutRule, 0},
		{policy.Status{State: 2, Rule: 202, Determined: now - day}, policy.Unverified, spec.ReasonAdverseWithoutRule, 0},
		{policy.Status{State: 1, Rule: 101, Determined: now - 7*day + 1}, policy.Check, spec.ReasonStateChecked, now + 1},
		{policy.Status{State: 1, Rule: 101, Determined: now - 7*day}, policy.Unverified, spec.ReasonAdverseWithoutRule, 0},
		{policy.Status{State: 3, Rule: 101, Determined: now}, policy.Check, spec.ReasonStateUnknown, 0},
	} {
		d := e.Evaluate(station, &policy.Facts{Status: &c.status}, now)
		if d.Outcome != c.outcome || d.Reason != c.reason || d.Until != c.until {
			t.Errorf("%+v: %v, %v, until %d", c.status, d.Outcome, d.Reason, d.Until-now)
		}
	}
}

func TestWithoutAPolicyGreenPassesAndNothingIsAsked(t *testing.T) {
	e := evaluator(t, nil)
	for status, want := range map[*policy.Status]policy.Outcome{green(): policy.Pass, nil: policy.Check, {State: 2, Rule: 201}: policy.Unverified} {
		if d := e.Evaluate(station, &policy.Facts{Status: status}, now); d.Outcome != want || d.Source != policy.None {
			t.Errorf("%+v: %+v", status, d)
		}
	}
}

func TestEvaluatingAllocatesNothing(t *testing.T) {
	e, f := evaluator(t, sample()), tested(hour)
	e.Evaluate(station, &f, now)
	if n := testing.AllocsPerRun(100, func() { e.Evaluate(station, &f, now) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

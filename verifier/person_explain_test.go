package verifier_test

import (
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier"
)

func stepOf(t *testing.T, steps []verifier.Step, check spec.Check) verifier.Step {
	t.Helper()
	if len(steps) != int(spec.CheckRequirement) {
		t.Fatalf("%d steps", len(steps))
	}
	return steps[check-1]
}

// Who asks why gets every clause with what the codes have for it together.
func TestExplainOfAPersonNamesEveryClause(t *testing.T) {
	p := newPerson(t)
	p.policy = nation()
	p.policy.Editions[0].Classes[0].Floor.Requirement = asks(trustlist.AllOf, within(1, 48), *asks(trustlist.AnyOf, doses(3), exempt(1)))
	codes := []string{p.code("33", holderNumber, nil), p.code("41", holderNumber, tested), p.code("33", holderNumber, vaccinated)}
	v, when := p.verifier(), unix(issuedAt+3600)
	got := v.VerifyTogether(codes, when, atStation())
	steps := got.Explain("en")
	for check, want := range map[spec.Check]string{
		spec.CheckSignature: "Signature: it held for each of 3 codes",
		spec.CheckHolder:    "Holder: the document matches all 3 codes",
		spec.CheckRequirement: "Requirement on tests and vaccinations: 3 Station, 1.1: all of (✓ Nucleic acid within 48 h: the freshest is 11 h old; " +
			"one of (✗ dose 3: the highest is dose 2; ✗ exemption Age group: none)): The venue's requirement on tests or vaccinations is not met",
	} {
		if step := stepOf(t, steps, check); step.Text != want {
			t.Errorf("%s: %q", check, step.Text)
		}
	}
	if step := stepOf(t, got.Explain("zh"), spec.CheckRequirement); step.Result != verifier.Undecided || !strings.Contains(step.Text, "以下全部 (✓ 核酸 48 小时内: 最近一次在 11 小时前; 以下之一 (✗ 第 3 剂: 最多第 2 剂;") {
		t.Errorf("%+v", step)
	}
	// Without a document the answer is that of one code, and asks for it.
	alone := v.VerifyTogether(codes, when, verifier.Context{Class: station}).Explain("en")
	if step := stepOf(t, alone, spec.CheckHolder); step.Result != verifier.Undecided || !strings.Contains(step.Text, "ask for the document") {
		t.Errorf("%+v", step)
	}
	if steps := (verifier.Person{}).Explain("en"); steps != nil {
		t.Errorf("nobody: %v", steps)
	}
}

func exempt(kind uint32) trustlist.Requirement {
	return trustlist.Requirement{Op: trustlist.Exempt, Arguments: []uint32{kind}}
}

func TestExplainOfAConflictNamesBothIssuers(t *testing.T) {
	p := newPerson(t)
	p.policy = nation()
	codes := []string{p.code("33", holderNumber, state(0, 60)), p.code("41", holderNumber, state(2, 60))}
	step := stepOf(t, p.verifier().VerifyTogether(codes, unix(issuedAt+3600), atStation()).Explain("en"), spec.CheckState)
	if step.Result != verifier.Undecided || !strings.Contains(step.Text, "states differ: Green (determined by 33 ") || !strings.Contains(step.Text, "Red (determined by 41 ") || strings.Count(step.Text, "appeal: ") != 2 {
		t.Errorf("%+v", step)
	}
}

// A new state, kind of test, vaccine or class needs no new program.
func TestNumbersThatThePolicyNamesAreToldByTheirNames(t *testing.T) {
	s := ruled()
	s.material.Policy.Names = []trustlist.CodeName{
		{Table: trustlist.TableStates, Number: 7, Chinese: "灰码", English: "Grey"},
		{Table: trustlist.TableTestKinds, Number: 9, Chinese: "唾液", English: "Saliva"},
		{Table: trustlist.TableClasses, Number: 40, Chinese: "考场", English: "Examination hall"},
	}
	s.material.Policy.Editions[0].Classes = append(s.material.Policy.Editions[0].Classes, trustlist.ClassPolicy{
		Class: 40, Floor: demand(asks(trustlist.AnyOf, within(9, 48))), Ceiling: demand(asks(trustlist.AnyOf, within(9, 48)))})
	s.context.Class = 40
	v := s.verdict(t)
	if got := stepOf(t, v.Explain("en"), spec.CheckRequirement).Text; !strings.Contains(got, "40 Examination hall, 1.1: ✗ Saliva within 48 h: none") {
		t.Error(got)
	}
	names := v.Names()
	for _, c := range []struct{ got, want string }{
		{names.State(7, "zh"), "灰码"}, {names.State(0, "en"), "Green"}, {names.State(8, "en"), "unknown state code 8"},
		{names.TestKind(9, "en"), "Saliva"}, {names.VenueClass(40, "zh"), "考场"}, {names.Product(1, "en"), spec.ProductName(1, "en")},
		{names.Result(0, "en"), "Negative"}, {names.Exemption(99, "zh"), spec.ExemptionName(99, "zh")},
		{verifier.Verdict{}.Names().State(7, "en"), "unknown state code 7"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	s.credential.Status = &format.Status{State: 7, Rule: 0}
	s.credential.Status.Rule = 701
	if got := s.verdict(t); got.Reason() == spec.ReasonStateUnknown {
		t.Errorf("a state that the policy names: %s", got.Reason())
	}
}

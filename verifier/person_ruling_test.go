package verifier_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier"
)

// atStation is the holder's document at a station.
func atStation() verifier.Context {
	context := own
	context.Class = station
	return context
}

func vaccinated(c *format.Credential) {
	c.Status, c.Vaccinations = nil, []format.Vaccination{{Product: 1, Dose: 2, Course: 2, Day: 708}}
}

// A code says green, a paper of a laboratory a test, another a vaccination: one
// document makes them one person's. [VERIFY-83]
func TestThePolicyIsAskedAboutWhatCodesSayTogether(t *testing.T) {
	p := newPerson(t)
	p.policy = nation()
	p.policy.Editions[0].Classes[0].Floor.Requirement = asks(trustlist.AllOf, within(1, 48), doses(2))
	green, paper, booklet := p.code("33", holderNumber, nil), p.code("41", holderNumber, tested), p.code("33", holderNumber, vaccinated)
	v, when := p.verifier(), unix(issuedAt+3600)
	for _, c := range []struct {
		codes  []string
		reason spec.Reason
	}{
		{[]string{green}, spec.ReasonRequirementUnmet}, {[]string{green, paper}, spec.ReasonRequirementUnmet},
		{[]string{paper, booklet}, spec.ReasonNoStatus}, {[]string{green, paper, booklet}, spec.ReasonOK},
	} {
		got := v.VerifyTogether(c.codes, when, atStation())
		if got.Reason() != c.reason || len(got.Clauses()) != 2 || got.Ruling().Class != station {
			t.Errorf("%d codes: %s, %+v", len(c.codes), got.Reason(), got.Ruling())
		}
		if left := 48*time.Hour - 11*time.Hour + time.Second; c.reason == spec.ReasonOK && got.Remaining() != left {
			t.Errorf("%v remaining, want %v", got.Remaining(), left)
		}
	}
	alone := verifier.Context{Class: station}
	if got := v.VerifyTogether([]string{green, paper, booklet}, when, alone); got.Outcome() != verifier.Check || !got.DocumentNeeded() {
		t.Errorf("without a document: %s", got.Reason())
	}
	text := personJSON(t, v.VerifyTogether([]string{green, paper, booklet}, when, atStation()))
	for _, want := range []string{`"policy":{"class":3,"source":"floor"`, `"hours_left":37`, `"satisfied":true`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
}

// Two colours at once: the later one decides, of one second neither, and both
// issuers are named. An adverse one without a rule is no colour. [VERIFY-83] [VERIFY-84]
func TestTwoColoursAtOnceInTwoProvinces(t *testing.T) {
	unruled := func(c *format.Credential) { c.Status = &format.Status{State: 2, Rule: 209, Minutes: 5} }
	for _, c := range []struct {
		name          string
		first, second func(*format.Credential)
		outcome       verifier.Outcome
		reason        spec.Reason
		conflict      []string
	}{
		{"red, then green", state(2, 60), state(0, 5), verifier.Pass, spec.ReasonOK, []string{"41", "33"}},
		{"green, then red", state(0, 60), state(2, 5), verifier.Restricted, spec.ReasonRestricted, []string{"41", "33"}},
		{"one second", state(0, 60), state(2, 60), verifier.Check, spec.ReasonStateChecked, []string{"33", "41"}},
		{"a red one without a rule", state(0, 60), unruled, verifier.Pass, spec.ReasonOK, nil},
	} {
		p := newPerson(t)
		p.policy = nation()
		p.policy.Editions[0].Classes[0].Floor.Requirement = nil
		codes := []string{p.code("33", holderNumber, c.first), p.code("41", holderNumber, c.second)}
		v := p.verifier()
		got := v.VerifyTogether(codes, unix(issuedAt+3600), atStation())
		var issuers []string
		for _, claim := range got.Conflict() {
			issuers = append(issuers, claim.Issuer)
			if claim.Appeal == "" || claim.Authority == "" {
				t.Errorf("%s: nowhere to turn to: %+v", c.name, claim)
			}
		}
		if got.Outcome() != c.outcome || got.Reason() != c.reason || !slices.Equal(issuers, c.conflict) {
			t.Errorf("%s: %s, %s, conflict %v", c.name, got.Outcome(), got.Reason(), issuers)
		}
		slices.Reverse(codes)
		if again := v.VerifyTogether(codes, unix(issuedAt+3600), atStation()); personJSON(t, again) != personJSON(t, got) {
			t.Errorf("%s: in another order %s", c.name, again.Reason())
		}
	}
}

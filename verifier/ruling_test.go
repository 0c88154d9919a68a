package verifier_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
	"github.com/tongxing/tongxing/verifier"
	"github.com/tongxing/tongxing/verifier/policy"
)

const (
	station     = 3
	nursingHome = 9
	park        = 12
)

func within(kind, hours uint32) trustlist.Requirement {
	return trustlist.Requirement{Op: trustlist.Test, Arguments: []uint32{kind, hours * 3600}}
}

func doses(n uint32) trustlist.Requirement {
	return trustlist.Requirement{Op: trustlist.Doses, Arguments: []uint32{n}}
}

func asks(op trustlist.Op, of ...trustlist.Requirement) *trustlist.Requirement {
	return &trustlist.Requirement{Op: op, Of: of}
}

// demand passes green, checks yellow and restricts red.
func demand(requirement *trustlist.Requirement) trustlist.Demand {
	return trustlist.Demand{Pass: []uint16{0}, Check: []uint16{1}, Restrict: []uint16{2}, NoList: trustlist.NoListPass, Requirement: requirement}
}

// nation asks a station for a test within 48 hours or a booster, and lets a region
// ask for 24 hours; a park takes codes without a status of people who have a dose,
// and a nursing home wants to know whether a code was revoked.
func nation() *trustlist.Policy {
	atPark := demand(asks(trustlist.AnyOf, doses(1)))
	atPark.NoStatus = trustlist.NoStatusPass
	atHome := demand(nil)
	atHome.NoList = trustlist.NoListCheck
	strict := demand(asks(trustlist.AllOf, within(1, 24)))
	strict.Check, strict.Restrict = nil, []uint16{1, 2}
	rule := func(number, state uint16, name string, days uint32) trustlist.Rule {
		return trustlist.Rule{Number: number, Name: name, Text: name, States: []uint16{state}, Longest: days * day, From: issuedAt - 100*day}
	}
	return &trustlist.Policy{
		Editions: []trustlist.Edition{{EffectiveFrom: issuedAt - 20*day, Classes: []trustlist.ClassPolicy{
			{Class: station, Floor: demand(asks(trustlist.AnyOf, within(1, 48), doses(3))), Ceiling: strict},
			{Class: nursingHome, Floor: atHome, Ceiling: atHome},
			{Class: park, Floor: atPark, Ceiling: atPark},
		}}},
		Rules: []trustlist.Rule{rule(101, 1, "密接", 7), rule(201, 2, "确诊", 14)},
	}
}

// ruled is a scene with the policy, at a station; its code has no vaccination.
func ruled() *scene {
	s := newScene(sig.SM2)
	s.material.Policy = nation()
	s.credential.Vaccinations = nil
	s.context.Class = station
	return s
}

func (s *scene) red(minutes uint16) {
	s.credential.Status = &format.Status{State: 2, Rule: 201, Minutes: minutes}
}

func (s *scene) requires(t *testing.T, name string, outcome verifier.Outcome, reason spec.Reason) verifier.Verdict {
	t.Helper()
	v := s.verdict(t)
	if v.Outcome() != outcome || v.Reason() != reason {
		t.Errorf("%s: %s, %s (%v)", name, v.Outcome(), v.Reason(), v.Err())
	}
	requireSteps(t, v, "zh")
	requireConsistent(t, v)
	return v
}

// 47:59:59 and 48:00:01 after the report. [VERIFY-53]
func TestATestHoldsToTheSecondAtAVenue(t *testing.T) {
	s := ruled()
	s.credential.Tests[0].Minutes = 600
	reported := int64(issuedAt - 600*60)
	for after, left := range map[int64]time.Duration{48*3600 - 1: 2 * time.Second, 48 * 3600: time.Second} {
		s.at = reported + after
		if v := s.requires(t, "in time", verifier.Pass, spec.ReasonOK); v.Remaining() != left || v.Evidence().Ruling.Until != reported+48*3600+1 {
			t.Errorf("%d s after the report: %v left, until %d", after, v.Remaining(), v.Evidence().Ruling.Until-reported)
		}
	}
	s.at = reported + 48*3600 + 1
	v := s.requires(t, "a second late", verifier.Check, spec.ReasonRequirementUnmet)
	if got := v.Clauses(); len(got) != 2 || got[0].Satisfied || got[0].Value != 48*3600+1 || got[1].Found {
		t.Errorf("clauses %v", got)
	}
}

func TestAPolicySwitchesInItsSecond(t *testing.T) {
	s := ruled()
	next := s.material.Policy.Editions[0]
	next.EffectiveFrom, next.Classes = issuedAt+7200, slices.Clone(next.Classes)
	next.Classes[0].Floor = next.Classes[0].Ceiling
	s.material.Policy.Editions = append(s.material.Policy.Editions, next)
	s.at = issuedAt + 7199
	if v := s.requires(t, "before", verifier.Pass, spec.ReasonOK); v.Remaining() != time.Second {
		t.Errorf("%v left", v.Remaining())
	}
	s.at++
	if v := s.requires(t, "after", verifier.Check, spec.ReasonRequirementUnmet); v.Evidence().Ruling.Edition != issuedAt+7200 {
		t.Errorf("edition %d", v.Evidence().Ruling.Edition)
	}
}

// [VERIFY-50] [VERIFY-53]
func TestOnlyAPublishedRuleAtAStatedClassRestricts(t *testing.T) {
	s := ruled()
	s.red(60)
	v := s.requires(t, "by rule", verifier.Restricted, spec.ReasonRestricted)
	if r := v.Evidence().Ruling; r.Rule != 201 || r.RuleName != "确诊" || r.Source != policy.Floor || r.Class != station {
		t.Errorf("%+v", r)
	}
	s.context.Class = 0
	if v := s.requires(t, "no class", verifier.Check, spec.ReasonStateChecked); v.Evidence().Ruling.Rule != 201 {
		t.Errorf("%+v", v.Evidence().Ruling)
	}
	s.context.Class = 99
	s.lists(status.Sets{})
	s.requires(t, "a class that nobody names", verifier.Check, spec.ReasonStateChecked)
	s.context.Class, s.credential.Status.Rule = station, 202
	s.requires(t, "another rule", verifier.Unverified, spec.ReasonAdverseWithoutRule)
	s.red(60)
	s.key.Usage &^= trustlist.UsageAdverse
	s.requires(t, "a key without the usage", verifier.Unverified, spec.ReasonUsageKey)
}

// Durations count from determination, whatever is issued in between.
func TestReissuingKeepsNobodyYellow(t *testing.T) {
	for days := range int64(11) {
		s := ruled()
		determined := int64(issuedAt) - days*day
		s.credential.Expires = issuedAt + 30*day
		s.credential.Status = &format.Status{State: 1, Rule: 101, Minutes: uint16(days * 1440)}
		s.at = determined + 7*day - 1
		if days < 7 {
			s.requires(t, "in the last second", verifier.Check, spec.ReasonStateChecked)
		}
		s.at = max(determined+7*day, issuedAt)
		s.requires(t, "after seven days", verifier.Unverified, spec.ReasonAdverseWithoutRule)
	}
}

// [VERIFY-43] [VERIFY-54]
func TestWhatOutlivesAnOldList(t *testing.T) {
	s := ruled()
	s.credential.Expires = issuedAt + 60*day
	s.credential.Vaccinations = []format.Vaccination{{Product: 1, Dose: 3, Course: 2, Day: 708}}
	s.context.Class, s.at = park, issuedAt+9*day
	s.requires(t, "a green status", verifier.Check, spec.ReasonTrustStale)
	s.credential.Status = nil
	s.requires(t, "a vaccination", verifier.Pass, spec.ReasonOK)
	s.context.Class = station
	s.requires(t, "no status at a station", verifier.Check, spec.ReasonNoStatus)
	s.red(60)
	s.requires(t, "a red status", verifier.Check, spec.ReasonTrustStale)
	s.at = issuedAt + 100*day
	s.requires(t, "too old for all", verifier.Unverified, spec.ReasonTrustStale)
}

// [VERIFY-55]
func TestAMissingStatusListIsForTheDemandToSay(t *testing.T) {
	s := ruled()
	if v := s.requires(t, "station", verifier.Pass, spec.ReasonOK); !v.Evidence().Ruling.NoList {
		t.Error("nothing says that the list was missing")
	}
	s.options.StatusListRequired = true
	s.requires(t, "station that insists", verifier.Check, spec.ReasonNoStatusList)
	s.options.StatusListRequired = false
	s.context.Class = nursingHome
	s.requires(t, "nursing home", verifier.Check, spec.ReasonNoStatusList)
	s.red(60)
	s.requires(t, "nursing home, red", verifier.Check, spec.ReasonNoStatusList)
	s.lists(status.Sets{})
	s.requires(t, "nursing home with the list, red", verifier.Restricted, spec.ReasonRestricted)
	s.context.Class = 99
	s.credential.Status = &format.Status{}
	s.region.StatusLists = nil
	s.requires(t, "a class that nobody names", verifier.Check, spec.ReasonNoStatusList)
}

// The overlay is that of the venue's region, and between floor and ceiling.
func TestARegionsOverlayHoldsAtItsOwnVenues(t *testing.T) {
	for _, c := range []struct {
		name       string
		hours      uint32
		region     string
		outcome    verifier.Outcome
		source     policy.Source
		unfollowed policy.Unfollowed
	}{
		{"at home", 24, "33", verifier.Check, policy.Overlay, policy.Followed},
		{"elsewhere", 24, "41", verifier.Pass, policy.Floor, policy.Followed},
		{"nowhere", 24, "", verifier.Pass, policy.Floor, policy.Followed},
		{"too much", 12, "33", verifier.Pass, policy.Floor, policy.AboveCeiling},
		{"too little", 96, "33", verifier.Pass, policy.Floor, policy.BelowFloor},
	} {
		s := ruled()
		s.region.Overlay = &trustlist.Overlay{Editions: []trustlist.OverlayEdition{{EffectiveFrom: issuedAt - 9*day,
			Classes: []trustlist.ClassDemand{{Class: station, Demand: demand(asks(trustlist.AllOf, within(1, c.hours)))}}}}}
		s.context.Region = c.region
		v := s.verdict(t)
		if r := v.Evidence().Ruling; v.Outcome() != c.outcome || r.Source != c.source || r.Unfollowed != c.unfollowed || r.Region != c.region {
			t.Errorf("%s: %s, %s, %+v", c.name, v.Outcome(), v.Reason(), r)
		}
		if text := asJSON(t, v); c.unfollowed != policy.Followed && !strings.Contains(text, `"overlay_not_followed":"`+c.unfollowed.String()) {
			t.Errorf("%s: %s", c.name, text)
		}
	}
}

func TestTheVerdictOfAPolicyIsToldInWordsAndJSON(t *testing.T) {
	s := ruled()
	s.credential.Tests[0].Minutes, s.at = 2880, issuedAt+60
	v := s.verdict(t)
	steps := v.Explain("en")
	if got := steps[spec.CheckRequirement-1]; got.Result != verifier.Undecided || got.Text != "Requirement on tests and vaccinations: 3 Station, 1.1: "+
		"one of (✗ Nucleic acid within 48 h: the freshest is 48:01:00 h old; ✗ dose 3: none): The venue's requirement on tests or vaccinations is not met" {
		t.Errorf("%+v", got)
	}
	for _, want := range []string{`"policy":{"class":3,"source":"floor","edition":"`, `"no_status_list":true`,
		`"clauses":[{"path":"requirement.any_of[0]","asks":"test","kind":1,"limit":172800,"satisfied":false,"found":172860},{"path":"requirement.any_of[1]","asks":"doses","limit":3,"satisfied":false}]`} {
		if text := asJSON(t, v); !strings.Contains(text, want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
	s.red(60)
	if got := s.verdict(t).Explain("zh")[spec.CheckState-1]; got.Result != verifier.Failed || !strings.HasPrefix(got.Text, "健康状态: 201 确诊: ") {
		t.Errorf("%+v", got)
	}
	// What is not the holder's tells nothing of the policy's answer either.
	s.context.Name = "王芳"
	if text := asJSON(t, s.verdict(t)); strings.Contains(text, "201") || strings.Contains(text, `"policy":`) {
		t.Error(text)
	}
}

// The laboratories' key is stolen, and people stay vaccinated.
func TestADistrustedTestKeyLeavesVaccinationsValid(t *testing.T) {
	testKey := trustlist.Key{Usage: trustlist.UsageTest}
	for _, c := range []struct {
		name  string
		spoil func(*scene)
		tests spec.Reason
	}{
		{"trusted", func(*scene) {}, spec.ReasonRequirementUnmet},
		{"key compromised", func(s *scene) { s.key.State, s.key.Since = trustlist.Compromised, issuedAt }, spec.ReasonKeyCompromised},
		{"usage withdrawn", func(s *scene) {
			s.material.WithdrawnUsage = []trustlist.UsageWithdrawal{{Region: "33", Usage: trustlist.UsageTest, From: issuedAt}}
		}, spec.ReasonUsageList},
	} {
		s := ruled()
		s.context.Class, s.credential.Status, s.credential.Origin = park, nil, nil
		s.key.Usage = testKey.Usage
		vaccinations := *s
		vaccinations.signer = otherSigner()
		vaccinations.credential.Tests = nil
		vaccinations.credential.Vaccinations = []format.Vaccination{{Product: 1, Dose: 2, Course: 2, Day: 708}}
		c.spoil(s)
		region := s.region
		region.Keys = []trustlist.Key{s.key, signingKey(vaccinations.signer)}
		s.material.Regions = []trusttest.Region{region}
		v := verifierOf(t, s.material)
		if got := v.Verify(s.text(t), at(s), s.context); got.Reason() != c.tests {
			t.Errorf("%s, a test: %s", c.name, got.Reason())
		}
		if got := v.Verify(vaccinations.text(t), at(s), s.context); got.Outcome() != verifier.Pass {
			t.Errorf("%s, a vaccination: %s", c.name, got.Reason())
		}
	}
}

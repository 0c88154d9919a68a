package verifier_test

import (
	"math"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
	"github.com/tongxing/tongxing/verifier"
)

// [VERIFY-41]
func TestACodeIsGoodFrom300SecondsBeforeIatUntilExp(t *testing.T) {
	s := newScene(sig.SM2)
	s.credential.Expires = issuedAt + 5*day
	v, text := s.verifier(t), s.text(t)
	exp := s.credential.Expires
	for at, want := range map[int64]spec.Reason{
		issuedAt - 301: spec.ReasonFromTheFuture, issuedAt - 300: spec.ReasonOK, issuedAt: spec.ReasonOK,
		exp - 1: spec.ReasonOK, exp: spec.ReasonExpired, exp + 1: spec.ReasonExpired,
	} {
		verdict := v.Verify(text, time.Unix(at, 0), verifier.Context{})
		if verdict.Reason() != want {
			t.Errorf("at %d: %s, want %s", at, verdict.Reason(), want)
		}
		if left := time.Duration(exp-at) * time.Second; verdict.Verified() && verdict.Remaining() != left {
			t.Errorf("at %d: %v remaining, want %v", at, verdict.Remaining(), left)
		}
	}
	// A fraction of a second does not lengthen a code's life.
	if got := v.Verify(text, time.Unix(exp-1, 999_999_999), verifier.Context{}).Reason(); got != spec.ReasonOK {
		t.Errorf("in the last second: %s", got)
	}
}

// [VERIFY-42]
func TestAClockSetBackDoesNotReviveAnExpiredCode(t *testing.T) {
	s := newScene(sig.SM2)
	s.material.Issued = s.credential.Expires + 1
	v, text := s.verifier(t), s.text(t)
	for _, clock := range []time.Time{{}, time.Unix(math.MinInt64, 0), time.Unix(0, 0), time.Unix(issuedAt, 0), time.Unix(s.material.Issued, 0)} {
		verdict := v.Verify(text, clock, verifier.Context{})
		if verdict.Reason() != spec.ReasonExpired || verdict.Evidence().EffectiveTime != s.material.Issued || verdict.Evidence().KnowledgeAge != 0 {
			t.Errorf("clock %v: %s, evidence %+v", clock, verdict.Reason(), verdict.Evidence())
		}
	}
}

// The floor makes a clock that is behind right enough for a good code.
func TestAClockBehindTheFloorCountsAsTheFloor(t *testing.T) {
	s := newScene(sig.SM2)
	s.material.Issued, s.at = issuedAt+60, issuedAt-30*day
	if v := s.verdict(t); v.Reason() != spec.ReasonOK || v.Evidence().EffectiveTime != issuedAt+60 {
		t.Errorf("%s at %d", v.Reason(), v.Evidence().EffectiveTime)
	}
}

func TestNoClockIsTooFarAheadToJudge(t *testing.T) {
	s := newScene(sig.SM2)
	v, text := s.verifier(t), s.text(t)
	for _, clock := range []int64{issuedAt + 101*day, issuedAt + 293*366*day, 1 << 40, math.MaxInt64 - 62135596800, math.MaxInt64} {
		verdict := v.Verify(text, time.Unix(clock, 0), verifier.Context{})
		if verdict.Reason() != spec.ReasonTrustStale || verdict.Evidence().Freshness != verifier.TooOld || verdict.Evidence().KnowledgeAge < 0 {
			t.Errorf("clock %d: %s, evidence %+v", clock, verdict.Reason(), verdict.Evidence())
		}
	}
}

// [VERIFY-40]
func TestTheProgrammeEndsByTheFloorOrByAClockThatCanBeBelieved(t *testing.T) {
	floor := int64(issuedAt - day)
	for _, test := range []struct {
		name       string
		end, clock int64
		ended      bool
	}{
		{"clock at the end", issuedAt + day, issuedAt + day, true},
		{"clock a second before", issuedAt + day, issuedAt + day - 1, false},
		{"floor at the end, clock long before", floor, floor - 90*day, true},
		{"floor after the end", floor - 1, issuedAt, true},
		{"clock 90 days after the floor", issuedAt + 80*day, floor + 90*day, true},
		{"clock 90 days and a second after the floor", issuedAt + 80*day, floor + 90*day + 1, false},
		{"clock years ahead", issuedAt + 80*day, floor + 3000*day, false},
		{"no end set", 0, issuedAt + day, false},
	} {
		s := newScene(sig.SM2)
		s.material.ProgrammeEnd, s.at = test.end, test.clock
		s.credential.Expires = issuedAt + 300*day
		if v := s.verdict(t); (v.Reason() == spec.ReasonProgrammeEnded) != test.ended {
			t.Errorf("%s: %s", test.name, v.Reason())
		}
	}
}

// ladderScene has a long code, so that only the age of the trust material counts.
func ladderScene() *scene {
	s := newScene(sig.SM2)
	s.credential.Expires = issuedAt + 300*day
	return s
}

var ladderSteps = []struct {
	freshness verifier.Freshness
	outcome   verifier.Outcome
	reason    spec.Reason
}{
	{verifier.Fresh, verifier.Pass, spec.ReasonOK},
	{verifier.Stale, verifier.Pass, spec.ReasonOK},
	{verifier.TooOldForShortLived, verifier.Check, spec.ReasonTrustStale},
	{verifier.TooOld, verifier.Unverified, spec.ReasonTrustStale},
}

// requireLadder holds the verdict at both sides of every step.
func requireLadder(t *testing.T, v *verifier.Verifier, text string, floor int64, ladder trustlist.Ladder) {
	t.Helper()
	edges := []int64{0, int64(ladder.Fresh), int64(ladder.ShortLived), int64(ladder.All)}
	for i, step := range ladderSteps {
		ages := []int64{edges[i] + 1}
		if i < 3 {
			ages = append(ages, edges[i+1])
		}
		for _, age := range ages {
			verdict := v.Verify(text, time.Unix(floor+age, 0), verifier.Context{})
			if e := verdict.Evidence(); verdict.Outcome() != step.outcome || verdict.Reason() != step.reason || e.Freshness != step.freshness || e.KnowledgeAge != time.Duration(age)*time.Second {
				t.Errorf("age %d s: %s, %s, %s", age, verdict.Outcome(), verdict.Reason(), e.Freshness)
			}
		}
	}
}

func TestTheDefaultLadder(t *testing.T) {
	s := ladderScene()
	s.material.Issued = issuedAt
	requireLadder(t, s.verifier(t), s.text(t), issuedAt, trustlist.DefaultLadder)
}

// [POLICY-4]
func TestTheLadderOfThePolicyHoldsFromItsEdition(t *testing.T) {
	s := ladderScene()
	s.material.Issued = issuedAt
	ladder := trustlist.Ladder{Fresh: 600, ShortLived: 7200, All: 2 * day}
	s.material.Policy = &trustlist.Policy{Editions: []trustlist.Edition{{EffectiveFrom: issuedAt - day, Ladder: &ladder}}}
	requireLadder(t, s.verifier(t), s.text(t), issuedAt, ladder)

	s.material.Policy.Editions = []trustlist.Edition{
		{EffectiveFrom: issuedAt - day}, {EffectiveFrom: issuedAt + 20*day, Ladder: &ladder},
	}
	v := s.verifier(t)
	for age, want := range map[int64]verifier.Freshness{
		3600: verifier.Fresh, 20*day - 1: verifier.TooOldForShortLived, 20 * day: verifier.TooOld, // the default before
	} {
		if got := v.Verify(s.text(t), time.Unix(issuedAt+age, 0), verifier.Context{}).Evidence().Freshness; got != want {
			t.Errorf("age %d s: %s, want %s", age, got, want)
		}
	}
}

func TestTheLadderOfTheOptionsHoldsWhereThePolicyHasNone(t *testing.T) {
	ladder := trustlist.Ladder{Fresh: 60, ShortLived: 600, All: 6000}
	m := trusttest.Material{Issued: issuedAt, Regions: []trusttest.Region{{Code: "33", Usage: allUsage}}}
	s := ladderScene()
	m.Regions[0].Keys = []trustlist.Key{s.key}
	s.credential.Origin = nil
	trust, err := m.Load()
	if err != nil {
		t.Fatal(err)
	}
	v, err := verifier.New(trust, verifier.Options{Ladder: &ladder})
	if err != nil {
		t.Fatal(err)
	}
	requireLadder(t, v, s.text(t), issuedAt, ladder)
	ladder.All = 0 // the verifier keeps no hold of it
	requireLadder(t, v, s.text(t), issuedAt, trustlist.Ladder{Fresh: 60, ShortLived: 600, All: 6000})
	for _, wrong := range []trustlist.Ladder{{Fresh: 2, ShortLived: 1, All: 3}, {Fresh: 1, ShortLived: 3, All: 2}} {
		if v, err := verifier.New(trust, verifier.Options{Ladder: &wrong}); err == nil || v != nil {
			t.Errorf("ladder %+v is accepted", wrong)
		}
	}
}

// Old knowledge leaves tests and status to the venue; a code of doses alone is
// the venue's anyway.
func TestTrustThatIsTooOldForTheShortLivedStillVerifies(t *testing.T) {
	s := ladderScene()
	s.at = issuedAt + 30*day
	if v := s.verdict(t); !v.Verified() || v.Reason() != spec.ReasonTrustStale || v.Remaining() != 270*day*time.Second {
		t.Errorf("%s, verified %v", v.Reason(), v.Verified())
	}
	s.credential.Status, s.credential.Tests = nil, nil
	if v := s.verdict(t); v.Reason() != spec.ReasonNoStatus {
		t.Errorf("doses alone: %s", v.Reason())
	}
}

func TestWithdrawnUsageCountsFromItsTime(t *testing.T) {
	for from, want := range map[int64]spec.Reason{issuedAt: spec.ReasonUsageList, issuedAt + 1: spec.ReasonOK} {
		s := newScene(sig.SM2)
		s.material.WithdrawnUsage = []trustlist.UsageWithdrawal{{Region: "33", Usage: trustlist.UsageTest, From: from}}
		if v := s.verdict(t); v.Reason() != want {
			t.Errorf("withdrawn at %d: %s, want %s", from, v.Reason(), want)
		}
	}
}

// [VERIFY-12]
func TestACompromisedKeyIsRefusedWhateverTheDates(t *testing.T) {
	for _, since := range []int64{issuedAt - 300*day, issuedAt - 1, issuedAt, issuedAt + 1, issuedAt + 300*day} {
		for _, iat := range []int64{issuedAt - 20*day, issuedAt, issuedAt + 20*day} {
			s := newScene(sig.SM2)
			s.key.State, s.key.Since = trustlist.Compromised, since
			s.key.SignFrom = format.DayStart(format.Day(issuedAt) - 400)
			s.credential.IssuedAt, s.credential.Expires, s.at = iat, iat+7*day, iat+60
			s.credential.Vaccinations = nil
			if v := s.verdict(t); v.Reason() != spec.ReasonKeyCompromised {
				t.Errorf("compromised at %d, issued %d: %s", since, iat, v.Reason())
			}
		}
	}
}

// [VERIFY-14] [VERIFY-15]
func TestKeyTimesAtTheirEdges(t *testing.T) {
	for _, test := range []struct {
		name  string
		want  spec.Reason
		spoil func(*trustlist.Key)
	}{
		{"retired a second after iat", spec.ReasonOK, func(k *trustlist.Key) { k.State, k.Since = trustlist.Retired, issuedAt+1 }},
		{"retired at iat", spec.ReasonKeyRetired, func(k *trustlist.Key) { k.State, k.Since = trustlist.Retired, issuedAt }},
		{"signs from the day of iat", spec.ReasonOK, func(k *trustlist.Key) { k.SignFrom = format.DayStart(format.Day(issuedAt)) }},
		{"signs from the next day", spec.ReasonKeyNotInPeriod, func(k *trustlist.Key) { k.SignFrom = format.DayStart(format.Day(issuedAt) + 1) }},
		{"signs until the end of the day", spec.ReasonOK, func(k *trustlist.Key) { k.SignUntil = format.DayStart(format.Day(issuedAt) + 1) }},
		{"signs until the day of iat", spec.ReasonKeyNotInPeriod, func(k *trustlist.Key) { k.SignUntil = format.DayStart(format.Day(issuedAt)) }},
	} {
		s := newScene(sig.ES256)
		test.spoil(&s.key)
		if v := s.verdict(t); v.Reason() != test.want {
			t.Errorf("%s: %s, want %s (%v)", test.name, v.Reason(), test.want, v.Err())
		}
	}
}

package verifier_test

import (
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier"
)

// faults are in the order of the table of spec/verification.md: the programme, and
// what follows from the region on. What is between is in the vectors. A presented document is asked about
// before a state that nobody knows: what is told about a code goes to its holder.
var faults = []struct {
	reason spec.Reason
	spoil  func(*scene)
}{
	{spec.ReasonProgrammeEnded, func(s *scene) { s.material.ProgrammeEnd = issuedAt - day }},
	{spec.ReasonIssuerUnknown, func(s *scene) { s.listed = false }},
	{spec.ReasonIssuerUnavailable, func(s *scene) { s.region.Unavailable = true }},
	{spec.ReasonKeyUnknown, func(s *scene) { s.edit = withKid(s.signer, [4]byte{}) }},
	{spec.ReasonAlgorithmMismatch, func(s *scene) {
		other := sigtest.New(sig.ES256, "33 other")
		s.key.Public = other.PublicKey()
		s.edit = withKid(s.signer, other.PublicKey().KeyID())
	}},
	{spec.ReasonKeyCompromised, func(s *scene) { s.key.State, s.key.Since = trustlist.Compromised, issuedAt+day }},
	{spec.ReasonSignatureInvalid, func(s *scene) {
		s.edit = func(data []byte) []byte { data[len(data)-1] ^= 1; return data }
	}},
	{spec.ReasonKeyRetired, func(s *scene) { s.key.State, s.key.Since = trustlist.Retired, issuedAt }},
	{spec.ReasonKeyNotInPeriod, func(s *scene) { s.key.SignUntil = format.DayStart(format.Day(issuedAt)) }},
	{spec.ReasonUsageKey, func(s *scene) { s.key.Usage = allUsage &^ trustlist.UsageTest }},
	{spec.ReasonUsageList, func(s *scene) { s.region.Usage = allUsage &^ trustlist.UsageVaccination }},
	{spec.ReasonLaboratoryNotAdmitted, func(s *scene) { s.key.Laboratories = []uint32{33<<16 | 9} }},
	{spec.ReasonOriginUnknown, func(s *scene) { s.credential.Origin = &format.Origin{Region: "41", KeyID: [4]byte{1}} }},
	{spec.ReasonOriginCompromised, func(s *scene) { s.source.State, s.source.Since = trustlist.Compromised, issuedAt+day }},
	{spec.ReasonTrustStale, func(s *scene) { s.at = issuedAt + 100*day }},
	{spec.ReasonFromTheFuture, func(s *scene) { s.at = issuedAt - 301 }},
	{spec.ReasonExpired, func(s *scene) { s.at = s.credential.Expires }},
	{spec.ReasonRevoked, func(s *scene) { s.lists(status.Sets{Revoked: []uint32{holderIndex}}) }},
	{spec.ReasonSuperseded, func(s *scene) { s.lists(status.Sets{Superseded: []uint32{holderIndex}}) }},
	{spec.ReasonSuspended, func(s *scene) { s.lists(status.Sets{Suspended: []uint32{holderIndex}}) }},
	{spec.ReasonAdverseWithoutRule, func(s *scene) { s.credential.Status = &format.Status{State: 2, Rule: 201, Minutes: 5} }},
	{spec.ReasonHolderMismatch, func(s *scene) { s.context.Name = "王芳" }},
	{spec.ReasonStateUnknown, func(s *scene) { s.credential.Status = &format.Status{State: 7, Rule: 701, Minutes: 5} }},
	{spec.ReasonNoStatusList, func(s *scene) { s.options.StatusListRequired = true }},
	{spec.ReasonNoStatus, func(s *scene) { s.credential.Status = nil }},
}

func TestTheGoodSceneIsGood(t *testing.T) {
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		if v := newScene(algorithm).verdict(t); v.Reason() != spec.ReasonOK || v.Outcome() != verifier.Pass || v.Err() != nil {
			t.Errorf("%s: %s, %v", algorithm, v.Reason(), v.Err())
		}
	}
}

// Of two faults the first in the order of the checks decides; checks that are
// neighbours, or nearly, show the order. [VERIFY-1]
func TestTheFirstOfTwoFaultsDecides(t *testing.T) {
	for i, first := range faults {
		for _, second := range faults[i:min(i+3, len(faults))] {
			s := newScene(sig.SM2)
			second.spoil(s)
			if second.reason != first.reason {
				first.spoil(s) // over what the other did at the same place
			}
			if v := s.verdict(t); v.Reason() != first.reason {
				t.Errorf("%s and %s: %s (%v)", first.reason, second.reason, v.Reason(), v.Err())
			}
		}
	}
}

// After the programme nobody is told that a code is bad, whatever was shown.
// [VERIFY-40]
func TestAfterTheProgrammeEveryTextHasOneAnswer(t *testing.T) {
	s := newScene(sig.SM2)
	s.material.ProgrammeEnd = issuedAt - day
	v := s.verifier(t)
	for _, text := range []string{"", "hello", "TX1:ABC", "TX2:ABC", "861", "\x00\xff", strings.Repeat("0", 10_000)} {
		verdict := v.Verify(text, unix(issuedAt), verifier.Context{Name: "王芳", Class: station})
		if verdict.Reason() != spec.ReasonProgrammeEnded || verdict.Outcome() != verifier.Unverified {
			t.Errorf("%.20q: %s", text, verdict.Reason())
		}
		for _, step := range verdict.Explain("en") {
			if asked := step.Check == spec.CheckTrustAge; asked != (step.Result == verifier.Failed) || !asked && step.Result != verifier.NotAsked {
				t.Errorf("%.20q: %s %s", text, step.Mark(), step.Text)
			}
		}
	}
}

// Text, encoding and envelope are looked at before the region.
func TestWhatIsWrongInTheBytesComesBeforeTrust(t *testing.T) {
	s := newScene(sig.SM2)
	s.listed = false
	v, data := s.verifier(t), s.data(t)
	for want, damaged := range map[spec.Reason][]byte{
		spec.ReasonEncoding: append(data, 0), spec.ReasonEnvelope: append([]byte{0xd1}, data[1:]...), spec.ReasonIssuerUnknown: data,
	} {
		if got := v.VerifyBytes(damaged, at(s), verifier.Context{}).Reason(); got != want {
			t.Errorf("reason %s, want %s", got, want)
		}
	}
	if got := v.Verify("TX1:,", at(s), verifier.Context{}).Reason(); got != spec.ReasonDamagedText {
		t.Errorf("reason %s", got)
	}
}

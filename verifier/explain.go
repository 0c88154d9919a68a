package verifier

import (
	"fmt"
	"strings"
	"time"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/verifier/policy"
)

// Step is one check of a verdict in words.
type Step struct {
	Check  spec.Check
	Result StepResult
	Text   string // the check, and what it was held against where that is known
}

// StepResult says what became of a check.
type StepResult uint8

// The results of a check.
const (
	NotAsked StepResult = iota // an earlier check failed, or there was nothing to look at
	Held
	Failed
	Undecided // verified, and this is what the venue has to decide by its rule
)

// Mark returns a sign for the result that does not depend on colour.
func (s Step) Mark() string {
	switch s.Result {
	case Held:
		return "✓"
	case Failed:
		return "✗"
	case Undecided:
		return "?"
	}
	return "·"
}

// Explain returns every check of spec/checks.csv in the order in which they are
// made, with its result in this verdict, in words. lang is a BCP 47 tag: English,
// or else Chinese. A verdict that nobody has computed has no steps.
func (v Verdict) Explain(lang string) []Step {
	checks, err := spec.Checks()
	if err != nil || v.reason == spec.ReasonNotChecked {
		return nil
	}
	decisive, _ := v.reason.Check() // none for ok
	steps := make([]Step, 0, len(checks))
	for _, check := range checks {
		result := v.result(check, decisive)
		text := check.Text(lang)
		switch detail := v.detail(check, lang); {
		case detail == "":
		case result != NotAsked:
			text += ": " + detail
		case check == spec.CheckRevocation:
			text += fmt.Sprintf(": %s (%s)", spec.ReasonNoStatusList.Text(lang), detail)
		}
		if check == decisive {
			text += ": " + v.reason.Text(lang)
			if v.err != nil {
				text += fmt.Sprintf(" (%v)", v.err)
			}
		}
		steps = append(steps, Step{check, result, text})
	}
	return steps
}

// result says what became of a check when another, or the same, was decisive.
// Nothing is looked at without trust material and after the programme, and everything in a code that is
// verified.
func (v Verdict) result(check, decisive spec.Check) StepResult {
	switch {
	case check != decisive && !v.made(check):
		return NotAsked
	case v.outcome == Check && check == decisive:
		return Undecided
	case check == decisive:
		return Failed
	case v.Verified() || check < decisive && v.reason != spec.ReasonNoTrust && v.reason != spec.ReasonProgrammeEnded:
		return Held
	}
	return NotAsked
}

// made reports whether a check that not every code needs was made.
func (v Verdict) made(check spec.Check) bool {
	switch check {
	case spec.CheckRevocation:
		return v.evidence.Revocation.Covered
	case spec.CheckOrigin:
		return v.asked.origin
	case spec.CheckHolder:
		return v.asked.holder
	case spec.CheckRequirement:
		return v.judged.requires()
	}
	return true
}

// detail says what a check was held against, or why it could not be made.
func (v Verdict) detail(check spec.Check, lang string) string {
	e := &v.evidence
	switch check {
	case spec.CheckIssuer:
		if e.IssuerName != "" {
			return fmt.Sprintf("%s %s, %s (%s)", e.Issuer, e.IssuerName, e.Authority, e.ListVersion)
		}
	case spec.CheckKey:
		if e.Algorithm != 0 {
			return fmt.Sprintf("%x %s (%s)", e.KeyID, e.Algorithm, e.KeySetVersion)
		}
	case spec.CheckTrustAge:
		return e.age(lang)
	case spec.CheckRevocation:
		return e.Revocation.detail(e.Issuer, lang)
	case spec.CheckState:
		return e.Ruling.state()
	case spec.CheckRequirement:
		return v.requirement(lang)
	case spec.CheckTimes:
		return rfc3339(e.EffectiveTime)
	}
	return ""
}

// state says which rule covers the state.
func (r *Ruling) state() string {
	if r.Rule == 0 {
		return ""
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", r.Rule, r.RuleName))
}

// age says how old the trust material is, and by how much the clock is behind it.
func (e *Evidence) age(lang string) string {
	text := policy.Age(int64(e.KnowledgeAge/time.Second), lang)
	if e.ClockBehind > 0 {
		text += "; " + spec.Phrase("clock_behind", lang, policy.Age(int64(e.ClockBehind/time.Second), lang))
	}
	return text
}

// requirement says what was asked for at which class of venues and by whom, and of
// each clause whether it holds and what was found for it.
func (v Verdict) requirement(lang string) string {
	r := &v.evidence.Ruling
	if r.Class == 0 {
		return ""
	}
	names := v.Names()
	text := fmt.Sprintf("%d %s, %s", r.Class, names.VenueClass(r.Class, lang), v.evidence.PolicyVersion)
	if r.Source == policy.Overlay {
		text += fmt.Sprintf(", %s %s", r.Region, r.Overlay)
	}
	if clauses := names.Requirement(v.Clauses(), lang); clauses != "" {
		text += ": " + clauses
	}
	return text
}

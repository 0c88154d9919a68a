package verifier

import (
	"fmt"

	"github.com/tongxing/tongxing/spec"
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
	NotReached StepResult = iota // an earlier check failed
	Held
	Failed
)

// Mark returns a sign for the result that does not depend on colour.
func (s Step) Mark() string {
	switch s.Result {
	case Held:
		return "✓"
	case Failed:
		return "✗"
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
	failed, verified := v.reason.Check()
	steps := make([]Step, 0, len(checks))
	result := Held
	for _, check := range checks {
		if check == failed && !verified {
			result = Failed
		}
		text := check.Text(lang)
		if detail := v.detail(check); detail != "" && result != NotReached {
			text += ": " + detail
		}
		if result == Failed {
			text += ": " + v.reason.Text(lang)
			if v.err != nil {
				text += fmt.Sprintf(" (%v)", v.err)
			}
		}
		steps = append(steps, Step{check, result, text})
		if result == Failed {
			result = NotReached
		}
	}
	return steps
}

// detail says what a check was held against.
func (v Verdict) detail(check spec.Check) string {
	e := &v.evidence
	switch check {
	case spec.CheckIssuer:
		if e.IssuerName != "" {
			return fmt.Sprintf("%s %s, %s, trust list %s", e.Issuer, e.IssuerName, e.Authority, e.ListVersion)
		}
	case spec.CheckKey:
		if e.Algorithm != 0 {
			return fmt.Sprintf("%x %s, key set %s", e.KeyID, e.Algorithm, e.KeySetVersion)
		}
	case spec.CheckTrustAge:
		return fmt.Sprintf("%s, %.1f h", e.Freshness, e.KnowledgeAge.Hours())
	case spec.CheckTimes:
		return rfc3339(e.EffectiveTime)
	}
	return ""
}

package main

import (
	"context"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/verifier"
)

// maxTogether is how many codes one person may show: more were meant as a list.
const maxTogether = 64

// verifyTogether gives one answer for the codes of one person.
func (a *app) verifyTogether(ctx context.Context, f verifyFlags, v *verifier.Verifier, shown presenting) error {
	var texts []string
	sum := newVerifySummary()
	for code := range shown.codes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if code.err != nil {
			if err := a.tellJudged(f, &judged{scanned: code}, sum); err != nil {
				return err
			}
			continue
		}
		if texts = append(texts, code.text); len(texts) > maxTogether {
			return program.Usage("together_many", maxTogether)
		}
	}
	if sum.held != nil && len(texts) == 0 {
		return sum.held.err
	}
	if err := a.tellHeld(f, sum); err != nil {
		return err
	}
	if len(texts) == 0 {
		return program.Fail("nothing_verified")
	}
	p := v.VerifyTogether(texts, shown.at, shown.context)
	if p.Outcome() != verifier.Pass || sum.Unread > 0 {
		a.Status = statusNotPass
	}
	if a.JSON {
		return a.PrintJSON(struct {
			Person verifier.Person `json:"person"`
		}{p})
	}
	a.tellPerson(f, p)
	return nil
}

// tellPerson prints the verdict on each code, and then the answer.
func (a *app) tellPerson(f verifyFlags, p verifier.Person) {
	lang := string(a.Lang)
	for _, verdict := range p.Verdicts() {
		a.tellVerdict(&judged{verdict: verdict}, f.explain)
	}
	a.Say("together_answer", a.Lang.Say("outcome_"+p.Outcome().String()), p.Reason().Text(lang), p.Reason().Name())
	if p.Joined() {
		a.Say("together_joined", len(p.Credentials()))
		a.tellRuling(p.Names(), p.Ruling(), p.Clauses(), p.Reason(), f.explain)
	}
	if p.DocumentNeeded() {
		a.Say("together_document")
	}
	for _, c := range p.Conflict() {
		a.Say("together_conflict", p.Names().State(c.State, lang), clock(c.Determined), c.Issuer, a.regionName(c.Issuer, c.IssuerName), c.Authority, c.Appeal)
	}
	if p.Outcome() != verifier.Pass {
		a.Say("verdict_next", p.Reason().NextStep(lang))
	}
	if f.explain {
		a.tellSteps(p.Explain(lang))
	}
}

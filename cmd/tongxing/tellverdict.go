package main

import (
	"fmt"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/verifier"
	"github.com/tongxing/tongxing/verifier/policy"
)

// tellVerdict prints a verdict for a guard: what it comes down to, who and until
// when if the code is verified, and the next step.
func (a *app) tellVerdict(j *judged, explain bool) {
	v, lang := j.verdict, string(a.Lang)
	prefix := ""
	if place := a.placeOf(&j.scanned); place != "" {
		prefix = place + ": "
	}
	fmt.Fprintf(a.Out, "%s%s: %s (%s)\n", prefix, a.Lang.Say("outcome_"+v.Outcome().String()), v.Reason().Text(lang), v.Reason().Name())
	if c, ok := v.Credential(); ok {
		a.Say("verdict_holder", c.Holder.Name, c.Holder.LastTwo)
		a.tellClaims(c, v.Names())
		left := time.Duration(c.Expires-v.Evidence().EffectiveTime) * time.Second
		a.Say("verdict_left", left.Hours(), clock(c.Expires))
		a.tellRuling(v.Names(), v.Evidence().Ruling, v.Clauses(), v.Reason(), explain)
	}
	e := v.Evidence()
	if e.IssuerName != "" {
		a.Say(issuerLine(v), e.Issuer, a.regionName(e.Issuer, e.IssuerName), e.Authority, e.Appeal)
	}
	if e.ClockBehind > 0 {
		a.Say("verdict_clock_behind", a.age(e.ClockBehind), clock(e.EffectiveTime))
	}
	if e.Freshness > verifier.Fresh && v.Reason() != spec.ReasonProgrammeEnded { // which needs no newer bundle
		a.Say("verdict_stale", a.freshness(e.Freshness), a.age(e.KnowledgeAge))
	}
	a.tellRevocation(e)
	if v.Outcome() == verifier.Restricted && !e.Revocation.Covered {
		a.Say("verdict_restricted_no_list")
	}
	if v.Outcome() != verifier.Pass {
		a.Say("verdict_next", v.Reason().NextStep(lang))
	}
	if explain {
		a.tellSteps(v.Explain(lang))
	}
}

// issuerLine is how the issuer is told: until the signature was found right anybody
// can have written it.
func issuerLine(v verifier.Verdict) string {
	if check, _ := v.Reason().Check(); !v.Verified() && check <= spec.CheckSignature {
		return "verdict_issuer_claimed"
	}
	return "verdict_issuer"
}

func (a *app) tellSteps(steps []verifier.Step) {
	for _, step := range steps {
		fmt.Fprintf(a.Out, "  %s %s\n", step.Mark(), step.Text)
	}
}

// tellRevocation says how old the knowledge of the code's revocation is, or that
// there is none.
func (a *app) tellRevocation(e verifier.Evidence) {
	r := e.Revocation
	switch {
	case !r.Asked:
		return
	case !r.Covered:
		a.Say("verdict_no_list", e.Issuer, r.Month())
	case r.Overdue:
		a.Say("verdict_revocation_overdue", clock(r.AsOf), clock(r.Due))
	default:
		a.Say("verdict_revocation", clock(r.AsOf))
	}
	if r.Behind {
		a.Say("verdict_revocation_behind")
	}
}

// placeOf names where a code was found: the file, with the line where there are
// several, or "" where the user can see it.
func (a *app) placeOf(s *scanned) string {
	switch {
	case !s.several:
		return s.source
	case s.source == "":
		return a.Lang.Say("line_of_input", s.line)
	}
	return fmt.Sprintf("%s:%d", s.source, s.line)
}

// freshness says what the age of trust material means.
func (a *app) freshness(f verifier.Freshness) string {
	switch f {
	case verifier.Fresh:
		return a.Lang.Say("freshness_fresh")
	case verifier.Stale:
		return a.Lang.Say("freshness_stale")
	case verifier.TooOldForShortLived:
		return a.Lang.Say("freshness_short_lived")
	}
	return a.Lang.Say("freshness_old")
}

// age says how long something took in days and hours, or in hours alone.
func (a *app) age(d time.Duration) string {
	hours := int64(d / time.Hour)
	if hours < 24 {
		return a.Lang.Say("age_hours", hours)
	}
	return a.Lang.Say("age_days", hours/24, hours%24)
}

// regionName returns the name of a region in the language of the output, or
// otherwise for one that the tables do not know.
func (a *app) regionName(number, otherwise string) string {
	if r, ok := spec.RegionByNumber(number); ok {
		return r.Label.In(string(a.Lang))
	}
	return otherwise
}

// tellClaims prints what a credential says, in words.
func (a *app) tellClaims(c *format.Credential, names policy.Names) {
	lang := string(a.Lang)
	if s := c.Status; s != nil {
		a.Say("claim_status", names.State(s.State, lang), a.ruleName(s), clock(c.Determined()))
	}
	for _, t := range c.Tests {
		a.Say("claim_test", names.TestKind(t.Kind, lang), names.Result(t.Result, lang), clock(c.Reported(t)), laboratory(t.Laboratory))
	}
	for _, v := range c.Vaccinations {
		a.Say("claim_vaccination", names.Product(v.Product, lang), a.dose(v), date(v.Day))
	}
	for _, kind := range c.Exemptions {
		a.Say("claim_exemption", names.Exemption(kind, lang))
	}
	if o := c.Origin; o != nil {
		a.Say("claim_origin", o.Region, fmt.Sprintf("%x", o.KeyID))
	}
}

func (a *app) ruleName(s *format.Status) string {
	if s.Rule == 0 {
		return a.Lang.Say("no_rule")
	}
	if state, ok := spec.RuleState(s.Rule); ok && state.Number == s.State {
		return state.RuleName(s.Rule)
	}
	return fmt.Sprint(s.Rule)
}

// dose says "dose 2 of 2", or "booster" for a dose beyond the course: never "3
// of 2".
func (a *app) dose(v format.Vaccination) string {
	if v.Dose > v.Course {
		return a.Lang.Say("dose_booster", v.Dose)
	}
	return a.Lang.Say("dose_of", v.Dose, v.Course)
}

func laboratory(number uint32) string {
	return fmt.Sprintf("%02d-%03d", number>>16, number&0xffff)
}

func clock(unix int64) string {
	return time.Unix(unix, 0).In(format.ChinaTime).Format("2006-01-02 15:04")
}

func date(day uint16) string {
	return time.Unix(format.DayStart(int64(day)), 0).In(format.ChinaTime).Format(time.DateOnly)
}

package verifier

import (
	"time"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
)

// Ruling says by what of the recognition policy an answer was given. It is zero
// where no class of venue was stated and no rule counts.
type Ruling struct {
	Class          uint16            // of the venue
	Region         string            // where the venue is, two digits; "" if not stated
	Source         policy.Source     // whose demand decided
	Edition        int64             // unix seconds: since when the national edition holds; 0 if none does
	Overlay        trustlist.Version // of the region; zero if it has none
	OverlayEdition int64             // unix seconds: since when its edition holds that names the class
	Unfollowed     policy.Unfollowed // why that edition is not followed
	Rule           uint16            // published, that covers the state; 0 for none
	RuleName       string
	RuleText       string
	NoList         bool  // the code's status list is not here, and the demand lets that pass
	Until          int64 // unix seconds: when the answer would be another, the code's expiry aside; 0 for never
}

// judged is what the policy made of the facts of one code, or of several of one
// person. It is there for verified codes alone.
type judged struct {
	verifier *Verifier
	venue    policy.Venue
	facts    policy.Facts
	now      int64
	unlisted bool // a status list is not here
	decision policy.Decision
}

// judge asks the policy. A venue without a class is not asked by the policy for
// status lists: it says itself whether it insists on them.
func (v *Verifier) judge(venue policy.Venue, facts policy.Facts, unlisted bool, now int64) *judged {
	facts.NoList = unlisted && venue.Class != 0
	j := &judged{verifier: v, venue: venue, facts: facts, now: now, unlisted: unlisted}
	j.decision = v.evaluator.Evaluate(venue, &j.facts, now)
	return j
}

// answer is the last step: what the venue insists on and the age of the trust
// material, beside what the policy says.
func (j *judged) answer(freshness Freshness) (Outcome, spec.Reason) {
	d := &j.decision
	decided := d.Outcome == policy.Pass || d.Outcome == policy.Restricted
	switch {
	case d.Outcome == policy.Unverified || d.Reason == spec.ReasonStateUnknown:
	case j.verifier.listRequired && j.unlisted:
		return Check, spec.ReasonNoStatusList
	case freshness == TooOldForShortLived && decided && !j.outlivesTheList():
		return Check, spec.ReasonTrustStale
	}
	return outcomeOf(d.Outcome), d.Reason
}

// outlivesTheList reports whether the facts pass by vaccinations and exemptions
// alone: a status and a test are of days, as the trust material is.
func (j *judged) outlivesTheList() bool {
	lasting := j.facts
	lasting.Tests = nil
	return lasting.Status == nil && j.verifier.evaluator.Evaluate(j.venue, &lasting, j.now).Outcome == policy.Pass
}

func outcomeOf(o policy.Outcome) Outcome {
	switch o {
	case policy.Pass:
		return Pass
	case policy.Restricted:
		return Restricted
	case policy.Check:
		return Check
	}
	return Unverified
}

// remaining returns how long the answer holds for a code that expires then.
func (j *judged) remaining(expires int64) time.Duration {
	if until := j.decision.Until; until != 0 {
		expires = min(expires, until)
	}
	return time.Duration(expires-j.now) * time.Second
}

func (j *judged) ruling() Ruling {
	d := &j.decision
	if j.venue.Class == 0 && d.Rule == 0 {
		return Ruling{}
	}
	r := Ruling{
		Class: j.venue.Class, Region: j.venue.Region, Source: d.Source, Edition: d.Edition, Overlay: d.Overlay,
		OverlayEdition: d.OverlayEdition, Unfollowed: d.Unfollowed, Rule: d.Rule, NoList: d.NoList, Until: d.Until,
	}
	if nation := j.verifier.trust.Policy(); nation != nil && d.Rule != 0 {
		rule, _ := nation.Rule(d.Rule)
		r.RuleName, r.RuleText = rule.Name, rule.Text
	}
	return r
}

// clauses returns every condition that is asked for, with what was found for it.
func (j *judged) clauses() []policy.Clause {
	if j == nil {
		return nil
	}
	return j.verifier.evaluator.Explain(j.venue, &j.facts, j.now)
}

func (j *judged) names() policy.Names {
	if j == nil {
		return policy.Names{}
	}
	return policy.NamesOf(j.verifier.trust.Policy())
}

// requires reports whether the facts came as far as a requirement.
func (j *judged) requires() bool {
	return j != nil && (j.decision.Outcome == policy.Pass || j.decision.Reason == spec.ReasonRequirementUnmet) && len(j.clauses()) > 0
}

// policyJSON is the ruling for programs. Names are stable.
type policyJSON struct {
	Class          uint16       `json:"class,omitempty"`
	Region         string       `json:"region,omitempty"`
	Source         string       `json:"source"`
	Edition        string       `json:"edition,omitempty"`
	Overlay        string       `json:"overlay_version,omitempty"`
	OverlayEdition string       `json:"overlay_edition,omitempty"`
	Unfollowed     string       `json:"overlay_not_followed,omitempty"`
	Rule           *ruleJSON    `json:"rule,omitempty"`
	NoList         bool         `json:"no_status_list,omitempty"`
	Until          string       `json:"until,omitempty"`
	Clauses        []clauseJSON `json:"clauses,omitempty"`
}

type ruleJSON struct {
	Number uint16 `json:"number"`
	Name   string `json:"name"`
}

// clauseJSON is a [policy.Clause]; limit and found are seconds of a test, a dose
// number, or days.
type clauseJSON struct {
	Path      string `json:"path"`
	Asks      string `json:"asks"`
	Kind      uint16 `json:"kind,omitempty"`
	Limit     int64  `json:"limit,omitempty"`
	Satisfied bool   `json:"satisfied"`
	Found     *int64 `json:"found,omitempty"`
}

// json returns nil where the policy has no part in the answer.
func (j *judged) json() *policyJSON {
	if j == nil {
		return nil
	}
	r := j.ruling()
	if r == (Ruling{}) {
		return nil
	}
	out := &policyJSON{
		Class: r.Class, Region: r.Region, Source: r.Source.String(), NoList: r.NoList,
		Edition: timeOrNone(r.Edition), OverlayEdition: timeOrNone(r.OverlayEdition), Until: timeOrNone(r.Until),
	}
	if r.Overlay != (trustlist.Version{}) {
		out.Overlay = r.Overlay.String()
	}
	if r.Unfollowed != policy.Followed {
		out.Unfollowed = r.Unfollowed.String()
	}
	if r.Rule != 0 {
		out.Rule = &ruleJSON{r.Rule, r.RuleName}
	}
	for _, c := range j.clauses() {
		one := clauseJSON{Path: c.Path, Asks: c.Op.String(), Kind: c.Kind, Limit: c.Limit, Satisfied: c.Satisfied}
		if c.Found {
			one.Found = &c.Value
		}
		out.Clauses = append(out.Clauses, one)
	}
	return out
}

func timeOrNone(unix int64) string {
	if unix == 0 {
		return ""
	}
	return rfc3339(unix)
}

package issuer

import (
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
)

// RuleFault says why a rule does not cover an adverse status.
type RuleFault string

// The faults of rules, in the order in which they are looked for.
const (
	RuleUnknown    RuleFault = "unknown"     // the policy has no rule of the number
	RuleOtherState RuleFault = "other_state" // the rule does not allow the state
	RuleNotYet     RuleFault = "not_yet"     // not in force at determination, or now
	RuleEnded      RuleFault = "ended"       // no longer in force at determination, or now
	RuleRunOut     RuleFault = "run_out"     // determined longer ago than the rule lets a status last
)

// RuleError reports an adverse status that its rule does not cover at the time of
// issue (spec/policy.md, section 8): every venue would answer adverse_without_rule.
// It says nothing of the person.
type RuleError struct {
	Rule, State uint16
	Fault       RuleFault
	Policy      trustlist.Version // that was asked; the zero Version: there is none
	Published   []uint16          // rules for the state that are in force at the time of issue, ascending
}

func (e *RuleError) Error() string {
	if e.Policy.IsZero() {
		return fmt.Sprintf("rule %d for state %d: the trust material has no policy that publishes rules", e.Rule, e.State)
	}
	published := "none"
	if len(e.Published) > 0 {
		published = fmt.Sprint(e.Published)
	}
	return fmt.Sprintf("rule %d for state %d by policy %s: %s; rules in force for this state: %s", e.Rule, e.State, e.Policy, e.Fault, published)
}

// covered refuses a credential with an adverse status that no rule of the policy
// covers at iat. It reads the moments that a verifier reads from the credential, so
// that both decide alike to the second.
func (i *Issuer) covered(c *format.Credential) error {
	s := c.Status
	if s == nil || !i.needsRule(s.State) {
		return nil
	}
	rule, found := i.policy.Rule(s.Rule)
	if found && rule.Covers(s.State, c.Determined(), c.IssuedAt) {
		return nil
	}
	e := &RuleError{Rule: s.Rule, State: s.State, Fault: RuleUnknown, Published: i.rulesFor(s.State, c.IssuedAt)}
	if i.policy != nil {
		e.Policy = i.policy.Version
	}
	if found {
		e.Fault = faultOfRule(&rule, s.State, c.Determined(), c.IssuedAt)
	}
	return refuseField(RefusedRuleNotPublished, "status", "no published rule covers the adverse state", e)
}

// needsRule reports whether a state can restrict anybody: one that is not green and
// that a table or the policy names. A number that nobody has named is checked at every
// venue, whatever its rule (see [Unlisted]).
func (i *Issuer) needsRule(state uint16) bool {
	if state == spec.StateGreen {
		return false
	}
	_, listed := spec.StateByNumber(state)
	_, named := i.policy.Name(trustlist.TableStates, state)
	return listed || named
}

// faultOfRule says why a rule does not cover a status, which it does not.
func faultOfRule(r *trustlist.Rule, state uint16, determined, at int64) RuleFault {
	switch {
	case !slices.Contains(r.States, state):
		return RuleOtherState
	case determined < r.From || at < r.From:
		return RuleNotYet
	case r.Until != 0 && (determined >= r.Until || at >= r.Until):
		return RuleEnded
	}
	return RuleRunOut
}

// rulesFor returns the rules for a state that are in force at a time.
func (i *Issuer) rulesFor(state uint16, at int64) []uint16 {
	if i.policy == nil {
		return nil
	}
	var all []uint16
	for _, r := range i.policy.Rules {
		if r.Covers(state, at, at) {
			all = append(all, r.Number)
		}
	}
	return all
}

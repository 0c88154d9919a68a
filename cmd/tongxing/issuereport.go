package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/trustlist"
)

// issueSummary is the result of issue for programs.
type issueSummary struct {
	batch.Summary
	Job             string          `json:"job"`
	Seconds         float64         `json:"seconds"`
	CodesPerSecond  float64         `json:"codes_per_second"`
	RefusedByReason map[string]int  `json:"refused_by_reason,omitempty"`
	RefusedByRule   []*ruleCount    `json:"refused_by_rule,omitempty"`
	Unlisted        []unlistedCount `json:"unlisted,omitempty"`
	Approval        string          `json:"approval,omitempty"` // file, of adverse states
}

// unlistedCount is how many credentials carry a number that no table has.
type unlistedCount struct {
	issuer.Unlisted
	Credentials int `json:"credentials"`
}

// ruleCount is how many records name a rule that does not cover their status, and
// which rules of the policy are in force for that state.
type ruleCount struct {
	ruleKey
	Policy    string   `json:"policy,omitempty"` // version; none where the bundle has no policy
	Published []uint16 `json:"published"`
	Records   int      `json:"records"`
}

type ruleKey struct {
	Rule  uint16           `json:"rule"`
	State uint16           `json:"state"`
	Fault issuer.RuleFault `json:"fault"`
}

func (k ruleKey) compare(other ruleKey) int {
	return cmp.Or(cmp.Compare(k.Rule, other.Rule), cmp.Compare(k.State, other.State), cmp.Compare(k.Fault, other.Fault))
}

// issueCounts is told by a batch of what it refuses and of what it signs with
// numbers that nobody knows.
type issueCounts struct {
	refused  io.Writer // a line for each record that is not signed
	reasons  map[string]int
	rules    map[ruleKey]*ruleCount
	unlisted map[issuer.Unlisted]int
	policy   *trustlist.Policy // may be nil; gives new numbers their names
}

func countIssued(o *batch.Options, policy *trustlist.Policy) *issueCounts {
	c := &issueCounts{refused: io.Discard, reasons: map[string]int{}, rules: map[ruleKey]*ruleCount{}, unlisted: map[issuer.Unlisted]int{}, policy: policy}
	o.Refused = func(line int, err error) {
		var refusal *issuer.RefusalError
		if errors.As(err, &refusal) {
			c.reasons[string(refusal.Refusal)]++
			fmt.Fprintf(c.refused, "%d,%s,%s,%s\n", line, refusal.Refusal, refusal.Field, c.rule(refusal))
		}
	}
	o.Unlisted = func(_ int, numbers []issuer.Unlisted) {
		for _, n := range numbers {
			c.unlisted[n]++
		}
	}
	return c
}

// rule counts the rule of a refusal, and returns its number for the list of refused
// records; blank where the refusal is for something else.
func (c *issueCounts) rule(refusal error) string {
	var rule *issuer.RuleError
	if !errors.As(refusal, &rule) {
		return ""
	}
	key := ruleKey{rule.Rule, rule.State, rule.Fault}
	one := c.rules[key]
	if one == nil {
		one = &ruleCount{ruleKey: key, Published: append([]uint16{}, rule.Published...)}
		if !rule.Policy.IsZero() {
			one.Policy = rule.Policy.String()
		}
		c.rules[key] = one
	}
	one.Records++
	return strconv.Itoa(int(rule.Rule))
}

// unpublished returns the rules that do not cover the states of records.
func (c *issueCounts) unpublished() []*ruleCount {
	return slices.SortedFunc(maps.Values(c.rules), func(x, y *ruleCount) int { return x.compare(y.ruleKey) })
}

// told returns the numbers that neither a table nor the policy names.
func (c *issueCounts) told() []unlistedCount {
	var all []unlistedCount
	for _, u := range slices.SortedFunc(maps.Keys(c.unlisted), issuer.Unlisted.Compare) {
		if !c.named(u) {
			all = append(all, unlistedCount{u, c.unlisted[u]})
		}
	}
	return all
}

var policyTables = map[issuer.UnlistedTable]trustlist.Table{
	issuer.UnlistedState:     trustlist.TableStates,
	issuer.UnlistedTestKind:  trustlist.TableTestKinds,
	issuer.UnlistedResult:    trustlist.TableResults,
	issuer.UnlistedProduct:   trustlist.TableProducts,
	issuer.UnlistedExemption: trustlist.TableExemptions,
}

func (c *issueCounts) named(u issuer.Unlisted) bool {
	table, ok := policyTables[u.Table]
	return ok && c.policy != nil && slices.ContainsFunc(c.policy.Names, func(n trustlist.CodeName) bool {
		return n.Table == table && uint32(n.Number) == u.Number
	})
}

// refusals is where the refused records are listed: line number, reason, field and a
// rule that does not cover the state, and nothing of the person.
func (a *app) refusals(path string) (output, error) {
	w, err := a.besideOutput(path, 0o600)
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(w, "行号,原因,字段,规则")
	return w, nil
}

// published says which rules there are in the place of one that does not cover.
func (a *app) published(r *ruleCount) string {
	switch {
	case r.Policy == "":
		return a.Lang.Say("rule_no_policy")
	case len(r.Published) == 0:
		return a.Lang.Say("rule_none_published", r.Policy)
	}
	var numbers []string
	for _, n := range r.Published {
		numbers = append(numbers, strconv.Itoa(int(n)))
	}
	return a.Lang.Say("rule_published", r.Policy, strings.Join(numbers, ", "))
}

func (a *app) tellIssued(f issueFlags, r issueSummary, approval *approved) error {
	say := a.Say
	if f.out == "-" {
		say = a.Note
	}
	say("issued", r.Issued, r.Refused, f.out, r.CodesPerSecond)
	if r.Reused > 0 {
		say("issued_reused", r.Reused)
	}
	approval.tell(say)
	for _, reason := range slices.Sorted(maps.Keys(r.RefusedByReason)) {
		say("issue_refused", r.RefusedByReason[reason], a.Lang.Say("refusal_"+reason))
	}
	for _, r := range r.RefusedByRule {
		say("issue_rule", r.Rule, r.State, r.Records, a.Lang.Say("rule_"+string(r.Fault)), a.published(r))
	}
	if r.Refused > 0 && f.refused == "" {
		say("issue_refused_hint")
	}
	for _, u := range r.Unlisted {
		a.Note("issue_unlisted", u.Credentials, a.Lang.Say("unlisted_"+string(u.Table)), u.Number)
	}
	return nil
}

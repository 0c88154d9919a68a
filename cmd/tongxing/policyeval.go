package main

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
	"github.com/tongxing/tongxing/verifier/policy/golden"
)

type evalFlags struct {
	policy   string
	overlays []string
}

func (a *app) policyEvalCommand() *cobra.Command {
	var f evalFlags
	c := a.command("eval FILE", "policy_eval", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return a.policyEval(f, args[0])
	})
	c.Flags().StringVar(&f.policy, "policy", "", a.lang.Say("flag_national_policy"))
	c.Flags().StringArrayVar(&f.overlays, "overlay", nil, a.lang.Say("flag_overlay_of_region"))
	return c
}

// evaluated is what policy eval says of a case, for programs.
type evaluated struct {
	Name        string              `json:"name,omitempty"`
	Line        int                 `json:"line"`
	Outcome     policy.Outcome      `json:"outcome"`
	Reason      string              `json:"reason"`
	Source      policy.Source       `json:"source"`
	Unfollowed  policy.Unfollowed   `json:"overlay"`
	Rule        uint16              `json:"rule,omitempty"`
	Until       string              `json:"until,omitempty"`
	Clauses     []string            `json:"clauses,omitempty"`
	Differences []golden.Difference `json:"differences,omitempty"`

	unmet []policy.Clause
}

// policyEval decides every case of a file and tells where the decision is not
// the expected one.
func (a *app) policyEval(f evalFlags, path string) error {
	if f.policy == "" {
		return usage("flag_required", "--policy")
	}
	e, err := a.evaluatorOf(f)
	if err != nil {
		return err
	}
	data, err := files.Read(path, golden.MaxFile)
	if err != nil {
		return err
	}
	cases, err := golden.Parse(data)
	var at *golden.LineError
	if errors.As(err, &at) {
		return failWith(at.Err, "golden_unreadable", path, at.Line)
	}
	if err != nil {
		return err
	}
	differing := 0
	for i := range cases {
		result := evaluate(e, &cases[i])
		if len(result.Differences) > 0 {
			differing++
		}
		if err := a.tellEvaluated(&cases[i], result); err != nil {
			return err
		}
	}
	if differing > 0 {
		a.status = statusNotPass
	}
	if !a.json {
		a.say("golden_total", len(cases), differing)
	}
	return nil
}

// evaluatorOf compiles the policy and the overlays of the flags. A document has
// its own time of issue; what is in JSON counts as announced long ago.
func (a *app) evaluatorOf(f evalFlags) (*policy.Evaluator, error) {
	nation, err := a.nationalPolicy(f.policy, format.MinTime)
	if err != nil {
		return nil, err
	}
	var overlays []*trustlist.Overlay
	for _, path := range f.overlays {
		in, err := a.readPolicy(path, format.MinTime)
		if err != nil {
			return nil, err
		}
		if len(in.faults) > 0 {
			return nil, failFor(errPolicyFaults, "policy_file_faulty", path, a.faultText(in.faults[0]))
		}
		if in.overlay == nil {
			return nil, fail("document_other_kind", path, a.kindName(trustlist.KindPolicy), a.kindName(trustlist.KindOverlay))
		}
		overlays = append(overlays, in.overlay)
	}
	e, err := policy.New(nation, overlays)
	if err != nil {
		return nil, failWith(err, "policy_overlays_twice")
	}
	return e, nil
}

func evaluate(e *policy.Evaluator, c *golden.Case) evaluated {
	d := e.Evaluate(c.Venue, &c.Facts, c.Time)
	out := evaluated{Name: c.Name, Line: c.Line, Outcome: d.Outcome, Reason: d.Reason.Name(), Source: d.Source,
		Unfollowed: d.Unfollowed, Rule: d.Rule, Differences: c.Expect.Compare(&d)}
	if d.Until != 0 {
		out.Until = time.Unix(d.Until, 0).In(format.ChinaTime).Format(time.RFC3339)
	}
	for _, clause := range e.Explain(c.Venue, &c.Facts, c.Time) {
		if !clause.Satisfied {
			out.Clauses = append(out.Clauses, clause.String())
			out.unmet = append(out.unmet, clause)
		}
	}
	return out
}

// tellEvaluated tells a case that differs, or of which nothing was expected.
func (a *app) tellEvaluated(c *golden.Case, result evaluated) error {
	if a.json {
		return a.printJSON(result)
	}
	name := result.Name
	if name == "" {
		name = a.lang.Say("golden_line", result.Line)
	}
	for _, d := range result.Differences {
		a.say("golden_differs", name, d.Field, d.Want, d.Got)
	}
	if c.Expect == nil {
		a.say("golden_decision", name, a.lang.Say("outcome_"+result.Outcome.String()), result.Reason, result.Source.String())
	}
	if c.Expect == nil || len(result.Differences) > 0 {
		for _, clause := range result.unmet {
			a.say("golden_clause", clause.Path, a.clauseText(clause), a.foundText(clause))
		}
	}
	return nil
}

// clauseText is what a clause asks for.
func (a *app) clauseText(c policy.Clause) string {
	r := trustlist.Requirement{Op: c.Op, Arguments: []uint32{uint32(c.Limit)}}
	switch c.Op {
	case trustlist.Test:
		r.Arguments = []uint32{uint32(c.Kind), uint32(c.Limit)}
	case trustlist.Exempt:
		r.Arguments = []uint32{uint32(c.Kind)}
	}
	return a.conditionText(&r)
}

// foundText is what the facts have for a clause.
func (a *app) foundText(c policy.Clause) string {
	switch {
	case c.Found && c.Op == trustlist.Test:
		return a.lang.Say("found_test", hoursText(uint32(min(c.Value, math.MaxUint32))))
	case c.Found && c.Op == trustlist.Doses:
		return a.lang.Say("found_dose", c.Value)
	case c.Found && c.Op == trustlist.SinceDose:
		return a.lang.Say("found_days", c.Value)
	}
	return a.lang.Say("found_none")
}

package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
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
	c := a.Command("eval FILE", "policy_eval", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return a.policyEval(f, args[0])
	})
	c.Flags().StringVar(&f.policy, "policy", "", a.Lang.Say("flag_national_policy"))
	c.Flags().StringArrayVar(&f.overlays, "overlay", nil, a.Lang.Say("flag_overlay_of_region"))
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
		return program.Usage("flag_required", "--policy")
	}
	e, names, err := a.evaluatorOf(f)
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
		return program.FailWith(at.Err, "golden_unreadable", path, at.Line)
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
		if err := a.tellEvaluated(names, &cases[i], result); err != nil {
			return err
		}
	}
	if differing > 0 {
		a.Status = statusNotPass
	}
	if !a.JSON {
		a.Say("golden_total", len(cases), differing)
	}
	return nil
}

// evaluatorOf compiles the policy and the overlays of the flags. A document has
// its own time of issue; what is in JSON counts as announced long ago.
func (a *app) evaluatorOf(f evalFlags) (*policy.Evaluator, policy.Names, error) {
	nation, err := a.nationalPolicy(f.policy, format.MinTime)
	if err != nil {
		return nil, policy.Names{}, err
	}
	var overlays []*trustlist.Overlay
	for _, path := range f.overlays {
		in, err := a.readPolicy(path, format.MinTime)
		if err != nil {
			return nil, policy.Names{}, err
		}
		if len(in.faults) > 0 {
			return nil, policy.Names{}, program.FailFor(errPolicyFaults, "policy_file_faulty", path, a.faultText(policy.NamesOf(nation), in.faults[0]))
		}
		if in.overlay == nil {
			return nil, policy.Names{}, program.Fail("document_other_kind", path, a.kindName(trustlist.KindPolicy), a.kindName(trustlist.KindOverlay))
		}
		overlays = append(overlays, in.overlay)
	}
	e, err := policy.New(nation, overlays)
	if err != nil {
		return nil, policy.Names{}, program.FailWith(err, "policy_overlays_twice")
	}
	return e, policy.NamesOf(nation), nil
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
func (a *app) tellEvaluated(names policy.Names, c *golden.Case, result evaluated) error {
	if a.JSON {
		return a.PrintJSON(result)
	}
	name := result.Name
	if name == "" {
		name = a.Lang.Say("golden_line", result.Line)
	}
	for _, d := range result.Differences {
		a.Say("golden_differs", name, d.Field, d.Want, d.Got)
	}
	if c.Expect == nil {
		a.Say("golden_decision", name, a.Lang.Say("outcome_"+result.Outcome.String()), result.Reason, result.Source.String())
	}
	if c.Expect == nil || len(result.Differences) > 0 {
		for _, clause := range result.unmet {
			a.Say("golden_clause", clause.Path, names.Asked(clause, string(a.Lang)), clause.Finding(string(a.Lang)))
		}
	}
	return nil
}

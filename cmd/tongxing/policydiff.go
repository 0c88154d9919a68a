package main

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy"
	"github.com/tongxing/tongxing/verifier/policy/lint"
)

func (a *app) policyDiffCommand() *cobra.Command {
	var national string
	c := a.Command("diff OLD NEW", "policy_diff", cobra.ExactArgs(2), func(_ context.Context, args []string) error {
		return a.policyDiff(args[0], args[1], national)
	})
	c.Flags().StringVar(&national, "policy", "", a.Lang.Say("flag_national_policy"))
	return c
}

// strictnessChange is what becomes of one demand from a time on.
type strictnessChange struct {
	Class  uint16 `json:"class"`
	Part   string `json:"part"`   // floor, ceiling or demand
	Change string `json:"change"` // equal, stricter, looser or incomparable
	From   string `json:"from"`

	from int64
}

// ruleChange is a rule that comes, goes or becomes another.
type ruleChange struct {
	Rule   uint16 `json:"rule"`
	Name   string `json:"name"`
	Change string `json:"change"` // added, removed or changed
}

func (a *app) policyDiff(oldPath, newPath, national string) error {
	var both [2]*policyInput
	for i, path := range []string{oldPath, newPath} {
		in, err := a.readPolicy(path, a.Clock().Unix())
		if err != nil {
			return err
		}
		if len(in.faults) > 0 {
			return program.FailFor(errPolicyFaults, "policy_file_faulty", path, a.faultText(policy.Names{}, in.faults[0]))
		}
		in.policy, in.overlay = lint.InOrder(in.policy), lint.OverlayInOrder(in.overlay)
		both[i] = in
	}
	if (both[0].policy == nil) != (both[1].policy == nil) {
		return program.Fail("policy_previous_other", oldPath, newPath)
	}
	var nation *trustlist.Policy
	if national != "" && both[0].overlay != nil {
		var err error
		if nation, err = a.nationalPolicy(national, a.Clock().Unix()); err != nil {
			return err
		}
	}
	changes := strictnessChanges(both[0], both[1], nation)
	rules := ruleChanges(both[0].policy, both[1].policy)
	ladders, names := ladderChanges(both[0].policy, both[1].policy), nameChanges(both[0].policy, both[1].policy)
	if len(changes)+len(rules)+len(ladders)+len(names) > 0 {
		a.Status = statusNotPass
	}
	if a.JSON {
		return a.PrintJSON(struct {
			Changes []strictnessChange `json:"changes"`
			Rules   []ruleChange       `json:"rules"`
			Ladder  []ladderChange     `json:"ladder"`
			Names   []nameChange       `json:"names"`
		}{changes, rules, ladders, names})
	}
	a.tellStrictness(policy.NamesOf(both[1].policy), changes, rules)
	a.tellLadderAndNames(ladders, names)
	if a.Status == program.StatusOK {
		a.Say("strictness_same")
	}
	return nil
}

func (a *app) tellStrictness(names policy.Names, changes []strictnessChange, rules []ruleChange) {
	for _, c := range changes {
		class := names.VenueClass(c.Class, string(a.Lang))
		a.Say("strictness_line", c.From, class, a.Lang.Say("change_part_"+c.Part), a.Lang.Say("change_strict_"+c.Change))
	}
	for _, r := range rules {
		a.Say("strictness_rule", r.Rule, r.Name, a.Lang.Say("change_rule_"+r.Change))
	}
}

// demandsAt returns what a document asks for at a class and a time, by part; nil
// where it does not name the class.
func (in *policyInput) demandsAt(class uint16, t int64) map[string]*trustlist.Demand {
	if in.policy != nil {
		if e, ok := in.policy.EditionAt(t); ok {
			for i := range e.Classes {
				if c := &e.Classes[i]; c.Class == class {
					return map[string]*trustlist.Demand{"floor": &c.Floor, "ceiling": &c.Ceiling}
				}
			}
		}
		return nil
	}
	if e, ok := in.overlay.EditionAt(t); ok {
		for i := range e.Classes {
			if c := &e.Classes[i]; c.Class == class {
				return map[string]*trustlist.Demand{"demand": &c.Demand}
			}
		}
	}
	return nil
}

// moments returns when editions take effect and fall away, and the classes that
// any of them names.
func (in *policyInput) moments() (times []int64, classes []uint16) {
	add := func(from, lapses int64, lapsing bool) {
		if times = append(times, from); lapsing {
			times = append(times, lapses)
		}
	}
	if in.policy != nil {
		for i := range in.policy.Editions {
			e := &in.policy.Editions[i]
			lapses, lapsing := e.LapsesAt()
			add(e.EffectiveFrom, lapses, lapsing)
			for _, c := range e.Classes {
				classes = append(classes, c.Class)
			}
		}
		return times, classes
	}
	for i := range in.overlay.Editions {
		e := &in.overlay.Editions[i]
		lapses, lapsing := e.LapsesAt()
		add(e.EffectiveFrom, lapses, lapsing)
		for _, c := range e.Classes {
			classes = append(classes, c.Class)
		}
	}
	return times, classes
}

// nothingAsked stands for a class that no document names.
var nothingAsked = &trustlist.Demand{Pass: []uint16{spec.StateGreen}, NoStatus: trustlist.NoStatusCheck}

// strictnessChanges compares two documents at every moment at which one of them
// changes, or the national policy above overlays does, nil where it is not at hand. A
// change that stays the same is told once.
func strictnessChanges(old, next *policyInput, nation *trustlist.Policy) []strictnessChange {
	times, classes := old.moments()
	moreTimes, moreClasses := next.moments()
	times, classes = append(times, moreTimes...), append(classes, moreClasses...)
	above := &policyInput{policy: cmp.Or(nation, &trustlist.Policy{})}
	moreTimes, _ = above.moments()
	times, classes = sortedOnce(append(times, moreTimes...)), sortedOnce(classes)
	parts := []string{"floor", "ceiling"}
	if old.overlay != nil {
		parts = []string{"demand"}
	}
	changes := []strictnessChange{}
	for _, class := range classes {
		for _, part := range parts {
			last := "equal"
			for _, t := range times {
				without := cmp.Or(above.demandsAt(class, t)["floor"], nothingAsked) // where an overlay does not name the class
				change := strictness(cmp.Or(old.demandsAt(class, t)[part], without), cmp.Or(next.demandsAt(class, t)[part], without))
				if change != last {
					changes = append(changes, strictnessChange{Class: class, Part: part, Change: change,
						From: time.Unix(t, 0).In(format.ChinaTime).Format("2006-01-02 15:04:05"), from: t})
				}
				last = change
			}
		}
	}
	slices.SortStableFunc(changes, func(a, b strictnessChange) int { return cmp.Compare(a.from, b.from) })
	return changes
}

// sortedOnce brings numbers into order, each once.
func sortedOnce[T cmp.Ordered](all []T) []T {
	slices.Sort(all)
	return slices.Compact(all)
}

// strictness says what the next demand is to the old one. Demands that cannot be
// written out cannot be compared.
func strictness(old, next *trustlist.Demand) string {
	stricter, err := policy.AtLeastAsStrict(next, old)
	if err != nil {
		return "incomparable"
	}
	looser, err := policy.AtLeastAsStrict(old, next)
	switch {
	case err != nil || !stricter && !looser:
		return "incomparable"
	case stricter && looser:
		return "equal"
	case stricter:
		return "stricter"
	}
	return "looser"
}

func ruleChanges(old, next *trustlist.Policy) []ruleChange {
	changes := []ruleChange{}
	if old == nil || next == nil {
		return changes
	}
	for _, r := range old.Rules {
		switch now, ok := next.Rule(r.Number); {
		case !ok:
			changes = append(changes, ruleChange{r.Number, r.Name, "removed"})
		case !reflect.DeepEqual(now, r):
			changes = append(changes, ruleChange{r.Number, now.Name, "changed"})
		}
	}
	for _, r := range next.Rules {
		if _, ok := old.Rule(r.Number); !ok {
			changes = append(changes, ruleChange{r.Number, r.Name, "added"})
		}
	}
	return changes
}

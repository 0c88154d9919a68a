// Package policy evaluates the recognition policy (互认政策): what follows at a
// venue from what the verified codes of one person say. The meaning of every
// part is spec/policy.md, its bytes are package trustlist's.
//
// An [Evaluator] is compiled once from the national policy and the overlays of
// the regions; from then on a decision is a pure function of venue, facts and
// time, without allocation:
//
//	e, err := policy.New(trust.Policy(), overlays)
//	d := e.Evaluate(policy.Venue{Class: 3, Region: "34"}, &facts, now)
//	if d.Outcome == policy.Restricted { ... d.Rule ... }
//
// For example, a station (class 3) whose floor asks for a test of kind 1 within
// 48 hours or a dose number of 3 or more is
//
//	any_of [ test [1, 172800], doses [3] ]
//
// A green code with such a test reported 47 hours ago passes, and
// [Decision.Until] is the second after the 48th hour; with a test of 51 hours
// ago the outcome is a check by hand, and [Evaluator.Explain] names both
// clauses with what was found. It is never a refusal: only a yellow or red state
// that a published rule covers restricts anybody.
//
// Requirements have an order of strictness ([AtLeastAsStrict]), so that a
// region's overlay can be held between the national floor and ceiling. An
// overlay that is not between them, or that tightens sooner than a day after it
// was issued, is not followed, and the decision says so.
package policy

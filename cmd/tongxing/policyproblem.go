package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"time"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
	"github.com/tongxing/tongxing/verifier/policy/lint"
)

// problems are the words for the rules of a kind that a policy or an overlay can
// break, by what package trustlist says of them.
var problems = map[string]string{
	"%d, %d, %d do not rise up to %d":  "problem_ladder",
	"not after effective_from":         "problem_not_after_effective",
	"0 means no rule":                  "problem_rule_zero",
	"state 0 needs no rule":            "problem_green_rule",
	"%d seconds, not 1 to %d":          "problem_seconds",
	"not after from":                   "problem_not_after_from",
	"state %d has two outcomes":        "problem_two_outcomes",
	"state 0 restricts nobody":         "problem_green_restricted",
	"%d is neither check nor pass":     "problem_check_or_pass",
	"deeper than %d levels":            "problem_deep",
	"operation %d is unknown":          "problem_operation",
	"%s has %d arguments, not %d":      "problem_arguments",
	"argument %d is above %d":          "problem_argument",
	"%s joins nothing":                 "problem_joins_nothing",
	"time %d is not from 2020 to 2106": "problem_time",
	"%q is not two digits":             "problem_region",
	"%d bytes, not 1 to %d":            "problem_bytes",
	"not UTF-8":                        "problem_utf8",
	"character U+%04X is not allowed":  "problem_character",
	"%d entries, not %d to %d":         "problem_entries",
	"occurs twice":                     "problem_twice",
	"not in order":                     "problem_order",
}

// problemText says which rule of its kind a document breaks.
func (a *app) problemText(f lint.Fault) string {
	var content *trustlist.ContentError
	if errors.As(f.Err, &content) {
		if key, ok := problems[content.Format]; ok {
			return a.Lang.Say(key, content.Arguments...)
		}
	}
	return f.Detail
}

// syntaxText says why a text is no policy.
func (a *app) syntaxText(f lint.Fault) string {
	var syntax *json.SyntaxError
	var value *json.UnmarshalTypeError
	var moment *time.ParseError
	switch {
	case errors.As(f.Err, &syntax):
		return a.Lang.Say("syntax_json", f.Detail)
	case errors.As(f.Err, &value):
		return a.Lang.Say("syntax_type", cmp.Or(f.Path, value.Field, "JSON"), value.Value)
	case errors.As(f.Err, &moment):
		return a.Lang.Say("syntax_time", moment.Value)
	case errors.Is(f.Err, publish.ErrPolicyFile):
		return a.Lang.Say("syntax_content", f.Detail)
	}
	return a.Lang.Say("syntax_other", f.Detail)
}

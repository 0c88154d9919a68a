package main

import (
	"fmt"
	"strings"

	"github.com/tongxing/tongxing/verifier/policy"
	"github.com/tongxing/tongxing/verifier/policy/lint"
)

// faultText is the sentence for a fault of a policy.
func (a *app) faultText(names policy.Names, f lint.Fault) string {
	say := a.Lang.Say
	switch f.What {
	case lint.Form:
		return say("lint_form", f.Path, a.problemText(f))
	case lint.FieldUnknown:
		return say("lint_field_unknown", f.Path)
	case lint.ValueUnknown:
		return say("lint_value_unknown", f.Path, f.Detail)
	case lint.AsksIssuer:
		return say("lint_asks_issuer", f.Path)
	case lint.AsksSecondCode:
		return say("lint_asks_second_code", f.Path)
	case lint.AsksSource:
		return say("lint_asks_source", f.Path)
	case lint.CeilingTooLow:
		return say("lint_ceiling_too_low", f.Path, a.witnessText(names, f))
	case lint.BelowFloor:
		return say("lint_below_floor", f.Path, a.witnessText(names, f))
	case lint.AboveCeiling:
		return say("lint_above_ceiling", f.Path, a.witnessText(names, f))
	case lint.ShortNotice:
		return say("lint_short_notice", a.noticePlace(names, f), a.witnessText(names, f))
	case lint.Backdated:
		return say("lint_backdated", a.noticePlace(names, f), a.witnessText(names, f))
	case lint.TooComplex:
		return say("lint_too_complex", f.Path, policy.MaxAlternatives)
	}
	return a.numberFaultText(f)
}

// noticePlace is the place of a demand that comes too soon, with the class of
// venues where what stands there does not name it.
func (a *app) noticePlace(names policy.Names, f lint.Fault) string {
	if !strings.HasSuffix(f.Path, "classes") && f.Path != "editions" {
		return f.Path
	}
	return fmt.Sprintf("%s (%d %s)", f.Path, f.Number, names.VenueClass(uint16(f.Number), string(a.Lang)))
}

// numberFaultText is the sentence for a fault about a number or a time.
func (a *app) numberFaultText(f lint.Fault) string {
	say := a.Lang.Say
	switch f.What {
	case lint.EmergencyLong:
		return say("lint_emergency_long", f.Path)
	case lint.EmergencyAgain:
		return say("lint_emergency_again", f.Path)
	case lint.ClassUnknown:
		return say("lint_class_unknown", f.Path, f.Number)
	case lint.NumberUnknown:
		return say("lint_number_unknown", f.Path, f.Number)
	case lint.DoseTooHigh:
		return say("lint_dose_too_high", f.Path, f.Number)
	case lint.LadderNotice:
		return say("lint_ladder_notice", f.Path)
	case lint.RuleNotice:
		return say("lint_rule_notice", f.Path, f.Number)
	case lint.RuleTooLong:
		return say("lint_rule_too_long", f.Path, f.Number)
	}
	return say("lint_syntax", a.syntaxText(f))
}

// witnessText says what shows that one demand is not as strict as another.
func (a *app) witnessText(names policy.Names, f lint.Fault) string {
	switch w := f.Witness; w.Part {
	case policy.InState:
		return a.Lang.Say("witness_state", names.State(w.State, string(a.Lang)))
	case policy.InNoStatus:
		return a.Lang.Say("witness_no_status")
	case policy.InNoList:
		return a.Lang.Say("witness_no_list")
	default:
		if len(w.Has) == 0 {
			return a.Lang.Say("witness_nothing")
		}
		var has []string
		for _, condition := range w.Has {
			has = append(has, names.Condition(condition, string(a.Lang)))
		}
		return a.Lang.Say("witness_person", strings.Join(has, a.Lang.Say("condition_and")))
	}
}

package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
	"github.com/tongxing/tongxing/verifier/policy/lint"
)

const (
	now = int64(1659542400)
	day = int64(86400)
)

func demandOf(seconds uint32) trustlist.Demand {
	return trustlist.Demand{Pass: []uint16{0}, Check: []uint16{1}, Restrict: []uint16{2},
		Requirement: &trustlist.Requirement{Op: trustlist.AnyOf, Of: []trustlist.Requirement{
			{Op: trustlist.Test, Arguments: []uint32{1, seconds}}, {Op: trustlist.Doses, Arguments: []uint32{3}}}}}
}

func head(issued int64) trustlist.Head {
	return trustlist.Head{Version: trustlist.NewVersion(1, 1), Issued: issued}
}

// nation asks for 48 hours and allows 24, from two days after it is issued.
func nation() *trustlist.Policy {
	return &trustlist.Policy{Head: head(now),
		Editions: []trustlist.Edition{{EffectiveFrom: now + 2*day, Classes: []trustlist.ClassPolicy{{Class: 3, Floor: demandOf(172800), Ceiling: demandOf(86400)}}}},
		Rules:    []trustlist.Rule{{Number: 101, Name: "密接", Text: "密切接触者。", States: []uint16{1}, Longest: uint32(7 * day), From: now}}}
}

func overlay(seconds uint32) *trustlist.Overlay {
	return &trustlist.Overlay{RegionalHead: trustlist.RegionalHead{Head: head(now + 3*day), Region: "34"},
		Editions: []trustlist.OverlayEdition{{EffectiveFrom: now + 5*day, Classes: []trustlist.ClassDemand{{Class: 3, Demand: demandOf(seconds)}}}}}
}

func said(faults []lint.Fault) string {
	var all []string
	for _, f := range faults {
		all = append(all, fmt.Sprintf("%s %s", f.Path, f.What))
	}
	return strings.Join(all, "; ")
}

// [POLICY-7]
func TestWhatMustNotBePublishedIsNamedWithItsPlace(t *testing.T) {
	for want, change := range map[string]func(p *trustlist.Policy){
		"": func(*trustlist.Policy) {},
		"editions[0].classes[0].ceiling.requirement ceiling_too_low": func(p *trustlist.Policy) { p.Editions[0].Classes[0].Ceiling = demandOf(200000) },
		"editions[0].classes[0].ceiling ceiling_too_low":             func(p *trustlist.Policy) { p.Editions[0].Classes[0].Ceiling.Restrict = nil },
		"editions[0].classes[0].ceiling.no_list ceiling_too_low":     func(p *trustlist.Policy) { p.Editions[0].Classes[0].Ceiling.NoList = trustlist.NoListPass },
		"editions[0].classes[0].floor short_notice":                  func(p *trustlist.Policy) { p.Editions[0].EffectiveFrom = now + day - 1 },
		"editions[0].classes[0].floor backdated":                     func(p *trustlist.Policy) { p.Editions[0].EffectiveFrom = now - 1 },
		"editions[0].emergency_until emergency_long": func(p *trustlist.Policy) {
			p.Editions[0].EffectiveFrom, p.Editions[0].EmergencyUntil = now, now+3*day+1
		},
		"editions[1].emergency_until emergency_again": func(p *trustlist.Policy) {
			second := p.Editions[0]
			p.Editions[0].EmergencyUntil, second.EffectiveFrom, second.EmergencyUntil = now+4*day, now+4*day, now+6*day
			p.Editions = append(p.Editions, second)
		},
		"editions[0].classes[0].class class_unknown": func(p *trustlist.Policy) { p.Editions[0].Classes[0].Class = 77 },
		"editions[0].classes[0].ceiling.requirement.of[1] number_unknown": func(p *trustlist.Policy) {
			p.Editions[0].Classes[0].Ceiling.Requirement = &trustlist.Requirement{Op: trustlist.AllOf, Of: []trustlist.Requirement{
				{Op: trustlist.Test, Arguments: []uint32{1, 86400}}, {Op: trustlist.Exempt, Arguments: []uint32{44}}}}
		},
		"rules[0].longest_seconds rule_too_long": func(p *trustlist.Policy) { p.Rules[0].Longest = uint32(31 * day) },
		"rules[0].states form":                   func(p *trustlist.Policy) { p.Rules[0].States = []uint16{0} },
	} {
		p := nation()
		change(p)
		if got := said(lint.Policy(p, nil)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// [POLICY-7]
func TestAnEditionThatWasInForceIsNothingNew(t *testing.T) {
	p, next := nation(), nation()
	next.Issued = now + 30*day
	if got := said(lint.Policy(next, p)); got != "" {
		t.Error(got)
	}
	next.Editions[0].Classes[0].Floor = demandOf(90000)
	if got := said(lint.Policy(next, p)); got != "editions[0].classes[0].floor backdated" {
		t.Error(got)
	}
	next.Editions[0].Classes[0].Floor, next.Editions[0].Classes[0].Ceiling = demandOf(200000), demandOf(100000)
	if got := said(lint.Policy(next, p)); got != "" {
		t.Errorf("loosening at once: %s", got)
	}
}

// [POLICY-7]
func TestAnOverlayLiesBetweenFloorAndCeiling(t *testing.T) {
	for seconds, want := range map[uint32]string{
		172800: "", 86400: "", 100000: "",
		172801: "editions[0].classes[0].demand.requirement below_floor",
		86399:  "editions[0].classes[0].demand.requirement above_ceiling",
	} {
		if got := said(lint.Overlay(overlay(seconds), nil, nation())); got != want {
			t.Errorf("%d s: %q, want %q", seconds, got, want)
		}
	}
	soon := overlay(100000)
	soon.Editions[0].EffectiveFrom = soon.Issued + day - 1
	if got := said(lint.Overlay(soon, nil, nation())); got != "editions[0].classes[0].demand short_notice" {
		t.Error(got)
	}
	soon.Editions[0].EmergencyUntil = soon.Issued + 3*day
	if got := said(lint.Overlay(soon, nil, nation())); got != "" {
		t.Error(got)
	}
	if got := said(lint.Overlay(overlay(100000), nil, nil)); got != "editions[0].classes[0].demand above_ceiling" {
		t.Errorf("without a policy: %s", got)
	}
}

const text = `{"region":"34","editions":[
  {"effective_from":"2022-08-09T00:00:00+08:00","classes":[
    {"class":3,"demand":{"pass":[0],"local_code":true,
      "requirement":{"op":"all_of","of":[{"op":"test","arguments":[1,86400],"laboratory":"省"},
        {"op":"doses","arguments":[1],"issuer":"34"}]}},"second_code":1}]}],
 "floors":1}`

func TestWhatCannotBeAskedIsNamedWithLineAndColumn(t *testing.T) {
	read, faults := lint.Read([]byte(text))
	var got []string
	for _, f := range faults {
		p := read.Position(f.Path)
		got = append(got, fmt.Sprintf("%d:%d %s", p.Line, p.Column, f.What))
	}
	want := "3:37 asks_issuer; 4:77 asks_source; 5:39 asks_issuer; 5:57 asks_second_code; 6:2 field_unknown"
	if strings.Join(got, "; ") != want || !read.IsOverlay() {
		t.Errorf("%s, want %s", strings.Join(got, "; "), want)
	}
	if p := read.Position("editions[0].classes[0].demand.requirement.of[1].nothing"); p != (lint.Position{Line: 5, Column: 9}) {
		t.Errorf("the nearest place is %v", p)
	}
	for broken, place := range map[string]lint.Position{"{\n  \"editions\": [,]}": {Line: 2, Column: 16}, "": {Line: 1, Column: 1}, "[]x": {Line: 1, Column: 3}} {
		read, faults := lint.Read([]byte(broken))
		if len(faults) != 1 || faults[0].What != lint.Syntax || read.Position("") != place {
			t.Errorf("%q: %v at %v", broken, faults, read.Position(""))
		}
	}
}

func FuzzRead(f *testing.F) {
	all, err := vectors.LoadPolicies()
	if err != nil {
		f.Fatal(err)
	}
	for _, v := range all {
		for _, raw := range append(v.Overlays, v.Policy) {
			f.Add([]byte(raw))
		}
	}
	f.Add([]byte(text))
	f.Fuzz(func(t *testing.T, data []byte) {
		read, faults := lint.Read(data)
		for _, fault := range faults {
			if p := read.Position(fault.Path); p.Line < 1 || p.Column < 1 {
				t.Fatalf("%v at %v", fault, p)
			}
		}
		p, err := publish.ParsePolicy(data)
		if err != nil {
			p = nil
		} else {
			p.Head = head(now)
			lint.Policy(p, p)
		}
		if o, err := publish.ParseOverlay(data); err == nil {
			o.Head, o.Region = head(now), "34"
			lint.Overlay(o, nil, p)
			lint.Overlay(o, o, nil)
		}
	})
}

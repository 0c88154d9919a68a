package lint_test

import (
	"testing"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier/policy/lint"
)

// edition is one of an overlay that asks for a test within so many seconds.
func edition(from, emergencyUntil int64, seconds uint32) trustlist.OverlayEdition {
	return trustlist.OverlayEdition{EffectiveFrom: from, EmergencyUntil: emergencyUntil,
		Classes: []trustlist.ClassDemand{{Class: 3, Demand: demandOf(seconds)}}}
}

func overlayOf(issued int64, editions ...trustlist.OverlayEdition) *trustlist.Overlay {
	return &trustlist.Overlay{RegionalHead: trustlist.RegionalHead{Head: head(issued), Region: "34"}, Editions: editions}
}

// [POLICY-7]
func TestWhatTightensByWhatIsLeftOutTakesNoticeToo(t *testing.T) {
	const issued = now + 30*day
	strict, lax := edition(now+5*day, 0, 86400), edition(now+10*day, 0, 172800)
	later := func(e trustlist.OverlayEdition, from int64) trustlist.OverlayEdition {
		e.EffectiveFrom = from
		return e
	}
	for name, c := range map[string]struct {
		next, previous *trustlist.Overlay
		want           string
	}{
		"unchanged":                       {overlayOf(issued, strict, lax), overlayOf(now, strict, lax), ""},
		"all of it ended":                 {overlayOf(issued, lax), overlayOf(now, strict, lax), ""},
		"the edition that loosened ended": {overlayOf(issued, strict), overlayOf(now, strict, lax), "editions[0].classes[0].demand short_notice"},
		"what had been is put in anew behind it": {overlayOf(issued, strict, later(strict, issued)), overlayOf(now, strict, lax),
			"editions[1].classes[0].demand short_notice"},
		"the same a day ahead":                         {overlayOf(issued, strict, lax, later(strict, issued+day)), overlayOf(now, strict, lax), ""},
		"a loosening that was announced is taken back": {overlayOf(issued, strict), overlayOf(now, strict, later(lax, issued+day/2)), ""},
		"a tightening that was announced, in a document of its last day, which devices do not follow": {
			overlayOf(issued, lax, later(strict, issued+day/2)), overlayOf(now, lax, later(strict, issued+day/2)), "editions[1].classes[0].demand short_notice"},
		"a tightening that was announced comes earlier": {overlayOf(issued, lax, later(strict, issued+day/4)), overlayOf(now, lax, later(strict, issued+day/2)), "editions[1].classes[0].demand short_notice"},
		"behind an emergency that still holds": {
			overlayOf(issued, lax, edition(issued-2*day, issued+day/2, 86400), later(strict, issued+60)),
			overlayOf(now, lax, edition(issued-2*day, issued+day/2, 86400)), "editions[2].classes[0].demand short_notice"},
	} {
		if got := said(lint.Overlay(c.next, c.previous, nation())); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// [POLICY-7]
func TestEmergenciesWithinADayOfEachOtherAreOne(t *testing.T) {
	const issued = now + 30*day
	emergency := func(from, until int64) trustlist.OverlayEdition { return edition(issued+from, issued+until, 86400) }
	for name, c := range map[string]struct {
		next, previous *trustlist.Overlay
		want           string
	}{
		"72 hours":                 {overlayOf(issued, emergency(0, 3*day)), nil, ""},
		"72 hours and a second":    {overlayOf(issued, emergency(0, 3*day+1)), nil, "editions[0].emergency_until emergency_long"},
		"another a second later":   {overlayOf(issued, emergency(0, 3*day), emergency(3*day+1, 6*day)), nil, "editions[1].emergency_until emergency_again"},
		"another a day later":      {overlayOf(issued, emergency(0, 3*day), emergency(4*day, 7*day)), nil, ""},
		"two of 36 hours":          {overlayOf(issued, emergency(0, 3*day/2), emergency(3*day/2, 3*day)), nil, ""},
		"in another document":      {overlayOf(issued, emergency(0, 3*day)), overlayOf(issued-3*day, emergency(-3*day, 0)), "editions[0].emergency_until emergency_again"},
		"kept":                     {overlayOf(issued, emergency(-day, 2*day)), overlayOf(issued-3*day, emergency(-day, 2*day)), ""},
		"ended sooner":             {overlayOf(issued, emergency(-day, day)), overlayOf(issued-3*day, emergency(-day, 2*day)), ""},
		"taken back a day before":  {overlayOf(issued, emergency(day, 4*day)), overlayOf(issued-3*day, emergency(-day, 2*day)), ""},
		"put off before it begins": {overlayOf(issued, emergency(3*day, 6*day)), overlayOf(issued-3*day, emergency(day, 4*day)), ""},
		"in another after some hours": {overlayOf(issued, emergency(day/2, 3*day)), overlayOf(issued-3*day, emergency(-3*day, 0)),
			"editions[0].emergency_until emergency_again"},
	} {
		if got := said(lint.Overlay(c.next, c.previous, nation())); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// [POLICY-7]
func TestANationTightensByClassesLadderAndRulesTooOnlyWithNotice(t *testing.T) {
	const issued = now + 30*day
	lax := trustlist.ClassPolicy{Class: 12, Floor: trustlist.Demand{Pass: []uint16{0, 1}, NoList: trustlist.NoListPass}, Ceiling: demandOf(86400)}
	until := issued + 3*day
	for want, change := range map[string]func(p *trustlist.Policy){
		"": func(p *trustlist.Policy) {
			second := p.Editions[0]
			second.EffectiveFrom, second.Classes, second.Ladder = issued+day, nil, &trustlist.Ladder{}
			p.Editions = append(p.Editions, second)
			p.Rules = append(p.Rules,
				trustlist.Rule{Number: 102, Name: "一", Text: "一", States: []uint16{1}, Longest: 60, From: issued + day},
				trustlist.Rule{Number: 103, Name: "二", Text: "二", States: []uint16{1}, Longest: 60, From: issued, Until: until})
		},
		"editions[1].classes short_notice": func(p *trustlist.Policy) {
			second := p.Editions[0]
			second.EffectiveFrom, second.Classes = issued+day-1, second.Classes[:1]
			p.Editions = append(p.Editions, second)
		},
		"editions[0].ladder ladder_notice": func(p *trustlist.Policy) { p.Editions[0].Ladder = &trustlist.Ladder{All: 8640000} },
		"rules[0] rule_notice":             func(p *trustlist.Policy) { p.Rules[0].States = []uint16{1, 2} },
		"rules[0] rule_notice ":            func(p *trustlist.Policy) { p.Rules[0].Longest++ },
		"rules[0] rule_notice  ":           func(p *trustlist.Policy) { p.Rules[0].From-- },
		"rules[1] rule_notice": func(p *trustlist.Policy) {
			p.Rules = append(p.Rules, trustlist.Rule{Number: 102, Name: "一", Text: "一", States: []uint16{1}, Longest: 60, From: issued, Until: until + 1})
		},
	} {
		previous, next := nation(), nation()
		for _, p := range []*trustlist.Policy{previous, next} {
			p.Editions[0].Classes = append(p.Editions[0].Classes, lax)
		}
		next.Issued = issued
		change(next)
		next.Version = trustlist.NewVersion(1, 2)
		got := said(lint.Policy(next, previous))
		for got != want && len(got) < len(want) {
			got += " "
		}
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// [POLICY-7]
func TestARuleOfALaterVersionCountsAsNewWithoutThePolicyBefore(t *testing.T) {
	p := nation()
	p.Editions[0].EffectiveFrom, p.Version = p.Issued+2*day, trustlist.NewVersion(1, 2)
	if got := said(lint.Policy(p, nil)); got != "rules[0] rule_notice" {
		t.Errorf("%q", got)
	}
	p.Rules[0].From = p.Issued + day
	if got := said(lint.Policy(p, nil)); got != "" {
		t.Errorf("a day ahead: %q", got)
	}
	p.Rules[0].From, p.Version = p.Issued, trustlist.NewVersion(2, 1)
	if got := said(lint.Policy(p, nil)); got != "" {
		t.Errorf("of the first: %q", got)
	}
}

// [POLICY-7]
func TestAnEditionThatIsInForceAgainBehindAnEmergencyLiesBetweenTheBoundsOfThatTime(t *testing.T) {
	p := nation()
	wider := p.Editions[0]
	wider.EffectiveFrom, wider.Classes = now+11*day, []trustlist.ClassPolicy{{Class: 3, Floor: demandOf(172800), Ceiling: demandOf(172800)}}
	p.Editions = append(p.Editions, wider)
	o := overlayOf(now+3*day, edition(now+5*day, 0, 86400), edition(now+10*day, now+12*day, 172800))
	if got := said(lint.Overlay(o, nil, p)); got != "editions[0].classes[0].demand.requirement.of[0] above_ceiling" && got != "editions[0].classes[0].demand.requirement above_ceiling" {
		t.Error(got)
	}
}

func TestWhatIsWrittenForALocalOrASecondCodeIsToldAsThat(t *testing.T) {
	for name, want := range map[string]lint.What{
		"region": lint.AsksIssuer, "green_code": lint.AsksIssuer, "本省码": lint.AsksIssuer, "itinerary_code": lint.AsksSecondCode,
		"second": lint.AsksSecondCode, "Laboratory_ids": lint.AsksSource, "colour": lint.FieldUnknown,
	} {
		_, faults := lint.Read([]byte(`{"region":"34","editions":[{"classes":[{"class":3,"demand":{"` + name + `":1}}]}]}`))
		if len(faults) != 1 || faults[0].What != want {
			t.Errorf("%s: %v, want %s", name, faults, want)
		}
	}
	read, faults := lint.Read([]byte(`{"editions":[{"classes":[{"floor":{"no_list":"maybe","requirement":{"op":"none_of"}}}]}]}`))
	if got := said(faults); got != "editions[0].classes[0].floor.no_list value_unknown; editions[0].classes[0].floor.requirement.op value_unknown" {
		t.Error(got)
	}
	if got := read.PathAt(len(`{"editions":[{"classes":[{"floor":{"no_list":"maybe`)); got != "editions[0].classes[0].floor.no_list" {
		t.Errorf("the value is at %q", got)
	}
	if got := read.PathAt(0); got != "" {
		t.Errorf("before all of it: %q", got)
	}
}

// A text is judged as what is signed of it, in whatever order somebody wrote it.
func TestTheOrderOfATextMakesNoDifference(t *testing.T) {
	p := nation()
	second := p.Editions[0]
	second.EffectiveFrom, second.Classes = now+20*day, []trustlist.ClassPolicy{{Class: 3, Floor: demandOf(172800), Ceiling: demandOf(172800)}}
	p.Editions = append(p.Editions, second)
	p.Names = []trustlist.CodeName{{Table: trustlist.TableClasses, Number: 99, Chinese: "影院", English: "Cinema"},
		{Table: trustlist.TableStates, Number: 7, Chinese: "灰码", English: "Grey"}}
	p.Editions[0].Classes = append(p.Editions[0].Classes, trustlist.ClassPolicy{Class: 99, Floor: demandOf(172800), Ceiling: demandOf(172800)})
	p.Rules = append([]trustlist.Rule{{Number: 201, Name: "二", Text: "二", States: []uint16{2, 7}, Longest: 60, From: now}}, p.Rules...)
	o := overlayOf(now+3*day, edition(now+20*day, 0, 86400), edition(now+5*day, 0, 86400))
	const want = "editions[0].classes[0].demand.requirement above_ceiling"
	if got := said(lint.Policy(p, p)); got != "" {
		t.Error(got)
	}
	if got := said(lint.Overlay(o, nil, p)); got != want {
		t.Errorf("the overlay: %q, want %q", got, want)
	}
	p.Editions[0], p.Editions[1] = p.Editions[1], p.Editions[0]
	if got := said(lint.Overlay(o, nil, p)); got != want {
		t.Errorf("and the nation: %q, want %q", got, want)
	}
	if got := said(lint.Policy(p, lint.InOrder(p))); got != "" {
		t.Error(got)
	}
	if p.Editions[0].EffectiveFrom != now+20*day || p.Rules[0].Number != 201 || lint.InOrder(p).Rules[0].Number != 101 {
		t.Error("the text itself was put into order")
	}
	if lint.InOrder(nil) != nil || lint.OverlayInOrder(nil) != nil {
		t.Error("nothing is something")
	}
}

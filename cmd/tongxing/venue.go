package main

import (
	"strconv"
	"strings"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier"
	"github.com/tongxing/tongxing/verifier/policy"
)

// venue adds to what the guard knows where the code is shown: a class by its number
// or name, which the policy may have added, and a region. A region alone asks for
// nothing.
func (f *verifyFlags) venue(trust *trustlist.Trust, context *verifier.Context) error {
	if f.region != "" {
		if f.class == "" {
			return usage("flag_required", "--class")
		}
		if _, ok := spec.RegionByNumber(f.region); !ok {
			return usage("region_form", f.region)
		}
	}
	if f.class == "" {
		return nil
	}
	class, ok := venueClass(f.class, trust.Policy())
	if !ok {
		return usage("class_form", f.class)
	}
	context.Class, context.Region = class, f.region
	return nil
}

// venueClasses are the classes of the table with their names.
func (a *app) venueClasses() []string {
	var values []string
	for _, c := range spec.VenueClasses() {
		values = append(values, strconv.Itoa(int(c.Number))+"\t"+c.Label.In(string(a.lang)))
	}
	return values
}

func venueClass(text string, nation *trustlist.Policy) (uint16, bool) {
	labels := map[uint16][]string{}
	for _, c := range spec.VenueClasses() {
		labels[c.Number] = []string{c.Label.In("zh"), c.Label.In("en")}
	}
	if nation != nil {
		for _, name := range nation.Names {
			if name.Table == trustlist.TableClasses {
				labels[name.Number] = []string{name.Chinese, name.English}
			}
		}
	}
	if number, err := strconv.ParseUint(text, 10, 16); err == nil {
		_, ok := labels[uint16(number)]
		return uint16(number), ok
	}
	for number, names := range labels {
		for _, name := range names {
			if strings.EqualFold(strings.TrimSpace(text), name) {
				return number, true
			}
		}
	}
	return 0, false
}

// tellRuling says what was asked for at the venue and by whom, the rule that
// covers the state, and which conditions were not met; explained, all of them.
func (a *app) tellRuling(r verifier.Ruling, clauses []policy.Clause, explain bool) {
	if r.Rule != 0 {
		a.say("verdict_rule", r.Rule, r.RuleName)
	}
	if r.Class != 0 {
		a.say("verdict_venue", spec.VenueClassName(r.Class, string(a.lang)), a.sourceText(r))
	}
	if r.Unfollowed != policy.Followed {
		a.say("verdict_unfollowed", a.regionName(r.Region, r.Region), r.Unfollowed.String())
	}
	for _, c := range clauses {
		if explain || !c.Satisfied {
			a.say("verdict_clause", markOf(c.Satisfied), a.clauseText(c), a.foundText(c))
		}
	}
	if r.Until != 0 {
		a.say("verdict_until", clock(r.Until))
	}
}

func markOf(satisfied bool) string {
	if satisfied {
		return "✓"
	}
	return "✗"
}

func (a *app) sourceText(r verifier.Ruling) string {
	switch r.Source {
	case policy.Floor:
		return a.lang.Say("demand_floor")
	case policy.Overlay:
		return a.lang.Say("demand_overlay", a.regionName(r.Region, r.Region))
	}
	return a.lang.Say("demand_none")
}

package main

import (
	"strconv"
	"strings"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/device"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier"
	"github.com/tongxing/tongxing/verifier/policy"
)

// venue adds to what the guard knows where the code is shown: as the flags say, and
// what they leave out as the device was set (`tongxing venue`). A region alone asks
// for nothing.
func (f *verifyFlags) venue(trust *trustlist.Trust, context *verifier.Context) error {
	given, err := venueOf(f.class, f.region, trust.Policy())
	if err != nil {
		return err
	}
	if f.trust.bundle == "" {
		set, err := device.ReadVenue(f.trust.source)
		if err != nil {
			return err
		}
		given = given.Or(set)
	}
	if given.Region != "" && given.Class == 0 {
		return program.Usage("flag_required", "--class")
	}
	context.Class, context.Region = given.Class, given.Region
	return nil
}

// venueOf reads a class by its number or name, which the policy may have added, and
// a region; each may be "".
func venueOf(class, region string, nation *trustlist.Policy) (device.Venue, error) {
	if region != "" {
		if err := config.Region(region); err != nil {
			return device.Venue{}, err
		}
	}
	if class == "" {
		return device.Venue{Region: region}, nil
	}
	number, ok := venueClass(class, nation)
	if !ok {
		return device.Venue{}, program.Usage("class_form", class)
	}
	return device.Venue{Class: number, Region: region}, nil
}

// venueClasses are the classes of the table with their names.
func (a *app) venueClasses() []string {
	var values []string
	for _, c := range spec.VenueClasses() {
		values = append(values, strconv.Itoa(int(c.Number))+"\t"+c.Label.In(string(a.Lang)))
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
// covers the state, and where the answer is that, which conditions were not met;
// explained, all of them.
func (a *app) tellRuling(names policy.Names, r verifier.Ruling, clauses []policy.Clause, why spec.Reason, explain bool) {
	lang := string(a.Lang)
	if r.Rule != 0 {
		a.Say("verdict_rule", r.Rule, r.RuleName)
		if explain {
			a.Say("verdict_rule_text", r.RuleText)
		}
	}
	if r.Class != 0 {
		a.Say("verdict_venue", names.VenueClass(r.Class, lang), a.sourceText(r))
	}
	if r.Unfollowed != policy.Followed {
		a.Say("verdict_unfollowed", a.regionName(r.Region, r.Region), r.Unfollowed.String())
	}
	for _, c := range clauses {
		if explain || !c.Satisfied && why == spec.ReasonRequirementUnmet {
			a.Say("verdict_clause", c.Mark(), names.Asked(c, lang), c.Finding(lang))
		}
	}
	if r.Until != 0 {
		a.Say("verdict_until", clock(r.Until))
	}
}

func (a *app) sourceText(r verifier.Ruling) string {
	switch r.Source {
	case policy.Floor:
		return a.Lang.Say("demand_floor")
	case policy.Overlay:
		return a.Lang.Say("demand_overlay", a.regionName(r.Region, r.Region))
	}
	return a.Lang.Say("demand_none")
}

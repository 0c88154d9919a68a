package main

import "time"

// sinceIssue returns a moment so long after the code of newCode was issued.
func sinceIssue(d time.Duration) string { return defaultIssued.Add(d).Format(time.RFC3339) }

const wholeDay = 24 * time.Hour

// venuePolicy asks the classes of usualPolicy for the same, from ten days before the
// codes are issued, and passes where a status list is missing but at class 9.
func venuePolicy() *policyContent {
	p := usualPolicy()
	p.Issued, p.Editions[0].From = "", sinceIssue(-10*wholeDay)
	for i := range p.Editions[0].Classes {
		if c := &p.Editions[0].Classes[i]; c.Class != testAndTwoWeeks {
			floor, ceiling := *c.Floor, *c.Ceiling
			floor.NoList, ceiling.NoList = "pass", "pass"
			c.Floor, c.Ceiling = &floor, &ceiling
		}
	}
	p.Rules = []ruleContent{
		{101, "密接", "密切接触者。", []uint16{1}, 7 * oneDay, sinceIssue(-40 * wholeDay), ""},
		{201, "确诊", "确诊病例。", []uint16{2}, 14 * oneDay, sinceIssue(-40 * wholeDay), ""},
	}
	return p
}

// inVenue returns a vector of a code that is shown at a class of venues in a region,
// under venuePolicy. Class 0 is no venue at all.
func inVenue(n, expect, comment string, class uint16, region string, change func(*code), requirement ...string) *vector {
	v := bad("venue-"+n, expect, comment, change, requirement...).under(func(t *trust) { t.Policy = venuePolicy() })
	if class != 0 || region != "" {
		v.Venue = &venue{class, region}
	}
	return v
}

// besides returns v with a further change of the trust material.
func (v *vector) besides(change func(*trust)) *vector {
	before := v.trust
	return v.under(func(t *trust) { before(t); change(t) })
}

// greenWithTest is green with a test that is an hour older at the time of checking
// than these minutes.
func greenWithTest(minutes uint64) func(*code) {
	return func(c *code) { c.set(claimTests, arrayOf(uints(1, 0, minutes, 33*65536+3))) }
}

func stated(state, rule, minutes uint64) func(*code) {
	return func(c *code) { c.set(claimStatus, uints(state, rule, minutes)) }
}

// venueVectors are codes whose requirement, list or missing venue decides.
func venueVectors() []*vector {
	own := func(t *trust) { t.Regions[0].StatusLists = []revocations{{List: exampleList()}} }
	return []*vector{
		inVenue("test", "ok", "A station asks for a test of 48 hours: one of 11.", testOrBooster, "34", greenWithTest(600), "VERIFY-53", "CONF-8"),
		inVenue("no-test", "requirement_unmet", "The same station, no test.", testOrBooster, "34", nil, "VERIFY-53", "CONF-8"),
		inVenue("old-test", "requirement_unmet", "A test of 48 hours and a minute.", testOrBooster, "34", greenWithTest(48*60-59), "POLICY-13"),
		inVenue("test-of-48-hours", "ok", "A test of 48 hours exactly.", testOrBooster, "34", greenWithTest(48*60-60), "POLICY-13"),
		inVenue("laboratory-unknown", "requirement_unmet", "A test of a laboratory that no region lists.", testOrBooster, "34", func(c *code) {
			c.set(claimTests, arrayOf(uints(1, 0, 600, 33*65536+8)))
		}, "POLICY-8", "VERIFY-26"),
		inVenue("positive", "requirement_unmet", "A positive test does not restrict; it is no test.", testOrBooster, "34", func(c *code) {
			c.set(claimTests, arrayOf(uints(1, 1, 600, 33*65536+3)))
		}, "POLICY-8"),
		inVenue("not-stated", "ok", "No venue is stated: nothing is asked for, no list either.", 0, "", nil, "VERIFY-53", "VERIFY-55", "CONF-8"),
		inVenue("region-alone", "ok", "A region and no class is no venue.", 0, "41", nil, "CONF-8"),
		inVenue("class-unnamed", "no_status_list", "A class that no edition names asks for a list.", unnamedClass, "34", nil, "POLICY-19", "VERIFY-55"),
		inVenue("class-unnamed-listed", "ok", "The same, and the list is there.", unnamedClass, "34", nil, "POLICY-19").besides(own),
		inVenue("list-missing", "no_status_list", "A class that wants the list.", testAndTwoWeeks, "34", func(c *code) {
			greenWithTest(600)(c)
			c.set(claimVaccinations, arrayOf(exampleVaccination))
		}, "POLICY-12"),
		inVenue("list-missing-insisted", "no_status_list", "A class that does without, and a venue that insists.", nothingMore, "34", nil, "STATUS-32").insisting(),
		inVenue("no-policy", "ok", "A venue, and no policy at all: the default; the list is there.", testOrBooster, "34", nil, "POLICY-19").besides(own).besides(func(t *trust) { t.Policy = nil }),
		inVenue("no-status-passes", "ok", "A class where no status passes.", withoutStatus, "34", vaccinated, "POLICY-11"),
		inVenue("no-status", "no_status", "A class where it does not.", nothingMore, "34", vaccinated, "POLICY-11"),
	}
}

// venueStates are codes whose state decides, under published rules.
func venueStates() []*vector {
	stranger := papers{DocumentType: "01", Number: withCheckX()}
	return []*vector{
		inVenue("red", "restricted", "Red under a published rule.", nothingMore, "34", stated(2, 201, 90), "VERIFY-53", "POLICY-21"),
		inVenue("yellow", "state_checked", "Yellow under a published rule.", nothingMore, "34", stated(1, 101, 90), "VERIFY-53", "POLICY-21"),
		inVenue("red-not-stated", "state_checked", "Red where no class is stated: nobody is restricted.", 0, "", stated(2, 201, 90), "VERIFY-53", "CONF-8"),
		inVenue("red-without-rule", "adverse_without_rule", "Red under a number that is no rule.", nothingMore, "34", stated(2, 299, 90), "VERIFY-50"),
		inVenue("red-rule-of-yellow", "adverse_without_rule", "Red under a rule for yellow.", nothingMore, "34", stated(2, 101, 90), "POLICY-21"),
		inVenue("red-run-out", "adverse_without_rule", "Red, determined fourteen days ago to the minute: the rule has run out, whenever the code was issued.", nothingMore, "34", stated(2, 201, 14*1440-60), "POLICY-21"),
		inVenue("red-last-minute", "restricted", "A minute before.", nothingMore, "34", stated(2, 201, 14*1440-61), "POLICY-21"),
		inVenue("state-named", "state_checked", "A state that only the policy names.", nothingMore, "34", stated(5, 501, 90), "POLICY-9"),
		inVenue("state-unnamed", "state_unknown", "A state that nobody names.", nothingMore, "34", stated(6, 601, 90), "VERIFY-51"),
		inVenue("restricted-stranger", "holder_mismatch", "Red under a published rule, and shown by a stranger.", nothingMore, "34", stated(2, 201, 90), "VERIFY-1", "VERIFY-70").with(stranger),
	}
}

// venueOverlays are codes of region 33 at stations of 41, whose overlay asks for a
// test of 24 hours, or for what no overlay may.
func venueOverlays() []*vector {
	at := func(n, expect, comment, region string, demand *demandContent, requirement ...string) *vector {
		return inVenue(n, expect, comment, testOrBooster, region, greenWithTest(30*60), requirement...).besides(func(t *trust) {
			demand.NoList = "pass"
			t.Regions[1].Overlay = &overlayContent{Editions: []editionContent{{From: sinceIssue(-5 * wholeDay),
				Classes: []classContent{{Class: testOrBooster, Demand: demand}}}}}
		})
	}
	day := func() *demandContent { return asking(testWithin(1, oneDay)) }
	return []*vector{
		at("overlay", "requirement_unmet", "A test of 31 hours, where the overlay asks for 24.", "41", day(), "POLICY-18", "POLICY-20", "CONF-8"),
		at("overlay-elsewhere", "ok", "The same code in another region.", "34", day(), "POLICY-20", "CONF-8"),
		at("overlay-of-no-region", "ok", "The same where no region is stated.", "", day(), "POLICY-20", "CONF-8"),
		at("overlay-above-ceiling", "ok", "An overlay that asks for 12 hours, which is above the ceiling, is not followed.", "41", asking(testWithin(1, oneDay/2)), "POLICY-18"),
	}
}

// venueTimes are codes whose moment, or the age of what is known, decides.
func venueTimes() []*vector {
	switching := func(n, expect, comment string, from time.Duration) *vector {
		return inVenue(n, expect, comment, nothingMore, "34", nil, "POLICY-2").besides(func(t *trust) {
			next := venuePolicy().Editions[0]
			next.From, next.Classes = sinceIssue(from), []classContent{next.Classes[0]}
			next.Classes[0].Class = nothingMore
			t.Policy.Editions = append(t.Policy.Editions, next)
		})
	}
	old := 8 * wholeDay
	return []*vector{
		switching("before-the-switch", "ok", "The second before an edition that asks for a test.", time.Hour+time.Second),
		switching("at-the-switch", "requirement_unmet", "Its first second.", time.Hour),
		inVenue("old-material", "trust_stale", "Green, eight days after the trust material.", nothingMore, "34", nil, "VERIFY-43").agedBy(old),
		inVenue("old-material-red", "trust_stale", "Red under a rule, eight days after it.", nothingMore, "34", stated(2, 201, 90), "VERIFY-43").agedBy(old),
		inVenue("old-material-vaccinated", "ok", "A vaccination outlives it.", withoutStatus, "34", vaccinated, "VERIFY-54").agedBy(old),
		inVenue("ladder", "trust_stale", "A ladder of an hour and a half, two hours after the trust material.", nothingMore, "34", nil, "POLICY-3", "POLICY-4").besides(func(t *trust) {
			t.Policy.Editions[0].Ladder = &ladderContent{3600, 5400, 100 * oneDay}
		}),
		inVenue("ladder-last-second", "ok", "A ladder of two hours exactly.", nothingMore, "34", nil, "POLICY-3", "POLICY-4").besides(func(t *trust) {
			t.Policy.Editions[0].Ladder = &ladderContent{3600, 7200, 100 * oneDay}
		}),
		inVenue("ladder-ended", "trust_stale", "A ladder that ends before: nothing is verified any more.", nothingMore, "34", vaccinated, "POLICY-4").besides(func(t *trust) {
			t.Policy.Editions[0].Ladder = &ladderContent{3600, 5400, 7199}
		}),
	}
}

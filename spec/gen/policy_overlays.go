package main

func editionCases() []*policyVector {
	edition := func(name, comment string, class uint16, d decisionContent, change func(*policyVector), requirement string) *policyVector {
		return shown("edition-"+name, comment, class, d, change, requirement)
	}
	none := func(outcome, reason string) decisionContent { return answer(outcome, reason, "none", noChange) }
	noPolicy := func(v *policyVector) { v.Policy = nil }
	at := func(seconds int) func(*policyVector) {
		return func(v *policyVector) {
			v.Time = when(seconds)
			v.state(0, 0, -seconds)
		}
	}
	// a booster is asked for from tomorrow on
	switching := func(seconds int, emergencyUntil string) func(*policyVector) {
		return func(v *policyVector) {
			v.Time = when(seconds)
			v.Policy.Editions = append(v.Policy.Editions, editionContent{From: when(oneDay), Until: emergencyUntil,
				Classes: []classContent{between(nothingMore, asking(single("doses", 3)), asking(single("doses", 3)))}})
		}
	}
	noEdition := none("pass", "ok")
	noEdition.Until = ""
	return []*policyVector{
		edition("no-policy", "Without a policy green passes.", testOrBooster, none("pass", "ok"), noPolicy, "POLICY-19"),
		edition("no-policy-yellow", "Without a policy there is no rule.", testOrBooster, none("unverified", "adverse_without_rule"), func(v *policyVector) {
			noPolicy(v)
			v.state(1, 101, oneHour)
		}, "POLICY-21"),
		edition("no-policy-no-list", "Without a policy a missing list is checked.", testOrBooster, none("check", "no_status_list"), func(v *policyVector) {
			noPolicy(v)
			v.Codes[0].NoList = true
		}, "POLICY-19"),
		edition("class-unnamed", "A class that the edition does not name.", unnamedClass, noEdition, nil, "POLICY-19"),
		edition("before-the-first", "A second before the first edition takes effect.", testOrBooster, answer("pass", "ok", "none", when(-10*oneDay)), at(-10*oneDay-1), "POLICY-2"),
		edition("first-second", "The second in which it takes effect.", testOrBooster, unmet(noChange), at(-10*oneDay), "POLICY-2"),
		edition("before-switch", "The last second before another edition.", nothingMore, pass(when(oneDay)), switching(oneDay-1, ""), "POLICY-2"),
		edition("at-switch", "The second of the switch.", nothingMore, unmet(noChange), switching(oneDay, ""), "POLICY-2"),
		edition("emergency-begins", "The first second of an emergency of six hours.", nothingMore, unmet(when(oneDay+6*oneHour)), switching(oneDay, when(oneDay+6*oneHour)), "POLICY-5"),
		edition("emergency-last-second", "Its last second.", nothingMore, unmet(when(oneDay+6*oneHour)), switching(oneDay+6*oneHour-1, when(oneDay+6*oneHour)), "POLICY-5"),
		edition("emergency-over", "It falls away, and the edition before it is in force again.", nothingMore, pass(noChange), switching(oneDay+6*oneHour, when(oneDay+6*oneHour)), "POLICY-5"),
		edition("emergency-72-hours", "The last second of an emergency that claims to last ten days.", nothingMore, unmet(when(4*oneDay)), switching(4*oneDay-1, when(11*oneDay)), "POLICY-5"),
		edition("emergency-too-long", "It has fallen away after 72 hours.", nothingMore, pass(noChange), switching(4*oneDay, when(11*oneDay)), "POLICY-5"),
	}
}

// overlaid puts an overlay of region 34 in force, with a demand for a class.
func overlaid(class uint16, d *demandContent) func(*policyVector) {
	return func(v *policyVector) {
		v.Overlays = []overlayContent{{"34", when(-9 * oneDay), []editionContent{{From: when(-5 * oneDay), Classes: []classContent{{Class: class, Demand: d}}}}}}
		v.tested(30 * oneHour)
	}
}

// pairs is all of so many times any of a test within a day or a booster.
func alternatives(count int) *evidence {
	r := allOf()
	for range count {
		r.Of = append(r.Of, anyOf(testWithin(1, oneDay), single("doses", 3)))
	}
	return r
}

func overlayCases() []*policyVector {
	// the test of 30 hours ago satisfies the floor
	floor := func(unfollowed string) decisionContent {
		d := pass(when(2*oneDay - 30*oneHour + 1))
		d.Unfollowed = unfollowed
		return d
	}
	followed := answer("check", "requirement_unmet", "overlay", noChange)
	day := asking(anyOf(testWithin(1, oneDay), single("doses", 3)))
	overlay := func(name, comment string, demand *demandContent, d decisionContent, requirement ...string) *policyVector {
		return shown("overlay-"+name, comment, testOrBooster, d, overlaid(testOrBooster, demand), append(requirement, "POLICY-18")...)
	}
	elsewhere := func(name, comment, region string, d decisionContent) *policyVector {
		v := shown("overlay-"+name, comment, testOrBooster, d, overlaid(testOrBooster, day), "POLICY-20")
		v.Overlays[0].Region = region
		return v
	}
	unnamed := func(name, comment string, demand *demandContent, d decisionContent) *policyVector {
		return shown("overlay-"+name, comment, unnamedClass, d, overlaid(unnamedClass, demand), "POLICY-19")
	}
	with := func(change func(*demandContent)) *demandContent {
		d := *day
		change(&d)
		return &d
	}
	above := answer("pass", "ok", "none", noChange)
	above.Unfollowed = "above_ceiling"
	ceiling := usualPolicy().Editions[0].Classes[0].Ceiling
	lapsed := overlay("emergency-over", "An emergency of the region is over.", day, floor(""), "POLICY-5")
	lapsed.Overlays[0].Editions[0].Until = when(-4 * oneDay)
	lapsed.Decision.Unfollowed = ""
	return []*policyVector{
		overlay("followed", "The region asks for a test within a day.", day, followed),
		elsewhere("of-another-region", "The overlay of another region.", "35", floor("")),
		elsewhere("of-the-issuer", "The overlay of the region that issued the code.", "33", floor("")),
		overlay("below-floor", "The region asks for less than the floor.", asking(anyOf(testWithin(1, 3*oneDay), single("doses", 3))), floor("below_floor")),
		overlay("asks-for-nothing", "The region asks for nothing.", asking(nil), floor("below_floor"), "POLICY-16"),
		overlay("above-ceiling", "The region asks for a test within twelve hours.", asking(testWithin(1, 12*oneHour)), floor("above_ceiling")),
		overlay("of-another-kind", "Another kind of test cannot be compared with the floor.", asking(testWithin(2, oneDay)), floor("below_floor"), "POLICY-16"),
		overlay("exemption-above-ceiling", "More than the floor, and not within the ceiling.", asking(allOf(testWithin(1, oneDay), single("exempt", 1))), floor("above_ceiling"), "POLICY-16"),
		overlay("equal-to-ceiling", "Exactly what the ceiling allows.", ceiling, followed, "POLICY-16"),
		overlay("equal-to-floor", "Exactly the floor, in other words: twice over.", asking(anyOf(allOf(single("doses", 3), single("since_dose", 0)), testWithin(1, 2*oneDay))),
			answer("pass", "ok", "overlay", when(2*oneDay-30*oneHour+1)), "POLICY-16"),
		overlay("restricts-less", "Red is checked, where the floor restricts it.", with(func(d *demandContent) { d.Restrict = nil }), floor("below_floor"), "POLICY-16"),
		overlay("restricts-more", "Yellow is restricted, where the floor checks it.", with(func(d *demandContent) { d.Check, d.Restrict = nil, []uint16{1, 2} }), followed, "POLICY-16"),
		overlay("no-status-passes", "No status passes, where the floor checks it.", with(func(d *demandContent) { d.NoStatus = "pass" }), floor("below_floor"), "POLICY-16"),
		overlay("no-list-passes", "A missing list passes, where the floor checks it.", with(func(d *demandContent) { d.NoList = "pass" }), floor("below_floor"), "POLICY-16"),
		overlay("days-for-doses", "A dose of fourteen days ago says nothing of a third dose.", asking(single("since_dose", 14)), floor("below_floor"), "POLICY-16"),
		overlay("4096-alternatives", "A requirement of 4,096 alternatives.", asking(alternatives(12)), followed, "POLICY-17"),
		overlay("8192-alternatives", "A requirement of 8,192 alternatives.", asking(alternatives(13)), floor("too_complex"), "POLICY-17"),
		unnamed("class-unnamed", "A class that the nation does not name has the defaults as its ceiling.", asking(single("doses", 3)), above),
		unnamed("class-unnamed-default", "The defaults, in so many words.", &demandContent{Pass: []uint16{0}}, answer("pass", "ok", "overlay", noChange)),
		lapsed,
	}
}

// noticeCases are of an overlay issued an hour ago, an edition of which took
// effect half an hour ago.
func noticeCases() []*policyVector {
	floor := func(outcome, reason, until string) decisionContent {
		d := answer(outcome, reason, "floor", until)
		d.Unfollowed = "too_soon"
		return d
	}
	day := asking(anyOf(testWithin(1, oneDay), single("doses", 3)))
	notice := func(name, comment string, d decisionContent, at int, change func(editions []editionContent) []editionContent) *policyVector {
		return shown("notice-"+name, comment, testOrBooster, d, func(v *policyVector) {
			editions := []editionContent{{From: when(-oneHour / 2), Classes: []classContent{{Class: testOrBooster, Demand: day}}}}
			if change != nil {
				editions = change(editions)
			}
			v.Overlays = []overlayContent{{"34", when(-oneHour), editions}}
			v.tested(26 * oneHour)
			v.Time = when(at)
		}, "POLICY-6")
	}
	const day1 = -oneHour + oneDay // a day after the overlay was issued
	first := func(d *demandContent) func([]editionContent) []editionContent {
		return func(editions []editionContent) []editionContent {
			return append([]editionContent{{From: when(-5 * oneDay), Classes: []classContent{{Class: testOrBooster, Demand: d}}}}, editions...)
		}
	}
	from := func(seconds int) func([]editionContent) []editionContent {
		return func(editions []editionContent) []editionContent {
			editions[0].From = when(seconds)
			return editions
		}
	}
	over := when(2*oneDay - 26*oneHour + 1) // the test is too old for the floor
	unmet := func(until string) decisionContent { return answer("check", "requirement_unmet", "overlay", until) }
	kept := answer("pass", "ok", "overlay", when(36*oneHour-26*oneHour+1))
	kept.Unfollowed = "too_soon"
	loose := asking(anyOf(testWithin(1, 36*oneHour), single("doses", 3)))
	loosened := notice("loosening", "An edition that asks for less than the one before holds at once.", answer("pass", "ok", "overlay", over), 0, first(day))
	loosened.Overlays[0].Editions[1].Classes[0].Demand = asking(anyOf(testWithin(1, 2*oneDay), single("doses", 3)))
	return []*policyVector{
		notice("too-soon", "It asks for more than the floor, and is not followed yet.", floor("pass", "ok", over), 0, nil),
		notice("last-second", "The last second of the day of notice.", floor("check", "requirement_unmet", noChange), day1-1, nil),
		notice("over", "The day of notice is over.", unmet(noChange), day1, nil),
		notice("emergency", "Marked as an emergency, it holds at once, and falls away.", unmet(when(oneHour)), 0, func(editions []editionContent) []editionContent {
			editions[0].Until = when(oneHour)
			return editions
		}),
		notice("in-force-before", "An edition that was in force before the overlay was issued is nothing new.", unmet(noChange), 0, from(-oneHour-1)),
		notice("as-issued", "One that takes effect as the overlay is issued is new.", floor("pass", "ok", over), 0, from(-oneHour)),
		notice("a-day-ahead", "One that takes effect a day after the overlay was issued is followed in that second.", unmet(noChange), day1, from(day1)),
		notice("before-a-day-ahead", "Before it takes effect it is nothing.", answer("check", "requirement_unmet", "floor", noChange), day1-1, from(day1)),
		notice("keeps-the-one-before", "What is asked for until then is what the overlay asked for before.", kept, 0, first(loose)),
		loosened,
	}
}

func combinedCases() []*policyVector {
	status := func(state, rule uint16, ago int, issuer string) codeContent {
		return codeContent{Status: &statusContent{state, rule, when(-ago), issuer}}
	}
	combined := func(name, comment string, d decisionContent, codes ...codeContent) *policyVector {
		return shown("codes-"+name, comment, nothingMore, d, func(v *policyVector) { v.Codes = codes }, "POLICY-10")
	}
	green, red := status(0, 0, 2*oneHour, "33"), status(2, 201, oneHour, "37")
	restricted := decisionContent{Outcome: "restricted", Reason: "restricted", Source: "floor", Until: when(14*oneDay - oneHour), Rule: 201}
	groundless := status(2, 202, oneHour, "41")
	together := status(2, 201, 2*oneHour, "37")
	conflict := answer("check", "state_checked", "floor", noChange)
	paper := shown("codes-test-on-paper", "The status in one code, the test in another.", testOrBooster, pass(when(2*oneDay-oneHour+1)), func(v *policyVector) {
		v.tested(oneHour)
		v.Codes = []codeContent{{Tests: v.Codes[0].Tests}, green}
	}, "POLICY-10")
	oneList := shown("codes-one-list-missing", "The list of one of two codes is missing.", nothingMore, answer("check", "no_status_list", "floor", noChange), func(v *policyVector) {
		v.Codes = []codeContent{green, {Exemptions: []uint16{1}, NoList: true}}
	}, "POLICY-10", "POLICY-12")
	return []*policyVector{
		combined("latest", "Of a green and a later red status the red one counts.", restricted, green, red),
		combined("latest-first", "The same in the other order.", restricted, red, green),
		combined("green-later", "A green status that was determined after a red one.", pass(noChange), red, status(0, 0, oneHour-1, "33")),
		combined("without-basis", "A later red status without a rule gives way to the green one.", pass(noChange), groundless, green),
		combined("all-without-basis", "Two red statuses without a rule.", answer("unverified", "adverse_without_rule", "floor", noChange), groundless, status(2, 203, 2*oneHour, "33")),
		combined("conflict", "Green and red of one second.", conflict, green, together),
		combined("conflict-first", "The same in the other order.", conflict, together, green),
		paper, oneList,
	}
}

package main

// answer is the decision of a case without anything of overlays.
func answer(outcome, reason, source, until string) decisionContent {
	return decisionContent{Outcome: outcome, Reason: reason, Source: source, Until: until}
}

func pass(until string) decisionContent { return answer("pass", "ok", "floor", until) }
func unmet(until string) decisionContent {
	return answer("check", "requirement_unmet", "floor", until)
}

const noChange = ""

func testCases() []*policyVector {
	at := func(name, comment string, ago int, d decisionContent) *policyVector {
		return shown("test-"+name, comment, testOrBooster, d, func(v *policyVector) { v.tested(ago) }, "POLICY-13", "POLICY-15")
	}
	one := func(name, comment string, kind, result uint16, laboratory uint32, ago int, d decisionContent, requirement string) *policyVector {
		return shown("test-"+name, comment, testOrBooster, d, func(v *policyVector) {
			v.Codes[0].Tests = []testContent{{kind, result, laboratory, when(-ago)}}
		}, requirement)
	}
	const own, withdrawn = 33<<16 + 1, 44<<16 + 2
	return []*policyVector{
		at("47-59-59", "A test reported 47:59:59 ago, of 48 hours that are asked for.", 2*oneDay-1, pass(when(2))),
		at("48-00-00", "Reported exactly 48 hours ago: its last second.", 2*oneDay, pass(when(1))),
		at("48-00-01", "Reported a second more than 48 hours ago.", 2*oneDay+1, unmet(noChange)),
		at("ahead-of-clock", "Reported four minutes ahead of the clock.", -240, pass(when(240+2*oneDay+1))),
		one("positive", "A positive test is no fact, and restricts nobody.", 1, 1, own, oneHour, unmet(noChange), "POLICY-8"),
		one("inconclusive", "An inconclusive test is no fact.", 1, 2, own, oneHour, unmet(noChange), "POLICY-8"),
		one("of-another-kind", "An antigen test where a nucleic acid test is asked for.", 2, 0, own, oneHour, unmet(noChange), "POLICY-13"),
		one("laboratory-unlisted", "No region lists the laboratory.", 1, 0, 33<<16+9, oneHour, unmet(noChange), "POLICY-8"),
		one("laboratory-not-yet-withdrawn", "Reported a second before the laboratory was withdrawn, in another region than that of the code.", 1, 0, withdrawn, oneDay+1, pass(when(oneDay)), "POLICY-8"),
		one("laboratory-withdrawn", "Reported in the second from which the laboratory is withdrawn.", 1, 0, withdrawn, oneDay, unmet(noChange), "POLICY-8"),
		shown("test-laboratory-admitted", "Reported in the second in which the laboratory was admitted.", testOrBooster, pass(when(2*oneDay-oneHour+1)), func(v *policyVector) {
			v.tested(oneHour)
			v.Laboratories[0].Admitted = when(-oneHour)
		}, "POLICY-8"),
		shown("test-laboratory-not-yet-admitted", "Reported a second before the laboratory was admitted.", testOrBooster, unmet(noChange), func(v *policyVector) {
			v.tested(oneHour)
			v.Laboratories[0].Admitted = when(-oneHour + 1)
		}, "POLICY-8"),
		shown("test-freshest", "Two tests, of which the fresher one counts.", testOrBooster, pass(when(2*oneDay-3*oneHour+1)), func(v *policyVector) {
			v.tested(50 * oneHour)
			v.tested(3 * oneHour)
		}, "POLICY-13", "POLICY-15"),
		shown("test-kind-unnamed", "A policy asks for a kind of test that nobody has named.", testOrBooster, unmet(noChange), func(v *policyVector) {
			v.asks(testWithin(9, oneDay))
			v.Codes[0].Tests = []testContent{{9, 0, own, when(-oneHour)}}
		}, "POLICY-9"),
		shown("test-kind-named", "The policy names the kind of test that it asks for.", testOrBooster, pass(when(oneDay-oneHour+1)), func(v *policyVector) {
			v.asks(testWithin(9, oneDay))
			v.Policy.Names = append([]nameContent{{2, 9, "抗原自测", "Self-test"}}, v.Policy.Names...)
			v.Codes[0].Tests = []testContent{{9, 0, own, when(-oneHour)}}
		}, "POLICY-9"),
	}
}

// asks makes floor and ceiling of the case's class ask for r.
func (v *policyVector) asks(r *evidence) {
	v.Policy.Editions[0].Classes = []classContent{between(v.Class, asking(r), asking(r))}
}

// named gives a third dose of a product.
func named(product uint16) func(*policyVector) {
	return func(v *policyVector) {
		v.Codes[0].Vaccinations = []vaccinationContent{{product, 3, 2, todayNumber - 90}}
	}
}

func exempt(kind uint16) func(*policyVector) {
	return func(v *policyVector) { v.Codes[0].Exemptions = []uint16{kind} }
}

// blue is a state that the policy names.
const blue uint16 = 5

func doseCases() []*policyVector {
	dose := func(name, comment string, class uint16, d decisionContent, change func(*policyVector), requirement ...string) *policyVector {
		return shown("dose-"+name, comment, class, d, change, append(requirement, "POLICY-14")...)
	}
	asked := func(name, comment string, r *evidence, d decisionContent, change func(*policyVector), requirement ...string) *policyVector {
		return dose(name, comment, nothingMore, d, func(v *policyVector) {
			v.asks(r)
			if change != nil {
				change(v)
			}
		}, requirement...)
	}
	twoWeeks := func(days int) func(*policyVector) {
		return func(v *policyVector) {
			v.tested(oneHour)
			v.dosed(2, days)
		}
	}
	atMidnight := func(seconds int) func(*policyVector) {
		return func(v *policyVector) {
			v.state(0, 0, 14*oneHour)
			v.tested(13 * oneHour)
			v.dosed(2, 14)
			v.Time = when(midnight(0) + seconds)
		}
	}
	nested := allOf(anyOf(testWithin(1, oneDay), single("exempt", 1)), anyOf(single("doses", 2), allOf(single("since_dose", 3), single("doses", 1))))
	return []*policyVector{
		dose("booster-today", "A third dose of today.", testOrBooster, pass(noChange), func(v *policyVector) { v.dosed(3, 0) }),
		dose("booster-tomorrow", "A third dose of tomorrow, by a clock that is behind.", testOrBooster, pass(noChange), func(v *policyVector) { v.dosed(3, -1) }),
		dose("two-of-three", "Two doses where three are asked for.", testOrBooster, unmet(noChange), func(v *policyVector) { v.dosed(2, 100) }),
		dose("14-days", "14 days after the dose.", testAndTwoWeeks, pass(when(oneDay-oneHour+1)), twoWeeks(14)),
		dose("13-days", "13 days after it: the next day satisfies.", testAndTwoWeeks, unmet(when(midnight(1))), twoWeeks(13), "POLICY-15"),
		dose("midnight", "00:00:00 of the 14th day at UTC+8.", testAndTwoWeeks, pass(when(-13*oneHour+oneDay+1)), atMidnight(0)),
		dose("before-midnight", "23:59:59 of the day before.", testAndTwoWeeks, unmet(when(midnight(0))), atMidnight(-1), "POLICY-15"),
		dose("latest", "The latest dose counts, not the first.", testAndTwoWeeks, unmet(noChange), func(v *policyVector) {
			v.tested(oneHour)
			v.dosed(2, 100)
			v.dosed(3, 3)
		}),
		asked("0-days-today", "Zero days since the last dose, with a dose of today.", single("since_dose", 0), pass(noChange), func(v *policyVector) { v.dosed(1, 0) }),
		asked("0-days-none", "Zero days since the last dose, without a dose.", single("since_dose", 0), unmet(noChange), nil),
		asked("0-doses", "No doses asked for, in so many words: one is needed.", single("doses", 0), unmet(noChange), nil),
		asked("0-doses-one", "The same, with one dose.", single("doses", 0), pass(noChange), func(v *policyVector) { v.dosed(1, 5) }),
		asked("product-unnamed", "A product that nobody has named.", single("doses", 3), unmet(noChange), named(50), "POLICY-9"),
		asked("exemption", "An exemption that the policy honours.", single("exempt", 1), pass(noChange), exempt(1), "POLICY-13"),
		asked("exemption-other", "Another exemption.", single("exempt", 1), unmet(noChange), exempt(2), "POLICY-13"),
		asked("exemption-unnamed", "An exemption that nobody has named.", single("exempt", 40), unmet(noChange), exempt(40), "POLICY-9"),
		asked("nested", "All of any of, and all of within any of.", nested, pass(noChange), func(v *policyVector) {
			v.dosed(1, 3)
			v.Codes[0].Exemptions = []uint16{1}
		}, "POLICY-13"),
		asked("nested-not-all", "The same with a dose of the day before yesterday: tomorrow satisfies.", nested, unmet(when(midnight(1))), func(v *policyVector) {
			v.dosed(1, 2)
			v.Codes[0].Exemptions = []uint16{1}
		}, "POLICY-13", "POLICY-15"),
		dose("product-named", "A product that the policy names.", testOrBooster, pass(noChange), named(99), "POLICY-9"),
	}
}

// later shows the code at another time.
func later(v *policyVector, seconds int) *policyVector {
	v.Time = when(seconds)
	return v
}

func stateCases() []*policyVector {
	withRule := func(d decisionContent, rule uint16) decisionContent {
		d.Rule = rule
		return d
	}
	unverified := func(until string) decisionContent {
		return answer("unverified", "adverse_without_rule", "floor", until)
	}
	checked := func(rule uint16, until string) decisionContent {
		return withRule(answer("check", "state_checked", "floor", until), rule)
	}
	restricted := func(until string) decisionContent {
		return withRule(answer("restricted", "restricted", "floor", until), 201)
	}
	state := func(name, comment string, s, rule uint16, ago int, d decisionContent, requirement ...string) *policyVector {
		return shown("state-"+name, comment, nothingMore, d, func(v *policyVector) { v.state(s, rule, ago) }, append(requirement, "POLICY-11")...)
	}
	demanded := func(name, comment string, d demandContent, s, rule uint16, want decisionContent) *policyVector {
		v := state(name, comment, s, rule, oneHour, want)
		v.Policy.Editions[0].Classes = []classContent{between(nothingMore, &d, &d)}
		v.Policy.Rules = append(v.Policy.Rules, ruleContent{501, "蓝码规则", "公布的规则。", []uint16{5}, oneDay, when(-9 * oneDay), ""})
		return v
	}
	without := func(name, comment string, class uint16, d decisionContent) *policyVector {
		return shown("no-status-"+name, comment, class, d, func(v *policyVector) { v.Codes[0].Status = nil }, "POLICY-11")
	}
	return []*policyVector{
		state("green", "Green, and nothing more is asked.", 0, 0, oneHour, pass(noChange)),
		state("yellow", "Yellow under a rule, where yellow is checked.", 1, 101, oneHour, checked(101, when(7*oneDay-oneHour)), "POLICY-21"),
		state("red", "Red under a rule.", 2, 201, oneHour, restricted(when(14*oneDay-oneHour)), "POLICY-21"),
		state("red-last-second", "The last second of the longest duration.", 2, 201, 14*oneDay-1, restricted(when(1)), "POLICY-21"),
		state("red-run-out", "The rule has run out.", 2, 201, 14*oneDay, unverified(noChange), "POLICY-21"),
		state("yellow-run-out", "Seven days of yellow are over, whatever code is new.", 1, 101, 7*oneDay, unverified(noChange), "POLICY-21"),
		state("rule-of-another-state", "Red under a rule for yellow.", 2, 101, oneHour, unverified(noChange), "POLICY-21"),
		state("rule-unpublished", "Red under a rule that nobody published.", 2, 202, oneHour, unverified(noChange), "POLICY-21"),
		state("rule-begins", "Determined in the second from which the rule is in force.", 1, 102, 5*oneDay, checked(102, when(5*oneDay)), "POLICY-21"),
		state("before-the-rule", "Determined a second before the rule was in force.", 1, 102, 5*oneDay+1, unverified(noChange), "POLICY-21"),
		later(state("rule-last-second", "The last second in which the rule is in force.", 1, 102, oneHour, checked(102, when(5*oneDay)), "POLICY-21"), 5*oneDay-1),
		later(state("rule-ended", "The rule has ended, though it has not run out.", 1, 102, oneHour, unverified(noChange), "POLICY-21"), 5*oneDay),
		state("unnamed", "A state that nobody has named.", 7, 701, oneHour, answer("check", "state_unknown", "floor", noChange), "POLICY-9"),
		demanded("unnamed-restricted", "The same, where a demand restricts it.", demandContent{Pass: []uint16{0}, Restrict: []uint16{7}}, 7, 701, answer("check", "state_unknown", "floor", noChange)),
		demanded("yellow-passes", "Yellow under a rule, where yellow passes.", demandContent{Pass: []uint16{0, 1}}, 1, 101, withRule(pass(when(7*oneDay-oneHour)), 101)),
		demanded("yellow-passes-without-rule", "Yellow without a rule, where yellow passes: the code says nothing that counts.", demandContent{Pass: []uint16{0, 1}}, 1, 103, unverified(noChange)),
		demanded("in-no-list", "Yellow under a rule, in no list.", demandContent{Pass: []uint16{0}}, 1, 101, checked(101, when(7*oneDay-oneHour))),
		demanded("green-in-no-list", "Green in no list.", demandContent{Pass: []uint16{blue}}, 0, 0, checked(0, noChange)),
		demanded("named-passes", "A state that the policy names, without a rule, where it passes.", demandContent{Pass: []uint16{0, blue}}, blue, 0, pass(noChange)),
		demanded("named-restricted", "The same under a rule, where it is restricted.", demandContent{Pass: []uint16{0}, Restrict: []uint16{blue}}, blue, 501, withRule(restricted(when(oneDay-oneHour)), 501)),
		demanded("named-without-rule", "The same without a rule.", demandContent{Pass: []uint16{0}, Restrict: []uint16{blue}}, blue, 502, unverified(noChange)),
		without("checked", "No status, where one is needed.", nothingMore, answer("check", "no_status", "floor", noChange)),
		without("passes", "No status, where that passes.", withoutStatus, pass(noChange)),
		shown("no-status-unmet", "No status where that passes, and a requirement that is not met.", withoutStatus, unmet(noChange), func(v *policyVector) {
			v.Codes[0].Status = nil
			v.asks(single("doses", 1))
			v.Policy.Editions[0].Classes[0].Floor.NoStatus = "pass"
			v.Policy.Editions[0].Classes[0].Ceiling.NoStatus = "pass"
		}, "POLICY-11"),
	}
}

func listCases() []*policyVector {
	missing := func(name, comment string, class uint16, d decisionContent, change func(*policyVector)) *policyVector {
		return shown("list-"+name, comment, class, d, func(v *policyVector) {
			v.Codes[0].NoList = true
			if change != nil {
				change(v)
			}
		}, "POLICY-12")
	}
	told := func(d decisionContent) decisionContent {
		d.NoList = true
		return d
	}
	red := func(v *policyVector) { v.state(2, 201, oneHour) }
	restricted := decisionContent{Outcome: "restricted", Reason: "restricted", Source: "floor", Until: when(14*oneDay - oneHour), Rule: 201}
	checked := decisionContent{Outcome: "check", Reason: "no_status_list", Source: "floor"}
	checkedRed := checked
	checkedRed.Until, checkedRed.Rule = when(14*oneDay-oneHour), 201
	return []*policyVector{
		missing("missing", "Nobody knows whether the code is revoked.", nothingMore, checked, nil),
		missing("missing-passes", "The same, where that passes.", withoutStatus, told(pass(noChange)), nil),
		missing("missing-red", "A red code that may have been revoked.", nothingMore, checkedRed, red),
		missing("missing-red-passes", "The same, where a missing list passes: it restricts.", withoutStatus, told(restricted), red),
		missing("missing-unverified", "A red code without a rule, whose list is missing.", nothingMore, answer("unverified", "adverse_without_rule", "floor", noChange), func(v *policyVector) { v.state(2, 202, oneHour) }),
		missing("missing-unmet", "What is asked for is not there either.", testOrBooster, unmet(noChange), nil),
	}
}

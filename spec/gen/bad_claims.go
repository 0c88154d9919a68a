package main

import (
	"slices"
	"strings"
	"time"
)

// payloadFaults are faults of the claims set.
func payloadFaults() []*vector {
	payload := func(n, comment string, change func(pairs) pairs, requirement ...string) *vector {
		return bad("payload-"+n, "claims", comment, func(c *code) { c.payload = change }, requirement...)
	}
	set := func(k int64, value raw) func(pairs) pairs {
		return func(p pairs) pairs { return p.with(intOf(k), value) }
	}
	drop := func(k int64) func(pairs) pairs {
		return func(p pairs) pairs { return p.without(intOf(k)) }
	}
	times := func(n, comment string, change func(*code), requirement string) *vector {
		return bad("payload-"+n, "claims", comment, change, requirement)
	}
	return []*vector{
		payload("no-iss", "iss is missing.", drop(1), "CRED-20"),
		payload("no-exp", "exp is missing.", drop(4), "CRED-20"),
		payload("no-iat", "iat is missing.", drop(6), "CRED-20"),
		payload("no-claims", "The health claims are missing.", drop(claimsKey), "CRED-20"),
		payload("later-claims", "The key of a later version alone, under the prefix of this one.", func(p pairs) pairs {
			return drop(claimsKey)(p).with(intOf(claimsKey-1), p[len(p)-1].value)
		}, "CRED-20"),
		payload("sub", "A sub claim.", set(2, textOf("王小明")), "CRED-20"),
		payload("nbf", "An nbf claim.", set(5, uintOf(1660089600)), "CRED-20"),
		payload("cti", "A cti claim.", set(7, bytesOf([]byte{1})), "CRED-20"),
		payload("text-key", "A key that is a text.", func(p pairs) pairs { return p.with(textOf("iss"), textOf("33")) }, "CRED-20"),
		bad("payload-array", "claims", "The payload is an array.", func(c *code) {
			c.encodePayload = func(p pairs) raw { return arrayOf(p[0].value, p[1].value, p[2].value, p[3].value) }
		}, "CRED-20"),
		bad("payload-integer", "claims", "The payload is an integer.", func(c *code) {
			c.encodePayload = func(pairs) raw { return uintOf(0) }
		}, "CRED-20"),
		payload("nested-12-deep", "Arrays nest 12 deep, which is no fault of the encoding.", set(1, nest(11)), "CRED-7", "CRED-21"),
		payload("iss-integer", "iss as the integer 33.", set(1, uintOf(33)), "CRED-21"),
		payload("iss-bytes", "iss as a byte string.", set(1, bytesOf([]byte("33"))), "CRED-21"),
		payload("iss-one-digit", "iss of one digit.", set(1, textOf("3")), "CRED-21"),
		payload("iss-six-digits", "iss with the six digits of GB/T 2260.", set(1, textOf("330000")), "CRED-21"),
		payload("iss-letters", "iss as ISO 3166-2 letters.", set(1, textOf("ZJ")), "CRED-21"),
		payload("iss-full-width", "iss with full-width digits.", set(1, textOf("３３")), "CRED-21"),
		payload("iss-arabic-digit", "iss of one digit of two bytes.", set(1, textOf("\u0663")), "CRED-21"),
		payload("exp-text", "exp as a text.", set(4, textOf("2022-08-11")), "CRED-22"),
		payload("exp-negative", "exp before 1970.", set(4, intOf(-1)), "CRED-22"),
		payload("exp-milliseconds", "exp in milliseconds.", set(4, uintOf(1660176000000)), "CRED-22"),
		payload("exp-too-large", "exp is 2^32.", set(4, uintOf(1<<32)), "CRED-22"),
		payload("exp-2-53", "exp is 2^53.", set(4, uintOf(1<<53)), "CRED-22"),
		payload("exp-largest", "exp is 2^64 - 1.", set(4, uintOf(1<<64-1)), "CRED-22"),
		payload("iat-too-early", "iat is the last second of 2019.", set(6, uintOf(minTime-1)), "CRED-22"),
		payload("iat-text", "iat as a text.", set(6, textOf("1660089600")), "CRED-22"),
		times("exp-equals-iat", "exp equals iat.", func(c *code) { c.valid(c.iat, c.iat) }, "CRED-23"),
		times("exp-before-iat", "exp before iat.", func(c *code) { c.valid(c.iat, c.iat-1) }, "CRED-23"),
	}
}

// healthFaults are faults of the health claims as a whole.
func healthFaults() []*vector {
	payload := func(n, comment string, value func(health raw) raw, requirement string) *vector {
		return bad("payload-"+n, "claims", comment, func(c *code) {
			c.payload = func(p pairs) pairs { return p.with(intOf(claimsKey), value(p[len(p)-1].value)) }
		}, requirement)
	}
	return []*vector{
		payload("claims-array", "The health claims are an array.", func(raw) raw { return arrayOf() }, "CRED-24"),
		payload("claims-empty", "The health claims are empty.", func(raw) raw { return mapOf(nil) }, "CRED-30"),
		payload("claims-in-bytes", "The health claims are a byte string of the map.", func(health raw) raw { return bytesOf(health) }, "CRED-24"),
		bad("claims-text-key", "claims", "A health claim whose key is a text.", func(c *code) { c.health = c.health.with(textOf("3"), uintOf(0)) }, "CRED-24"),
		bad("claims-negative-key", "claims", "A health claim whose key is negative.", func(c *code) { c.health = c.health.with(intOf(-1), uintOf(0)) }, "CRED-24"),
		bad("claims-array-key", "claims", "A health claim whose key is an array.", func(c *code) { c.health = c.health.with(uints(3), uintOf(0)) }, "CRED-24"),
		bad("claims-no-holder", "claims", "holder is missing.", func(c *code) { c.drop(claimHolder) }, "CRED-30"),
		bad("claims-no-ref", "claims", "ref is missing.", func(c *code) { c.drop(claimRef) }, "CRED-30"),
		bad("claims-nothing-stated", "claims", "Neither status nor test nor vaccination nor exemption.", func(c *code) { c.drop(claimStatus) }, "CRED-31"),
		bad("claims-extension-alone", "claims", "An extension is no statement.", func(c *code) { c.drop(claimStatus); c.set(64, uintOf(1)) }, "CRED-31"),
		bad("claims-key-0", "claims", "The key 0, which is critical and unknown.", func(c *code) { c.set(0, uintOf(1)) }, "CRED-32"),
		bad("claims-key-8", "claims", "The key 8, which is critical and unknown.", func(c *code) { c.set(8, uintOf(1)) }, "CRED-32"),
		bad("claims-key-63", "claims", "The last critical key.", func(c *code) { c.set(63, uintOf(1)) }, "CRED-32"),
	}
}

// wrong makes a vector whose claim has another value.
func wrong(n, comment string, claim uint64, value raw, requirement ...string) *vector {
	return bad("claims-"+n, "claims", comment, func(c *code) { c.set(claim, value) }, requirement...)
}

func holderFaults() []*vector {
	tag := bytesOf([]byte{1, 2})
	parts := func() []raw { return []raw{textOf("王*明"), uintOf(1), textOf("18"), tag} }
	holder := func(n, comment string, at int, value raw, requirement string) *vector {
		p := parts()
		p[at] = value
		return wrong(n, comment, claimHolder, arrayOf(p...), requirement)
	}
	list := listOf(uint64(defaultIssued.Unix())+24*3600, 0)
	return []*vector{
		wrong("holder-a-text", "holder is a text.", claimHolder, textOf("王*明"), "CRED-35"),
		wrong("holder-a-map", "holder is a map.", claimHolder, mapOf(pairs{{uintOf(1), textOf("王*明")}}), "CRED-35"),
		wrong("holder-three-parts", "holder without the tag.", claimHolder, arrayOf(parts()[:3]...), "CRED-35"),
		wrong("holder-five-parts", "holder with a birth date.", claimHolder, arrayOf(append(parts(), textOf("1990-03-07"))...), "CRED-35", "PRIV-1"),
		holder("name-empty", "A masked name of no bytes.", 0, textOf(""), "CRED-40"),
		holder("name-25-bytes", "A masked name of 25 bytes.", 0, textOf("A* B* C* D* E* F* G* H*.."), "CRED-40"),
		holder("name-9-characters", "A masked name of 9 characters and 27 bytes.", 0, textOf(strings.Repeat("明", 9)), "CRED-40"),
		holder("name-byte-order-mark", "A masked name that begins with U+FEFF, which some decoders drop.", 0, textOf("\ufeff王*明"), "CRED-44"),
		holder("name-control", "A line end in the masked name.", 0, textOf("王*\n明"), "CRED-44"),
		holder("name-nul", "A NUL in the masked name.", 0, textOf("王*\x00"), "CRED-44"),
		holder("name-right-to-left", "A masked name that turns what follows it.", 0, textOf("王*\u202e明"), "CRED-44"),
		holder("name-zero-width", "A zero-width space in the masked name.", 0, textOf("王\u200b*明"), "CRED-44"),
		holder("name-variation-selector", "A variation selector in the masked name.", 0, textOf("葛\U000e0100*"), "CRED-44"),
		holder("name-private-use", "A character of the private use area, which every font draws as it likes.", 0, textOf("王*\ue000"), "CRED-44"),
		holder("name-filler", "A Hangul filler, a letter that cannot be seen.", 0, textOf("\u3164*"), "CRED-44"),
		holder("name-pictograph", "A pictograph in the masked name.", 0, textOf("\U0001f600*"), "CRED-44"),
		holder("name-replacement", "U+FFFD, the trace of a lost character.", 0, textOf("王*\ufffd"), "CRED-44"),
		holder("name-bytes", "The masked name as a byte string.", 0, bytesOf([]byte("王*明")), "CRED-40"),
		holder("class-0", "The document class 0.", 1, uintOf(0), "CRED-41"),
		holder("class-100", "The document class 100.", 1, uintOf(100), "CRED-41"),
		holder("class-text", "The document class as a text.", 1, textOf("01"), "CRED-41"),
		holder("class-negative", "A negative document class.", 1, intOf(-1), "CRED-41"),
		holder("last-one", "One character of the number.", 2, textOf("8"), "CRED-42"),
		holder("last-three", "Three characters of the number.", 2, textOf("018"), "CRED-42"),
		holder("last-one-of-two-bytes", "One character of two bytes.", 2, textOf("é"), "CRED-42"),
		holder("last-lower-case", "A lower-case x.", 2, textOf("1x"), "CRED-42"),
		holder("last-full-width", "Full-width digits.", 2, textOf("１８"), "CRED-42"),
		holder("last-blank", "A blank.", 2, textOf("1 "), "CRED-42"),
		holder("last-integer", "The last two characters as an integer.", 2, uintOf(18), "CRED-42"),
		holder("tag-1-byte", "A tag of one byte.", 3, bytesOf([]byte{1}), "CRED-43"),
		holder("tag-3-bytes", "A tag of three bytes.", 3, bytesOf([]byte{1, 2, 3}), "CRED-43"),
		holder("tag-text", "A tag as a text of two bytes.", 3, textOf("ab"), "CRED-43"),
		holder("tag-list", "A tag as an array of two integers.", 3, uints(1, 2), "CRED-43"),
		wrong("ref-one-part", "ref without the index.", claimRef, uints(list), "CRED-35"),
		wrong("ref-three-parts", "ref with a third number.", claimRef, uints(list, 1, 2), "CRED-35"),
		wrong("ref-integer", "ref is an integer.", claimRef, uintOf(list), "CRED-35"),
		wrong("ref-index-2-32", "The index 2^32.", claimRef, uints(list, 1<<32), "CRED-46"),
		wrong("ref-index-2-53", "The index 2^53.", claimRef, uints(list, 1<<53), "CRED-46"),
		wrong("ref-index-negative", "A negative index.", claimRef, arrayOf(uintOf(list), intOf(-1)), "CRED-46"),
		wrong("ref-month-before", "The list of the month before that of exp.", claimRef, uints(list-256, 1), "CRED-45"),
		wrong("ref-month-after", "The list of the month after that of exp.", claimRef, uints(list+256, 1), "CRED-45"),
		wrong("ref-list-2-64", "The list number 2^64 - 1.", claimRef, uints(1<<64-1, 1), "CRED-45"),
		bad("claims-ref-month-of-utc", "claims", "exp is in September at UTC+8, the list is that of August at UTC.", func(c *code) {
			c.valid(c.iat, uint64(time.Date(2022, 9, 1, 0, 0, 0, 0, zoneChina).Unix()))
			c.set(claimRef, uints(list, 1))
		}, "CRED-45"),
	}
}

func claimFaults() []*vector {
	status := func(n, comment, requirement string, numbers ...uint64) *vector {
		return wrong("status-"+n, comment, claimStatus, uints(numbers...), requirement)
	}
	test := func(n, comment, requirement string, numbers ...uint64) *vector {
		return wrong("test-"+n, comment, claimTests, arrayOf(uints(numbers...)), requirement)
	}
	dose := func(n, comment, requirement string, numbers ...uint64) *vector {
		return wrong("vaccination-"+n, comment, claimVaccinations, arrayOf(uints(numbers...)), requirement)
	}
	origin := func(n, comment string, value raw) *vector {
		return wrong("origin-"+n, comment, claimOrigin, value, "CRED-70")
	}
	const laboratory = 33*65536 + 3
	today := dayOf(defaultIssued)
	return slices.Concat([]*vector{
		status("two-parts", "status without the minutes.", "CRED-35", 0, 0),
		status("four-parts", "status with a fourth number.", "CRED-35", 0, 0, 90, 0),
		status("green-with-rule", "The green state with a rule.", "CRED-51", 0, 1, 90),
		status("red-without-rule", "The red state without a rule.", "CRED-51", 2, 0, 90),
		status("unknown-without-rule", "An unknown state without a rule.", "CRED-51", 7, 0, 90),
		status("state-65536", "The state 65536.", "CRED-50", 65536, 1, 90),
		status("rule-65536", "The rule 65536.", "CRED-50", 2, 65536, 90),
		status("minutes-43201", "Determined 30 days and a minute before issuing.", "CRED-52", 0, 0, 43201),
		wrong("status-minutes-negative", "Determined after issuing.", claimStatus, arrayOf(uintOf(0), uintOf(0), intOf(-1)), "CRED-52"),
		wrong("status-state-text", "The state as a text.", claimStatus, arrayOf(textOf("green"), uintOf(0), uintOf(90)), "CRED-50"),
		wrong("status-integer", "status is an integer.", claimStatus, uintOf(0), "CRED-35"),
		test("three-parts", "A test without a laboratory.", "CRED-35", 1, 0, 600),
		test("five-parts", "A test with a fifth number.", "CRED-35", 1, 0, 600, laboratory, 0),
		test("kind-0", "The test kind 0.", "CRED-56", 0, 0, 600, laboratory),
		test("kind-65536", "The test kind 65536.", "CRED-56", 65536, 0, 600, laboratory),
		test("result-65536", "The result 65536.", "CRED-56", 1, 65536, 600, laboratory),
		test("minutes-43201", "Reported 30 days and a minute before issuing.", "CRED-52", 1, 0, 43201, laboratory),
		test("laboratory-region-100", "A laboratory of region 100.", "CRED-56", 1, 0, 600, 100*65536),
		wrong("test-not-in-a-list", "tests is a test, not a list of tests.", claimTests, exampleTest, "CRED-35"),
		dose("three-parts", "A vaccination without a day.", "CRED-35", 2, 2, 2),
		dose("product-0", "The product 0.", "CRED-61", 0, 2, 2, 512),
		dose("product-65536", "The product 65536.", "CRED-61", 65536, 2, 2, 512),
		dose("dose-0", "Dose 0.", "CRED-61", 2, 0, 2, 512),
		dose("dose-256", "Dose 256.", "CRED-61", 2, 256, 2, 512),
		dose("course-0", "A course of no doses.", "CRED-61", 2, 2, 0, 512),
		dose("course-256", "A course of 256 doses.", "CRED-61", 2, 2, 256, 512),
		dose("tomorrow", "A dose on the day after iat at UTC+8.", "CRED-62", 2, 2, 2, today+1),
		dose("day-65536", "The day 65536.", "CRED-61", 2, 2, 2, 65536),
		wrong("exemption-0", "The exemption 0.", claimExemptions, uints(0), "CRED-65"),
		wrong("exemption-65536", "The exemption 65536.", claimExemptions, uints(65536), "CRED-65"),
		wrong("exemption-integer", "An exemption without its list.", claimExemptions, uintOf(1), "CRED-35"),
	}, []*vector{
		origin("text", "origin is the region alone.", textOf("41")),
		origin("kid-3", "A kid of 3 bytes.", arrayOf(textOf("41"), bytesOf([]byte{1, 2, 3}))),
		origin("kid-5", "A kid of 5 bytes.", arrayOf(textOf("41"), bytesOf([]byte{1, 2, 3, 4, 5}))),
		origin("region-integer", "The region as an integer.", arrayOf(uintOf(41), bytesOf([]byte{1, 2, 3, 4}))),
		origin("region-three-digits", "A region of three digits.", arrayOf(textOf("041"), bytesOf([]byte{1, 2, 3, 4}))),
		origin("region-letters", "A region of letters.", arrayOf(textOf("HA"), bytesOf([]byte{1, 2, 3, 4}))),
		origin("three-parts", "A third element.", arrayOf(textOf("41"), bytesOf([]byte{1, 2, 3, 4}), uintOf(0))),
	})
}

func listFaults() []*vector {
	const laboratory = 33*65536 + 3
	tests := func(n int) raw {
		var items []raw
		for i := range n {
			items = append(items, uints(1, 0, uint64(i), laboratory))
		}
		return arrayOf(items...)
	}
	doses := func(n int) raw {
		var items []raw
		for i := range n {
			items = append(items, uints(2, uint64(i+1), 2, 400))
		}
		return arrayOf(items...)
	}
	return []*vector{
		wrong("tests-empty", "An empty list of tests.", claimTests, arrayOf(), "CRED-55"),
		wrong("tests-five", "Five tests.", claimTests, tests(5), "CRED-55"),
		wrong("tests-forty", "Forty tests.", claimTests, tests(40), "CRED-55"),
		wrong("tests-unsorted", "The later test kind first.", claimTests, arrayOf(uints(2, 0, 600, laboratory), exampleTest), "CRED-66"),
		wrong("tests-unsorted-minutes", "Tests that differ in minutes alone, in wrong order across the lengths of the integers.", claimTests,
			arrayOf(uints(1, 0, 256, laboratory), uints(1, 0, 255, laboratory)), "CRED-66"),
		wrong("tests-duplicate", "One test twice.", claimTests, arrayOf(exampleTest, exampleTest), "CRED-66"),
		wrong("vaccinations-empty", "An empty list of vaccinations.", claimVaccinations, arrayOf(), "CRED-60"),
		wrong("vaccinations-seven", "Seven vaccinations.", claimVaccinations, doses(7), "CRED-60"),
		wrong("vaccinations-unsorted", "Dose 2 before dose 1.", claimVaccinations, arrayOf(uints(2, 2, 2, 430), uints(2, 1, 2, 400)), "CRED-66"),
		wrong("vaccinations-duplicate", "One vaccination twice.", claimVaccinations, arrayOf(exampleVaccination, exampleVaccination), "CRED-66"),
		wrong("exemptions-empty", "An empty list of exemptions.", claimExemptions, arrayOf(), "CRED-65"),
		wrong("exemptions-five", "Five exemptions.", claimExemptions, uints(1, 2, 3, 4, 5), "CRED-65"),
		wrong("exemptions-unsorted", "Exemptions in falling order.", claimExemptions, uints(2, 1), "CRED-66"),
		wrong("exemptions-duplicate", "One exemption twice.", claimExemptions, uints(1, 1), "CRED-66"),
	}
}

func extensionFaults() []*vector {
	return []*vector{
		bad("claims-three-extensions", "claims", "Three extensions.", func(c *code) {
			for k := range uint64(3) {
				c.set(64+k, uintOf(k))
			}
		}, "CRED-33"),
		wrong("extension-key-65536", "An extension with the key 65536.", 65536, uintOf(1), "CRED-33"),
		wrong("extension-text", "An extension that is a text.", 64, textOf("13800138000"), "CRED-33", "PRIV-1"),
		wrong("extension-negative", "An extension that is a negative integer.", 64, intOf(-1), "CRED-33"),
		wrong("extension-array", "An extension that is an array.", 64, uints(1), "CRED-33"),
		wrong("extension-map", "An extension that is a map.", 64, mapOf(nil), "CRED-33"),
		wrong("extension-empty", "An extension of no bytes.", 64, bytesOf(nil), "CRED-33"),
		wrong("extension-17-bytes", "An extension of 17 bytes.", 64, bytesOf(make([]byte, 17)), "CRED-33"),
	}
}

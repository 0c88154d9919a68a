package main

import (
	"fmt"
	"time"
)

// allVectors returns every vector, right ones first.
func allVectors() []*vector {
	var all []*vector
	for _, group := range []func() []*vector{
		goodRegions, goodClaims, goodBounds, goodTexts, goodSignatures, withoutTrust,
		wholeEncodings, partEncodings, partItems, nestedFaults, envelopeFaults, payloadFaults, healthFaults, holderFaults, claimFaults, listFaults, extensionFaults,
		signatureFaults, sm2Faults, keyFaults, usageFaults, laboratoryFaults, originFaults, timeVectors, stateVectors,
		presentedMatches, presentedMismatches, presentedOrders, venueVectors, venueStates, venueOverlays, venueTimes, revocationVectors, listVectors, revocationOrders,
		textFaults, digitsFaults, laterVersions,
	} {
		all = append(all, group()...)
	}
	return all
}

func ok(name, comment string, change func(*code), requirement ...string) *vector {
	return &vector{Name: name, Comment: comment, Requirement: requirement, Expect: "ok", change: change}
}

func bad(name, expect, comment string, change func(*code), requirement ...string) *vector {
	return &vector{Name: name, Comment: comment, Requirement: requirement, Expect: expect, change: change}
}

// but returns v with another expectation.
func (v *vector) but(expect string) *vector { v.Expect = expect; return v }

// under returns v with changed trust material.
func (v *vector) under(change func(*trust)) *vector { v.trust = change; return v }

var regionCodes = []string{
	"00", "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42",
	"43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82",
}

// goodRegions has every region once, with the two algorithms in turn.
func goodRegions() []*vector {
	var out []*vector
	for i, region := range regionCodes {
		alg, name := int64(algSM2), "SM2"
		if i%2 == 1 {
			alg, name = algES256, "ES256"
		}
		out = append(out, ok("good-region-"+region, "The green state, issued by region "+region+" with "+name+".",
			func(c *code) { c.from(region, alg, 1) }, "CRED-21", "VERIFY-10"))
	}
	return out
}

var (
	exampleTest        = uints(1, 0, 600, 33*65536+3)
	exampleVaccination = uints(2, 2, 2, 512)
	exampleExemption   = uintOf(1)
)

// only replaces the status by another claim.
func only(claim uint64, value raw) func(*code) {
	return func(c *code) { c.drop(claimStatus); c.set(claim, value) }
}

func conversionSource(c *code) {
	c.from("41", algSM2, 1)
	c.set(claimStatus, uints(0, 0, 90))
	c.set(claimTests, arrayOf(uints(1, 0, 600, 41*65536+7)))
}

func conversion(c *code) {
	c.valid(c.iat+3600, c.exp)
	c.set(claimStatus, uints(0, 0, 90+60))
	c.set(claimTests, arrayOf(uints(1, 0, 600+60, 41*65536+7)))
	c.set(claimOrigin, arrayOf(textOf("41"), bytesOf(keyOf("41", algSM2, 1).kid())))
}

// red is the red state under the rule R01.
func red(c *code) { c.set(claimStatus, uints(2, 201, 90)) }

func goodClaims() []*vector {
	all := func(c *code) {
		c.set(claimTests, arrayOf(exampleTest))
		c.set(claimVaccinations, arrayOf(exampleVaccination))
		c.set(claimExemptions, arrayOf(exampleExemption))
	}
	out := []*vector{
		ok("good-status-sm2", "The smallest usual code: green, SM2.", nil, "CRED-10", "CRED-11", "CRED-12", "CRED-13", "CRED-14", "CRED-15", "SIG-1", "SIG-3", "VERIFY-13"),
		ok("good-status-es256", "The same with ES256.", func(c *code) { c.from("33", algES256, 1) }, "CRED-15", "SIG-1", "SIG-2"),
		ok("good-tests-only", "A laboratory's code: a test and no status.", only(claimTests, arrayOf(exampleTest)), "CRED-31", "CRED-55", "VERIFY-52").but("no_status"),
		ok("good-vaccinations-only", "A vaccination and no status.", only(claimVaccinations, arrayOf(exampleVaccination)), "CRED-31", "CRED-60", "VERIFY-52").but("no_status"),
		ok("good-exemptions-only", "An exemption and no status.", only(claimExemptions, arrayOf(exampleExemption)), "CRED-31", "CRED-65", "VERIFY-52").but("no_status"),
		ok("good-every-claim", "Status, test, vaccination and exemption.", all, "CRED-20", "CRED-30", "CRED-35"),
		ok("good-every-claim-es256", "Status, test, vaccination and exemption, ES256.", func(c *code) { c.from("33", algES256, 1); all(c) }, "CRED-20", "CRED-35"),
		ok("good-conversion-source", "A code of region 41 with a status and a test, the source of good-conversion.", conversionSource, "CRED-71"),
		ok("good-conversion", "The code of region 33 that an hour later is made from good-conversion-source (转码): the same times, the same exp.", conversion, "CRED-70", "CRED-71", "VERIFY-30"),
		ok("good-origin-own-region", "A converted code whose source is of the same region.", func(c *code) {
			c.set(claimOrigin, arrayOf(textOf("33"), bytesOf(c.signer.kid())))
		}, "CRED-70"),
		ok("good-four-tests", "Four tests, the most there can be, in order.", func(c *code) {
			c.set(claimTests, arrayOf(uints(1, 0, 10, 33*65536+3), uints(1, 0, 600, 33*65536+3), uints(2, 0, 10, 33*65536+4), uints(2, 1, 5, 33*65536+3)))
		}, "CRED-55", "CRED-66"),
		ok("good-six-vaccinations", "Six vaccinations, the most there can be, a booster among them.", func(c *code) {
			c.set(claimVaccinations, arrayOf(uints(1, 1, 2, 400), uints(1, 2, 2, 430), uints(2, 3, 2, 600), uints(5, 1, 1, 380), uints(6, 3, 3, 700), uints(6, 4, 3, 800)))
		}, "CRED-60", "CRED-66"),
		ok("good-four-exemptions", "Four exemptions, the most there can be.", func(c *code) { c.set(claimExemptions, uints(1, 2, 3, 65535)) }, "CRED-65", "CRED-66"),
	}
	for class := uint64(1); class <= 99; class++ {
		if class > 7 && class != 10 && class != 92 && class != 99 {
			continue
		}
		out = append(out, ok(fmt.Sprintf("good-class-%02d", class), "A document of that class.", func(c *code) {
			c.set(claimHolder, holderOf("李*", class, "8A", []byte{0x12, 0x34}))
		}, "CRED-41"))
	}
	return out
}

func name(masked string) func(*code) {
	return func(c *code) { c.set(claimHolder, holderOf(masked, 1, "18", []byte{0, 0xff})) }
}

func goodBounds() []*vector {
	return []*vector{
		ok("good-name-1-byte", "A masked name of one byte.", name("X"), "CRED-40"),
		ok("good-name-13-bytes", "A masked name of 13 bytes, with two characters of four bytes.", name("𠮷*𬱖 ×*"), "CRED-40"),
		ok("good-name-24-bytes", "A masked name of 24 bytes, the longest.", name("A* B* C* D* E* F* G* H*."), "CRED-40"),
		ok("good-name-of-2023", "A masked name with an ideograph of Unicode 15.1, which older software does not know.", name("\U0002ebf0*明"), "CRED-44"),
		ok("good-name-of-2025", "A masked name with an ideograph of Unicode 17.", name("\U000323b0*"), "CRED-44"),
		ok("good-last-two-new-ideograph", "An ideograph of Unicode 17 among the last two characters.", func(c *code) {
			c.set(claimHolder, holderOf("李*", 4, "1\U000323b0", []byte{1, 2}))
		}, "CRED-42"),
		ok("good-last-two-ideographs", "The last two characters need not be of one byte.", func(c *code) {
			c.set(claimHolder, holderOf("李*", 4, "1号", []byte{1, 2}))
		}, "CRED-42"),
		ok("good-name-mark-first", "A masked name that begins with a combining mark, which begins a character.", name("\u0301*"), "CRED-44"),
		ok("good-name-mark-after-dot", "A combining mark between the characters.", name("王*\u0301"), "CRED-44"),
		ok("good-minutes-0", "Determined in the minute of issuing.", func(c *code) { c.set(claimStatus, uints(0, 0, 0)) }, "CRED-52"),
		ok("good-minutes-43200", "Determined 30 days before issuing.", func(c *code) { c.set(claimStatus, uints(0, 0, 43200)) }, "CRED-52"),
		ok("good-test-minutes-0-and-43200", "Tests reported at once and 30 days before.", func(c *code) {
			c.set(claimTests, arrayOf(uints(1, 0, 0, 33*65536+3), uints(1, 0, 43200, 33*65536+3)))
		}, "CRED-52"),
		ok("good-index-0", "The least index.", ref(0, 0), "CRED-46"),
		ok("good-index-max", "The largest index.", ref(0, 1<<32-1), "CRED-46"),
		ok("good-largest-ref", "The largest list number and the largest index.", func(c *code) { c.valid(maxTime-7200, maxTime); ref(255, 1<<32-1)(c) }, "CRED-45", "CRED-46"),
		ok("good-shard-255", "The last shard of the month.", ref(255, 1), "CRED-45"),
		ok("good-first-month", "iat and exp as early as they can be; list number 0.", func(c *code) { c.valid(minTime, minTime+1) }, "CRED-22", "CRED-23", "CRED-45"),
		ok("good-last-second", "exp as late as it can be.", func(c *code) { c.valid(maxTime-3600*2, maxTime) }, "CRED-22", "CRED-45"),
		ok("good-month-begins-in-china", "exp is 2022-09-01 00:00 at UTC+8, still August at UTC: the list is September's.", func(c *code) {
			c.valid(c.iat, uint64(time.Date(2022, 9, 1, 0, 0, 0, 0, zoneChina).Unix()))
		}, "CRED-45"),
		ok("good-month-ends-in-china", "exp is the last second of August at UTC+8.", func(c *code) {
			c.valid(c.iat, uint64(time.Date(2022, 9, 1, 0, 0, 0, 0, zoneChina).Unix()-1))
		}, "CRED-45"),
		ok("good-largest-numbers", "Kinds, results and products at their upper bounds: unknown, and no fault.", func(c *code) {
			c.set(claimTests, arrayOf(uints(65535, 65535, 1, 33*65536+3)))
			c.set(claimVaccinations, arrayOf(uints(65535, 255, 255, 0)))
			c.set(claimExemptions, uints(65535))
		}, "CRED-56", "CRED-61", "CRED-65", "CRED-75"),
		ok("good-vaccinated-today", "A dose on the day of iat at UTC+8, which is still the day before at UTC.", func(c *code) {
			at := time.Date(2022, 8, 10, 1, 0, 0, 0, zoneChina)
			c.valid(uint64(at.Unix()), c.exp)
			c.set(claimVaccinations, arrayOf(uints(2, 2, 2, dayOf(at))))
		}, "CRED-62"),
		ok("good-booster", "Dose 3 of a course of 2.", func(c *code) { c.set(claimVaccinations, arrayOf(uints(2, 3, 2, 700))) }, "CRED-61"),
		ok("good-extension-uint", "An extension with the largest integer, unknown and skipped.", func(c *code) { c.set(64, uintOf(1<<64-1)) }, "CRED-33", "CRED-34"),
		ok("good-extension-2-53", "An extension with the integer 2^53 + 1, which a reader that takes it for a float rounds.", func(c *code) { c.set(64, uintOf(1<<53+1)) }, "CRED-33", "CRED-34"),
		ok("good-extensions-bytes", "Two extensions of 1 and 16 bytes, at the largest keys.", func(c *code) {
			c.set(65534, bytesOf([]byte{0}))
			c.set(65535, bytesOf(make([]byte, 16)))
		}, "CRED-33", "CRED-34"),
	}
}

func ref(shard, index uint64) func(*code) {
	return func(c *code) {
		list := listOf(c.exp, shard)
		c.set(claimHolder, exampleHolder("王*明", c.iss, list, index))
		c.set(claimRef, uints(list, index))
	}
}

// dayOf is the number of days from 2020-01-01 at UTC+8.
func dayOf(t time.Time) uint64 {
	return uint64((t.Unix() + 8*3600 - minTime) / 86400)
}

package main

import (
	"bytes"
	"fmt"
	"strings"
)

// with returns v with what the person presents.
func (v *vector) with(p papers) *vector { v.Presented = &p; return v }

// held makes the credential that of a document, by its class and the number that
// its tag is made over.
func held(masked string, class uint64, number string) func(*code) {
	return func(c *code) {
		tag := holderTag(class, number, c.iss, listOf(c.exp, 0), 4051238)
		c.set(claimHolder, holderOf(masked, class, lastTwo(number), tag))
	}
}

// twin is a passport number that no reader can tell from the given one by the
// code of newCode: its last two characters and its tag are the same.
func twin(number string) string {
	c := newCode()
	tag := func(n string) []byte { return holderTag(3, n, c.iss, listOf(c.exp, 0), 4051238) }
	want := tag(number)
	for i := 0; ; i++ {
		if n := fmt.Sprintf("E%06d%s", i, lastTwo(number)); n != number && bytes.Equal(tag(n), want) {
			return n
		}
	}
}

const (
	passport = "E12345678"
	ownName  = "王小明" // masked as newCode has it: 王*明
)

// wrongCheck is the example number with another check character.
func wrongCheck() string {
	last := "1"
	if strings.HasSuffix(exampleNumber, last) {
		last = "2"
	}
	return exampleNumber[:17] + last
}

// presentedMatches are codes shown with the document and name that they are of.
func presentedMatches() []*vector {
	own := func(n, comment string, p papers, requirement ...string) *vector {
		return ok("presented-"+n, comment, nil, requirement...).with(p)
	}
	withX := withCheckX()
	return []*vector{
		own("identity-card", "The holder's identity card.", papers{DocumentType: "01", Number: exampleNumber}, "VERIFY-70", "CONF-7"),
		own("household-register", "The household register of the same person: the same number, the same class.", papers{DocumentType: "02", Number: exampleNumber}, "VERIFY-70", "CRED-80"),
		own("residence-permit", "A residence permit with the same number.", papers{DocumentType: "91", Number: exampleNumber}, "VERIFY-70", "CRED-80"),
		own("15-digits", "The number in the 15 digits of an old card.", papers{DocumentType: "01", Number: exampleNumber[:6] + exampleNumber[8:17]}, "VERIFY-70", "CRED-82"),
		own("full-width", "The number in full-width digits.", papers{DocumentType: "01", Number: fullWidth(exampleNumber)}, "VERIFY-70", "CRED-81"),
		own("blanks", "Blanks and a dash in the number.", papers{DocumentType: "01", Number: exampleNumber[:6] + " " + exampleNumber[6:14] + "\u2013" + exampleNumber[14:]}, "VERIFY-70", "CRED-81"),
		ok("presented-small-x", "A check character X, presented as x.", held("王*明", 1, withX), "VERIFY-70", "CRED-81").with(papers{DocumentType: "01", Number: strings.ToLower(withX)}),
		ok("presented-passport", "A passport, its number in small letters.", held("王*明", 3, passport), "VERIFY-70").with(papers{DocumentType: "03", Number: strings.ToLower(passport)}),
		ok("presented-ideographs", "Military papers.", held("王*明", 4, "军字第0123456号"), "VERIFY-70").with(papers{DocumentType: "04", Number: "军字第0123456号"}),
		ok("presented-one-character", "A number of one character.", held("王*明", 99, "7"), "VERIFY-70", "CRED-84").with(papers{DocumentType: "99", Number: "7"}),
		ok("presented-new-type", "A document of a type that the table does not have: its class is its number.", held("王*明", 58, "AB12"), "VERIFY-72").with(papers{DocumentType: "58", Number: "AB12"}),
		ok("presented-twin", "A stranger's passport whose last two characters and tag happen to agree: no reader can tell.", held("王*明", 3, passport), "VERIFY-70").with(papers{DocumentType: "03", Number: twin(passport)}),
		own("name", "The holder's name alone.", papers{Name: ownName}, "VERIFY-71", "CONF-7"),
		own("name-masked", "The name as the code shows it.", papers{Name: "王*明"}, "VERIFY-71", "CRED-93"),
		own("name-blanks", "The name with ideographic blanks and a variation selector.", papers{Name: "王\u3000小\u3000明\U000e0100"}, "VERIFY-71", "CRED-90"),
		own("name-of-another", "Another name with the same masked name: no reader can tell.", papers{Name: "王天明"}, "VERIFY-71"),
		ok("presented-name-latin", "A name of Latin letters, in full width.", held("J* S*", 3, passport), "VERIFY-71", "CRED-91").with(papers{Name: "Ｊohn  Smith"}),
		own("document-and-name", "Both.", papers{"01", exampleNumber, ownName}, "VERIFY-70", "VERIFY-71"),
		own("nothing", "Everything absent: nothing is presented.", papers{}, "CONF-7"),
	}
}

func fullWidth(number string) string {
	return strings.Map(func(c rune) rune { return c - '!' + '！' }, number)
}

func mismatch(n, comment string, change func(*code), p papers, requirement ...string) *vector {
	return bad("presented-"+n, "holder_mismatch", comment, change, requirement...).with(p)
}

// presentedMismatches are codes shown with what is another's, or nobody's.
func presentedMismatches() []*vector {
	c := newCode()
	list := listOf(c.exp, 0)
	return []*vector{
		mismatch("other-person", "Another person's identity card.", nil, papers{DocumentType: "01", Number: withCheckX()}, "VERIFY-70"),
		mismatch("same-last-two", "Another person's identity card with the same last two characters: the tag tells.", nil, papers{DocumentType: "01", Number: sameLastTwo()}, "VERIFY-70", "CRED-85"),
		mismatch("same-tag", "The tag agrees, the last two characters do not.", func(c *code) {
			c.set(claimHolder, holderOf("王*明", 3, "79", holderTag(3, passport, c.iss, list, 4051238)))
		}, papers{DocumentType: "03", Number: passport}, "VERIFY-70", "CRED-84"),
		mismatch("same-tag-other-class", "Last two characters and tag agree, the class of the code does not.", func(c *code) {
			c.set(claimHolder, holderOf("王*明", 6, "78", holderTag(3, passport, c.iss, list, 4051238)))
		}, papers{DocumentType: "03", Number: passport}, "VERIFY-70", "CRED-80"),
		mismatch("number-as-passport", "The holder's citizen number, on a passport.", nil, papers{DocumentType: "03", Number: exampleNumber}, "VERIFY-70", "CRED-80"),
		mismatch("passport-as-permit", "The number of the holder's passport, on a travel permit.", held("王*明", 3, passport), papers{DocumentType: "06", Number: passport}, "VERIFY-70", "CRED-80"),
		mismatch("tag-of-other-index", "The tag is that of another credential of the holder.", func(c *code) {
			c.set(claimHolder, exampleHolder("王*明", c.iss, list, 4051239))
		}, papers{DocumentType: "01", Number: exampleNumber}, "VERIFY-70", "CRED-85"),
		mismatch("other-name", "Another name.", nil, papers{Name: "王芳"}, "VERIFY-71"),
		mismatch("own-document-other-name", "The holder's document with another name.", nil, papers{"01", exampleNumber, "李小明"}, "VERIFY-71"),
		mismatch("other-document-own-name", "Another's document with the holder's name.", nil, papers{"01", withCheckX(), ownName}, "VERIFY-70"),
		mismatch("wrong-check", "A number with a wrong check character, over which the tag was made: no issuer does that.", held("王*明", 1, wrongCheck()), papers{DocumentType: "01", Number: wrongCheck()}, "VERIFY-72", "CRED-83"),
		mismatch("17-digits", "A citizen number without its check character, over which the tag was made.", held("王*明", 1, exampleNumber[:17]), papers{DocumentType: "01", Number: exampleNumber[:17]}, "VERIFY-72", "CRED-83"),
		mismatch("dot", "A number with a dot, over which the tag was made.", held("王*明", 3, "E12.45678"), papers{DocumentType: "03", Number: "E12.45678"}, "VERIFY-72", "CRED-81"),
		mismatch("no-number", "A type without a number.", nil, papers{DocumentType: "01"}, "VERIFY-72", "CONF-7"),
		mismatch("no-type", "The holder's number without a type.", nil, papers{Number: exampleNumber}, "VERIFY-72", "CONF-7"),
		mismatch("type-1", "The type in one digit.", nil, papers{DocumentType: "1", Number: exampleNumber}, "VERIFY-72"),
		mismatch("type-00", "The type 00.", nil, papers{DocumentType: "00", Number: exampleNumber}, "VERIFY-72"),
		mismatch("type-full-width", "The type in full-width digits.", nil, papers{DocumentType: "０１", Number: exampleNumber}, "VERIFY-72"),
		mismatch("name-of-nothing", "A name of blanks alone.", nil, papers{Name: " \u3000"}, "VERIFY-72", "CRED-90"),
		mismatch("name-unseen", "A zero-width space in the name.", nil, papers{Name: "王\u200b小明"}, "VERIFY-72", "CRED-44"),
	}
}

// sameLastTwo is another citizen number with the last two characters of the
// example, and another tag.
func sameLastTwo() string {
	for n := 17; ; n += 10 {
		other := withCheckCharacter(fmt.Sprintf("339999198104%02d%03d", n/1000%28+1, n%1000/10*10+int(exampleNumber[16]-'0')))
		if lastTwo(other) == lastTwo(exampleNumber) && other != exampleNumber {
			return other
		}
	}
}

// presentedOrders have a stranger's document and a second fault, or a question
// that comes later.
func presentedOrders() []*vector {
	stranger := papers{DocumentType: "01", Number: withCheckX()}
	order := func(n, expect, comment string, change func(*code)) *vector {
		return bad("order-presented-"+n, expect, comment, change, "VERIFY-1", "VERIFY-70").with(stranger)
	}
	late := order("expired", "expired", "Expired, and shown by a stranger.", nil)
	late.clock = func(_, exp uint64) uint64 { return exp }
	nothing := order("no-trust", "no_trust", "Shown by a stranger, to a verifier that trusts nothing.", nil)
	nothing.untrusting = true
	nothing.Requirement = []string{"VERIFY-4"}
	return []*vector{
		late, nothing,
		order("signature", "signature_invalid", "A wrong signature, and shown by a stranger.", func(c *code) {
			c.signature = func([]byte) ([]byte, error) { return make([]byte, 64), nil }
		}),
		order("adverse", "adverse_without_rule", "A red state that no rule covers, and shown by a stranger.", red),
		order("unknown-state", "holder_mismatch", "A state that nobody knows, and shown by a stranger.", func(c *code) { c.set(claimStatus, uints(7, 701, 90)) }),
		order("no-status", "holder_mismatch", "A code without a status, and shown by a stranger.", vaccinated),
		order("stale", "holder_mismatch", "Trust material of eight days, and shown by a stranger.", nil).under(func(t *trust) {
			t.Issued = stamp(uint64(defaultIssued.Unix()) - 8*24*3600)
		}),
	}
}

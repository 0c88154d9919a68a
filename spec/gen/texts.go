package main

import (
	"fmt"
	"strings"
)

// in returns v with another text for its bytes.
func (v *vector) in(text func(credential []byte) string) *vector { v.text = text; return v }

// goodTexts are right codes in every form.
func goodTexts() []*vector {
	out := []*vector{
		ok("good-digits", "The digits form.", nil, "TEXT-3", "TEXT-30").in(digitsForm),
		ok("good-digits-es256", "The digits form, ES256.", func(c *code) { c.from("33", algES256, 1) }, "TEXT-3", "TEXT-30").in(digitsForm),
		ok("good-blanks-around", "Blanks, line ends and a byte order mark around the text.", nil, "TEXT-1").in(func(b []byte) string {
			return "\ufeff \t" + textForm(b) + "\u3000\u00a0 \r\n"
		}),
		ok("good-digits-blanks-around", "Blanks around the digits form.", nil, "TEXT-1").in(func(b []byte) string { return "\t" + digitsForm(b) + "\r\n" }),
	}
	seen := map[int]bool{}
	for length := 1; len(seen) < 7; length++ {
		masked := strings.Repeat("X", length)
		size := sizeOf(name(masked))
		if seen[size%7] {
			continue
		}
		seen[size%7] = true
		comment := fmt.Sprintf("The digits form of %d bytes: a tail of %d.", size, size%7)
		out = append(out,
			ok(fmt.Sprintf("good-digits-tail-%d", size%7), comment, name(masked), "TEXT-21", "TEXT-30").in(digitsForm),
			ok(fmt.Sprintf("good-text-mod-7-%d", size%7), "The same bytes in text form.", name(masked), "TEXT-11", "TEXT-30"),
		)
	}
	return out
}

func sizeOf(change func(*code)) int {
	c := newCode()
	change(c)
	b, err := c.bytes()
	if err != nil {
		return 0
	}
	return len(b)
}

// text makes a vector that is decided by its text alone.
func text(n, expect, comment string, make func(credential []byte) string, requirement ...string) *vector {
	return bad(n, expect, comment, nil, requirement...).in(make)
}

func fixed(s string) func([]byte) string { return func([]byte) string { return s } }

// alone returns v whose text has nothing to do with the credential.
func (v *vector) alone() *vector { v.standalone = true; return v }

func textFaults() []*vector {
	damaged := func(n, comment string, make func(string) string, requirement ...string) *vector {
		return text("text-"+n, "damaged_text", comment, func(b []byte) string { return make(textForm(b)) }, requirement...)
	}
	none := func(n, comment string, make func([]byte) string) *vector {
		return text("text-"+n, "not_a_code", comment, make, "TEXT-6")
	}
	cut := func(s string) string { return s[:len(s)-len(s[4:])%3] }
	return []*vector{
		none("empty", "The empty text.", fixed("")),
		none("blank", "Nothing but blanks.", fixed(" \r\n")),
		none("url", "A web address.", fixed("https://example.org/health?id=330106")),
		none("eu", "A European certificate.", fixed("HC1:6BF+70790T9WJWG.FKY*4GO0.O1CV2 O5 N2FBBRW1*70HS8WY04AC*WIFN0AHCD8KD97TK0F90")),
		none("no-prefix", "Base45 without its prefix.", func(b []byte) string { return textForm(b)[4:] }),
		none("prefix-without-colon", "TX1 and no colon.", func(b []byte) string { return "TX1" + base45(b) }),
		none("version-0", "The prefix TX0:.", func(b []byte) string { return "TX0:" + base45(b) }),
		none("version-10", "The prefix TX10:.", func(b []byte) string { return "TX10:" + base45(b) }),
		none("prefix-alone-cut", "TX and nothing more.", fixed("TX")),
		none("prefix-full-width", "The prefix in full-width letters.", func(b []byte) string { return "ＴＸ１：" + base45(b) }),
		none("too-long", "One character more than the largest symbol holds.", fixed("TX1:"+strings.Repeat("0", 4293))),
		none("zero-width-before", "A zero-width space before the prefix, which is no blank.", func(b []byte) string { return "\u200b" + textForm(b) }),
		text("text-lower-case-longest", "damaged_text", "4,296 characters that begin with tx1:.", fixed("tx1:"+strings.Repeat("a", 4292)), "TEXT-5").alone(),
		none("lower-case-too-long", "4,297 characters that begin with tx1:.", fixed("tx1:"+strings.Repeat("a", 4293))),
		text("text-astral-longest", "damaged_text", "4,296 characters, the last of them an ideograph beyond U+FFFF: 4,297 units of UTF-16.", fixed("TX1:"+strings.Repeat("0", 4291)+"𠮷"), "TEXT-6", "TEXT-10").alone(),
		none("astral-too-long", "4,297 characters, ideographs beyond U+FFFF among them.", fixed("TX1:"+strings.Repeat("𠮷", 4293))),
		damaged("astral", "An ideograph beyond U+FFFF inside.", func(s string) string { return s[:9] + "𠮷" + s[10:] }, "TEXT-10"),
		damaged("astral-length", "Two characters less and an ideograph more: a length that would be right in UTF-16.", func(s string) string { return s[:len(s)-2] + "𠮷" }, "TEXT-10", "TEXT-11"),
		damaged("lower-case", "All lower case.", strings.ToLower, "TEXT-5"),
		damaged("lower-case-body", "The prefix right, the rest in lower case.", func(s string) string { return s[:4] + strings.ToLower(s[4:]) }, "TEXT-10"),
		damaged("mixed-prefix", "The prefix Tx1:.", func(s string) string { return "Tx1:" + s[4:] }, "TEXT-5"),
		damaged("blank-inside", "A blank in the middle that was not there.", func(s string) string { return s[:40] + " " + s[40:] }, "TEXT-11", "TEXT-1"),
		damaged("line-end-inside", "A line end in the middle.", func(s string) string { return s[:40] + "\n" + s[40:] }, "TEXT-10", "TEXT-1"),
		damaged("comma", "A character outside the alphabet.", func(s string) string { return s[:40] + "," + s[41:] }, "TEXT-10"),
		damaged("full-width-digit", "A full-width digit inside.", func(s string) string { return s[:40] + "０" + s[41:] }, "TEXT-10"),
		damaged("nul", "A NUL inside.", func(s string) string { return s[:40] + "\x00" + s[41:] }, "TEXT-10"),
		damaged("nothing-after-prefix", "The prefix alone.", func(string) string { return "TX1:" }, "TEXT-11"),
		damaged("length-1-mod-3", "A length of 1 modulo 3.", func(s string) string { return cut(s) + "0" }, "TEXT-11"),
		damaged("triple-overflow", "A group of three that is 65536.", func(s string) string { return s[:4] + group45(65536, 3) + s[7:] }, "TEXT-12"),
		damaged("triple-largest", "A group of three that is :::.", func(s string) string { return s[:4] + ":::" + s[7:] }, "TEXT-12"),
		damaged("pair-overflow", "A last group of two that is 256.", func(s string) string { return cut(s) + group45(256, 2) }, "TEXT-12"),
		damaged("pair-largest", "A last group of two that is ::.", func(s string) string { return cut(s) + "::" }, "TEXT-12"),
		text("text-longest", "encoding", "4,296 characters, the most there can be: a code by its length, and no credential.", fixed("TX1:"+strings.Repeat("0", 4292)), "TEXT-2").alone(),
	}
}

func digitsFaults() []*vector {
	damaged := func(n, comment string, make func(string) string, requirement string) *vector {
		return text("digits-"+n, "damaged_text", comment, func(b []byte) string { return make(digitsForm(b)) }, requirement)
	}
	none := func(n, comment string, make func([]byte) string) *vector {
		return text("digits-"+n, "not_a_code", comment, make, "TEXT-6")
	}
	whole := func(s string) string { return s[:len(s)-len(s[3:])%17] }
	tail := func(bytes int, digits string) *vector {
		return damaged(fmt.Sprintf("tail-%d-overflow", bytes), fmt.Sprintf("A tail of %d bytes that is 2^%d.", bytes, 8*bytes),
			func(s string) string { return whole(s) + digits }, "TEXT-22")
	}
	out := []*vector{
		none("phone-number", "A telephone number that begins with 861.", fixed("8613800138000")),
		none("barcode", "A barcode of 13 digits.", fixed("8617269169596")),
		none("63-bytes", "158 characters: too short for 64 bytes.", fixed("861"+strings.Repeat("0", 155))),
		none("prefix-860", "The prefix 860.", func(b []byte) string { return "860" + digitsForm(b)[3:] }),
		none("no-prefix", "Digits without their prefix.", func(b []byte) string { return digitsForm(b)[3:] }),
		none("full-width", "Full-width digits.", func(b []byte) string {
			return strings.Map(func(r rune) rune { return r - '0' + '０' }, digitsForm(b))
		}),
		none("too-long", "7,090 characters.", fixed("861"+strings.Repeat("0", 7087))),
		text("digits-shortest", "encoding", "159 characters, 64 zero bytes: long enough, and no credential.", fixed("861"+strings.Repeat("0", 156)), "TEXT-3").alone(),
		none("astral-short", "158 characters, the last beyond U+FFFF: 159 units of UTF-16.", fixed("861"+strings.Repeat("0", 154)+"𠮷")),
		text("digits-astral", "damaged_text", "159 characters, the last beyond U+FFFF.", fixed("861"+strings.Repeat("0", 155)+"𠮷"), "TEXT-3", "TEXT-20").alone(),
		text("digits-astral-longest", "damaged_text", "7,089 characters, the last beyond U+FFFF.", fixed("861"+strings.Repeat("0", 7085)+"𠮷"), "TEXT-3", "TEXT-20").alone(),
		damaged("letter", "A letter O for a zero.", func(s string) string { return s[:40] + "O" + s[41:] }, "TEXT-20"),
		damaged("blank-inside", "A blank inside.", func(s string) string { return s[:40] + " " + s[41:] }, "TEXT-20"),
		damaged("full-width-inside", "A full-width digit inside.", func(s string) string { return s[:40] + "０" + s[41:] }, "TEXT-20"),
		damaged("block-overflow", "A block that is 2^56.", func(s string) string { return s[:3] + "72057594037927936" + s[20:] }, "TEXT-22"),
		damaged("block-nines", "A block of nines.", func(s string) string { return s[:3] + strings.Repeat("9", 17) + s[20:] }, "TEXT-22"),
		tail(1, "256"), tail(2, "65536"), tail(3, "16777216"), tail(4, "4294967296"), tail(5, "1099511627776"), tail(6, "281474976710656"),
	}
	for _, length := range []int{1, 2, 4, 6, 7, 9, 11, 12, 14, 16} {
		out = append(out, damaged(fmt.Sprintf("tail-of-%d-digits", length), fmt.Sprintf("%d digits are no tail.", length),
			func(s string) string { return whole(s) + strings.Repeat("0", length) }, "TEXT-21"))
	}
	return out
}

func laterVersions() []*vector {
	later := func(n, comment string, make func([]byte) string) *vector {
		return text("later-"+n, "later_version", comment, make, "TEXT-4")
	}
	var out []*vector
	for _, version := range []int{2, 5, 9} {
		out = append(out,
			later(fmt.Sprintf("text-%d", version), "The text form of a later version.", func(b []byte) string { return fmt.Sprintf("TX%d:%s", version, base45(b)) }),
			later(fmt.Sprintf("digits-%d", version), "The digits form of a later version.", func(b []byte) string { return fmt.Sprintf("86%d%s", version, digitsForm(b)[3:]) }),
		)
	}
	return append(out,
		later("text-other-alphabet", "A later version may use other characters.", fixed("TX2:abc_def,")),
		later("text-astral", "A later version of 4,296 characters, all but the prefix beyond U+FFFF.", fixed("TX2:"+strings.Repeat("𠮷", 4292))),
		text("later-text-astral-too-long", "not_a_code", "A later version of 4,297 characters.", fixed("TX2:"+strings.Repeat("𠮷", 4293)), "TEXT-6"),
		later("text-alone", "A later prefix with nothing after it.", fixed("TX3:")),
		text("later-digits-short", "not_a_code", "A short number that begins with 862.", fixed("8623800138000"), "TEXT-6"),
		text("later-digits-letter", "not_a_code", "A later prefix of the digits form with a letter inside.", func(b []byte) string {
			s := digitsForm(b)
			return "862" + s[3:40] + "O" + s[41:]
		}, "TEXT-6"),
		text("later-lower-case", "damaged_text", "A later prefix in lower case: changed on the way, whatever it was.", fixed("tx2:abcdef"), "TEXT-5"),
	)
}

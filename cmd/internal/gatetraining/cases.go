package main

import (
	"strings"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/transport"
)

// one is a code of the set: a credential that edit spoils, the signed bytes and the
// text likewise.
type one struct {
	zh, en         string
	screen, reason string
	signer         sig.Signer
	edit           func(*format.Credential)
	bytes          func([]byte) []byte
	encode         func([]byte) string
}

// text signs the code with the number n of the table; its index is 1000 + n.
func (o *one) text(n int) (string, error) {
	document, err := format.NewDocument(format.ClassCitizen, "339999196001058363")
	if err != nil {
		return "", err
	}
	c := &format.Credential{
		Issuer: "33", IssuedAt: issued, Expires: issued + 7*day,
		Status: &format.Status{Minutes: 60},
		Tests:  []format.Test{{Kind: 1, Minutes: 600, Laboratory: 33<<16 | 3}},
	}
	if o.edit != nil {
		o.edit(c)
	}
	c.Ref = format.Ref{List: listOf(c.Expires), Index: uint32(1000 + n)}
	if c.Holder, err = format.NewHolder(c.Issuer, c.Ref, "廖浩然", document); err != nil {
		return "", err
	}
	data, err := format.Encode(c, o.signer)
	if err != nil {
		return "", err
	}
	if o.bytes != nil {
		data = o.bytes(data)
	}
	if o.encode != nil {
		return o.encode(data), nil
	}
	return transport.Encode(data), nil
}

// cases are the 20 codes; 7, 8 and 9 are in the status list by their numbers.
func cases(s *signers) []one {
	return append(verified(s), unverified(s)...)
}

func state(number, rule uint16) func(*format.Credential) {
	return func(c *format.Credential) { c.Status = &format.Status{State: number, Rule: rule, Minutes: 60} }
}

func without(c *format.Credential) { c.Tests = nil }

func henan(c *format.Credential) {
	c.Issuer, c.Tests[0].Laboratory = "41", 41<<16|3
}

func verified(s *signers) []one {
	return []one{
		{zh: "{0}，检测在时限内", en: "Green, with a test that is recent enough", screen: "pass", reason: "ok", signer: s.sm2},
		{zh: "同样，数字码", en: "The same in the digits form", screen: "pass", reason: "ok", signer: s.sm2, encode: transport.EncodeDigits},
		{zh: "外省的{0}", en: "Green, of another region", screen: "pass", reason: "ok", signer: s.es256, edit: henan},
		{zh: "{1}", en: "Yellow", screen: "check", reason: "state_checked", signer: s.sm2, edit: state(1, 101)},
		{zh: "{2}", en: "Red", screen: "restricted", reason: "restricted", signer: s.sm2, edit: state(2, 201)},
		{zh: "{0}，没有检测", en: "Green, without a test", screen: "check", reason: "requirement_unmet", signer: s.sm2, edit: without},
	}
}

func unverified(s *signers) []one {
	return []one{
		{zh: "已撤销", en: "Revoked", screen: "unverified", reason: "revoked", signer: s.sm2},
		{zh: "已被新码取代", en: "Superseded by a newer code", screen: "unverified", reason: "superseded", signer: s.sm2},
		{zh: "已暂停", en: "Suspended", screen: "unverified", reason: "suspended", signer: s.sm2},
		{zh: "已过期", en: "Expired", screen: "unverified", reason: "expired", signer: s.sm2, edit: func(c *format.Credential) { c.IssuedAt, c.Expires = issued-5*day, issued-day }},
		{zh: "签发时间在将来", en: "From the future: the clock", screen: "unverified", reason: "from_the_future", signer: s.sm2, edit: func(c *format.Credential) { c.IssuedAt = issued + day }},
		{zh: "伪造：签名不符", en: "Forged: the signature does not fit", screen: "unverified", reason: "signature_invalid", signer: s.sm2, bytes: flipLast},
		{zh: "伪造：密钥不在册", en: "Forged: the key is not listed", screen: "unverified", reason: "key_unknown", signer: s.unlisted},
		{zh: "密钥已泄露", en: "The key was stolen", screen: "unverified", reason: "key_compromised", signer: s.stolen},
		{zh: "发码地区不在册", en: "The region is not in the trust list", screen: "unverified", reason: "issuer_unknown", signer: s.sm2, edit: func(c *format.Credential) { c.Issuer = "65" }},
		{zh: "{2}，但没有公布的规则", en: "Red without a published rule", screen: "unverified", reason: "adverse_without_rule", signer: s.sm2, edit: state(2, 299)},
		{zh: "码损坏", en: "Damaged", screen: "unverified", reason: "damaged_text", signer: s.sm2, encode: damaged},
		{zh: "新版本的码", en: "A code of a later version", screen: "unverified", reason: "later_version", signer: s.sm2, encode: later},
		{zh: "这不是通行码", en: "Not a Tongxing code", screen: "unverified", reason: "not_a_code", signer: s.sm2, encode: func([]byte) string { return "6901234567892" }},
		{zh: "{0}，本机没有这个月的状态列表", en: "Green, and the status list of the month is missing", screen: "check", reason: "no_status_list", signer: s.sm2, edit: func(c *format.Credential) { c.Expires = issued + 25*day }},
	}
}

func flipLast(data []byte) []byte {
	data[len(data)-1] ^= 1
	return data
}

func damaged(data []byte) string {
	text := transport.Encode(data)
	return text[:len(text)/2] + "#" + text[len(text)/2+1:]
}

func later(data []byte) string { return "TX2:" + strings.TrimPrefix(transport.Encode(data), "TX1:") }

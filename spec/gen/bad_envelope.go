package main

import "slices"

func envelopeFaults() []*vector { return slices.Concat(messageFaults(), headerFaults()) }

// messageFaults are right CBOR that is no COSE_Sign1 of ours.
func messageFaults() []*vector {
	as := func(n, comment string, envelope func(p, u, b, s raw) raw, requirement ...string) *vector {
		return bad("envelope-"+n, "envelope", comment, func(c *code) { c.envelope = envelope }, requirement...)
	}
	unprotected := func(n, comment string, p pairs) *vector {
		return bad("envelope-"+n, "envelope", comment, func(c *code) { c.unprotected = mapOf(p) }, "CRED-12")
	}
	cut := func(n, comment string, length int) *vector {
		return as(n, comment, func(p, u, b, s raw) raw {
			signature := append(slices.Clone(s[2:]), 0)
			return tagOf(18, arrayOf(p, u, b, bytesOf(signature[:length])))
		}, "CRED-14")
	}
	return []*vector{
		as("no-tag", "The array without a tag.", func(p, u, b, s raw) raw { return arrayOf(p, u, b, s) }, "CRED-10"),
		as("tag-61", "The CWT tag instead of 18.", func(p, u, b, s raw) raw { return tagOf(61, arrayOf(p, u, b, s)) }, "CRED-10"),
		as("tag-98", "The tag of COSE_Sign.", func(p, u, b, s raw) raw { return tagOf(98, arrayOf(p, u, b, s)) }, "CRED-10"),
		as("tag-17", "The tag of COSE_Mac0.", func(p, u, b, s raw) raw { return tagOf(17, arrayOf(p, u, b, s)) }, "CRED-10"),
		as("not-an-array", "Tag 18 around a byte string.", func(p, _, _, _ raw) raw { return tagOf(18, p) }, "CRED-11"),
		as("integer", "An integer alone.", func(_, _, _, _ raw) raw { return uintOf(18) }, "CRED-10"),
		as("three-elements", "The signature is missing.", func(p, u, b, _ raw) raw { return tagOf(18, arrayOf(p, u, b)) }, "CRED-11"),
		as("five-elements", "A fifth element.", func(p, u, b, s raw) raw { return tagOf(18, arrayOf(p, u, b, s, uintOf(0))) }, "CRED-11"),
		as("protected-a-map", "The protected header as a map, not as a byte string of one.", func(p, u, b, s raw) raw { return tagOf(18, arrayOf(p[1:], u, b, s)) }, "CRED-11"),
		as("payload-a-map", "The payload as a map, not as a byte string of one.", func(p, u, b, s raw) raw { return tagOf(18, arrayOf(p, u, b[2:], s)) }, "CRED-11"),
		as("payload-text", "The payload as a text string.", func(p, u, _, s raw) raw { return tagOf(18, arrayOf(p, u, textOf("{}"), s)) }, "CRED-11"),
		as("unprotected-an-array", "An empty array as unprotected header.", func(p, _, b, s raw) raw { return tagOf(18, arrayOf(p, arrayOf(), b, s)) }, "CRED-11"),
		as("signature-a-list", "The bytes of the signature as an array of integers.", func(p, u, b, s raw) raw {
			var items []raw
			for _, octet := range s[2:] {
				items = append(items, uintOf(uint64(octet)))
			}
			return tagOf(18, arrayOf(p, u, b, arrayOf(items...)))
		}, "CRED-11"),
		as("nested-12-deep", "Arrays in the unprotected header nest 12 deep, which is no fault of the encoding.", func(p, _, b, s raw) raw {
			return tagOf(18, arrayOf(p, mapOf(pairs{{uintOf(1), nest(10)}}), b, s))
		}, "CRED-7", "CRED-12"),
		unprotected("unprotected-alg", "alg in the unprotected header as well.", pairs{{uintOf(1), intOf(algSM2)}}),
		unprotected("unprotected-kid", "kid in the unprotected header as well.", pairs{{uintOf(4), bytesOf([]byte{1, 2, 3, 4})}}),
		unprotected("unprotected-kid-text", "A text as kid in the unprotected header.", pairs{{uintOf(4), textOf("kid")}}),
		unprotected("unprotected-unknown", "An unknown label in the unprotected header.", pairs{{intOf(-70001), uintOf(0)}}),
		bad("envelope-alg-only-unprotected", "envelope", "alg in the unprotected header alone.", func(c *code) {
			c.unprotected = mapOf(pairs{{uintOf(1), intOf(algSM2)}})
			c.protected = func(p pairs) pairs { return p.without(uintOf(1)) }
		}, "CRED-12"),
		cut("signature-63", "The signature is one byte short.", 63),
		cut("signature-65", "The signature is one byte long.", 65),
		cut("signature-empty", "The signature is empty.", 0),
		bad("envelope-signature-der", "envelope", "The signature as a DER structure.", func(c *code) {
			c.from("33", algES256, 1)
			c.signature = func(message []byte) ([]byte, error) {
				rs, err := c.signer.sign(message)
				if err != nil {
					return nil, err
				}
				return derOf(rs), nil
			}
		}, "CRED-14", "SIG-4"),
	}
}

// derOf is the DER structure of a signature of 64 bytes.
func derOf(rs []byte) []byte {
	integer := func(b []byte) []byte {
		if b[0] >= 0x80 {
			b = append([]byte{0}, b...)
		}
		return append([]byte{2, byte(len(b))}, b...)
	}
	body := append(integer(rs[:32]), integer(rs[32:])...)
	return append([]byte{0x30, byte(len(body))}, body...)
}

// headerFaults are right CBOR in the protected header that is not ours.
func headerFaults() []*vector {
	header := func(n, expect, comment string, change func(pairs) pairs, requirement ...string) *vector {
		return bad("header-"+n, expect, comment, func(c *code) { c.protected = change }, requirement...)
	}
	add := func(label int64, value raw) func(pairs) pairs {
		return func(p pairs) pairs { return p.with(intOf(label), value) }
	}
	kid := func(length int) func(pairs) pairs { return add(4, bytesOf(make([]byte, length))) }
	alg := func(n, comment string, number int64) *vector {
		return header("alg-"+n, "algorithm_unknown", comment, add(1, intOf(number)), "CRED-15")
	}
	return []*vector{
		header("no-alg", "envelope", "alg is missing.", func(p pairs) pairs { return p.without(uintOf(1)) }, "CRED-13"),
		header("no-kid", "envelope", "kid is missing.", func(p pairs) pairs { return p.without(uintOf(4)) }, "CRED-13"),
		header("empty-map", "envelope", "An empty map.", func(pairs) pairs { return nil }, "CRED-13"),
		header("crit", "envelope", "A crit label that names an unknown label.", func(p pairs) pairs {
			return p.with(uintOf(2), uints(99)).with(uintOf(99), uintOf(0))
		}, "CRED-13"),
		header("crit-known", "envelope", "A crit label that names alg only.", add(2, uints(1)), "CRED-13"),
		header("content-type", "envelope", "A content type.", add(3, uintOf(61)), "CRED-13"),
		header("typ", "envelope", "A typ, as signed documents have it.", add(16, textOf("application/cwt")), "CRED-13"),
		header("unknown-label", "envelope", "An unknown label.", add(-70001, uintOf(0)), "CRED-13"),
		header("text-label", "envelope", "A label that is a text.", func(p pairs) pairs { return p.with(textOf("alg"), intOf(algSM2)) }, "CRED-13"),
		header("kid-empty", "envelope", "kid of no bytes.", kid(0), "CRED-13"),
		header("kid-3", "envelope", "kid of 3 bytes.", kid(3), "CRED-13"),
		header("kid-5", "envelope", "kid of 5 bytes.", kid(5), "CRED-13"),
		header("kid-8", "envelope", "kid of 8 bytes, as European certificates have it.", kid(8), "CRED-13"),
		header("kid-text", "envelope", "kid as a text of 4 bytes.", add(4, textOf("abcd")), "CRED-13"),
		header("kid-integer", "envelope", "kid as an integer.", add(4, uintOf(1)), "CRED-13"),
		header("alg-text", "envelope", "alg as a text.", add(1, textOf("ES256")), "CRED-13"),
		header("alg-beyond-64-bits", "envelope", "alg is an integer below -2^63.", add(1, head(1, 1<<63)), "CRED-13"),
		bad("header-array", "envelope", "The header is an array of alg and kid.", func(c *code) {
			c.encodeProtected = func(p pairs) raw { return arrayOf(p[0].value, p[1].value) }
		}, "CRED-13"),
		alg("esp256", "RFC 9864's number for ES256 over P-256.", -9),
		alg("es384", "ES384.", -35),
		alg("eddsa", "EdDSA.", -8),
		alg("ps256", "PS256.", -37),
		alg("hmac", "HMAC 256/256: the public key is no secret.", 5),
		alg("zero", "The reserved number 0.", 0),
		alg("sm2-positive", "131585 without its minus.", 131585),
		alg("sm2-curve", "The number of the SM2 curve instead of the algorithm.", crvSM2),
	}
}

package main

import (
	"bytes"
	"slices"
)

// nestedFaults are wrong encodings inside the protected header and the payload.
func nestedFaults() []*vector {
	return slices.Concat(headerEncodings(), payloadEncodings(), longIntegers(), wrongItems())
}

func headerEncodings() []*vector {
	header := func(n, comment string, encode func(pairs) raw, requirement ...string) *vector {
		return bad("header-"+n, "encoding", comment, func(c *code) { c.encodeProtected = encode }, requirement...)
	}
	return []*vector{
		header("unsorted", "kid before alg.", func(p pairs) raw { return mapAsIs(reversed(p)) }, "CRED-4"),
		header("duplicate-alg", "alg stands twice.", func(p pairs) raw { return mapAsIs(pairs{p[0], p[0], p[1]}) }, "CRED-4"),
		header("indefinite", "The map has no definite length.", func(p pairs) raw { return indefinite(5, p.body()) }, "CRED-3"),
		header("length-long", "The map's length in two bytes.", func(p pairs) raw { return append(longHead(5, 2, 1), p.body()...) }, "CRED-2"),
		header("alg-long", "alg in nine bytes.", func(p pairs) raw {
			return mapOf(p.with(uintOf(1), longHead(1, 131584, 8)))
		}, "CRED-2"),
		header("key-long", "The label 1 in two bytes.", func(p pairs) raw {
			return mapAsIs(pairs{{longHead(0, 1, 1), p[0].value}, p[1]})
		}, "CRED-2"),
		header("trailing-byte", "A byte follows the map.", func(p pairs) raw { return append(mapOf(p), 0) }, "CRED-1"),
		header("empty", "A protected header of no bytes, which COSE allows for an empty map.", func(pairs) raw { return nil }, "CRED-1"),
		header("alg-null", "alg is null.", func(p pairs) raw { return mapOf(p.with(uintOf(1), raw{0xf6})) }, "CRED-5"),
		header("kid-indefinite", "kid comes in chunks.", func(p pairs) raw {
			return mapOf(p.with(uintOf(4), indefinite(2, p[1].value)))
		}, "CRED-3"),
	}
}

func payloadEncodings() []*vector {
	payload := func(n, comment string, encode func(pairs) raw, requirement ...string) *vector {
		return bad("payload-"+n, "encoding", comment, func(c *code) { c.encodePayload = encode }, requirement...)
	}
	health := func(n, comment string, encode func(pairs) raw, requirement ...string) *vector {
		return bad("claims-"+n, "encoding", comment, func(c *code) { c.encodeHealth = encode }, requirement...)
	}
	return []*vector{
		payload("unsorted", "iat before exp.", func(p pairs) raw { return mapAsIs(pairs{p[0], p[2], p[1], p[3]}) }, "CRED-4"),
		payload("unsorted-by-length", "The order of RFC 7049 with the claims key first.", func(p pairs) raw { return mapAsIs(pairs{p[3], p[0], p[1], p[2]}) }, "CRED-4"),
		payload("duplicate-exp", "exp stands twice.", func(p pairs) raw { return mapAsIs(pairs{p[0], p[1], p[1], p[2], p[3]}) }, "CRED-4"),
		payload("duplicate-claims", "The health claims stand twice, with different states.", func(p pairs) raw {
			return mapAsIs(pairs{p[0], p[1], p[2], p[3], {p[3].key, mapOf(pairs{{uintOf(3), uints(2, 201, 0)}})}})
		}, "CRED-4"),
		payload("indefinite", "The map has no definite length.", func(p pairs) raw { return indefinite(5, p.body()) }, "CRED-3"),
		payload("length-long", "The map's length in two bytes.", func(p pairs) raw { return append(longHead(5, 4, 1), p.body()...) }, "CRED-2"),
		payload("trailing-byte", "A byte follows the map.", func(p pairs) raw { return append(mapOf(p), 0xa0) }, "CRED-1"),
		payload("truncated", "The last byte is missing.", func(p pairs) raw { return bytes.Clone(mapOf(p)[:len(mapOf(p))-1]) }, "CRED-1"),
		payload("empty", "A payload of no bytes.", func(pairs) raw { return nil }, "CRED-1"),
		payload("null-inside", "The payload is the item null.", func(pairs) raw { return raw{0xf6} }, "CRED-5"),
		payload("iss-indefinite", "iss comes in chunks.", func(p pairs) raw {
			return mapAsIs(pairs{{p[0].key, indefinite(3, textOf("3"), textOf("3"))}, p[1], p[2], p[3]})
		}, "CRED-3"),
		payload("iss-not-utf8", "iss is a text string of two bytes that are no UTF-8.", func(p pairs) raw {
			return mapAsIs(pairs{{p[0].key, textOf("\xff\xfe")}, p[1], p[2], p[3]})
		}, "CRED-6"),
		payload("too-deep", "Arrays nest 13 deep.", func(p pairs) raw { return mapAsIs(pairs{{p[0].key, nest(12)}, p[1], p[2], p[3]}) }, "CRED-7"),
		health("unsorted", "status before ref.", func(p pairs) raw { return mapAsIs(pairs{p[0], p[2], p[1]}) }, "CRED-4"),
		health("duplicate-status", "status stands twice.", func(p pairs) raw { return mapAsIs(pairs{p[0], p[1], p[2], p[2]}) }, "CRED-4"),
		health("duplicate-array-key", "A key that is an array stands twice: equal by its bytes, though not the same object.", func(p pairs) raw {
			return mapAsIs(append(slices.Clone(p), pair{uints(3), uintOf(0)}, pair{uints(3), uintOf(0)}))
		}, "CRED-4"),
		health("duplicate-map-key", "A key that is a map stands twice.", func(p pairs) raw {
			key := mapOf(pairs{{uintOf(1), uintOf(2)}})
			return mapAsIs(append(slices.Clone(p), pair{key, uintOf(0)}, pair{key, uintOf(1)}))
		}, "CRED-4"),
		health("array-keys-unsorted", "Two keys that are arrays, in falling order.", func(p pairs) raw {
			return mapAsIs(append(slices.Clone(p), pair{uints(4), uintOf(0)}, pair{uints(3), uintOf(0)}))
		}, "CRED-4"),
		health("indefinite", "The map has no definite length.", func(p pairs) raw { return indefinite(5, p.body()) }, "CRED-3"),
		health("count-too-large", "The map announces one pair more than there is.", func(p pairs) raw { return append(head(5, 4), p.body()...) }, "CRED-1"),
	}
}

func reversed(p pairs) pairs {
	out := slices.Clone(p)
	slices.Reverse(out)
	return out
}

// longIntegers has a not shortest integer or length in each place of the claims.
func longIntegers() []*vector {
	long := func(n, comment string, claim uint64, value raw) *vector {
		return bad("long-"+n, "encoding", comment+" is not in its shortest form.", func(c *code) { c.set(claim, value) }, "CRED-2")
	}
	holder := func(parts ...raw) raw { return arrayOf(parts...) }
	tag := bytesOf([]byte{1, 2})
	time := func(n string, k uint64) *vector {
		return bad("long-"+n, "encoding", n+" in nine bytes.", func(c *code) {
			c.payload = func(p pairs) pairs {
				value := c.iat
				if k == 4 {
					value = c.exp
				}
				return p.with(uintOf(k), longHead(0, value, 8))
			}
		}, "CRED-2")
	}
	return []*vector{
		time("exp", 4), time("iat", 6),
		long("name-length", "The length of the masked name", 1, holder(append(longHead(3, 7, 1), "王*明"...), uintOf(1), textOf("18"), tag)),
		long("class", "The document class", 1, holder(textOf("王*明"), longHead(0, 1, 1), textOf("18"), tag)),
		long("tag-length", "The length of the tag", 1, holder(textOf("王*明"), uintOf(1), textOf("18"), append(longHead(2, 2, 1), 1, 2))),
		long("list", "The list number", 2, arrayOf(longHead(0, 7936, 4), uintOf(4051238))),
		long("index", "The index", 2, arrayOf(uintOf(7936), longHead(0, 23, 1))),
		long("state", "The state", 3, arrayOf(longHead(0, 0, 1), uintOf(0), uintOf(90))),
		long("minutes", "The minutes", 3, arrayOf(uintOf(0), uintOf(0), longHead(0, 90, 2))),
		long("status-length", "The length of the status array", 3, append(longHead(4, 3, 1), 0, 0, 5)),
		long("laboratory", "The laboratory", 4, arrayOf(arrayOf(uintOf(1), uintOf(0), uintOf(600), longHead(0, 33*65536+3, 8)))),
		long("dose", "The dose", 5, arrayOf(arrayOf(uintOf(2), longHead(0, 2, 1), uintOf(2), uintOf(512)))),
		long("exemption", "The exemption", 6, arrayOf(longHead(0, 23, 1))),
		long("origin-kid-length", "The length of origin's kid", 7, arrayOf(textOf("41"), append(longHead(2, 4, 1), 1, 2, 3, 4))),
		bad("long-claim-key", "encoding", "The key of status is not in its shortest form.", func(c *code) {
			c.encodeHealth = func(p pairs) raw { return mapAsIs(pairs{p[0], p[1], {longHead(0, 3, 1), p[2].value}}) }
		}, "CRED-2"),
	}
}

// wrongItems has an item outside the data model in places of the claims.
func wrongItems() []*vector {
	item := func(n, comment string, claim uint64, value raw, requirement string) *vector {
		return bad("item-"+n, "encoding", comment, func(c *code) { c.set(claim, value) }, requirement)
	}
	status := func(third raw) raw { return arrayOf(uintOf(0), uintOf(0), third) }
	time := func(n, comment string, value raw) *vector {
		return bad("item-"+n, "encoding", comment, func(c *code) {
			c.payload = func(p pairs) pairs { return p.with(uintOf(4), value) }
		}, "CRED-5")
	}
	return []*vector{
		item("float16", "Minutes as a half precision float of the same value.", 3, status(raw{0xf9, 0x55, 0xa0}), "CRED-5"),
		item("float32", "Minutes as a single precision float.", 3, status(raw{0xfa, 0x42, 0xb4, 0, 0}), "CRED-5"),
		item("float64", "Minutes as a double precision float.", 3, status(raw{0xfb, 0x40, 0x56, 0x80, 0, 0, 0, 0, 0}), "CRED-5"),
		item("float-1-5", "Minutes as the float 1.5, which is written again as it came.", 3, status(raw{0xf9, 0x3e, 0}), "CRED-5"),
		item("float-2-53", "An index as the float 2^53.", 2, arrayOf(uintOf(7936), raw{0xfa, 0x5a, 0, 0, 0}), "CRED-5"),
		item("extension-float-2-53", "An extension as the double precision float 2^53.", 64, raw{0xfb, 0x43, 0x40, 0, 0, 0, 0, 0, 0}, "CRED-5"),
		item("nan", "Minutes as a float that is no number.", 3, status(raw{0xf9, 0x7e, 0}), "CRED-5"),
		item("null", "Minutes null.", 3, status(raw{0xf6}), "CRED-5"),
		item("undefined", "Minutes undefined.", 3, status(raw{0xf7}), "CRED-5"),
		item("false", "The state false instead of 0.", 3, arrayOf(raw{0xf4}, uintOf(0), uintOf(90)), "CRED-5"),
		item("simple-value", "A simple value (32).", 3, status(raw{0xf8, 32}), "CRED-5"),
		item("bignum", "An index as a bignum (tag 2).", 2, arrayOf(uintOf(7936), tagOf(2, bytesOf([]byte{1, 0}))), "CRED-5"),
		item("status-null", "A status that is there as null.", 3, raw{0xf6}, "CRED-5"),
		item("tag-in-claims", "A tag before the status.", 3, tagOf(55799, uints(0, 0, 90)), "CRED-5"),
		item("name-not-utf8", "A masked name cut inside a character.", 1, arrayOf(textOf("王*\xe6\x98"), uintOf(1), textOf("18"), bytesOf([]byte{1, 2})), "CRED-6"),
		item("name-surrogate", "A masked name with an encoded surrogate.", 1, arrayOf(textOf("\xed\xa0\x80*"), uintOf(1), textOf("18"), bytesOf([]byte{1, 2})), "CRED-6"),
		item("extension-float", "An unknown extension is a float: it is skipped, but not unread.", 64, raw{0xf9, 0x3c, 0}, "CRED-5"),
		time("exp-date-text", "exp as a tagged date text.", tagOf(0, textOf("2022-08-11T00:00:00Z"))),
		time("exp-epoch-tag", "exp as a tagged epoch time.", tagOf(1, uintOf(1660176000))),
		time("exp-float", "exp as a float, as some peers write it.", raw{0xfb, 0x41, 0xd8, 0xbd, 0x1e, 0x40, 0, 0, 0}),
	}
}

package main

import "slices"

// badDocuments holds documents with one fault each.
func badDocuments() []*documentVector {
	return slices.Concat(badMessages(), badHeads(), badRoots(), badLists(), badPolicies(), badEditions(), badKeySets(), badStatus())
}

// messageFault is a fault of the envelope of a root.
func messageFault(name, expect, comment string, change func(*message), requirement ...string) *documentVector {
	m := document("root", rootFields(1), rootSigners()...)
	change(m)
	return badDocument("message-"+name, expect, comment, "root", m, requirement...)
}

func badMessages() []*documentVector {
	typ := func(text raw) raw { return mapOf(pairs{{uintOf(16), text}}) }
	sm2, _ := rootKeys()
	return []*documentVector{
		messageFault("tag-18", "envelope", "The tag of a COSE_Sign1.", func(m *message) { m.tag = 18 }, "TRUST-10"),
		messageFault("unknown-type", "kind", "A media type that is none of ours.", func(m *message) { m.protected = typ(textOf("application/json")) }, "TRUST-11"),
		messageFault("later-type", "kind", "A kind of tomorrow.", func(m *message) { m.protected = typ(textOf(mediaType("census"))) }, "TRUST-11"),
		messageFault("type-number", "envelope", "A content format in the place of a media type.", func(m *message) { m.protected = typ(uintOf(60)) }, "TRUST-10"),
		messageFault("no-type", "envelope", "No media type.", func(m *message) { m.protected = mapOf(nil) }, "TRUST-10"),
		messageFault("crit", "envelope", "A crit label.", func(m *message) {
			m.protected = mapOf(pairs{{uintOf(2), uints(16)}, {uintOf(16), textOf(mediaType("root"))}})
		}, "TRUST-10"),
		messageFault("unprotected", "envelope", "A label outside the protected header.", func(m *message) { m.unprotected = mapOf(pairs{{uintOf(4), bytesOf(nil)}}) }, "TRUST-10"),
		messageFault("no-signature", "envelope", "No signature.", func(m *message) { m.signatures = nil }, "TRUST-10"),
		messageFault("17-signatures", "envelope", "Seventeen signatures.", func(m *message) {
			for len(m.signatures) < 17 {
				m.signatures = append(m.signatures, m.signatures[0])
			}
		}, "TRUST-10"),
		messageFault("short-kid", "envelope", "A signature that names its key by 4 bytes.", func(m *message) {
			protected := mapOf(pairs{{intOf(1), intOf(algSM2)}, {intOf(4), bytesOf(sm2[0].kid())}})
			m.signatures[0] = arrayOf(bytesOf(protected), mapOf(nil), bytesOf(make([]byte, 64)))
		}, "TRUST-10"),
		messageFault("payload-indefinite", "encoding", "A payload of indefinite length.", func(m *message) { m.payload = indefinite(5, rootFields(1).body()) }, "TRUST-1"),
		messageFault("payload-unsorted", "encoding", "A payload with two fields exchanged.", func(m *message) {
			p := rootFields(1)
			p[0], p[1] = p[1], p[0]
			m.payload = mapAsIs(p)
		}, "TRUST-1"),
		messageFault("payload-trailing", "encoding", "A byte after the payload.", func(m *message) { m.payload = append(m.payload, 0) }, "TRUST-1"),
		messageFault("payload-array", "content", "A payload that is an array.", func(m *message) { m.payload = arrayOf(uints(1, 1)) }, "TRUST-20"),
		messageFault("payload-later-field", "later", "A field of tomorrow.", func(m *message) { m.payload = mapOf(append(rootFields(1), field(40, uintOf(1)))) }, "TRUST-21"),
	}
}

// wrongField is a document in which one field has another value.
func wrongField(name, expect, comment, kind string, fields pairs, key uint64, value raw, requirement ...string) *documentVector {
	return badDocument(name, expect, comment, kind, document(kind, fields.with(uintOf(key), value), onlineKey("33")), requirement...)
}

func badHeads() []*documentVector {
	snapshot := snapshotFields("33", 1, 1, document("keyset", keySetFields("33", 1)))
	wrong := func(name, expect, comment string, key uint64, value raw, requirement ...string) *documentVector {
		return wrongField("head-"+name, expect, comment, "snapshot", snapshot, key, value, requirement...)
	}
	return []*documentVector{
		wrong("version-0", "content", "The version 0.0.", 1, uints(0, 0), "TRUST-22"),
		wrong("version-2-32", "content", "The counter 2^32.", 1, uints(1, 1<<32), "TRUST-22"),
		wrong("version-2-63", "content", "The counter 2^63.", 1, uints(1, 1<<63), "TRUST-22"),
		wrong("version-number", "content", "A version of one number.", 1, uintOf(1), "TRUST-22"),
		wrong("version-negative", "content", "A negative counter.", 1, arrayOf(uintOf(1), intOf(-1)), "TRUST-22"),
		wrong("issued-2019", "content", "Issued in 2019.", 2, uintOf(1577836799), "TRUST-23"),
		wrong("issued-text", "content", "A time as a text.", 2, textOf("2022-08-10"), "TRUST-23"),
		wrong("issued-float", "encoding", "A time as a float.", 2, raw{0xfa, 0x4e, 0xc5, 0xe5, 0x00}, "TRUST-1"),
		wrong("due-before-issued", "content", "The next one is due before this one is issued.", 3, uintOf(documentTime-1), "TRUST-24"),
		wrong("due-zero", "content", "Due at 0, where nothing stands for no time.", 3, uintOf(0), "TRUST-24"),
		wrong("due-null", "encoding", "Due at null.", 3, raw{0xf6}, "TRUST-1"),
		wrong("region-number", "content", "The region as a number.", 4, uintOf(33), "TRUST-25"),
		wrong("region-six-digits", "content", "The region with six digits.", 4, textOf("330000"), "TRUST-25"),
		badDocument("head-no-due", "content", "A snapshot that does not say when the next one is due.", "snapshot", document("snapshot", snapshot.without(uintOf(3)), onlineKey("33")), "TRUST-70"),
		badDocument("head-no-region", "content", "A snapshot of no region.", "snapshot", document("snapshot", snapshot.without(uintOf(4)), onlineKey("33")), "TRUST-25"),
	}
}

func badRoots() []*documentVector {
	sm2, es256 := rootKeys()
	groups := func(name, expect, comment, requirement string, items ...raw) *documentVector {
		return badDocument("root-"+name, expect, comment, "root", document("root", rootFields(1).with(uintOf(5), arrayOf(items...)), rootSigners()...), requirement)
	}
	good := group("ES256", 1, 3, es256)
	offCurve := make([]byte, 33)
	for i := range offCurve {
		offCurve[i] = 0xff
	}
	offCurve[0] = 2
	one := func(alg int64, need, threshold uint64, keys raw) raw {
		return arrayOf(textOf("SM2"), uintOf(need), intOf(alg), uintOf(threshold), keys)
	}
	return []*documentVector{
		groups("no-groups", "content", "A root without groups.", "TRUST-30"),
		groups("groups-unsorted", "content", "Groups out of order.", "TRUST-30", group("SM2", 1, 3, sm2), good),
		groups("need-true", "encoding", "A need that is true.", "TRUST-1", good, arrayOf(textOf("SM2"), raw{0xf5}, intOf(algSM2), uintOf(3), points(sm2))),
		groups("need-0", "content", "A group that is neither required nor added.", "TRUST-31", good, group("SM2", 0, 3, sm2)),
		groups("required-foreign", "content", "A required group of an unknown algorithm.", "TRUST-31", good, one(foreign, 1, 1, arrayOf(bytesOf([]byte{1})))),
		groups("threshold-0", "content", "A group that needs nobody.", "TRUST-30", good, group("SM2", 1, 0, sm2)),
		groups("threshold-6", "content", "A group that needs six of five.", "TRUST-30", good, group("SM2", 1, 6, sm2)),
		groups("one-signer", "content", "A root that one signer signs.", "TRUST-32", group("ES256", 1, 1, es256)),
		groups("one-signer-and-added", "content", "A root that one signer signs where an added group is skipped.", "TRUST-32", group("ES256", 1, 1, es256), group("SM2", 2, 3, sm2)),
		groups("points-unsorted", "content", "Keys out of order.", "TRUST-30", good, one(algSM2, 1, 2, arrayOf(reversePoints(sm2)...))),
		groups("key-twice", "content", "One key twice in a group.", "TRUST-13", good, group("SM2", 1, 2, []*key{sm2[0], sm2[0], sm2[1]})),
		groups("key-in-two-groups", "shared", "One key in two groups.", "TRUST-13", good, group("SM2", 1, 2, sm2), group("more", 1, 1, sm2[:1])),
		badDocument("root-key-in-policy-group", "shared", "One key in a group of the root and in a group that signs the policy.", "root",
			document("root", append(rootFields(1), field(8, arrayOf(group("policy", 1, 2, append(keysOf("policy", algSM2, 2), sm2[0]))))), rootSigners()...), "TRUST-13"),
		groups("off-curve", "content", "A point that is not on the curve.", "TRUST-12", good, one(algSM2, 1, 1, arrayOf(bytesOf(offCurve)))),
		groups("uncompressed", "content", "An uncompressed point.", "TRUST-12", good, one(algSM2, 1, 1, arrayOf(bytesOf(uncompressedPoint(sm2[0]))))),
		groups("seventeen-signers", "content", "Groups that need more signers than a document holds.", "TRUST-30", good, one(foreign, 2, 14, arrayOf(manyKeys(16)...))),
	}
}

func manyKeys(n int) []raw {
	keys := make([]raw, n)
	for i := range keys {
		keys[i] = bytesOf([]byte{byte(i)})
	}
	return keys
}

func reversePoints(keys []*key) []raw {
	a, b := bytesOf(keys[0].point()), bytesOf(keys[1].point())
	if string(a) < string(b) {
		a, b = b, a
	}
	return []raw{a, b}
}

func uncompressedPoint(k *key) []byte {
	x, y := k.coordinates()
	return append(append([]byte{4}, x...), y...)
}

func badLists() []*documentVector {
	list := func(name, expect, comment, requirement string, key uint64, value raw) *documentVector {
		fields := listFields(1, entry("33", useAll, 1, 0), entry("41", useAll, 1, 0))
		return badDocument("list-"+name, expect, comment, "list", document("list", fields.with(uintOf(key), value), rootSigners()...), requirement)
	}
	turned := arrayOf(intOf(algSM2), bytesOf(authority("33")[0].point()))
	return []*documentVector{
		list("unsorted", "content", "Regions out of order.", "TRUST-40", 5, arrayOf(entry("41", useAll, 1, 0), entry("33", useAll, 1, 0))),
		list("region-twice", "content", "One region twice.", "TRUST-40", 5, arrayOf(entry("33", useAll, 1, 0), entryBy("33", useAll, 1, 0, 2, authority("41")))),
		list("authority-shared", "shared", "Two regions with an authority key in common.", "TRUST-13", 5, arrayOf(entry("33", useAll, 1, 0), entryBy("41", useAll, 1, 0, 1, append(authority("41"), authority("33")[0])))),
		list("authority-key-twice", "content", "An authority key twice.", "TRUST-13", 5, arrayOf(arrayOf(textOf("33"), textOf("a"), textOf("b"), textOf("c"), bytesOf(make([]byte, 32)), uintOf(1), uintOf(1), uintOf(0), uintOf(1), arrayOf(turned, turned)))),
		list("rules-hash-31", "content", "A hash of 31 bytes.", "TRUST-40", 5, arrayOf(arrayOf(textOf("33"), textOf("a"), textOf("b"), textOf("c"), bytesOf(make([]byte, 31)), uintOf(1), uintOf(1), uintOf(0), uintOf(1), keyRefs(authority("33"))))),
		list("name-turned", "content", "A name with a right-to-left override.", "TRUST-26", 5, arrayOf(arrayOf(textOf("33"), textOf("\u202e浙江"), textOf("b"), textOf("c"), bytesOf(make([]byte, 32)), uintOf(1), uintOf(1), uintOf(0), uintOf(1), keyRefs(authority("33"))))),
		list("withdrawn-not-listed", "content", "A withdrawal from a region that is not listed.", "TRUST-43", 6, arrayOf(arrayOf(textOf("46"), uintOf(1), uintOf(documentTime)))),
		list("withdrawn-kid-5", "content", "A withdrawn key of 5 bytes.", "TRUST-43", 7, arrayOf(arrayOf(textOf("33"), bytesOf(make([]byte, 5)), uintOf(1), uintOf(documentTime)))),
		list("withdrawn-usage-twice", "content", "Two withdrawals of usage from a region at one time.", "TRUST-43", 6, arrayOf(
			arrayOf(textOf("33"), uintOf(useStatus), uintOf(documentTime)), arrayOf(textOf("33"), uintOf(useTests), uintOf(documentTime)))),
		list("withdrawn-usage-unsorted", "content", "Withdrawals of usage by their bits and not by their time.", "TRUST-43", 6, arrayOf(
			arrayOf(textOf("33"), uintOf(useStatus), uintOf(documentTime+1)), arrayOf(textOf("33"), uintOf(useTests), uintOf(documentTime)))),
		list("withdrawn-key-twice", "content", "A key that is retired and compromised.", "TRUST-43", 7, arrayOf(
			arrayOf(textOf("33"), bytesOf([]byte{1, 2, 3, 4}), uintOf(1), uintOf(documentTime)), arrayOf(textOf("33"), bytesOf([]byte{1, 2, 3, 4}), uintOf(2), uintOf(documentTime)))),
		list("withdrawn-laboratory-twice", "content", "A laboratory that is withdrawn twice.", "TRUST-43", 8, arrayOf(
			arrayOf(textOf("33"), uintOf(3), uintOf(documentTime)), arrayOf(textOf("33"), uintOf(3), uintOf(documentTime+1)))),
		list("withdrawn-empty", "content", "No withdrawals, as an empty array where the field is left out.", "TRUST-20", 6, arrayOf()),
	}
}

func badPolicies() []*documentVector {
	policy := func(name, expect, comment string, edition raw) *documentVector {
		return badDocument("policy-"+name, expect, comment, "policy", document("policy", policyFields(1).with(uintOf(5), arrayOf(edition)), rootSigners()...), "TRUST-52")
	}
	class := func(ceiling raw) raw {
		return mapOf(pairs{field(1, uintOf(documentTime)), field(4, arrayOf(arrayOf(uintOf(1), mapOf(nil), ceiling)))})
	}
	asks := func(r raw) raw { return class(mapOf(pairs{field(5, r)})) }
	deep := requirement(1, uints(), requirement(1, uints(), requirement(1, uints(), requirement(4, uints(1)))))
	return []*documentVector{
		policy("emergency-at-once", "content", "An emergency that ends when it begins.", mapOf(pairs{field(1, uintOf(documentTime)), field(2, uintOf(documentTime))})),
		policy("edition-later-field", "later", "A field of tomorrow within an edition.", mapOf(pairs{field(1, uintOf(documentTime)), field(40, uintOf(1))})),
		policy("demand-text-key", "later", "A demand with a field that a text names.", class(mapOf(pairs{{textOf("a"), uintOf(1)}}))),
		badDocument("policy-rule-until", "content", "A rule that ends when it begins.", "policy", document("policy", append(policyFields(1),
			field(6, arrayOf(mapOf(pairs{field(1, uintOf(101)), field(2, textOf("a")), field(3, textOf("b")), field(4, uints(1)),
				field(5, uintOf(86400)), field(6, uintOf(documentTime)), field(7, uintOf(documentTime))})))), rootSigners()...), "TRUST-52"),
		policy("ladder-falls", "content", "A ladder that falls.", mapOf(pairs{field(1, uintOf(documentTime)), field(3, uints(3, 2, 1))})),
		policy("state-in-two", "content", "A state that passes and restricts.", class(mapOf(pairs{field(1, uints(2)), field(3, uints(2))}))),
		policy("green-restricts", "content", "The green state restricts.", class(mapOf(pairs{field(3, uints(0))}))),
		policy("no-status-zero", "content", "The default, written out.", class(mapOf(pairs{field(4, uintOf(0))}))),
		policy("no-list-zero", "content", "The default about a missing status list, written out.", class(mapOf(pairs{field(6, uintOf(0))}))),
		policy("no-list-restricts", "content", "A missing status list that restricts.", class(mapOf(pairs{field(6, uintOf(2))}))),
		policy("operation-unknown", "content", "An operation of tomorrow.", asks(requirement(7, uints(1)))),
		policy("operation-arguments", "content", "A test without a time.", asks(requirement(3, uints(1)))),
		policy("any-of-nothing", "content", "Any of nothing.", asks(requirement(2, uints()))),
		policy("four-levels", "encoding", "Requirements four levels deep, and so a payload that nests deeper than 12.", asks(deep)),
	}
}

// badEditions have right editions in a wrong number or order.
func badEditions() []*documentVector {
	times := func(seconds ...uint64) raw {
		var editions []raw
		for _, s := range seconds {
			editions = append(editions, mapOf(pairs{field(1, uintOf(documentTime+s))}))
		}
		return arrayOf(editions...)
	}
	var seventeen []uint64
	for i := range uint64(17) {
		seventeen = append(seventeen, i)
	}
	var out []*documentVector
	for _, c := range []struct {
		name, comment string
		editions      raw
	}{
		{"no-editions", "No edition.", times()},
		{"17-editions", "More editions than there may be.", times(seventeen...)},
		{"editions-at-once", "Two editions that take effect at one time.", times(0, 0)},
		{"editions-fall", "A later edition before an earlier one.", times(1, 0)},
	} {
		out = append(out,
			badDocument("policy-"+c.name, "content", c.comment, "policy", document("policy", policyFields(1).with(uintOf(5), c.editions), rootSigners()...), "TRUST-50"),
			badDocument("overlay-"+c.name, "content", c.comment, "overlay", document("overlay", append(docRegion("33", 2, documentTime), field(5, c.editions)), authority("33")[:2]...), "TRUST-53"))
	}
	return out
}

func badKeySets() []*documentVector {
	set := func(name, comment, requirement string, key uint64, value raw) *documentVector {
		return badDocument("keyset-"+name, "content", comment, "keyset", document("keyset", keySetFields("33", 1).with(uintOf(key), value), authority("33")[:2]...), requirement)
	}
	a, b, online := signingKey("33", 0), signingKey("33", 1), onlineKey("33")
	states := func(keys ...[]byte) raw {
		var items []raw
		for _, kid := range keys {
			items = append(items, arrayOf(bytesOf(kid), uintOf(documentTime)))
		}
		return arrayOf(items...)
	}
	period := func(from, until uint64) raw {
		return arrayOf(arrayOf(intOf(algSM2), uintOf(from), uintOf(until), uintOf(1), points([]*key{a})))
	}
	both := keySetFields("33", 1).with(uintOf(6), states(a.kid())).with(uintOf(7), states(a.kid()))
	return []*documentVector{
		set("empty", "A key set without keys.", "TRUST-60", 5, arrayOf()),
		set("batch-empty", "A batch without keys.", "TRUST-60", 5, arrayOf(arrayOf(intOf(algSM2), uintOf(dayFrom), uintOf(dayUntil), uintOf(1), arrayOf()))),
		set("batches-unsorted", "Batches out of order.", "TRUST-60", 5, arrayOf(batch(useStatusList, online), batch(useStatus, a))),
		set("batch-twice", "Keys that belong in one batch in two.", "TRUST-60", 5, arrayOf(batch(useStatus, a), batch(useStatus, b))),
		set("points-unsorted", "Keys of a batch out of order.", "TRUST-60", 5, arrayOf(arrayOf(intOf(algSM2), uintOf(dayFrom), uintOf(dayUntil), uintOf(1), arrayOf(reversePoints([]*key{a, b})...)))),
		set("key-in-two-batches", "One key in two batches, and so a key identifier twice.", "TRUST-63", 5, arrayOf(batch(useStatus, a), batch(useTests, a))),
		set("period-empty", "A period without a day.", "TRUST-61", 5, period(dayFrom, dayFrom)),
		set("period-65536", "A day beyond 65535.", "TRUST-61", 5, period(dayFrom, 65536)),
		set("retired-unknown", "A state of a key that is not there.", "TRUST-62", 6, states([]byte{1, 2, 3, 4})),
		set("retired-twice", "A state twice.", "TRUST-62", 6, states(a.kid(), a.kid())),
		set("limit-unknown", "A limit of a key that is not there.", "TRUST-64", 9, arrayOf(arrayOf(bytesOf([]byte{1, 2, 3, 4}), uints(1)))),
		set("limit-empty", "A key that is limited to no laboratory.", "TRUST-64", 9, arrayOf(arrayOf(bytesOf(a.kid()), uints()))),
		set("laboratory-unsorted", "Laboratories out of order.", "TRUST-65", 8, arrayOf(
			arrayOf(uintOf(4), textOf("a"), uintOf(documentTime), uintOf(0)), arrayOf(uintOf(3), textOf("b"), uintOf(documentTime), uintOf(0)))),
		badDocument("keyset-retired-and-compromised", "content", "A key in both lists of states.", "keyset", document("keyset", both, authority("33")[:2]...), "TRUST-62"),
	}
}

func badStatus() []*documentVector {
	delta := func(name, comment string, key uint64, value raw) *documentVector {
		return badDocument("delta-"+name, "content", comment, "delta", document("delta", deltaFields("33", 2, uints(7936, 7, 249)).with(uintOf(key), value), onlineKey("33")), "TRUST-81")
	}
	return []*documentVector{
		wrongField("status-members", "content", "Members without bytes.", "status", statusFields("33", 1), 7, arrayOf(uintOf(1), bytesOf(nil)), "TRUST-80"),
		wrongField("status-list-2-20", "content", "The list 2^20.", "status", statusFields("33", 1), 5, uintOf(1<<20), "TRUST-80"),
		delta("gap-0", "A list twice.", 7, uints(7936, 0, 249)),
		delta("gap-overflow", "A gap beyond the last list.", 7, uints(7936, 1<<32-1, 249)),
		delta("additions-missing", "Three lists and two additions.", 8, arrayOf(bytesOf([]byte{1}), bytesOf([]byte{2}))),
		delta("removal-beyond", "A removal from a fourth list.", 9, arrayOf(arrayOf(uintOf(3), bytesOf([]byte{1})))),
		delta("removal-empty", "A removal of nothing.", 9, arrayOf(arrayOf(uintOf(2), bytesOf(nil)))),
		delta("changes-nothing", "A list that does not change.", 8, arrayOf(bytesOf([]byte{1}), bytesOf(nil), bytesOf(nil))),
		delta("same-hash", "Changes that change nothing.", 6, bytesOf(make([]byte, 32))),
	}
}

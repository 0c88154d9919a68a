package main

import (
	"math"
	"slices"
)

// foreign is an algorithm that verifiers do not know: ML-DSA-65.
const foreign = -49

// days since 2020-01-01 of the periods of signing keys: 2022-07-01 and
// 2022-10-01.
const (
	dayFrom  = 912
	dayUntil = 1004
)

// group is a group of the root: [name, need, algorithm, threshold, points].
func group(name string, need, threshold uint64, keys []*key) raw {
	return arrayOf(textOf(name), uintOf(need), intOf(keys[0].alg), uintOf(threshold), points(keys))
}

func rootKeys() (sm2, es256 []*key) { return keysOf("root", algSM2, 5), keysOf("root", algES256, 5) }

// rootSigners are three of each group, as many as have to sign.
func rootSigners() []*key {
	sm2, es256 := rootKeys()
	return append(append([]*key{}, sm2[:3]...), es256[:3]...)
}

func rootFields(counter uint64) pairs {
	sm2, es256 := rootKeys()
	return append(docHead(1, counter, documentTime-30*86400+counter),
		field(5, arrayOf(group("ES256", 1, 3, es256), group("SM2", 1, 3, sm2))),
		field(6, uintOf(1)), field(7, uintOf(1)))
}

func authority(region string) []*key { return keysOf("authority/"+region, algSM2, 3) }

// entry is a region of the list.
func entry(region string, usage, epoch, least uint64) raw {
	return entryBy(region, usage, epoch, least, 2, authority(region))
}

func entryBy(region string, usage, epoch, least, threshold uint64, keys []*key) raw {
	return arrayOf(textOf(region), textOf(provinceNames[region]), textOf(provinceNames[region]+"卫生健康委员会"), textOf("12345"),
		bytesOf(make([]byte, 32)), uintOf(usage), uintOf(epoch), uintOf(least), uintOf(threshold), keyRefs(keys))
}

var provinceNames = map[string]string{"33": "浙江省", "41": "河南省", "46": "海南省", "00": "国家平台"}

func listFields(counter uint64, entries ...raw) pairs {
	return append(docHead(1, counter, documentTime), field(5, arrayOf(entries...)))
}

func policyFields(counter uint64) pairs {
	return append(docHead(1, counter, documentTime-86400), field(5, arrayOf(mapOf(pairs{field(1, uintOf(documentTime))}))))
}

// batch is keys of equal algorithm, period and usage: [algorithm, from, until,
// usage, points].
func batch(usage uint64, keys ...*key) raw {
	return arrayOf(intOf(keys[0].alg), uintOf(dayFrom), uintOf(dayUntil), uintOf(usage), points(keys))
}

func signingKey(region string, n int) *key { return keyOf("signing/"+region, algSM2, n) }
func onlineKey(region string) *key         { return keyOf("online/"+region, algSM2, 0) }

func keySetFields(region string, counter uint64) pairs {
	return append(docRegion(region, counter, documentTime-3600),
		field(5, arrayOf(batch(useCredentials, signingKey(region, 0), signingKey(region, 1)), batch(useStatusList|useSnapshot, onlineKey(region)))),
		field(8, arrayOf(arrayOf(uintOf(3), textOf("第三检验所"), uintOf(documentTime-86400), uintOf(0)))))
}

// snapshotFields names the key set of the message.
func snapshotFields(region string, counter, keySetCounter uint64, keySet *message) pairs {
	hash := keySet.hash()
	return append(docRegion(region, counter, documentTime), field(5, arrayOf(uints(1, keySetCounter), bytesOf(hash[:]))))
}

func document(kind string, fields pairs, keys ...*key) *message {
	return newMessage(kind, mapOf(fields)).signed(keys...)
}

// goodDocuments holds one document of every kind with every field filled, and
// the smallest of some.
func goodDocuments() []*documentVector {
	sm2, es256 := rootKeys()
	foreignGroup := arrayOf(textOf("ML-DSA-65"), uintOf(2), intOf(foreign), uintOf(1), arrayOf(bytesOf(make([]byte, 1952))))
	fullRoot := append(docHead(1, 1, documentTime), field(3, uintOf(documentTime+365*86400)),
		field(5, arrayOf(group("ES256", 1, 3, es256), foreignGroup, group("SM2", 1, 3, sm2))), field(6, uintOf(2)), field(7, uintOf(3)),
		field(8, arrayOf(group("policy", 1, 2, keysOf("policy", algSM2, 3)))))
	foreignKey := arrayOf(intOf(foreign), bytesOf([]byte{1, 2, 3}))
	foreignAuthority := listFields(1, arrayOf(textOf("33"), textOf("浙江省"), textOf("卫生健康委员会"), textOf("12345"),
		bytesOf(make([]byte, 32)), uintOf(1<<20|127), uintOf(1), uintOf(0), uintOf(1), arrayOf(foreignKey)))
	return []*documentVector{
		goodDocument("root", "The smallest usual root.", "root", document("root", rootFields(1), rootSigners()...), "TRUST-10", "TRUST-12", "TRUST-30"),
		goodDocument("root-full", "A root with an added group of an algorithm of tomorrow and policy keys.", "root", document("root", fullRoot, rootSigners()...), "TRUST-31", "TRUST-33"),
		goodDocument("list-empty", "A list that admits nobody.", "list", document("list", listFields(1), rootSigners()...), "TRUST-40"),
		goodDocument("list-full", "Two regions, withdrawals and an end of the programme.", "list", document("list", append(listFields(2, entry("33", useAll, 1, 4), entry("41", useCredentials, 2, 0)),
			field(6, arrayOf(arrayOf(textOf("33"), uintOf(useTests), uintOf(documentTime)))),
			field(7, arrayOf(arrayOf(textOf("41"), bytesOf([]byte{1, 2, 3, 4}), uintOf(2), uintOf(documentTime)))),
			field(8, arrayOf(arrayOf(textOf("33"), uintOf(3), uintOf(documentTime)))),
			field(9, uintOf(documentTime+1000*86400))), rootSigners()...), "TRUST-40", "TRUST-43"),
		goodDocument("list-usage-in-parts", "Usage that a region loses in parts, at different times.", "list", document("list", append(listFields(2, entry("33", useAll, 1, 0), entry("41", useAll, 1, 0)),
			field(6, arrayOf(arrayOf(textOf("33"), uintOf(useTests), uintOf(documentTime)), arrayOf(textOf("33"), uintOf(useStatus), uintOf(documentTime+1)),
				arrayOf(textOf("41"), uintOf(useStatus), uintOf(documentTime))))), rootSigners()...), "TRUST-43"),
		goodDocument("signatures-in-any-order", "Signatures that do not stand in the order of the keys.", "list", turned(document("list", listFields(1), rootSigners()...)), "TRUST-10"),
		goodDocument("foreign-algorithm-of-64-bits", "A signature whose algorithm is the least integer of 64 bits, and a key of the largest.", "list", strange(), "TRUST-10", "TRUST-14"),
		goodDocument("list-foreign-key", "An authority with a key of an unknown algorithm, and a usage bit without a meaning.", "list", document("list", foreignAuthority, rootSigners()...), "TRUST-14"),
		goodDocument("policy", "The smallest policy.", "policy", document("policy", policyFields(1), rootSigners()...), "TRUST-50"),
		goodDocument("policy-full", "A policy with everything.", "policy", document("policy", fullPolicy(), rootSigners()...), "TRUST-50", "TRUST-52"),
		goodDocument("keyset", "Two signing keys and an online key.", "keyset", document("keyset", keySetFields("33", 1), authority("33")[:2]...), "TRUST-60"),
		goodDocument("keyset-full", "Keys of two known algorithms and an unknown one, in every state, one of them limited.", "keyset", document("keyset", fullKeySet(), authority("33")[:2]...), "TRUST-14", "TRUST-60", "TRUST-61", "TRUST-64"),
		goodDocument("overlay", "A region's own requirements.", "overlay", document("overlay", append(docRegion("33", 2, documentTime),
			field(5, arrayOf(mapOf(pairs{field(1, uintOf(documentTime)), field(2, uintOf(documentTime+72*3600)), field(3, arrayOf(arrayOf(uintOf(1), demand())))})))), authority("33")[:2]...), "TRUST-53"),
		goodDocument("snapshot", "A snapshot of everything that a region can have.", "snapshot", document("snapshot", append(docRegion("33", 9, documentTime),
			field(5, arrayOf(uints(1, 1), bytesOf(make([]byte, 32)))), field(6, arrayOf(uints(1, 2), bytesOf(make([]byte, 32)))), field(7, bytesOf(make([]byte, 32)))), onlineKey("33")), "TRUST-70"),
		goodDocument("status", "A status list with an empty set.", "status", document("status", statusFields("33", 1), onlineKey("33")), "TRUST-80"),
		goodDocument("delta", "A day of three lists.", "delta", document("delta", deltaFields("33", 2, uints(7936, 7, 249)), onlineKey("33")), "TRUST-81"),
		goodDocument("admission", "A request for admission with a signature of each key.", "admission", document("admission", admissionFields("33"), authority("33")...), "TRUST-90"),
	}
}

// turned is the message with its signatures in the opposite order.
func turned(m *message) *message {
	slices.Reverse(m.signatures)
	return m
}

// strange is a list with algorithms at both ends of the integers of 64 bits.
func strange() *message {
	refs := arrayOf(arrayOf(intOf(math.MaxInt64), bytesOf([]byte{1})), arrayOf(intOf(algSM2), bytesOf(authority("33")[0].point())))
	m := document("list", listFields(1, arrayOf(textOf("33"), textOf("浙江省"), textOf("卫生健康委员会"), textOf("12345"),
		bytesOf(make([]byte, 32)), uintOf(useAll), uintOf(1), uintOf(0), uintOf(1), refs)), rootSigners()...)
	protected := mapOf(pairs{{intOf(1), intOf(math.MinInt64)}, {intOf(4), bytesOf(make([]byte, 32))}})
	m.signatures = append(m.signatures, arrayOf(bytesOf(protected), mapOf(nil), bytesOf([]byte{1})))
	return m
}

func requirement(op uint64, arguments raw, of ...raw) raw {
	return arrayOf(uintOf(op), arguments, arrayOf(of...))
}

// demand is one with every field.
func demand() raw {
	return mapOf(pairs{
		field(1, uints(0)), field(2, uints(1)), field(3, uints(2)), field(4, uintOf(1)),
		field(5, requirement(2, uints(), requirement(3, uints(1, 172800)), requirement(1, uints(), requirement(4, uints(2)), requirement(5, uints(14))), requirement(6, uints(1)))),
		field(6, uintOf(1)),
	})
}

func fullPolicy() pairs {
	edition := mapOf(pairs{
		field(1, uintOf(documentTime)), field(2, uintOf(documentTime+72*3600)), field(3, uints(86400, 7*86400, 100*86400)),
		field(4, arrayOf(arrayOf(uintOf(1), mapOf(pairs{field(1, uints(0, 1))}), demand()))),
	})
	rule := mapOf(pairs{
		field(1, uintOf(101)), field(2, textOf("密接")), field(3, textOf("密切接触者。")), field(4, uints(1)),
		field(5, uintOf(14*86400)), field(6, uintOf(documentTime)), field(7, uintOf(documentTime+86400)),
	})
	return append(docHead(1, 3, documentTime), field(5, arrayOf(edition)), field(6, arrayOf(rule)),
		field(7, arrayOf(arrayOf(uintOf(4), uintOf(7), textOf("新疫苗"), textOf("New vaccine")))))
}

func fullKeySet() pairs {
	es256 := keyOf("signing/33", algES256, 0)
	sm2 := []*key{signingKey("33", 0), signingKey("33", 1), signingKey("33", 2)}
	return append(docRegion("33", 7, documentTime),
		field(5, arrayOf(
			arrayOf(intOf(algSM2), uintOf(0), uintOf(65535), uintOf(useTests), points(sm2[:1])),
			batch(useStatus|useAdverse, sm2[1:]...),
			arrayOf(intOf(foreign), uintOf(1), uintOf(2), uintOf(1<<20), arrayOf(bytesOf([]byte{1, 2, 3}))),
			batch(useVaccinations, es256))),
		field(6, arrayOf(arrayOf(bytesOf(sm2[1].kid()), uintOf(documentTime)))),
		field(7, arrayOf(arrayOf(bytesOf(es256.kid()), uintOf(documentTime)))),
		field(8, arrayOf(arrayOf(uintOf(3), textOf("第三检验所"), uintOf(documentTime), uintOf(0)), arrayOf(uintOf(4), textOf("第四检验所"), uintOf(documentTime), uintOf(documentTime+1)))),
		field(9, arrayOf(arrayOf(bytesOf(sm2[0].kid()), uints(33<<16+3, 33<<16+4)))))
}

func statusFields(region string, counter uint64) pairs {
	set := func(members ...uint32) raw { return arrayOf(uintOf(uint64(len(members))), bytesOf(encodeSet(members))) }
	return append(docRegion(region, counter, documentTime), field(5, uintOf(31<<8+2)), field(6, set(5, 9, 12, 40)), field(7, set()), field(8, set(77)))
}

// deltaFields touches the lists of the gaps: some are revoked in the first, one is
// superseded in the second, and one comes back in the third.
func deltaFields(region string, counter uint64, gaps raw) pairs {
	base, result := make([]byte, 32), make([]byte, 32)
	result[0] = 1
	return append(docRegion(region, counter, documentTime), field(5, bytesOf(base)), field(6, bytesOf(result)),
		field(7, gaps), field(8, arrayOf(bytesOf(addition([]uint32{5, 9, 12, 40})), bytesOf(addition(nil, []uint32{8})), bytesOf(nil))),
		field(9, arrayOf(arrayOf(uintOf(2), bytesOf(addition(nil, nil, []uint32{77}))))))
}

func admissionFields(region string) pairs {
	return append(docRegion(region, 1, documentTime), field(5, textOf(provinceNames[region])), field(6, textOf("卫生健康委员会")), field(7, textOf("12345")),
		field(8, bytesOf(make([]byte, 32))), field(9, uintOf(useAll)), field(10, uintOf(2)), field(11, keyRefs(authority(region))))
}

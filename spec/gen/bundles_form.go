package main

import (
	"encoding/hex"
	"math"
)

// fileVector is a vector of a file that is no right bundle.
func fileVector(name, expect, comment string, data raw, requirement ...string) *bundleVector {
	v := newNation().vector(name, expect, comment, requirement...)
	v.Bundle = hex.EncodeToString(data)
	return v
}

// formBundles tell bundles of later versions from files that are none.
func formBundles() []*bundleVector {
	return []*bundleVector{
		fileVector("magic-10", "later", "The tenth form of bundles.", arrayOf(textOf("tongxing/bundle/10"), mapOf(nil)), "TRUST-102"),
		fileVector("magic-word", "later", "A form with another name, longer than 23 bytes.", arrayOf(textOf("tongxing/bundle/of-tomorrow"), mapOf(nil)), "TRUST-102"),
		fileVector("magic-three-elements", "later", "A bundle with a third element.", arrayOf(textOf("tongxing/bundle/1"), mapOf(nil), uintOf(1)), "TRUST-102"),
		fileVector("magic-no-map", "later", "A bundle whose content is no map.", arrayOf(textOf("tongxing/bundle/1"), arrayOf()), "TRUST-102"),
		fileVector("magic-2-not-deterministic", "later", "A bundle of a later form that goes on in another encoding.",
			append(arrayOf(textOf("tongxing/bundle/2"))[:18:18], 0xbf, 0xff, 0xff), "TRUST-102"),
		fileVector("magic-cut", "not_a_bundle", "A bundle that ends behind its name.", append(raw{0x82}, textOf("tongxing/bundle/1")...), "TRUST-102"),
		fileVector("magic-short", "not_a_bundle", "A name that ends too early.", arrayOf(textOf("tongxing/bundle"), mapOf(nil)), "TRUST-102"),
		fileVector("magic-bytes", "not_a_bundle", "The name as a byte string.", arrayOf(bytesOf([]byte("tongxing/bundle/2")), mapOf(nil)), "TRUST-102"),
		fileVector("magic-long-head", "not_a_bundle", "A name whose length is not in its shortest form.",
			append(append(raw{0x82}, longHead(3, 17, 1)...), "tongxing/bundle/2"...), "TRUST-102"),
		fileVector("empty-map", "not_a_bundle", "A bundle without roots and list.", arrayOf(textOf("tongxing/bundle/1"), mapOf(nil)), "TRUST-100"),
	}
}

// anchoredAt makes another root of the chain the one that is trusted.
func (v *bundleVector) anchoredAt(m *message) *bundleVector {
	hash := m.hash()
	v.Anchor = hex.EncodeToString(hash[:])
	return v
}

func bothRegions() []bundleRegion {
	return []bundleRegion{goodRegion("33", "1.1"), goodRegion("41", "1.1")}
}

// chainBundles have something before the trusted root, which is the second.
func chainBundles() []*bundleVector {
	second := document("root", rootFields(2), rootSigners()...)
	behind := func(first *message) *nation {
		return changed(func(n *nation) { n.chain = []*message{first, second} })
	}
	after := func(name, comment string, first *message, requirement ...string) *bundleVector {
		v := behind(first).loads(name, comment, bothRegions(), requirement...).anchoredAt(second)
		v.Root = "1.2"
		return v
	}
	late := rootFields(1).with(uintOf(2), uintOf(documentTime+1800))
	return []*bundleVector{
		after("anchor-second", "A root before the trusted one, issued after everything: it raises no floor.", document("root", late, rootSigners()...), "TRUST-104", "TRUST-107"),
		after("anchor-second-unsigned", "A root before the trusted one that nobody signed.", document("root", rootFields(1), onlineKey("33")), "TRUST-104"),
		after("anchor-second-content", "A root before the trusted one that breaks the rules of its kind.", document("root", docHead(0, 0, 0), onlineKey("33")), "TRUST-104"),
		behind(newNation().list).vector("anchor-second-after-list", "kind", "A list before the trusted root.", "TRUST-104").anchoredAt(second),
		behind(newMessage("root", mapOf(nil))).vector("anchor-second-after-envelope", "envelope", "A root without signatures before the trusted one.", "TRUST-104").anchoredAt(second),
		newNation().vector("anchor-missing", "not_anchored", "A chain without the trusted root.", "TRUST-104").anchoredAt(second),
	}
}

// withRoot is a nation whose one root has other fields.
func withRoot(fields pairs, change func(*nation)) *nation {
	return changed(func(n *nation) {
		n.chain[0] = document("root", fields, rootSigners()...)
		change(n)
	})
}

// groupBundles have groups that sign the policy, and added groups.
func groupBundles() []*bundleVector {
	sm2, es256 := rootKeys()
	keys := keysOf("policy", algSM2, 3)
	policed := append(rootFields(1), field(8, arrayOf(group("policy", 1, 2, keys))))
	added := func(g raw) pairs {
		return rootFields(1).with(uintOf(5), arrayOf(group("ES256", 1, 3, es256), g, group("SM2", 1, 3, sm2)))
	}
	tomorrow := arrayOf(textOf("ML-DSA-65"), uintOf(2), intOf(foreign), uintOf(1), arrayOf(bytesOf(make([]byte, 1952))))
	same := func(*nation) {}
	byKeys := withRoot(policed, func(n *nation) { n.policy = document("policy", policyFields(1), keys[:2]...) })
	skipped, unmet := withRoot(added(tomorrow), same), withRoot(added(group("Extra", 2, 1, keys)), same)
	byRoot := withRoot(policed, same)
	foreignAuthority := changed(func(n *nation) {
		key := authority("33")[0]
		refs := arrayOf(arrayOf(intOf(math.MaxInt64), bytesOf([]byte{1})), arrayOf(intOf(algSM2), bytesOf(key.point())))
		n.list = document("list", listFields(1, arrayOf(textOf("33"), textOf("浙江省"), textOf("卫生健康委员会"), textOf("12345"),
			bytesOf(make([]byte, 32)), uintOf(useAll), uintOf(1), uintOf(0), uintOf(2), refs), entry("41", useAll, 1, 0)), rootSigners()...)
	}).loads("region-foreign-key-needed", "An authority that only a key of an unknown algorithm could complete: the list is right.",
		[]bundleRegion{{Region: "33", Expect: "threshold"}, goodRegion("41", "1.1")}, "TRUST-40", "TRUST-14")
	return []*bundleVector{
		foreignAuthority,
		byKeys.loads("policy-by-its-groups", "A policy by the groups that the root names for it.", bothRegions(), "TRUST-33").anchoredAt(byKeys.chain[0]),
		byRoot.vector("policy-by-root-groups", "threshold", "A policy by the groups of the root, which names others for it.", "TRUST-33").anchoredAt(byRoot.chain[0]),
		skipped.loads("added-group-unknown", "An added group of an unknown algorithm, of which nobody signed.", bothRegions(), "TRUST-33").anchoredAt(skipped.chain[0]),
		unmet.vector("added-group-known", "threshold", "An added group of a known algorithm, of which nobody signed.", "TRUST-33").anchoredAt(unmet.chain[0]),
	}
}

// epochBundles change the epoch of the list, the policy or a region.
func epochBundles() []*bundleVector {
	signers := rootSigners()
	turned := func(key uint64) func(*nation) {
		return func(n *nation) {
			n.chain = append(n.chain, document("root", rootFields(2).with(uintOf(key), uintOf(2)), signers...))
		}
	}
	list := func(epoch, counter uint64, entries ...raw) *message {
		return document("list", listFields(1, entries...).with(uintOf(1), uints(epoch, counter)), signers...)
	}
	first, second := entry("33", useAll, 1, 0), entry("41", useAll, 1, 0)
	listEpoch := changed(func(n *nation) {
		turned(6)(n)
		n.list = list(2, 1, first, second)
	}).loads("new-list-epoch", "A root with a new epoch overcomes the last counter of a list.", bothRegions(), "TRUST-41", "TRUST-22").
		after(changed(func(n *nation) { n.list = list(1, math.MaxUint32, first, second) }))
	listEpoch.Root, listEpoch.List = "1.2", "2.1"
	lowered := func(name, expect, comment string, change func(*nation)) *bundleVector {
		v := changed(func(n *nation) {
			n.list = list(1, 2, first, second)
			change(n)
		}).loads(name, comment, []bundleRegion{{Region: "33", Expect: expect}, goodRegion("41", "1.1")}, "TRUST-42").
			after(changed(func(n *nation) {
				n.list = list(1, 1, entry("33", useAll, 2, 0), second)
				n.regions[0].keySet = document("keyset", keySetFields("33", 1).with(uintOf(1), uints(2, 1)), authority("33")[:2]...)
				n.regions[0].snapshot = nil
			}))
		v.List = "1.2"
		return v
	}
	groups := changed(func(n *nation) {
		keys := arrayOf(group("policy", 1, 2, keysOf("policy", algSM2, 3)))
		n.chain = append(n.chain, document("root", append(rootFields(2), field(8, keys)), signers...))
		n.policy = nil
	})
	return []*bundleVector{
		listEpoch,
		lowered("region-epoch-lowered", "rollback", "A list that takes the epoch of a region back, and a key set of that epoch.", func(*nation) {}),
		lowered("region-epoch-lowered-alone", "epoch", "A list that takes the epoch of a region back, and nothing of the region.", func(n *nation) { n.regions = n.regions[1:] }),
		changed(func(n *nation) {
			turned(7)(n)
			n.policy = nil
		}).vector("policy-omitted-new-epoch", "epoch", "A root with a new epoch of the policy, and no policy: the known one no longer holds.", "TRUST-105").after(newNation()),
		groups.vector("policy-omitted-new-groups", "threshold", "A root that lets others sign the policy, and no policy: the known one no longer holds.", "TRUST-105").after(newNation()),
	}
}

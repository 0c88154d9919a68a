package main

import (
	"encoding/hex"
	"slices"
	"time"
)

// bundleVector is one bundle with what a device makes of it.
type bundleVector struct {
	Name        string         `json:"name"`
	Comment     string         `json:"comment"`
	Requirement []string       `json:"requirement"`
	Previous    string         `json:"previous,omitempty"` // the bundle that was in force, in hexadecimal
	Bundle      string         `json:"bundle"`             // in hexadecimal
	Anchor      string         `json:"anchor"`             // hash of the trusted root
	Clock       string         `json:"clock"`
	Expect      string         `json:"expect"` // ok, or the class of the fault that refuses the bundle
	Root        string         `json:"root,omitempty"`
	List        string         `json:"list,omitempty"`
	Policy      string         `json:"policy,omitempty"`
	Floor       string         `json:"floor,omitempty"`
	Regions     []bundleRegion `json:"regions,omitempty"`

	err error
}

// bundleRegion is what a device makes of one region.
type bundleRegion struct {
	Region   string            `json:"region"`
	Expect   string            `json:"expect"`             // ok, or the class of the fault that makes it unavailable
	KeySet   string            `json:"keyset,omitempty"`   // version
	Keys     []string          `json:"keys,omitempty"`     // key identifiers, ascending
	Snapshot string            `json:"snapshot,omitempty"` // versions of what is in force
	Overlay  string            `json:"overlay,omitempty"`
	Lists    map[string]string `json:"lists,omitempty"` // version by number
	Delta    string            `json:"delta,omitempty"` // the last that follows on the lists
	// Known is what can be asked of the lists after the deltas, by number: revoked,
	// superseded, suspended.
	Known  map[string]threeSets `json:"known,omitempty"`
	Behind bool                 `json:"behind,omitempty"`
	// Withdrawn is when laboratories are withdrawn, by number.
	Withdrawn map[string]string `json:"withdrawn,omitempty"`
	Shared    []string          `json:"shared,omitempty"` // regions that name a key of this one's too
}

// nation is everything that a bundle is made of.
type nation struct {
	magic   string
	chain   []*message
	list    *message
	policy  *message
	regions []*nationRegion
	extra   pairs // fields of tomorrow
}

type nationRegion struct {
	code     string
	keySet   *message
	overlay  *message
	snapshot *message
	lists    []*message
	deltas   []*message
}

// newNation has the regions 33 and 41.
func newNation() *nation {
	n := &nation{
		magic:  "tongxing/bundle/1",
		chain:  []*message{document("root", rootFields(1), rootSigners()...)},
		list:   document("list", listFields(1, entry("33", useAll, 1, 0), entry("41", useAll, 1, 0)), rootSigners()...),
		policy: document("policy", policyFields(1), rootSigners()...),
	}
	for _, code := range []string{"33", "41"} {
		r := &nationRegion{code: code}
		r.publish(1)
		n.regions = append(n.regions, r)
	}
	return n
}

// publish gives the region a key set and the snapshot that names it.
func (r *nationRegion) publish(counter uint64) {
	r.keySet = document("keyset", keySetFields(r.code, counter), authority(r.code)[:2]...)
	r.snapshot = document("snapshot", snapshotFields(r.code, counter, counter, r.keySet), onlineKey(r.code))
}

func (n *nation) bytes() (raw, error) {
	var err error
	part := func(m *message) raw {
		if m.err != nil {
			err = m.err
		}
		return bytesOf(m.bytes())
	}
	var regions []raw
	for _, r := range n.regions {
		fields := pairs{field(1, textOf(r.code))}
		if r.keySet != nil {
			fields = append(fields, field(2, part(r.keySet)))
		}
		if r.overlay != nil {
			fields = append(fields, field(3, part(r.overlay)))
		}
		if r.snapshot != nil {
			fields = append(fields, field(4, part(r.snapshot)))
		}
		for i, status := range [][]*message{r.lists, r.deltas} {
			if len(status) != 0 {
				fields = append(fields, field(uint64(5+i), arrayOf(each(status, part)...)))
			}
		}
		regions = append(regions, mapOf(fields))
	}
	fields := append(pairs{field(1, arrayOf(each(n.chain, part)...)), field(2, part(n.list))}, n.extra...)
	if n.policy != nil {
		fields = append(fields, field(3, part(n.policy)))
	}
	if len(regions) != 0 {
		fields = append(fields, field(4, arrayOf(regions...)))
	}
	return arrayOf(textOf(n.magic), mapOf(fields)), err
}

func each(messages []*message, encode func(*message) raw) []raw {
	var all []raw
	for _, m := range messages {
		all = append(all, encode(m))
	}
	return all
}

// bundleClock is an hour after the newest document.
const bundleClock = documentTime + 3600

func rfc3339(t int64) string { return time.Unix(t, 0).UTC().Format(time.RFC3339) }

// vector makes a vector of what change makes of a good nation.
func (n *nation) vector(name, expect, comment string, requirement ...string) *bundleVector {
	data, err := n.bytes()
	anchor := document("root", rootFields(1)).hash()
	return &bundleVector{
		Name: name, Comment: comment, Requirement: requirement, Bundle: hex.EncodeToString(data),
		Anchor: hex.EncodeToString(anchor[:]), Clock: rfc3339(bundleClock), Expect: expect, err: err,
	}
}

// loads is vector for a bundle that loads.
func (n *nation) loads(name, comment string, regions []bundleRegion, requirement ...string) *bundleVector {
	v := n.vector(name, "ok", comment, requirement...)
	v.Root, v.List, v.Policy, v.Floor, v.Regions = "1.1", "1.1", "1.1", rfc3339(documentTime), regions
	return v
}

// after gives the vector the nation that was in force.
func (v *bundleVector) after(previous *nation) *bundleVector {
	data, err := previous.bytes()
	v.Previous = hex.EncodeToString(data)
	if err != nil {
		v.err = err
	}
	return v
}

func goodRegion(code, version string) bundleRegion {
	keys := []string{}
	for _, k := range []*key{signingKey(code, 0), signingKey(code, 1), onlineKey(code)} {
		keys = append(keys, hex.EncodeToString(k.kid()))
	}
	slices.Sort(keys)
	return bundleRegion{Region: code, Expect: "ok", KeySet: version, Keys: keys, Snapshot: version}
}

// with is the region with something else in force.
func (r bundleRegion) with(change func(*bundleRegion)) bundleRegion {
	change(&r)
	return r
}

func noSnapshot(r *bundleRegion) { r.Snapshot = "" }

func changed(change func(*nation)) *nation {
	n := newNation()
	change(n)
	return n
}

func bundleVectors() []*bundleVector {
	return slices.Concat(goodBundles(), refusedBundles(), regionBundles(), laterBundles(),
		formBundles(), chainBundles(), groupBundles(), partBundles(), statusBundles(), deltaBundles(), contentBundles(), lossBundles(), monthBundles(), withdrawalBundles(), epochBundles())
}

func goodBundles() []*bundleVector {
	both := []bundleRegion{goodRegion("33", "1.1"), goodRegion("41", "1.1")}
	fresh := append(keysOf("root/new", algSM2, 3), keysOf("root/new", algES256, 3)...)
	rotated := changed(func(n *nation) {
		groups := arrayOf(group("ES256", 1, 3, fresh[3:]), group("SM2", 1, 3, fresh[:3]))
		n.chain = append(n.chain,
			document("root", rootFields(2).with(uintOf(5), groups), append(rootSigners(), fresh...)...),
			document("root", rootFields(3).with(uintOf(5), groups), fresh...))
		n.list = document("list", listFields(1, entry("33", useAll, 1, 0), entry("41", useAll, 1, 0)), fresh...)
		n.policy = document("policy", policyFields(1), fresh...)
	}).loads("rotation", "Two roots later, with entirely new keys.", both, "TRUST-34", "TRUST-35")
	rotated.Root = "1.3"
	noPolicy := changed(func(n *nation) { n.policy = nil }).loads("no-policy", "A bundle without a policy.", both, "TRUST-100")
	noPolicy.Policy = ""
	foreign := changed(func(n *nation) {
		m := n.list
		thumbprint := make([]byte, 32)
		protected := mapOf(pairs{{intOf(1), intOf(foreign)}, {intOf(4), bytesOf(thumbprint)}})
		m.signatures = append([]raw{arrayOf(bytesOf(protected), mapOf(nil), bytesOf(make([]byte, 3309)))}, m.signatures...)
	})
	return []*bundleVector{
		newNation().loads("good", "A root, the list, a policy and two regions.", both, "TRUST-100", "TRUST-101"),
		changed(func(n *nation) { n.regions = nil }).loads("no-regions", "The list names regions of which the bundle has nothing.",
			[]bundleRegion{{Region: "33", Expect: "missing"}, {Region: "41", Expect: "missing"}}, "TRUST-110"),
		noPolicy, rotated,
		foreign.loads("unknown-signer-first", "A signature of an unknown algorithm before all others.", both, "TRUST-15"),
	}
}

func refusedBundles() []*bundleVector {
	refuse := func(name, expect, comment string, change func(*nation), requirement ...string) *bundleVector {
		return changed(change).vector(name, expect, comment, requirement...)
	}
	signers := rootSigners()
	listBy := func(keys ...*key) func(*nation) {
		return func(n *nation) {
			n.list = document("list", listFields(1, entry("33", useAll, 1, 0)), keys...)
		}
	}
	root := func(change func(pairs) pairs, keys ...*key) func(*nation) {
		return func(n *nation) { n.chain = append(n.chain, document("root", change(rootFields(2)), keys...)) }
	}
	same := func(p pairs) pairs { return p }
	other := append(keysOf("root/new", algSM2, 3), keysOf("root/new", algES256, 3)...)
	return []*bundleVector{
		refuse("magic-2", "later", "A bundle of a later form.", func(n *nation) { n.magic = "tongxing/bundle/2" }, "TRUST-102"),
		refuse("field-of-tomorrow", "later", "A bundle with a field of tomorrow.", func(n *nation) { n.extra = pairs{field(9, uintOf(1))} }, "TRUST-102"),
		refuse("magic-other", "not_a_bundle", "Another file.", func(n *nation) { n.magic = "tongxing/backup/1" }, "TRUST-102"),
		refuse("regions-unsorted", "not_a_bundle", "Regions out of order.", func(n *nation) { slices.Reverse(n.regions) }, "TRUST-101"),
		refuse("region-twice", "not_a_bundle", "One region twice.", func(n *nation) { n.regions[1] = n.regions[0] }, "TRUST-101"),
		refuse("list-five-signers", "threshold", "Two of three in one group, three of three in the other.", listBy(signers[1:]...), "TRUST-15"),
		refuse("list-one-group", "threshold", "Five SM2 keys and no ES256 key.", listBy(keysOf("root", algSM2, 5)...), "TRUST-15"),
		refuse("list-one-key-twice", "envelope", "A signature twice in the place of two.", func(n *nation) {
			listBy(signers[1:]...)(n)
			n.list.signatures = append(n.list.signatures, n.list.signature(signers[1]))
		}, "TRUST-10"),
		refuse("list-by-others", "threshold", "Signed by keys of nobody.", listBy(other...), "TRUST-15"),
		refuse("list-by-authority", "threshold", "Signed by the authority of a region.", listBy(authority("33")...), "TRUST-15"),
		refuse("policy-as-list", "kind", "A policy in the place of the list.", func(n *nation) { n.list = n.policy }, "TRUST-11"),
		refuse("list-epoch", "epoch", "A list of an epoch that the root does not set.", func(n *nation) {
			n.list = document("list", listFields(1).with(uintOf(1), uints(2, 1)), signers...)
		}, "TRUST-41"),
		refuse("root-not-under-old", "threshold", "A root that its own new keys alone signed.", root(func(p pairs) pairs {
			return p.with(uintOf(5), arrayOf(group("ES256", 1, 3, other[3:]), group("SM2", 1, 3, other[:3])))
		}, other...), "TRUST-34"),
		refuse("root-not-under-new", "threshold", "A root that the old keys alone signed.", root(func(p pairs) pairs {
			return p.with(uintOf(5), arrayOf(group("ES256", 1, 3, other[3:]), group("SM2", 1, 3, other[:3])))
		}, signers...), "TRUST-34"),
		refuse("root-gap", "chain", "Root 1.3 after root 1.1.", root(func(p pairs) pairs { return p.with(uintOf(1), uints(1, 3)) }, signers...), "TRUST-35"),
		refuse("root-epoch-back", "rollback", "A root that takes the epoch of the list back.", root(func(p pairs) pairs { return p.with(uintOf(6), uintOf(0)) }, signers...), "TRUST-36"),
		refuse("root-key-in-region", "shared", "A key of the root as an authority.", func(n *nation) {
			n.list = document("list", listFields(1, entryBy("33", useAll, 1, 0, 1, []*key{signers[0]})), signers...)
		}, "TRUST-13"),
		refuse("list-older", "rollback", "The list 1.1 after 1.2.", func(*nation) {}, "TRUST-103").after(changed(func(n *nation) {
			n.list = document("list", listFields(2, entry("33", useAll, 1, 0), entry("41", useAll, 1, 0)), signers...)
		})),
		refuse("list-forked", "fork", "Another list of the same version.", func(*nation) {}, "TRUST-103").after(changed(listBy(signers...))),
		refuse("root-older", "rollback", "Root 1.1 after 1.2.", func(*nation) {}, "TRUST-103").after(changed(root(same, signers...))),
	}
}

func regionBundles() []*bundleVector {
	region33 := func(name, expect, comment string, change func(*nation), requirement ...string) *bundleVector {
		return changed(change).loads(name, comment, []bundleRegion{{Region: "33", Expect: expect}, goodRegion("41", "1.1")}, requirement...)
	}
	keySetBy := func(fields pairs, keys ...*key) func(*nation) {
		return func(n *nation) { n.regions[0].keySet, n.regions[0].snapshot = document("keyset", fields, keys...), nil }
	}
	kept := func(name, comment string, change func(*nation), requirement ...string) *bundleVector {
		return changed(change).loads(name, comment, []bundleRegion{goodRegion("33", "1.2"), goodRegion("41", "1.1")}, requirement...).
			after(changed(func(n *nation) { n.regions[0].publish(2) }))
	}
	// withState is a nation that knows the first signing key of 33 as retired (6) or compromised (7).
	withState := func(state uint64) *nation {
		return changed(keySetBy(keySetFields("33", 1).with(uintOf(state), arrayOf(arrayOf(bytesOf(signingKey("33", 0).kid()), uintOf(documentTime)))), authority("33")[:2]...))
	}
	known := []bundleRegion{goodRegion("33", "1.1"), goodRegion("41", "1.1")}
	bare := []bundleRegion{known[0].with(noSnapshot), known[1]}
	claimed, claimant := goodRegion("33", "1.1"), goodRegion("41", "1.1").with(noSnapshot)
	claimed.Shared, claimant.Shared = []string{"41"}, []string{"33"}
	claimant.Keys = append(claimant.Keys, hex.EncodeToString(signingKey("33", 0).kid()))
	slices.Sort(claimant.Keys)
	return []*bundleVector{
		region33("region-one-signer", "threshold", "A key set by one key of the authority.", keySetBy(keySetFields("33", 1), authority("33")[0]), "TRUST-110"),
		region33("region-by-another", "threshold", "A key set by the authority of another region.", keySetBy(keySetFields("33", 1), authority("41")...), "TRUST-110"),
		region33("region-of-another", "region", "The key set of another region, by this one's authority.", keySetBy(keySetFields("41", 1), authority("33")...), "TRUST-110"),
		region33("region-epoch", "epoch", "A key set of an epoch that the list does not set.", keySetBy(keySetFields("33", 1).with(uintOf(1), uints(2, 1)), authority("33")...), "TRUST-42"),
		region33("region-future", "held_aside", "A key set issued 24 hours and a second after the clock.", keySetBy(keySetFields("33", 1).with(uintOf(2), uintOf(bundleClock+86401)).with(uintOf(3), uintOf(bundleClock+2*86400)), authority("33")...), "TRUST-111"),
		region33("region-authority-as-signer", "shared", "An authority key as a signing key.", keySetBy(keySetFields("33", 1).with(uintOf(5), arrayOf(batch(useStatus, authority("33")[2]))), authority("33")[:2]...), "TRUST-13"),
		region33("region-behind-snapshot", "outdated", "A snapshot that names a newer key set.", func(n *nation) {
			n.regions[0].snapshot = document("snapshot", snapshotFields("33", 1, 2, n.regions[0].keySet), onlineKey("33"))
		}, "TRUST-71"),
		region33("region-forked-snapshot", "fork", "A snapshot that names another key set of the version.", func(n *nation) {
			n.regions[0].snapshot = document("snapshot", snapshotFields("33", 1, 1, n.regions[1].keySet), onlineKey("33"))
		}, "TRUST-71"),
		kept("kept-older", "An older key set leaves the known one in force.", func(*nation) {}, "TRUST-103", "TRUST-112"),
		kept("kept-omitted", "A region that the bundle leaves out stays.", func(n *nation) { n.regions = n.regions[1:] }, "TRUST-113"),
		kept("kept-broken", "A key set that too few signed leaves the known one in force.", keySetBy(keySetFields("33", 3), authority("33")[0]), "TRUST-112"),
		kept("kept-future", "A key set of the future leaves the known one in force.", keySetBy(keySetFields("33", 3).with(uintOf(2), uintOf(bundleClock+86401)).with(uintOf(3), uintOf(bundleClock+2*86400)), authority("33")...), "TRUST-111"),
		changed(func(n *nation) { n.regions[0].publish(2) }).loads("kept-compromised", "A key that was compromised is active again: the known key set stays.",
			bare, "TRUST-66", "TRUST-112").after(withState(7)),
		changed(func(n *nation) { n.regions[0].publish(2) }).loads("kept-retired", "A key that was retired is active again: the known key set stays.",
			bare, "TRUST-66", "TRUST-112").after(withState(6)),
		changed(keySetBy(keySetFields("33", 2).with(uintOf(5), arrayOf(batch(useCredentials, signingKey("33", 1)), batch(useStatusList|useSnapshot, onlineKey("33")))), authority("33")[:2]...)).
			loads("kept-retired-omitted", "A key that was retired is no longer named: the known key set stays.", bare, "TRUST-66").after(withState(6)),
		changed(func(n *nation) {
			all := []*key{signingKey("41", 0), signingKey("41", 1), signingKey("33", 0)}
			claims := arrayOf(batch(useCredentials, all...), batch(useStatusList|useSnapshot, onlineKey("41")))
			fields := keySetFields("41", 1).with(uintOf(2), uintOf(documentTime-86400)).with(uintOf(5), claims)
			n.regions[1].keySet, n.regions[1].snapshot = document("keyset", fields, authority("41")[:2]...), nil
		}).loads("region-claims-a-key", "A region names a key of another, in an older key set than the other's: both stand.",
			[]bundleRegion{claimed, claimant}, "TRUST-114"),
		changed(func(n *nation) {
			n.regions[0].snapshot = document("snapshot", snapshotFields("33", 1, 1, n.regions[0].keySet), signingKey("33", 0))
		}).loads("snapshot-wrong-key", "A snapshot by a key without the usage is refused; the region stands.", bare, "TRUST-70"),
	}
}

// laterBundles follow on one that was in force and are taken.
func laterBundles() []*bundleVector {
	signers := rootSigners()
	epoch := changed(func(n *nation) {
		n.list = document("list", listFields(2, entry("33", useAll, 2, 0), entry("41", useAll, 1, 0)), signers...)
		n.regions[0].keySet = document("keyset", keySetFields("33", 1).with(uintOf(1), uints(2, 1)), authority("33")[:2]...)
		n.regions[0].snapshot = nil
	}).loads("new-epoch", "A new epoch overcomes the highest counter of a thief.", []bundleRegion{goodRegion("33", "2.1").with(noSnapshot), goodRegion("41", "1.1")}, "TRUST-42").
		after(changed(func(n *nation) { n.regions[0].publish(1<<32 - 1) }))
	epoch.List = "1.2"
	removed := changed(func(n *nation) {
		n.list = document("list", listFields(2, entry("41", useAll, 1, 0)), signers...)
		n.regions = n.regions[1:]
	}).loads("removed", "The list no longer names a region.", []bundleRegion{goodRegion("41", "1.1")}, "TRUST-113").after(newNation())
	removed.List = "1.2"
	least := changed(func(n *nation) {
		n.list = document("list", listFields(2, entry("33", useAll, 1, 2), entry("41", useAll, 1, 0)), signers...)
		n.regions = n.regions[1:]
	}).loads("least-counter", "The list asks for a newer key set than the one that is known.",
		[]bundleRegion{{Region: "33", Expect: "rollback"}, goodRegion("41", "1.1")}, "TRUST-42", "TRUST-112").after(newNation())
	least.List = "1.2"
	withList := func(counter, issued uint64) *nation {
		return changed(func(n *nation) {
			fields := listFields(counter, entry("33", useAll, 1, 0), entry("41", useAll, 1, 0))
			n.list = document("list", fields.with(uintOf(2), uintOf(issued)), signers...)
		})
	}
	both := []bundleRegion{goodRegion("33", "1.1"), goodRegion("41", "1.1")}
	back := withList(2, documentTime).loads("list-issued-earlier", "A list of a higher version that was issued earlier: it is taken, and the floor stays.",
		both, "TRUST-141", "TRUST-107").after(withList(1, documentTime+1800))
	back.List, back.Floor = "1.2", rfc3339(documentTime+1800)
	overdue := changed(func(n *nation) {
		due := func(p pairs) pairs {
			return append(p[:2:2], append(pairs{field(3, uintOf(documentTime+60))}, p[2:]...)...)
		}
		n.chain[0] = document("root", due(rootFields(1)), signers...)
		n.list = document("list", due(listFields(1, entry("33", useAll, 1, 0), entry("41", useAll, 1, 0))), signers...)
		n.policy = document("policy", due(policyFields(1)), signers...)
	})
	anchor := overdue.chain[0].hash()
	late := overdue.loads("overdue", "Root, list and policy should have been followed an hour ago: they stay in force.", both, "TRUST-142")
	late.Anchor = hex.EncodeToString(anchor[:])
	return []*bundleVector{epoch, removed, least, back, late}
}

package main

import (
	"crypto/sha256"
	"fmt"
)

// The lists of the vectors: that of the month of all documents, the one before
// and the last that a credential can name, and the first that none can.
const (
	listNow   = 31<<8 + 2
	listOver  = 30<<8 + 2
	listLast  = 44<<8 + 2
	listAhead = 45<<8 + 2
)

// statusSets are the three sets of a list in which some are revoked.
func statusSets(revoked ...uint32) []raw {
	set := func(members []uint32) raw { return arrayOf(uintOf(uint64(len(members))), bytesOf(encodeSet(members))) }
	return []raw{set(revoked), set(nil), set([]uint32{77})}
}

// statusHash is that of one list.
func statusHash(number uint64, revoked ...uint32) []byte {
	hash := sha256.Sum256(arrayOf(arrayOf(append([]raw{uintOf(number)}, statusSets(revoked...)...)...)))
	return hash[:]
}

// statusList is a list of region 33 in which 5 is revoked.
func statusList(number, counter uint64, signer *key) *message {
	sets := statusSets(5)
	return document("status", append(docRegion("33", counter, documentTime), field(5, uintOf(number)),
		field(6, sets[0]), field(7, sets[1]), field(8, sets[2])), signer)
}

// delta adds one revoked index to the list of the month, in which before are
// revoked.
func delta(counter uint64, added uint32, before ...uint32) *message {
	after := append(append([]uint32{}, before...), added)
	return document("delta", append(docRegion("33", counter, documentTime),
		field(5, bytesOf(statusHash(listNow, before...))), field(6, bytesOf(statusHash(listNow, after...))),
		field(7, uints(listNow)), field(8, arrayOf(bytesOf(addition([]uint32{added}))))), onlineKey("33"))
}

func overlayOf(counter uint64, signers ...*key) *message {
	return document("overlay", append(docRegion("33", counter, documentTime),
		field(5, arrayOf(mapOf(pairs{field(1, uintOf(documentTime))})))), signers...)
}

// names gives the region a snapshot that names its key set and more.
func (r *nationRegion) names(more ...pair) {
	r.snapshot = document("snapshot", append(snapshotFields(r.code, 1, 1, r.keySet), more...), onlineKey(r.code))
}

func overlayRef(counter uint64, overlay *message) pair {
	hash := overlay.hash()
	return field(6, arrayOf(uints(1, counter), bytesOf(hash[:])))
}

func statusRef(hash []byte) pair { return field(7, bytesOf(hash)) }

// whole is a nation whose region 33 has a document of every kind, but deltas.
func whole(change func(*nationRegion)) *nation {
	return changed(func(n *nation) {
		r := n.regions[0]
		r.overlay = overlayOf(1, authority("33")[:2]...)
		r.lists = []*message{statusList(listNow, 1, onlineKey("33"))}
		r.names(overlayRef(1, r.overlay), statusRef(statusHash(listNow, 5)))
		change(r)
	})
}

func wholeRegion() bundleRegion {
	return goodRegion("33", "1.1").with(func(r *bundleRegion) {
		r.Overlay, r.Lists, r.Known = "1.1", map[string]string{fmt.Sprint(listNow): "1.1"}, regionLists{listNow: usual}.known()
	})
}

// wholeVector is a vector of whole, of which something else is in force.
func wholeVector(name, comment string, change func(*nationRegion), expect func(*bundleRegion), requirement ...string) *bundleVector {
	return whole(change).loads(name, comment, []bundleRegion{wholeRegion().with(expect), goodRegion("41", "1.1")}, requirement...)
}

func allInForce(*bundleRegion) {}
func unchanged(*nationRegion)  {}

// partBundles have overlays and snapshots that are taken or not.
func partBundles() []*bundleVector {
	head := authority("33")
	noOverlay := func(r *bundleRegion) { r.Overlay = "" }
	return []*bundleVector{
		wholeVector("whole", "A region with overlay, snapshot and a status list.", unchanged, allInForce, "TRUST-100", "TRUST-71", "TRUST-84"),
		wholeVector("overlay-one-signer", "An overlay by one key of the authority.", func(r *nationRegion) { r.overlay = overlayOf(1, head[0]) }, noOverlay, "TRUST-110"),
		wholeVector("overlay-by-online-key", "An overlay by a key that signs snapshots.", func(r *nationRegion) { r.overlay = overlayOf(1, onlineKey("33")) }, noOverlay, "TRUST-110"),
		wholeVector("overlay-behind", "A snapshot that names a newer overlay.", func(r *nationRegion) { r.names(overlayRef(2, r.overlay)) }, noOverlay, "TRUST-71"),
		wholeVector("overlay-forked", "A snapshot that names another overlay of the version.", func(r *nationRegion) { r.names(overlayRef(1, r.keySet)) }, noOverlay, "TRUST-71"),
		wholeVector("overlay-kept", "A new overlay by one key of the authority: the known one stays.", func(r *nationRegion) { r.overlay = overlayOf(2, head[0]) },
			allInForce, "TRUST-112").after(whole(unchanged)),
		wholeVector("overlay-newer", "An overlay that is newer than the one that the snapshot names.", func(r *nationRegion) { r.overlay = overlayOf(2, head[:2]...) },
			func(r *bundleRegion) { r.Overlay = "1.2" }, "TRUST-71").after(whole(unchanged)),
		wholeVector("snapshot-kept", "A new snapshot by a key without the usage: the known one stays.", func(r *nationRegion) {
			r.snapshot = document("snapshot", snapshotFields("33", 2, 1, r.keySet), signingKey("33", 0))
		}, allInForce, "TRUST-112", "TRUST-70").after(whole(unchanged)),
		wholeVector("kept-whole", "A key set that too few signed, and a new overlay and list: nothing of the region is taken.", func(r *nationRegion) {
			r.keySet = document("keyset", keySetFields("33", 2), head[0])
			r.overlay, r.lists = overlayOf(2, head[:2]...), []*message{statusList(listNow, 2, onlineKey("33"))}
		}, allInForce, "TRUST-112").after(whole(unchanged)),
		wholeVector("kept-behind-snapshot", "A snapshot that names a key set which is not there, and a new list: nothing of the region is taken.", func(r *nationRegion) {
			r.snapshot = document("snapshot", snapshotFields("33", 2, 2, r.keySet), onlineKey("33"))
			r.lists = []*message{statusList(listNow, 2, onlineKey("33"))}
		}, allInForce, "TRUST-112", "TRUST-71").after(whole(unchanged)),
	}
}

// statusBundles have status lists that are taken or not.
func statusBundles() []*bundleVector {
	online := onlineKey("33")
	lists := func(lists ...*message) func(*nationRegion) { return func(r *nationRegion) { r.lists = lists } }
	none := func(r *bundleRegion) { r.Lists, r.Known = nil, nil }
	behind := func(r *bundleRegion) { r.Behind = true }
	also := func(r *bundleRegion) {
		r.Lists, r.Behind = map[string]string{fmt.Sprint(listNow): "1.1", fmt.Sprint(listLast): "1.1"}, true
		r.Known = regionLists{listNow: usual, listLast: usual}.known()
	}
	second := func(r *bundleRegion) { r.Lists = map[string]string{fmt.Sprint(listNow): "1.2"} }
	sets := statusSets(5)
	future := document("status", append(docRegion("33", 2, bundleClock+86401), field(5, uintOf(listNow)),
		field(6, sets[0]), field(7, sets[1]), field(8, sets[2])), online)
	return []*bundleVector{
		wholeVector("status-behind", "A snapshot that names other lists.", func(r *nationRegion) { r.names(overlayRef(1, r.overlay), statusRef(make([]byte, 32))) }, behind, "TRUST-84"),
		wholeVector("status-none", "A snapshot that names lists, and none of them.", lists(), none, "TRUST-84"),
		wholeVector("status-wrong-key", "A list by a key without the usage.", lists(statusList(listNow, 1, signingKey("33", 0))), none, "TRUST-82"),
		wholeVector("status-month-ended", "A list of the month before.", lists(statusList(listNow, 1, online), statusList(listOver, 1, online)), allInForce, "TRUST-83"),
		wholeVector("status-month-13", "A list of the thirteenth month after this one.", lists(statusList(listNow, 1, online), statusList(listLast, 1, online)), also, "TRUST-85"),
		wholeVector("status-month-14", "A list of the fourteenth month after this one.", lists(statusList(listNow, 1, online), statusList(listAhead, 1, online)), allInForce, "TRUST-85"),
		wholeVector("status-older", "An older list leaves the known one.", unchanged, second, "TRUST-103").after(whole(lists(statusList(listNow, 2, online)))),
		wholeVector("status-newer", "A newer list.", lists(statusList(listNow, 2, online)), second, "TRUST-103").after(whole(unchanged)),
		wholeVector("status-omitted", "A list that is left out stays.", lists(), allInForce, "TRUST-113").after(whole(unchanged)),
		wholeVector("status-future", "A list issued 24 hours and a second after the clock: the known one stays.", lists(future), allInForce, "TRUST-111").after(whole(unchanged)),
	}
}

// deltaBundles have deltas that follow on the list of the month or do not.
func deltaBundles() []*bundleVector {
	days := []*message{delta(1, 40, 5), delta(2, 99, 5, 40)}
	deltas := func(deltas ...*message) func(*nationRegion) {
		return func(r *nationRegion) {
			r.deltas = deltas
			r.names(overlayRef(1, r.overlay), statusRef(statusHash(listNow, 5, 40, 99)))
		}
	}
	last := func(version string, behind bool) func(*bundleRegion) {
		return func(r *bundleRegion) {
			r.Delta, r.Behind = version, behind
			revoked := map[string][]uint32{"": {5}, "1.1": {5, 40}, "1.2": {5, 40, 99}}[version]
			r.Known = regionLists{listNow: {revoked, nil, {77}}}.known()
		}
	}
	return []*bundleVector{
		wholeVector("deltas", "Two deltas, one after the other.", deltas(days...), last("1.2", false), "TRUST-82"),
		wholeVector("deltas-one", "The first delta alone: the lists are behind.", deltas(days[0]), last("1.1", true), "TRUST-82", "TRUST-84"),
		wholeVector("deltas-gap", "The second delta without the first.", deltas(days[1]), last("", true), "TRUST-82"),
		wholeVector("deltas-turned", "The second delta before the first.", deltas(days[1], days[0]), last("", true), "TRUST-82"),
		wholeVector("deltas-version", "A second delta of the version of the first.", deltas(days[0], delta(1, 99, 5, 40)), last("", true), "TRUST-82"),
		wholeVector("deltas-again", "A delta that is known, and one that follows on it.", deltas(days...), last("1.2", false), "TRUST-82").after(whole(deltas(days[0]))),
		wholeVector("deltas-older", "The first of two deltas that are known: both stay.", deltas(days[0]), last("1.2", false), "TRUST-103").after(whole(deltas(days...))),
		wholeVector("deltas-known-left-out", "The second delta without the first, which is known: it follows on that.", deltas(days[1]), last("1.2", false), "TRUST-82").after(whole(deltas(days[0]))),
	}
}

// withdrawalBundles have a list that withdraws something of region 33.
func withdrawalBundles() []*bundleVector {
	withdraw := func(name, comment string, key uint64, withdrawn raw, change func(*nationRegion), expect func(*bundleRegion)) *bundleVector {
		n := whole(change)
		fields := listFields(1, entry("33", useAll, 1, 0), entry("41", useAll, 1, 0))
		n.list = document("list", append(fields, field(key, arrayOf(withdrawn))), rootSigners()...)
		return n.loads("withdrawn-"+name, comment, []bundleRegion{wholeRegion().with(expect), goodRegion("41", "1.1")}, "TRUST-43", "TRUST-70")
	}
	usage := func(bits, from uint64) raw { return arrayOf(textOf("33"), uintOf(bits), uintOf(from)) }
	online := func(state, from uint64) raw {
		return arrayOf(textOf("33"), bytesOf(onlineKey("33").kid()), uintOf(state), uintOf(from))
	}
	laboratory := arrayOf(textOf("33"), uintOf(3), uintOf(documentTime))
	closed := func(r *nationRegion) {
		laboratories := arrayOf(arrayOf(uintOf(3), textOf("第三检验所"), uintOf(documentTime-86400), uintOf(documentTime-60)))
		r.keySet = document("keyset", keySetFields("33", 1).with(uintOf(8), laboratories), authority("33")[:2]...)
		r.names(overlayRef(1, r.overlay), statusRef(statusHash(listNow, 5)))
	}
	noSnapshot := func(r *bundleRegion) { r.Snapshot = "" }
	nothing := func(r *bundleRegion) { r.Snapshot, r.Lists, r.Known = "", nil, nil }
	since := func(t int64) func(*bundleRegion) {
		return func(r *bundleRegion) { r.Withdrawn = map[string]string{"3": rfc3339(t)} }
	}
	return []*bundleVector{
		withdraw("usage", "The usage for snapshots, from when the snapshot was issued.", 6, usage(useSnapshot, documentTime), unchanged, noSnapshot),
		withdraw("usage-later", "The usage for snapshots, from a second after the snapshot.", 6, usage(useSnapshot, documentTime+1), unchanged, allInForce),
		withdraw("key-retired", "The online key is retired when its documents were issued.", 7, online(1, documentTime), unchanged, nothing),
		withdraw("key-retired-later", "The online key is retired a second after its documents.", 7, online(1, documentTime+1), unchanged, allInForce),
		withdraw("key-compromised", "The online key is compromised, from a time after all: what it signed before counts no more either.", 7, online(2, documentTime+86400), unchanged, nothing),
		withdraw("laboratory", "A laboratory.", 8, laboratory, unchanged, since(documentTime)),
		withdraw("laboratory-before", "A laboratory that the region has withdrawn before: a withdrawal gives nothing back.", 8, laboratory, closed, since(documentTime-60)),
	}
}

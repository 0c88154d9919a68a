package main

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
)

// threeSets are the members of a list: revoked, superseded, suspended.
type threeSets [3][]uint32

// regionLists are lists by number.
type regionLists map[uint64]threeSets

func (s threeSets) fields() []raw {
	var all []raw
	for _, members := range s {
		all = append(all, arrayOf(uintOf(uint64(len(members))), bytesOf(encodeSet(members))))
	}
	return all
}

// hash is the status hash.
func (l regionLists) hash() []byte {
	var all []raw
	for _, number := range slices.Sorted(maps.Keys(l)) {
		all = append(all, arrayOf(append([]raw{uintOf(number)}, l[number].fields()...)...))
	}
	hash := sha256.Sum256(arrayOf(all...))
	return hash[:]
}

// in is the lists with another one, or the list changed.
func (l regionLists) in(number uint64, sets threeSets) regionLists {
	all := maps.Clone(l)
	all[number] = sets
	return all
}

func (l regionLists) known() map[string]threeSets {
	all := map[string]threeSets{}
	for number, sets := range l {
		for i := range sets {
			sets[i] = append([]uint32{}, sets[i]...)
		}
		all[fmt.Sprint(number)] = sets
	}
	return all
}

func listDocument(number, counter, issued uint64, fields []raw) *message {
	return document("status", append(docRegion("33", counter, issued), field(5, uintOf(number)),
		field(6, fields[0]), field(7, fields[1]), field(8, fields[2])), onlineKey("33"))
}

// listChange is what a delta says of one list.
type listChange struct {
	number  uint64
	added   threeSets
	removed []uint32
}

func deltaDocument(counter, issued uint64, before, after []byte, changes ...listChange) *message {
	var gaps, additions, removals []raw
	last := uint64(0)
	for i, c := range changes {
		gaps, last = append(gaps, uintOf(c.number-last)), c.number
		additions = append(additions, bytesOf(addition(c.added[:]...)))
		if len(c.removed) > 0 {
			removals = append(removals, arrayOf(uintOf(uint64(i)), bytesOf(addition(nil, nil, c.removed))))
		}
	}
	fields := append(docRegion("33", counter, issued), field(5, bytesOf(before)), field(6, bytesOf(after)), field(7, arrayOf(gaps...)), field(8, arrayOf(additions...)))
	if len(removals) > 0 {
		fields = append(fields, field(9, arrayOf(removals...)))
	}
	return document("delta", fields, onlineKey("33"))
}

// usual is what the list of the month says where nothing else is said.
var usual = threeSets{{5}, nil, {77}}

// namesAt gives the region a snapshot of a time that names the lists.
func (r *nationRegion) namesAt(counter, issued uint64, lists regionLists) {
	hash := r.keySet.hash()
	r.snapshot = document("snapshot", append(docRegion("33", counter, issued), field(5, arrayOf(uints(1, 1), bytesOf(hash[:]))),
		overlayRef(1, r.overlay), statusRef(lists.hash())), onlineKey("33"))
}

// statusVectorOf is a vector of a region with lists and deltas, of which some are
// in force.
func statusVectorOf(name, comment string, given *nation, clock int64, expect func(*bundleRegion), requirement ...string) *bundleVector {
	v := given.loads(name, comment, []bundleRegion{wholeRegion().with(expect), goodRegion("41", "1.1")}, requirement...)
	v.Clock = rfc3339(clock)
	return v
}

// knows is a region of which the lists say this, after the delta of a version.
func knows(lists regionLists, documents map[uint64]string, delta string, behind bool) func(*bundleRegion) {
	return func(r *bundleRegion) {
		r.Known, r.Delta, r.Behind = lists.known(), delta, behind
		r.Lists = map[string]string{}
		for number, version := range documents {
			r.Lists[fmt.Sprint(number)] = version
		}
	}
}

// contentBundles have lists and deltas that are signed as they should be, and
// whose contents are right or not.
func contentBundles() []*bundleVector {
	none := regionLists{listNow: usual}
	only := map[uint64]string{listNow: "1.1"}
	now := uint64(documentTime)
	moved := none.in(listNow, threeSets{{5, 77}, nil, nil})
	longer := append([]raw{arrayOf(uintOf(1), bytesOf(bitText("0"+"00000"+"000001").pack()))}, usual.fields()[1:]...) // 5 with k = 0
	set := func(fields []raw) func(*nationRegion) {
		return func(r *nationRegion) {
			r.lists = []*message{statusList(listNow, 1, onlineKey("33")), listDocument(listLast, 1, now, fields)}
		}
	}
	deltas := func(deltas ...*message) *nation { return whole(func(r *nationRegion) { r.deltas = deltas }) }
	clock := int64(bundleClock)
	kept := knows(none, only, "", false)
	wrong := func(name, comment string, requirement string, chain ...*message) *bundleVector {
		return statusVectorOf(name, comment, deltas(chain...), clock, kept, requirement)
	}
	added := func(members ...uint32) listChange { return listChange{number: listNow, added: threeSets{members}} }
	one := none.in(listNow, threeSets{{5, 40}, nil, {77}})
	two := one.in(listNow, threeSets{{5, 40, 99}, nil, {77}})
	begun := none.in(listLast, threeSets{nil, {7}, nil})
	return []*bundleVector{
		statusVectorOf("status-set-other-parameter", "A second list whose set is not in its shortest encoding: it alone is refused.", whole(set(longer)), clock, kept, "TRUST-87", "STATUS-5"),
		statusVectorOf("status-sets-overlap", "A second list with an index in two sets: it alone is refused.", whole(set(threeSets{{5}, {5}, nil}.fields())), clock, kept, "TRUST-87", "STATUS-9"),
		statusVectorOf("status-set-too-many", "A second list of more members than its region has room for.", whole(set([]raw{arrayOf(uintOf(1<<24+1), bytesOf([]byte{1})), usual.fields()[1], usual.fields()[2]})), clock, kept, "TRUST-145", "STATUS-7"),
		statusVectorOf("deltas-moves", "A delta that revokes what was suspended.", whole(func(r *nationRegion) {
			r.deltas = []*message{deltaDocument(1, now, none.hash(), moved.hash(), listChange{listNow, threeSets{{77}}, []uint32{77}})}
			r.namesAt(1, now, moved)
		}), clock, knows(moved, only, "1.1", false), "STATUS-12", "TRUST-87"),
		statusVectorOf("deltas-begin-a-list", "A delta that changes a list which is not there: it begins empty.", whole(func(r *nationRegion) {
			r.deltas = []*message{deltaDocument(1, now, none.hash(), begun.hash(), listChange{number: listLast, added: threeSets{nil, {7}, nil}})}
			r.namesAt(1, now, begun)
		}), clock, knows(begun, only, "1.1", false), "STATUS-12", "TRUST-87"),
		wrong("deltas-other-result", "A delta that says that it leads to other lists.", "TRUST-87", deltaDocument(1, now, none.hash(), two.hash(), added(40))),
		wrong("deltas-restores-nothing", "A delta that takes out of the suspended what is not suspended.", "STATUS-12",
			deltaDocument(1, now, none.hash(), one.hash(), listChange{listNow, threeSets{{40}}, []uint32{78}})),
		wrong("deltas-adds-twice", "A delta that adds what is in a set already.", "STATUS-12",
			deltaDocument(1, now, none.hash(), one.hash(), listChange{number: listNow, added: threeSets{{5, 40}}})),
		wrong("deltas-last-wrong", "A right delta and one with a wrong result: neither is taken.", "TRUST-87",
			deltaDocument(1, now, none.hash(), one.hash(), added(40)), deltaDocument(2, now, one.hash(), none.hash(), added(99))),
		wrong("deltas-before-the-list", "A delta issued before the list that it is for.", "TRUST-88", deltaDocument(1, now-1, none.hash(), one.hash(), added(40))),
		wrong("deltas-issued-backwards", "A delta issued before the one that it follows on.", "TRUST-88",
			deltaDocument(1, now+1, none.hash(), one.hash(), added(40)), deltaDocument(2, now, one.hash(), two.hash(), added(99))),
		wrong("deltas-list-ahead", "A delta that begins a list of the fourteenth month after it.", "TRUST-88",
			deltaDocument(1, now, none.hash(), none.in(listAhead, threeSets{{7}, nil, nil}).hash(), listChange{number: listAhead, added: threeSets{{7}}})),
		wrong("deltas-list-over", "A delta that begins a list of the month before it.", "TRUST-88",
			deltaDocument(1, now, none.hash(), none.in(listOver, threeSets{{7}, nil, nil}).hash(), listChange{number: listOver, added: threeSets{{7}}})),
	}
}

// lossBundles would take something back that is known.
func lossBundles() []*bundleVector {
	now, later := uint64(documentTime), uint64(documentTime+60)
	none := regionLists{listNow: usual}
	suspended := none.in(listNow, threeSets{{5}, nil, {77, 90}})
	clock := int64(bundleClock)
	day := deltaDocument(1, now, none.hash(), suspended.hash(), listChange{number: listNow, added: threeSets{nil, nil, {90}}})
	withDay := whole(func(r *nationRegion) { r.deltas = []*message{day} })
	list := func(issued uint64, sets threeSets) *nation {
		return whole(func(r *nationRegion) {
			r.lists = []*message{listDocument(listNow, 2, issued, sets.fields())}
			r.namesAt(1, now, none)
		})
	}
	only := map[uint64]string{listNow: "1.1"}
	newer := map[uint64]string{listNow: "1.2"}
	return []*bundleVector{
		statusVectorOf("status-lost", "A newer list in which a revoked credential is no longer: the known one stays.", list(later, threeSets{{6}, nil, {77}}), clock,
			knows(none, only, "", false), "TRUST-89", "STATUS-8").after(whole(unchanged)),
		statusVectorOf("status-superseded-lost", "A newer list in which a superseded credential is revoked instead: the known one stays.", list(later, threeSets{{5, 9}, nil, {77}}), clock,
			knows(none.in(listNow, threeSets{{5}, {9}, {77}}), only, "", true), "TRUST-89", "STATUS-8").after(whole(func(r *nationRegion) {
			r.lists = []*message{listDocument(listNow, 1, now, threeSets{{5}, {9}, {77}}.fields())}
		})),
		statusVectorOf("deltas-lost", "A newer list that was issued before the delta that is known, and lacks what it suspends: all stays.", list(now-1, threeSets{{5, 6}, nil, {77}}), clock,
			knows(suspended, only, "1.1", true), "TRUST-89").after(withDay),
		statusVectorOf("deltas-no-longer-needed", "A newer list that was issued after the delta that is known: what it suspended has come back.", list(later, usual), clock,
			knows(none, newer, "", false), "TRUST-89").after(withDay),
	}
}

// monthBundles have deltas on both sides of the end of August 2022 at UTC+8.
func monthBundles() []*bundleVector {
	const listNext = listNow + 1<<8
	const end = 1661961600 // 2022-09-01 00:00 at UTC+8
	august := regionLists{listNow: usual, listNext: {nil, nil, nil}}
	first := august.in(listNext, threeSets{{1}, nil, nil})
	september := regionLists{listNext: {{1}, nil, nil}}
	second := regionLists{listNext: {{1, 2}, nil, nil}}
	both := first.in(listNext, second[listNext])
	days := func(more ...*message) []*message {
		return append([]*message{deltaDocument(1, end-1, august.hash(), first.hash(), listChange{number: listNext, added: threeSets{{1}}})}, more...)
	}
	next := func(issued uint64, before, after regionLists, changes ...listChange) *message {
		return deltaDocument(2, issued, before.hash(), after.hash(), changes...)
	}
	in := func(deltas []*message, snapshot uint64, named regionLists) *nation {
		return whole(func(r *nationRegion) {
			r.lists = []*message{statusList(listNow, 1, onlineKey("33")), listDocument(listNext, 1, documentTime, threeSets{}.fields())}
			r.deltas = deltas
			r.namesAt(2, snapshot, named)
		})
	}
	two := listChange{number: listNext, added: threeSets{{2}}}
	right := next(end, september, second, two)
	documents := map[uint64]string{listNow: "1.1", listNext: "1.1"}
	at := func(name, comment string, n *nation, clock int64, expect func(*bundleRegion), requirement string) *bundleVector {
		v := statusVectorOf(name, comment, n, clock, expect, requirement)
		v.Regions[0].Snapshot = "1.2"
		return v
	}
	return []*bundleVector{
		at("month-last-second", "The last second of a month, with a delta of that second.", in(days(), end-1, first), end-1, knows(first, documents, "1.1", false), "TRUST-86"),
		at("month-ended", "The first second after a month: the delta and the snapshot of the second before still need its list.", in(days(), end-1, first), end, knows(first, documents, "1.1", false), "TRUST-83"),
		at("month-within-the-deltas", "A delta before the end of a month, and one after it that leaves its list out.", in(days(right), end, second), end+3600, knows(both, documents, "1.2", false), "TRUST-86"),
		at("month-not-left-out", "A delta after the end of a month whose hashes have its list still.", in(days(next(end, first, both, two)), end-1, first), end+3600, knows(regionLists{listNow: usual, listNext: {nil, nil, nil}}, documents, "", true), "TRUST-86"),
		at("month-left-out-early", "A delta in the last second of a month that leaves its list out.", in(days(next(end-1, september, second, two)), end-1, first), end+3600, knows(regionLists{listNow: usual, listNext: {nil, nil, nil}}, documents, "", true), "TRUST-86"),
		at("month-list-dropped", "No delta and no snapshot from before the end of the month: its list is dropped.", in(nil, end, regionLists{listNext: {nil, nil, nil}}), end+3600,
			knows(regionLists{listNext: {nil, nil, nil}}, map[uint64]string{listNext: "1.1"}, "", false), "TRUST-83"),
	}
}

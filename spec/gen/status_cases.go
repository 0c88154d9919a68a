package main

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// span returns n indices from first on.
func span(first uint32, n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = first + uint32(i)
	}
	return out
}

// scattered returns n indices below places, the same for the same name.
func scattered(name string, n int, places uint64) []uint32 {
	seen := map[uint32]bool{}
	for i := uint64(0); len(seen) < n; i++ {
		hash := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("tongxing test index/"+name+"/"), i))
		seen[uint32(binary.BigEndian.Uint64(hash[:8])%places)] = true
	}
	out := make([]uint32, 0, n)
	for index := range seen {
		out = append(out, index)
	}
	slices.Sort(out)
	return out
}

func together(parts ...[]uint32) []uint32 {
	out := slices.Concat(parts...)
	slices.Sort(out)
	return slices.Compact(out)
}

// fromGaps returns the members that have these gaps.
func fromGaps(gaps ...uint32) []uint32 {
	var out []uint32
	next := uint32(0)
	for _, gap := range gaps {
		out = append(out, next+gap)
		next += gap + 1
	}
	return out
}

func goodSet(n, comment string, members []uint32, requirement ...string) statusVector {
	return statusVector{
		Name: n, Comment: comment, Requirement: requirement, Kind: "set", Count: uint32(len(members)),
		Members: stretches(members), Encoded: hexText(encodeSet(members)), Expect: "ok",
	}
}

func goodSets() []statusVector {
	const last = 1<<32 - 1
	everySecond := make([]uint32, 200)
	for i := range everySecond {
		everySecond[i] = uint32(2 * i)
	}
	return []statusVector{
		goodSet("set-empty", "No members: no bytes.", nil, "STATUS-1"),
		goodSet("set-example", "The example of status.md: the parameters 2 and 3 are equally short, and the smaller is taken.", []uint32{5, 9, 12, 40}, "STATUS-2", "STATUS-4", "STATUS-5"),
		goodSet("set-example-runs", "The other example of status.md: a run of 20, and one member more.", append(span(100, 20), 130), "STATUS-3", "STATUS-4"),
		goodSet("set-first", "The first index alone.", []uint32{0}, "STATUS-2"),
		goodSet("set-last", "The last index alone: the largest parameter.", []uint32{last}, "STATUS-2"),
		goodSet("set-first-and-last", "The first and the last index.", []uint32{0, last}, "STATUS-2"),
		goodSet("set-run-to-the-last", "A run that ends with the last index.", span(last-49, 50), "STATUS-3"),
		goodSet("set-modes-tie", "As runs the block has as many bits as with gaps: gaps are taken.", modesTie(), "STATUS-5"),
		goodSet("set-runs-by-one-bit", "As runs the block has one bit less than with gaps.", runsByOneBit(), "STATUS-5"),
		goodSet("set-block", "128 members: one whole block.", scattered("block", 128, 1<<20), "STATUS-2"),
		goodSet("set-block-and-one", "129 members: a block and one member in the next.", scattered("block and one", 129, 1<<20), "STATUS-2"),
		goodSet("set-block-run", "A run of 128 that fills a block.", span(77, 128), "STATUS-3"),
		goodSet("set-run-of-300", "A run of 300, which goes on from block to block with the gap 0.", span(1000, 300), "STATUS-3"),
		goodSet("set-run-after-a-run", "Two runs that one index parts.", together(span(10, 30), span(41, 30)), "STATUS-3"),
		goodSet("set-every-second", "Every second index from 0: parameter 0.", everySecond, "STATUS-2"),
		goodSet("set-from-0", "Every index from 0 to 999.", span(0, 1000), "STATUS-3"),
		goodSet("set-uniform", "500 of 2^20 places, uniform.", scattered("uniform", 500, 1<<20), "STATUS-2"),
		goodSet("set-sparse", "100 of all 2^32 places, uniform.", scattered("sparse", 100, 1<<32), "STATUS-2"),
		goodSet("set-half-in-runs", "500 of 2^20 places, half of them in runs of 50.", together(scattered("half", 250, 1<<20),
			span(70000, 50), span(200000, 50), span(300000, 50), span(600000, 50), span(900001, 50)), "STATUS-3"),
	}
}

// searched returns the first of many small sets for which holds says so: vectors
// that need a certain relation between two lengths are looked for.
func searched(holds func(gaps, runs int) bool) []uint32 {
	for seed := uint64(1); ; seed++ {
		var gaps []uint32
		for state := seed; len(gaps) < 12; state = state*6364136223846793005 + 1442695040888963407 {
			gap := uint32(state >> 59)
			if state>>40&3 == 0 {
				gap = 0
			}
			gaps = append(gaps, gap)
		}
		members := fromGaps(gaps...)
		b := blocksOf(members)[0]
		if holds(len(b.asGaps(least(b.gaps, 31))), len(b.asRuns(least(b.starts, 31), least(b.lengths, 7)))) {
			return members
		}
	}
}

func modesTie() []uint32     { return searched(func(gaps, runs int) bool { return gaps == runs }) }
func runsByOneBit() []uint32 { return searched(func(gaps, runs int) bool { return gaps == runs+1 }) }

func badSet(n, expect, comment string, count uint32, encoded []byte, requirement ...string) statusVector {
	return statusVector{
		Name: n, Comment: comment, Requirement: requirement, Kind: "set", Count: count,
		Encoded: hexText(encoded), Expect: expect,
	}
}

// badSets are the example, or a set near it, with one fault.
func badSets() []statusVector {
	const malformed, other = "malformed", "not_canonical"
	members := []uint32{5, 9, 12, 40}
	right := encodeSet(members)
	example := blocksOf(members)[0]
	run := blocksOf(append(span(100, 20), 130))[0]
	runK, runJ := least(run.starts, 31), least(run.lengths, 7)
	tie := blocksOf(modesTie())[0]
	sparse := scattered("padding", 3, 1<<20)
	return []statusVector{
		badSet("set-no-bytes", malformed, "Four members and no bytes.", 4, nil, "STATUS-6"),
		badSet("set-cut", malformed, "The last byte is missing.", 4, right[:len(right)-1], "STATUS-6"),
		badSet("set-mode-alone", malformed, "The bytes end after the mode and the parameter.", 4, right[:1], "STATUS-6"),
		badSet("set-one-more", malformed, "The bytes of four members, said to be five.", 5, right, "STATUS-6"),
		badSet("set-beyond-last", malformed, "A gap that leads to the index 2^32.", 2, statusBlock{gaps: []uint64{1<<32 - 1, 0}}.asGaps(31).pack(), "STATUS-6"),
		badSet("set-gap-beyond-last", malformed, "One gap of 2^32.", 1, statusBlock{gaps: []uint64{1 << 32}}.asGaps(31).pack(), "STATUS-6"),
		badSet("set-run-beyond-last", malformed, "A run that goes beyond the last index.", 3,
			statusBlock{starts: []uint64{1<<32 - 2}, lengths: []uint64{2}}.asRuns(31, 0).pack(), "STATUS-6"),
		badSet("set-run-beyond-count", malformed, "A run of 21 where 20 members are left.", 20, statusBlock{starts: []uint64{100}, lengths: []uint64{20}}.asRuns(6, 4).pack(), "STATUS-6"),
		badSet("set-run-beyond-block", malformed, "A run of 129, which would fill more than a block.", 200,
			statusBlock{starts: []uint64{100}, lengths: []uint64{128}}.asRuns(6, 6).pack(), "STATUS-6"),
		badSet("set-no-count", other, "Bytes, and no members.", 0, right, "STATUS-1"),
		badSet("set-one-less", other, "The bytes of four members, said to be three.", 3, right, "STATUS-4"),
		badSet("set-trailing-byte", other, "A zero byte follows.", 4, append(slices.Clone(right), 0), "STATUS-4"),
		badSet("set-padding", other, "The last bit, which fills up the last byte, is 1.", uint32(len(sparse)), padded(sparse), "STATUS-4"),
		badSet("set-parameter-tie", other, "Of two parameters that are equally short, the larger.", 4, example.asGaps(least(example.gaps, 31)+1).pack(), "STATUS-5"),
		badSet("set-parameter-smaller", other, "A smaller parameter, which is longer.", 4, example.asGaps(1).pack(), "STATUS-5"),
		badSet("set-parameter-largest", other, "The largest parameter.", 4, example.asGaps(31).pack(), "STATUS-5"),
		badSet("set-run-parameter", other, "A run length with another parameter.", 21, run.asRuns(runK, runJ+1).pack(), "STATUS-5"),
		badSet("set-run-gap-parameter", other, "The gaps of runs with another parameter.", 21, run.asRuns(runK+1, runJ).pack(), "STATUS-5"),
		badSet("set-runs-needless", other, "Runs where no two members follow on each other.", 4, example.asRuns(least(example.starts, 31), 0).pack(), "STATUS-5"),
		badSet("set-runs-tie", other, "Runs where gaps are as short.", uint32(len(tie.gaps)), tie.asRuns(least(tie.starts, 31), least(tie.lengths, 7)).pack(), "STATUS-5"),
		badSet("set-gaps-longer", other, "Gaps where runs are shorter.", 21, run.asGaps(least(run.gaps, 31)).pack(), "STATUS-5"),
		badSet("set-too-many", "too_large", "2^24 + 1 members.", 1<<24+1, right, "STATUS-7"),
	}
}

// padded is the encoding with the last bit set, which is one of padding.
func padded(members []uint32) []byte {
	out := encodeSet(members)
	bits := 0
	for _, b := range blocksOf(members) {
		bits += len(b.shortest())
	}
	if bits%8 == 0 {
		return nil
	}
	out[len(out)-1] |= 1
	return out
}

func goodAddition(n, comment string, revoked, superseded, suspended []uint32) statusVector {
	return statusVector{
		Name: n, Comment: comment, Requirement: []string{"STATUS-10"}, Kind: "additions",
		Revoked: stretches(revoked), Superseded: stretches(superseded), Suspended: stretches(suspended),
		Encoded: hexText(addition(revoked, superseded, suspended)), Expect: "ok",
	}
}

func goodAdditions() []statusVector {
	many := scattered("many", 32, 1<<20)
	return []statusVector{
		goodAddition("additions-none", "Nothing is added.", nil, nil, nil),
		goodAddition("additions-example", "The example of status.md: four revoked.", []uint32{5, 9, 12, 40}, nil, nil),
		goodAddition("additions-superseded", "One superseded.", nil, []uint32{77}, nil),
		goodAddition("additions-suspended", "One suspended; as a removal, one restored.", nil, nil, []uint32{77}),
		goodAddition("additions-each", "Some in each set.", []uint32{1, 2, 3}, []uint32{4}, []uint32{0, 5}),
		goodAddition("additions-head-two-bytes", "32 members, the fewest with a head of two bytes.", many, nil, many[:0]),
	}
}

func badAdditions() []statusVector {
	bad := func(n, expect, comment string, encoded []byte, requirement string) statusVector {
		return statusVector{Name: "additions-" + n, Comment: comment, Requirement: []string{requirement}, Kind: "additions", Encoded: hexText(encoded), Expect: expect}
	}
	section := func(set int, members ...uint32) []byte {
		return append(headOf(len(members), set), encodeSet(members)...)
	}
	const malformed, other = "malformed", "not_canonical"
	return []statusVector{
		bad("out-of-order", other, "Superseded before revoked.", append(section(1, 7), section(0, 8)...), "STATUS-11"),
		bad("set-twice", other, "Two sections for one set.", append(section(0, 7), section(0, 8)...), "STATUS-11"),
		bad("set-3", malformed, "A set of the number 3.", section(3, 7), "STATUS-11"),
		bad("no-members", malformed, "A head of no members.", []byte{0}, "STATUS-11"),
		bad("head-zero-byte", other, "A head in two bytes, the second zero.", append([]byte{4 | 0x80, 0}, encodeSet([]uint32{7})...), "STATUS-11"),
		bad("head-cut", malformed, "A head that announces a second byte.", []byte{4 | 0x80}, "STATUS-11"),
		bad("head-2-32", malformed, "A head of 2^32.", []byte{0x80, 0x80, 0x80, 0x80, 0x10, 0}, "STATUS-11"),
		bad("head-six-bytes", malformed, "A head of six bytes.", []byte{0x84, 0x80, 0x80, 0x80, 0x80, 0x01}, "STATUS-11"),
		bad("set-cut", malformed, "The set of the section is missing.", headOf(1, 0), "STATUS-11"),
		bad("too-many", "too_large", "A section of 2^24 + 1 members.", append(headOf(1<<24+1, 0), 0, 0, 0), "STATUS-7"),
		bad("in-two-sets", "overlap", "One index revoked and suspended.", append(section(0, 7), section(2, 7)...), "STATUS-9"),
		bad("set-other-parameter", other, "A set that is not in its shortest form.", append(headOf(4, 0), blocksOf([]uint32{5, 9, 12, 40})[0].asGaps(3).pack()...), "STATUS-5"),
	}
}

package main

import (
	"bytes"
	"slices"
)

func deltaVectors() ([]*deltaVector, error) {
	bundles, err := bundlePair()
	if err != nil {
		return nil, err
	}
	return slices.Concat(goodDeltas(bundles), badDeltaForms(), badInstructions(), badResults()), nil
}

// bundlePair is two bundles, the second with a new key set and snapshot of
// region 33, and a delta of one insertion between what they have in common at
// either end.
func bundlePair() (deltaParts, error) {
	old, err := newNation().bytes()
	if err != nil {
		return deltaParts{}, err
	}
	changed := newNation()
	changed.regions[0].publish(2)
	new, err := changed.bytes()
	if err != nil {
		return deltaParts{}, err
	}
	front := 0
	for old[front] == new[front] {
		front++
	}
	back := 0
	for old[len(old)-1-back] == new[len(new)-1-back] {
		back++
	}
	inserted := new[front : len(new)-back]
	return deltaParts{old, new, steps(
		step{0, 0, uint64(front)},
		step{uint64(len(inserted)), int64(len(old) - back - front), uint64(back)},
	), inserted}, nil
}

func goodDeltas(bundles deltaParts) []*deltaVector {
	text := example()
	swapped := deltaParts{old: []byte("0123456789"), new: []byte("5678901234"), instructions: steps(step{0, 5, 5}, step{0, -10, 5})}
	repeated := deltaParts{old: []byte("abc"), new: []byte("abcabcxabc"), instructions: steps(step{0, 0, 3}, step{0, -3, 3}, step{1, -3, 3}), inserted: []byte("x")}
	whole := deltaParts{old: []byte("abc"), new: []byte("xyz"), instructions: []byte{}, inserted: []byte("xyz")}
	shorter := deltaParts{old: []byte("abcdef"), new: []byte("abc"), instructions: steps(step{0, 0, 3})}
	large := deltaParts{old: bytes.Repeat([]byte("0123456789abcdef"), 20), instructions: steps(step{200, 120, 128}, step{0, -248, 200}), inserted: bytes.Repeat([]byte{7}, 200)}
	large.new = slices.Concat(large.inserted, large.old[120:248], large.old[:200])
	return []*deltaVector{
		text.gives("text", "The example of the text.", "DIST-4", "DIST-5"),
		bundles.gives("bundles", "A bundle with a new key set and snapshot of one region.", "DIST-1", "DIST-10"),
		swapped.gives("backwards", "Copies out of order: a skip backwards over all.", "DIST-4", "DIST-5"),
		repeated.gives("copied-twice", "One place of the old bundle three times.", "DIST-5"),
		whole.gives("no-copies", "Nothing is copied: no instructions.", "DIST-1", "DIST-5"),
		shorter.gives("no-inserts", "Nothing is inserted, and the end is left out.", "DIST-1", "DIST-5"),
		large.gives("long-numbers", "Numbers of two bytes, and copies that overlap.", "DIST-4"),
	}
}

func badDeltaForms() []*deltaVector {
	d := example()
	fields := d.fields()
	change := func(name, expect, comment string, number uint64, value raw, requirement ...string) *deltaVector {
		return d.fails(name, expect, comment, deltaOf(fields.with(uintOf(number), value)), requirement...)
	}
	header := textOf("tongxing/delta/1")
	good := deltaOf(fields)
	return []*deltaVector{
		d.fails("magic-2", "later", "Version 2.", arrayOf(textOf("tongxing/delta/2"), mapOf(fields)), "DIST-3"),
		d.fails("magic-2-other-form", "later", "Version 2, which is no map.", arrayOf(textOf("tongxing/delta/2"), uintOf(1)), "DIST-3"),
		d.fails("field-of-tomorrow", "later", "A seventh field.", deltaOf(append(fields, field(7, uintOf(1)))), "DIST-3"),
		d.fails("magic-other", "not_a_delta", "A bundle is no delta.", arrayOf(textOf("tongxing/bundle/1"), mapOf(fields)), "DIST-3"),
		d.fails("field-missing", "not_a_delta", "No bytes to insert.", deltaOf(fields.without(uintOf(6))), "DIST-1"),
		d.fails("three-elements", "later", "A third element.", arrayOf(header, mapOf(fields), uintOf(0)), "DIST-3"),
		d.fails("trailing", "not_a_delta", "A byte behind the delta.", append(slices.Clone(good), 0), "DIST-1"),
		d.fails("cut", "not_a_delta", "The last byte is missing.", good[:len(good)-1], "DIST-1"),
		d.fails("indefinite", "not_a_delta", "The map is of indefinite length.", arrayOf(header, indefinite(5, fields.body())), "DIST-1"),
		d.fails("unsorted", "not_a_delta", "Fields out of order.",
			arrayOf(header, mapAsIs(append(fields[1:len(fields):len(fields)], fields[0]))), "DIST-1"),
		d.fails("field-twice", "not_a_delta", "A field that stands twice.", arrayOf(header, mapAsIs(append(fields[:2:2], fields[1:]...))), "DIST-1"),
		change("hash-31", "not_a_delta", "A hash of 31 bytes.", 1, bytesOf(make([]byte, 31)), "DIST-1"),
		change("result-hash-33", "not_a_delta", "A hash of 33 bytes.", 3, bytesOf(make([]byte, 33)), "DIST-1"),
		change("size-0", "not_a_delta", "An old bundle without a byte.", 2, uintOf(0), "DIST-1"),
		change("size-long", "not_a_delta", "The size is not in its shortest form.", 2, longHead(0, 6, 1), "DIST-1"),
		change("size-above", "too_large", "An old bundle of 64 MiB and a byte.", 2, uintOf(64<<20+1), "DIST-1"),
		change("result-above", "too_large", "A result of 64 MiB and a byte.", 4, uintOf(64<<20+1), "DIST-1"),
		change("result-2-64", "too_large", "A result of 2^64 - 1 bytes.", 4, uintOf(1<<64-1), "DIST-1", "DIST-7"),
		change("size-negative", "not_a_delta", "A size below 0.", 4, intOf(-8), "DIST-1"),
		change("instructions-text", "not_a_delta", "Instructions as text.", 5, textOf("abc"), "DIST-1"),
		change("inserted-null", "not_a_delta", "null in place of bytes.", 6, raw{0xf6}, "DIST-1"),
		deltaParts{old: d.old, new: d.old, instructions: steps(step{0, 0, 6})}.same(),
	}
}

// same is a delta from a bundle to itself.
func (d deltaParts) same() *deltaVector {
	return d.fails("same", "not_a_delta", "From a bundle to itself.", deltaOf(d.fields()), "DIST-2")
}

func badInstructions() []*deltaVector {
	d := example()
	join := func(parts ...[]byte) []byte { return slices.Concat(parts...) }
	first, second := steps(step{0, 0, 2}), steps(step{2, 1, 3})
	return []*deltaVector{
		d.refused("number-long", "2 in two bytes.", join([]byte{0, 0, 0x82, 0}, second), "DIST-4"),
		d.refused("number-long-zero", "0 in two bytes.", join([]byte{0x80, 0, 0, 2}, second), "DIST-4"),
		d.refused("number-5-bytes", "A number of five bytes.", join([]byte{0, 0, 0x82, 0x80, 0x80, 0x80, 1}, second), "DIST-4"),
		d.refused("number-cut", "The last number goes on behind the end.", join(first, []byte{2, 2, 0x83}), "DIST-4", "DIST-6"),
		d.refused("triple-cut", "The last triple has no copy.", join(first, []byte{2, 2}), "DIST-6"),
		d.refused("copy-0", "A copy of nothing.", join(first, steps(step{1, 0, 0}, step{1, 1, 3})), "DIST-5"),
		d.refused("copy-split", "A copy in two, without insertion or skip between.", join(steps(step{0, 0, 1}, step{0, 0, 1}), second), "DIST-5"),
		d.refused("insert-above", "More bytes are inserted than there are.", join(first, steps(step{4, 1, 3})), "DIST-5"),
		d.refused("before-beginning", "A copy from before the old bundle.", join(first, steps(step{2, -3, 3})), "DIST-5"),
		d.refused("behind-end", "A copy that ends behind the old bundle.", join(first, steps(step{2, 1, 4})), "DIST-5"),
		d.refused("skip-behind-end", "A copy from far behind the old bundle.", join(first, steps(step{2, 1<<27 - 1, 3})), "DIST-5"),
		d.refused("too-little", "The result is shorter than it should be.", join(first, steps(step{2, 1, 2})), "DIST-5"),
		d.refused("too-much", "The result is longer than it should be.", join(first, second, steps(step{0, -1, 1})), "DIST-5"),
		d.refused("result-too-large", "Copies make more than 64 MiB.", join(first, bytes.Repeat(steps(step{0, -3, 3}), 8)), "DIST-5", "DIST-7"),
	}
}

func badResults() []*deltaVector {
	d := example()
	other := d
	other.old = []byte{0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf7}
	longer := d
	longer.old = append(slices.Clone(d.old), 0)
	wrong := d
	wrong.inserted = []byte{0x11, 0x22, 0x34}
	moved := d
	moved.instructions = steps(step{0, 1, 2}, step{2, 0, 3})
	return []*deltaVector{
		other.fails("other-base", "other_base", "Applied to a bundle with another last byte.", deltaOf(d.fields()), "DIST-8"),
		longer.fails("longer-base", "other_base", "Applied to a bundle with one byte more.", deltaOf(d.fields()), "DIST-8"),
		d.fails("wrong-byte", "wrong_result", "An inserted byte is wrong.", deltaOf(wrong.fields()), "DIST-9"),
		d.fails("wrong-copy", "wrong_result", "A copy is from another place.", deltaOf(moved.fields()), "DIST-9"),
	}
}

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// hexHash is the SHA-256 of a text.
func hexHash(text string) string {
	hash := sha256.Sum256([]byte(text))
	return hex.EncodeToString(hash[:])
}

func bundleLine(size string) string { return "bundle " + hexHash("new") + " " + size }

func pointerOf(lines ...string) string {
	return strings.Join(append([]string{"tongxing/latest/1"}, append(lines, "")...), "\n")
}

// deltaLines are n deltas that ascend by what they are from.
func deltaLines(n int) ([]string, []pointerDelta) {
	deltas := make([]pointerDelta, n)
	for i := range deltas {
		deltas[i] = pointerDelta{hexHash(fmt.Sprint("old ", i)), pointerFile{hexHash(fmt.Sprint("delta ", i)), int64(8000 + i)}}
	}
	slices.SortFunc(deltas, func(a, b pointerDelta) int { return strings.Compare(a.From, b.From) })
	lines := make([]string, n)
	for i, d := range deltas {
		lines[i] = fmt.Sprintf("delta %s %s %d", d.From, d.Hash, d.Size)
	}
	return lines, deltas
}

func pointerVectors() []*pointerVector { return slices.Concat(goodPointers(), badPointers()) }

func goodPointers() []*pointerVector {
	newest := func(size int64) *pointerFile { return &pointerFile{hexHash("new"), size} }
	says := func(name, comment, pointer string, bundle *pointerFile, deltas []pointerDelta, requirement ...string) *pointerVector {
		return &pointerVector{"pointer-" + name, comment, requirement, pointer, "ok", bundle, deltas}
	}
	two, twoDeltas := deltaLines(2)
	most, mostDeltas := deltaLines(256)
	return []*pointerVector{
		says("alone", "A bundle without deltas.", pointerOf(bundleLine("516225")), newest(516225), nil, "DIST-21"),
		says("deltas", "Two deltas.", pointerOf(append([]string{bundleLine("516225")}, two...)...), newest(516225), twoDeltas, "DIST-21"),
		says("most-deltas", "256 deltas.", pointerOf(append([]string{bundleLine("1")}, most...)...), newest(1), mostDeltas, "DIST-21"),
		says("largest", "A bundle of 64 MiB.", pointerOf(bundleLine("67108864")), newest(64<<20), nil, "DIST-21"),
		says("other-lines", "Lines of tomorrow between those that are known.",
			pointerOf(bundleLine("516225"), "note x", two[0], "mirror any/thing?at=all 12", "end", two[1]),
			newest(516225), twoDeltas, "DIST-22"),
	}
}

func badPointers() []*pointerVector {
	bundle := bundleLine("516225")
	two, _ := deltaLines(2)
	above, _ := deltaLines(257)
	long, _ := deltaLines(1)
	fails := func(name, comment, pointer string, requirement ...string) *pointerVector {
		return &pointerVector{"pointer-" + name, comment, requirement, pointer, "not_a_pointer", nil, nil}
	}
	form := func(name, comment string, lines ...string) *pointerVector {
		return fails(name, comment, pointerOf(lines...), "DIST-21")
	}
	later := fails("version-2", "Version 2.", "tongxing/latest/2\nanything\n", "DIST-22")
	later.Expect = "later"
	return []*pointerVector{
		later,
		fails("empty", "An empty file.", "", "DIST-21"),
		fails("page", "The page of a network that asks for a password.", "<!DOCTYPE html><html></html>\n", "DIST-21"),
		fails("cut", "The last line end is missing.", strings.TrimSuffix(pointerOf(bundle), "\n"), "DIST-21"),
		fails("carriage-return", "Line ends of two characters.", strings.ReplaceAll(pointerOf(bundle), "\n", "\r\n"), "DIST-21"),
		fails("byte-order-mark", "A byte order mark.", "\ufeff"+pointerOf(bundle), "DIST-21"),
		fails("too-long", "More than 64 KiB.", pointerOf(append([]string{bundle}, slices.Repeat([]string{"note " + strings.Repeat("x", 250)}, 257)...)...), "DIST-21"),
		form("no-bundle", "No bundle."),
		form("delta-first", "A delta before the bundle.", two[0], bundle),
		form("bundle-twice", "Two bundles.", bundle, bundle),
		form("empty-line", "An empty line.", bundle, ""),
		form("two-spaces", "Two spaces.", strings.Replace(bundle, " ", "  ", 1)),
		form("space-at-end", "A space at the end.", bundle+" "),
		form("upper-case", "A hash in capitals.", strings.Replace(strings.ToUpper(bundle), "BUNDLE", "bundle", 1)),
		form("hash-short", "A hash of 63 digits.", strings.Replace(bundle, " "+hexHash("new")[:1], " ", 1)),
		form("size-0", "A bundle of 0 bytes.", bundleLine("0")),
		form("size-zero-first", "A size that begins with 0.", bundleLine("0516225")),
		form("size-signed", "A size with a sign.", bundleLine("+516225")),
		form("size-above", "A bundle of 64 MiB and a byte.", bundleLine("67108865")),
		form("size-2-64", "A bundle of 2^64 bytes.", bundleLine("18446744073709551616")),
		form("delta-above", "A delta of 65 MiB and a byte.", bundle, strings.TrimSuffix(long[0], "8000")+"68157441"),
		form("delta-without-size", "A delta without its size.", bundle, strings.TrimSuffix(long[0], " 8000")),
		form("unsorted", "Deltas that do not ascend.", bundle, two[1], two[0]),
		form("delta-twice", "Two deltas from one bundle.", bundle, two[0], two[0]),
		form("delta-from-newest", "A delta from the newest bundle.", bundle, "delta "+hexHash("new")+" "+hexHash("delta")+" 100"),
		form("257-deltas", "257 deltas.", append([]string{bundle}, above...)...),
		form("not-ascii", "A line of tomorrow with other characters than ASCII.", bundle, "note 试"),
		form("word-in-capitals", "A line that begins with capitals.", bundle, "Note x"),
		form("control-character", "A tab.", bundle, "note\tx"),
	}
}

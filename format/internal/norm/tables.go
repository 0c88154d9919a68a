package norm

import (
	_ "embed" // the tables
	"sort"
)

var (
	//go:embed tables/decompositions.bin
	decompositions string
	//go:embed tables/strings.txt
	texts string
	//go:embed tables/compositions.bin
	compositions string
	//go:embed tables/classes.bin
	classes string
)

// The sizes of one entry of each table, in bytes.
const (
	decompositionSize = 8
	compositionSize   = 2
	classSize         = 4
)

// kind says what a decomposition maps to.
type kind uint8

const (
	canonicalRun     kind = iota // consecutive code points to consecutive ones
	canonicalPair                // one to two
	compatibleRun                // as the first
	compatibleString             // one to two or more
)

// mapping is one entry of the decompositions, which is one step: what it gives
// may decompose again.
type mapping struct {
	at            int  // its place in the table
	from          rune // the first of a run, else the only one
	kind          kind
	first, second rune   // of a pair; of a run, what its first maps to
	text          string // of a string
}

// word returns entry i of a table whose entries have size bytes.
func word(table string, i, size int) uint64 {
	var n uint64
	for _, b := range []byte(table[i*size : (i+1)*size]) {
		n = n<<8 | uint64(b)
	}
	return n
}

// entry reads decomposition i. The count is how many code points it is for.
func entry(i int) (m mapping, count rune) {
	w := word(decompositions, i, decompositionSize)
	m = mapping{at: i, from: rune(w >> 43), kind: kind(w >> 41 & 3)}
	switch m.kind {
	case canonicalPair:
		m.first, m.second = rune(w>>18&0x3ffff), rune(w&0x3ffff)
	case compatibleString:
		offset, length := w>>6&0xfff, w&0x3f
		m.text = texts[offset : offset+length]
	default:
		m.first = rune(w & 0x1fffff)
		count = rune(w >> 21 & 0x3ff)
	}
	return m, count + 1
}

// codePoint returns the first 21 bits of decomposition i, which is all that a search
// looks at.
func codePoint(i int) rune {
	e := decompositions[i*decompositionSize : i*decompositionSize+3]
	return rune(e[0])<<13 | rune(e[1])<<5 | rune(e[2])>>3
}

// lookUp returns the decomposition of r, if it has one in the table.
func lookUp(r rune) (mapping, bool) {
	n := len(decompositions) / decompositionSize
	i := sort.Search(n, func(i int) bool { return codePoint(i) > r })
	if i == 0 {
		return mapping{}, false
	}
	m, count := entry(i - 1)
	return m, r < m.from+count
}

// pairAt returns the pair at place i of the compositions.
func pairAt(i int) mapping {
	m, _ := entry(int(word(compositions, i, compositionSize)))
	return m
}

// findPair returns the first place of the compositions whose pair is not less
// than the one given.
func findPair(first, second rune) (place int, m mapping, ok bool) {
	n := len(compositions) / compositionSize
	place = sort.Search(n, func(i int) bool {
		m := pairAt(i)
		return m.first > first || m.first == first && m.second >= second
	})
	if place == n {
		return place, mapping{}, false
	}
	m = pairAt(place)
	return place, m, m.first == first && m.second == second
}

// composition returns the character that two become one in.
func composition(first, second rune) (rune, bool) {
	if r, ok := syllable(first, second); ok {
		return r, true
	}
	_, m, ok := findPair(first, second)
	return m.from, ok
}

// composes tells whether a canonical mapping's two parts become the character
// again.
func (m mapping) composes() bool {
	if m.kind != canonicalPair {
		return false
	}
	_, found, ok := findPair(m.first, m.second)
	return ok && found.from == m.from
}

// class returns the canonical combining class of r, 0 for what is no mark that
// the order of marks concerns.
func class(r rune) uint8 {
	n := len(classes) / classSize
	i := sort.Search(n, func(i int) bool { return rune(word(classes, i, classSize)>>15) > r })
	if i == 0 {
		return 0
	}
	w := word(classes, i-1, classSize)
	if from, last := rune(w>>15), rune(w>>15)+rune(w>>8&0x7f); r < from || r > last {
		return 0
	}
	return uint8(w)
}

// starters are the code points of class 0, jamo aside, that are the second part
// of a composition: few enough to be listed, in the order of Unicode, and a test
// compares them with the table.
var starters = [...]rune{
	0x9be, 0x9d7, 0xb3e, 0xb56, 0xb57, 0xbbe, 0xbd7, 0xcc2, 0xcd5, 0xcd6, 0xd3e, 0xd57,
	0xdcf, 0xddf, 0x102e, 0x1b35, 0x11127, 0x1133e, 0x11357, 0x114b0, 0x114ba, 0x114bd, 0x115af, 0x11930,
}

func isSecond(r rune) bool {
	for _, s := range starters {
		if s >= r {
			return s == r
		}
	}
	return false
}

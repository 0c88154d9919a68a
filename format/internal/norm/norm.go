package norm

import (
	"slices"
	"unicode/utf8"
)

// Version is the version of Unicode that the tables are of. A later version
// changes no character that this one has (Unicode's stability policy).
const Version = "15.0.0"

// NFC returns s in Normalization Form C: canonically equivalent texts become
// equal.
func NFC(s string) string { return normalise(s, false) }

// NFKC returns s in Normalization Form KC: compatible characters, such as
// full-width letters, become those that they stand for, too.
func NFKC(s string) string { return normalise(s, true) }

func normalise(s string, compatible bool) string {
	if isNormal(s, compatible) {
		return s
	}
	text := decomposed{compatible: compatible, characters: make([]character, 0, len(s))}
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			r = invalid(s[i])
		}
		text.add(r)
		i += size
	}
	text.order()
	return text.compose()
}

// isNormal tells of most normal texts that they are; of no others. No character
// of a text without marks, without second halves of compositions and without
// what decomposes changes.
func isNormal(s string, compatible bool) bool {
	plain := rune(0x300) // the first mark; all before are composed
	if compatible {
		plain = 0xa0
	}
	for _, r := range s {
		switch {
		case r < plain, r >= firstIdeograph && r <= lastIdeograph, isSyllable(r):
			continue
		case class(r) != 0, isVowel(r), isTrailing(r), isSecond(r):
			return false
		}
		if m, ok := lookUp(r); ok && (compatible || m.kind != compatibleRun && m.kind != compatibleString && !m.composes()) {
			return false
		}
	}
	return true
}

// The ideographs that every name is written with: they are never changed.
const firstIdeograph, lastIdeograph = 0x4e00, 0x9fff

// character is a code point with its canonical combining class, or a byte that
// is not UTF-8 (see invalid).
type character struct {
	r     rune
	class uint8
}

// invalid stands for a byte that is not UTF-8. It is below every code point.
func invalid(b byte) rune { return -1 - rune(b) }

// decomposed is a text whose characters are being taken apart.
type decomposed struct {
	compatible bool
	characters []character
}

// add appends the full decomposition of r. What a mapping gives is mapped again;
// no chain of Unicode's is longer than four.
func (d *decomposed) add(r rune) {
	if isSyllable(r) {
		for _, part := range jamo(r) {
			if part != 0 {
				d.characters = append(d.characters, character{r: part})
			}
		}
		return
	}
	m, ok := lookUp(r)
	if !ok || !d.compatible && (m.kind == compatibleRun || m.kind == compatibleString) {
		d.characters = append(d.characters, character{r, class(r)})
		return
	}
	switch m.kind {
	case canonicalPair:
		d.add(m.first)
		d.add(m.second)
	case compatibleString:
		for _, part := range m.text {
			d.add(part)
		}
	default:
		d.add(m.first + r - m.from)
	}
}

// order sorts each run of marks by their classes (the Canonical Ordering
// Algorithm, Unicode D109); marks of one class keep their order.
func (d *decomposed) order() {
	for i := 0; i < len(d.characters); i++ {
		end := i
		for end < len(d.characters) && d.characters[end].class != 0 {
			end++
		}
		if end-i > 1 {
			slices.SortStableFunc(d.characters[i:end], func(a, b character) int { return int(a.class) - int(b.class) })
		}
		i = end
	}
}

// compose joins each character to the starter before it where a composition
// exists and nothing between blocks it (D117), and returns the text.
func (d *decomposed) compose() string {
	kept := d.characters[:0]
	starter := -1
	for _, c := range d.characters {
		if starter >= 0 {
			last := kept[len(kept)-1]
			adjacent := len(kept)-1 == starter
			if adjacent || last.class != 0 && last.class < c.class {
				if joined, ok := composition(kept[starter].r, c.r); ok {
					kept[starter].r = joined
					continue
				}
			}
		}
		if c.class == 0 {
			starter = len(kept)
		}
		kept = append(kept, c)
	}
	out := make([]byte, 0, 3*len(kept))
	for _, c := range kept {
		if c.r < 0 {
			out = append(out, byte(-1-c.r))
			continue
		}
		out = utf8.AppendRune(out, c.r)
	}
	return string(out)
}

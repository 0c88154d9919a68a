package norm

import (
	"encoding/binary"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

var write = flag.Bool("write", false, "write the tables anew from golang.org/x/text")

// step is one decomposition of one code point as x/text has it.
type step struct {
	r    rune
	kind kind
	to   []rune
}

// steps returns the decompositions of every code point, Hangul aside.
func steps(t *testing.T) []step {
	t.Helper()
	pairs := map[string]rune{} // what decomposes canonically to two or more, by its full decomposition
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		if d := norm.NFD.PropertiesString(string(r)).Decomposition(); len([]rune(string(d))) > 1 && !isSyllable(r) {
			pairs[string(d)] = r
		}
	}
	var all []step
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		if isSyllable(r) || r >= 0xd800 && r <= 0xdfff {
			continue
		}
		canonical := []rune(string(norm.NFD.PropertiesString(string(r)).Decomposition()))
		compatible := []rune(string(norm.NFKD.PropertiesString(string(r)).Decomposition()))
		switch {
		case len(canonical) == 1:
			all = append(all, step{r, canonicalRun, canonical})
		case len(canonical) > 1:
			all = append(all, step{r, canonicalPair, splitPair(t, pairs, canonical)})
		case len(compatible) == 1:
			all = append(all, step{r, compatibleRun, compatible})
		case len(compatible) > 1:
			all = append(all, step{r, compatibleString, compatible})
		}
	}
	return all
}

// splitPair returns the two code points that a character is canonically: the
// last of its full decomposition, and what the others are together.
func splitPair(t *testing.T, pairs map[string]rune, full []rune) []rune {
	t.Helper()
	head := full[:len(full)-1]
	if len(head) > 1 {
		if composed := []rune(norm.NFC.String(string(head))); len(composed) == 1 {
			head = composed
		} else if r, ok := pairs[string(head)]; ok { // excluded from composition
			head = []rune{r}
		}
	}
	if len(head) != 1 {
		t.Fatalf("%U is no pair", full)
	}
	return []rune{head[0], full[len(full)-1]}
}

// tables are the four files.
type tables map[string][]byte

// makeTables writes what doc.go describes.
func makeTables(t *testing.T) tables {
	t.Helper()
	all := steps(t)
	texts := pool(all)
	var decompositions []byte
	type composite struct {
		first, second rune
		place         uint16
	}
	var composites []composite
	for i := 0; i < len(all); {
		s, n := all[i], 1
		w := uint64(s.r)<<43 | uint64(s.kind)<<41
		switch s.kind {
		case canonicalPair:
			w |= uint64(s.to[0])<<18 | uint64(s.to[1])
			if norm.NFC.String(string(s.to)) == string(s.r) {
				composites = append(composites, composite{s.to[0], s.to[1], uint16(len(decompositions) / decompositionSize)})
			}
		case compatibleString:
			w |= uint64(strings.Index(texts, string(s.to)))<<6 | uint64(len(string(s.to)))
		default:
			for i+n < len(all) && all[i+n].kind == s.kind && all[i+n].r == s.r+rune(n) && all[i+n].to[0] == s.to[0]+rune(n) {
				n++
			}
			w |= uint64(n-1)<<21 | uint64(s.to[0])
		}
		decompositions = binary.BigEndian.AppendUint64(decompositions, w)
		i += n
	}
	slices.SortFunc(composites, func(a, b composite) int {
		if a.first != b.first {
			return int(a.first - b.first)
		}
		return int(a.second - b.second)
	})
	var compositions []byte
	for _, c := range composites {
		compositions = binary.BigEndian.AppendUint16(compositions, c.place)
	}
	return tables{"decompositions.bin": decompositions, "strings.txt": []byte(texts), "compositions.bin": compositions, "classes.bin": classTable()}
}

// pool returns one text that every longer mapping is a part of, longest first.
func pool(all []step) string {
	var long []string
	for _, s := range all {
		if s.kind == compatibleString {
			long = append(long, string(s.to))
		}
	}
	slices.SortStableFunc(long, func(a, b string) int { return len(b) - len(a) })
	text := ""
	for _, s := range long {
		if !strings.Contains(text, s) {
			text += s
		}
	}
	return text
}

func classTable() []byte {
	var out []byte
	var from rune
	var last uint8
	for r := rune(0); r <= unicode.MaxRune; r++ {
		c := norm.NFC.PropertiesString(string(r)).CCC()
		if c != last || r-from > 0x7f {
			if last != 0 {
				out = binary.BigEndian.AppendUint32(out, uint32(from)<<15|uint32(r-1-from)<<8|uint32(last))
			}
			from, last = r, c
		}
	}
	return out
}

func TestTablesAreThoseOfUnicode(t *testing.T) {
	if norm.Version != Version {
		t.Fatalf("golang.org/x/text is of Unicode %s with this Go, the tables are of %s: write them anew (-write) and take its tests", norm.Version, Version)
	}
	total := 0
	for name, want := range makeTables(t) {
		path := filepath.Join("tables", name)
		if *write {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is not what x/text has: run go test with -write", path)
		}
		total += len(got)
	}
	if total > 43_500 {
		t.Errorf("the tables have %d bytes, doc.go promises 43 kB", total)
	}
}

// The starters that are the second part of a composition are listed in the code.
func TestSecondPartsAreListed(t *testing.T) {
	var want []rune
	for i := range len(compositions) / compositionSize {
		if second := pairAt(i).second; class(second) == 0 {
			want = append(want, second)
		}
	}
	slices.Sort(want)
	if want = slices.Compact(want); !slices.Equal(want, starters[:]) {
		t.Errorf("%#x, want %#x", starters, want)
	}
}

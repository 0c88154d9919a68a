package norm

import (
	"bufio"
	"compress/bzip2"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// library asks the library for each stretch of UTF-8 alone: of what follows a byte that
// is none it leaves some as it is ("\xf0\u037e").
func library(form norm.Form, s string) (normal string) {
	for s != "" {
		end := 0
		for end < len(s) {
			r, size := utf8.DecodeRuneInString(s[end:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			end += size
		}
		normal += form.String(s[:end])
		if end < len(s) {
			normal += s[end : end+1]
			end++
		}
		s = s[end:]
	}
	return normal
}

// same holds our forms of one text to those of x/text, and normal forms to
// themselves.
func same(t *testing.T, s string) {
	t.Helper()
	if got, want := NFC(s), library(norm.NFC, s); got != want {
		t.Fatalf("NFC of %+q: %+q, want %+q", s, got, want)
	}
	if got, want := NFKC(s), library(norm.NFKC, s); got != want {
		t.Fatalf("NFKC of %+q: %+q, want %+q", s, got, want)
	}
	if c, kc := NFC(s), NFKC(s); NFC(c) != c || NFKC(kc) != kc || NFC(kc) != kc {
		t.Fatalf("%+q: a normal form is not its own", s)
	}
}

func TestEveryCodePointIsAsInTheLibrary(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if s := string(r); NFC(s) != norm.NFC.String(s) || NFKC(s) != norm.NFKC.String(s) {
			t.Fatalf("%U: %+q and %+q", r, NFC(s), NFKC(s))
		}
		if class(r) != norm.NFC.PropertiesString(string(r)).CCC() {
			t.Fatalf("%U: class %d", r, class(r))
		}
	}
}

// Every code point between neighbours that it may compose with or pass: marks of
// low and high classes, the vowel and the trailing consonant of Hangul.
func TestEveryCodePointAmongMarksIsAsInTheLibrary(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !changes(r) {
			continue
		}
		for _, other := range []string{"\u0301\u0345", "\u0323", "\u1161\u11a8α"} {
			same(t, "e\u0302"+string(r)+other+string(r))
		}
	}
}

// changes tells whether r is of any interest to normalisation.
func changes(r rune) bool {
	if _, ok := lookUp(r); ok || class(r) != 0 || isSecond(r) {
		return true
	}
	return isLeading(r) || isVowel(r) || isTrailing(r) || isSyllable(r) && r%97 == 0
}

// Every pair of a first and a second part of any composition, whether they are
// of one composition or not.
func TestEveryPairOfPartsIsAsInTheLibrary(t *testing.T) {
	firsts, seconds := map[rune]bool{}, map[rune]bool{}
	for i := range len(decompositions) / decompositionSize {
		if m, _ := entry(i); m.kind == canonicalPair {
			firsts[m.first], seconds[m.second] = true, true
		}
	}
	for first := range firsts {
		for second := range seconds {
			if s := string(first) + string(second); NFC(s) != norm.NFC.String(s) {
				t.Fatalf("NFC of %+q: %+q, want %+q", s, NFC(s), norm.NFC.String(s))
			}
		}
	}
}

// interesting are the code points that change and some that do not.
func interesting() []rune {
	all := []rune("aA1*é 王𠮷\u00a0")
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		if changes(r) {
			all = append(all, r)
		}
	}
	return all
}

func TestRandomTextsAreAsInTheLibrary(t *testing.T) {
	all := interesting()
	marks := slices.DeleteFunc(slices.Clone(all), func(r rune) bool { return class(r) == 0 })
	r := rand.New(rand.NewPCG(15, 0))
	for range 15_000 {
		var text []byte
		for range r.IntN(12) {
			switch r.IntN(8) {
			case 0:
				text = append(text, byte(r.Uint32())) // often no UTF-8
			case 1, 2, 3:
				text = utf8.AppendRune(text, marks[r.IntN(len(marks))])
			default:
				text = utf8.AppendRune(text, all[r.IntN(len(all))])
			}
		}
		same(t, string(text))
	}
}

// The library breaks a run of more than 30 marks with a character of its own
// (its Stream-Safe Text Format), which Unicode's normal forms do not have: a
// name of that many marks is over the length of a name and keeps none.
func TestLongRunOfMarksStaysOneRun(t *testing.T) {
	for _, n := range []int{30, 31, 1000, 100_000} {
		got := NFC("e" + strings.Repeat("\u0323\u0301", n))
		if want := "\u1eb9" + strings.Repeat("\u0323", n-1) + strings.Repeat("\u0301", n); got != want {
			t.Errorf("%d marks: %d bytes, want %d", 2*n, len(got), len(want))
		}
	}
}

func TestNormalTextTakesNoMemory(t *testing.T) {
	for _, s := range []string{"", "John Smith", "330102199001010014", "王小明", "𠮷野家", "Đặng Thị", "김철수", "买买提·艾力", "Иванов"} {
		if n := testing.AllocsPerRun(10, func() { NFC(s) }); n != 0 {
			t.Errorf("NFC of %s: %v allocations", s, n)
		}
	}
	if n := testing.AllocsPerRun(10, func() { NFKC("军字第0123456号") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// testdata/NormalizationTest.txt.bz2 is that of Unicode 15.0.0 without its
// comments: five columns, of which c2 is NFC of c1 to c3 and c4 is NFC of c4 and
// c5, and c4 is NFKC of all; what part 1 does not list is its own form.
func TestUnicodesOwnCasesHold(t *testing.T) {
	file, err := os.Open("testdata/NormalizationTest.txt.bz2")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(bzip2.NewReader(file))
	cases, part, listed := 0, "", map[string]bool{}
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "@") {
			part = lines.Text()
			continue
		}
		c := columns(t, lines.Text())
		for _, s := range c {
			if NFKC(s) != c[3] {
				t.Errorf("NFKC of %+q: %+q, want %+q", s, NFKC(s), c[3])
			}
		}
		for i, s := range c {
			if want := c[1+i/3*2]; NFC(s) != want {
				t.Errorf("NFC of %+q: %+q, want %+q", s, NFC(s), want)
			}
		}
		if part == "@Part1" {
			listed[c[0]] = true
		}
		cases++
	}
	if err := lines.Err(); err != nil || cases < 19_000 {
		t.Fatalf("%d cases, %v", cases, err)
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if s := string(r); !listed[s] && (NFC(s) != s || NFKC(s) != s) {
			t.Errorf("%U is changed", r)
		}
	}
}

func columns(t *testing.T, line string) (c [5]string) {
	t.Helper()
	fields := strings.Split(line, ";")
	if len(fields) != len(c) {
		t.Fatalf("%q", line)
	}
	for i, field := range fields {
		for _, hex := range strings.Fields(field) {
			r, err := strconv.ParseUint(hex, 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			c[i] += string(rune(r))
		}
	}
	return c
}

func FuzzAsInTheLibrary(f *testing.F) {
	for _, s := range []string{"E\u0301ric", "１２Ｘ", "각", "\xed\xa0\x80e\u0301", "\ufdfa", "\xf0\u037e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if run := 0; strings.ContainsFunc(norm.NFKD.String(s), func(r rune) bool {
			if run++; class(r) == 0 {
				run = 0
			}
			return run > 25 || r == 0x34f // see TestLongRunOfMarksStaysOneRun
		}) {
			return
		}
		same(t, s)
	})
}

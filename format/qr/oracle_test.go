package qr

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	qrcode "github.com/skip2/go-qrcode"
)

// randomText returns n characters of the first size ones of the alphabet, the
// same in every run.
func randomText(n, size int) string {
	source := rand.New(rand.NewPCG(uint64(n), uint64(size)))
	text := make([]byte, n)
	for i := range text {
		text[i] = alphabet[source.IntN(size)]
	}
	return string(text)
}

// skip2 draws text with an independent encoder and returns its version and
// modules.
func skip2(t *testing.T, text string) (int, [][]bool) {
	t.Helper()
	symbol, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		t.Fatalf("skip2/go-qrcode on %d characters: %v", len(text), err)
	}
	symbol.DisableBorder = true
	return symbol.VersionNumber, symbol.Bitmap()
}

// maskOf reads the mask from the format information of a symbol.
func maskOf(t *testing.T, modules [][]bool) int {
	t.Helper()
	got := 0
	for i := range 15 {
		if p := formatPlaces(i, len(modules))[0]; modules[p.y][p.x] {
			got |= 1 << i
		}
	}
	for mask := range 8 {
		if formatInformation(mask) == got {
			return mask
		}
	}
	t.Fatalf("format information %015b is not of level M", got)
	return 0
}

// drawWith draws text as Encode does, under a given mask.
func drawWith(t *testing.T, text string, mask int) (int, []row) {
	t.Helper()
	s, err := newSegment(text)
	if err != nil {
		t.Fatal(err)
	}
	version, err := s.version()
	if err != nil {
		t.Fatal(err)
	}
	template := templateOf(version)
	rows := make([]row, template.size)
	template.apply(mask, template.draw(interleave(s.codewords(version), version)), rows)
	return version, rows
}

// TestEveryModuleIsThatOfAnIndependentEncoder compares both ends and a middle of
// every version in both modes. The mask is given, since skip2/go-qrcode counts
// runs of five, unlike the standard, as none.
func TestEveryModuleIsThatOfAnIndependentEncoder(t *testing.T) {
	for _, mode := range []struct {
		name       string
		characters int
	}{{"numeric", 10}, {"alphanumeric", len(alphabet)}} {
		t.Run(mode.name, func(t *testing.T) {
			for version := 1; version <= 40; version++ {
				first, last := lengthsOf(t, version, mode.characters)
				for _, n := range []int{first, (first + last) / 2, last} {
					compare(t, randomText(n, mode.characters), version)
				}
			}
		})
	}
}

func compare(t *testing.T, text string, version int) {
	t.Helper()
	oracleVersion, modules := skip2(t, text)
	gotVersion, rows := drawWith(t, text, maskOf(t, modules))
	if gotVersion != version || oracleVersion != version {
		t.Fatalf("%d characters: version %d, skip2/go-qrcode %d, want %d", len(text), gotVersion, oracleVersion, version)
	}
	for y := range modules {
		for x, want := range modules[y] {
			if rows[y].at(x) != want {
				t.Fatalf("version %d, %d characters: module %d, %d differs", version, len(text), x, y)
			}
		}
	}
	if got, err := Version(text); err != nil || got != version {
		t.Errorf("Version of %d characters: %d, %v, want %d", len(text), got, err, version)
	}
}

// lengthsOf returns the least and the largest number of characters that need
// this version.
func lengthsOf(t *testing.T, version, characters int) (first, last int) {
	t.Helper()
	for n := 1; n <= 6000; n++ {
		v, err := Version(strings.Repeat(alphabet[characters-1:characters], n))
		if err != nil || v > version {
			break
		}
		if v == version && first == 0 {
			first = n
		}
		last = n
	}
	if first == 0 {
		t.Fatalf("no length needs version %d", version)
	}
	return first, last
}

// TestCapacityIsThatOfTheStandard spot-checks ISO/IEC 18004, table 7, level M.
func TestCapacityIsThatOfTheStandard(t *testing.T) {
	for _, c := range []struct{ version, numeric, alphanumeric int }{
		{1, 34, 20}, {2, 63, 38}, {5, 202, 122}, {6, 255, 154}, {7, 293, 178}, {8, 365, 221}, {9, 432, 262},
		{10, 513, 311}, {11, 604, 366}, {15, 991, 600}, {20, 1600, 970}, {26, 2544, 1542}, {27, 2701, 1637},
		{30, 3289, 1994}, {39, 5313, 3220}, {40, 5596, 3391},
	} {
		if _, got := lengthsOf(t, c.version, 10); got != c.numeric {
			t.Errorf("version %d holds %d digits, want %d", c.version, got, c.numeric)
		}
		if _, got := lengthsOf(t, c.version, len(alphabet)); got != c.alphanumeric {
			t.Errorf("version %d holds %d characters, want %d", c.version, got, c.alphanumeric)
		}
	}
}

func TestMaskOfLeastPenaltyIsChosen(t *testing.T) {
	for n := 20; n <= 3391; n += 111 {
		text := randomText(n, len(alphabet))
		symbol, err := Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		best, least := -1, 0
		for mask := range 8 {
			_, rows := drawWith(t, text, mask)
			if points := slowPenalty(rows); best < 0 || points < least {
				best, least = mask, points
			}
		}
		if symbol.mask != best {
			t.Errorf("%d characters: mask %d, want %d", n, symbol.mask, best)
		}
	}
}

func TestPenaltyIsTheOneCountedModuleByModule(t *testing.T) {
	source := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{21, 25, 57, 61, 65, 69, 125, 129, 133, 177} {
		for density := range 5 {
			rows := make([]row, size)
			for y := range rows {
				for x := range size {
					if source.IntN(6) <= density {
						rows[y].set(x)
					}
				}
			}
			if got, want := penalty(rows), slowPenalty(rows); got != want {
				t.Errorf("size %d, density %d: %d points, want %d", size, density, got, want)
			}
		}
	}
}

// slowPenalty is ISO/IEC 18004, table 11, as plainly as it can be written.
func slowPenalty(rows []row) int {
	size := len(rows)
	points, dark := 0, 0
	at := func(x, y int) bool { return rows[y].at(x) }
	for i := range size {
		var across, down strings.Builder
		for j := range size {
			fmt.Fprint(&across, map[bool]int{true: 1}[at(j, i)])
			fmt.Fprint(&down, map[bool]int{true: 1}[at(i, j)])
			if at(j, i) {
				dark++
			}
			if i > 0 && j > 0 && at(j, i) == at(j-1, i) && at(j, i) == at(j, i-1) && at(j, i) == at(j-1, i-1) {
				points += 3
			}
		}
		points += linePenalty(across.String()) + linePenalty(down.String())
	}
	percent := float64(dark) / float64(size*size) * 100
	return points + 10*int(max(percent-50, 50-percent)/5)
}

func linePenalty(line string) (points int) {
	run := 0
	for i := range line {
		if i == 0 || line[i] != line[i-1] {
			run = 0
		}
		switch run++; {
		case run == 5:
			points += 3
		case run > 5:
			points++
		}
		for _, pattern := range []string{"00001011101", "10111010000"} {
			if strings.HasPrefix(line[i:], pattern) {
				points += 40
			}
		}
	}
	return points
}

func TestTextThatNoSymbolHoldsIsRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		want error
	}{
		{"empty", "", ErrEmpty},
		{"lower case", "tx1:BB8", ErrCharacter},
		{"Chinese", "通行", ErrCharacter},
		{"line break", "TX1:BB8\n", ErrCharacter},
		{"a character whose low byte is a letter", "TX1:Ł", ErrCharacter},
		{"invalid UTF-8", "TX1:\xff", ErrCharacter},
		{"one digit too many", strings.Repeat("1", 5597), ErrTooLong},
		{"one character too many", strings.Repeat("A", 3392), ErrTooLong},
	} {
		if symbol, err := Encode(c.text); !errors.Is(err, c.want) || symbol != nil {
			t.Errorf("Encode, %s: %v, want %v", c.name, err, c.want)
		}
		if version, err := Version(c.text); !errors.Is(err, c.want) || version != 0 {
			t.Errorf("Version, %s: %v, want %v", c.name, err, c.want)
		}
	}
}

package truetype

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// folder has the fonts that this project prints with.
const folder = "../../../fonts"

func parseFile(t testing.TB, name string) *Font {
	t.Helper()
	f, err := Parse(fontFile(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func fontFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// few is a font of a few characters, composite glyphs among them.
func few(t testing.TB) []byte { return seed(t, "latin.ttf") }

func seed(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// generalCharacters returns the 8,105 characters of 通用规范汉字表.
func generalCharacters(t testing.TB) []rune {
	t.Helper()
	data, err := os.ReadFile("../testdata/general_characters.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []rune
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") {
			out = append(out, []rune(strings.TrimSpace(line))...)
		}
	}
	if len(out) != 8105 {
		t.Fatalf("%d characters, want 8105", len(out))
	}
	return out
}

func TestEveryGeneralCharacterAndLatinLetterHasAGlyph(t *testing.T) {
	f := parseFile(t, "noto-sans-sc.ttf")
	for _, r := range generalCharacters(t) {
		if _, ok := f.Glyph(r); !ok {
			t.Errorf("%c U+%04X has no glyph", r, r)
		}
	}
	latin := parseFile(t, "noto-sans-latin.ttf")
	for _, r := range "ÀÉÎÕÜàéîõüčďěğışšťůžāēīōūǎǐǒǔǖǘǚǜạảấầẩẫậđơưəñ·—“”（）：、。𬱖" {
		_, ideographic := f.Glyph(r)
		if _, ok := latin.Glyph(r); !ok && !ideographic {
			t.Errorf("%c U+%04X has no glyph", r, r)
		}
	}
}

func TestRareIdeographsAreInTheOtherFonts(t *testing.T) {
	first := parseFile(t, "noto-sans-sc.ttf")
	for name, rare := range map[string]rune{"noto-sans-hk-rare.ttf": '𨋢', "noto-sans-jp-rare.ttf": '𠮷'} {
		f := parseFile(t, name)
		if _, ok := f.Glyph(rare); !ok {
			t.Errorf("%s has no %c", name, rare)
		}
		for _, r := range f.Characters() {
			if _, ok := first.Glyph(r); ok && r > 0x2fff {
				t.Errorf("%s repeats %c", name, r)
			}
		}
	}
}

func TestMetricsAreThoseOfTheFont(t *testing.T) {
	f := parseFile(t, "noto-sans-sc.ttf")
	m := f.Metrics()
	if f.Name() != "NotoSansSC-Regular" || m.UnitsPerEm != 1000 || m.Weight != 400 || m.CapHeight != 733 {
		t.Errorf("%s %+v", f.Name(), m)
	}
	g, _ := f.Glyph('明')
	if f.Advance(g) != 1000 {
		t.Errorf("an ideograph is %d wide", f.Advance(g))
	}
	if f.Advance(65535) != 0 {
		t.Error("a glyph that there is not has a width")
	}
}

func TestAMissingCharacterHasNoGlyph(t *testing.T) {
	f := parseFile(t, "noto-sans-sc.ttf")
	for _, r := range []rune{'𠮷', 0, -1, 0x10ffff, 0x110000, '\u200b', '\U0001F600'} {
		if g, ok := f.Glyph(r); ok {
			t.Errorf("U+%04X has glyph %d", r, g)
		}
	}
	if _, ok := f.Glyph(' '); !ok {
		t.Error("a blank counts as missing")
	}
}

// TestASubsetDrawsWhatTheFontDraws compares outlines, those of parts too.
func TestASubsetDrawsWhatTheFontDraws(t *testing.T) {
	sameDrawing(t, parseFile(t, "noto-sans-sc.ttf"), "é明王 𬱖明")
	sameDrawing(t, parseFile(t, "noto-sans-latin.ttf"), "čďşẅḁč")
}

func sameDrawing(t *testing.T, f *Font, text string) {
	t.Helper()
	var glyphs []GlyphID
	for _, r := range text {
		g, ok := f.Glyph(r)
		if !ok {
			t.Fatalf("%c has no glyph", r)
		}
		glyphs = append(glyphs, g)
	}
	small := reread(t, f, glyphs)
	for i, g := range glyphs {
		if small.Advance(GlyphID(i+1)) != f.Advance(g) {
			t.Errorf("glyph %d has another advance", i)
		}
		sameOutline(t, f, small, g, GlyphID(i+1))
	}
}

// reread makes a subset and reads it as far as one without names and characters
// can be read.
func reread(t *testing.T, f *Font, glyphs []GlyphID) *Font {
	t.Helper()
	data, err := f.Subset(glyphs)
	if err != nil {
		t.Fatal(err)
	}
	again, err := f.Subset(glyphs)
	if err != nil || !bytes.Equal(data, again) {
		t.Fatal("equal glyphs gave other bytes")
	}
	if sum := checksum(data); sum != 0xB1B0AFBA {
		t.Errorf("checksum %08X", sum)
	}
	small := &Font{}
	if err := small.readDirectory(data); err != nil {
		t.Fatal(err)
	}
	small.tables["OS/2"], small.tables["post"] = f.tables["OS/2"], f.tables["post"]
	for _, step := range []func([]byte) error{small.readHead, small.readAdvances, small.readGlyphs} {
		if err := step(data); err != nil {
			t.Fatal(err)
		}
	}
	return small
}

func sameOutline(t *testing.T, f, small *Font, old, now GlyphID) {
	t.Helper()
	a, errA := f.parts(old)
	b, errB := small.parts(now)
	if errA != nil || errB != nil || len(a) != len(b) {
		t.Fatalf("glyph %d: %d and %d parts, %v, %v", old, len(a), len(b), errA, errB)
	}
	for i := range a {
		sameOutline(t, f, small, a[i].glyph, b[i].glyph)
	}
	if want, got := f.outline(old), small.outline(now); len(a) == 0 && !bytes.Equal(want, got[:min(len(got), len(want))]) {
		t.Errorf("glyph %d is drawn differently", old)
	}
}

// TestOutlinesLieInTheBoxOfTheirGlyph compares with the box that the font itself
// gives for each glyph (its maker's arithmetic, not ours), for all glyphs.
func TestOutlinesLieInTheBoxOfTheirGlyph(t *testing.T) {
	for _, name := range []string{"noto-sans-sc.ttf", "noto-sans-latin.ttf"} {
		f := parseFile(t, name)
		for g := range GlyphID(f.Glyphs()) {
			contours, err := f.Outline(g)
			if err != nil {
				t.Fatal(err)
			}
			head := f.outline(g)
			if head == nil {
				continue
			}
			box := [4]int{1 << 20, 1 << 20, -1 << 20, -1 << 20}
			for _, c := range contours {
				for _, p := range c {
					box = [4]int{min(box[0], p.X), min(box[1], p.Y), max(box[2], p.X), max(box[3], p.Y)}
				}
			}
			want := [4]int{signed(head[2:]), signed(head[4:]), signed(head[6:]), signed(head[8:])}
			for i := range box {
				if d := box[i] - want[i]; d < -1 || d > 1 {
					t.Fatalf("%s glyph %d: box %v, the font says %v", name, g, box, want)
				}
			}
		}
	}
}

func TestASubsetOfStrangeGlyphsIsRefused(t *testing.T) {
	f, err := Parse(few(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Subset([]GlyphID{GlyphID(f.Glyphs())}); !errors.Is(err, ErrFormat) {
		t.Errorf("a glyph that there is not: %v", err)
	}
	if _, err := f.Subset(make([]GlyphID, maxGlyphs)); !errors.Is(err, ErrTooMany) {
		t.Errorf("65,536 glyphs: %v", err)
	}
}

func TestOtherKindsOfFontsAreRefused(t *testing.T) {
	for _, kind := range []string{"OTTO", "ttcf", "wOFF", "wOF2"} {
		data := slices.Concat([]byte(kind), few(t)[4:])
		if _, err := Parse(data); !errors.Is(err, ErrKind) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// at returns where a table of few begins.
func at(t *testing.T, data []byte, tag string) int {
	t.Helper()
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		if entry := data[directoryHead+directoryEntry*i:]; string(entry[:4]) == tag {
			return int(binary.BigEndian.Uint32(entry[8:]))
		}
	}
	t.Fatalf("no table %s", tag)
	return 0
}

func TestAFontThatForbidsItIsNotEmbedded(t *testing.T) {
	data := few(t)
	binary.BigEndian.PutUint16(data[at(t, data, "OS/2")+8:], 2)
	if _, err := Parse(data); !errors.Is(err, ErrLicence) {
		t.Error(err)
	}
}

func TestAMalformedTableIsRefusedByName(t *testing.T) {
	for _, test := range []struct {
		tag   string
		at    int
		value uint16
	}{
		{"head", 12, 0}, {"head", 18, 8}, {"head", 50, 2}, {"head", 36, 32000},
		{"maxp", 4, 0}, {"maxp", 4, 65535}, {"hhea", 34, 0}, {"hhea", 34, 65535},
		{"loca", 2, 65535}, {"cmap", 2, 65535}, {"cmap", 2, 0}, {"name", 2, 65535}, {"name", 2, 0}, {"name", 6 + 10, 65535},
	} {
		data := few(t)
		binary.BigEndian.PutUint16(data[at(t, data, test.tag)+test.at:], test.value)
		if _, err := Parse(data); !errors.Is(err, ErrFormat) {
			t.Errorf("%s+%d = %d: %v", test.tag, test.at, test.value, err)
		}
	}
}

func TestEveryCutOfAFontIsRefused(t *testing.T) {
	whole := few(t)
	for n := 0; n < len(whole)-4; n += 7 {
		if _, err := Parse(whole[:n:n]); err == nil {
			t.Fatalf("the first %d of %d bytes are a font", n, len(whole))
		}
	}
}

func TestAGlyphThatHoldsItselfIsRefused(t *testing.T) {
	data := few(t)
	f, err := Parse(slices.Clone(data))
	if err != nil {
		t.Fatal(err)
	}
	glyf := at(t, data, "glyf")
	for g := range f.Glyphs() {
		parts, err := f.parts(GlyphID(g))
		if err != nil {
			t.Fatal(err)
		}
		if len(parts) > 0 {
			binary.BigEndian.PutUint16(data[glyf+int(f.offsets[g])+parts[0].at:], uint16(g))
			if _, err := Parse(data); !errors.Is(err, ErrFormat) {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatal("the font has no composite glyph")
}

// TestGlyphsThatPlaceOneAnotherManyTimesAreRefused: five layers of 128 parts would
// be 34,000 million of them, and nothing to draw in the last.
func TestGlyphsThatPlaceOneAnotherManyTimesAreRefused(t *testing.T) {
	const layers = 5
	glyf := make([]byte, glyphHead)
	f := &Font{glyphs: layers + 1, offsets: []uint32{0, glyphHead}}
	for layer := range uint16(layers) {
		glyf = append(glyf, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0)
		for i := range maxComponents {
			flags := uint16(0x0002) // placed by a distance
			if i < maxComponents-1 {
				flags |= moreComponents
			}
			glyf = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(glyf, flags), layer)
			glyf = append(glyf, 1, 1)
		}
		f.offsets = append(f.offsets, uint32(len(glyf)))
	}
	f.tables = map[string][]byte{"glyf": glyf}
	if _, err := f.Outline(2); err != nil {
		t.Errorf("16,000 parts: %v", err)
	}
	if _, err := f.Outline(layers); !errors.Is(err, ErrFormat) {
		t.Errorf("%v", err)
	}
}

// FuzzParse: whatever Parse accepts can be asked for everything and subset.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"latin.ttf", "ideographs.ttf"} {
		if _, err := Parse(seed(f, name)); err != nil {
			f.Fatal(err)
		}
		f.Add(seed(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		font, err := Parse(data)
		if err != nil {
			return
		}
		var glyphs []GlyphID
		for _, r := range font.Characters() {
			g, ok := font.Glyph(r)
			if !ok {
				t.Fatalf("U+%04X is listed and has no glyph", r)
			}
			font.Advance(g)
			if _, err := font.Outline(g); err != nil && !errors.Is(err, ErrFormat) {
				t.Fatal(err)
			}
			if len(glyphs) < 1000 {
				glyphs = append(glyphs, g)
			}
		}
		if _, err := font.Subset(glyphs); err != nil && !errors.Is(err, ErrTooMany) {
			t.Fatal(err)
		}
	})
}

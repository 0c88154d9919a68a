package pdf

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The grid on which characters are looked at: cells of whole dots, so that what
// is drawn alike looks alike in every cell.
const (
	gridDPI     = 150
	gridCell    = 44 // dots
	gridColumns = 25
	gridRows    = 35
)

// picture is a page in black and white.
type picture struct {
	width, height int
	bits          []byte // rows padded to bytes, 1 is black
}

func (p *picture) black(x, y int) bool {
	return p.bits[y*((p.width+7)/8)+x/8]>>(7-x%8)&1 == 1
}

// drawn returns the pages of a document without anti-aliasing.
func drawn(t *testing.T, document []byte, dpi int) []*picture {
	t.Helper()
	folder := t.TempDir()
	tool(t, document, "pdftoppm", "-r", fmt.Sprint(dpi), "-mono", "-aa", "no", "-aaVector", "no", "FILE", filepath.Join(folder, "p"))
	paths, err := filepath.Glob(filepath.Join(folder, "p*"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no page was drawn", err)
	}
	var out []*picture
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p, rest := &picture{}, bytes.NewReader(data)
		if _, err := fmt.Fscanf(rest, "P4\n%d %d\n", &p.width, &p.height); err != nil {
			t.Fatal(err)
		}
		p.bits = data[len(data)-rest.Len():]
		out = append(out, p)
	}
	return out
}

// cells draws every character in a cell of its own and returns what is seen in it.
func cells(t *testing.T, characters []rune) map[rune]string {
	t.Helper()
	face := typeface(t)
	var pages []*Page
	for from := 0; from < len(characters); from += gridColumns * gridRows {
		p := NewPage(face, Dots(gridCell*gridColumns, gridDPI), Dots(gridCell*gridRows, gridDPI))
		for i, r := range characters[from:min(from+gridColumns*gridRows, len(characters))] {
			x, y := Dots(i%gridColumns*gridCell+4, gridDPI), Dots(i/gridColumns*gridCell+34, gridDPI)
			if err := p.Text(x, y, Style{Size: Dots(36, gridDPI)}, string(r)); err != nil {
				t.Fatal(err)
			}
		}
		pages = append(pages, p)
	}
	pictures := drawn(t, written(t, options(face), pages...), gridDPI)
	seen := map[rune]string{}
	for i, r := range characters {
		p, at := pictures[i/(gridColumns*gridRows)], i%(gridColumns*gridRows)
		var b strings.Builder
		for y := at / gridColumns * gridCell; y < (at/gridColumns+1)*gridCell; y++ {
			for x := at % gridColumns * gridCell; x < (at%gridColumns+1)*gridCell; x++ {
				if p.black(x, y) {
					b.WriteByte('#')
				} else {
					b.WriteByte('.')
				}
			}
		}
		seen[r] = b.String()
	}
	return seen
}

// TestEveryCharacterLooksLikeNoOther looks at the page, not at its text: a font
// that lacks a character shows the same box, or nothing, for all that it lacks.
func TestEveryCharacterLooksLikeNoOther(t *testing.T) {
	data, err := os.ReadFile("../testdata/general_characters.txt")
	if err != nil {
		t.Fatal(err)
	}
	var characters []rune
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") {
			characters = append(characters, []rune(strings.TrimSpace(line))...)
		}
	}
	if len(characters) != 8105 {
		t.Fatalf("%d characters, want 8105", len(characters))
	}
	characters = append(characters, []rune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789ÀÉÎÕÜČĎĚĞŞŠŤŮŽẠẾẶĐƠƯƏÑ𠮷𨋢*·")...)
	like := map[string]rune{}
	for r, look := range cells(t, characters) {
		switch other, twice := like[look]; {
		case !strings.Contains(look, "#"):
			t.Errorf("%c U+%04X shows nothing", r, r)
		case twice:
			t.Errorf("%c U+%04X looks like %c U+%04X", r, r, other, other)
		}
		like[look] = r
	}
}

// TestWhatIsDrawnAlikeIsSeenAlike: without this the test above would prove nothing.
// The two dots are one glyph of the font.
func TestWhatIsDrawnAlikeIsSeenAlike(t *testing.T) {
	seen := cells(t, []rune("王\u2027\u00b7"))
	if seen['\u2027'] != seen['\u00b7'] || seen['王'] == seen['\u00b7'] {
		t.Error("equal glyphs look different, or different ones equal")
	}
}

package pdf

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tongxing/tongxing/issuer/paper/truetype"
)

// maxFonts bounds a typeface: the number of a font is one digit on the page.
const maxFonts = 8

// ErrNoFont reports a typeface of no font, or of more than eight.
var ErrNoFont = errors.New("pdf: a typeface has one to eight fonts")

// MissingError reports characters that no font of a typeface has.
type MissingError struct {
	Characters []rune // each once, in the order of the text
}

func (e *MissingError) Error() string {
	return "pdf: no font has the character " + e.Names()
}

// Names returns the characters as they look, where they can be shown, and their
// numbers: "𠮷 U+20BB7". At most eight are named.
func (e *MissingError) Names() string {
	const most = 8
	var names []string
	for _, r := range e.Characters[:min(most, len(e.Characters))] {
		name := fmt.Sprintf("U+%04X", r)
		if unicode.IsPrint(r) {
			name = string(r) + " " + name
		}
		names = append(names, name)
	}
	if len(e.Characters) > most {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// Typeface is a list of fonts; the first that has a character draws it. It never
// changes, so that many goroutines may use it.
type Typeface struct{ fonts []*truetype.Font }

// NewTypeface returns the typeface of one to eight fonts (ErrNoFont).
func NewTypeface(fonts ...*truetype.Font) (*Typeface, error) {
	if len(fonts) == 0 || len(fonts) > maxFonts {
		return nil, ErrNoFont
	}
	return &Typeface{append([]*truetype.Font(nil), fonts...)}, nil
}

// find returns the first font that has a character, by its place, and the glyph.
// What stands for bytes that are no text is no character; a mark is none that can be
// drawn: fonts place it on its letter by tables that are not read here, and it would
// stand on the next one.
func (t *Typeface) find(r rune) (font int, glyph truetype.GlyphID, ok bool) {
	if r == utf8.RuneError || isMark(r) {
		return 0, 0, false
	}
	for i, f := range t.fonts {
		if g, ok := f.Glyph(r); ok {
			return i, g, true
		}
	}
	return 0, 0, false
}

func isMark(r rune) bool {
	switch { // nearly all text is without, and is told first
	case r <= unicode.MaxLatin1, r >= 0x3400 && r <= 0x9fff, r >= 0x3000 && r <= 0x3029, r >= 0xff00 && r <= 0xffef:
		return false
	}
	return unicode.In(r, unicode.Mn, unicode.Mc, unicode.Me)
}

// Check returns a *[MissingError] if text has characters that no font has.
func (t *Typeface) Check(text string) error {
	var missing []rune
	for _, r := range text {
		if _, _, ok := t.find(r); !ok && !strings.ContainsRune(string(missing), r) {
			missing = append(missing, r)
		}
	}
	if missing != nil {
		return &MissingError{missing}
	}
	return nil
}

// Width returns how wide text is in the given size. Characters that no font has
// count nothing; Check tells of them.
func (t *Typeface) Width(size Length, text string) Length {
	var sum Length
	for _, r := range text {
		if i, g, ok := t.find(r); ok {
			sum += t.advance(i, g, size)
		}
	}
	return sum
}

func (t *Typeface) advance(font int, g truetype.GlyphID, size Length) Length {
	f := t.fonts[font]
	return Length(divide(int64(f.Advance(g))*int64(size), int64(f.Metrics().UnitsPerEm)))
}

// CapHeight returns the height of capitals in the given size, by the first font.
func (t *Typeface) CapHeight(size Length) Length {
	m := t.fonts[0].Metrics()
	return Length(divide(int64(m.CapHeight)*int64(size), int64(m.UnitsPerEm)))
}

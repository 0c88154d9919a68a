package truetype

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"unicode"
)

// GlyphID is the number of a glyph within a font.
type GlyphID uint16

// Limits of a font. The largest that this project prints with has 11 MB.
const (
	MaxSize       = 64 << 20
	maxTables     = 64
	maxDepth      = 6   // of composite glyphs within one another; real fonts have 2
	maxComponents = 128 // of one composite glyph
)

var (
	// ErrFormat reports a file that is no well-formed TrueType font.
	ErrFormat = errors.New("truetype: malformed font")
	// ErrKind reports a font of another kind: PostScript outlines, or a
	// collection of several fonts.
	ErrKind = errors.New("truetype: not a single font with TrueType outlines")
	// ErrLicence reports a font whose maker forbids to embed it (OS/2 fsType).
	ErrLicence = errors.New("truetype: the font may not be embedded")
	// ErrTooMany reports more glyphs than a font can number.
	ErrTooMany = errors.New("truetype: too many glyphs")
)

func malformed(table, problem string) error {
	return fmt.Errorf("%w: table %s: %s", ErrFormat, table, problem)
}

// Metrics are the measures of a font, in units of which UnitsPerEm are the font's
// size. Heights are above the baseline, Descent is below and negative.
type Metrics struct {
	UnitsPerEm      int
	Ascent, Descent int
	CapHeight       int
	MinX, MinY      int // the box around all glyphs
	MaxX, MaxY      int
	Weight          int     // 400 is regular
	ItalicAngle     float64 // degrees
}

// Font is a font that has been read. It never changes, so that many goroutines
// may use it.
type Font struct {
	tables   map[string][]byte
	name     string
	metrics  Metrics
	glyphs   int      // number of them
	measured int      // glyphs with an advance of their own, see hmtx
	offsets  []uint32 // of the glyphs in glyf, and the end
	pages    map[rune]*[256]GlyphID
}

// Parse reads a font. The data are kept and must not change. Errors are
// [ErrKind], [ErrLicence] and [ErrFormat] with the table that is at fault.
func Parse(data []byte) (*Font, error) {
	f := &Font{}
	for _, step := range []func([]byte) error{
		f.readDirectory, f.readHead, f.readAdvances, f.readGlyphs, f.readCharacters, f.readNames,
	} {
		if err := step(data); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// Glyph returns the glyph for a character. A character that the font would show
// as nothing, though it is no blank, counts as missing.
func (f *Font) Glyph(r rune) (GlyphID, bool) {
	page := f.pages[r>>8]
	if page == nil {
		return 0, false
	}
	g := page[r&0xff]
	if g == 0 || f.outline(g) == nil && !unicode.Is(unicode.Zs, r) {
		return 0, false
	}
	return g, true
}

// Advance returns how far the next glyph stands from this one; 0 for a glyph that
// the font does not have.
func (f *Font) Advance(g GlyphID) int {
	if int(g) >= f.glyphs {
		return 0
	}
	i := min(int(g), f.measured-1)
	return int(binary.BigEndian.Uint16(f.tables["hmtx"][4*i:]))
}

// bearing returns the left side bearing of a glyph.
func (f *Font) bearing(g GlyphID) uint16 {
	hmtx := f.tables["hmtx"]
	if i := int(g); i >= f.measured {
		return binary.BigEndian.Uint16(hmtx[4*f.measured+2*(i-f.measured):])
	}
	return binary.BigEndian.Uint16(hmtx[4*int(g)+2:])
}

// Glyphs returns the number of glyphs.
func (f *Font) Glyphs() int { return f.glyphs }

// Metrics returns the measures of the font.
func (f *Font) Metrics() Metrics { return f.metrics }

// Name returns the PostScript name, which has ASCII letters, digits and hyphens
// alone.
func (f *Font) Name() string { return f.name }

// Characters returns every character that the font has a glyph for, in order.
func (f *Font) Characters() []rune {
	var out []rune
	for high := range f.pages {
		for low := range rune(256) {
			if _, ok := f.Glyph(high<<8 | low); ok {
				out = append(out, high<<8|low)
			}
		}
	}
	slices.Sort(out)
	return out
}

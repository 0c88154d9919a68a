package pdf

import (
	"crypto/sha256"
	"fmt"
	"unicode/utf16"

	"github.com/tongxing/tongxing/issuer/paper/truetype"
)

// usedFont is a font within a document. Characters are numbered as they come,
// and the numbers are those of the glyphs in the subset: two characters that
// look alike have a number each, so that copied text is what was written.
type usedFont struct {
	font       *truetype.Font
	numbers    map[rune]uint16
	characters []rune             // by number, from 1
	glyphs     []truetype.GlyphID // the same
}

const maxNumbers = 65535 - 4096 // leaves room for parts of composite glyphs

func newUsedFont(f *truetype.Font) *usedFont {
	return &usedFont{font: f, numbers: map[rune]uint16{}}
}

// number returns the number of a character.
func (u *usedFont) number(r rune, g truetype.GlyphID) (uint16, error) {
	if n, ok := u.numbers[r]; ok {
		return n, nil
	}
	if len(u.glyphs) == maxNumbers {
		return 0, truetype.ErrTooMany
	}
	u.characters, u.glyphs = append(u.characters, r), append(u.glyphs, g)
	n := uint16(len(u.glyphs))
	u.numbers[r] = n
	return n, nil
}

// addPiece appends a piece of a page to the content.
func (w *Writer) addPiece(p *Page, piece *piece) error {
	if piece.kind != textPiece {
		w.content = appendPiece(w.content, p, piece)
		return nil
	}
	s := piece.style
	b := append(w.content, "BT "...)
	b = appendColour(b, s.Colour, false)
	if s.Bold {
		b = appendColour(b, s.Colour, true)
		b = append(b, "2 Tr 1 j [] 0 d "...)
		b = append(appendLength(b, s.Size/boldness), " w "...)
	} else {
		b = append(b, "0 Tr "...)
	}
	b = appendLengths(b, piece.x, p.height-piece.y)
	b = append(b, "Td "...)
	current := -1
	for _, r := range piece.text {
		i, g, ok := w.options.Typeface.find(r)
		if !ok {
			return &MissingError{[]rune{r}}
		}
		n, err := w.fonts[i].number(r, g)
		if err != nil {
			return err
		}
		if i != current {
			if current >= 0 {
				b = append(b, "> Tj "...)
			}
			b = append(b, '/', 'F', byte('0'+i), ' ')
			b = append(appendLength(b, s.Size), " Tf <"...)
			current = i
		}
		b = fmt.Appendf(b, "%04X", n)
	}
	w.content = append(b, "> Tj ET\n"...)
	return nil
}

// endFonts writes the fonts that were used and the resources that name them.
func (w *Writer) endFonts() error {
	var names []byte
	for i, u := range w.fonts {
		if len(u.glyphs) == 0 {
			continue
		}
		number, err := w.endFont(u)
		if err != nil {
			return err
		}
		names = fmt.Appendf(names, "/F%d %d 0 R ", i, number)
	}
	w.object(resources, "<</Font <<%s>>>>", names)
	return nil
}

// endFont writes a composite font (ISO 32000-1, 9.7) with the glyphs that were
// used, and returns the number of its object.
func (w *Writer) endFont(u *usedFont) (int, error) {
	data, err := u.font.Subset(u.glyphs)
	if err != nil {
		return 0, err
	}
	name := subsetTag(data) + "+" + u.font.Name()
	outer, inner, descriptor := w.reserve(), w.reserve(), w.reserve()
	file, unicode := w.reserve(), w.reserve()
	w.object(outer, "<</Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R>>",
		name, inner, unicode)
	w.object(inner, "<</Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>>"+
		" /FontDescriptor %d 0 R /DW 1000 /W [1 [%s]] /CIDToGIDMap /Identity>>", name, descriptor, u.widths())
	m := u.font.Metrics()
	em := func(v int) int64 { return divide(int64(v)*1000, int64(m.UnitsPerEm)) }
	w.object(descriptor, "<</Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%d %d %d %d] /ItalicAngle %s"+
		" /Ascent %d /Descent %d /CapHeight %d /StemV %d /FontFile2 %d 0 R>>", name, em(m.MinX), em(m.MinY), em(m.MaxX), em(m.MaxY),
		appendDecimal(nil, int64(m.ItalicAngle*1000), 3), em(m.Ascent), em(m.Descent), em(m.CapHeight), 10+m.Weight/5, file)
	w.stream(file, fmt.Sprintf(" /Length1 %d", len(data)), data)
	w.stream(unicode, "", u.toUnicode())
	return outer, nil
}

// subsetTag returns the six letters that tell a subset from others of its font.
func subsetTag(data []byte) string {
	sum := sha256.Sum256(data)
	tag := sum[:6]
	for i, b := range tag {
		tag[i] = 'A' + b%26
	}
	return string(tag)
}

// widths returns the advances in thousandths of the em, as the font has them.
func (u *usedFont) widths() []byte {
	var b []byte
	for i, g := range u.glyphs {
		if i > 0 {
			b = append(b, ' ')
		}
		em := int64(u.font.Metrics().UnitsPerEm)
		b = appendDecimal(b, divide(int64(u.font.Advance(g))*1000, em), 0)
	}
	return b
}

// toUnicode returns the map from numbers to characters by which text is copied
// and searched (ISO 32000-1, 9.10.3).
func (u *usedFont) toUnicode() []byte {
	b := []byte("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for from := 0; from < len(u.characters); from += 100 {
		part := u.characters[from:min(from+100, len(u.characters))]
		b = fmt.Appendf(b, "%d beginbfchar\n", len(part))
		for i, r := range part {
			b = fmt.Appendf(b, "<%04X> <", from+i+1)
			for _, unit := range utf16.AppendRune(nil, r) {
				b = fmt.Appendf(b, "%04X", unit)
			}
			b = append(b, ">\n"...)
		}
		b = append(b, "endbfchar\n"...)
	}
	return append(b, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"...)
}

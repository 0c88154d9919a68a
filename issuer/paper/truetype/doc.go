// Package truetype reads a TrueType font (ISO/IEC 14496-22) as far as printing
// needs it and writes a smaller one with chosen glyphs.
//
// A font is read once and checked whole: the table directory, the character map
// (formats 4 and 12), the metrics, and every glyph that is put together from
// others. What [Parse] has accepted cannot fail later for what is in the file.
//
//	font, err := truetype.Parse(data)
//	glyph, ok := font.Glyph('明')           // false: it would print as a box
//	width := font.Advance(glyph)            // in font.Metrics().UnitsPerEm
//	small, err := font.Subset([]truetype.GlyphID{glyph})
//
// In the subset the glyphs stand in the given order behind glyph 0, which is what
// the font shows for a missing character; the parts of composite glyphs follow.
// Equal glyphs give equal bytes.
//
// Hinting programs are dropped: what is printed has dots enough, and a program
// that nobody runs can do no harm. Fonts with PostScript outlines and collections
// are refused.
package truetype

package truetype

import (
	"encoding/binary"
	"slices"
)

// Subset returns a font with glyph 0 and then the given glyphs, in that order:
// the first of them has number 1. A glyph may stand several times. Only the
// tables are written that a document needs which names glyphs by number (ISO
// 32000-1, 9.9): there is no character map. Errors are [ErrTooMany] and
// [ErrFormat] for a glyph that the font does not have.
func (f *Font) Subset(glyphs []GlyphID) ([]byte, error) {
	s := subset{font: f, numbers: map[GlyphID]uint16{}}
	s.glyphs = append(append(make([]GlyphID, 0, len(glyphs)+16), 0), glyphs...)
	if len(s.glyphs) > maxGlyphs {
		return nil, ErrTooMany
	}
	for i, g := range s.glyphs {
		if int(g) >= f.glyphs {
			return nil, malformed("glyf", "there is no such glyph")
		}
		s.numbers[g] = uint16(i)
	}
	if err := s.addOutlines(); err != nil {
		return nil, err
	}
	return s.file(), nil
}

const maxGlyphs = 65535

// subset is a font in the making.
type subset struct {
	font    *Font
	glyphs  []GlyphID // of the whole font, by their new number
	numbers map[GlyphID]uint16
	glyf    []byte
	loca    []byte
}

// addOutlines copies the outlines, and appends the parts of composite ones to the
// glyphs as they are met.
func (s *subset) addOutlines() error {
	size := 0
	for _, g := range s.glyphs {
		size += len(s.font.outline(g)) + 3
	}
	s.glyf = make([]byte, 0, size+1024)
	for i := 0; i < len(s.glyphs); i++ {
		s.loca = binary.BigEndian.AppendUint32(s.loca, uint32(len(s.glyf)))
		from := len(s.glyf)
		s.glyf = append(s.glyf, s.font.outline(s.glyphs[i])...)
		parts, err := s.font.parts(s.glyphs[i])
		if err != nil {
			return err
		}
		for _, part := range parts {
			number, there := s.numbers[part.glyph]
			if !there {
				if len(s.glyphs) == maxGlyphs {
					return ErrTooMany
				}
				number = uint16(len(s.glyphs))
				s.numbers[part.glyph] = number
				s.glyphs = append(s.glyphs, part.glyph)
			}
			binary.BigEndian.PutUint16(s.glyf[from+part.at:], number)
		}
		s.glyf = dropInstructions(s.glyf, from, len(parts) > 0)
		s.glyf = append(s.glyf, make([]byte, -len(s.glyf)&3)...)
	}
	s.loca = binary.BigEndian.AppendUint32(s.loca, uint32(len(s.glyf)))
	return nil
}

// dropInstructions takes the hinting program off the last glyph, which begins at
// from: the tables that it would call are not in the subset.
func dropInstructions(glyf []byte, from int, composite bool) []byte {
	outline := glyf[from:]
	switch {
	case len(outline) == 0:
	case composite:
		at := glyphHead
		for {
			flags := binary.BigEndian.Uint16(outline[at:])
			binary.BigEndian.PutUint16(outline[at:], flags&^instructions)
			at += partLength(flags)
			if flags&moreComponents == 0 {
				return glyf[:from+at]
			}
		}
	default:
		at := glyphHead + 2*signed(outline)
		if at+2 > len(outline) {
			break // a glyph without contours may end with its head
		}
		n := int(binary.BigEndian.Uint16(outline[at:]))
		if n > 0 && at+2+n <= len(outline) {
			binary.BigEndian.PutUint16(outline[at:], 0)
			return slices.Delete(glyf, from+at+2, from+at+2+n)
		}
	}
	return glyf
}

// hmtx returns the advances and bearings.
func (s *subset) hmtx() []byte {
	out := make([]byte, 0, 4*len(s.glyphs))
	for _, g := range s.glyphs {
		out = binary.BigEndian.AppendUint16(out, uint16(s.font.Advance(g)))
		out = binary.BigEndian.AppendUint16(out, s.font.bearing(g))
	}
	return out
}

// patched returns a copy of the first n bytes of a table with one 16-bit value
// changed.
func (s *subset) patched(tag string, n, at, value int) []byte {
	out := slices.Clone(s.font.tables[tag][:n])
	binary.BigEndian.PutUint16(out[at:], uint16(value))
	return out
}

// file puts the tables together.
func (s *subset) file() []byte {
	n := len(s.glyphs)
	head := s.patched("head", 54, 50, 1)
	binary.BigEndian.PutUint32(head[8:], 0)
	maxp := s.patched("maxp", 32, 4, n)
	clear(maxp[14:28]) // what hinting programs would need, all but maxZones
	binary.BigEndian.PutUint16(maxp[14:], 1)
	tables := []struct {
		tag  string
		data []byte
	}{
		{"glyf", s.glyf}, {"head", head}, {"hhea", s.patched("hhea", 36, 34, n)},
		{"hmtx", s.hmtx()}, {"loca", s.loca}, {"maxp", maxp},
	}
	at := directoryHead + directoryEntry*len(tables)
	out := make([]byte, 0, at+len(s.glyf)+len(s.loca)+4*n+256)
	out = append(out, 0, 1, 0, 0, 0, byte(len(tables)), 0, 64, 0, 2, 0, 32)
	adjustment := 0
	for _, t := range tables {
		if t.tag == "head" {
			adjustment = at + 8
		}
		out = append(out, t.tag...)
		out = binary.BigEndian.AppendUint32(out, checksum(t.data))
		out = binary.BigEndian.AppendUint32(out, uint32(at))
		out = binary.BigEndian.AppendUint32(out, uint32(len(t.data)))
		at += len(t.data) + -len(t.data)&3
	}
	for _, t := range tables {
		out = append(out, t.data...)
		out = append(out, make([]byte, -len(t.data)&3)...)
	}
	binary.BigEndian.PutUint32(out[adjustment:], 0xB1B0AFBA-checksum(out))
	return out
}

// checksum is the sum of a table as 32-bit numbers, zeros added at its end.
func checksum(b []byte) uint32 {
	var sum uint32
	for len(b) >= 4 {
		sum += binary.BigEndian.Uint32(b)
		b = b[4:]
	}
	if len(b) > 0 {
		var last [4]byte
		copy(last[:], b)
		sum += binary.BigEndian.Uint32(last[:])
	}
	return sum
}

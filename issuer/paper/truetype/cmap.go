package truetype

import (
	"encoding/binary"
	"unicode/utf8"
)

// readCharacters reads the character map: that of all Unicode where there is one,
// else that of the first plane.
func (f *Font) readCharacters([]byte) error {
	table, err := f.table("cmap", 4)
	if err != nil {
		return err
	}
	n := int(binary.BigEndian.Uint16(table[2:]))
	if len(table) < 4+8*n {
		return malformed("cmap", "it is too short")
	}
	var full, plane []byte
	for i := range n {
		r := table[4+8*i:]
		offset := binary.BigEndian.Uint32(r[4:])
		if uint64(offset)+4 > uint64(len(table)) {
			return malformed("cmap", "a map begins beyond the table")
		}
		sub := table[offset:]
		platform, encoding := binary.BigEndian.Uint16(r), binary.BigEndian.Uint16(r[2:])
		switch format := binary.BigEndian.Uint16(sub); {
		case format == 12 && (platform == 3 && encoding == 10 || platform == 0):
			full = sub
		case format == 4 && (platform == 3 && encoding == 1 || platform == 0):
			plane = sub
		}
	}
	f.pages = map[rune]*[256]GlyphID{}
	switch {
	case full != nil:
		return f.readFormat12(full)
	case plane != nil:
		return f.readFormat4(plane)
	}
	return malformed("cmap", "there is no map of Unicode")
}

// put notes the glyph of a character.
func (f *Font) put(r rune, g int) error {
	switch {
	case g >= f.glyphs:
		return malformed("cmap", "a character has a glyph that there is not")
	case g == 0 || !utf8.ValidRune(r):
		return nil
	}
	page := f.pages[r>>8]
	if page == nil {
		page = new([256]GlyphID)
		f.pages[r>>8] = page
	}
	page[r&0xff] = GlyphID(g)
	return nil
}

// readFormat12 reads groups of characters with glyphs in sequence.
func (f *Font) readFormat12(t []byte) error {
	if len(t) < 16 {
		return malformed("cmap", "format 12 is too short")
	}
	n := uint64(binary.BigEndian.Uint32(t[12:]))
	if 16+12*n > uint64(len(t)) {
		return malformed("cmap", "format 12 is too short")
	}
	next := uint32(0) // groups ascend, so that the work is bounded
	for i := range n {
		g := t[16+12*i:]
		first, last, glyph := binary.BigEndian.Uint32(g), binary.BigEndian.Uint32(g[4:]), binary.BigEndian.Uint32(g[8:])
		if first < next || last < first || last > utf8.MaxRune || glyph > 0xffff {
			return malformed("cmap", "a group of format 12 is out of order or range")
		}
		next = last + 1
		for c := first; c <= last; c++ {
			if err := f.put(rune(c), int(glyph+c-first)); err != nil {
				return err
			}
		}
	}
	return nil
}

// readFormat4 reads segments of the first plane.
func (f *Font) readFormat4(t []byte) error {
	if len(t) < 16 {
		return malformed("cmap", "format 4 is too short")
	}
	size := min(int(binary.BigEndian.Uint16(t[2:])), len(t))
	segments := int(binary.BigEndian.Uint16(t[6:])) / 2
	if size < 16+8*segments {
		return malformed("cmap", "format 4 is too short")
	}
	t = t[:size]
	ends, starts := t[14:], t[16+2*segments:]
	deltas, offsets := t[16+4*segments:], t[16+6*segments:]
	next := 0
	for i := range segments {
		first, last := int(binary.BigEndian.Uint16(starts[2*i:])), int(binary.BigEndian.Uint16(ends[2*i:]))
		if first < next || last < first {
			return malformed("cmap", "a segment of format 4 is out of order")
		}
		next = last + 1
		delta, offset := int(binary.BigEndian.Uint16(deltas[2*i:])), int(binary.BigEndian.Uint16(offsets[2*i:]))
		for c := first; c <= last && c != 0xffff; c++ {
			g := c
			if offset != 0 {
				at := 2*i + offset + 2*(c-first)
				if at+2 > len(offsets) {
					return malformed("cmap", "format 4 points beyond its end")
				}
				if g = int(binary.BigEndian.Uint16(offsets[at:])); g == 0 {
					continue
				}
			}
			if err := f.put(rune(c), (g+delta)&0xffff); err != nil {
				return err
			}
		}
	}
	return nil
}

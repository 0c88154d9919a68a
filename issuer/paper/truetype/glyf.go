package truetype

import "encoding/binary"

// Flags of a part of a composite glyph.
const (
	wordArguments  = 0x0001
	oneScale       = 0x0008
	moreComponents = 0x0020
	twoScales      = 0x0040
	fourScales     = 0x0080
	instructions   = 0x0100
)

const glyphHead = 10 // bytes: number of contours and the box

// readGlyphs reads where every glyph stands, and checks those that are made of
// others: that the others are there, few, and not in a circle.
func (f *Font) readGlyphs([]byte) error {
	glyf, ok := f.tables["glyf"]
	if !ok {
		return malformed("glyf", "it is missing")
	}
	if err := f.readOffsets(uint32(len(glyf))); err != nil {
		return err
	}
	depths := make([]int8, f.glyphs) // 0 is unknown
	for g := range f.glyphs {
		if _, err := f.depth(GlyphID(g), depths, 0); err != nil {
			return err
		}
	}
	return nil
}

// readOffsets reads loca.
func (f *Font) readOffsets(end uint32) error {
	long := binary.BigEndian.Uint16(f.tables["head"][50:])
	if long > 1 {
		return malformed("head", "the format of loca is unknown")
	}
	size := 2 << long
	loca, err := f.table("loca", size*(f.glyphs+1))
	if err != nil {
		return err
	}
	f.offsets = make([]uint32, f.glyphs+1)
	before := uint32(0)
	for i := range f.offsets {
		at := 2 * uint32(binary.BigEndian.Uint16(loca[size*i:]))
		if long == 1 {
			at = binary.BigEndian.Uint32(loca[size*i:])
		}
		if at < before || at > end {
			return malformed("loca", "offsets are out of order or range")
		}
		f.offsets[i], before = at, at
	}
	return nil
}

// depth returns how many layers of composite glyphs there are in g, itself
// counted.
func (f *Font) depth(g GlyphID, known []int8, level int8) (int8, error) {
	if known[g] != 0 {
		return known[g], nil
	}
	if level > maxDepth {
		return 0, malformed("glyf", "composite glyphs are nested too deep, or in a circle")
	}
	parts, err := f.parts(g)
	if err != nil {
		return 0, err
	}
	deepest := int8(0)
	for _, part := range parts {
		d, err := f.depth(part.glyph, known, level+1)
		if err != nil {
			return 0, err
		}
		deepest = max(deepest, d)
	}
	if deepest >= maxDepth {
		return 0, malformed("glyf", "composite glyphs are nested too deep")
	}
	known[g] = deepest + 1
	return known[g], nil
}

// outline returns the description of a glyph, nil for one without any ink.
func (f *Font) outline(g GlyphID) []byte {
	from, to := f.offsets[g], f.offsets[g+1]
	if from == to {
		return nil
	}
	return f.tables["glyf"][from:to]
}

// part is one glyph in a composite one.
type part struct {
	at    int // of its number in the outline
	glyph GlyphID
}

// parts returns the parts of a composite glyph, none for a simple one.
func (f *Font) parts(g GlyphID) ([]part, error) {
	outline := f.outline(g)
	if outline == nil {
		return nil, nil
	}
	if len(outline) < glyphHead {
		return nil, malformed("glyf", "a glyph is too short")
	}
	if signed(outline) >= 0 {
		return nil, nil
	}
	var out []part
	for at := glyphHead; ; {
		if at+4 > len(outline) {
			return nil, malformed("glyf", "a composite glyph is cut short")
		}
		flags, number := binary.BigEndian.Uint16(outline[at:]), binary.BigEndian.Uint16(outline[at+2:])
		if int(number) >= f.glyphs || len(out) == maxComponents {
			return nil, malformed("glyf", "a composite glyph has a part that there is not, or too many")
		}
		out = append(out, part{at + 2, GlyphID(number)})
		at += partLength(flags)
		if at > len(outline) {
			return nil, malformed("glyf", "a composite glyph is cut short")
		}
		if flags&moreComponents == 0 {
			return out, nil
		}
	}
}

// partLength returns how many bytes a part with these flags takes.
func partLength(flags uint16) int {
	n := 6
	if flags&wordArguments != 0 {
		n = 8
	}
	switch {
	case flags&oneScale != 0:
		return n + 2
	case flags&twoScales != 0:
		return n + 4
	case flags&fourScales != 0:
		return n + 8
	}
	return n
}

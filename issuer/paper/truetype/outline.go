package truetype

import "encoding/binary"

// Point is a point of a contour, in units of the em, y upwards. Between points
// that are on the contour it is straight; one that is not bends it (a quadratic
// Bézier curve), and between two of those lies one that is, in their middle.
type Point struct {
	X, Y int
	On   bool
}

// maxPoints bounds an outline with all of its parts, each of which counts as a
// point: a few that place one another many times would be more than can be drawn,
// even if there were nothing in the last of them.
const maxPoints = 1 << 15

// Outline returns the closed contours of a glyph, those of its parts placed. The
// error is ErrFormat for a glyph that is not well-formed, or that places its parts
// by their points rather than by a distance.
func (f *Font) Outline(g GlyphID) ([][]Point, error) {
	if int(g) >= f.glyphs {
		return nil, malformed("glyf", "there is no such glyph")
	}
	points := 0
	return f.contours(g, &points)
}

func (f *Font) contours(g GlyphID, points *int) ([][]Point, error) {
	outline := f.outline(g)
	if outline == nil {
		return nil, nil
	}
	if n := signed(outline); n >= 0 {
		return simpleContours(outline, n, points)
	}
	parts, err := f.parts(g)
	if err != nil {
		return nil, err
	}
	var out [][]Point
	if *points += len(parts); *points > maxPoints {
		return nil, malformed("glyf", tooMany)
	}
	for _, part := range parts {
		t, err := placement(outline[part.at-2:])
		if err != nil {
			return nil, err
		}
		contours, err := f.contours(part.glyph, points)
		if err != nil {
			return nil, err
		}
		for _, c := range contours {
			for i, p := range c {
				c[i].X = (p.X*t[0]+p.Y*t[2])>>14 + t[4]
				c[i].Y = (p.X*t[1]+p.Y*t[3])>>14 + t[5]
			}
		}
		out = append(out, contours...)
	}
	return out, nil
}

// placement returns how a part is placed: four factors in 1/16384 and a distance.
func placement(b []byte) (t [6]int, err error) {
	const distances = 0x0002
	flags := binary.BigEndian.Uint16(b)
	if flags&distances == 0 {
		return t, malformed("glyf", "a part is placed by points")
	}
	t, at := [6]int{1 << 14, 0, 0, 1 << 14, int(int8(b[4])), int(int8(b[5]))}, 6
	if flags&wordArguments != 0 {
		t[4], t[5], at = signed(b[4:]), signed(b[6:]), 8
	}
	switch {
	case flags&oneScale != 0:
		t[0] = signed(b[at:])
		t[3] = t[0]
	case flags&twoScales != 0:
		t[0], t[3] = signed(b[at:]), signed(b[at+2:])
	case flags&fourScales != 0:
		t[0], t[1], t[2], t[3] = signed(b[at:]), signed(b[at+2:]), signed(b[at+4:]), signed(b[at+6:])
	}
	return t, nil
}

// Flags of a point of a simple glyph.
const (
	onCurve    = 0x01
	xShort     = 0x02
	yShort     = 0x04
	repeated   = 0x08
	xSame      = 0x10 // or positive, for a short one
	ySame      = 0x20
	noOutlines = "a glyph is cut short"
	tooMany    = "a glyph has too many points"
)

// simpleContours reads n contours.
func simpleContours(b []byte, n int, points *int) ([][]Point, error) {
	if len(b) < glyphHead+2*n+2 {
		if n == 0 {
			return nil, nil
		}
		return nil, malformed("glyf", noOutlines)
	}
	ends := b[glyphHead:]
	total := 0
	for i := range n {
		end := int(binary.BigEndian.Uint16(ends[2*i:])) + 1
		if end <= total {
			return nil, malformed("glyf", "contours are out of order")
		}
		total = end
	}
	if *points += total; *points > maxPoints {
		return nil, malformed("glyf", tooMany)
	}
	at := glyphHead + 2*n
	at += 2 + int(binary.BigEndian.Uint16(b[at:]))
	if at > len(b) {
		return nil, malformed("glyf", noOutlines)
	}
	flags, rest, err := pointFlags(b[at:], total)
	if err != nil {
		return nil, err
	}
	all := make([]Point, total)
	for i, flag := range flags {
		all[i].On = flag&onCurve != 0
	}
	if rest, err = coordinates(rest, flags, xShort, xSame, func(i, v int) { all[i].X = v }); err != nil {
		return nil, err
	}
	if _, err = coordinates(rest, flags, yShort, ySame, func(i, v int) { all[i].Y = v }); err != nil {
		return nil, err
	}
	out, from := make([][]Point, n), 0
	for i := range n {
		end := int(binary.BigEndian.Uint16(ends[2*i:])) + 1
		out[i], from = all[from:end:end], end
	}
	return out, nil
}

func pointFlags(b []byte, total int) (flags, rest []byte, err error) {
	flags = make([]byte, 0, total)
	for len(flags) < total {
		if len(b) == 0 || b[0]&repeated != 0 && len(b) < 2 {
			return nil, nil, malformed("glyf", noOutlines)
		}
		flag, times := b[0], 1
		b = b[1:]
		if flag&repeated != 0 {
			times += int(b[0])
			b = b[1:]
		}
		for range min(times, total-len(flags)) {
			flags = append(flags, flag)
		}
	}
	return flags, b, nil
}

// coordinates reads one coordinate of each point, as the distance to that before.
func coordinates(b, flags []byte, short, same byte, set func(i, v int)) (rest []byte, err error) {
	v := 0
	for i, flag := range flags {
		switch {
		case flag&short != 0:
			if len(b) < 1 {
				return nil, malformed("glyf", noOutlines)
			}
			if flag&same != 0 {
				v += int(b[0])
			} else {
				v -= int(b[0])
			}
			b = b[1:]
		case flag&same == 0:
			if len(b) < 2 {
				return nil, malformed("glyf", noOutlines)
			}
			v += signed(b)
			b = b[2:]
		}
		set(i, v)
	}
	return b, nil
}

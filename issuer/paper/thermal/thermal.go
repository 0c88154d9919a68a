// Package thermal draws a page in the dots of a thermal printer and writes them as
// ZPL, the language of label printers, in one graphic field (^GF): no font of the
// printer is asked for anything.
//
//	page -> Draw -> dots -> WriteZPL -> ^XA ^FO0,0 ^GFA,... ^FS ^XZ
//
// A dot is black where more than half of it is covered. Modules of symbols are
// squares of whole dots. All arithmetic is that of integers.
package thermal

import (
	"errors"
	"slices"

	"github.com/tongxing/tongxing/issuer/paper/pdf"
	"github.com/tongxing/tongxing/issuer/paper/truetype"
)

// MaxSide is the most dots on a side: two metres of a common printer.
const MaxSide = 16384

// ErrSize reports a page with more dots than MaxSide on a side, or with none.
var ErrSize = errors.New("thermal: the page has too many dots")

const inch = 25_400_000 // nanometres

// Dots is a page as a printer burns it.
type Dots struct {
	Width, Height int
	stride        int
	bits          []byte // rows padded to bytes, 1 is black
	dpi           int
	failed        error
}

// Draw draws a page for a printer with dpi dots an inch. Errors are ErrSize and
// those of a glyph that is not well-formed.
func Draw(page *pdf.Page, dpi int) (*Dots, error) {
	d := &Dots{dpi: dpi}
	d.Width, d.Height = d.dot(page.Width()), d.dot(page.Height())
	if d.Width < 1 || d.Height < 1 || d.Width > MaxSide || d.Height > MaxSide {
		return nil, ErrSize
	}
	d.stride = (d.Width + 7) / 8
	d.bits = make([]byte, d.stride*d.Height)
	if err := errors.Join(page.Draw(surface{d}), d.failed); err != nil {
		return nil, err
	}
	return d, nil
}

// Black tells whether a dot is black, counted from the top left. Everything
// outside of the page is white.
func (d *Dots) Black(x, y int) bool {
	return x >= 0 && y >= 0 && x < d.Width && y < d.Height && d.bits[y*d.stride+x/8]>>(7-x%8)&1 == 1
}

func (d *Dots) blacken(x, y int) {
	if x >= 0 && y >= 0 && x < d.Width && y < d.Height {
		d.bits[y*d.stride+x/8] |= 1 << (7 - x%8)
	}
}

// dot returns the dot that a place is nearest to the edge of.
func (d *Dots) dot(l pdf.Length) int { return int((int64(l)*int64(d.dpi) + inch/2) / inch) }

// fine returns a length in 1/256 of a dot.
func (d *Dots) fine(l pdf.Length) int { return int(int64(l) * int64(d.dpi) * one / inch) }

const (
	one       = 256 // of fine measures to a dot
	sublines  = 4   // looked at for each row of dots
	threshold = one * sublines / 2
	segments  = 8 // that a curve is drawn in
	boldness  = 56
)

// surface draws on dots; its methods are those of [pdf.Surface].
type surface struct{ *Dots }

// Area fills a rectangle that is dark; a printer without greys leaves the others.
func (s surface) Area(x, y, width, height pdf.Length, c pdf.Colour) {
	if int(c.R)+int(c.G)+int(c.B) > 3*127 {
		return
	}
	for row := s.dot(y); row < max(s.dot(y+height), s.dot(y)+1); row++ {
		for column := s.dot(x); column < max(s.dot(x+width), s.dot(x)+1); column++ {
			s.blacken(column, row)
		}
	}
}

// Modules fills squares of whole dots.
func (s surface) Modules(x, y, side pdf.Length, size int, dark func(x, y int) bool) {
	left, top, n := s.dot(x), s.dot(y), s.dot(side)/size
	for row := range size * n {
		for column := range size * n {
			if dark(column/n, row/n) {
				s.blacken(left+column, top+row)
			}
		}
	}
}

// Glyph fills an outline; text is black whatever its colour. Bold text is drawn
// wider, and twice, a little apart.
func (s surface) Glyph(x, y pdf.Length, style pdf.Style, font *truetype.Font, glyph truetype.GlyphID) {
	contours, err := font.Outline(glyph)
	if err != nil {
		s.failed = err
		return
	}
	em := int64(font.Metrics().UnitsPerEm)
	scale := func(v int) pdf.Length { return pdf.Length(int64(v) * int64(style.Size) / em) }
	shifts, wider := []int{0}, 0
	if style.Bold {
		wider = s.fine(style.Size / boldness)
		shifts = []int{-wider, wider}
	}
	for _, shift := range shifts {
		var edges []edge
		for _, c := range contours {
			edges = appendEdges(edges, c, func(p truetype.Point) place {
				return place{s.fine(x + scale(p.X)), s.fine(y-scale(p.Y)) + shift}
			})
		}
		s.fill(edges, wider)
	}
}

// place is a place in fine measures.
type place struct{ x, y int }

// edge is a straight piece of a contour, from top to bottom; winding says which
// way it ran.
type edge struct {
	top, bottom place
	winding     int
}

// appendEdges cuts a contour into straight pieces.
func appendEdges(edges []edge, contour []truetype.Point, at func(truetype.Point) place) []edge {
	if len(contour) < 2 {
		return edges
	}
	middle := func(a, b truetype.Point) truetype.Point {
		return truetype.Point{X: (a.X + b.X) / 2, Y: (a.Y + b.Y) / 2, On: true}
	}
	start := contour[0]
	if last := contour[len(contour)-1]; !start.On {
		if start = middle(start, last); last.On {
			start = last
		}
	}
	line := func(a, b place) {
		switch {
		case a.y < b.y:
			edges = append(edges, edge{a, b, 1})
		case a.y > b.y:
			edges = append(edges, edge{b, a, -1})
		}
	}
	from := at(start)
	bend := func(control, to truetype.Point) {
		a, c, b := from, at(control), at(to)
		for i := 1; i <= segments; i++ {
			u, v := segments-i, i
			next := place{(a.x*u*u + 2*c.x*u*v + b.x*v*v) / (segments * segments), (a.y*u*u + 2*c.y*u*v + b.y*v*v) / (segments * segments)}
			line(from, next)
			from = next
		}
	}
	var control *truetype.Point
	for i := range contour {
		p := contour[i]
		switch {
		case p.On && control == nil:
			line(from, at(p))
			from = at(p)
		case p.On:
			bend(*control, p)
			control = nil
		case control != nil:
			bend(*control, middle(*control, p))
			control = &contour[i]
		default:
			control = &contour[i]
		}
	}
	if control != nil {
		bend(*control, start)
	} else {
		line(from, at(start))
	}
	return edges
}

// crossing is where an edge meets a line across the page.
type crossing struct{ x, winding int }

// fill blackens the dots of which more than half lies inside of the edges, by the
// rule that winds (not zero).
func (s surface) fill(edges []edge, wider int) {
	if len(edges) == 0 {
		return
	}
	top, bottom := edges[0].top.y, edges[0].bottom.y
	for _, e := range edges {
		top, bottom = min(top, e.top.y), max(bottom, e.bottom.y)
	}
	cover := make([]int, s.Width)
	for row := max(top/one, 0); row <= min(bottom/one, s.Height-1); row++ {
		clear(cover)
		for sub := range sublines {
			y := row*one + (2*sub+1)*one/(2*sublines)
			addSpans(cover, crossings(edges, y), wider)
		}
		for x, covered := range cover {
			if covered >= threshold {
				s.blacken(x, row)
			}
		}
	}
}

func crossings(edges []edge, y int) []crossing {
	var out []crossing
	for _, e := range edges {
		if y >= e.top.y && y < e.bottom.y {
			x := e.top.x + (e.bottom.x-e.top.x)*(y-e.top.y)/(e.bottom.y-e.top.y)
			out = append(out, crossing{x, e.winding})
		}
	}
	slices.SortFunc(out, func(a, b crossing) int { return a.x - b.x })
	return out
}

// addSpans adds how much of each dot lies between crossings, inside.
func addSpans(cover []int, across []crossing, wider int) {
	winding, from := 0, 0
	for _, c := range across {
		before := winding
		if winding += c.winding; before == 0 {
			from = c.x - wider
		} else if winding == 0 {
			to := min(c.x+wider, len(cover)*one)
			for x := max(from, 0); x < to; {
				next := min((x/one+1)*one, to)
				cover[x/one] += next - x
				x = next
			}
		}
	}
}

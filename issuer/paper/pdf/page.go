package pdf

import (
	"errors"
	"fmt"
	"strconv"
)

// Colour is a colour of the sRGB space.
type Colour struct{ R, G, B uint8 }

// Black is the colour of text, and the zero Colour.
var Black = Colour{}

// Grey returns the grey of a lightness, 0 for black.
func Grey(lightness uint8) Colour { return Colour{lightness, lightness, lightness} }

// Style is how text is drawn.
type Style struct {
	Size   Length // of the em, at most MaxSide
	Bold   bool   // outlined by the 28th part of the size
	Colour Colour
}

// MaxSide is the longest side of a page: 14,400 points (ISO 32000-1, annex C).
const MaxSide = 5_080 * Millimetre

// ErrSize reports a page, a text or a line that is out of range.
var ErrSize = errors.New("pdf: size is out of range")

// boldness is the part of the size by which bold text is outlined.
const boldness = 28

// Page is a page in the making. Places are measured from the top left corner.
type Page struct {
	face          *Typeface
	width, height Length
	pieces        []piece
	failed        error
}

// piece is a part of the content: operators as they stand, or text whose glyphs
// get their numbers when the page is added to a document.
type piece struct {
	operators []byte
	text      string
	style     Style
	x, y      Length
}

// NewPage begins a page.
func NewPage(face *Typeface, width, height Length) *Page {
	p := &Page{face: face, width: width, height: height}
	if width < Millimetre || height < Millimetre || width > MaxSide || height > MaxSide {
		p.failed = ErrSize
	}
	return p
}

// Width and Height return the size of the page.
func (p *Page) Width() Length { return p.width }

// Height returns the height of the page.
func (p *Page) Height() Length { return p.height }

// operators returns the last piece, to append operators to.
func (p *Page) operators() *[]byte {
	if n := len(p.pieces); n == 0 || p.pieces[n-1].operators == nil {
		p.pieces = append(p.pieces, piece{operators: make([]byte, 0, 512)})
	}
	return &p.pieces[len(p.pieces)-1].operators
}

// Text draws one line of text from x, standing on the baseline y. The error is a
// *[MissingError], or ErrSize.
func (p *Page) Text(x, y Length, s Style, text string) error {
	if s.Size <= 0 || s.Size > MaxSide {
		return ErrSize
	}
	if err := p.face.Check(text); err != nil {
		return err
	}
	if text != "" {
		p.pieces = append(p.pieces, piece{text: text, style: s, x: x, y: y})
	}
	return nil
}

// Area fills a rectangle.
func (p *Page) Area(x, y, width, height Length, c Colour) {
	b := p.operators()
	*b = appendColour(*b, c, false)
	*b = appendLengths(*b, x, p.height-y-height, width, height)
	*b = append(*b, "re f\n"...)
}

// Line draws a straight line of the given thickness, dashed where dash is not 0.
func (p *Page) Line(x1, y1, x2, y2, thickness, dash Length, c Colour) {
	b := p.operators()
	*b = appendColour(*b, c, true)
	*b = appendLengths(*b, thickness)
	*b = append(*b, "w ["...)
	if dash > 0 {
		*b = appendLengths(*b, dash, dash)
	}
	*b = append(*b, "] 0 d "...)
	*b = appendLengths(*b, x1, p.height-y1)
	*b = append(*b, "m "...)
	*b = appendLengths(*b, x2, p.height-y2)
	*b = append(*b, "l S\n"...)
}

// Frame draws the outline of a rectangle.
func (p *Page) Frame(x, y, width, height, thickness Length, c Colour) {
	b := p.operators()
	*b = appendColour(*b, c, true)
	*b = appendLengths(*b, thickness)
	*b = append(*b, "w [] 0 d "...)
	*b = appendLengths(*b, x, p.height-y-height, width, height)
	*b = append(*b, "re S\n"...)
}

// grain is how many units a module is drawn in. Each rectangle ends one unit
// before its edge: printers blacken every dot that a shape touches, and without
// that the least rounding would make dark modules a dot wider than light ones.
const grain = 250

// Modules fills the squares of a grid for which dark tells so, as one path: the
// whole grid is size squares wide and high, side long, and its top left corner
// is at x, y.
func (p *Page) Modules(x, y, side Length, size int, dark func(x, y int) bool) {
	b := p.operators()
	*b = append(*b, "q "...)
	*b = appendColour(*b, Black, false)
	// Points a unit, with nine decimals: the error of a whole symbol of 177 modules
	// stays below 0.01 micrometres.
	scale := divide(int64(side)*72*10_000, int64(size)*grain*(inch/100_000))
	*b = appendDecimal(*b, scale, 9)
	*b = append(*b, " 0 0 "...)
	*b = appendDecimal(*b, scale, 9)
	*b = append(*b, ' ')
	*b = appendLengths(*b, x, p.height-y-side)
	*b = append(*b, "cm\n"...)
	whole := fmt.Sprintf(" %d re\n", grain-2)
	for row := range size {
		for from := 0; from < size; from++ {
			if !dark(from, row) {
				continue
			}
			to := from + 1
			for to < size && dark(to, row) {
				to++
			}
			*b = strconv.AppendInt(*b, int64(from*grain+1), 10)
			*b = append(*b, ' ')
			*b = strconv.AppendInt(*b, int64((size-1-row)*grain+1), 10)
			*b = append(*b, ' ')
			*b = strconv.AppendInt(*b, int64((to-from)*grain-2), 10)
			*b = append(*b, whole...)
			from = to
		}
	}
	*b = append(*b, "f Q\n"...)
}

func appendLengths(b []byte, lengths ...Length) []byte {
	for _, l := range lengths {
		b = append(appendLength(b, l), ' ')
	}
	return b
}

// appendColour sets the colour for filling or for stroking; greys as greys, so
// that a printer with black ink alone uses it.
func appendColour(b []byte, c Colour, stroke bool) []byte {
	operators := [2]string{"g ", "rg "}
	if stroke {
		operators = [2]string{"G ", "RG "}
	}
	part := func(v uint8) { b = append(appendDecimal(b, divide(int64(v)*1000, 255), 3), ' ') }
	part(c.R)
	if c.R == c.G && c.G == c.B {
		return append(b, operators[0]...)
	}
	part(c.G)
	part(c.B)
	return append(b, operators[1]...)
}

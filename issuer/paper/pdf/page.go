package pdf

import (
	"errors"

	"github.com/tongxing/tongxing/issuer/paper/truetype"
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

// kind is what a piece of a page is.
type kind uint8

const (
	textPiece kind = iota
	areaPiece
	framePiece
	linePiece
	modulesPiece
)

// piece is a part of a page: what the method of its name was given.
type piece struct {
	kind                kind
	x, y, width, height Length // of a line: its ends
	thickness, dash     Length
	colour              Colour
	text                string
	style               Style
	size                int
	dark                func(x, y int) bool
}

// NewPage begins a page.
func NewPage(face *Typeface, width, height Length) *Page {
	p := &Page{face: face, width: width, height: height}
	if width < Millimetre || height < Millimetre || width > MaxSide || height > MaxSide {
		p.failed = ErrSize
	}
	return p
}

// Width returns the width of the page.
func (p *Page) Width() Length { return p.width }

// Height returns the height of the page.
func (p *Page) Height() Length { return p.height }

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
		p.pieces = append(p.pieces, piece{kind: textPiece, text: text, style: s, x: x, y: y})
	}
	return nil
}

// Area fills a rectangle.
func (p *Page) Area(x, y, width, height Length, c Colour) {
	p.pieces = append(p.pieces, piece{kind: areaPiece, x: x, y: y, width: width, height: height, colour: c})
}

// Line draws a straight line of the given thickness, dashed where dash is not 0.
func (p *Page) Line(x1, y1, x2, y2, thickness, dash Length, c Colour) {
	p.pieces = append(p.pieces, piece{kind: linePiece, x: x1, y: y1, width: x2 - x1, height: y2 - y1,
		thickness: thickness, dash: dash, colour: c})
}

// Frame draws the outline of a rectangle.
func (p *Page) Frame(x, y, width, height, thickness Length, c Colour) {
	p.pieces = append(p.pieces, piece{kind: framePiece, x: x, y: y, width: width, height: height, thickness: thickness, colour: c})
}

// Modules fills the squares of a grid for which dark tells so: the whole grid is
// size squares wide and high, side long, and its top left corner is at x, y. dark
// is asked when the page is added to a document.
func (p *Page) Modules(x, y, side Length, size int, dark func(x, y int) bool) {
	p.pieces = append(p.pieces, piece{kind: modulesPiece, x: x, y: y, width: side, height: side, size: size, dark: dark})
}

// Surface is where a page is drawn other than in a document: dots, for example.
type Surface interface {
	// Glyph draws a glyph of a font from x, standing on the baseline y.
	Glyph(x, y Length, s Style, font *truetype.Font, glyph truetype.GlyphID)
	// Area fills a rectangle.
	Area(x, y, width, height Length, c Colour)
	// Modules fills squares as [Page.Modules] does.
	Modules(x, y, side Length, size int, dark func(x, y int) bool)
}

// Draw draws the page on a surface, lines and frames as areas; dashes are not
// told apart.
func (p *Page) Draw(on Surface) error {
	if p.failed != nil {
		return p.failed
	}
	for i := range p.pieces {
		switch k := &p.pieces[i]; k.kind {
		case textPiece:
			x := k.x
			for _, r := range k.text {
				font, glyph, _ := p.face.find(r)
				on.Glyph(x, k.y, k.style, p.face.fonts[font], glyph)
				x += p.face.advance(font, glyph, k.style.Size)
			}
		case modulesPiece:
			on.Modules(k.x, k.y, k.width, k.size, k.dark)
		case areaPiece:
			on.Area(k.x, k.y, k.width, k.height, k.colour)
		case linePiece:
			half := k.thickness / 2
			on.Area(min(k.x, k.x+k.width)-half, min(k.y, k.y+k.height)-half, max(k.width, -k.width)+k.thickness, max(k.height, -k.height)+k.thickness, k.colour)
		case framePiece:
			on.Area(k.x, k.y, k.width, k.thickness, k.colour)
			on.Area(k.x, k.y+k.height-k.thickness, k.width, k.thickness, k.colour)
			on.Area(k.x, k.y, k.thickness, k.height, k.colour)
			on.Area(k.x+k.width-k.thickness, k.y, k.thickness, k.height, k.colour)
		}
	}
	return nil
}

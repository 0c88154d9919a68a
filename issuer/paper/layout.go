package paper

import "github.com/tongxing/tongxing/issuer/paper/pdf"

// layout is how a kind of paper is divided.
type layout struct {
	width, height pdf.Length
	symbol        pdf.Length // side of the square for a symbol and its quiet zone
	dpi           int        // where none is given
	perPage       int
	large         int // the same in large print; 0 if there is none
	sides         int // most pages of one entry
	largeSymbol   pdf.Length
	compact       bool // little room for words
	// slot returns the place of the i-th entry of a page.
	slot func(c *canvas, i int) box
	// begin draws what every page has; nil for nothing.
	begin func(c *canvas, cover Cover, page int) error
	// draw draws an entry; number counts from 1 over the document.
	draw func(c *canvas, b box, e *Entry, number int) error
}

const (
	a4Width, a4Height     = 210 * mm, 297 * mm
	cardWidth, cardHeight = 85_600_000, 54 * mm // ISO/IEC 7810, ID-1, its height rounded up
	cardColumns, cardRows = 2, 5
)

var layouts = map[Layout]layout{
	Sheet: {width: a4Width, height: a4Height, symbol: 86 * mm, largeSymbol: 96 * mm, dpi: officeDPI, perPage: 1, large: 1, sides: maxSides,
		slot: wholePage, draw: drawSheet},
	Folded: {width: a4Height, height: a4Width, symbol: 104 * mm, dpi: officeDPI, perPage: 1, large: 1, sides: 1,
		slot: wholePage, draw: drawFolded},
	Card: {width: a4Width, height: a4Height, symbol: 41 * mm, dpi: officeDPI, perPage: cardColumns * cardRows, sides: 1,
		compact: true, slot: cardSlot, begin: drawCutMarks, draw: drawPanel},
	Label: {width: 100 * mm, height: 60 * mm, symbol: 46 * mm, dpi: labelDPI, perPage: 1, sides: 1,
		compact: true, slot: wholePage, draw: drawPanel},
	Family: {width: a4Width, height: a4Height, symbol: 52 * mm, largeSymbol: 60 * mm, dpi: officeDPI, perPage: 4, large: 3, sides: 1,
		compact: true, slot: familySlot, begin: headed("family"), draw: drawFamily},
	Register: {width: a4Width, height: a4Height, symbol: 35 * mm, dpi: officeDPI, perPage: 7, sides: 1,
		compact: true, slot: registerSlot, begin: headed("register"), draw: drawRegister},
}

func wholePage(c *canvas, _ int) box { return box{0, 0, c.page.Width(), c.page.Height()} }

// Rows of families and registers stand below a head.
const (
	margin     = 14 * mm
	headHeight = 18 * mm
	rowsTop    = margin + headHeight
)

func rowSlot(i, rows int) box {
	height := (a4Height - rowsTop - margin) / pdf.Length(rows)
	return box{margin, rowsTop + pdf.Length(i)*height, a4Width - 2*margin, height}
}

func familySlot(c *canvas, i int) box {
	if c.large {
		return rowSlot(i, 3)
	}
	return rowSlot(i, 4)
}

func registerSlot(_ *canvas, i int) box { return rowSlot(i, 7) }

// headed returns what draws the head of a page: what it is, of whom, and which
// page.
func headed(key string) func(*canvas, Cover, int) error {
	return func(c *canvas, cover Cover, page int) error {
		head := box{margin, margin, a4Width - 2*margin, headHeight - 4*mm}
		title := say(chinese, key)
		if c.english {
			title += " " + say(english, key)
		}
		if cover.Title != "" {
			title += "　" + cover.Title
		}
		wide := box{head.x, head.y, head.width * 4 / 5, head.height}
		if _, err := c.flow(wide, []block{{text: title, size: 8 * mm, bold: true}}); err != nil {
			return err
		}
		narrow := box{head.x + head.width*4/5, head.y + 4*mm, head.width / 5, head.height - 4*mm}
		count := say(chinese, "page", page)
		if c.english {
			count += " " + say(english, "page", page)
		}
		if _, err := c.flow(narrow, []block{{text: count, size: 4 * mm, align: right, colour: pdf.Grey(darkGrey)}}); err != nil {
			return err
		}
		c.page.Line(head.x, rowsTop-mm, head.x+head.width, rowsTop-mm, 600_000, 0, pdf.Black)
		return nil
	}
}

func cardOrigin() (x, y pdf.Length) {
	return (a4Width - cardColumns*cardWidth) / 2, (a4Height - cardRows*cardHeight) / 2
}

func cardSlot(_ *canvas, i int) box {
	x, y := cardOrigin()
	return box{x + pdf.Length(i%cardColumns)*cardWidth, y + pdf.Length(i/cardColumns)*cardHeight, cardWidth, cardHeight}
}

// drawCutMarks draws short lines around the cards where they are cut apart.
func drawCutMarks(c *canvas, _ Cover, _ int) error {
	const thickness, length, distance = 100_000, 6 * mm, 2 * mm
	x, y := cardOrigin()
	x2, y2 := x+cardColumns*cardWidth, y+cardRows*cardHeight
	for i := range pdf.Length(cardColumns + 1) {
		at := x + i*cardWidth
		c.page.Line(at, y-distance-length, at, y-distance, thickness, 0, pdf.Black)
		c.page.Line(at, y2+distance, at, y2+distance+length, thickness, 0, pdf.Black)
	}
	for i := range pdf.Length(cardRows + 1) {
		at := y + i*cardHeight
		c.page.Line(x-distance-length, at, x-distance, at, thickness, 0, pdf.Black)
		c.page.Line(x2+distance, at, x2+distance+length, at, thickness, 0, pdf.Black)
	}
	return nil
}

package paper

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tongxing/tongxing/issuer/paper/pdf"
)

const mm = pdf.Millimetre

// box is a place on a page.
type box struct{ x, y, width, height pdf.Length }

// align is where in its line a text stands.
type align uint8

const (
	left align = iota
	centre
	right
)

// block is a text in one style, wrapped into lines.
type block struct {
	text   string
	size   pdf.Length
	before pdf.Length // room above
	bold   bool
	colour pdf.Colour
	align  align
}

// canvas is a page in the making, with what drawing on it needs.
type canvas struct {
	page    *pdf.Page
	face    *pdf.Typeface
	dpi     int
	symbol  pdf.Length // side of the square for a symbol
	english bool
	large   bool
	compact bool // little room
	side    int  // of the paper, from 0

	lifetime Lifetime
}

func (p *Printer) canvas(side int) *canvas {
	o, l := &p.options, &p.layout
	return &canvas{
		page: pdf.NewPage(o.Typeface, l.width, l.height), face: o.Typeface, dpi: o.DPI, symbol: l.symbol,
		english: o.English, large: o.Large, compact: l.compact, side: side, lifetime: o.Lifetime,
	}
}

// Text may be made smaller, down to about the half, before it is refused.
const (
	fullSize  = 100
	smallest  = 55
	sizeStep  = 5
	leading   = 132 // height of a line, in hundredths of the size
	ascent    = 88  // of ideographs, the same
	darkGrey  = 80
	lightGrey = 170
)

// flow draws blocks one below the other. All of them are made smaller until they
// fit; ErrNoRoom says that they do not, and a *[pdf.MissingError] that they have
// characters which cannot be printed. It returns where the last line ends.
func (c *canvas) flow(b box, blocks []block) (pdf.Length, error) {
	for i := range blocks {
		if err := c.face.Check(blocks[i].text); err != nil {
			return 0, err
		}
	}
	for percent := pdf.Length(fullSize); percent >= smallest; percent -= sizeStep {
		lines := make([][]string, len(blocks))
		height := pdf.Length(0)
		for i, k := range blocks {
			lines[i] = c.wrap(k.size*percent/100, b.width, k.text)
			height += k.before*percent/100 + pdf.Length(len(lines[i]))*k.size*percent/100*leading/100
		}
		if height <= b.height {
			return c.drawLines(b, blocks, lines, percent)
		}
	}
	return 0, ErrNoRoom
}

func (c *canvas) drawLines(b box, blocks []block, lines [][]string, percent pdf.Length) (pdf.Length, error) {
	y := b.y
	for i, k := range blocks {
		size := k.size * percent / 100
		y += k.before * percent / 100
		for _, line := range lines[i] {
			x := b.x
			switch k.align {
			case centre:
				x += (b.width - c.face.Width(size, line)) / 2
			case right:
				x += b.width - c.face.Width(size, line)
			}
			baseline := y + (leading-100)*size/200 + ascent*size/100
			if err := c.page.Text(x, baseline, pdf.Style{Size: size, Bold: k.bold, Colour: k.colour}, line); err != nil {
				return 0, err
			}
			y += size * leading / 100
		}
	}
	return y, nil
}

// noStart may not begin a line, noEnd may not end one.
const (
	noStart = "，。、；：？！）”’》」…·*%,.;:?!)]'/"
	noEnd   = "（“‘《「(["
)

// isBlank tells what does not begin a line, though what follows on it may.
func isBlank(r rune) bool { return r == ' ' || r == '\u3000' }

// trimEnd cuts the blanks at the end.
func trimEnd(s string) string {
	for strings.HasSuffix(s, " ") || strings.HasSuffix(s, "\u3000") {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// wrap breaks a text into lines: between ideographs, and at blanks elsewhere.
func (c *canvas) wrap(size, width pdf.Length, text string) []string {
	var lines []string
	line, used := "", pdf.Length(0)
	for _, unit := range units(text) {
		w := c.face.Width(size, trimEnd(unit))
		if used+w > width && line != "" {
			lines = append(lines, trimEnd(line))
			line, used = "", 0
		}
		if w > width { // longer than a line: broken anywhere
			for _, r := range unit {
				w := c.face.Width(size, string(r))
				if used+w > width && line != "" {
					lines = append(lines, line)
					line, used = "", 0
				}
				line, used = line+string(r), used+w
			}
			continue
		}
		line, used = line+unit, used+c.face.Width(size, unit)
	}
	return append(lines, trimEnd(line))
}

// units cuts a text where a line may end.
func units(text string) []string {
	var out []string
	from, before := 0, rune(0)
	for at, r := range text {
		if at > 0 && mayBreak(before, r) {
			out = append(out, text[from:at])
			from = at
		}
		before = r
	}
	if from < len(text) {
		out = append(out, text[from:])
	}
	return out
}

func mayBreak(before, after rune) bool {
	switch {
	case isBlank(after) || strings.ContainsRune(noStart, after) || strings.ContainsRune(noEnd, before):
		return false
	case inDate(before, after):
		return false
	case isBlank(before):
		return true
	}
	return wide(before) || wide(after)
}

// inDate tells whether a number and the character that counts it, or two of them
// in a date, stand together.
func inDate(before, after rune) bool {
	number := func(r rune) bool { return r >= '0' && r <= '9' }
	return number(before) && strings.ContainsRune("年月日剂页", after) || strings.ContainsRune("年月", before) && number(after)
}

// wide tells ideographs and their punctuation from what is written in words.
func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef
}

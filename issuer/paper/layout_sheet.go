package paper

import "github.com/tongxing/tongxing/issuer/paper/pdf"

// maxSides is the most pages of a sheet.
const maxSides = 3

// sizes of the words of a sheet; large print is a quarter more.
func (c *canvas) scaled(size pdf.Length) pdf.Length {
	if c.large {
		return size * 125 / 100
	}
	return size
}

// heading draws the name of the thing and of the region over a thick rule, and
// returns where the rest begins.
func (c *canvas) heading(b box, e *Entry) (pdf.Length, error) {
	const height = 17 * mm
	name := block{text: say(chinese, "title"), size: 12 * mm, bold: true}
	if _, err := c.flow(box{b.x, b.y, b.width / 2, height}, []block{name}); err != nil {
		return 0, err
	}
	of := c.both(block{size: 8 * mm, align: right}, func(lang string) string {
		if lang == english {
			return say(lang, "title") + " · " + region(lang, e.credential.Issuer)
		}
		return region(lang, e.credential.Issuer)
	})
	top := b.y + 4*mm
	if c.english {
		top = b.y
	}
	if _, err := c.flow(box{b.x + b.width/2, top, b.width / 2, height}, of); err != nil {
		return 0, err
	}
	c.page.Area(b.x, b.y+height, b.width, mm, pdf.Black)
	return b.y + height + mm, nil
}

// section is a heading over a thin rule and what stands below it.
func (c *canvas) section(key string, size pdf.Length, body []block) []block {
	head := block{size: size * 110 / 100, before: size * 90 / 100, bold: true}
	head.text = say(chinese, key)
	if c.english {
		head.text += " " + say(english, key)
	}
	return append([]block{head}, body...)
}

// advice returns how the paper is used and what to do where it fails.
func (c *canvas) advice(e *Entry, size pdf.Length) []block {
	line := block{size: size, before: size * 20 / 100}
	var use, help []block
	for _, key := range []string{"use_show", "use_fold", "use_decides"} {
		use = append(use, c.say(line, key)...)
	}
	use = append(use, c.both(line, func(lang string) string { return c.life(e, lang, "") })...)
	help = append(help, c.say(line, "help_channel")...)
	help = append(help, c.say(line, "help_lost", e.Reference())...)
	if e.source.Help != "" {
		help = append(help, c.say(line, "help_where", e.source.Help)...)
	}
	if e.source.Appeal != "" {
		help = append(help, c.say(line, "appeal", e.source.Appeal)...)
	}
	return append(c.section("use", size, use), c.section("help", size, help)...)
}

// drawSheet: the symbol with the holder beside it, and the words below. In large
// print, and where the code says much, what to do stands on the other side; where
// that is not enough, what the code says has a page of its own.
func drawSheet(c *canvas, b box, e *Entry, _ int) error {
	inner := box{b.x + 16*mm, b.y + 13*mm, b.width - 32*mm, b.height - 26*mm}
	if c.side > 0 {
		words := c.advice(e, c.scaled(6*mm))
		if c.side < e.sides-1 {
			words = c.content(e, c.scaled(6*mm))
		}
		_, err := c.flow(inner, words)
		return err
	}
	top, err := c.heading(inner, e)
	if err != nil {
		return err
	}
	symbol := box{inner.x - 4*mm, top + mm, c.symbol, c.symbol}
	c.drawSymbol(symbol, e)
	beside := box{symbol.x + symbol.width + 3*mm, top + 7*mm, 0, symbol.height - 8*mm}
	beside.width = inner.x + inner.width - beside.x
	if _, err := c.flow(beside, c.holder(e, c.scaled(14*mm))); err != nil {
		return err
	}
	const foot = 20 * mm
	below := symbol.y + symbol.height + mm
	rest := box{inner.x, below, inner.width, inner.y + inner.height - foot - below}
	c.page.Line(rest.x, below, rest.x+rest.width, below, 300_000, 0, pdf.Black)
	words := c.content(e, c.scaled(6*mm))
	if e.sides == maxSides {
		words = c.status(e, c.scaled(9*mm), c.scaled(6*mm))
	}
	if len(words) > 0 {
		words[0].before = 2 * mm
	}
	if e.sides == 1 {
		words = append(words, c.advice(e, 5*mm)...)
	}
	if _, err := c.flow(rest, words); err != nil {
		return err
	}
	return c.foot(box{inner.x, inner.y + inner.height - foot, inner.width, foot}, e)
}

// foot draws who has issued the code, below a thin rule.
func (c *canvas) foot(b box, e *Entry) error {
	c.page.Line(b.x, b.y, b.x+b.width, b.y, 300_000, 0, pdf.Black)
	_, err := c.flow(box{b.x, b.y + 2*mm, b.width, b.height - 2*mm}, c.issued(e, c.scaled(5*mm)))
	return err
}

// drawFolded: the right half is the front, with the symbol; the left half is
// behind, with the words.
func drawFolded(c *canvas, b box, e *Entry, _ int) error {
	half := b.width / 2
	c.page.Line(half, b.y+4*mm, half, b.y+b.height-4*mm, 200_000, 2*mm, pdf.Grey(lightGrey))
	front := box{half + 12*mm, b.y + 10*mm, half - 24*mm, b.height - 20*mm}
	top, err := c.heading(front, e)
	if err != nil {
		return err
	}
	symbol := box{front.x + (front.width-c.symbol)/2, top + mm, c.symbol, c.symbol}
	c.drawSymbol(symbol, e)
	below := symbol.y + symbol.height
	if _, err := c.flow(box{front.x, below, front.width, front.y + front.height - below}, c.holder(e, c.scaled(12*mm))); err != nil {
		return err
	}
	back := box{b.x + 12*mm, b.y + 10*mm, half - 24*mm, b.height - 20*mm}
	foot := 20 * mm
	if c.large && c.english {
		foot = 27 * mm
	}
	words := append(c.content(e, c.scaled(5*mm)), c.advice(e, c.scaled(4500_000))...)
	if _, err := c.flow(box{back.x, back.y, back.width, back.height - foot}, words); err != nil {
		return err
	}
	return c.foot(box{back.x, back.y + back.height - foot, back.width, foot}, e)
}

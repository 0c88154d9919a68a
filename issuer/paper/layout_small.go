package paper

import (
	"strconv"

	"github.com/tongxing/tongxing/issuer/paper/pdf"
)

// person returns who the code is of and until when it holds, for little room.
// Names are size large.
func (c *canvas) person(e *Entry, size pdf.Length) []block {
	line := block{size: size * 50 / 100, before: size * 12 / 100}
	out := []block{{text: e.name, size: size, bold: true}}
	out = append(out, c.say(line, "short_last_two", e.credential.Holder.LastTwo)...)
	line.bold = true
	return append(out, c.both(line, func(lang string) string {
		return say(lang, "short_valid", moment(lang, e.credential.Expires))
	})...)
}

// fine returns who has issued the code and where to turn to, in small print. Names
// and addresses are as the authority gives them, in one language.
func (c *canvas) fine(e *Entry, size pdf.Length) []block {
	line := block{size: size, before: size * 15 / 100}
	issued := line
	of := region(chinese, e.credential.Issuer)
	if c.english {
		of += " " + region(english, e.credential.Issuer)
	}
	issued.text = say(chinese, "issued_by", of, e.source.Authority)
	out := append([]block{issued}, c.turnTo(e, line)...)
	channel := c.say(line, "short_channel")
	channel[0].text += "　" + c.both(block{}, func(lang string) string { return c.life(e, lang, "short_") })[0].text
	channel[0].text += "　" + e.Reference()
	return append(out, channel...)
}

// turnTo returns where a holder gets help and appeals, in one line where that is
// the same place.
func (c *canvas) turnTo(e *Entry, line block) (out []block) {
	add := func(key, place string) {
		if place != "" {
			line.text = c.label(block{}, key).text + "：" + place
			out = append(out, line)
		}
	}
	if e.source.Help == e.source.Appeal {
		add("short_help_appeal", e.source.Appeal)
		return out
	}
	add("short_help", e.source.Help)
	add("short_appeal", e.source.Appeal)
	return out
}

// joined puts blocks of one style on one line after the other, without beginning
// a line for each.
func joined(blocks []block) []block {
	out := blocks[0]
	for _, k := range blocks[1:] {
		out.text += "　" + k.text
	}
	return []block{out}
}

// panel returns all words in one column. Names are size large.
func (c *canvas) panel(e *Entry, size pdf.Length) []block {
	words := c.person(e, size)
	if claims := c.content(e, size*45/100); len(claims) > 0 {
		claims[0].before = size * 25 / 100
		words = append(words, claims...)
	}
	fine := c.fine(e, size*33/100)
	fine[0].before = size * 25 / 100
	return append(words, fine...)
}

// drawPanel: a card or a label, the symbol on the left and the words beside it.
func drawPanel(c *canvas, b box, e *Entry, _ int) error {
	const edge = 3 * mm
	c.drawSymbol(box{b.x + edge/3, b.y + (b.height-c.symbol)/2, c.symbol, c.symbol}, e)
	x := b.x + edge/3 + c.symbol
	_, err := c.flow(box{x, b.y + edge, b.x + b.width - edge - x, b.height - 2*edge}, c.panel(e, 6500_000))
	return err
}

const (
	rowCount = 10 * mm // room for the number of a row
	rowGap   = 2 * mm
)

// beginRow draws the line below a row, its number and its symbol, and returns the
// place for words.
func (c *canvas) beginRow(b box, e *Entry, number int) (box, error) {
	c.page.Line(b.x, b.y+b.height, b.x+b.width, b.y+b.height, 200_000, 0, pdf.Grey(lightGrey))
	count := block{text: strconv.Itoa(number), size: 5 * mm, colour: pdf.Grey(darkGrey)}
	if _, err := c.flow(box{b.x, b.y + rowGap, rowCount, b.height - rowGap}, []block{count}); err != nil {
		return box{}, err
	}
	symbol := box{b.x + rowCount, b.y + (b.height-c.symbol)/2, c.symbol, c.symbol}
	c.drawSymbol(symbol, e)
	x := symbol.x + symbol.width + rowGap/2
	return box{x, b.y + rowGap, b.x + b.width - x, b.height - 2*rowGap}, nil
}

// drawFamily: one of a few people on a page.
func drawFamily(c *canvas, b box, e *Entry, number int) error {
	words, err := c.beginRow(b, e, number)
	if err == nil {
		_, err = c.flow(words, c.panel(e, c.scaled(9*mm)))
	}
	return err
}

// drawRegister: one of many people on a page: who, and beside that what the code
// says, with the small print below both.
func drawRegister(c *canvas, b box, e *Entry, number int) error {
	words, err := c.beginRow(b, e, number)
	if err != nil {
		return err
	}
	const strip = 7 * mm
	upper := box{words.x, words.y, words.width * 42 / 100, words.height - strip}
	if _, err := c.flow(upper, c.person(e, 7500_000)); err != nil {
		return err
	}
	upper.x, upper.width = words.x+words.width*44/100, words.width*56/100
	if _, err := c.flow(upper, c.content(e, 3200_000)); err != nil {
		return err
	}
	_, err = c.flow(box{words.x, words.y + upper.height, words.width, strip}, joined(c.fine(e, 2300_000)))
	return err
}

package paper

import "github.com/tongxing/tongxing/issuer/paper/pdf"

// both returns a text as a block in Chinese and, where that is wanted, a smaller
// one in English below it; where there is little room, behind it.
func (c *canvas) both(k block, text func(lang string) string) []block {
	k.text = text(chinese)
	if c.compact && c.english {
		k.text += " / " + text(english)
		return []block{k}
	}
	out := []block{k}
	if c.english {
		k.text, k.size, k.before, k.bold, k.colour = text(english), k.size*62/100, 0, false, pdf.Grey(darkGrey)
		out = append(out, k)
	}
	return out
}

// say is both for a row of words.csv whose arguments are the same in all
// languages.
func (c *canvas) say(k block, key string, arguments ...any) []block {
	return c.both(k, func(lang string) string { return say(lang, key, arguments...) })
}

// label is a short caption in grey, in both languages on one line.
func (c *canvas) label(k block, key string) block {
	k.text, k.colour = say(chinese, key), pdf.Grey(darkGrey)
	if c.english {
		k.text += " " + say(english, key)
	}
	return k
}

// holder returns who the code is of, and until when it holds: what a person
// looks for first. Names are size large.
func (c *canvas) holder(e *Entry, size pdf.Length) []block {
	caption := block{size: size * 36 / 100, before: size * 45 / 100}
	out := []block{
		{text: e.name, size: size, bold: true},
		c.label(caption, "last_two"),
		{text: e.credential.Holder.LastTwo, size: size * 70 / 100, bold: true},
		c.label(caption, "valid_until"),
	}
	return append(out, c.both(block{size: size * 60 / 100, bold: true}, func(lang string) string {
		return moment(lang, e.credential.Expires)
	})...)
}

// content returns what the code says.
func (c *canvas) content(e *Entry, size pdf.Length) []block {
	out := c.status(e, size*150/100, size)
	zh, en := e.claims(chinese, c.compact), e.claims(english, c.compact)
	for i := range zh {
		out = append(out, c.both(block{size: size, before: size * 30 / 100}, func(lang string) string {
			if lang == english {
				return en[i]
			}
			return zh[i]
		})...)
	}
	return out
}

// status returns the state in large letters, and how it came about; nothing for
// a code without one.
func (c *canvas) status(e *Entry, size, howSize pdf.Length) []block {
	state, how := e.status(chinese)
	if state == "" {
		return nil
	}
	stateEN, howEN := e.status(english)
	if c.english {
		state += " " + stateEN
	}
	out := []block{{text: state, size: size, bold: true}, {text: how, size: howSize}}
	if c.english && !c.compact {
		out = append(out, block{text: howEN, size: howSize * 62 / 100, colour: pdf.Grey(darkGrey)})
	}
	return out
}

// issued returns who has issued the code, when, and its number.
func (c *canvas) issued(e *Entry, size pdf.Length) []block {
	out := c.both(block{size: size, bold: true}, func(lang string) string {
		return say(lang, "issued_by", region(lang, e.credential.Issuer), e.source.Authority)
	})
	return append(out, c.both(block{size: size * 80 / 100, before: size * 20 / 100, colour: pdf.Grey(darkGrey)}, func(lang string) string {
		return say(lang, "issued_at", moment(lang, e.credential.IssuedAt), e.Reference())
	})...)
}

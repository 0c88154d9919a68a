package paper

import (
	"errors"
	"fmt"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer/paper/pdf"
	"github.com/tongxing/tongxing/spec"
)

// Source is who answers for a code, as the trust list names them, and what the
// holder asks for.
type Source struct {
	Authority string // "浙江省卫生健康委员会"
	Appeal    string // where a holder turns to
	Help      string // where a holder gets help and reports a loss; if empty, as Appeal
	// FullName is printed instead of the masked name of the code. Only for a
	// holder who asks for it.
	FullName string
}

// maxText bounds in bytes what is printed beside the words of the code: a layout
// has room for less, and no time is to be lost on finding that out.
const maxText = 600

// Entry is a code that can be printed.
type Entry struct {
	credential *format.Credential
	symbol     *qr.Symbol
	dots       int // a module
	sides      int // pages that it takes, where it has pages of its own
	name       string
	source     Source
}

// Prepare reads a code, either transport, and finds whether it can be printed.
// Errors are ErrCode, ErrFullName, *[LifetimeError], *[SizeError], *[pdf.MissingError] and
// *[RoomError]. No
// signature is checked: whether the code is one that a gate accepts is for the
// caller to know.
func (p *Printer) Prepare(code string, s Source) (*Entry, error) {
	e, err := p.prepare(code, s)
	var size *SizeError
	switch {
	case errors.As(err, &size):
		size.Fits = p.fits(code, s)
	case errors.Is(err, ErrNoRoom):
		err = &RoomError{p.options.Layout, p.fits(code, s)}
	}
	return e, err
}

// fits returns the layouts on which a code can be printed.
func (p *Printer) fits(code string, s Source) (fits []Layout) {
	for _, l := range Layouts() {
		o := p.asked
		o.Layout = l
		if other, err := New(o); err == nil {
			if _, err = other.prepare(code, s); err == nil {
				fits = append(fits, l)
			}
		}
	}
	return fits
}

func (p *Printer) prepare(code string, s Source) (*Entry, error) {
	if max(len(s.Authority), len(s.Appeal), len(s.Help), len(s.FullName)) > maxText {
		return nil, ErrNoRoom
	}
	data, err := transport.Decode(code)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCode, err)
	}
	unverified, err := format.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCode, err)
	}
	text := transport.Encode(data)
	if p.options.Digits {
		text = transport.EncodeDigits(data)
	}
	e := &Entry{credential: unverified.UnverifiedCredential(), source: s}
	if err := e.checkFullName(); err != nil {
		return nil, err
	}
	if err := p.options.checkLife(e.lasts()); err != nil {
		return nil, err
	}
	symbol, err := qr.Encode(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCode, err)
	}
	dots, err := p.dots(symbol)
	if err != nil {
		return nil, err
	}
	e.symbol, e.dots = symbol, dots
	if e.name = format.NormaliseName(s.FullName); e.name == "" {
		e.name = e.credential.Holder.Name
	}
	if e.source.Help == "" {
		e.source.Help = s.Appeal
	}
	if err := p.try(e); err != nil {
		return nil, err
	}
	return e, nil
}

// checkFullName holds a full name to the masked one that was signed: a code is not
// made another person's by its paper.
func (e *Entry) checkFullName() error {
	if e.source.FullName == "" {
		return nil
	}
	if masked, err := format.MaskName(e.source.FullName); err != nil || masked != e.credential.Holder.Name {
		return ErrFullName
	}
	return nil
}

// try draws an entry where nobody sees it, on one side if that has the room.
func (p *Printer) try(e *Entry) error {
	e.sides = 1
	if p.options.Large {
		e.sides = min(2, p.layout.sides)
	}
	for {
		err := p.tryAs(e)
		if !errors.Is(err, ErrNoRoom) || e.sides >= p.layout.sides {
			return err
		}
		e.sides++
	}
}

func (p *Printer) tryAs(e *Entry) error {
	for side := range e.sides {
		c := p.canvas(side)
		if err := p.layout.draw(c, p.layout.slot(c, 0), e, 1); err != nil {
			return err
		}
	}
	return nil
}

// Reference returns the identity of the credential, as people write it.
func (e *Entry) Reference() string {
	return format.ReferenceText(e.credential.Issuer, e.credential.Ref)
}

// region returns the name of a region.
func region(lang, number string) string {
	if r, ok := spec.RegionByNumber(number); ok {
		return r.Label.In(lang)
	}
	return number
}

// status returns the name of the state and how it came about, or nothing.
func (e *Entry) status(lang string) (state, how string) {
	s := e.credential.Status
	if s == nil {
		return "", ""
	}
	how = say(lang, "determined", moment(lang, e.credential.Determined()))
	if s.Rule != 0 {
		name := fmt.Sprint(s.Rule)
		if of, ok := spec.RuleState(s.Rule); ok {
			name = of.RuleName(s.Rule)
		}
		separator := "，"
		if lang == english {
			separator = ", "
		}
		how += separator + say(lang, "rule", name)
	}
	return spec.StateName(s.State, lang), how
}

// drawSymbol draws the symbol in the middle of a square, on whole dots.
func (c *canvas) drawSymbol(b box, e *Entry) {
	size := e.symbol.Size()
	side := pdf.Dots(size*e.dots, c.dpi)
	x := c.snap(b.x + (b.width-side)/2)
	y := c.snap(b.y + (b.height-side)/2)
	c.page.Modules(x, y, side, size, e.symbol.Module)
}

// snap moves a place to the nearest dot above or left of it.
func (c *canvas) snap(l pdf.Length) pdf.Length {
	const inch = 25_400_000
	return pdf.Dots(int(int64(l)*int64(c.dpi)/inch), c.dpi)
}

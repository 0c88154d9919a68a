package paper

import (
	"fmt"
	"io"
	"math"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer/paper/pdf"
)

// Cover is what a document says about itself.
type Cover struct {
	Title   string    // of a register or a family: "宋家村"; may be empty
	Created time.Time // in the zone that is to be shown; the clock is the caller's
}

// Document is a file of pages in the making. Its methods are for one goroutine.
type Document struct {
	printer *Printer
	writer  *pdf.Writer
	cover   Cover
	canvas  *canvas // of the page that is not full, or nil
	slot    int     // next on it
	entries int
	pages   int
}

// Begin begins a document. Errors are those of [pdf.NewWriter], and for the title
// a *[pdf.MissingError] and ErrNoRoom.
func (p *Printer) Begin(w io.Writer, cover Cover) (*Document, error) {
	if err := p.tryTitle(cover); err != nil {
		return nil, err
	}
	title := say(chinese, "title") + " " + say(english, "title")
	if cover.Title != "" {
		title += " " + cover.Title
	}
	writer, err := pdf.NewWriter(w, pdf.Options{
		Title: title, Language: "zh-CN", Created: cover.Created, Typeface: p.options.Typeface,
	})
	if err != nil {
		return nil, err
	}
	return &Document{printer: p, writer: writer, cover: cover}, nil
}

// tryTitle draws the head of a page where nobody sees it.
func (p *Printer) tryTitle(cover Cover) error {
	if err := p.options.Typeface.Check(cover.Title); err != nil {
		return err
	}
	if len(cover.Title) > maxText {
		return ErrNoRoom
	}
	if p.layout.begin == nil {
		return nil
	}
	return p.layout.begin(p.canvas(0), cover, 1)
}

// Add prints an entry that this printer has prepared, on the page that is begun
// or on a new one.
func (d *Document) Add(e *Entry) error {
	d.entries++
	for side := range e.sides {
		if err := d.add(e, side); err != nil {
			return fmt.Errorf("paper: entry %d: %w", d.entries, err)
		}
	}
	return nil
}

func (d *Document) add(e *Entry, side int) error {
	l := &d.printer.layout
	if d.canvas == nil {
		d.canvas, d.slot = d.printer.canvas(side), 0
		d.pages++
		if l.begin != nil {
			if err := l.begin(d.canvas, d.cover, d.pages); err != nil {
				return err
			}
		}
	}
	if err := l.draw(d.canvas, l.slot(d.canvas, d.slot), e, d.entries); err != nil {
		return err
	}
	if d.slot++; d.slot == l.perPage {
		return d.endPage()
	}
	return nil
}

// Front is the first page of many papers that are handed out together.
type Front struct {
	Name        string // of the village, school or building
	Codes       int
	First, Last string // references
}

// AddFront draws a page of its own in front of the entries. Errors are those of
// Prepare.
func (d *Document) AddFront(f Front) error {
	if err := d.endPage(); err != nil {
		return err
	}
	c := d.printer.canvas(0)
	if err := c.front(f, d.cover.Created); err != nil {
		return err
	}
	d.pages++
	return d.writer.Add(c.page)
}

// CheckTitle finds whether a title can be printed, at the head of pages and as the
// name of a front page, so that whoever prints many documents knows it before the
// first. Errors are a *[pdf.MissingError] and ErrNoRoom.
func (p *Printer) CheckTitle(cover Cover) error {
	if err := p.tryTitle(cover); err != nil {
		return err
	}
	longest := format.ReferenceText("99", format.Ref{List: math.MaxUint32, Index: math.MaxUint32})
	return p.canvas(0).front(Front{Name: cover.Title, Codes: math.MaxInt32, First: longest, Last: longest}, cover.Created)
}

// front draws a front page.
func (c *canvas) front(f Front, created time.Time) error {
	c.compact = false
	edge := min(c.page.Width(), c.page.Height()) / 10
	size := min(c.page.Width(), c.page.Height()) / 14
	line := block{size: size / 2, before: size / 4}
	words := []block{{text: say(chinese, "title"), size: size}, {text: f.Name, size: size * 3 / 2, bold: true, before: size / 2}}
	words = append(words, c.say(block{size: size, before: size / 2}, "cover_codes", f.Codes)...)
	words = append(words, c.say(line, "cover_range", f.First, f.Last)...)
	words = append(words, c.both(line, func(lang string) string {
		return say(lang, "cover_made", moment(lang, created.Unix()))
	})...)
	line.before = size
	words = append(words, c.say(line, "cover_hand")...)
	line.before = size / 4
	words = append(words, c.say(line, "cover_lost")...)
	_, err := c.flow(box{edge, edge, c.page.Width() - 2*edge, c.page.Height() - 2*edge}, words)
	return err
}

func (d *Document) endPage() error {
	c := d.canvas
	if c == nil {
		return nil
	}
	d.canvas = nil
	return d.writer.Add(c.page)
}

// Pages returns how many pages have been begun.
func (d *Document) Pages() int { return d.pages }

// Close ends the document. One without any entry is an error.
func (d *Document) Close() error {
	if err := d.endPage(); err != nil {
		return err
	}
	return d.writer.Close()
}

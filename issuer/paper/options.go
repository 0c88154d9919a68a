package paper

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/issuer/paper/pdf"
)

// Layout is a kind of paper.
type Layout string

// The layouts.
const (
	Sheet    Layout = "sheet"    // A4, one code
	Folded   Layout = "folded"   // A4 folded to A5: the symbol in front, the words behind
	Card     Layout = "card"     // 85.6 x 54 mm, ten on a sheet of A4 with cut marks
	Label    Layout = "label"    // 100 x 60 mm from a roll
	Family   Layout = "family"   // A4, four codes a page, three in large print
	Register Layout = "register" // A4, seven codes a page, numbered
)

// Layouts returns all layouts.
func Layouts() []Layout { return []Layout{Sheet, Folded, Card, Label, Family, Register} }

// Least and greatest resolution of a printer, in dots an inch.
const (
	MinDPI = 150
	MaxDPI = 2400
	// labelDPI is that of most thermal printers, officeDPI of the coarsest office
	// printers.
	labelDPI  = 203
	officeDPI = 300
)

// minModule is the least width of a module that cameras read from paper.
const minModule = 370_000 // nm

var (
	// ErrOptions reports options that contradict one another.
	ErrOptions = errors.New("paper: options")
	// ErrCode reports a text that is no code.
	ErrCode = errors.New("paper: not a code")
	// ErrFullName reports a full name that is not that of the code.
	ErrFullName = errors.New("paper: the full name is not that of the code")
	// ErrNoRoom reports words that do not fit the layout even in small print.
	ErrNoRoom = errors.New("paper: the words do not fit")
)

// Options say how codes are printed.
type Options struct {
	Layout   Layout
	English  bool     // under the Chinese words
	Large    bool     // large print; not for cards, labels and registers
	Lifetime Lifetime // zero is DefaultLifetime
	Longer   bool     // codes that last longer too, with the condition in words
	Digits   bool     // symbols in the digits form, for scanners under an input method
	DPI      int      // dots an inch of the printer; 0 is 203 for labels and else 300
	Typeface *pdf.Typeface
}

// Printer prints codes in one way. It never changes, so that many goroutines may
// use it.
type Printer struct {
	asked   Options // as they were given
	options Options
	layout  layout
}

// New returns a printer. The error wraps ErrOptions and says what is wrong.
func New(o Options) (*Printer, error) {
	l, ok := layouts[o.Layout]
	switch {
	case !ok:
		return nil, fmt.Errorf("%w: layout %q", ErrOptions, o.Layout)
	case o.Typeface == nil:
		return nil, fmt.Errorf("%w: no typeface", ErrOptions)
	case o.Large && l.large == 0:
		return nil, fmt.Errorf("%w: no large print for layout %s", ErrOptions, o.Layout)
	case o.DPI != 0 && (o.DPI < MinDPI || o.DPI > MaxDPI):
		return nil, fmt.Errorf("%w: %d dots an inch", ErrOptions, o.DPI)
	case o.Lifetime.Longest < 0 || o.Lifetime.Knowledge < 0:
		return nil, fmt.Errorf("%w: lifetime %v, %v", ErrOptions, o.Lifetime.Longest, o.Lifetime.Knowledge)
	}
	asked := o
	if o.DPI == 0 {
		o.DPI = l.dpi
	}
	if o.Lifetime == (Lifetime{}) {
		o.Lifetime = DefaultLifetime
	}
	if o.Large {
		l.perPage, l.symbol = l.large, max(l.symbol, l.largeSymbol)
	}
	return &Printer{asked, o, l}, nil
}

// Layout returns the layout that the printer has.
func (p *Printer) Layout() Layout { return p.options.Layout }

// SizeError reports a symbol that would be printed too small to be read.
type SizeError struct {
	Layout Layout
	Side   pdf.Length // what the layout has for the symbol and its quiet zone
	Needed pdf.Length // what the symbol needs
	Fits   []Layout   // that print the code, words and all, printed otherwise alike
}

func (e *SizeError) Error() string {
	fits := make([]string, len(e.Fits))
	for i, l := range e.Fits {
		fits[i] = string(l)
	}
	return fmt.Sprintf("paper: the symbol needs %.1f mm and layout %s has %.1f mm; it fits: %s",
		float64(e.Needed)/float64(pdf.Millimetre), e.Layout, float64(e.Side)/float64(pdf.Millimetre), strings.Join(fits, ", "))
}

// RoomError reports words that do not fit a layout even in small print. It wraps
// ErrNoRoom.
type RoomError struct {
	Layout Layout
	Fits   []Layout // that have the room, printed otherwise alike
}

func (e *RoomError) Error() string {
	return fmt.Sprintf("%v layout %s; they fit: %v", ErrNoRoom, e.Layout, e.Fits)
}

func (e *RoomError) Unwrap() error { return ErrNoRoom }

// MinDots returns the least number of whole dots that are a module: 3 at 203 dots
// an inch, 5 at 300.
func MinDots(dpi int) int {
	const inch = 25_400_000
	return (minModule*dpi + inch - 1) / inch
}

// dots returns how many dots a module has in a square of the given side.
func (p *Printer) dots(symbol *qr.Symbol) (int, error) {
	const inch = 25_400_000
	modules := symbol.Size() + 2*qr.QuietZone
	n := int(int64(p.layout.symbol) * int64(p.options.DPI) / inch / int64(modules))
	least := MinDots(p.options.DPI)
	if n >= least {
		return n, nil
	}
	needed := pdf.Dots(least*modules, p.options.DPI)
	return 0, &SizeError{Layout: p.options.Layout, Side: p.layout.symbol, Needed: needed}
}

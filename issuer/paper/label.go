package paper

import (
	"fmt"
	"io"

	"github.com/tongxing/tongxing/issuer/paper/thermal"
)

// WriteLabel writes an entry as ZPL, for label printers that take no PDF. The
// printer's layout must be Label (ErrOptions).
func (p *Printer) WriteLabel(w io.Writer, e *Entry) error {
	if p.options.Layout != Label {
		return fmt.Errorf("%w: layout %s is no label", ErrOptions, p.options.Layout)
	}
	c := p.canvas(0)
	if err := p.layout.draw(c, p.layout.slot(c, 0), e, 1); err != nil {
		return err
	}
	dots, err := thermal.Draw(c.page, p.options.DPI)
	if err != nil {
		return err
	}
	return dots.WriteZPL(w)
}

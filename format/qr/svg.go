package qr

import (
	"fmt"
	"io"
	"strconv"
)

// WriteSVG writes the symbol with its quiet zone as an SVG: a white square and one
// black path over it, in units of one module, shown at ModuleSize pixels a module.
// Equal symbols and options give equal bytes. The error is ErrOptions before
// anything is written, or that of w.
func (s *Symbol) WriteSVG(w io.Writer, o Options) error {
	_, side, err := o.side(s)
	if err != nil {
		return err
	}
	modules := s.Size() + 2*QuietZone
	svg := fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" shape-rendering="crispEdges">`+
		"\n"+`<path fill="#fff" d="M0 0h%dv%dH0z"/>`+"\n"+`<path d="`, side, side, modules, modules, modules, modules)
	svg = s.appendPath(svg)
	svg = append(svg, "\"/>\n</svg>\n"...)
	if _, err := w.Write(svg); err != nil {
		return fmt.Errorf("write SVG: %w", err)
	}
	return nil
}

// appendPath appends a closed rectangle for each run of dark modules in a row.
// The first is placed from the origin, the others from the one before, as shorter
// numbers make a smaller file.
func (s *Symbol) appendPath(svg []byte) []byte {
	number := func(n int) { svg = strconv.AppendInt(svg, int64(n), 10) }
	fromX, fromY := 0, 0
	for y := range s.Size() {
		for x := 0; x < s.Size(); x++ {
			if !s.rows[y].at(x) {
				continue
			}
			start := x
			for s.Module(x, y) {
				x++
			}
			svg = append(svg, 'm')
			number(start + QuietZone - fromX)
			svg = append(svg, ' ')
			number(y + QuietZone - fromY)
			svg = append(svg, 'h')
			number(x - start)
			svg = append(svg, "v1h"...)
			number(start - x)
			svg = append(svg, 'z')
			fromX, fromY = start+QuietZone, y+QuietZone
		}
	}
	return svg
}

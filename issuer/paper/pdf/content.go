package pdf

import (
	"fmt"
	"strconv"
)

// grain is how many units a module is drawn in. Each rectangle ends one unit
// before its edge: printers blacken every dot that a shape touches, and without
// that the least rounding would make dark modules a dot wider than light ones.
const grain = 250

// appendPiece appends the operators of a piece that is no text.
func appendPiece(b []byte, p *Page, k *piece) []byte {
	switch k.kind {
	case areaPiece:
		b = appendColour(b, k.colour, false)
		b = appendLengths(b, k.x, p.height-k.y-k.height, k.width, k.height)
		return append(b, "re f\n"...)
	case framePiece:
		b = appendColour(b, k.colour, true)
		b = appendLengths(b, k.thickness)
		b = append(b, "w [] 0 d "...)
		b = appendLengths(b, k.x, p.height-k.y-k.height, k.width, k.height)
		return append(b, "re S\n"...)
	case linePiece:
		return appendLine(b, p, k)
	}
	return appendModules(b, p, k)
}

func appendLine(b []byte, p *Page, k *piece) []byte {
	b = appendColour(b, k.colour, true)
	b = appendLengths(b, k.thickness)
	b = append(b, "w ["...)
	if k.dash > 0 {
		b = appendLengths(b, k.dash, k.dash)
	}
	b = append(b, "] 0 d "...)
	b = appendLengths(b, k.x, p.height-k.y)
	b = append(b, "m "...)
	b = appendLengths(b, k.x+k.width, p.height-k.y-k.height)
	return append(b, "l S\n"...)
}

// appendModules appends the dark squares of a grid as one path.
func appendModules(b []byte, p *Page, k *piece) []byte {
	b = append(b, "q "...)
	b = appendColour(b, Black, false)
	// Points a unit, with nine decimals: the error of a whole symbol of 177 modules
	// stays below 0.01 micrometres.
	scale := divide(int64(k.width)*72*10_000, int64(k.size)*grain*(inch/100_000))
	b = appendDecimal(b, scale, 9)
	b = append(b, " 0 0 "...)
	b = appendDecimal(b, scale, 9)
	b = append(b, ' ')
	b = appendLengths(b, k.x, p.height-k.y-k.height)
	b = append(b, "cm\n"...)
	whole := fmt.Sprintf(" %d re\n", grain-2)
	for row := range k.size {
		for from := 0; from < k.size; from++ {
			if !k.dark(from, row) {
				continue
			}
			to := from + 1
			for to < k.size && k.dark(to, row) {
				to++
			}
			b = strconv.AppendInt(b, int64(from*grain+1), 10)
			b = append(b, ' ')
			b = strconv.AppendInt(b, int64((k.size-1-row)*grain+1), 10)
			b = append(b, ' ')
			b = strconv.AppendInt(b, int64((to-from)*grain-2), 10)
			b = append(b, whole...)
			from = to
		}
	}
	return append(b, "f Q\n"...)
}

func appendLengths(b []byte, lengths ...Length) []byte {
	for _, l := range lengths {
		b = append(appendLength(b, l), ' ')
	}
	return b
}

// appendColour sets the colour for filling or for stroking; greys as greys, so
// that a printer with black ink alone uses it.
func appendColour(b []byte, c Colour, stroke bool) []byte {
	operators := [2]string{"g ", "rg "}
	if stroke {
		operators = [2]string{"G ", "RG "}
	}
	part := func(v uint8) { b = append(appendDecimal(b, divide(int64(v)*1000, 255), 3), ' ') }
	part(c.R)
	if c.R == c.G && c.G == c.B {
		return append(b, operators[0]...)
	}
	part(c.G)
	part(c.B)
	return append(b, operators[1]...)
}

package arch

import (
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Measures of the picture, in pixels; a character of the monospaced font at 12
// pixels is 7.3 wide at most.
const (
	graphWidth  = 980 // of the rows; lanes stand to their right
	laneWidth   = 28
	rowMargin   = 12
	boxHeight   = 24
	boxGap      = 8
	titleHeight = 30
	charWidth   = 7.3
)

const graphHead = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="title desc" font-family="system-ui, sans-serif">
<title id="title">Who imports whom</title>
<desc id="desc">%s</desc>
<style>
svg { --paper: #fff; --ink: #1f2328; --soft: #f3f4f6; --line: #8b949e; --mark: #0b57d0 }
@media (prefers-color-scheme: dark) { svg { --paper: #0d1117; --ink: #e6edf3; --soft: #1c2129; --line: #768390; --mark: #8ab4f8 } }
.paper { fill: var(--paper) } .row { fill: var(--soft); stroke: var(--line) } .box { fill: var(--paper); stroke: var(--line) }
text { fill: var(--ink); font-size: 12px } .package { font-family: ui-monospace, monospace } .name { font-weight: 700; font-size: 15px }
.lane { fill: none; stroke: var(--mark); stroke-width: 1.5 } .tip { fill: var(--mark) }
</style>
<rect class="paper" width="100%%" height="100%%"/>
`

// placed is a row with its place.
type placed struct {
	*band
	top, height int
}

// boxes lays the packages of a row out and returns their elements and its height.
func boxes(g graph, b *band, top int) (elements string, height int) {
	var s strings.Builder
	x, y := rowMargin, top+titleHeight
	own := g.own()
	for _, folder := range b.packages {
		width := int(float64(len(folder))*charWidth) + 14
		if x+width > graphWidth-rowMargin {
			x, y = rowMargin, y+boxHeight+boxGap
		}
		fmt.Fprintf(&s, `<g><title>%s</title><rect class="box" x="%d" y="%d" width="%d" height="%d" rx="4"/>`,
			describe(own[folder]), x, y, width, boxHeight)
		fmt.Fprintf(&s, `<text class="package" x="%d" y="%d">%s</text></g>`+"\n", x+7, y+16, folder)
		x += width + boxGap
	}
	return s.String(), y + boxHeight + rowMargin - top
}

// describe is what a package is for, in the first sentence of its comment, for who
// points at it or has the picture read out.
func describe(p *listed) string {
	var s strings.Builder
	_ = xml.EscapeText(&s, []byte(strings.Join(strings.Fields(p.Doc), " "))) // into memory
	return s.String()
}

// drawGraph returns the picture: a row for each folder of the house, and a lane for
// each row that others import, which goes down from them into it.
func drawGraph(g graph) string {
	var body strings.Builder
	var rows []placed
	top := rowMargin
	for _, b := range bands(g) {
		elements, height := boxes(g, b, top)
		fmt.Fprintf(&body, `<rect class="row" x="0" y="%d" width="%d" height="%d" rx="6"/>`+"\n", top, graphWidth, height)
		fmt.Fprintf(&body, `<text x="%d" y="%d"><tspan class="name">%s</tspan> %s</text>`+"\n", rowMargin, top+20, b.name, b.why)
		body.WriteString(elements)
		rows = append(rows, placed{b, top, height})
		top += height + rowMargin
	}
	lane := 0
	for i := range rows {
		if drawn := drawLane(rows, rows[i], graphWidth+30+lane*laneWidth); drawn != "" {
			body.WriteString(drawn)
			lane++
		}
	}
	return fmt.Sprintf(graphHead, graphWidth+20+lane*laneWidth, top, summary(rows)) + body.String() + "</svg>\n"
}

// drawLane draws who imports from one row: a line from each importer, and an arrow
// into the row.
func drawLane(rows []placed, to placed, x int) string {
	var s strings.Builder
	end := to.top + to.height - 10
	first := -1
	for _, from := range rows {
		if !from.imports[to.name] {
			continue
		}
		y := from.top + 14 + (x-graphWidth)/laneWidth*5
		if first < 0 {
			first = y
		}
		fmt.Fprintf(&s, `<path class="lane" d="M%d %dH%d"/><circle class="tip" cx="%d" cy="%d" r="3"/>`+"\n", graphWidth, y, x, x, y)
	}
	if first < 0 {
		return ""
	}
	fmt.Fprintf(&s, `<path class="lane" d="M%d %dV%dH%d"/><path class="tip" d="M%d %dl10 -5v10z"/>`+"\n",
		x, first, end, graphWidth+10, graphWidth, end)
	return s.String()
}

// summary says in words what the lanes show.
func summary(rows []placed) string {
	var lines []string
	for _, from := range rows {
		to := slices.Sorted(maps.Keys(from.imports))
		if len(to) == 0 {
			to = []string{"nothing"}
		}
		lines = append(lines, fmt.Sprintf("%s imports %s.", from.name, strings.Join(to, ", ")))
	}
	return strings.Join(lines, " ")
}

package status

import (
	"fmt"
	"math"
	"strings"
)

// drawn is how a line of a picture looks, and what it is of.
type drawn struct {
	zh, en, color, dash string
	width               float64
	of                  func(sizes) float64
}

func (d drawn) dashes() string {
	if d.dash == "" {
		return ""
	}
	return ` stroke-dasharray="` + d.dash + `"`
}

// series are the lines of a picture, in the order of the legend.
var series = []drawn{
	{"熵界（均匀）", "entropy bound, uniform", "#000000", "6 4", 1.5, func(s sizes) float64 { return s.entropy }},
	{"本方案，传输", "ours, on the wire", "#d01c1c", "", 3, func(s sizes) float64 { return float64(s.wire) }},
	{"本方案，内存", "ours, in memory", "#f08c00", "", 2, func(s sizes) float64 { return float64(s.memory) }},
	{"zlib 压缩位图", "bits, zlib", "#1f6fb4", "", 1.5, func(s sizes) float64 { return float64(s.zlib) }},
	{"Roaring 位图", "roaring", "#2a8c3c", "", 1.5, func(s sizes) float64 { return float64(s.roaring) }},
	{"二元融合过滤器（0.4 % 误报）", "binary fuse filter (0.4 % wrong)", "#8a3fa0", "2 3", 1.5, func(s sizes) float64 { return float64(s.fuse) }},
}

// A picture is two panels over one axis of shares, and a legend beside them.
const (
	pictureWidth, pictureHeight = 940, 910
	panelLeft, panelRight       = 90, 640
	leastPower, mostPower       = -5, -1 // of ten: the shares
)

// panel is one of them: its place, its axis from low to high, and what stands on it.
type panel struct {
	top, bottom float64
	low, high   float64
	title       string
	ticks       []float64
	label       func(float64) string
	value       func(s, bound float64) float64 // on the axis
}

func shareX(share float64) float64 {
	return panelLeft + (math.Log10(share)-leastPower)/(mostPower-leastPower)*(panelRight-panelLeft)
}

func (p *panel) y(value float64) float64 {
	return p.bottom - (value-p.low)/(p.high-p.low)*(p.bottom-p.top)
}

func draw(zh, en string, rows []sizes) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">`+"\n",
		pictureWidth, pictureHeight, pictureWidth, pictureHeight)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", pictureWidth, pictureHeight)
	text(&b, panelLeft, 32, "start", 19, zh)
	text(&b, panelLeft, 54, "start", 14, en)
	bytesPanel.draw(&b, "bytes", rows)
	ratioPanel.draw(&b, "ratio", rows)
	legend(&b)
	b.WriteString("</svg>\n")
	return b.String()
}

var bytesPanel = panel{
	top: 100, bottom: 450, low: 3, high: math.Log10(2e7),
	title: "字节 bytes", ticks: []float64{3, 4, 5, 6, 7},
	label: func(power float64) string {
		return []string{"1 KB", "10 KB", "100 KB", "1 MB", "10 MB"}[int(power)-3]
	},
	value: func(s, _ float64) float64 { return math.Log10(s) },
}

var ratioPanel = panel{
	top: 545, bottom: 845, low: 0, high: 3,
	title: "为均匀分布熵界的倍数 times the entropy bound of a uniform set", ticks: []float64{0, 0.5, 1, 1.5, 2, 2.5, 3},
	label: func(ratio float64) string { return fmt.Sprintf("%.1f", ratio) },
	value: func(s, bound float64) float64 { return s / bound },
}

// draw writes the frame, the grid and the lines; what is above the axis is cut.
func (p *panel) draw(b *strings.Builder, name string, rows []sizes) {
	fmt.Fprintf(b, `<clipPath id="%s"><rect x="%d" y="%.1f" width="%d" height="%.1f"/></clipPath>`+"\n",
		name, panelLeft, p.top, panelRight-panelLeft, p.bottom-p.top)
	text(b, panelLeft, p.top-10, "start", 13, p.title)
	for _, tick := range p.ticks {
		line(b, panelLeft, p.y(tick), panelRight, p.y(tick), "#d8d8d8")
		text(b, panelLeft-8, p.y(tick)+4, "end", 13, p.label(tick))
	}
	for power := leastPower; power <= mostPower; power++ {
		x := shareX(math.Pow10(power))
		line(b, x, p.top, x, p.bottom, "#d8d8d8")
		text(b, x, p.bottom+18, "middle", 13, fmt.Sprintf("%v %%", math.Pow10(power+2)))
	}
	text(b, (panelLeft+panelRight)/2, p.bottom+38, "middle", 13, "被吊销的比例 share revoked")
	fmt.Fprintf(b, `<rect x="%d" y="%.1f" width="%d" height="%.1f" fill="none" stroke="#555555"/>`+"\n",
		panelLeft, p.top, panelRight-panelLeft, p.bottom-p.top)
	for i := range series { // the bound, which is first, above the others
		s := series[len(series)-1-i]
		points := make([]string, len(rows))
		for i, row := range rows {
			points[i] = fmt.Sprintf("%.1f,%.1f", shareX(row.share), p.y(p.value(s.of(row), row.entropy)))
		}
		fmt.Fprintf(b, `<polyline clip-path="url(#%s)" points="%s" fill="none" stroke="%s" stroke-width="%.1f"%s/>`+"\n",
			name, strings.Join(points, " "), s.color, s.width, s.dashes())
	}
}

func legend(b *strings.Builder) {
	for i, s := range series {
		x, y := float64(panelRight+20), bytesPanel.top+20+float64(i)*48
		fmt.Fprintf(b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="%.1f"%s/>`+"\n",
			x, y, x+34, y, s.color, s.width, s.dashes())
		text(b, x+42, y, "start", 13, s.zh)
		text(b, x+42, y+17, "start", 12, s.en)
	}
}

func line(b *strings.Builder, x1, y1, x2, y2 float64, color string) {
	fmt.Fprintf(b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s"/>`+"\n", x1, y1, x2, y2, color)
}

func text(b *strings.Builder, x, y float64, anchor string, size int, words string) {
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="%s" font-size="%d">%s</text>`+"\n", x, y, anchor, size, words)
}

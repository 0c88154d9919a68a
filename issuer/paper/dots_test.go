package paper

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/format/qr"
)

// page is the first page of a document in black and white, as a printer of the
// given resolution draws it.
func page(t *testing.T, document []byte, dpi int) (width, height int, black func(x, y int) bool) {
	t.Helper()
	folder, _ := run(t, document, "pdftoppm", "-r", fmt.Sprint(dpi), "-mono", "-aa", "no", "-aaVector", "no", "-singlefile", "d.pdf", "p")
	data, err := os.ReadFile(filepath.Join(folder, "p.pbm"))
	if err != nil {
		t.Fatal(err)
	}
	rest := bytes.NewReader(data)
	if _, err := fmt.Fscanf(rest, "P4\n%d %d\n", &width, &height); err != nil {
		t.Fatal(err)
	}
	bits, stride := data[len(data)-rest.Len():], (width+7)/8
	return width, height, func(x, y int) bool { return bits[y*stride+x/8]>>(7-x%8)&1 == 1 }
}

// TestEveryModuleIsOfWholeDots compares dot by dot: a module that was half a dot
// wider than its neighbour would be read worse, and no text would tell.
func TestEveryModuleIsOfWholeDots(t *testing.T) {
	for _, test := range []struct {
		layout                Layout
		dpi                   int
		left, top, right, end int // where the symbol is, in millimetres
	}{
		{Label, 203, 0, 0, 47, 60}, {Label, 300, 0, 0, 47, 60}, {Sheet, 300, 0, 32, 98, 117}, {Sheet, 203, 0, 32, 98, 117},
		{Sheet, 600, 0, 32, 98, 117}, {Card, 300, 19, 13, 60, 65},
	} {
		t.Run(fmt.Sprint(test.layout, test.dpi), func(t *testing.T) {
			text := code(t, rich())
			symbol, err := qr.Encode(text)
			if err != nil {
				t.Fatal(err)
			}
			p := printer(t, Options{Layout: test.layout, DPI: test.dpi})
			dots, err := p.dots(symbol)
			if err != nil || dots < MinDots(test.dpi) {
				t.Fatal(dots, err)
			}
			_, _, black := page(t, printed(t, p, text), test.dpi)
			dot := func(mm int) int { return mm * test.dpi * 10 / 254 }
			x0, y0 := corner(dot(test.left), dot(test.top), dot(test.right), dot(test.end), black)
			size := symbol.Size()
			for y := range size * dots {
				for x := range size * dots {
					if black(x0+x, y0+y) != symbol.Module(x/dots, y/dots) {
						t.Fatalf("dot %d, %d of the symbol is wrong; a module is %d dots", x, y, dots)
					}
				}
			}
			quiet := qr.QuietZone * dots
			for i := range size*dots + 2*quiet {
				for depth := 1; depth <= quiet; depth++ {
					if black(x0-quiet+i, y0-depth) || black(x0-depth, y0-quiet+i) ||
						black(x0-quiet+i, y0+size*dots-1+depth) || black(x0+size*dots-1+depth, y0-quiet+i) {
						t.Fatal("something stands in the quiet zone")
					}
				}
			}
		})
	}
}

// corner finds the top left dot of a symbol: the finder pattern is there.
func corner(left, top, right, end int, black func(x, y int) bool) (x0, y0 int) {
	x0, y0 = right, end
	for y := top; y < end; y++ {
		for x := left; x < right; x++ {
			if black(x, y) {
				x0, y0 = min(x0, x), min(y0, y)
			}
		}
	}
	return x0, y0
}

package paper

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden pictures anew, to be looked at")

// goldenDPI is coarse: what is looked for is a word that moved or went away, not
// how a version of poppler smooths an edge.
const goldenDPI = 36

// goldenCodes are codes that stay: signatures are never the same twice.
func goldenCodes(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/golden/codes.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(data)), "\n")
}

func decodePNG(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// TestEveryLayoutLooksAsItDid compares pages with pictures that somebody has
// looked at, square by square. Write them anew with -update.
func TestEveryLayoutLooksAsItDid(t *testing.T) {
	codes := goldenCodes(t)
	every(func(o Options) {
		name := fmt.Sprintf("%s%s%s", o.Layout, map[bool]string{true: "-english"}[o.English], map[bool]string{true: "-large"}[o.Large])
		t.Run(name, func(t *testing.T) {
			p := printer(t, o)
			folder, _ := run(t, printed(t, p, codes...), "pdftoppm", "-r", fmt.Sprint(goldenDPI), "-gray", "-png", "-f", "1", "-singlefile", "d.pdf", "p")
			drawn, golden := filepath.Join(folder, "p.png"), filepath.Join("testdata", "golden", name+".png")
			if *update {
				data, err := os.ReadFile(drawn)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			alike(t, decodePNG(t, drawn), decodePNG(t, golden))
		})
	})
}

// alike reports a page that differs from what it was.
func alike(t *testing.T, a, b image.Image) {
	t.Helper()
	if d := a.Bounds().Size().Sub(b.Bounds().Size()); d.X < -1 || d.X > 1 || d.Y < -1 || d.Y > 1 {
		t.Fatalf("sizes %v and %v", a.Bounds(), b.Bounds())
	}
	if other, squares := differing(a, b); other > tolerated(squares) {
		t.Errorf("%d of %d squares look different", other, squares)
	}
}

// tolerated is how many squares may differ: other versions of poppler are not to
// fail, and a line of words is to be seen.
func tolerated(squares int) int { return max(2, squares*3/1000) }

// differing compares the means of squares of 8 pixels, which differ where they are
// a tenth of the scale apart.
func differing(a, b image.Image) (other, squares int) {
	const square = 8
	mean := func(m image.Image, x0, y0 int) (sum int) {
		for y := y0; y < y0+square; y++ {
			for x := x0; x < x0+square; x++ {
				sum += int(color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y)
			}
		}
		return sum / square / square
	}
	size := a.Bounds().Size()
	for y := 0; y+square < size.Y; y += square {
		for x := 0; x+square < size.X; x += square {
			squares++
			if d := mean(a, x, y) - mean(b, x, y); d < -25 || d > 25 {
				other++
			}
		}
	}
	return other, squares
}

// TestALineThatIsMissingIsSeen: without this the golden pictures would prove
// nothing.
func TestALineThatIsMissingIsSeen(t *testing.T) {
	p := printer(t, Options{Layout: Sheet})
	draw := func(appeal string) image.Image {
		asked := source
		asked.Appeal = appeal
		e, err := p.Prepare(goldenCodes(t)[0], asked)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		d, err := p.Begin(&out, Cover{Created: created})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(d.Add(e), d.Close()); err != nil {
			t.Fatal(err)
		}
		folder, _ := run(t, out.Bytes(), "pdftoppm", "-r", fmt.Sprint(goldenDPI), "-gray", "-png", "-singlefile", "d.pdf", "p")
		return decodePNG(t, filepath.Join(folder, "p.png"))
	}
	if other, squares := differing(draw(source.Appeal), draw("")); other <= tolerated(squares) {
		t.Errorf("only %d of %d squares differ", other, squares)
	}
}

package paper

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/issuer/paper/thermal"
)

// burnt is a label as the dots of its printer.
func burnt(t *testing.T, p *Printer, text string) *thermal.Dots {
	t.Helper()
	e, err := p.Prepare(text, source)
	if err != nil {
		t.Fatal(err)
	}
	c := p.canvas(0)
	if err := p.layout.draw(c, p.layout.slot(c, 0), e, 1); err != nil {
		t.Fatal(err)
	}
	dots, err := thermal.Draw(c.page, p.options.DPI)
	if err != nil {
		t.Fatal(err)
	}
	return dots
}

func TestTheSymbolOfALabelIsReadFromItsDots(t *testing.T) {
	text := code(t, rich())
	dots := burnt(t, printer(t, Options{Layout: Label}), text)
	var picture bytes.Buffer
	fmt.Fprintf(&picture, "P5\n%d %d\n255\n", dots.Width, dots.Height)
	for y := range dots.Height {
		for x := range dots.Width {
			picture.WriteByte(map[bool]byte{true: 0, false: 255}[dots.Black(x, y)])
		}
	}
	path := filepath.Join(t.TempDir(), "label.pgm")
	if err := os.WriteFile(path, picture.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("zbarimg", "--nodbus", "-q", "--raw", path).Output()
	if err != nil || strings.TrimSpace(string(out)) != text {
		t.Errorf("read %q, %v", out, err)
	}
}

// TestALabelLooksAsAnotherProgramDrawsIt compares our dots with poppler's of the
// same page: they differ at most along edges.
func TestALabelLooksAsAnotherProgramDrawsIt(t *testing.T) {
	text := code(t, rich())
	p := printer(t, Options{Layout: Label})
	dots := burnt(t, p, text)
	width, height, black := page(t, printed(t, p, text), 203)
	if d := width - dots.Width; d < -1 || d > 1 {
		t.Fatalf("%d dots wide, poppler has %d", dots.Width, width)
	}
	inner, alone := 0, 0
	for y := 1; y < min(height, dots.Height)-1; y++ {
		for x := 1; x < min(width, dots.Width)-1; x++ {
			if !dots.Black(x, y) {
				continue
			}
			inner++
			near := false
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					near = near || black(x+dx, y+dy)
				}
			}
			if !near {
				alone++
			}
		}
	}
	if inner == 0 || alone*1000 > inner {
		t.Errorf("%d of %d dots are where poppler has nothing near", alone, inner)
	}
}

// TestARollIsItsLabelsOneAfterTheOther: what each label is in dots is read back in
// package thermal.
func TestARollIsItsLabelsOneAfterTheOther(t *testing.T) {
	p := printer(t, Options{Layout: Label})
	var roll, labels bytes.Buffer
	for _, text := range people(t, 4) {
		e, err := p.Prepare(text, source)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(p.WriteLabel(&roll, e), burnt(t, p, text).WriteZPL(&labels)); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(roll.String(), "^XA"); n != 4 || !bytes.Equal(roll.Bytes(), labels.Bytes()) {
		t.Errorf("%d labels, and other ones than their dots", n)
	}
}

func TestOnlyALabelIsWrittenAsOne(t *testing.T) {
	for layout, want := range map[Layout]error{Label: nil, Sheet: ErrOptions} {
		p := printer(t, Options{Layout: layout})
		e, err := p.Prepare(code(t, plain()), source)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := p.WriteLabel(&out, e); !errors.Is(err, want) || (err == nil) != strings.HasPrefix(out.String(), "^XA") {
			t.Errorf("%s: %v", layout, err)
		}
	}
}

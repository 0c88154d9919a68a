package thermal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/issuer/paper/pdf"
	"github.com/tongxing/tongxing/issuer/paper/truetype"
)

func typeface(t testing.TB) *pdf.Typeface {
	t.Helper()
	var fonts []*truetype.Font
	for _, name := range []string{"noto-sans-sc.ttf", "noto-sans-latin.ttf"} {
		data, err := os.ReadFile("../../../fonts/" + name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := truetype.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		fonts = append(fonts, f)
	}
	face, err := pdf.NewTypeface(fonts...)
	if err != nil {
		t.Fatal(err)
	}
	return face
}

// decoded reads a label as the manual of the language describes it.
func decoded(t *testing.T, zpl string) (stride int, bits []byte) {
	t.Helper()
	m := regexp.MustCompile(`(?s)^\^XA\n.*\^GFA,(\d+),(\d+),(\d+),([0-9A-FG-Yg-z:,!]*)\^FS\n\^PQ1\n\^XZ\n$`).FindStringSubmatch(zpl)
	if m == nil || m[1] != m[2] {
		t.Fatalf("no label: %.60q", zpl)
	}
	total, _ := strconv.Atoi(m[1])
	stride, _ = strconv.Atoi(m[3])
	var row, before strings.Builder
	var all strings.Builder
	end := func() {
		before.Reset()
		before.WriteString(row.String())
		all.WriteString(row.String())
		row.Reset()
	}
	count := 0
	for _, c := range m[4] {
		switch {
		case c >= 'G' && c <= 'Y':
			count += int(c-'G') + 1
		case c >= 'g' && c <= 'z':
			count += 20 * (int(c-'g') + 1)
		case c == ',':
			row.WriteString(strings.Repeat("0", 2*stride-row.Len()))
		case c == ':':
			row.WriteString(before.String())
		default:
			row.WriteString(strings.Repeat(string(c), max(count, 1)))
			count = 0
		}
		if row.Len() == 2*stride {
			end()
		}
	}
	for i := 0; i+1 < all.Len(); i += 2 {
		v, err := strconv.ParseUint(all.String()[i:i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		bits = append(bits, byte(v))
	}
	if len(bits) != total || row.Len() > 0 {
		t.Fatalf("%d bytes, the label says %d", len(bits), total)
	}
	return stride, bits
}

func sample(t testing.TB) *pdf.Page {
	t.Helper()
	p := pdf.NewPage(typeface(t), 60*pdf.Millimetre, 30*pdf.Millimetre)
	if err := p.Text(2*pdf.Millimetre, 8*pdf.Millimetre, pdf.Style{Size: 6 * pdf.Millimetre, Bold: true}, "王*明 Čš"); err != nil {
		t.Fatal(err)
	}
	p.Area(2*pdf.Millimetre, 10*pdf.Millimetre, 20*pdf.Millimetre, pdf.Millimetre, pdf.Black)
	p.Frame(2*pdf.Millimetre, 12*pdf.Millimetre, 20*pdf.Millimetre, 10*pdf.Millimetre, pdf.Millimetre/4, pdf.Black)
	p.Line(2*pdf.Millimetre, 25*pdf.Millimetre, 22*pdf.Millimetre, 25*pdf.Millimetre, pdf.Millimetre/4, 0, pdf.Black)
	p.Modules(pdf.Dots(240, 203), pdf.Dots(40, 203), pdf.Dots(21*3, 203), 21, func(x, y int) bool { return (x*y)%3 == 0 })
	return p
}

func TestALabelIsReadBackDotByDot(t *testing.T) {
	d, err := Draw(sample(t), 203)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := d.WriteZPL(&out); err != nil {
		t.Fatal(err)
	}
	stride, bits := decoded(t, out.String())
	if stride != d.stride || !bytes.Equal(bits, d.bits) {
		t.Error("the label is another one")
	}
	if out.Len() > len(bits) {
		t.Errorf("%d characters for %d bytes: it is not compressed", out.Len(), len(bits))
	}
}

func TestModulesAreWholeDots(t *testing.T) {
	d, err := Draw(sample(t), 203)
	if err != nil {
		t.Fatal(err)
	}
	for y := range 63 {
		for x := range 63 {
			if d.Black(240+x, 40+y) != ((x/3*(y/3))%3 == 0) {
				t.Fatalf("dot %d, %d is wrong", x, y)
			}
		}
	}
}

// That a label looks as another program draws it is tested in package paper.
func TestACircleHasTheAreaOfACircle(t *testing.T) {
	face := typeface(t)
	p := pdf.NewPage(face, 50*pdf.Millimetre, 50*pdf.Millimetre)
	if err := p.Text(5*pdf.Millimetre, 40*pdf.Millimetre, pdf.Style{Size: 40 * pdf.Millimetre}, "●"); err != nil {
		t.Fatal(err)
	}
	d, err := Draw(p, 203)
	if err != nil {
		t.Fatal(err)
	}
	black, left, right := 0, d.Width, 0
	for y := range d.Height {
		for x := range d.Width {
			if d.Black(x, y) {
				black, left, right = black+1, min(left, x), max(right, x)
			}
		}
	}
	diameter := float64(right - left + 1)
	if want := diameter * diameter * 3.14159 / 4; float64(black) < 0.99*want || float64(black) > 1.01*want {
		t.Errorf("%d dots, a circle of %v has %.0f", black, diameter, want)
	}
}

func TestAPageOfTooManyDotsIsRefused(t *testing.T) {
	for _, dpi := range []int{0, 100_000} {
		if d, err := Draw(sample(t), dpi); !errors.Is(err, ErrSize) || d != nil {
			t.Errorf("%d dots an inch: %v", dpi, err)
		}
	}
}

func TestCountsAreThoseOfTheLanguage(t *testing.T) {
	for n, want := range map[int]string{1: "G", 2: "H", 19: "Y", 20: "g", 21: "gG", 39: "gY", 40: "h", 399: "yY", 400: "z", 421: "zgG"} {
		if got := string(appendCount(nil, n)); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func Example() {
	data, err := os.ReadFile("../truetype/testdata/ideographs.ttf")
	if err != nil {
		fmt.Println(err)
		return
	}
	font, err := truetype.Parse(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	face, err := pdf.NewTypeface(font)
	if err != nil {
		fmt.Println(err)
		return
	}
	page := pdf.NewPage(face, 4*pdf.Millimetre, 2*pdf.Millimetre)
	page.Area(pdf.Millimetre, pdf.Millimetre, 2*pdf.Millimetre, pdf.Millimetre, pdf.Black)
	dots, err := Draw(page, 203)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := dots.WriteZPL(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// ^XA
	// ^PW32
	// ^LL16
	// ^LH0,0
	// ^FO0,0^GFA,64,64,4,,:::::::H0JF,:::::::^FS
	// ^PQ1
	// ^XZ
}

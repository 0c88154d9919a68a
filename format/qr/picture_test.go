package qr_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/format/transport"
)

func encode(t testing.TB, text string) *qr.Symbol {
	t.Helper()
	symbol, err := qr.Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	return symbol
}

// checkModules compares a picture, given as the darkness of its modules with the
// quiet zone, with the symbol.
func checkModules(t *testing.T, symbol *qr.Symbol, dark func(x, y int) bool) {
	t.Helper()
	side := symbol.Size() + 2*qr.QuietZone
	for y := range side {
		for x := range side {
			if dark(x, y) != symbol.Module(x-qr.QuietZone, y-qr.QuietZone) {
				t.Fatalf("module %d, %d differs", x, y)
			}
		}
	}
}

var symbols = []string{"1", "TX1:UJCLQE7W581", transport.Encode(random(164)), transport.EncodeDigits(random(500)), transport.Encode(random(2258))}

func TestPNGShowsTheModules(t *testing.T) {
	for _, text := range symbols {
		symbol := encode(t, text)
		for _, module := range []int{1, 2, 7} {
			var file bytes.Buffer
			if err := symbol.WritePNG(&file, qr.Options{ModuleSize: module}); err != nil {
				t.Fatal(err)
			}
			if depth := file.Bytes()[24]; depth != 1 {
				t.Errorf("%d bits a pixel, want 1", depth)
			}
			picture, err := png.Decode(&file)
			if err != nil {
				t.Fatal(err)
			}
			checkModules(t, symbol, func(x, y int) bool { return allDark(t, picture, x*module, y*module, module) })
		}
	}
}

// allDark tells whether the pixels of a module are dark, which must be all or
// none.
func allDark(t *testing.T, picture image.Image, x, y, module int) bool {
	t.Helper()
	dark := 0
	for i := range module * module {
		if r, _, _, _ := picture.At(x+i%module, y+i/module).RGBA(); r == 0 {
			dark++
		}
	}
	if dark != 0 && dark != module*module {
		t.Fatalf("module at pixel %d, %d is partly dark", x, y)
	}
	return dark != 0
}

func TestSVGShowsTheModules(t *testing.T) {
	for _, text := range symbols {
		symbol := encode(t, text)
		var file bytes.Buffer
		if err := symbol.WriteSVG(&file, qr.Options{}); err != nil {
			t.Fatal(err)
		}
		var svg struct {
			Width   int    `xml:"width,attr"`
			ViewBox string `xml:"viewBox,attr"`
			Paths   []struct {
				D string `xml:"d,attr"`
			} `xml:"path"`
		}
		if err := xml.Unmarshal(file.Bytes(), &svg); err != nil {
			t.Fatal(err)
		}
		side := symbol.Size() + 2*qr.QuietZone
		if want := fmt.Sprintf("0 0 %d %d", side, side); svg.ViewBox != want || svg.Width != side*qr.DefaultModuleSize || len(svg.Paths) != 2 {
			t.Fatalf("view box %q, width %d, %d paths", svg.ViewBox, svg.Width, len(svg.Paths))
		}
		dark := rasterise(t, svg.Paths[1].D)
		checkModules(t, symbol, func(x, y int) bool { return dark[image.Pt(x, y)] })
	}
}

// rasterise follows a path of closed rectangles one unit high.
func rasterise(t *testing.T, path string) map[image.Point]bool {
	t.Helper()
	dark := make(map[image.Point]bool)
	x, y := 0, 0
	for rectangle := range strings.SplitSeq(strings.TrimSuffix(path, "z"), "z") {
		var dx, dy, width, back int
		if n, err := fmt.Sscanf(rectangle, "m%d %dh%dv1h%d", &dx, &dy, &width, &back); n != 4 || back != -width {
			t.Fatalf("%q: %v", rectangle, err)
		}
		x, y = x+dx, y+dy
		for i := range width {
			dark[image.Pt(x+i, y)] = true
		}
	}
	return dark
}

func TestTerminalShowsTheModules(t *testing.T) {
	for _, text := range symbols {
		symbol := encode(t, text)
		for _, c := range []struct {
			colours    qr.Colours
			begin, end string
			drawn      bool
		}{
			{qr.BlackOnWhite, "\x1b[30;107m", "\x1b[0m", true},
			{qr.LightTerminal, "", "", true},
			{qr.DarkTerminal, "", "", false},
		} {
			var output bytes.Buffer
			if err := symbol.WriteTerminal(&output, c.colours); err != nil {
				t.Fatal(err)
			}
			var lines [][]rune
			for line := range strings.Lines(output.String()) {
				line, begins := strings.CutPrefix(strings.TrimSuffix(line, "\n"), c.begin)
				line, ends := strings.CutSuffix(line, c.end)
				if !begins || !ends || strings.Contains(line, "\x1b") {
					t.Fatalf("escape sequences of line %q", line)
				}
				lines = append(lines, []rune(line))
			}
			checkModules(t, symbol, func(x, y int) bool {
				drawn := strings.ContainsRune([]string{"▀█", "▄█"}[y%2], lines[y/2][x])
				return drawn == c.drawn
			})
		}
	}
}

func TestEqualSymbolsGiveEqualBytes(t *testing.T) {
	text := transport.Encode(random(164))
	var files [4]bytes.Buffer
	for i := range 2 {
		symbol := encode(t, text)
		if err := errors.Join(symbol.WritePNG(&files[i], qr.Options{}), symbol.WriteSVG(&files[2+i], qr.Options{})); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) || !bytes.Equal(files[2].Bytes(), files[3].Bytes()) {
		t.Error("two drawings of one text differ")
	}
}

func TestPictureOutOfRangeIsRefusedBeforeWriting(t *testing.T) {
	symbol := encode(t, "TX1:UJCLQE7W581")
	most := qr.MaxSide / (symbol.Size() + 2*qr.QuietZone)
	for _, module := range []int{-1, most + 1, 1 << 40} {
		var file bytes.Buffer
		for name, write := range map[string]func(io.Writer, qr.Options) error{"PNG": symbol.WritePNG, "SVG": symbol.WriteSVG} {
			if err := write(&file, qr.Options{ModuleSize: module}); !errors.Is(err, qr.ErrOptions) || file.Len() > 0 {
				t.Errorf("%s with %d pixels a module: %v, %d bytes written", name, module, err, file.Len())
			}
		}
	}
	if _, err := symbol.Image(qr.Options{ModuleSize: most}); err != nil {
		t.Errorf("%d pixels a module: %v", most, err)
	}
}

var errFull = errors.New("no space left")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestFaultOfTheWriterIsReported(t *testing.T) {
	symbol := encode(t, "TX1:UJCLQE7W581")
	for name, err := range map[string]error{
		"PNG":      symbol.WritePNG(fullDisk{}, qr.Options{}),
		"SVG":      symbol.WriteSVG(fullDisk{}, qr.Options{}),
		"terminal": symbol.WriteTerminal(fullDisk{}, qr.BlackOnWhite),
	} {
		if !errors.Is(err, errFull) {
			t.Errorf("%s: %v, want %v", name, err, errFull)
		}
	}
}

func TestModuleOutsideIsLight(t *testing.T) {
	symbol := encode(t, "TX1:UJCLQE7W581")
	for _, p := range [][2]int{{-1, 0}, {0, -1}, {symbol.Size(), 0}, {0, symbol.Size()}, {1 << 40, 1 << 40}} {
		if symbol.Module(p[0], p[1]) {
			t.Errorf("module %v is dark", p)
		}
	}
}

func ExampleEncode() {
	symbol, err := qr.Encode(transport.Encode(make([]byte, 164)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(symbol.Version(), symbol.Size())
	fmt.Println(qr.Version(transport.EncodeDigits(make([]byte, 164))))
	// Output:
	// 9 53
	// 9 <nil>
}

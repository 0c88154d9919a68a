package paper

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/format/qr/scan"
)

// figures is where the table and the plot of the benchmark lie.
var figures = filepath.Join("..", "..", "bench")

const (
	photographed = 500 // codes
	scanned      = 30  // of them, by the reader of this project, which looks long
	euPrefix     = "HC1:"
)

// rival is a symbol that is compared: of ours, or as wide as an EU certificate's.
type rival struct {
	name    string
	version int
}

var rivals = []rival{{"Tongxing, version 9", 9}, {"EU, version 15", 15}, {"EU, version 18", 18}}

// texts returns codes of a version: ours as they are, others with what an EU
// certificate has, characters of base45 after its prefix.
func (v rival) texts(b *testing.B, n int) []string {
	b.Helper()
	r := rand.New(rand.NewPCG(uint64(v.version), 45))
	out := make([]string, n)
	for i := range out {
		if v.version == 9 {
			c := plain()
			c.Tests, c.Vaccinations = rich().Tests[:1], rich().Vaccinations[:1]
			c.Ref.Index = uint32(i)
			out[i] = code(b, c)
			continue
		}
		length := map[int]int{15: 590, 18: 800}[v.version]
		text := []byte(euPrefix)
		for len(text) < length {
			text = append(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"[r.IntN(45)])
		}
		out[i] = string(text)
	}
	return out
}

// series is one symbol at one size and resolution.
type series struct {
	rival rival
	side  int // millimetres, quiet zone and all
	dpi   int
	read  map[string]float64 // share, by reader
}

// photos takes a picture of every text and returns the files.
func (s *series) photos(b *testing.B, folder string, texts []string) []string {
	b.Helper()
	out := make([]string, len(texts))
	for i, text := range texts {
		symbol, err := qr.Encode(text)
		if err != nil || symbol.Version() != s.rival.version {
			b.Fatal(symbol, err)
		}
		// The same for each rival: they go through the same.
		r := rand.New(rand.NewPCG(uint64(i), uint64(s.side*1000+s.dpi)))
		p := printSymbol(symbol, float64(s.side), s.dpi)
		p.soil(r)
		out[i] = filepath.Join(folder, fmt.Sprintf("%03d.jpg", i))
		if err := savePhoto(out[i], p.photograph(r), r); err != nil {
			b.Fatal(err)
		}
	}
	return out
}

// readers return what is read of each picture.
var readers = []struct {
	name string
	most int
	read func(b *testing.B, photos []string) []string
}{
	{"zbar", photographed, readByZBar}, {"zxing-wasm", photographed, readByZXing}, {"gozxing with retries", scanned, readByScan},
}

func readByZBar(b *testing.B, photos []string) []string {
	said, _ := exec.Command("zbarimg", append([]string{"--nodbus", "-q", "--xml"}, photos...)...).Output() // a picture without a code is an exit status
	var found struct {
		Sources []struct {
			File string   `xml:"href,attr"`
			Data []string `xml:"index>symbol>data"`
		} `xml:"source"`
	}
	if err := xml.Unmarshal(said, &found); err != nil {
		b.Fatal(err)
	}
	texts := map[string]string{}
	for _, s := range found.Sources {
		if len(s.Data) > 0 {
			texts[s.File] = s.Data[0]
		}
	}
	out := make([]string, len(photos))
	for i, path := range photos {
		out[i] = texts[path]
	}
	return out
}

func readByZXing(b *testing.B, photos []string) []string {
	said, err := exec.Command("node", append([]string{filepath.Join("..", "..", "tools", "node", "read.mjs")}, photos...)...).Output()
	if err != nil {
		b.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(said)) {
		var found struct{ Codes []struct{ Text string } }
		if err := json.Unmarshal([]byte(line), &found); err != nil {
			b.Fatal(err)
		}
		text := ""
		if len(found.Codes) > 0 {
			text = found.Codes[0].Text
		}
		out = append(out, text)
	}
	return out
}

func readByScan(b *testing.B, photos []string) []string {
	out := make([]string, len(photos))
	for i, path := range photos {
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		picture, err := scan.Decode(f)
		f.Close()
		if err != nil {
			b.Fatal(err)
		}
		if texts, err := scan.Texts(picture); err == nil && len(texts) > 0 {
			out[i] = texts[0]
		}
	}
	return out
}

func (s *series) run(b *testing.B) {
	texts := s.rival.texts(b, photographed)
	photos := s.photos(b, b.TempDir(), texts)
	s.read = map[string]float64{}
	for _, reader := range readers {
		n, right := reader.most, 0
		for i, text := range reader.read(b, photos[:n]) {
			if text == texts[i] {
				right++
			}
		}
		s.read[reader.name] = float64(right) / float64(n)
	}
}

// BenchmarkPrintAndScanMillion writes bench/paper_scan.csv and bench/paper_scan.svg:
// 500 codes printed small and large, soiled and photographed, and the share that
// is read, beside symbols as wide as those of EU certificates. Named for what it
// takes: minutes.
func BenchmarkPrintAndScanMillion(b *testing.B) {
	for b.Loop() {
		var all []*series
		for _, dpi := range []int{203, 300} {
			for _, side := range []int{20, 25, 30, 40} {
				for _, v := range rivals {
					all = append(all, &series{rival: v, side: side, dpi: dpi})
				}
			}
		}
		var group sync.WaitGroup
		next := make(chan *series, len(all))
		for _, s := range all {
			next <- s
		}
		close(next)
		for range 2 {
			group.Go(func() {
				for s := range next { // a fault ends the goroutine
					s.run(b)
				}
			})
		}
		if group.Wait(); !b.Failed() {
			writeFigures(b, all)
		}
	}
}

func writeFigures(b *testing.B, all []*series) {
	b.Helper()
	table := "printer_dpi,side_mm,symbol,reader,codes,share_read\n"
	for _, s := range all {
		for _, reader := range readers {
			table += fmt.Sprintf("%d,%d,%q,%s,%d,%.3f\n", s.dpi, s.side, s.rival.name, reader.name, reader.most, s.read[reader.name])
		}
	}
	for name, content := range map[string]string{"paper_scan.csv": table, "paper_scan.svg": plot(all)} {
		if err := os.WriteFile(filepath.Join(figures, name), []byte(content), 0o644); err != nil {
			b.Fatal(err)
		}
	}
}

// plot draws a panel for each reader and resolution: share read over the size.
func plot(all []*series) string {
	const panelWidth, panelHeight, left, top = 260, 170, 50, 50
	colours := []string{"#0b6e4f", "#d17a00", "#b00020"}
	svg := `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="520" font-family="sans-serif" font-size="12">` + "\n" +
		`<rect width="900" height="520" fill="white"/>` + "\n" +
		`<text x="20" y="22" font-size="15">Share read, over the printed size (mm, with quiet zone): creased, soiled, tilted, blurred, in bad light</text>` + "\n"
	for i, v := range rivals {
		svg += fmt.Sprintf(`<rect x="%d" y="500" width="12" height="12" fill="%s"/><text x="%d" y="510">%s</text>`+"\n", 50+180*i, colours[i], 68+180*i, v.name)
	}
	for row, dpi := range []int{203, 300} {
		for column, reader := range readers {
			x0, y0 := left+column*(panelWidth+30), top+row*(panelHeight+60)
			svg += fmt.Sprintf(`<text x="%d" y="%d">%s, printed at %d dpi</text>`+"\n", x0, y0-6, reader.name, dpi)
			for tenth := 0; tenth <= 10; tenth += 5 {
				y := y0 + panelHeight - panelHeight*tenth/10
				svg += fmt.Sprintf(`<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="#ccc"/><text x="%d" y="%d" text-anchor="end">%d %%</text>`+"\n",
					x0, y, x0+panelWidth, y, x0-4, y+4, tenth*10)
			}
			for i, v := range rivals {
				var points []string
				for _, s := range all {
					if s.dpi == dpi && s.rival == v {
						x, y := float64(x0)+float64(s.side-18)/24*panelWidth, float64(y0+panelHeight)-s.read[reader.name]*panelHeight
						points = append(points, fmt.Sprintf("%.1f,%.1f", x, y))
						svg += fmt.Sprintf(`<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`+"\n", x, y, colours[i])
						if i == 0 {
							svg += fmt.Sprintf(`<text x="%.1f" y="%d" text-anchor="middle">%d</text>`+"\n", x, y0+panelHeight+16, s.side)
						}
					}
				}
				svg += fmt.Sprintf(`<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", strings.Join(points, " "), colours[i])
			}
		}
	}
	return svg + "</svg>\n"
}

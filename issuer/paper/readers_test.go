package paper

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// prints are documents as printers draw them, in one folder: a picture a page.
type prints struct {
	folder string
	codes  map[string][]string // by the name of the document
}

// draw adds a document of codes as a printer of the given resolution draws it.
func (p *prints) draw(t *testing.T, name string, document []byte, dpi int, codes []string) {
	t.Helper()
	path := filepath.Join(p.folder, name)
	if err := os.WriteFile(path+".pdf", document, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-r", fmt.Sprint(dpi), "-gray", "-png", path+".pdf", path).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v: %s", err, out)
	}
	p.codes[name] = codes
}

func (p *prints) pages(t *testing.T, name string) []string {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join(p.folder, name+"-*.png"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("no page of %s was drawn: %v", name, err)
	}
	return pages
}

// byZbar returns what zbarimg reads from the pages of a document.
func (p *prints) byZbar(t *testing.T, name string) []string {
	t.Helper()
	out, err := exec.Command("zbarimg", append([]string{"--nodbus", "-q", "--raw"}, p.pages(t, name)...)...).Output()
	if len(out) == 0 { // pages without a symbol give it an exit status of their own
		t.Fatalf("zbarimg: %s: %v", name, err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// byZXing returns what zxing-wasm, the reader of the browser, reads from the pages
// of each document. Every symbol is of level M.
func (p *prints) byZXing(t *testing.T) map[string][]string {
	t.Helper()
	arguments := []string{filepath.Join("..", "..", "tools", "node", "read.mjs")}
	for name := range p.codes {
		arguments = append(arguments, p.pages(t, name)...)
	}
	out, err := exec.Command("node", arguments...).Output()
	if err != nil {
		t.Fatal(err)
	}
	read := map[string][]string{}
	for line := range bytes.Lines(out) {
		var picture struct {
			File  string
			Codes []struct{ Text, Level string }
		}
		if err := json.Unmarshal(line, &picture); err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(picture.File)
		name = name[:strings.LastIndex(name, "-")]
		for _, c := range picture.Codes {
			if read[name] = append(read[name], c.Text); c.Level != "M" {
				t.Errorf("%s: a symbol of level %s", name, c.Level)
			}
		}
	}
	return read
}

// requireRead holds both readers to every code of every document.
func (p *prints) requireRead(t *testing.T) {
	t.Helper()
	zxing := p.byZXing(t)
	for name, codes := range p.codes {
		for reader, got := range map[string][]string{"zbarimg": p.byZbar(t, name), "zxing-wasm": zxing[name]} {
			for i, want := range codes {
				if !slices.Contains(got, want) {
					t.Errorf("%s: %s does not read code %d; it reads %d of %d", name, reader, i+1, len(got), len(codes))
				}
			}
		}
	}
}

// TestEverySymbolOfEveryLayoutIsReadFromThePrint: at 203 and 300 dots an inch, by
// two readers.
func TestEverySymbolOfEveryLayoutIsReadFromThePrint(t *testing.T) {
	all := &prints{t.TempDir(), map[string][]string{}}
	every(func(o Options) {
		if o.English {
			return // other words beside the same symbols
		}
		for _, dpi := range []int{203, 300} {
			o.DPI = dpi
			p := printer(t, o)
			codes := people(t, min(p.layout.perPage, 2)+1)[1:] // the first says less than the second
			all.draw(t, fmt.Sprintf("%s-%v-%d", o.Layout, o.Large, dpi), printed(t, p, codes...), dpi, codes)
		}
	})
	all.requireRead(t)
}

// TestARegisterOfAVillageIsReadOnAllOfItsPages: numbered throughout, with the name
// of the village on each page.
func TestARegisterOfAVillageIsReadOnAllOfItsPages(t *testing.T) {
	const pages = 4
	p := printer(t, Options{Layout: Register, DPI: 203})
	codes := people(t, (pages-1)*p.layout.perPage+2)
	document := printed(t, p, codes...)
	all := &prints{t.TempDir(), map[string][]string{}}
	all.draw(t, "village", document, 203, codes)
	all.requireRead(t)
	if n := len(all.pages(t, "village")); n != pages {
		t.Errorf("%d pages, want %d", n, pages)
	}
	for page := 1; page <= pages; page++ {
		_, said := run(t, document, "pdftotext", "-raw", "-f", fmt.Sprint(page), "-l", fmt.Sprint(page), "d.pdf", "-")
		words := strings.Fields(said)
		numbers := []string{fmt.Sprint((page-1)*p.layout.perPage + 1), fmt.Sprint(min(page*p.layout.perPage, len(codes)))}
		for _, number := range numbers {
			if !slices.Contains(words, number) {
				t.Errorf("page %d has no number %s", page, number)
			}
		}
		if said = strings.Join(words, ""); !strings.Contains(said, fmt.Sprintf("第%d页", page)) || !strings.Contains(said, "宋家村") {
			t.Errorf("page %d has no head: %s", page, said)
		}
	}
}

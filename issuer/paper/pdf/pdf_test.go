package pdf

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/tongxing/tongxing/issuer/paper/truetype"
)

// files are the fonts that this project prints with, in their order.
var files = []string{"noto-sans-sc.ttf", "noto-sans-latin.ttf", "noto-sans-hk-rare.ttf", "noto-sans-jp-rare.ttf"}

func typeface(t testing.TB) *Typeface {
	t.Helper()
	var fonts []*truetype.Font
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join("../../../fonts", name))
		if err != nil {
			t.Fatal(err)
		}
		f, err := truetype.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		fonts = append(fonts, f)
	}
	face, err := NewTypeface(fonts...)
	if err != nil {
		t.Fatal(err)
	}
	return face
}

func options(face *Typeface) Options {
	return Options{
		Title: "通行码 <Tongxing> & 纸", Author: "浙江", Subject: "一页", Language: "zh-CN",
		Created:  time.Date(2022, 8, 10, 8, 0, 0, 0, time.FixedZone("", 8*60*60)),
		Typeface: face,
	}
}

// sample is a page with everything that a page can have.
func sample(t testing.TB, face *Typeface) *Page {
	t.Helper()
	p := NewPage(face, 210*Millimetre, 297*Millimetre)
	for i, text := range []string{"王*明 买买提·艾力 Č. Ďuriš", "𬱖𠮷𨋢ắ", "A “quoted” (line) \\ <>"} {
		s := Style{Size: 8 * Millimetre, Bold: i == 0, Colour: Colour{0, 90, 60}}
		if err := p.Text(20*Millimetre, Length(30+15*i)*Millimetre, s, text); err != nil {
			t.Fatal(err)
		}
	}
	p.Area(20*Millimetre, 100*Millimetre, 50*Millimetre, 10*Millimetre, Grey(200))
	p.Frame(20*Millimetre, 120*Millimetre, 50*Millimetre, 10*Millimetre, Millimetre/2, Black)
	p.Line(20*Millimetre, 140*Millimetre, 190*Millimetre, 140*Millimetre, Millimetre/4, Millimetre, Colour{200, 0, 0})
	p.Modules(100*Millimetre, 150*Millimetre, Dots(21*8, 300), 21, func(x, y int) bool { return (x^y)&1 == 0 })
	return p
}

func written(t testing.TB, o Options, pages ...*Page) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		if err := w.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// tool runs a program over a document and returns what it says.
func tool(t *testing.T, document []byte, name string, arguments ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(path, document, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range arguments {
		if a == "FILE" {
			arguments[i] = path
		}
	}
	out, err := exec.Command(name, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

func TestADocumentIsWellFormed(t *testing.T) {
	face := typeface(t)
	said := tool(t, written(t, options(face), sample(t, face)), "qpdf", "--check", "FILE")
	if !strings.Contains(said, "No syntax or stream encoding errors found") {
		t.Error(said)
	}
}

func TestTextIsReadBackAsItWasWritten(t *testing.T) {
	face := typeface(t)
	said := tool(t, written(t, options(face), sample(t, face)), "pdftotext", "-layout", "FILE", "-")
	for _, text := range []string{"王*明 买买提·艾力 Č. Ďuriš", "𬱖𠮷𨋢ắ", "A “quoted” (line) \\ <>"} {
		if !strings.Contains(said, text) {
			t.Errorf("%q is not in %q", text, said)
		}
	}
}

func TestTheDescriptionIsShown(t *testing.T) {
	face := typeface(t)
	said := tool(t, written(t, options(face), sample(t, face)), "pdfinfo", "-isodates", "FILE")
	for _, text := range []string{"通行码 <Tongxing> & 纸", "浙江", "Tongxing", "2022-08-10T08:00:00+08", "1.7"} {
		if !strings.Contains(said, text) {
			t.Errorf("%q is not in %s", text, said)
		}
	}
}

func TestEqualPagesGiveEqualBytes(t *testing.T) {
	face := typeface(t)
	a := written(t, options(face), sample(t, face), sample(t, face))
	b := written(t, options(face), sample(t, face), sample(t, face))
	if !bytes.Equal(a, b) {
		t.Error("the same pages gave other bytes")
	}
}

func TestACharacterThatNoFontHasIsRefusedByName(t *testing.T) {
	face := typeface(t)
	p := NewPage(face, 100*Millimetre, 100*Millimetre)
	err := p.Text(0, 0, Style{Size: Millimetre}, "王\U0003FFFDa\u200b\U0003FFFD")
	var missing *MissingError
	if !errors.As(err, &missing) || string(missing.Characters) != "\U0003FFFD\u200b" {
		t.Errorf("%v", err)
	}
}

func TestPagesOutOfRangeAreRefused(t *testing.T) {
	face := typeface(t)
	w, err := NewWriter(&bytes.Buffer{}, options(face))
	if err != nil {
		t.Fatal(err)
	}
	for _, side := range []Length{0, -1, MaxSide + 1} {
		if err := w.Add(NewPage(face, side, 100*Millimetre)); !errors.Is(err, ErrSize) {
			t.Errorf("%d: %v", side, err)
		}
	}
	if err := w.Close(); !errors.Is(err, ErrSize) {
		t.Errorf("a document without a page: %v", err)
	}
}

func TestAnIncompleteDescriptionIsRefused(t *testing.T) {
	face := typeface(t)
	for name, change := range map[string]func(*Options){
		"title":    func(o *Options) { o.Title = "" },
		"language": func(o *Options) { o.Language = "" },
		"time":     func(o *Options) { o.Created = time.Time{} },
		"typeface": func(o *Options) { o.Typeface = nil },
		"control":  func(o *Options) { o.Author = "a\x00" },
		"encoding": func(o *Options) { o.Subject = "\xff" },
	} {
		o := options(face)
		change(&o)
		if _, err := NewWriter(&bytes.Buffer{}, o); !errors.Is(err, ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// full is a disk that is full after some bytes.
type full struct{ left int }

var errFull = errors.New("no space left")

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestAFullDiskIsReportedWhereverItIsFull(t *testing.T) {
	face := typeface(t)
	size := len(written(t, options(face), sample(t, face)))
	for left := 0; left < size; left += size/40 + 1 {
		w, err := NewWriter(&full{left}, options(face))
		if err == nil {
			err = w.Add(sample(t, face))
		}
		if err == nil {
			err = w.Close()
		}
		if !errors.Is(err, errFull) {
			t.Fatalf("full after %d bytes: %v", left, err)
		}
	}
}

func TestManyPagesAreATree(t *testing.T) {
	face := typeface(t)
	pages := make([]*Page, 3*fanOut+1)
	for i := range pages {
		pages[i] = NewPage(face, 50*Millimetre, 50*Millimetre)
	}
	document := written(t, options(face), pages...)
	if said := tool(t, document, "qpdf", "--show-npages", "FILE"); strings.TrimSpace(said) != "385" {
		t.Error(said)
	}
	tool(t, document, "qpdf", "--check", "FILE")
}

func TestLengthsAreWrittenAsPoints(t *testing.T) {
	for length, want := range map[Length]string{
		0: "0", inch: "72", -inch: "-72", inch / 2: "36", Millimetre: "2.835", 100: "0", 200: "0.001",
		Dots(3, 203): "1.064", Dots(300, 300): "72",
	} {
		if got := string(appendLength(nil, length)); got != want {
			t.Errorf("%d nm: %s, want %s", length, got, want)
		}
	}
}

// TestAMarkIsNoCharacterThatCanBeDrawn: it would stand on the letter behind its own.
func TestAMarkIsNoCharacterThatCanBeDrawn(t *testing.T) {
	var missing *MissingError
	err := typeface(t).Check("\u1ecc\u0301 m\u0304")
	if !errors.As(err, &missing) || string(missing.Characters) != "\u0301\u0304" {
		t.Errorf("%v", err)
	}
	if err := typeface(t).Check("Č Ọ é 〇 · ʻ"); err != nil {
		t.Error(err)
	}
	for r := range rune(unicode.MaxRune) {
		if isMark(r) != unicode.In(r, unicode.M) {
			t.Errorf("%U", r)
		}
	}
}

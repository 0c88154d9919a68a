package paper

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer/paper/pdf"
	"github.com/tongxing/tongxing/spec"
)

// run runs a program in a folder of its own that has the document.
func run(t *testing.T, document []byte, name string, arguments ...string) (folder, said string) {
	t.Helper()
	folder = t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "d.pdf"), document, 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(name, arguments...)
	command.Dir = folder
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return folder, string(out)
}

// read returns the codes that an independent reader finds on the pages as a
// printer of the given resolution draws them.
func read(t *testing.T, document []byte, dpi int) []string {
	t.Helper()
	folder, _ := run(t, document, "pdftoppm", "-r", fmt.Sprint(dpi), "-gray", "d.pdf", "page")
	pages, err := filepath.Glob(filepath.Join(folder, "page*"))
	if err != nil || len(pages) == 0 {
		t.Fatal("no page was drawn", err)
	}
	out, err := exec.Command("zbarimg", append([]string{"--nodbus", "-q", "--raw"}, pages...)...).Output()
	if len(out) == 0 { // pages without a symbol give it an exit status of their own
		t.Fatalf("zbarimg: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// every calls visit for every way of printing.
func every(visit func(Options)) {
	for _, l := range Layouts() {
		for _, english := range []bool{false, true} {
			for _, large := range []bool{false, true} {
				if !large || layouts[l].large > 0 {
					visit(Options{Layout: l, English: english, Large: large})
				}
			}
		}
	}
}

// people returns n codes of several kinds.
func people(t testing.TB, n int) []string {
	t.Helper()
	out := make([]string, n)
	for i := range out {
		c := plain()
		switch i % 3 {
		case 1:
			c = rich()
		case 2:
			c.Status = &format.Status{State: 1, Rule: 101, Minutes: 30}
			c.Tests = rich().Tests[:1]
		}
		c.Ref.Index = uint32(734003 + i)
		out[i] = code(t, c)
	}
	return out
}

func TestDigitsAreReadFromThePrint(t *testing.T) {
	p := printer(t, Options{Layout: Label, Digits: true})
	got := read(t, printed(t, p, code(t, rich())), 203)
	if len(got) != 1 || !strings.HasPrefix(got[0], "861") || strings.Trim(got[0], "0123456789") != "" {
		t.Errorf("read %q", got)
	}
}

// TestEveryPaperSaysInWordsWhatTheCodeSays: the words of the list.
func TestEveryPaperSaysInWordsWhatTheCodeSays(t *testing.T) {
	words := []string{"王*明", "4X", "2022年8月16日 08:00", "绿码", "2022年8月9日 22:00", "核酸：阴性", "抗原：阴性", "科兴克尔来福：第 2 剂（全程 2 剂）",
		"智飞智克威得：第 3 剂（加强）", "年龄豁免", "浙江省", "浙江省卫生健康委员会", "12345 热线", "电话 0571-12345", "无健康码通道", "33-7942-734003"}
	englishWords := []string{"Valid until", "Green", "Nucleic acid", "CoronaVac", "Age group", "2022-08-16 08:00", "Zhejiang"}
	every(func(o Options) {
		t.Run(fmt.Sprintf("%s %v %v", o.Layout, o.English, o.Large), func(t *testing.T) {
			document := printed(t, printer(t, o), code(t, rich()))
			_, said := run(t, document, "pdftotext", "-raw", "d.pdf", "-")
			said = strings.Join(strings.Fields(said), "")
			wanted := words
			if o.English {
				wanted = append(slices.Clone(words), englishWords...)
			}
			for _, word := range wanted {
				if !strings.Contains(said, strings.ReplaceAll(word, " ", "")) {
					t.Errorf("%s is not in %s", word, said)
				}
			}
		})
	})
}

// TestBothLanguagesAreReadOneAfterTheOther: a wide blank between them would be taken
// for the gap of a column by whoever copies the text, or has it read aloud.
func TestBothLanguagesAreReadOneAfterTheOther(t *testing.T) {
	every(func(o Options) {
		if !o.English || !layouts[o.Layout].compact {
			return
		}
		_, said := run(t, printed(t, printer(t, o), code(t, rich())), "pdftotext", "d.pdf", "-")
		said = strings.Join(strings.Fields(said), "")
		for _, want := range []string{"证件末两位4X/No.ending4X", "有效期至2022年8月16日08:00/Validuntil2022-08-1608:00", "阴性，2022-08-0918:00/NucleicacidNegative"} {
			if !strings.Contains(said, want) {
				t.Errorf("%s %v: %s is not in %s", o.Layout, o.Large, want, said)
			}
		}
	})
}

func TestEveryLayoutIsWellFormed(t *testing.T) {
	every(func(o Options) {
		_, said := run(t, printed(t, printer(t, o), people(t, 2)...), "qpdf", "--check", "d.pdf")
		if !strings.Contains(said, "No syntax or stream encoding errors") {
			t.Errorf("%+v: %s", o, said)
		}
	})
}

func TestTheFullNameIsPrintedOnlyWhereAskedFor(t *testing.T) {
	p := printer(t, Options{Layout: Card})
	for _, name := range []string{"", "王小明"} {
		asked := source
		asked.FullName = name
		e, err := p.Prepare(code(t, rich()), asked)
		if err != nil {
			t.Fatal(err)
		}
		if want := map[string]string{"": "王*明", "王小明": "王小明"}[name]; e.name != want {
			t.Errorf("%q is printed", e.name)
		}
	}
}

// TestAFullNameIsPrintedInTheFormThatIsMasked: however it was typed.
func TestAFullNameIsPrintedInTheFormThatIsMasked(t *testing.T) {
	p := printer(t, Options{Layout: Card})
	for typed, want := range map[string]string{
		"C\u030capek  Z\u030cu\u030arek": "Čapek Žůrek", "Ｗａｎｇ　Ｍｉｎｇ": "Wang Ming", "买买提•艾力": "买买提·艾力", "葛\U000E0100城": "葛城", "金\uf90a": "金金",
	} {
		asked := source
		asked.FullName = typed
		e, err := p.Prepare(code(t, named(t, plain(), typed)), asked)
		if err != nil || e.name != want {
			t.Errorf("%+q: %v, want %q", typed, err, want)
		}
	}
}

// TestAnothersNameIsNotPrinted: a paper would make the code another person's.
func TestAnothersNameIsNotPrinted(t *testing.T) {
	p := printer(t, Options{Layout: Card})
	for _, name := range []string{"李小明", "王小华", "王明", "王", " ", "WANG Xiaoming"} {
		asked := source
		asked.FullName = name
		if e, err := p.Prepare(code(t, rich()), asked); !errors.Is(err, ErrFullName) || e != nil {
			t.Errorf("%q is printed: %v", name, err)
		}
	}
}

func TestNamesInRareCharactersArePrinted(t *testing.T) {
	p := printer(t, Options{Layout: Sheet})
	for _, name := range []string{"𬱖", "𠮷田", "买买提·艾力", "阿卜杜热依木·买买提", "扎西多吉", "乌日娜", "巴雅尔", "Đặng Thị Ngọc", "Čapek Žůrek", "ZHANG Lǚ", "㛃䶮"} {
		asked := source
		asked.FullName = name
		if _, err := p.Prepare(code(t, named(t, plain(), name)), asked); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACharacterThatCannotBePrintedIsNamedBeforeAnythingIsPrinted(t *testing.T) {
	p := printer(t, Options{Layout: Sheet})
	asked := source
	asked.FullName = "王\U0003134B"
	e, err := p.Prepare(code(t, named(t, plain(), asked.FullName)), asked)
	var missing *pdf.MissingError
	if !errors.As(err, &missing) || e != nil || string(missing.Characters) != "\U0003134B" {
		t.Errorf("%v", err)
	}
}

// crowded is a code with everything that a code can have.
func crowded(t *testing.T) string {
	t.Helper()
	c := plain()
	for i := range uint16(format.MaxTests) {
		c.Tests = append(c.Tests, format.Test{Kind: 1 + i, Minutes: 10 * i, Laboratory: 2162691})
	}
	for i := range uint8(format.MaxVaccinations) {
		c.Vaccinations = append(c.Vaccinations, format.Vaccination{Product: 2, Dose: i + 1, Course: 2, Day: 500 + uint16(i)})
	}
	c.Exemptions = []uint16{1, 2, 60000, 60001}
	return code(t, c)
}

func TestASymbolThatWouldBeTooSmallIsRefusedWithTheLayoutsThatFit(t *testing.T) {
	p := printer(t, Options{Layout: Register, DPI: MinDPI, Digits: true})
	_, err := p.Prepare(crowded(t), source)
	var size *SizeError
	if !errors.As(err, &size) || size.Layout != Register || size.Needed <= size.Side || !slices.Contains(size.Fits, Sheet) || slices.Contains(size.Fits, Register) {
		t.Errorf("%v", err)
	}
}

// TestALayoutThatIsSaidToFitPrintsTheCode: the words have to fit beside the symbol.
func TestALayoutThatIsSaidToFitPrintsTheCode(t *testing.T) {
	for _, dpi := range []int{0, MinDPI, 203, 300} {
		for _, l := range Layouts() {
			o := Options{Layout: l, DPI: dpi, English: true, Digits: true}
			_, err := printer(t, o).Prepare(crowded(t), source)
			var fits []Layout
			var size *SizeError
			var room *RoomError
			switch {
			case err == nil:
				continue
			case errors.As(err, &size):
				fits = size.Fits
			case errors.As(err, &room):
				fits = room.Fits
			}
			for _, o.Layout = range Layouts() {
				if _, err := printer(t, o).Prepare(crowded(t), source); (err == nil) != slices.Contains(fits, o.Layout) {
					t.Errorf("%d dots an inch, %s: said to fit %v; on %s: %v", dpi, l, fits, o.Layout, err)
				}
			}
		}
	}
}

func TestWordsThatDoNotFitTheFrontGoOnTheBackAndNothingIsLeftOut(t *testing.T) {
	for _, o := range []Options{{Layout: Sheet}, {Layout: Sheet, English: true}, {Layout: Sheet, English: true, Large: true}} {
		document := printed(t, printer(t, o), crowded(t))
		_, said := run(t, document, "pdftotext", "-raw", "d.pdf", "-")
		for _, word := range []string{"第 6 剂", "60001", "申诉", "怎样使用"} {
			if !strings.Contains(said, word) {
				t.Errorf("%+v: no %s", o, word)
			}
		}
	}
}

func TestWordsThatDoNotFitAreRefused(t *testing.T) {
	var room *RoomError
	e, err := printer(t, Options{Layout: Card}).Prepare(crowded(t), source)
	if !errors.As(err, &room) || !errors.Is(err, ErrNoRoom) || e != nil || !slices.Contains(room.Fits, Sheet) || slices.Contains(room.Fits, Card) {
		t.Errorf("%v", err)
	}
	endless := source
	endless.Help = strings.Repeat("村", maxText)
	if _, err := printer(t, Options{Layout: Sheet}).Prepare(crowded(t), endless); !errors.As(err, &room) || room.Fits != nil {
		t.Errorf("%v", err)
	}
}

// TestTheNamesOfAllRegionsFit: on every layout, with a name of the longest kind and
// one of a single character, in both transports.
func TestTheNamesOfAllRegionsFit(t *testing.T) {
	every(func(o Options) {
		for i, r := range spec.Regions() {
			c := rich()
			c.Issuer = r.Number
			c.Holder.Name = []string{"王", "阿*克", "W* H* B* Ž* Č* D* E*"}[i%3]
			o.Digits = i%2 == 0
			asked := source
			asked.Authority = r.Label.In(chinese) + "卫生健康委员会、新型冠状病毒肺炎疫情防控指挥部"
			if _, err := printer(t, o).Prepare(code(t, c), asked); err != nil {
				t.Errorf("%s %v %v: region %s: %v", o.Layout, o.English, o.Large, r.Number, err)
			}
		}
	})
}

func TestContradictionsAreRefused(t *testing.T) {
	face := typeface(t)
	for name, o := range map[string]Options{
		"no layout":      {Typeface: face},
		"unknown layout": {Layout: "poster", Typeface: face},
		"no typeface":    {Layout: Sheet},
		"large card":     {Layout: Card, Large: true, Typeface: face},
		"coarse printer": {Layout: Sheet, DPI: MinDPI - 1, Typeface: face},
		"fine printer":   {Layout: Sheet, DPI: MaxDPI + 1, Typeface: face},
	} {
		if _, err := New(o); !errors.Is(err, ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsNoCodeIsNotPrinted(t *testing.T) {
	p := printer(t, Options{Layout: Sheet})
	for _, text := range []string{"", "hello", "TX1:", "TX1:ABC", code(t, plain()) + "A"} {
		if e, err := p.Prepare(text, source); !errors.Is(err, ErrCode) || e != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestEqualCodesGiveEqualDocuments(t *testing.T) {
	codes := people(t, 5)
	every(func(o Options) {
		p := printer(t, o)
		if a, b := printed(t, p, codes...), printed(t, p, codes...); string(a) != string(b) {
			t.Errorf("%+v: the same codes gave other bytes", o)
		}
	})
}

func TestAModuleIsAtLeast370Micrometres(t *testing.T) {
	for dpi, want := range map[int]int{203: 3, 300: 5, 600: 9, 1200: 18} {
		if got := MinDots(dpi); got != want {
			t.Errorf("%d dots an inch: %d dots, want %d", dpi, got, want)
		}
	}
	for dpi := MinDPI; dpi <= MaxDPI; dpi++ {
		if side := pdf.Dots(MinDots(dpi), dpi); side < minModule-1 {
			t.Errorf("%d dots an inch: %d nm", dpi, side)
		}
	}
}

// TestEveryRowOfTheWordsIsPrinted: by its key, or by the short one of a claim.
func TestEveryRowOfTheWordsIsPrinted(t *testing.T) {
	rows, err := words()
	sources, errFiles := filepath.Glob("*.go")
	if err := errors.Join(err, errFiles); err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, path := range sources {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(path, "_test.go") {
			text += string(data)
		}
	}
	for key := range rows {
		if !strings.Contains(text, `"`+key+`"`) && !strings.Contains(text, `"`+strings.TrimPrefix(key, "short_")+`"`) {
			t.Errorf("nothing prints %s", key)
		}
	}
}

func TestEveryRowOfTheWordsHasBothLanguages(t *testing.T) {
	rows, err := words()
	if err != nil {
		t.Fatal(err)
	}
	face := typeface(t)
	for key, row := range rows {
		if row[chinese] == "" || row[english] == "" {
			t.Errorf("%s lacks a language", key)
		}
		if err := face.Check(row[chinese] + row[english]); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
}

package paper

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer/paper/pdf"
)

// withoutBlanks is what may not get lost when a text is broken into lines.
func withoutBlanks(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

// TestNothingIsLostBetweenLines breaks texts put together at random at random
// widths.
func TestNothingIsLostBetweenLines(t *testing.T) {
	c := printer(t, Options{Layout: Sheet}).canvas(0)
	parts := []string{"浙江省", "，", "2022年8月16日 08:00", " ", "Valid until ", "“无健康码通道”", "（全程 2 剂）", "supercalifragilistic", "王*明", "　", "12345", "。", "è"}
	r := rand.New(rand.NewPCG(8, 8))
	for range 3000 {
		text := ""
		for range r.IntN(12) {
			text += parts[r.IntN(len(parts))]
		}
		size := 4 * mm
		width := pdf.Length(1+r.IntN(80)) * mm
		lines := c.wrap(size, width, text)
		if got := withoutBlanks(strings.Join(lines, "")); got != withoutBlanks(text) {
			t.Fatalf("%q at %d became %q", text, width/mm, lines)
		}
		for _, line := range lines {
			if c.face.Width(size, line) > width && len([]rune(line)) > 1 {
				t.Fatalf("%q at %d: line %q is too wide", text, width/mm, line)
			}
		}
	}
}

func TestPunctuationNeverBeginsALineAndDatesStayTogether(t *testing.T) {
	c := printer(t, Options{Layout: Sheet}).canvas(0)
	text := "进入场所时，请把二维码（纸上的）给工作人员扫描，并出示证件。有效期至2022年8月16日。"
	for width := 45 * mm; width < 150*mm; width += mm {
		for i, line := range c.wrap(5*mm, width, text) {
			first, last := []rune(line)[0], []rune(line)[len([]rune(line))-1]
			if i > 0 && strings.ContainsRune(noStart, first) || strings.ContainsRune(noEnd, last) {
				t.Errorf("%d mm: line %q", width/mm, line)
			}
			if strings.Contains(line, "2022年") && !strings.Contains(line, "2022年8月16日") {
				t.Errorf("%d mm: the date is broken: %q", width/mm, line)
			}
		}
	}
}

// FuzzPrepare: whatever an authority calls itself and a holder is called, a code
// is printed or refused with one of the errors that are documented.
func FuzzPrepare(f *testing.F) {
	for _, seed := range []string{"浙江省卫生健康委员会", "王\U0003134B", "a\x00\xff", "“（", strings.Repeat("很长", 200), "﷽", " "} {
		f.Add(seed, seed, seed)
	}
	var all []*Printer
	for _, l := range Layouts() {
		all = append(all, printer(f, Options{Layout: l, English: true}))
	}
	f.Fuzz(func(t *testing.T, authority, appeal, name string) {
		c := rich()
		if masked, err := format.MaskName(name); err == nil {
			c.Holder.Name = masked
		}
		text := code(t, c)
		for _, p := range all {
			e, err := p.Prepare(text, Source{Authority: authority, Appeal: appeal, FullName: name})
			var missing *pdf.MissingError
			if (err == nil) != (e != nil) || err != nil && !errors.As(err, &missing) && !errors.Is(err, ErrNoRoom) && !errors.Is(err, ErrFullName) {
				t.Fatalf("%s: %v", p.Layout(), err)
			}
		}
	})
}

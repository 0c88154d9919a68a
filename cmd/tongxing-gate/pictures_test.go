package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/gate/gatetest"
	"github.com/tongxing/tongxing/gate/server"
)

// sheet draws codes side by side, 5 pixels a module.
func sheet(t *testing.T, codes ...string) *image.Gray {
	t.Helper()
	page := image.NewGray(image.Rect(0, 0, 420*max(len(codes), 1), 420))
	draw.Draw(page, page.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	for i, code := range codes {
		symbol, err := qr.Encode(code)
		if err != nil {
			t.Fatal(err)
		}
		var buffer bytes.Buffer
		if err := symbol.WritePNG(&buffer, qr.Options{ModuleSize: 5}); err != nil {
			t.Fatal(err)
		}
		drawn, err := png.Decode(&buffer)
		if err != nil {
			t.Fatal(err)
		}
		draw.Draw(page, drawn.Bounds().Add(image.Pt(420*i, 10)), drawn, image.Point{}, draw.Src)
	}
	return page
}

func asPNG(t *testing.T, picture image.Image) []byte {
	t.Helper()
	var buffer bytes.Buffer
	if err := png.Encode(&buffer, picture); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

// asPDF makes a page (ISO 32000) of every picture.
func asPDF(pages ...*image.Gray) []byte {
	var out bytes.Buffer
	var offsets []int
	object := func(format string, values ...any) {
		offsets = append(offsets, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n"+format+"\nendobj\n", append([]any{len(offsets)}, values...)...)
	}
	out.WriteString("%PDF-1.4\n")
	object("<</Type/Catalog/Pages 2 0 R>>")
	kids := ""
	for i := range pages {
		kids += fmt.Sprintf("%d 0 R ", 3+3*i)
	}
	object("<</Type/Pages/Count %d/Kids[%s]>>", len(pages), kids)
	for i, p := range pages {
		w, h := p.Bounds().Dx(), p.Bounds().Dy()
		content := fmt.Sprintf("%d 0 0 %d 0 0 cm /I Do", w/2, h/2)
		object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R/Resources<</XObject<</I %d 0 R>>>>>>", w/2, h/2, 4+3*i, 5+3*i)
		object("<</Length %d>>stream\n%s\nendstream", len(content), content)
		object("<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8/Length %d>>stream\n%s\nendstream", w, h, len(p.Pix), p.Pix)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&out, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	return out.Bytes()
}

func TestEveryCodeOfAPictureAndOfAPDFIsRead(t *testing.T) {
	codes := gatetest.Codes(t)
	one, two := codes[0].Text, codes[1].Text
	p := newPictures()
	if p.renderer == "" {
		t.Fatal("pdftoppm is missing: run make setup")
	}
	for name, data := range map[string][]byte{
		"a picture":            asPNG(t, sheet(t, one, two)),
		"a PDF with two pages": asPDF(sheet(t, one), sheet(t, two, one)),
	} {
		found, err := p.Texts(t.Context(), data)
		slices.Sort(found)
		want := []string{one, two}
		slices.Sort(want)
		if err != nil || !slices.Equal(found, want) {
			t.Errorf("%s: %d codes, %v", name, len(found), err)
		}
	}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"no code":         {asPNG(t, sheet(t)), server.ErrNoCode},
		"no code in PDF":  {asPDF(sheet(t)), server.ErrNoCode},
		"no picture":      {[]byte("hello"), server.ErrNotAPicture},
		"a PDF cut short": {[]byte("%PDF-1.4\n1 0 obj"), server.ErrNotAPicture},
	} {
		if found, err := p.Texts(t.Context(), c.data); !errors.Is(err, c.want) || found != nil {
			t.Errorf("%s: %d codes, %v", name, len(found), err)
		}
	}
	without := &pictures{}
	if _, err := without.Texts(t.Context(), asPDF(sheet(t, one))); !errors.Is(err, server.ErrNoPDF) {
		t.Errorf("without a renderer: %v", err)
	}
}

// A page as large as a field is said to be too large, and one after it is read as before:
// the renderer ends at its bounds, or draws nothing there.
func TestAPDFThatWouldTakeTheMemoryIsTooLarge(t *testing.T) {
	p, code := newPictures(), gatetest.Codes(t)[0].Text
	small := asPDF(sheet(t, code))
	box := []byte("/MediaBox[0 0 210 210]")
	if !bytes.Contains(small, box) {
		t.Fatal("no box")
	}
	huge := bytes.Replace(small, box, []byte("/MediaBox[0 0 10000 10000]"), 1)
	if found, err := p.Texts(t.Context(), huge); !errors.Is(err, server.ErrTooLarge) || found != nil {
		t.Errorf("%d codes, %v", len(found), err)
	}
	var wide bytes.Buffer // 200 million pixels in a few bytes
	if err := png.Encode(&wide, image.NewGray(image.Rect(0, 0, 20_000, 10_000))); err != nil {
		t.Fatal(err)
	}
	if found, err := p.Texts(t.Context(), wide.Bytes()); !errors.Is(err, server.ErrTooLarge) || found != nil {
		t.Errorf("%d codes, %v", len(found), err)
	}
	if found, err := p.Texts(t.Context(), small); err != nil || len(found) != 1 {
		t.Errorf("%d codes, %v", len(found), err)
	}
}

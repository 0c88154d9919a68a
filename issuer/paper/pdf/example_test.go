package pdf_test

import (
	"bytes"
	"fmt"
	"os"
	"time"

	"github.com/tongxing/tongxing/issuer/paper/pdf"
	"github.com/tongxing/tongxing/issuer/paper/truetype"
)

// A document of one page.
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
	page := pdf.NewPage(face, 210*pdf.Millimetre, 297*pdf.Millimetre)
	fmt.Println(page.Text(20*pdf.Millimetre, 30*pdf.Millimetre, pdf.Style{Size: 6 * pdf.Millimetre}, "王明"))
	fmt.Println(page.Text(20*pdf.Millimetre, 40*pdf.Millimetre, pdf.Style{Size: 6 * pdf.Millimetre}, "王𠮷"))

	var file bytes.Buffer
	at := time.Date(2022, 8, 10, 8, 0, 0, 0, time.UTC)
	w, err := pdf.NewWriter(&file, pdf.Options{Title: "通行码", Language: "zh-CN", Created: at, Typeface: face})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(w.Add(page), w.Close(), w.Pages())
	fmt.Println(file.String()[:8])
	// Output:
	// <nil>
	// pdf: no font has the character 𠮷 U+20BB7
	// <nil> <nil> 1
	// %PDF-1.7
}

package paper_test

import (
	"bytes"
	"fmt"
	"os"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer/paper"
	"github.com/tongxing/tongxing/issuer/paper/pdf"
	"github.com/tongxing/tongxing/issuer/paper/truetype"
)

// exampleCode is a green code of Zhejiang.
const exampleCode = "TX1:RRQT 9:60200HB0CO0P*K$X58CK-C7*70CL6FN03NC.2SWY0+MCZ/U/E7V50S30S8016DGLN1J5NNH*70ZR6$I8WOQ5KGM-3-C3WI19K6BPGP00FD027B*HL3AHN/JVW7*T1GIF%7SBH1WPUVGMYELHXDTCKDWD:YI0L9D/9VS3WR6887 LEZDF32WQMC.KTE03MMPNDAZ.NZKB3QV4PK"

// A code on a sheet of A4.
func Example() {
	data, err := os.ReadFile("../../fonts/noto-sans-sc.ttf") // a program takes it from module fonts
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
	printer, err := paper.New(paper.Options{Layout: paper.Sheet, Typeface: face})
	if err != nil {
		fmt.Println(err)
		return
	}
	entry, err := printer.Prepare(exampleCode, paper.Source{Authority: "某省卫生健康委员会", Appeal: "12345"})
	if err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer
	document, err := printer.Begin(&file, paper.Cover{Created: time.Date(2022, 8, 10, 8, 0, 0, 0, format.ChinaTime)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(document.Add(entry), document.Close(), document.Pages(), entry.Reference())
	// Output: <nil> <nil> 1 33-7942-734003
}

package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/gate/training"
	"github.com/tongxing/tongxing/issuer/paper"
	"github.com/tongxing/tongxing/issuer/paper/pdf"
	"github.com/tongxing/tongxing/issuer/paper/truetype"
)

// printed writes the PDF that `tongxing paper` makes of a code.
func printed(t testing.TB, path string, c code) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "fonts", "noto-sans-sc.ttf"))
	if err != nil {
		t.Fatal(err)
	}
	font, err := truetype.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	face, err := pdf.NewTypeface(font)
	if err != nil {
		t.Fatal(err)
	}
	printer, err := paper.New(paper.Options{Layout: paper.Sheet, Typeface: face})
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := printer.PDF([]string{c.Code}, paper.Source{Authority: "某省卫生健康委员会", Appeal: "12345"}, paper.Cover{Created: training.At})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, sheet, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Package typeface loads the fonts that paper is printed with, for the programs
// that print: the libraries take a typeface and bring none.
package typeface

import (
	"sync"

	"github.com/tongxing/tongxing/fonts"
	"github.com/tongxing/tongxing/issuer/paper/pdf"
	"github.com/tongxing/tongxing/issuer/paper/truetype"
)

// Load returns the typeface of the fonts that come with the programs. It is read
// once.
var Load = sync.OnceValues(func() (*pdf.Typeface, error) {
	var all []*truetype.Font
	for _, data := range fonts.Files() {
		font, err := truetype.Parse(data)
		if err != nil {
			return nil, err
		}
		all = append(all, font)
	}
	return pdf.NewTypeface(all...)
})

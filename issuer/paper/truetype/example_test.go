package truetype_test

import (
	"fmt"
	"os"

	"github.com/tongxing/tongxing/issuer/paper/truetype"
)

// A font of a few characters is cut down to one.
func ExampleFont_Subset() {
	data, err := os.ReadFile("testdata/ideographs.ttf")
	if err != nil {
		fmt.Println(err)
		return
	}
	font, err := truetype.Parse(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	glyph, ok := font.Glyph('明')
	small, err := font.Subset([]truetype.GlyphID{glyph})
	fmt.Println(font.Name(), ok, font.Advance(glyph), len(small) < len(data), err)
	// Output: NotoSansSC-Regular true 1000 true <nil>
}

// A PNG is for paper and screens that draw codes. The module for browsers reads them
// alone, and must not carry the decoder that image/png registers for itself.

//go:build !js

package qr

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
)

// WritePNG writes the symbol with its quiet zone as a PNG of one bit a pixel, 0
// for white and 1 for black. Equal symbols and options give equal bytes. The
// error is ErrOptions before anything is written, or that of w.
func (s *Symbol) WritePNG(w io.Writer, o Options) error {
	picture, err := s.Image(o)
	if err != nil {
		return err
	}
	if err := png.Encode(w, picture); err != nil {
		return fmt.Errorf("write PNG: %w", err)
	}
	return nil
}

// Image returns the symbol with its quiet zone as a picture in two colours.
func (s *Symbol) Image(o Options) (*image.Paletted, error) {
	module, side, err := o.side(s)
	if err != nil {
		return nil, err
	}
	picture := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range s.Size() {
		first := picture.Pix[(y+QuietZone)*module*side:][:side]
		for x := range s.Size() {
			if !s.rows[y].at(x) {
				continue
			}
			for i := range module {
				first[(x+QuietZone)*module+i] = 1
			}
		}
		for i := 1; i < module; i++ {
			copy(picture.Pix[((y+QuietZone)*module+i)*side:], first)
		}
	}
	return picture, nil
}

package scan

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif"  // formats that Decode reads
	_ "image/jpeg" // the same
	_ "image/png"  // the same
	"io"
)

// MaxPixels is the most pixels of a picture: a page of A4 scanned at 600 dots per
// inch has 35 million.
const MaxPixels = 64_000_000

var (
	// ErrNotAPicture says that the bytes are no PNG, JPEG or GIF, or a broken one.
	ErrNotAPicture = errors.New("not a PNG, JPEG or GIF picture that can be read")
	// ErrTooLarge says that a picture has more than MaxPixels.
	ErrTooLarge = errors.New("picture has too many pixels")
)

// Decode reads a PNG, JPEG or GIF, of which the first frame. It learns the size
// first and makes no room for a picture of more than MaxPixels (ErrTooLarge). What
// is no picture gives ErrNotAPicture, a fault of r that fault.
func Decode(r io.Reader) (image.Image, error) {
	source := &watched{reader: r}
	var header bytes.Buffer
	config, _, err := image.DecodeConfig(io.TeeReader(source, &header))
	if err != nil {
		return nil, source.explain(err)
	}
	if tooLarge(config.Width, config.Height) {
		return nil, fmt.Errorf("%w: %d x %d, want at most %d million", ErrTooLarge, config.Width, config.Height, MaxPixels/1_000_000)
	}
	picture, _, err := image.Decode(io.MultiReader(&header, source))
	if err != nil {
		return nil, source.explain(err)
	}
	return picture, nil
}

// tooLarge divides, as a product could overflow.
func tooLarge(width, height int) bool { return height > 0 && width > MaxPixels/height }

// watched remembers the fault of a reader, which the decoders of pictures do not
// always keep apart from a fault of the picture.
type watched struct {
	reader io.Reader
	fault  error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.fault = err
	}
	return n, err
}

func (w *watched) explain(err error) error {
	if w.fault != nil {
		return fmt.Errorf("read picture: %w", w.fault)
	}
	return fmt.Errorf("%w: %w", ErrNotAPicture, err)
}

// grey returns the luminance of a picture, seen on white where it is transparent.
// It goes through the picture in strips, so that it needs little more room than
// its result.
func grey(picture image.Image) *image.Gray {
	bounds := picture.Bounds()
	result := image.NewGray(image.Rect(0, 0, bounds.Dx(), bounds.Dy()))
	if paletted, ok := picture.(*image.Paletted); ok {
		greyOfPalette(result, paletted)
		return result
	}
	const height = 64
	strip := image.NewRGBA(image.Rect(0, 0, bounds.Dx(), height))
	for top := 0; top < bounds.Dy(); top += height {
		draw.Draw(strip, strip.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(strip, strip.Rect, picture, bounds.Min.Add(image.Pt(0, top)), draw.Over)
		for y := top; y < min(top+height, bounds.Dy()); y++ {
			from, to := strip.Pix[(y-top)*strip.Stride:], result.Pix[y*result.Stride:][:bounds.Dx()]
			for x := range to {
				to[x] = luminance(from[4*x], from[4*x+1], from[4*x+2])
			}
		}
	}
	return result
}

// greyOfPalette looks every colour up once: the generic way takes a second for a
// scanned page.
func greyOfPalette(result *image.Gray, picture *image.Paletted) {
	var greys [256]byte
	for i, c := range picture.Palette {
		rgba := image.NewRGBA(image.Rect(0, 0, 1, 1))
		draw.Draw(rgba, rgba.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(rgba, rgba.Rect, image.NewUniform(color.Color(c)), image.Point{}, draw.Over)
		greys[i] = luminance(rgba.Pix[0], rgba.Pix[1], rgba.Pix[2])
	}
	for y := range result.Rect.Dy() {
		from, to := picture.Pix[y*picture.Stride:], result.Pix[y*result.Stride:][:result.Rect.Dx()]
		for x := range to {
			to[x] = greys[from[x]]
		}
	}
}

// luminance weighs the colours as ITU-R BT.601 does.
func luminance(r, g, b byte) byte {
	return byte((299*int(r) + 587*int(g) + 114*int(b) + 500) / 1000)
}

// Package scan reads the QR codes of a picture: a photograph, a scanned page, a
// screenshot.
//
// The detector is gozxing's, which misses many codes at first sight. So a picture
// is looked at in several ways, one after the other, until nothing that looks like
// a code is left unread:
//
//	as it is, against its neighbourhood or one level    the usual case
//	half, blurred              noise, the dots of a printer, large symbols
//	doubled                    symbols of 2 to 3 pixels a module
//	doubled and blurred, against one level, or sharpened    the same, out of focus
//	turned                     symbols that stand on a corner
//	inverted                   symbols on a dark screen
//	exact                      screenshots of 1 pixel a module
//
// On simulated photographs (turned, tilted, blurred, noisy, compressed) all ways
// together read twice as many codes as the first alone.
//
// For example
//
//	picture, err := scan.Decode(file)
//	if err != nil { ... }
//	texts, err := scan.Texts(picture)
package scan

import (
	"errors"
	"fmt"
	"image"
	"slices"
)

// ErrNoCode says that no code could be read in a picture.
var ErrNoCode = errors.New("no QR code could be read in the picture")

// Sizes of the pictures that are looked at, in pixels.
const (
	// Larger pictures are shrunk first: time grows with the pixels, and a code
	// that is worth reading covers more than a few hundredths of a picture.
	workingPixels = 6_000_000
	// Only smaller pictures are doubled, and only larger ones halved.
	mostToDouble = 3_000_000
	leastToHalve = 200 * 200
)

// way is one way of looking at a picture.
type way struct {
	// prepare returns the picture to look at, or nil where this way is of no use.
	prepare func(*image.Gray) *image.Gray
	// binarise tells dark from light.
	binarise binariser
	// exact takes the picture for a symbol and nothing else.
	exact bool
}

// ways are in the order of what they read for their time. Once a code has been
// read, only the first quickWays are used to look for others.
var ways = []way{
	{prepare: same, binarise: byNeighbours},
	{prepare: same, binarise: byOneLevel},
	{prepare: half, binarise: byNeighbours},
	{prepare: blur, binarise: byNeighbours},
	{prepare: doubled, binarise: byNeighbours},
	{prepare: doubled, binarise: byOneLevel},
	{prepare: doubledAnd(blur), binarise: byNeighbours},
	{prepare: turned, binarise: byNeighbours},
	{prepare: doubledAnd(turned), binarise: byNeighbours},
	{prepare: sharpAndDoubled, binarise: byNeighbours},
	{prepare: doubledAnd(doubled), binarise: byNeighbours},
	{prepare: invert, binarise: byNeighbours},
	{prepare: same, binarise: byOneLevel, exact: true},
}

const quickWays = 4

func same(p *image.Gray) *image.Gray { return p }

func half(p *image.Gray) *image.Gray {
	if len(p.Pix) < leastToHalve {
		return nil
	}
	return shrink(p, 2)
}

func doubled(p *image.Gray) *image.Gray {
	if len(p.Pix) > mostToDouble {
		return nil
	}
	return double(p)
}

func doubledAnd(filter func(*image.Gray) *image.Gray) func(*image.Gray) *image.Gray {
	return func(p *image.Gray) *image.Gray {
		if p = doubled(p); p == nil {
			return nil
		}
		return filter(p)
	}
}

func sharpAndDoubled(p *image.Gray) *image.Gray { return doubled(sharpen(p)) }

func turned(p *image.Gray) *image.Gray { return rotate(p, 45) }

// Texts returns the texts of the QR codes in a picture, each once, in an order
// that is the same for the same picture. They are what anybody may have printed:
// not all need be codes of this project. The error is ErrNoCode where none could
// be read, and ErrTooLarge for a picture of more than MaxPixels.
func Texts(picture image.Image) ([]string, error) {
	bounds := picture.Bounds()
	if tooLarge(bounds.Dx(), bounds.Dy()) {
		return nil, fmt.Errorf("%w: %d x %d, want at most %d million", ErrTooLarge, bounds.Dx(), bounds.Dy(), MaxPixels/1_000_000)
	}
	original := grey(picture)
	working := original
	for n := 2; len(working.Pix) > workingPixels; n++ {
		working = shrink(original, n)
	}
	attempts := mostAttempts
	texts, err := look(working, ways, &attempts)
	if len(texts) == 0 && working != original {
		// The modules of a small symbol were lost with the pixels.
		texts, err = look(original, ways[:1], &attempts)
	}
	if len(texts) == 0 {
		return nil, errors.Join(ErrNoCode, err)
	}
	return texts, nil
}

// look tries the ways in turn, until a code was read and no candidate is left. The
// error is that of the last way that failed.
func look(picture *image.Gray, ways []way, attempts *int) (texts []string, err error) {
	for i, w := range ways {
		if *attempts == 0 || len(texts) > 0 && i >= quickWays {
			break
		}
		prepared := w.prepare(picture)
		if prepared == nil {
			continue
		}
		found, left, fault := read(prepared, w, attempts)
		if fault != nil {
			err = fault
		}
		for _, text := range found {
			if !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
		}
		if len(texts) > 0 && !left {
			break
		}
	}
	return texts, err
}

package scan

import (
	"fmt"
	"image"
	"math"

	"github.com/makiuchi-d/gozxing"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// binariser tells dark from light in a picture.
type binariser func(gozxing.LuminanceSource) gozxing.Binarizer

var (
	// byNeighbours compares each block with those around it, which copes with
	// shadows.
	byNeighbours binariser = gozxing.NewHybridBinarizer
	// byOneLevel takes one threshold for the whole picture.
	byOneLevel binariser = gozxing.NewGlobalHistgramBinarizer
)

// mostRounds bounds the work on one picture: each round reads at least one code.
const mostRounds = 200

// read returns the texts of the codes that show in a picture, and whether
// something is left that looks like a code and was not read.
//
// The detector indexes what a picture's patterns tell it to and is not written to
// stand every picture. The recovery here is the one place where a panic of foreign
// code on foreign input becomes an error, so that one picture does not end a
// verifier.
func read(picture *image.Gray, w way) (texts []string, left bool, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("QR detector failed: %v", cause)
		}
	}()
	for range mostRounds {
		found, candidates := detect(picture, w)
		if len(found) == 0 {
			return texts, candidates, nil
		}
		// What was read is painted over, so that the next round sees the rest:
		// patterns of one code lead the detector astray on another.
		picture = &image.Gray{Pix: append([]byte(nil), picture.Pix...), Stride: picture.Stride, Rect: picture.Rect}
		for _, result := range found {
			texts = append(texts, result.GetText())
			if !paintOver(picture, result.GetResultPoints()) {
				return texts, false, nil // its place is not known: it would be read for ever
			}
		}
	}
	return texts, true, nil
}

// detect returns what the detector reads, and whether it saw patterns that may be
// a code.
func detect(picture *image.Gray, w way) (found []*gozxing.Result, candidates bool) {
	bitmap, err := newBitmap(picture, w.binarise)
	if err != nil {
		return nil, false
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	if w.exact {
		hints[gozxing.DecodeHintType_PURE_BARCODE] = true
	} else {
		// This reader finds several codes, but none that is seen at an angle.
		found, err = multi.NewQRCodeMultiReader().DecodeMultiple(bitmap, hints)
		if candidates = err == nil; len(found) > 0 {
			return found, candidates
		}
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
	if err != nil {
		return nil, candidates
	}
	return []*gozxing.Result{result}, true
}

func newBitmap(picture *image.Gray, binarise binariser) (*gozxing.BinaryBitmap, error) {
	width, height := picture.Rect.Dx(), picture.Rect.Dy()
	source, err := gozxing.NewPlanarYUVLuminanceSource(picture.Pix, width, height, 0, 0, width, height, false)
	if err != nil {
		return nil, err
	}
	return gozxing.NewBinaryBitmap(binarise(source))
}

// paintOver makes the parallelogram between the centres of the finder patterns
// white, which leaves none of them whole. The points are those of the bottom left,
// top left and top right.
func paintOver(picture *image.Gray, points []gozxing.ResultPoint) bool {
	if len(points) < 3 {
		return false
	}
	origin := points[1]
	ux, uy := points[2].GetX()-origin.GetX(), points[2].GetY()-origin.GetY()
	vx, vy := points[0].GetX()-origin.GetX(), points[0].GetY()-origin.GetY()
	// Steps of less than a pixel each way, so that none is left out.
	across := 1 + 2*int(math.Hypot(ux, uy))
	down := 1 + 2*int(math.Hypot(vx, vy))
	for i := range across + 1 {
		for j := range down + 1 {
			a, b := float64(i)/float64(across), float64(j)/float64(down)
			x, y := int(origin.GetX()+a*ux+b*vx), int(origin.GetY()+a*uy+b*vy)
			if image.Pt(x, y).In(picture.Rect) {
				picture.Pix[y*picture.Stride+x] = 255
			}
		}
	}
	return true
}

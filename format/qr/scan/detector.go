package scan

import (
	"fmt"
	"image"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
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

// mostAttempts bounds the triangles that are tried as a symbol in all looks at a
// picture together: a page of a hundred codes needs some 150.
const mostAttempts = 600

// read returns the texts of the codes that show in a picture, and whether
// something is left that looks like a code and was not read.
//
// The detector indexes what a picture's patterns tell it to and is not written to
// stand every picture. The recovery here is the one place where a panic of foreign
// code on foreign input becomes an error, so that one picture does not end a
// verifier.
//
// It takes what it needs of the attempts that are left for the picture.
func read(picture *image.Gray, w way, attempts *int) (texts []string, left bool, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("QR detector failed: %v", cause)
		}
	}()
	bitmap, err := newBitmap(picture, w.binarise)
	if err != nil {
		return nil, false, err
	}
	if w.exact {
		hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true}
		if result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints); err == nil {
			texts = append(texts, result.GetText())
		}
		return texts, false, nil
	}
	matrix, err := bitmap.GetBlackMatrix()
	if err != nil {
		return nil, false, nil // one colour only: nothing to see
	}
	texts, left = readTriangles(matrix, attempts)
	return texts, left, nil
}

func newBitmap(picture *image.Gray, binarise binariser) (*gozxing.BinaryBitmap, error) {
	width, height := picture.Rect.Dx(), picture.Rect.Dy()
	source, err := gozxing.NewPlanarYUVLuminanceSource(picture.Pix, width, height, 0, 0, width, height, false)
	if err != nil {
		return nil, err
	}
	return gozxing.NewBinaryBitmap(binarise(source))
}

// readTriangles reads what three finder patterns span, the likeliest first. The
// patterns of a code that was read belong to no other. What is left is a triangle
// of patterns that no code was read from.
func readTriangles(matrix *gozxing.BitMatrix, attempts *int) (texts []string, left bool) {
	patterns := findPatterns(matrix)
	used := make([]bool, len(patterns))
	var failed []triangle
	for _, t := range triangles(patterns) {
		if t.touches(used) {
			continue
		}
		if *attempts == 0 {
			return texts, true
		}
		*attempts--
		text, ok := readSymbol(matrix, t.info(patterns))
		if !ok {
			failed = append(failed, t)
			continue
		}
		texts = append(texts, text)
		used[t.topLeft], used[t.topRight], used[t.bottomLeft] = true, true, true
	}
	for _, t := range failed {
		left = left || !t.touches(used)
	}
	return texts, left
}

// readSymbol reads the symbol at three finder patterns.
func readSymbol(matrix *gozxing.BitMatrix, corners *detector.FinderPatternInfo) (text string, ok bool) {
	modules, err := detector.NewDetector(matrix).ProcessFinderPatternInfo(corners)
	if err != nil {
		return "", false
	}
	result, err := decoder.NewDecoder().DecodeWithoutHint(modules.GetBits())
	if err != nil {
		return "", false
	}
	return result.GetText(), true
}

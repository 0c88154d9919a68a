package scan

import (
	"bytes"
	"errors"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"
)

// FuzzFile gives any bytes as a picture's file.
func FuzzFile(f *testing.F) {
	code := symbol(f, "TX1:UJCLQE7W581", 2)
	var files [3]bytes.Buffer
	if err := errors.Join(png.Encode(&files[0], code), jpeg.Encode(&files[1], code, nil), gif.Encode(&files[2], code, nil)); err != nil {
		f.Fatal(err)
	}
	for i := range files {
		f.Add(files[i].Bytes())
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		picture, err := Decode(bytes.NewReader(file))
		if err != nil {
			if !errors.Is(err, ErrNotAPicture) && !errors.Is(err, ErrTooLarge) {
				t.Fatalf("%v is of no known kind", err)
			}
			return
		}
		if size := picture.Bounds().Size(); size.X*size.Y > 10_000 {
			return // right, and too slow to try many
		}
		checkTexts(t, picture)
	})
}

// FuzzModules gives a symbol with some of its modules changed, which leads the
// detector farther than other pictures do.
func FuzzModules(f *testing.F) {
	f.Add([]byte{}, uint16(0))
	f.Add(bytes.Repeat([]byte{0x55}, 100), uint16(300))
	f.Add(bytes.Repeat([]byte{0xff}, 40), uint16(900))
	f.Fuzz(func(t *testing.T, change []byte, at uint16) {
		picture := symbol(t, "TX1:UJCLQE7W581", 1)
		for i := range min(8*len(change), len(picture.Pix)) {
			if change[i/8]>>(i%8)&1 != 0 {
				picture.Pix[(int(at)+i)%len(picture.Pix)] ^= 0xff
			}
		}
		checkTexts(t, enlarge(picture, 3))
	})
}

// enlarge makes n by n pixels of each.
func enlarge(picture *image.Gray, n int) *image.Gray {
	result := image.NewGray(image.Rect(0, 0, n*picture.Rect.Dx(), n*picture.Rect.Dy()))
	for y := range result.Rect.Dy() {
		for x := range result.Rect.Dx() {
			result.Pix[y*result.Stride+x] = picture.Pix[y/n*picture.Stride+x/n]
		}
	}
	return result
}

func checkTexts(t *testing.T, picture image.Image) {
	t.Helper()
	texts, err := Texts(picture)
	if (err == nil) != (len(texts) > 0) {
		t.Fatalf("%d texts and %v", len(texts), err)
	}
	if err != nil && !errors.Is(err, ErrNoCode) {
		t.Fatalf("%v is of no known kind", err)
	}
}

func BenchmarkTexts(b *testing.B) {
	picture := symbol(b, usual(), 4)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Texts(picture); err != nil {
			b.Fatal(err)
		}
	}
}

package e2e

import (
	"flag"
	"fmt"
	"image"
	_ "image/png"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "keep the pictures of the page as the golden ones")

// Pictures are compared in squares of cell pixels by their mean colour: what the
// edges of letters look like is the browser's own. A square differs from level on,
// and few may.
const (
	cell  = 8
	level = 24
	few   = 0.005
)

// compare holds every picture in a folder to the golden one of that name, and
// counts that wanted are there.
func compare(t *testing.T, folder string, wanted int) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.png"))
	if err != nil || len(paths) != wanted {
		t.Fatalf("%d pictures, want %d: %v", len(paths), wanted, err)
	}
	for _, path := range paths {
		t.Run("Picture/"+filepath.Base(path), func(t *testing.T) {
			kept := filepath.Join("testdata", "golden", filepath.Base(path))
			if *update {
				keep(t, path, kept)
				return
			}
			if share, err := different(read(t, path), read(t, kept)); err != nil || share > few {
				t.Errorf("%.2f %% of %s is different (at most %.1f %%): %v; go test ./gate/e2e -update keeps the new one", 100*share, kept, 100*few, err)
			}
		})
	}
}

func keep(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) image.Image {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, _, err := image.Decode(file)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return picture
}

// different returns the share of squares that differ.
func different(a, b image.Image) (float64, error) {
	if a.Bounds() != b.Bounds() {
		return 1, fmt.Errorf("one is %v, the other %v", a.Bounds().Size(), b.Bounds().Size())
	}
	size := a.Bounds()
	squares, unlike := 0, 0
	for y := size.Min.Y; y < size.Max.Y; y += cell {
		for x := size.Min.X; x < size.Max.X; x += cell {
			square := image.Rect(x, y, x+cell, y+cell).Intersect(size)
			one, other := mean(a, square), mean(b, square)
			squares++
			for i := range one {
				if max(one[i]-other[i], other[i]-one[i]) > level {
					unlike++
					break
				}
			}
		}
	}
	return float64(unlike) / float64(squares), nil
}

func mean(picture image.Image, square image.Rectangle) (sum [3]float64) {
	for y := square.Min.Y; y < square.Max.Y; y++ {
		for x := square.Min.X; x < square.Max.X; x++ {
			r, g, b, _ := picture.At(x, y).RGBA()
			for i, v := range [3]uint32{r, g, b} {
				sum[i] += float64(v >> 8)
			}
		}
	}
	count := float64(square.Dx() * square.Dy())
	return [3]float64{sum[0] / count, sum[1] / count, sum[2] / count}
}

func TestAPictureWithAnotherWordIsDifferent(t *testing.T) {
	pass, red := read(t, filepath.Join("testdata", "golden", "green.png")), read(t, filepath.Join("testdata", "golden", "red.png"))
	if share, err := different(pass, pass); err != nil || share != 0 {
		t.Errorf("a picture differs from itself: %v, %v", share, err)
	}
	if share, err := different(pass, red); err != nil || share <= few {
		t.Errorf("green and red differ by %v, %v", share, err)
	}
}

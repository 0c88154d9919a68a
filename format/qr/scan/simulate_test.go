package scan

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/format/transport"
)

// random returns n bytes that are the same in every run.
func random(n int) []byte {
	source := rand.NewChaCha8([32]byte{byte(n), byte(n >> 8)})
	data := make([]byte, n)
	source.Read(data)
	return data
}

// symbol returns the picture of a code.
func symbol(t testing.TB, text string, module int) *image.Gray {
	t.Helper()
	s, err := qr.Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := s.Image(qr.Options{ModuleSize: module})
	if err != nil {
		t.Fatal(err)
	}
	return grey(picture)
}

// condition is what happens to a code between the printer and the reader.
type condition struct {
	name     string
	module   float64 // pixels a module
	turn     float64 // degrees
	tilt     float64 // 0 is from the front; at 0.3 the edges differ by 30 % in length
	blur     float64 // standard deviation in pixels
	contrast float64 // of dark against light, 1 is all
	noise    float64 // standard deviation in levels
	quality  int     // of JPEG, 0 is without
}

// photograph shows a code of 8 pixels a module under a condition. It averages over
// what a pixel of the sensor sees.
func photograph(t testing.TB, code *image.Gray, c condition) *image.Gray {
	t.Helper()
	const drawn = 8
	scale := drawn / c.module
	width := float64(code.Rect.Dx())
	side := int(width/scale*1.5) + 20
	sin, cos := math.Sincos(c.turn * math.Pi / 180)
	at := func(x, y float64) float64 {
		x, y = x-float64(side)/2, y-float64(side)/2
		x, y = (x*cos+y*sin)*scale, (y*cos-x*sin)*scale
		near := 1 + c.tilt*y/width // a plane in perspective, the lower edge nearer
		x, y = x/near+width/2, y/near+width/2
		if x < 0 || y < 0 || x >= width || y >= width {
			return 255
		}
		return float64(code.Pix[int(y)*code.Stride+int(x)])
	}
	picture := image.NewGray(image.Rect(0, 0, side, side))
	const samples = 3
	for y := range side {
		for x := range side {
			sum := 0.0
			for i := range samples * samples {
				sum += at(float64(x)+(float64(i%samples)+0.5)/samples, float64(y)+(float64(i/samples)+0.5)/samples)
			}
			picture.Pix[y*picture.Stride+x] = byte(sum / (samples * samples))
		}
	}
	gaussian(picture, c.blur)
	sensor(picture, c)
	return compressed(t, picture, c.quality)
}

// gaussian blurs a picture, one direction after the other.
func gaussian(picture *image.Gray, deviation float64) {
	if deviation == 0 {
		return
	}
	reach := int(3*deviation) + 1
	weights := make([]float64, 2*reach+1)
	total := 0.0
	for i := range weights {
		d := float64(i - reach)
		weights[i] = math.Exp(-d * d / (2 * deviation * deviation))
		total += weights[i]
	}
	width, height := picture.Rect.Dx(), picture.Rect.Dy()
	pass := func(length, lines, step, stride int) {
		line := make([]byte, length)
		for l := range lines {
			for i := range line {
				line[i] = picture.Pix[l*stride+i*step]
			}
			for i := range line {
				sum := 0.0
				for k, weight := range weights {
					sum += weight * float64(line[min(max(i+k-reach, 0), length-1)])
				}
				picture.Pix[l*stride+i*step] = byte(sum/total + 0.5)
			}
		}
	}
	pass(width, height, 1, picture.Stride)
	pass(height, width, picture.Stride, 1)
}

// sensor lowers the contrast and adds noise that is the same in every run.
func sensor(picture *image.Gray, c condition) {
	source := rand.New(rand.NewPCG(1, 2))
	for i, v := range picture.Pix {
		level := 128 + (float64(v)-128)*c.contrast + source.NormFloat64()*c.noise
		picture.Pix[i] = byte(min(max(level, 0), 255))
	}
}

func compressed(t testing.TB, picture *image.Gray, quality int) *image.Gray {
	t.Helper()
	if quality == 0 {
		return picture
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, picture, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	decoded, err := Decode(&file)
	if err != nil {
		t.Fatal(err)
	}
	return grey(decoded)
}

func usual() string { return transport.Encode(random(164)) }

package e2e

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"testing"

	"github.com/tongxing/tongxing/format/qr"
)

// What the browser's fake camera films: pictures in motion JPEG with 4:2:0
// colour, which Chromium plays at 30 a second in a loop.
const (
	frameWidth  = 1280
	frameHeight = 720
)

// pose is where a code is in a frame: the centre, the width in pixels, how it is
// turned and tilted, and how far it is from focus.
type pose struct {
	x, y, width float64
	turn        float64 // degrees
	tilt        float64 // 0 is from the front; at 0.3 upper and lower edge differ by 30 %
	blur        int     // radius of a box that is applied twice, in pixels
	noise       float64 // standard deviation in levels
}

// surface is what a code is shown on: the light that a point gives, 0 to 255, by
// coordinates within the code's square, from 0 to 1, and beyond it.
type surface func(u, v float64) float64

// texture is a surface that was looked at once at every point around a code: the
// same is drawn in many frames.
type texture struct {
	light []byte
}

// What a texture covers, in widths of the code, and how finely.
const (
	low, high = -0.6, 1.9
	fine      = 480
	side      = int((high - low) * fine)
)

func drawn(s surface) texture {
	t := texture{make([]byte, side*side)}
	for y := range side {
		for x := range side {
			value := s(low+(float64(x)+0.5)/fine, low+(float64(y)+0.5)/fine)
			t.light[y*side+x] = byte(math.Min(255, math.Max(0, value)))
		}
	}
	return t
}

func (t texture) at(u, v float64) float64 {
	x, y := min(max(int((u-low)*fine), 0), side-1), min(max(int((v-low)*fine), 0), side-1)
	return float64(t.light[y*side+x])
}

// symbolOf returns the picture of a code with its quiet zone.
func symbolOf(t testing.TB, text string) *image.Paletted {
	t.Helper()
	s, err := qr.Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := s.Image(qr.Options{ModuleSize: 8})
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// light is that of a point of the symbol: dark or bright.
func light(symbol *image.Paletted, u, v, dark, bright float64) float64 {
	side := float64(symbol.Rect.Dx())
	if symbol.Pix[int(v*side)*symbol.Stride+int(u*side)] == inkOf(symbol) {
		return dark
	}
	return bright
}

// inkOf returns the darker of the two colours of a symbol.
func inkOf(symbol *image.Paletted) uint8 {
	if first, _, _, _ := symbol.Palette[0].RGBA(); first < 0x8000 {
		return 0
	}
	return 1
}

// phone shows a code on a bright screen in a dark room, with a reflection across.
func phone(symbol *image.Paletted) texture {
	return drawn(func(u, v float64) float64 {
		switch {
		case u >= 0 && u < 1 && v >= 0 && v < 1:
			across := (u + v - 0.7) * 4
			glare := 30 / (1 + across*across)
			return light(symbol, u, v, 28, 225) + glare
		case u > -0.06 && u < 1.06 && v > -0.45 && v < 1.45:
			return 215 // the rest of the screen
		case u > -0.1 && u < 1.1 && v > -0.52 && v < 1.52:
			return 16 // its frame
		}
		return 62
	})
}

// sheet shows a code on paper that was folded twice through the code: each fold
// is a change of light, moves what lies behind it, and wears off the ink.
func sheet(symbol *image.Paletted) texture {
	return drawn(func(u, v float64) float64 {
		shade := 205 + 28*math.Tanh((u-0.42)*9) - 24*math.Tanh((v-0.63)*7)
		wear := math.Exp(-math.Pow((u-0.42)*140, 2)) + math.Exp(-math.Pow((v-0.63)*140, 2))
		u += 0.012 * math.Exp(-math.Abs(u-0.42)*14)
		v += 0.010 * math.Sin(u*5) * math.Exp(-math.Abs(v-0.63)*9)
		if u < 0 || v < 0 || u >= 1 || v >= 1 {
			if u > -0.5 && u < 1.5 && v > -0.4 && v < 1.8 {
				return shade
			}
			return 84
		}
		value := light(symbol, u, v, 0.22, 1) * shade
		return value + (shade-value)*math.Min(1, 0.8*wear)
	})
}

// blank is the view without a code.
func blank() texture {
	return drawn(func(u, v float64) float64 { return 70 + 20*math.Sin(u*9)*math.Cos(v*7) })
}

// shown is a surface in a pose, and the pose that it comes from within the time
// that the shutter is open.
type shown struct {
	on       texture
	from, to pose
}

// frame draws surfaces beside each other; each has the part of the picture from
// its left edge to the next one's.
func frame(seed int, all ...shown) *image.YCbCr {
	grey := make([]float64, frameWidth*frameHeight)
	blurred := 0
	noise := 0.0
	for i, s := range all {
		left, right := i*frameWidth/len(all), (i+1)*frameWidth/len(all)
		project(grey, s, left, right)
		blurred, noise = max(blurred, s.to.blur), max(noise, s.to.noise)
	}
	for range 2 {
		box(grey, frameWidth, frameHeight, 1, frameWidth, blurred)
		box(grey, frameHeight, frameWidth, frameWidth, 1, blurred)
	}
	picture := image.NewYCbCr(image.Rect(0, 0, frameWidth, frameHeight), image.YCbCrSubsampleRatio420)
	random := grain()
	for i, v := range grey {
		picture.Y[i] = byte(math.Min(255, math.Max(0, v+random[(i+seed*7919)%len(random)]*noise)))
	}
	for i := range picture.Cb {
		picture.Cb[i], picture.Cr[i] = 126, 130 // a warm lamp
	}
	return picture
}

// grain is the noise of a sensor, the same in every run.
var grain = sync.OnceValue(func() []float64 {
	source := rand.New(rand.NewPCG(1, 2))
	values := make([]float64, 100_003) // a prime: no pattern from line to line
	for i := range values {
		values[i] = source.NormFloat64()
	}
	return values
})

// project averages over three moments while the shutter is open.
func project(grey []float64, s shown, left, right int) {
	moments := 3
	if s.from == s.to {
		moments = 1
	}
	share := 1 / float64(moments)
	for m := range moments {
		p := between(s.from, s.to, float64(m+1)*share)
		sin, cos := math.Sincos(p.turn * math.Pi / 180)
		sin, cos = sin/p.width, cos/p.width
		for y := range frameHeight {
			for x := left; x < right; x++ {
				dx, dy := float64(x)-p.x, float64(y)-p.y
				a, b := dx*cos+dy*sin, dy*cos-dx*sin
				near := 1 / (1 + p.tilt*b)
				grey[y*frameWidth+x] += s.on.at(a*near+0.5, b*near+0.5) * share
			}
		}
	}
}

func between(a, b pose, share float64) pose {
	mix := func(x, y float64) float64 { return x + (y-x)*share }
	return pose{mix(a.x, b.x), mix(a.y, b.y), mix(a.width, b.width), mix(a.turn, b.turn), mix(a.tilt, b.tilt), b.blur, b.noise}
}

// box blurs along one direction with a running sum.
func box(grey []float64, length, lines, step, stride, radius int) {
	if radius == 0 {
		return
	}
	line := make([]float64, length)
	for l := range lines {
		for i := range line {
			line[i] = grey[l*stride+i*step]
		}
		sum := 0.0
		for k := -radius; k <= radius; k++ {
			sum += line[min(max(k, 0), length-1)]
		}
		for i := range line {
			grey[l*stride+i*step] = sum / float64(2*radius+1)
			sum += line[min(i+radius+1, length-1)] - line[max(i-radius, 0)]
		}
	}
}

// marked paints the corner that a measurement looks at: white while a code is in
// view, black otherwise.
func marked(picture *image.YCbCr, on bool) *image.YCbCr {
	value := byte(0)
	if on {
		value = 255
	}
	for y := range 48 {
		for x := range 48 {
			picture.Y[y*picture.YStride+x] = value
		}
	}
	return picture
}

// shot is a frame and how often it is shown.
type shot struct {
	draw  func() *image.YCbCr
	times int
}

// film writes a video; its frames are made on all processors.
func film(t testing.TB, path string, shots []shot) string {
	t.Helper()
	encoded := make([][]byte, len(shots))
	var group sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, s := range shots {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			var file bytes.Buffer
			if err := jpeg.Encode(&file, s.draw(), &jpeg.Options{Quality: 82}); err != nil {
				t.Error(err)
			}
			encoded[i] = file.Bytes()
		})
	}
	group.Wait()
	var video bytes.Buffer
	for i, picture := range encoded {
		for range shots[i].times {
			video.Write(picture)
		}
	}
	if err := os.WriteFile(path, video.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// moving returns count frames of a surface that goes along a path of poses, each
// shown times times.
func moving(on texture, count, times int, path func(share float64) pose) []shot {
	var out []shot
	for i := range count {
		from, to := path(float64(i)/float64(count)), path((float64(i)+0.3)/float64(count))
		out = append(out, shot{func() *image.YCbCr { return frame(i, shown{on, from, to}) }, times})
	}
	return out
}

package paper

import (
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"

	"github.com/tongxing/tongxing/format/qr"
)

// What a sheet goes through between the printer and the reader, made up: printed
// at a size and a resolution, creased, soiled, and photographed askew in bad light.
// Where the ranges stand they are drawn evenly from.
const (
	cameraPixels = 12.0 // a millimetre: a hand's breadth fills a picture of 1280 pixels
	maxTilt      = 45   // degrees, about an axis that lies anyhow in the paper
	maxTurn      = 20   // degrees, in the plane of the paper
	minBlur      = 0.4  // pixels, standard deviation
	maxBlur      = 1.4
	dirtArea     = 0.05 // of the symbol
	minSpot      = 0.5  // radius, millimetres
	maxSpot      = 2.5
	creases      = 2
	shade        = 0.5 // of the light that is left at the darker end, at least
	noise        = 6.0 // levels, standard deviation
	minQuality   = 45  // of JPEG
	maxQuality   = 85
)

// printout is a symbol on paper: grey levels on a grid finer than its dots.
type printout struct {
	side  int     // samples
	perMM float64 // samples a millimetre
	grey  []float64
}

// printSymbol prints a symbol with its quiet zone side millimetres wide, without
// fitting its modules to the dots: all symbols compared are equally wide.
func printSymbol(s *qr.Symbol, side float64, dpi int) *printout {
	const samples = 2 // a dot
	dots := int(side * float64(dpi) / 25.4)
	p := &printout{side: dots * samples, perMM: float64(dpi*samples) / 25.4}
	p.grey = make([]float64, p.side*p.side)
	modules := s.Size() + 2*qr.QuietZone
	for y := range p.side {
		for x := range p.side {
			m := func(v int) int { return (2*(v/samples)+1)*modules/(2*dots) - qr.QuietZone }
			p.grey[y*p.side+x] = 235
			if s.Module(m(x), m(y)) {
				p.grey[y*p.side+x] = 25
			}
		}
	}
	return p
}

// soil lays spots over the paper and folds it. Half of the spots are stains that
// let the print through, the others cover it, light as dust or dark as ink.
func (p *printout) soil(r *rand.Rand) {
	for left := dirtArea * float64(p.side*p.side); left > 0; {
		radius := p.perMM * (minSpot + (maxSpot-minSpot)*r.Float64())
		x0, y0 := r.Float64()*float64(p.side), r.Float64()*float64(p.side)
		through, level := 0.6+0.2*r.Float64(), 0.0
		if r.IntN(2) == 0 {
			through, level = 0, []float64{40, 220}[r.IntN(2)]
		}
		p.spot(x0, y0, radius, through, level)
		left -= math.Pi * radius * radius
	}
	for range creases {
		angle, offset := r.Float64()*math.Pi, (r.Float64()-0.5)*float64(p.side)
		width := p.perMM * (0.15 + 0.25*r.Float64())
		c, s, half := math.Cos(angle), math.Sin(angle), float64(p.side)/2
		for i := range p.grey {
			d := (float64(i%p.side)-half)*c + (float64(i/p.side)-half)*s - offset
			if math.Abs(d) < width { // the toner breaks off
				p.grey[i] = 0.35*p.grey[i] + 0.65*225
			}
		}
	}
}

// spot covers a circle: what is there shows through in part, on a level of grey.
func (p *printout) spot(x0, y0, radius, through, level float64) {
	for y := max(0, int(y0-radius)); y < min(p.side, int(y0+radius)+1); y++ {
		for x := max(0, int(x0-radius)); x < min(p.side, int(x0+radius)+1); x++ {
			if math.Hypot(float64(x)-x0, float64(y)-y0) < radius {
				p.grey[y*p.side+x] = p.grey[y*p.side+x]*through + level
			}
		}
	}
}

// at returns the grey of a place in millimetres from the middle; paper is around.
func (p *printout) at(x, y float64) float64 {
	u, v := x*p.perMM+float64(p.side)/2, y*p.perMM+float64(p.side)/2
	i, j := int(math.Floor(u)), int(math.Floor(v))
	if i < 0 || j < 0 || i+1 >= p.side || j+1 >= p.side {
		return 235
	}
	a, b := u-float64(i), v-float64(j)
	k := j*p.side + i
	return (1-b)*((1-a)*p.grey[k]+a*p.grey[k+1]) + b*((1-a)*p.grey[k+p.side]+a*p.grey[k+p.side+1])
}

// photograph takes a picture of the paper.
func (p *printout) photograph(r *rand.Rand) *image.Gray {
	width := float64(p.side) / p.perMM
	n := int(width*cameraPixels*1.25) + 20
	tilt, axis := r.Float64()*maxTilt*math.Pi/180, r.Float64()*2*math.Pi
	turn := (2*r.Float64() - 1) * maxTurn * math.Pi / 180
	distance := 110.0 // millimetres
	light, ends := r.Float64()*2*math.Pi, shade+(1-shade)*r.Float64()
	flat := make([]float64, n*n)
	ca, sa, ct, st := math.Cos(axis), math.Sin(axis), math.Cos(tilt), math.Sin(tilt)
	cr, sr := math.Cos(turn), math.Sin(turn)
	for i := range flat {
		x, y := (float64(i%n)-float64(n)/2)/cameraPixels, (float64(i/n)-float64(n)/2)/cameraPixels
		// Along the axis nothing changes; across it the paper leans back.
		along, across := x*ca+y*sa, -x*sa+y*ca
		t := across / (ct - across*st/distance)
		along *= 1 + t*st/distance
		u, v := along*ca-t*sa, along*sa+t*ca
		fall := 1 - (1-ends)*(0.5+0.5*(x*math.Cos(light)+y*math.Sin(light))/width)
		flat[i] = p.at(u*cr-v*sr, u*sr+v*cr) * min(fall, 1)
	}
	blur(flat, n, minBlur+r.Float64()*(maxBlur-minBlur))
	picture := image.NewGray(image.Rect(0, 0, n, n))
	for i, v := range flat {
		picture.SetGray(i%n, i/n, color.Gray{uint8(max(0, min(255, v+noise*r.NormFloat64())))})
	}
	return picture
}

// blur smooths a square picture, rows and then columns.
func blur(grey []float64, n int, sigma float64) {
	reach := int(3*sigma) + 1
	weights, sum := make([]float64, 2*reach+1), 0.0
	for i := range weights {
		weights[i] = math.Exp(-float64((i-reach)*(i-reach)) / (2 * sigma * sigma))
		sum += weights[i]
	}
	line := make([]float64, n)
	for pass, step := range []int{1, n} {
		for row := range n {
			first := row * []int{n, 1}[pass]
			for i := range n {
				v := 0.0
				for k, w := range weights {
					v += w * grey[first+max(0, min(n-1, i+k-reach))*step]
				}
				line[i] = v / sum
			}
			for i, v := range line {
				grey[first+i*step] = v
			}
		}
	}
}

// savePhoto writes a picture as a telephone does.
func savePhoto(path string, picture image.Image, r *rand.Rand) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return jpeg.Encode(f, picture, &jpeg.Options{Quality: minQuality + r.IntN(maxQuality-minQuality)})
}

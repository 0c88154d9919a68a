package scan

import (
	"image"
	"math"
)

// shrink averages squares of n by n pixels into one; what is left over at the
// right and at the bottom is dropped.
func shrink(picture *image.Gray, n int) *image.Gray {
	width, height := picture.Rect.Dx()/n, picture.Rect.Dy()/n
	result := image.NewGray(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			sum := n * n / 2
			for i := range n {
				for _, v := range picture.Pix[(y*n+i)*picture.Stride+x*n:][:n] {
					sum += int(v)
				}
			}
			result.Pix[y*result.Stride+x] = byte(sum / (n * n))
		}
	}
	return result
}

// double makes two pixels of one each way, between them in value (bilinear).
func double(picture *image.Gray) *image.Gray {
	return resample(picture, 2*picture.Rect.Dx(), 2*picture.Rect.Dy(), func(x, y float64) (float64, float64) {
		return x / 2, y / 2
	})
}

// rotate turns a picture about its centre, on white ground that is large enough.
func rotate(picture *image.Gray, degrees float64) *image.Gray {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	width, height := float64(picture.Rect.Dx()), float64(picture.Rect.Dy())
	w := int(math.Ceil(width*math.Abs(cos) + height*math.Abs(sin)))
	h := int(math.Ceil(width*math.Abs(sin) + height*math.Abs(cos)))
	return resample(picture, w, h, func(x, y float64) (float64, float64) {
		x, y = x-float64(w)/2, y-float64(h)/2
		return x*cos + y*sin + width/2, y*cos - x*sin + height/2
	})
}

// resample makes a picture whose pixels come from where source says; both count
// from the left and upper edge, so that the centre of the first pixel is 0.5, 0.5.
// What lies outside is white.
func resample(picture *image.Gray, width, height int, source func(x, y float64) (float64, float64)) *image.Gray {
	result := image.NewGray(image.Rect(0, 0, width, height))
	at := func(x, y int) float64 {
		if x < 0 || y < 0 || x >= picture.Rect.Dx() || y >= picture.Rect.Dy() {
			return 255
		}
		return float64(picture.Pix[y*picture.Stride+x])
	}
	for y := range height {
		for x := range width {
			sx, sy := source(float64(x)+0.5, float64(y)+0.5)
			sx, sy = sx-0.5, sy-0.5
			left, top := math.Floor(sx), math.Floor(sy)
			i, j, right, low := int(left), int(top), sx-left, sy-top
			upper := at(i, j)*(1-right) + at(i+1, j)*right
			lower := at(i, j+1)*(1-right) + at(i+1, j+1)*right
			result.Pix[y*result.Stride+x] = byte(upper*(1-low) + lower*low + 0.5)
		}
	}
	return result
}

// blur averages each pixel with its eight neighbours, which takes away noise and
// the dots of a printer. The edge stays as it is.
func blur(picture *image.Gray) *image.Gray {
	width, height, stride := picture.Rect.Dx(), picture.Rect.Dy(), picture.Stride
	result := image.NewGray(picture.Rect)
	copy(result.Pix, picture.Pix)
	for y := 1; y < height-1; y++ {
		for x := 1; x < width-1; x++ {
			sum := 4
			for row := y - 1; row <= y+1; row++ {
				p := picture.Pix[row*stride+x-1:][:3]
				sum += int(p[0]) + int(p[1]) + int(p[2])
			}
			result.Pix[y*result.Stride+x] = byte(sum / 9)
		}
	}
	return result
}

// sharpen takes each pixel farther away from the average of its neighbourhood,
// which undoes some of a lens that is out of focus.
func sharpen(picture *image.Gray) *image.Gray {
	result := blur(picture)
	for i, v := range picture.Pix {
		level := 3*int(v) - 2*int(result.Pix[i])
		result.Pix[i] = byte(min(max(level, 0), 255))
	}
	return result
}

// invert swaps light and dark, for a symbol shown on a dark screen.
func invert(picture *image.Gray) *image.Gray {
	result := image.NewGray(picture.Rect)
	for i, v := range picture.Pix {
		result.Pix[i] = 255 - v
	}
	return result
}

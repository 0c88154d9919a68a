package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"

	"github.com/tongxing/tongxing/cmd/internal/words"
)

// appearance adds the manifest (W3C Web Application Manifest) and the pictures that
// it names.
func appearance(all map[string][]byte) error {
	type icon struct {
		Source  string `json:"src"`
		Sizes   string `json:"sizes"`
		Type    string `json:"type"`
		Purpose string `json:"purpose,omitempty"`
	}
	icons := []icon{{Source: "assets/icon.svg", Sizes: "any", Type: "image/svg+xml"}}
	for _, size := range []int{192, 512} {
		name := fmt.Sprintf("icon-%d.png", size)
		drawn, err := drawIcon(size)
		if err != nil {
			return err
		}
		all[name] = drawn
		icons = append(icons, icon{name, fmt.Sprintf("%[1]dx%[1]d", size), "image/png", "any"}, icon{name, fmt.Sprintf("%[1]dx%[1]d", size), "image/png", "maskable"})
	}
	manifest, err := json.MarshalIndent(map[string]any{
		"name": words.Chinese.Say("gate_page_title"), "short_name": "通行", "lang": "zh-CN", "start_url": "./", "scope": "./", "id": "./",
		"display": "standalone", "background_color": "#10222e", "theme_color": "#10222e", "icons": icons,
	}, "", "  ")
	all["manifest.webmanifest"] = manifest
	return err
}

// drawIcon draws assets/icon.svg anew: a ring and a tick on a dark ground that fills
// the square, so that a mask of any form may cut it.
func drawIcon(size int) ([]byte, error) {
	ground, white, green := color.NRGBA{16, 34, 46, 255}, color.NRGBA{255, 255, 255, 255}, color.NRGBA{126, 226, 168, 255}
	picture := image.NewNRGBA(image.Rect(0, 0, size, size))
	scale := 512 / float64(size)
	for y := range size {
		for x := range size {
			u, v := (float64(x)+0.5)*scale, (float64(y)+0.5)*scale
			c := mix(ground, white, cover(math.Abs(math.Hypot(u-256, v-256)-150)-18, scale))
			tick := math.Min(toLine(u, v, 176, 262, 234, 320), toLine(u, v, 234, 320, 342, 202))
			picture.SetNRGBA(x, y, mix(c, green, cover(tick-20, scale)))
		}
	}
	var file bytes.Buffer
	err := png.Encode(&file, picture)
	return file.Bytes(), err
}

// cover is the share of a pixel within an outline at a distance from its middle.
func cover(distance, scale float64) float64 {
	return math.Min(1, math.Max(0, 0.5-distance/scale))
}

func mix(a, b color.NRGBA, share float64) color.NRGBA {
	part := func(x, y uint8) uint8 { return uint8(float64(x) + (float64(y)-float64(x))*share + 0.5) }
	return color.NRGBA{part(a.R, b.R), part(a.G, b.G), part(a.B, b.B), 255}
}

// toLine is the distance of a point to a line between two others.
func toLine(x, y, x1, y1, x2, y2 float64) float64 {
	dx, dy := x2-x1, y2-y1
	t := math.Min(1, math.Max(0, ((x-x1)*dx+(y-y1)*dy)/(dx*dx+dy*dy)))
	return math.Hypot(x-x1-t*dx, y-y1-t*dy)
}

package e2e

import (
	"image"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/gate/training"
)

// BenchmarkFrameToVerdict measures in the browser, with 50 codes, how long it takes
// from a sharp frame of the camera to the verdict on the screen: the mark is a
// median of 550 ms on two cores.
func BenchmarkFrameToVerdict(b *testing.B) {
	all := codes(b)
	var shots []shot
	for _, reason := range []string{"ok", "state_checked", "restricted", "revoked", "expired"} {
		draw := held(b, of(b, all, reason))
		shots = append(shots,
			shot{func() *image.YCbCr { return marked(draw(), true) }, 24},
			shot{func() *image.YCbCr { return marked(nobody(), false) }, 12})
	}
	video := film(b, filepath.Join(b.TempDir(), "bench.mjpeg"), shots)
	g := serve(b, program(b), training.At)
	for b.Loop() {
		for _, l := range run(b, "bench.mjs", map[string]any{"address": g.address, "video": video, "samples": 50}, nil) {
			b.ReportMetric(l.Figure, "ms/"+l.Name)
		}
	}
}

package e2e

import (
	"image"
	"os"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/gate/training"
	"github.com/tongxing/tongxing/trustlist/fetch/series"
)

func TestABundleIsFilmedFromAScreen(t *testing.T) {
	files := material(t)
	bundle, err := os.ReadFile(filepath.Join(files, "national.bundle"))
	if err != nil {
		t.Fatal(err)
	}
	encoder, err := series.NewEncoder(bundle, series.Options{})
	if err != nil {
		t.Fatal(err)
	}
	at := pose{x: 640, y: 360, width: 640, turn: 2, noise: 3}
	var shots []shot
	for i := range encoder.Count() + 4 {
		on := phone(symbolOf(t, encoder.Frame(uint32(i))))
		shots = append(shots, shot{func() *image.YCbCr { return frame(i, shown{on, at, at}) }, 6})
	}
	g := begin(t, program(t), training.At, filepath.Join(files, "root.cose"))
	judge(t, run(t, "series.mjs", map[string]any{
		"address": g.address, "codes": codes(t), "video": film(t, filepath.Join(t.TempDir(), "series.mjpeg"), shots),
	}, nil))
}

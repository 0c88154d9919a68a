package e2e

import (
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	judging "github.com/tongxing/tongxing/gate"
	"github.com/tongxing/tongxing/gate/training"
)

// holder is the document number of whom the training set is about.
const holder = "339999196001058363"

func TestEveryAnswerHasItsScreen(t *testing.T) {
	g := serve(t, program(t), training.At)
	out := t.TempDir()
	all := codes(t)
	judge(t, run(t, "screens.mjs", map[string]any{
		"address": g.address, "out": out, "codes": all, "wrong": map[string]string{"number": "11010519491231002X"},
		"right": map[string]string{"number": holder},
	}, nil))
	compare(t, out, len(goldens)+4)
}

func TestTheCameraReadsPhonesAndPaper(t *testing.T) {
	g := serve(t, program(t), training.At)
	all := codes(t)
	folder := t.TempDir()
	green, red, yellow := of(t, all, "ok"), of(t, all, "restricted"), of(t, all, "state_checked")
	judge(t, run(t, "camera.mjs", map[string]any{
		"address": g.address, "most": judging.MaxCodes,
		"video": scenes(t, filepath.Join(folder, "scenes.mjpeg"), green, red, yellow),
		"still": film(t, filepath.Join(folder, "still.mjpeg"), []shot{{held(t, green), 30}}),
		"scenes": []map[string]any{
			{"name": "AMovingTiltedUnfocusedPhone", "reason": green.Reason},
			{"name": "ACreasedSheet", "reason": red.Reason},
			{"name": "TwoCodesInOneView", "panels": 2},
		},
	}, nil))
}

// held is a code that is held still in front of the camera.
func held(t testing.TB, c code) func() *image.YCbCr {
	on := phone(symbolOf(t, c.Code))
	at := pose{x: 640, y: 360, width: 420, noise: 3}
	return func() *image.YCbCr { return frame(1, shown{on, at, at}) }
}

// scenes films a phone that moves, is tilted and comes in and out of focus, a
// creased sheet that a hand holds, and two phones side by side.
func scenes(t testing.TB, path string, onPhone, onPaper, beside code) string {
	t.Helper()
	shots := moving(phone(symbolOf(t, onPhone.Code)), 8, 6, func(share float64) pose {
		wave := 2 * math.Pi * share
		return pose{
			x: 640 + 150*math.Sin(wave), y: 360 + 40*math.Cos(wave), width: 400 + 40*math.Sin(wave),
			turn: 11 + 5*math.Sin(wave), tilt: 0.16 + 0.08*math.Cos(wave), blur: 1 + int(math.Round(2*share)), noise: 6,
		}
	})
	shots = append(shots, moving(sheet(symbolOf(t, onPaper.Code)), 8, 6, func(share float64) pose {
		wave := 2 * math.Pi * share
		return pose{
			x: 620 + 30*math.Cos(wave), y: 350 + 20*math.Sin(wave), width: 440,
			turn: -7 + 3*math.Cos(wave), tilt: -0.1, blur: 1, noise: 7,
		}
	})...)
	left, right := pose{x: 330, y: 360, width: 380, turn: 3, noise: 4}, pose{x: 950, y: 350, width: 370, turn: -4, noise: 4}
	one, other := phone(symbolOf(t, onPhone.Code)), phone(symbolOf(t, beside.Code))
	two := func() *image.YCbCr { return frame(3, shown{one, left, left}, shown{other, right, right}) }
	return film(t, path, append(shots, shot{two, 30}, shot{nobody, 90}))
}

// nobody is the view without a code.
func nobody() *image.YCbCr {
	at := pose{width: 640, noise: 3}
	return frame(4, shown{blank(), at, at})
}

func TestWhatIsTypedAndHandedIn(t *testing.T) {
	g := serve(t, program(t), training.At)
	all := codes(t)
	folder := t.TempDir()
	left, right := pose{x: 330, y: 360, width: 380, turn: 3}, pose{x: 950, y: 350, width: 370}
	one, other := phone(symbolOf(t, all[0].Code)), phone(symbolOf(t, of(t, all, "restricted").Code))
	judge(t, run(t, "input.mjs", map[string]any{
		"address": g.address, "codes": all,
		"picture": save(t, filepath.Join(folder, "two.png"), frame(5, shown{one, left, left}, shown{other, right, right})),
		"blank":   save(t, filepath.Join(folder, "none.png"), nobody()),
		"pdf":     printed(t, filepath.Join(folder, "paper.pdf"), all[0]),
	}, nil))
}

func save(t testing.TB, path string, picture *image.YCbCr) string {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, picture); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNothingIsJudgedByAProgramThatEnded(t *testing.T) {
	g := serve(t, program(t), training.At)
	out := t.TempDir()
	judge(t, run(t, "gone.mjs", map[string]any{"address": g.address, "out": out, "codes": codes(t)}, func(string) { g.end() }))
	compare(t, out, 1)
}

func TestWhatIsWrongWithTheDeviceIsSaid(t *testing.T) {
	binary := program(t)
	out := t.TempDir()
	stale, early := serve(t, binary, training.At.Add(6*24*time.Hour)), serve(t, binary, training.At.Add(-30*24*time.Hour))
	judge(t, run(t, "device.mjs", map[string]any{
		"address": stale.address, "early": early.address, "out": out, "codes": codes(t),
	}, nil))
	compare(t, out, 2)
}

package scan

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"

	"github.com/tongxing/tongxing/format/transport"
)

func read1(t *testing.T, picture image.Image) string {
	t.Helper()
	texts, err := Texts(picture)
	if err != nil {
		return err.Error()
	}
	if len(texts) != 1 {
		t.Fatalf("%d texts, want 1", len(texts))
	}
	return texts[0]
}

func TestEverySizeOfCredentialIsRead(t *testing.T) {
	for n := 100; n <= 200; n += 5 {
		for _, text := range []string{transport.Encode(random(n)), transport.EncodeDigits(random(n))} {
			for _, module := range []int{1, 2, 3, 4, 8} {
				if got := read1(t, symbol(t, text, module)); got != text {
					t.Errorf("%d bytes as %.4s…, %d pixels a module: %.80s", n, text, module, got)
				}
			}
		}
	}
}

// TestHardConditionsAreRead holds what the retries are for: each of these is one
// that a camera or a scanner makes.
func TestHardConditionsAreRead(t *testing.T) {
	text := usual()
	code := symbol(t, text, 8)
	for _, c := range []condition{
		{name: "quarter turn", module: 4, turn: 90, contrast: 1},
		{name: "upside down", module: 4, turn: 180, contrast: 1},
		{name: "turned a little", module: 4, turn: 7, contrast: 1},
		{name: "on a corner", module: 4, turn: 45, contrast: 1},
		{name: "turned by 30 degrees", module: 4, turn: 30, contrast: 0.8, blur: 0.5, quality: 80},
		{name: "turned by 200 degrees", module: 5, turn: 200, contrast: 0.8, blur: 0.8, noise: 5},
		{name: "small", module: 2.5, turn: 3, contrast: 1},
		{name: "out of focus", module: 5, contrast: 0.9, blur: 2},
		{name: "faint", module: 4, turn: 2, contrast: 0.2, noise: 3},
		{name: "noisy", module: 5, turn: 10, contrast: 0.6, noise: 30},
		{name: "strongly compressed", module: 4, turn: 5, contrast: 1, quality: 15},
		{name: "tilted", module: 5, turn: 5, tilt: 0.2, contrast: 0.9, blur: 0.5},
		{name: "tilted more", module: 5, turn: 100, tilt: 0.25, contrast: 0.9},
		{name: "telephone in the evening", module: 4, turn: 12, contrast: 0.5, blur: 0.8, noise: 10, quality: 60},
	} {
		if got := read1(t, photograph(t, code, c)); got != text {
			t.Errorf("%s: %.80s", c.name, got)
		}
	}
}

// TestRetriesReadTwiceAsMany keeps the figure of the package comment.
func TestRetriesReadTwiceAsMany(t *testing.T) {
	text := usual()
	code := symbol(t, text, 8)
	first, all, total := 0, 0, 0
	for _, module := range []float64{2, 2.5, 3, 4} {
		for _, turn := range []float64{0, 7, 30, 45} {
			for _, c := range []condition{
				{contrast: 1},
				{contrast: 0.7, blur: 0.8, noise: 8, quality: 70},
				{contrast: 0.9, blur: 1.2, quality: 40},
			} {
				c.module, c.turn = module, turn
				picture := photograph(t, code, c)
				total++
				attempts := mostAttempts
				if texts, _, err := read(picture, ways[0], &attempts); err == nil && slices.Contains(texts, text) {
					first++
				}
				if texts, err := Texts(picture); err == nil && slices.Contains(texts, text) {
					all++
				}
			}
		}
	}
	t.Logf("of %d photographs the first way reads %d, all together %d", total, first, all)
	if all < 2*first || all < total/2 {
		t.Errorf("of %d photographs the first way reads %d, all together only %d", total, first, all)
	}
}

func TestEveryCodeOfASheetIsRead(t *testing.T) {
	const columns, rows = 4, 5
	var want []string
	var sheet *image.Gray
	for i := range columns * rows {
		text := transport.Encode(random(140 + i))
		want = append(want, text)
		code := symbol(t, text, 4)
		const cell = 300
		if sheet == nil {
			sheet = image.NewGray(image.Rect(0, 0, columns*cell, rows*cell))
			draw.Draw(sheet, sheet.Rect, image.White, image.Point{}, draw.Src)
		}
		corner := image.Pt(i%columns*cell, i/columns*cell)
		draw.Draw(sheet, code.Rect.Add(corner), code, image.Point{}, draw.Src)
	}
	got, err := Texts(sheet)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d codes read, want %d", len(got), len(want))
	}
}

// TestCrowdOfFinderPatternsEndsSoon draws hundreds of finder patterns and no code,
// which cost gozxing's own search minutes.
func TestCrowdOfFinderPatternsEndsSoon(t *testing.T) {
	const across, pitch, module = 20, 30, 3
	crowd := image.NewGray(image.Rect(0, 0, across*pitch, across*pitch))
	for i := range crowd.Pix {
		x, y := i%crowd.Stride%pitch/module-3, i/crowd.Stride%pitch/module-3
		if ring := max(x, -x, y, -y); ring > 3 || ring == 2 {
			crowd.Pix[i] = 255
		}
	}
	attempts := mostAttempts
	texts, err := look(crowd, ways, &attempts)
	if len(texts) > 0 || err != nil || attempts != 0 {
		t.Errorf("%d texts, %v, %d attempts left, want all %d to be spent", len(texts), err, attempts, mostAttempts)
	}
}

func TestTwoCopiesAreOneText(t *testing.T) {
	text := usual()
	code := symbol(t, text, 4)
	sheet := image.NewGray(image.Rect(0, 0, 2*code.Rect.Dx(), code.Rect.Dy()))
	draw.Draw(sheet, code.Rect, code, image.Point{}, draw.Src)
	draw.Draw(sheet, code.Rect.Add(image.Pt(code.Rect.Dx(), 0)), code, image.Point{}, draw.Src)
	if got := read1(t, sheet); got != text {
		t.Errorf("got %.80s", got)
	}
}

func TestEveryKindOfPictureIsRead(t *testing.T) {
	text := usual()
	code := symbol(t, text, 4)
	inverted := invert(code)
	transparent := image.NewNRGBA(code.Rect)
	moved := image.NewRGBA(code.Rect.Add(image.Pt(-70, 30)))
	draw.Draw(moved, moved.Rect, code, image.Point{}, draw.Src)
	for i, v := range code.Pix {
		transparent.Pix[4*i+3] = 255 - v // black, and what is white shows the ground
	}
	paletted := image.NewPaletted(code.Rect, color.Palette{color.NRGBA{}, color.NRGBA{R: 10, G: 20, B: 60, A: 255}})
	for i, v := range code.Pix {
		paletted.Pix[i] = 1 - v/255
	}
	within := image.NewPaletted(image.Rect(0, 0, code.Rect.Dx()+20, code.Rect.Dy()+10), paletted.Palette)
	draw.Draw(within, within.Rect.Add(image.Pt(20, 10)), paletted, image.Point{}, draw.Src)
	for name, picture := range map[string]image.Image{
		"grey": code, "inverted": inverted, "transparent": transparent, "bounds that do not begin at 0": moved,
		"palette with transparency": paletted, "part of a paletted picture": within.SubImage(image.Rect(20, 10, 1000, 1000)),
	} {
		if got := read1(t, picture); got != text {
			t.Errorf("%s: %.80s", name, got)
		}
	}
}

func TestEveryFileFormatIsRead(t *testing.T) {
	text := usual()
	code := symbol(t, text, 4)
	for name, encode := range map[string]func(io.Writer) error{
		"PNG":  func(w io.Writer) error { return png.Encode(w, code) },
		"JPEG": func(w io.Writer) error { return jpeg.Encode(w, code, nil) },
		"GIF":  func(w io.Writer) error { return gif.Encode(w, code, nil) },
	} {
		var file bytes.Buffer
		if err := encode(&file); err != nil {
			t.Fatal(err)
		}
		picture, err := Decode(&file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := read1(t, picture); got != text {
			t.Errorf("%s: %.80s", name, got)
		}
	}
}

func TestPictureWithoutACode(t *testing.T) {
	white := image.NewGray(image.Rect(0, 0, 300, 200))
	draw.Draw(white, white.Rect, image.White, image.Point{}, draw.Src)
	noise := image.NewGray(image.Rect(0, 0, 300, 300))
	copy(noise.Pix, random(len(noise.Pix)))
	cut := symbol(t, usual(), 4)
	for name, picture := range map[string]image.Image{
		"white": white, "black": image.NewGray(image.Rect(0, 0, 300, 200)), "noise": noise,
		"no pixel": image.NewGray(image.Rectangle{}), "one pixel": image.NewGray(image.Rect(0, 0, 1, 1)),
		"one line": image.NewGray(image.Rect(0, 0, 5000, 1)), "a tenth of a code": cut.SubImage(image.Rect(0, 0, 70, 70)),
	} {
		if texts, err := Texts(picture); !errors.Is(err, ErrNoCode) || texts != nil {
			t.Errorf("%s: %q, %v, want %v", name, texts, err, ErrNoCode)
		}
	}
}

// endless is a picture that has a size and no pixels.
type endless struct{ image.Rectangle }

func (endless) ColorModel() color.Model   { return color.GrayModel }
func (e endless) Bounds() image.Rectangle { return e.Rectangle }
func (endless) At(int, int) color.Color   { panic("a pixel was looked at") }

func TestLargePictureIsRefusedBeforeItIsReadIn(t *testing.T) {
	for _, size := range []image.Rectangle{image.Rect(0, 0, 8001, 8000), image.Rect(0, 0, 1<<40, 1<<40)} {
		if _, err := Texts(endless{size}); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%v: %v, want %v", size, err, ErrTooLarge)
		}
	}
	// The header alone, of a picture that would need 16 GB.
	chunk := []byte("IHDR\x00\x01\x00\x00\x00\x01\x00\x00\x08\x06\x00\x00\x00")
	header := "\x89PNG\r\n\x1a\n\x00\x00\x00\r" + string(binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk)))
	if picture, err := Decode(strings.NewReader(header)); !errors.Is(err, ErrTooLarge) || picture != nil {
		t.Errorf("%v, want %v", err, ErrTooLarge)
	}
}

var errBroken = errors.New("stick was pulled out")

func TestFaultOfTheReaderIsNotTheFaultOfThePicture(t *testing.T) {
	var file bytes.Buffer
	if err := png.Encode(&file, symbol(t, usual(), 4)); err != nil {
		t.Fatal(err)
	}
	for n := range 60 {
		broken := io.MultiReader(bytes.NewReader(file.Bytes()[:n]), &failing{})
		if _, err := Decode(broken); !errors.Is(err, errBroken) || errors.Is(err, ErrNotAPicture) {
			t.Fatalf("fault after %d bytes: %v, want %v", n, err, errBroken)
		}
	}
}

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, errBroken }

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	var file bytes.Buffer
	if err := png.Encode(&file, symbol(t, usual(), 4)); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"empty": "", "text": "TX1:BB8", "cut": file.String()[:file.Len()/2], "signature only": file.String()[:8],
	} {
		if picture, err := Decode(strings.NewReader(content)); !errors.Is(err, ErrNotAPicture) || picture != nil {
			t.Errorf("%s: %v, want %v", name, err, ErrNotAPicture)
		}
	}
}

func TestPanicOfTheDetectorIsAnError(t *testing.T) {
	panics := way{prepare: same, binarise: func(gozxing.LuminanceSource) gozxing.Binarizer { panic("index out of range") }}
	picture := symbol(t, usual(), 4)
	attempts := mostAttempts
	if texts, _, err := read(picture, panics, &attempts); err == nil || texts != nil {
		t.Errorf("%q, %v, want an error", texts, err)
	}
	// The other ways still read the code.
	if texts, err := look(picture, append([]way{panics}, ways...), &attempts); err == nil || !slices.Equal(texts, []string{usual()}) {
		t.Errorf("%d texts, %v, want the code and the fault", len(texts), err)
	}
}

func TestPictureIsNotChanged(t *testing.T) {
	picture := symbol(t, usual(), 4)
	before := slices.Clone(picture.Pix)
	if _, err := Texts(picture); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, picture.Pix) {
		t.Error("the picture was painted over")
	}
}

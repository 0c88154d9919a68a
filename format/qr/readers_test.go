package qr_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

// codes returns texts of both transports, for every size that a credential has
// and some up to the largest symbol of level M.
func codes() []string {
	var texts []string
	add := func(n int) {
		texts = append(texts, transport.Encode(random(n)), transport.EncodeDigits(random(n)))
	}
	for n := 100; n <= 200; n++ {
		add(n)
	}
	for _, n := range []int{64, 70, 77, 250, 333, 500, 777, 1000, 1500, 2000, 2258} {
		add(n)
	}
	return texts
}

// draw writes a picture of each text and returns the files.
func draw(t *testing.T, texts []string, o qr.Options) []string {
	t.Helper()
	folder := t.TempDir()
	files := make([]string, len(texts))
	for i, text := range texts {
		symbol, err := qr.Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		var picture bytes.Buffer
		if err := symbol.WritePNG(&picture, o); err != nil {
			t.Fatal(err)
		}
		files[i] = filepath.Join(folder, fmt.Sprintf("%03d.png", i))
		if err := os.WriteFile(files[i], picture.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// program returns the path of a program that the tests need.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is missing, run `make setup`: %v", name, err)
	}
	return path
}

func run(t *testing.T, name string, arguments ...string) []byte {
	t.Helper()
	command := exec.Command(name, arguments...)
	var complaint bytes.Buffer
	command.Stderr = &complaint
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, complaint.Bytes())
	}
	return output
}

func TestZbarReadsEverySymbol(t *testing.T) {
	zbarimg := program(t, "zbarimg")
	texts := codes()
	files := draw(t, texts, qr.Options{ModuleSize: 4})
	// One line for each picture; a picture that is not read has none, and all
	// lines behind it differ.
	output := run(t, zbarimg, append([]string{"--nodbus", "-q", "--raw"}, files...)...)
	lines := strings.Split(strings.TrimSuffix(string(output), "\n"), "\n")
	for i, text := range texts {
		if i >= len(lines) || lines[i] != text {
			t.Fatalf("picture %d of %d characters: zbarimg reads another text", i, len(text))
		}
	}
	if len(lines) != len(texts) {
		t.Errorf("%d texts from %d pictures", len(lines), len(texts))
	}
}

func TestZXingReadsEverySymbol(t *testing.T) {
	node := program(t, "node")
	folder := filepath.Join(moduleRoot(t), "tools", "node")
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "zxing-wasm")); err != nil {
		t.Fatalf("zxing-wasm is missing, run `make setup`: %v", err)
	}
	texts := codes()
	files := draw(t, texts, qr.Options{ModuleSize: 3})
	output := run(t, node, append([]string{filepath.Join(folder, "read.mjs")}, files...)...)
	decoder := json.NewDecoder(bytes.NewReader(output))
	for i, text := range texts {
		var picture struct {
			Codes []struct {
				Text    string
				Version int
				Level   string
			}
		}
		if err := decoder.Decode(&picture); err != nil {
			t.Fatal(err)
		}
		if len(picture.Codes) != 1 {
			t.Fatalf("picture %d of %d characters: %d codes, want 1", i, len(text), len(picture.Codes))
		}
		version, err := qr.Version(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := picture.Codes[0]; got.Text != text || got.Version != version || got.Level != "M" {
			t.Errorf("picture %d of %d characters: version %d-%s, want %d-M; the text is the same: %t",
				i, len(text), got.Version, got.Level, version, got.Text == text)
		}
	}
}

// moduleRoot returns the folder of go.mod.
func moduleRoot(t *testing.T) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			t.Fatal("no go.mod above the test")
		}
		folder = parent
	}
}

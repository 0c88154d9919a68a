package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/cmd/internal/words"
	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist/fetch/series"
)

// randomBundle writes 20 KB that begin like a bundle.
func randomBundle(t *testing.T, folder string) (path string, data []byte) {
	t.Helper()
	data = make([]byte, 20<<10)
	rand.NewChaCha8([32]byte{20}).Read(data)
	copy(data, "\x82\x71tongxing/bundle/1")
	path = filepath.Join(folder, "national.bundle")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, data
}

// zbarTexts reads pictures with zbarimg.
func zbarTexts(t *testing.T, pictures []string) []string {
	out, err := exec.Command("zbarimg", append([]string{"--nodbus", "-q", "--raw"}, pictures...)...).Output()
	if err != nil {
		t.Fatalf("zbarimg, which `make setup` brings: %v", err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

// zxingTexts reads pictures with zxing-wasm, the reader of browsers.
func zxingTexts(t *testing.T, pictures []string) []string {
	out, err := exec.Command("node", append([]string{filepath.Join("..", "..", "tools", "node", "read.mjs")}, pictures...)...).Output()
	if err != nil {
		t.Fatalf("zxing-wasm, which `make setup` brings: %v", err)
	}
	var texts []string
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var picture struct{ Codes []struct{ Text string } }
		if err := decoder.Decode(&picture); errors.Is(err, io.EOF) {
			return texts
		} else if err != nil {
			t.Fatal(err)
		}
		for _, code := range picture.Codes {
			texts = append(texts, code.Text)
		}
	}
}

// TestPicturesThatOthersReadGiveTheFileBack: one picture in five is missing, and
// neither reader is ours.
func TestPicturesThatOthersReadGiveTheFileBack(t *testing.T) {
	folder := t.TempDir()
	bundle, data := randomBundle(t, folder)
	pictures := filepath.Join(folder, "pictures")
	var out, complaint bytes.Buffer
	if status := appWith(nil, &out, &complaint).run(t.Context(), []string{"bundle", "screen", bundle, "--out", pictures, "--module", "4"}); status != program.StatusOK {
		t.Fatalf("status %d: %s", status, complaint.String())
	}
	files, err := filepath.Glob(filepath.Join(pictures, "frame-*.png"))
	if err != nil || len(files) != 106 {
		t.Fatalf("%d pictures, %v", len(files), err)
	}
	for name, read := range map[string]func(*testing.T, []string) []string{"zbarimg": zbarTexts, "zxing-wasm": zxingTexts} {
		t.Run(name, func(t *testing.T) {
			source := rand.New(rand.NewPCG(20, uint64(len(name))))
			var left []string
			for _, file := range files {
				if source.Float64() >= 0.2 {
					left = append(left, file)
				}
			}
			texts := read(t, left)
			if len(left) > 95 || len(texts) != len(left) {
				t.Fatalf("%d of %d pictures are left, and %d were read", len(left), len(files), len(texts))
			}
			got := filepath.Join(t.TempDir(), "got.bundle")
			var out, complaint bytes.Buffer
			status := appWith(strings.NewReader(strings.Join(texts, "\n")), &out, &complaint).run(t.Context(), []string{"bundle", "gather", "-", "--out", got})
			if status != program.StatusOK {
				t.Fatalf("status %d: %s", status, complaint.String())
			}
			if file, err := os.ReadFile(got); err != nil || !bytes.Equal(file, data) {
				t.Errorf("%d bytes, %v: not the same file", len(file), err)
			}
		})
	}
}

// TestForgedFramesAreSaidAndNothingIsWritten shows the vector with a forged frame up
// to the place where it is noticed, up to where it is told, and as a file that is
// none of ours.
func TestForgedFramesAreSaidAndNothingIsWritten(t *testing.T) {
	all, err := vectors.LoadSeries()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(v vectors.Series) bool { return v.Name == "poisoned" })
	if i < 0 {
		t.Fatal("no vector named poisoned")
	}
	for shown, says := range map[int]string{
		3: "Not complete: 3 of 4 frames",
		4: "too few follow to tell which",
		5: "too few follow to tell which",
		8: "is neither a bundle nor a delta; nothing was written",
	} {
		var lines strings.Builder
		for _, text := range all[i].Texts[:shown] {
			fmt.Fprintln(&lines, text.Text)
		}
		got := filepath.Join(t.TempDir(), "got.bundle")
		var complaint bytes.Buffer
		status := appWith(strings.NewReader(lines.String()), io.Discard, &complaint).run(t.Context(), []string{"bundle", "gather", "-", "--out", got})
		if _, err := os.Stat(got); status != program.StatusFailed || !strings.Contains(complaint.String(), says) || !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%d texts: status %d, %q, written: %v", shown, status, complaint.String(), err == nil)
		}
		if noticed := strings.Contains(complaint.String(), "Careful: the frames do not give"); noticed != (shown > 3) {
			t.Errorf("%d texts: %q", shown, complaint.String())
		}
	}
}

// canceling cancels a run when a text has been written so many times.
type canceling struct {
	bytes.Buffer
	after  int
	cancel context.CancelFunc
}

func (c *canceling) Write(p []byte) (int, error) {
	n, err := c.Buffer.Write(p)
	if bytes.Count(c.Bytes(), []byte(homeCursor)) >= c.after {
		c.cancel()
	}
	return n, err
}

func showing(t *testing.T, out io.Writer) (*app, *series.Encoder) {
	t.Helper()
	e, err := series.NewEncoder(bytes.Repeat([]byte{7}, 5000), series.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := appWith(nil, out, io.Discard)
	a.Lang = words.English
	a.Out = bufio.NewWriter(out)
	return a, e
}

func TestShowingEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out := &canceling{after: 3, cancel: cancel}
	a, e := showing(t, out)
	wide := func() (int, int, error) { return 200, 100, nil }
	shown, err := a.show(ctx, screenFlags{fps: maxFPS}, e, wide)
	if err != nil || shown < 3 {
		t.Errorf("%d frames, %v", shown, err)
	}
	if text := out.String(); !strings.HasPrefix(text, beginShow) || !strings.HasSuffix(text, endShow) {
		t.Errorf("begins %q, ends %q", text[:20], text[len(text)-20:])
	}
}

func TestAWindowThatChangesIsCleared(t *testing.T) {
	var out bytes.Buffer
	a, e := showing(t, &out)
	columns := 200
	changing := func() (int, int, error) { columns++; return columns, 100, nil }
	if _, err := a.show(t.Context(), screenFlags{fps: maxFPS, frames: 3}, e, changing); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(strings.TrimPrefix(out.String(), beginShow), clearShow); n != 3 {
		t.Errorf("cleared %d times, want 3", n)
	}
}

// broken fails after some bytes, as a terminal that is closed does.
type broken struct{ room int }

var errBroken = errors.New("broken")

func (b *broken) Write(p []byte) (int, error) {
	if b.room -= len(p); b.room < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

func TestATerminalThatIsGoneEndsTheSeries(t *testing.T) {
	a, e := showing(t, &broken{room: 50_000})
	if _, err := a.show(t.Context(), screenFlags{fps: maxFPS}, e, func() (int, int, error) { return 200, 100, nil }); !errors.Is(err, errBroken) {
		t.Errorf("%v, want %v", err, errBroken)
	}
}

func TestAScannersLastLineNeedsNoneBehindIt(t *testing.T) {
	folder := t.TempDir()
	bundle, data := randomBundle(t, folder)
	var lines bytes.Buffer
	if status := appWith(nil, &lines, io.Discard).run(t.Context(), []string{"bundle", "screen", bundle, "--out", "-", "--frames", "49"}); status != program.StatusOK {
		t.Fatalf("status %d", status)
	}
	scanner, person := io.Pipe() // which stays open, as a scanner does
	defer scanner.Close()
	got := filepath.Join(folder, "got.bundle")
	done := make(chan int)
	go func() {
		done <- appWith(scanner, io.Discard, io.Discard).run(context.Background(), []string{"bundle", "gather", "-", "--out", got})
	}()
	if _, err := person.Write(lines.Bytes()); err != nil {
		t.Fatal(err)
	}
	if status := <-done; status != program.StatusOK {
		t.Fatalf("status %d", status)
	}
	if file, err := os.ReadFile(got); err != nil || !bytes.Equal(file, data) {
		t.Errorf("%d bytes, %v: not the same file", len(file), err)
	}
}

func TestWaitingForAScannerCanBeInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	scanner, person := io.Pipe()
	defer person.Close()
	got := filepath.Join(t.TempDir(), "got.bundle")
	var complaint bytes.Buffer
	done := make(chan int)
	go func() {
		done <- appWith(scanner, io.Discard, &complaint).run(ctx, []string{"bundle", "gather", "-", "--out", got})
	}()
	if _, err := fmt.Fprintln(person, "TX1:UJCLQE7W581"); err != nil {
		t.Fatal(err)
	}
	cancel()
	if status := <-done; status != program.StatusCanceled {
		t.Errorf("status %d, want %d: %s", status, program.StatusCanceled, complaint.String())
	}
	if _, err := os.Stat(got); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something was written: %v", err)
	}
}

func TestAnInterruptedDrawingLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	bundle, _ := randomBundle(t, folder)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	status := appWith(nil, io.Discard, io.Discard).run(ctx, []string{"bundle", "screen", bundle, "--out", filepath.Join(folder, "pictures")})
	if left := everything(t, folder); status != program.StatusCanceled || left != "national.bundle" {
		t.Errorf("status %d, left %q", status, left)
	}
}

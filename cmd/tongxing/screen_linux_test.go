package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/qr/scan"
	"github.com/tongxing/tongxing/trustlist/fetch/series"
)

// openTerminal returns both ends of a pseudo-terminal of the given size: what the
// program sees, and the person before it.
func openTerminal(t *testing.T, columns, lines uint16) (screen, person *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { person.Close() })
	control := func(f *os.File, request uintptr, argument unsafe.Pointer) {
		if _, _, fault := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(argument)); fault != 0 {
			t.Fatal(fault)
		}
	}
	var number, locked uint32
	control(person, syscall.TIOCGPTN, unsafe.Pointer(&number))
	control(person, syscall.TIOCSPTLCK, unsafe.Pointer(&locked))
	screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { screen.Close() })
	size := [4]uint16{lines, columns}
	control(screen, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	return screen, person
}

// terminalRun runs the program on a terminal and presses Ctrl-C when what it has
// shown has the text until, if there is one. It returns all that was shown.
func terminalRun(t *testing.T, columns, lines uint16, until string, args ...string) (shown string, status int) {
	t.Helper()
	return terminalType(t, columns, lines, until, "\x03", args...)
}

// terminalType is terminalRun with what is typed instead of Ctrl-C.
func terminalType(t *testing.T, columns, lines uint16, until, typed string, args ...string) (shown string, status int) {
	t.Helper()
	slave, master := openTerminal(t, columns, lines)
	c := process(t, t.TempDir(), args...)
	c.Args = append([]string{"sh", "-c", leader, "sh", c.Path}, args...)
	c.Path = "/bin/sh"
	c.Stdin, c.Stdout, c.Stderr = slave, slave, slave
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	watchdog := time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() })
	defer watchdog.Stop()
	var all bytes.Buffer
	buffer := make([]byte, 1<<16)
	pressed := until == ""
	for ended := false; !ended; {
		n, err := master.Read(buffer)
		all.Write(buffer[:n])
		if !pressed && strings.Contains(all.String(), until) {
			pressed = true
			if _, err := io.WriteString(master, typed); err != nil {
				t.Fatal(err)
			}
		}
		ended = err != nil || bytes.HasSuffix(all.Bytes(), []byte("\x1d"))
	}
	_ = c.Process.Kill()
	_ = c.Wait()
	shown, last, _ := strings.Cut(all.String(), "\x1e")
	if _, err := fmt.Sscanf(last, "%d\x1d", &status); err != nil {
		t.Fatalf("did not end within a minute, or without a status (%v): %q", err, all.String())
	}
	return shown, status
}

// leader runs the program and says with which status it has ended. It outlives
// the program, as a person's shell does: when the first process of a session
// ends, the kernel throws away what the terminal has not shown yet.
const leader = `trap : INT; "$@"; printf '\036%d\035' $?; exec cat >/dev/null`

// oneBundle writes a file that begins like a bundle.
func oneBundle(t *testing.T, size int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.bundle")
	data := append([]byte("\x82\x71tongxing/bundle/1"), bytes.Repeat([]byte{0xa5, 1}, size)...)[:size]
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCtrlCEndsTheSeriesAndGivesTheTerminalBack(t *testing.T) {
	for lang, until := range map[string]string{"en": "Frame 3, about 1 are needed; Ctrl-C ends", "zh": "第 3 帧，约需 1 帧；Ctrl-C 结束"} {
		shown, status := terminalRun(t, 120, 60, until, "bundle", "screen", oneBundle(t, 300), "--fps", "30", "--lang", lang)
		if status != program.StatusOK {
			t.Fatalf("status %d: %q", status, shown)
		}
		_, after, ended := strings.Cut(shown, endShow)
		if !strings.HasPrefix(shown, beginShow) || !ended || strings.Contains(after, "\x1b") || !strings.Contains(after, "x.bundle") {
			t.Errorf("the terminal is not as before: %q ... %q", shown[:20], after)
		}
	}
}

func TestSeriesInTheTerminalEndsAfterItsFrames(t *testing.T) {
	shown, status := terminalRun(t, 120, 60, "", "bundle", "screen", oneBundle(t, 2000), "--fps", "30", "--frames", "4")
	if status != program.StatusOK || strings.Count(shown, "Ctrl-C ends") != 4 || !strings.Contains(shown, endShow+"Showed 4 frames") {
		t.Errorf("status %d, %d frames", status, strings.Count(shown, "Ctrl-C ends"))
	}
}

// pictureOf is the picture that half blocks in a terminal are, of three pixels a module.
func pictureOf(text string) image.Image {
	const module = 3
	lines := strings.Split(text, "\r\n")
	picture := image.NewGray(image.Rect(0, 0, module*200, module*2*len(lines)))
	for i := range picture.Pix {
		picture.Pix[i] = 0xff
	}
	for y, line := range lines {
		line = strings.NewReplacer("\x1b[30;107m", "", "\x1b[0m", "").Replace(line)
		for x, half := range []rune(line) {
			for i := range module * module {
				column, row := module*x+i%module, 2*module*y+i/module
				if half == '▀' || half == '█' {
					picture.SetGray(column, row, color.Gray{})
				}
				if half == '▄' || half == '█' {
					picture.SetGray(column, row+module, color.Gray{})
				}
			}
		}
	}
	return picture
}

func TestWhatTheTerminalShowsIsReadBack(t *testing.T) {
	path := oneBundle(t, 5000)
	shown, _ := terminalRun(t, 120, 60, "", "bundle", "screen", path, "--fps", "30", "--frames", "2")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	e, err := series.NewEncoder(data, series.Options{})
	if err != nil {
		t.Fatal(err)
	}
	frames := strings.Split(shown, homeCursor)[1:]
	if len(frames) != 2 {
		t.Fatalf("%d frames", len(frames))
	}
	for n, frame := range frames {
		symbol, _, _ := strings.Cut(frame, "Frame ")
		texts, err := scan.Texts(pictureOf(symbol))
		if err != nil || !slices.Equal(texts, []string{e.Frame(uint32(n))}) {
			t.Errorf("frame %d: %d texts, %v", n, len(texts), err)
		}
	}
}

func TestSymbolsFitTheTerminalOrNothingIsShown(t *testing.T) {
	path := oneBundle(t, 20_000)
	for _, c := range []struct {
		columns, lines uint16
		symbol         string
		says           string
	}{
		{120, 60, "0", "about 48 are needed"},
		{120, 40, "0", "about 80 are needed"}, // version 13 takes 40 lines
		{65, 34, "0", "about 144 are needed"},
		{64, 34, "0", "a symbol of version 10 takes 65 columns and 34 lines"},
		{65, 33, "0", "too small (65 columns, 33 lines)"},
		{93, 48, "17", "about 48 are needed"},
		{93, 47, "17", "a symbol of version 17 takes 93 columns and 48 lines"},
	} {
		shown, status := terminalRun(t, c.columns, c.lines, "", "bundle", "screen", path, "--frames", "1", "--fps", "30", "--symbol", c.symbol)
		fits := strings.Contains(shown, beginShow)
		if !strings.Contains(shown, c.says) || fits != (status == program.StatusOK) {
			t.Errorf("%d x %d, --symbol %s: status %d, %q", c.columns, c.lines, c.symbol, status, last(shown, 300))
		}
	}
}

func last(text string, n int) string { return text[max(0, len(text)-n):] }

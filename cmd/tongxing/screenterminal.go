package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/trustlist/fetch/series"
)

// What a terminal is told (ECMA-48 and the DEC private modes that all of today's
// know): the other screen buffer and no cursor while frames are shown, and all as
// it was behind them.
const (
	beginShow  = "\x1b[?1049h\x1b[?25l\x1b[2J"
	endShow    = "\x1b[?25h\x1b[?1049l"
	clearShow  = "\x1b[2J"
	homeCursor = "\x1b[H"
	clearLine  = "\x1b[K"
)

// window returns the columns and lines of a terminal.
type window func() (columns, lines int, err error)

// screenTerminal shows the frames in the terminal, one after the other without an
// end, until it is interrupted or --frames have been shown. To be interrupted is
// how it ends: no fault.
func (a *app) screenTerminal(ctx context.Context, f screenFlags, path string, data []byte) error {
	out, ok := a.Stdout.(*os.File)
	if !ok || !terminal(out) {
		return program.Usage("screen_where")
	}
	restore, err := control(out)
	if err != nil {
		return program.FailWith(err, "screen_terminal")
	}
	defer restore()
	size := func() (int, int, error) { return term.GetSize(int(out.Fd())) }
	if err := fitSymbol(&f, size); err != nil {
		return err
	}
	e, err := a.encoder(f, path, data)
	if err != nil {
		return err
	}
	shown, err := a.show(ctx, f, e, size)
	if err != nil {
		return err
	}
	a.Say("screen_shown", shown, e.Count(), path)
	return nil
}

// spaceOf returns the columns and lines that a symbol takes with its quiet zone and
// the line of text below it.
func spaceOf(version int) (columns, lines int) {
	modules := 17 + 4*version + 2*qr.QuietZone
	return modules, (modules+1)/2 + 1
}

// fitSymbol chooses the largest symbol up to the default one that the window has
// room for, where none was asked for.
func fitSymbol(f *screenFlags, size window) error {
	columns, lines, err := size()
	if err != nil {
		return fmt.Errorf("size of the terminal: %w", err)
	}
	fits := func(version int) bool {
		c, l := spaceOf(version)
		return c <= columns && l <= lines
	}
	smallest := f.version
	if f.version == 0 {
		smallest = series.MinVersion
		for f.version = series.DefaultVersion; f.version > smallest && !fits(f.version); {
			f.version--
		}
	}
	if !fits(f.version) {
		c, l := spaceOf(smallest)
		return program.Fail("terminal_small", columns, lines, smallest, c, l)
	}
	return nil
}

// show draws frame after frame and returns how many it has shown. However it ends,
// the terminal is as it was before.
func (a *app) show(ctx context.Context, f screenFlags, e *series.Encoder, size window) (shown int, err error) {
	if _, err := a.Out.WriteString(beginShow); err != nil {
		return 0, err
	}
	defer func() {
		_, failed := a.Out.WriteString(endShow)
		err = errors.Join(err, failed, a.Out.Flush())
	}()
	ticker := time.NewTicker(time.Duration(float64(time.Second) / f.fps))
	defer ticker.Stop()
	var was canvas
	for f.frames == 0 || shown < f.frames {
		if err := a.showFrame(e, uint32(shown), size, &was); err != nil {
			return shown, err
		}
		shown++
		select {
		case <-ctx.Done():
			return shown, nil
		case <-ticker.C:
		}
	}
	return shown, nil
}

// canvas is what a frame was drawn on: when it changes, what stands there goes.
type canvas struct{ columns, lines, modules int }

func (a *app) showFrame(e *series.Encoder, sequence uint32, size window, was *canvas) error {
	symbol, err := qr.Encode(e.Frame(sequence))
	if err != nil {
		return err
	}
	columns, lines, err := size()
	if err != nil {
		return fmt.Errorf("size of the terminal: %w", err)
	}
	begin := homeCursor
	if now := (canvas{columns, lines, symbol.Size()}); now != *was {
		begin, *was = clearShow+homeCursor, now
	}
	if _, err := a.Out.WriteString(begin); err != nil {
		return err
	}
	if err := symbol.WriteTerminal(a.Out, qr.BlackOnWhite); err != nil {
		return err
	}
	if _, err := a.Out.WriteString(a.Lang.Say("screen_status", sequence, e.Count()) + clearLine); err != nil {
		return err
	}
	return a.Out.Flush()
}

package main

import (
	"bufio"
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/gate"
	"github.com/tongxing/tongxing/gate/screen"
	"github.com/tongxing/tongxing/gate/training"
	"github.com/tongxing/tongxing/gate/wedge"
)

// headless judges what a scanner, or a program, writes: a line in, a line of JSON
// out, flushed at once.
func (a *app) headless(ctx context.Context, f *flags) error {
	p, err := a.assemble(ctx, f)
	if err != nil {
		return err
	}
	sources, err := p.sources(f)
	if err != nil {
		return err
	}
	if err := a.importOnce(ctx, p, sources); err != nil {
		return err
	}
	a.noteClock(p)
	lines, failed := a.lines(ctx)
	var out []byte
	for line := range lines {
		out = out[:0]
		for _, answer := range a.answers(ctx, p, line) {
			out = append(answer.AppendJSON(out), '\n')
		}
		if _, err := a.Out.Write(out); err != nil {
			return err
		}
		if err := a.Out.Flush(); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return <-failed
}

// lines reads standard input line by line until it or the context ends, without
// waiting for a read that is under way.
func (a *app) lines(ctx context.Context) (<-chan string, <-chan error) {
	lines, failed := make(chan string), make(chan error, 1)
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(a.Stdin)
		scanner.Buffer(nil, wedge.MaxLength)
		for scanner.Scan() {
			select {
			case <-ctx.Done():
				return
			case lines <- scanner.Text():
			}
		}
		err := scanner.Err()
		switch {
		case errors.Is(err, bufio.ErrTooLong):
			err = program.FailFor(err, "gate_line_long", wedge.MaxLength)
		case errors.Is(err, io.EOF):
			err = nil
		}
		failed <- err
	}()
	return lines, failed
}

// answers judges what was typed in one line: each code by itself, for nobody says
// that two lines in a row are one person's.
func (a *app) answers(ctx context.Context, p *parts, line string) []gate.Answer {
	typed := wedge.Read(line)
	if typed.Garbled {
		return []gate.Answer{p.gate.Show(screen.SetScanner())}
	}
	for _, frame := range typed.Frames {
		p.keeper.AddFrame(ctx, frame) // what is wrong with one, the next makes good
	}
	var all []gate.Answer
	for _, code := range typed.Codes {
		if answer, err := p.gate.Judge(gate.Scan{Codes: []string{code}}); err == nil { // one code is never too many
			all = append(all, answer)
		}
	}
	return all
}

// selfTestCommand is `tongxing-gate selftest`.
func (a *app) selfTestCommand() *cobra.Command {
	return a.Command("selftest", "gate_selftest", cobra.NoArgs, func(context.Context, []string) error { return a.selfTest() })
}

// selfTest judges the codes of the training set, and fails where one gives anything
// else than it has to.
func (a *app) selfTest() error {
	set, err := training.Load()
	if err != nil {
		return err
	}
	passed, results := 0, set.SelfTest()
	for _, r := range results {
		if r.OK() {
			passed++
		} else if !a.JSON {
			a.Say("gate_selftest_wrong", r.Number, r.Label.In(string(a.Lang)), r.Got, r.Screen)
		}
	}
	if a.JSON {
		if err := a.PrintJSON(map[string]any{"ok": passed == len(results), "passed": passed, "total": len(results)}); err != nil {
			return err
		}
	} else {
		a.Say("gate_selftest_done", passed, len(results))
	}
	if passed < len(results) {
		a.Status = program.StatusRejects
	}
	return nil
}

package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"sync"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/gate"
	"github.com/tongxing/tongxing/gate/document"
	"github.com/tongxing/tongxing/gate/enrolment"
	"github.com/tongxing/tongxing/gate/people"
	"github.com/tongxing/tongxing/gate/screen"
	"github.com/tongxing/tongxing/gate/training"
	"github.com/tongxing/tongxing/gate/wedge"
	"github.com/tongxing/tongxing/verifier"
)

// headless judges what a scanner, or a program, writes: a line in, a line of JSON
// out, flushed at once. What lies on a document reader counts for the next codes, and
// bundles that come while it runs are imported.
func (a *app) headless(ctx context.Context, f *flags) error {
	if err := f.headlessFits(); err != nil {
		return err
	}
	socket, err := f.connected.socket(ctx)
	if err != nil {
		return err
	}
	if socket != nil {
		defer socket.Close()
	}
	p, err := a.assemble(ctx, f)
	if err != nil {
		return err
	}
	enrolled, err := a.people(&f.connected.enrol, p)
	if err != nil {
		return err
	}
	sources, err := p.sources(f)
	if err != nil {
		return err
	}
	at := len(f.watch) // a network that hangs holds nobody up who has knowledge already
	if p.keeper.State() == nil {
		at = len(sources)
	}
	if err := a.importOnce(ctx, p, sources[:at]); err != nil {
		return err
	}
	a.noteClock(p)
	running, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	defer work.Wait()
	defer stop()
	a.watch(running, &work, p, sources, len(f.watch), a.sourceNoter())
	a.purge(running, &work, enrolled)
	if err := a.judgeLines(ctx, p, enrolled, a.readings(running, &work, socket)); err != nil {
		return err
	}
	return ctx.Err()
}

// headlessFits refuses what --stdin would pass over without a word.
func (f *flags) headlessFits() error {
	c := &f.connected
	switch {
	case c.scanner != "":
		return program.Usage("flags_exclude", "--stdin", "--scanner")
	case c.counters:
		return program.Usage("flags_exclude", "--stdin", "--counters")
	case c.reader == "-":
		return program.Usage("flags_exclude", "--stdin", "--reader -")
	case c.enrol.file != "" && c.reader == "":
		return program.Usage("flag_required", "--reader")
	}
	return nil
}

// judgeLines writes the answers to lines and to readings, one after the other, until
// there are no more lines.
func (a *app) judgeLines(ctx context.Context, p *parts, enrolled *people.People, readings <-chan document.Reading) error {
	lines, failed := a.lines(ctx)
	var out []byte
	for {
		var answers []gate.Answer
		select {
		case line, more := <-lines:
			if !more {
				select {
				case err := <-failed:
					return err
				default:
					return nil
				}
			}
			answers = a.answers(ctx, p, line)
		case reading := <-readings:
			p.desk.Put(reading, p.clock())
			answers = a.opened(enrolled, reading)
		}
		out = out[:0]
		for _, answer := range answers {
			out = append(answer.AppendJSON(out), '\n')
		}
		if _, err := a.Out.Write(out); err != nil {
			return err
		}
		if err := a.Out.Flush(); err != nil {
			return err
		}
	}
}

// readings are what a document reader reads, until ctx ends; nil where there is none.
func (a *app) readings(ctx context.Context, work *sync.WaitGroup, socket net.Listener) <-chan document.Reading {
	if socket == nil {
		return nil
	}
	readings := make(chan document.Reading)
	take := func(r document.Reading) {
		select {
		case <-ctx.Done():
		case readings <- r:
		}
	}
	work.Go(func() { a.tell(document.Serve(ctx, socket, take, func(bool) {})) })
	return readings
}

// opened is the screen of the code that a document opens, as POST /v1/document gives
// it; nothing where nobody is enrolled here, or where no document was read.
func (a *app) opened(enrolled *people.People, r document.Reading) []gate.Answer {
	if enrolled == nil || r.Number == "" {
		return nil
	}
	answer, err := enrolled.Open(verifier.Presented(r.Type, r.Number, r.Name))
	switch {
	case errors.Is(err, enrolment.ErrNoDocument): // a number that is none: the code decides
		return nil
	case err != nil:
		a.tell(err)
		return nil
	}
	return []gate.Answer{answer}
}

// sourceNoter says what is wrong with a source when it begins to be, and not every time
// that it is looked at.
func (a *app) sourceNoter() func(error) {
	var mu sync.Mutex
	last := ""
	return func(err error) {
		mu.Lock()
		defer mu.Unlock()
		message := ""
		if err != nil {
			message, _ = a.Explain(sourceFault("", err))
		}
		if message != "" && message != last {
			a.warn("a source of bundles is not imported", "gate_source", message)
		}
		last = message
	}
}

// lines reads standard input line by line until it or the context ends, without
// waiting for a read that is under way.
func (a *app) lines(ctx context.Context) (<-chan string, <-chan error) {
	lines, failed := make(chan string), make(chan error, 1)
	go func() {
		defer close(lines)
		err := a.readLines(func(line string) bool {
			select {
			case <-ctx.Done():
				return false
			case lines <- line:
				return true
			}
		})
		if err != nil {
			failed <- err
		}
	}()
	return lines, failed
}

// readLines gives every line to take until it returns false. A line of more than
// wedge.MaxLength, which no scanner types, is given as an empty one, which is no code:
// noise does not end a device.
func (a *app) readLines(take func(string) bool) error {
	reader := bufio.NewReaderSize(a.Stdin, wedge.MaxLength)
	for {
		line, err := reader.ReadSlice('\n')
		text := string(line)
		if errors.Is(err, bufio.ErrBufferFull) {
			a.warn("a line is longer than a scanner sends", "gate_line_long", wedge.MaxLength)
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = reader.ReadSlice('\n')
			}
			text = "\n"
		}
		if text != "" && !take(text) || errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
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

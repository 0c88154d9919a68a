package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/qr/scan"
	"github.com/tongxing/tongxing/trustlist/fetch/series"
)

func (a *app) bundleGatherCommand() *cobra.Command {
	var out string
	c := a.Command("gather PICTURE|FOLDER|FILE|-...", "bundle_gather", cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
		return a.gather(ctx, out, args)
	})
	c.Flags().StringVar(&out, "out", "", a.Lang.Say("flag_gather_out"))
	return c
}

// gathering is what became of the texts and pictures so far.
type gathering struct {
	decoder *series.Decoder
	best    series.Progress // the series that is nearest to its file
	frames  int             // of any series
	others  int             // texts that are no frames
	damaged int             // texts that begin like a frame
	later   int             // frames of a later version
	unread  int             // pictures without a code
	forged  bool            // the frames so far contradict one another
}

// gather reads frames from pictures or lines until a file is complete. Nothing in
// it is believed: what it is and who signed it is for bundle apply to say.
func (a *app) gather(ctx context.Context, out string, args []string) error {
	if err := a.gatherPlaces(out, args); err != nil {
		return err
	}
	g := &gathering{decoder: series.NewDecoder()}
	bar := a.progressOf("progress_gather", "unit_frames")
	defer bar.end()
	for text := range a.framesOf(ctx, args) {
		if err := errors.Join(ctx.Err(), g.add(a, text)); err != nil {
			return err
		}
		if g.best.File != nil {
			break
		}
		bar.set(int64(g.best.Have), int64(g.best.Need))
	}
	bar.end()
	if err := ctx.Err(); err != nil {
		return err
	}
	if g.best.File == nil {
		return g.incomplete()
	}
	return a.writeGathered(out, g)
}

func (a *app) gatherPlaces(out string, args []string) error {
	if err := a.needOut(out); err != nil {
		return err
	}
	var inputs []place
	for _, arg := range args {
		if arg != "-" {
			inputs = append(inputs, place{arg, arg})
		}
	}
	return keepApart([]place{{"--out", out}}, inputs)
}

// add takes one text, or says why there is none.
func (g *gathering) add(a *app, text scanned) error {
	switch {
	case errors.Is(text.err, scan.ErrNoCode) || errors.Is(text.err, scan.ErrNotAPicture):
		g.unread++
		return nil
	case text.err != nil:
		return text.err
	}
	p, err := g.decoder.Add(text.text)
	switch {
	case errors.Is(err, series.ErrNotAFrame):
		g.others++
	case errors.Is(err, series.ErrLaterVersion):
		g.later++
	case errors.Is(err, series.ErrDamaged):
		g.damaged++
	case errors.Is(err, series.ErrPoisoned):
		g.frames++
		g.best, g.forged = series.Progress{}, true
		a.Note("gather_poisoned")
	case err != nil:
		return err
	default:
		g.frames++
		if p.File != nil || p.Session == g.best.Session || p.Have > g.best.Have {
			g.best = p
		}
	}
	return nil
}

// incomplete says why there is no file.
func (g *gathering) incomplete() error {
	switch {
	case g.forged && g.best.Have == g.best.Need:
		return program.Fail("gather_forged")
	case g.frames > 0:
		return program.Fail("gather_incomplete", g.best.Have, g.best.Need, g.unread, g.damaged)
	case g.later > 0:
		return program.Fail("gather_later")
	}
	return program.Fail("gather_nothing", g.others, g.unread, g.damaged)
}

// gathered is a file that came by screen, for programs.
type gathered struct {
	File    string `json:"file"`
	Kind    string `json:"kind"` // bundle or delta
	Bytes   int    `json:"bytes"`
	SHA256  string `json:"sha256"`
	Session string `json:"session"`
	Need    int    `json:"need"`
	Frames  int    `json:"frames"` // read until the file was complete, of all series
	Others  int    `json:"others"` // texts that are no frames
	Damaged int    `json:"damaged"`
	Unread  int    `json:"unread"` // pictures without a code
}

// writeGathered writes the file if it is one that a device has a use for: anybody
// can show a series of anything.
func (a *app) writeGathered(out string, g *gathering) error {
	p := g.best
	kind := trustFileKind(p.File)
	if kind == "" {
		return program.Fail("gather_other", p.Length, hexHash(p.Hash))
	}
	if err := a.writeOut(out, p.File, 0o644); err != nil {
		return err
	}
	if a.JSON {
		return a.PrintJSON(gathered{
			File: out, Kind: kind, Bytes: p.Length, SHA256: hexHash(p.Hash), Session: p.Session.String(),
			Need: p.Need, Frames: g.frames, Others: g.others, Damaged: g.damaged, Unread: g.unread,
		})
	}
	a.sayBeside(out)("gathered", out, a.Lang.Say("gathered_"+kind), p.Length, g.frames, p.Need, hexHash(p.Hash))
	return nil
}

// framesOf goes through the texts of the arguments as verify does, but takes each
// line of standard input when it comes: a scanner's last one is followed by none.
func (a *app) framesOf(ctx context.Context, args []string) iter.Seq[scanned] {
	return func(yield func(scanned) bool) {
		for _, arg := range args {
			if arg == "-" && !scannerLines(ctx, a.Stdin, yield) || arg != "-" && !a.codesOf(arg, yield) {
				return
			}
		}
	}
}

// scannerLines goes through the lines of a stream until it ends or ctx does: a
// reader that waits for a scanner cannot be interrupted itself.
func scannerLines(ctx context.Context, r io.Reader, yield func(scanned) bool) bool {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	all := make(chan scanned)
	go func() {
		defer close(all)
		reader := bufio.NewReaderSize(r, 1<<16)
		for {
			line, err := readLine(reader)
			next := scanned{text: strings.TrimSpace(line)}
			if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, os.ErrClosed) {
				next = scanned{err: err}
			}
			if next.text != "" || next.err != nil {
				select {
				case all <- next:
				case <-ctx.Done():
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return false
		case text, more := <-all:
			if !more {
				return true
			}
			if !yield(text) {
				return false
			}
		}
	}
}

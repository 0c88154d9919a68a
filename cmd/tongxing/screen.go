package main

import (
	"bytes"
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist/fetch/series"
)

const (
	defaultFPS = 10 // frames a second that a camera in the hand keeps up with
	maxFPS     = 30
	// maxFrames bounds the pictures of a folder and the lines of a text: some
	// fifty times what the largest file needs.
	maxFrames = 100_000
	// screenModule is the width of a module in pixels: a symbol is read from a
	// screen, from near.
	screenModule = 6
)

type screenFlags struct {
	out                     string
	frames, version, module int
	fps                     float64
}

func (a *app) bundleScreenCommand() *cobra.Command {
	var f screenFlags
	c := a.Command("screen FILE", "bundle_screen", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return a.screen(ctx, f, args[0])
	})
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_screen_out"))
	c.Flags().IntVar(&f.frames, "frames", 0, a.Lang.Say("flag_screen_frames"))
	c.Flags().IntVar(&f.version, "symbol", 0, a.Lang.Say("flag_symbol"))
	c.Flags().IntVar(&f.module, "module", screenModule, a.Lang.Say("flag_module"))
	c.Flags().Float64Var(&f.fps, "fps", defaultFPS, a.Lang.Say("flag_fps"))
	return c
}

// check holds the flags to their ranges.
func (f *screenFlags) check(a *app) error {
	switch {
	case f.frames < 0 || f.frames > maxFrames:
		return program.Usage("frames_range", f.frames, maxFrames)
	case !(f.fps > 0 && f.fps <= maxFPS): // not a number is no rate either
		return program.Usage("fps_range", f.fps, maxFPS)
	case f.version != 0 && (f.version < series.MinVersion || f.version > series.MaxVersion):
		return program.Usage("symbol_range", f.version, series.MinVersion, series.MaxVersion)
	case f.module < 1:
		return program.Usage("module_small", f.module)
	case a.JSON && f.out == "-":
		return program.Usage("json_and_stdout")
	case a.JSON && f.out == "":
		return program.Usage("flag_required", "--out")
	}
	return nil
}

// screen shows a bundle, or a delta of one, as a series of QR codes: in the
// terminal, as pictures in a folder, or as lines of text.
func (a *app) screen(ctx context.Context, f screenFlags, path string) error {
	if err := f.check(a); err != nil {
		return err
	}
	data, err := files.Read(path, maxBundle)
	if err != nil {
		return err
	}
	kind := trustFileKind(data)
	switch {
	case kind == "":
		return program.Fail("screen_of_other", path)
	case len(data) > series.MaxFile:
		return program.Fail("screen_too_large", path, len(data), series.MaxFile)
	case f.out == "":
		return a.screenTerminal(ctx, f, path, data)
	}
	e, err := a.encoder(f, path, data)
	if err != nil {
		return err
	}
	if f.frames == 0 {
		f.frames = e.Loop()
	}
	if f.out == "-" {
		return a.screenLines(ctx, f, e)
	}
	symbol, err := a.screenPictures(ctx, f, e)
	if err != nil {
		return err
	}
	shown := screened{
		Folder: f.out, Kind: kind, Bytes: len(data), SHA256: hexHash(e.Hash()), Session: e.Session().String(),
		Need: e.Count(), Frames: f.frames, Version: symbol,
	}
	if a.JSON {
		return a.PrintJSON(shown)
	}
	a.Say("screen_drawn", f.out, f.frames, symbol, shown.Bytes, shown.Need, shown.SHA256)
	return nil
}

// screened is a series in a folder for programs.
type screened struct {
	Folder  string `json:"folder"`
	Kind    string `json:"kind"` // bundle or delta
	Bytes   int    `json:"bytes"`
	SHA256  string `json:"sha256"` // of the file
	Session string `json:"session"`
	Need    int    `json:"need"` // frames that give the file back, about
	Frames  int    `json:"frames"`
	Version int    `json:"version"` // of the largest symbol
}

// encoder prepares the series in symbols of the version asked for.
func (a *app) encoder(f screenFlags, path string, data []byte) (*series.Encoder, error) {
	e, err := series.NewEncoder(data, series.Options{Version: f.version})
	if errors.Is(err, series.ErrTooManyBlocks) {
		return nil, program.FailFor(err, "screen_symbol_small", path, f.version)
	}
	return e, err
}

// screenLines writes the frames as lines of text, for programs that draw them.
func (a *app) screenLines(ctx context.Context, f screenFlags, e *series.Encoder) error {
	for n := range f.frames {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := a.Out.WriteString(e.Frame(uint32(n)) + "\n"); err != nil {
			return err
		}
	}
	return nil
}

// trustFileKind tells a bundle and a delta by how they begin, "" for any other
// file: an array of two, the first of which names kind and version.
func trustFileKind(data []byte) string {
	for _, kind := range []string{"bundle", "delta"} {
		name := "tongxing/" + kind + "/"
		if len(data) > 3 && data[0] == 0x82 && data[1]&0xe0 == 0x60 && bytes.HasPrefix(data[2:], []byte(name)) {
			return kind
		}
	}
	return ""
}

// emptyPlace holds a folder that is to be made to not being there, or being empty.
func emptyPlace(path string) error {
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return program.AboutFile(path, errors.Unwrap(err))
	case len(entries) > 0:
		return program.Fail("folder_not_empty", path)
	}
	return nil
}

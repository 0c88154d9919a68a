package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/trustlist/fetch/series"
)

// screenPictures writes the frames as numbered pictures into a folder that appears
// whole or not at all, and returns the version of the largest symbol.
func (a *app) screenPictures(ctx context.Context, f screenFlags, e *series.Encoder) (int, error) {
	f.out = filepath.Clean(f.out)
	if err := a.needOut(f.out); err != nil {
		return 0, err
	}
	if err := emptyPlace(f.out); err != nil {
		return 0, err
	}
	folder, err := os.MkdirTemp(filepath.Dir(f.out), ".tongxing-*")
	if err != nil {
		return 0, program.AboutFile(f.out, errors.Unwrap(err))
	}
	defer os.RemoveAll(folder) // which finds nothing once it has its name
	largest, err := a.drawFrames(ctx, f, e, folder)
	if err != nil {
		return 0, err
	}
	if err := os.Chmod(folder, 0o755); err != nil {
		return 0, program.AboutFile(f.out, errors.Unwrap(err))
	}
	if err := os.Remove(f.out); err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, program.AboutFile(f.out, errors.Unwrap(err))
	}
	if err := os.Rename(folder, f.out); err != nil {
		return 0, program.AboutFile(f.out, errors.Unwrap(err))
	}
	return largest, nil
}

// drawFrames draws one picture a frame. Their names sort in the order in which they
// are to be shown.
func (a *app) drawFrames(ctx context.Context, f screenFlags, e *series.Encoder, folder string) (int, error) {
	bar := a.progressOf("progress_pictures", "unit_pictures")
	defer bar.end()
	largest, digits := 0, max(4, len(fmt.Sprint(f.frames)))
	for n := range f.frames {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		symbol, err := qr.Encode(e.Frame(uint32(n)))
		if err != nil {
			return 0, err
		}
		largest = max(largest, symbol.Version())
		var picture bytes.Buffer
		err = symbol.WritePNG(&picture, qr.Options{ModuleSize: f.module})
		if errors.Is(err, qr.ErrOptions) {
			return 0, program.Usage("module_range", f.module, qr.MaxSide/(symbol.Size()+2*qr.QuietZone))
		}
		if err != nil {
			return 0, err
		}
		name := fmt.Sprintf("frame-%0*d.png", digits, n)
		if err := os.WriteFile(filepath.Join(folder, name), picture.Bytes(), 0o644); err != nil {
			return 0, program.AboutFile(f.out, errors.Unwrap(err))
		}
		bar.set(int64(n), int64(f.frames))
	}
	return largest, nil
}

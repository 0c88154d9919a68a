package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/device"
	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
	"github.com/tongxing/tongxing/trustlist/fetch/layout"
	"github.com/tongxing/tongxing/trustlist/fetch/publisher"
)

func (a *app) bundleDeltaCommand() *cobra.Command {
	var out string
	c := a.Command("delta OLD NEW", "bundle_delta", cobra.ExactArgs(2), func(_ context.Context, args []string) error {
		return a.bundleDelta(args[0], args[1], out)
	})
	c.Flags().StringVar(&out, "out", "", a.Lang.Say("flag_delta_out"))
	return c
}

// madeDelta is the result of bundle delta for programs.
type madeDelta struct {
	File         string `json:"file"`
	Bytes        int    `json:"bytes"`
	SHA256       string `json:"sha256"` // of the file
	From         string `json:"from"`   // SHA-256 of the old bundle
	To           string `json:"to"`     // SHA-256 of the new bundle
	ToBytes      int64  `json:"to_bytes"`
	Instructions int    `json:"instructions"`
	Inserted     int    `json:"inserted_bytes"`
}

// bundleDelta writes the delta from one bundle to another.
func (a *app) bundleDelta(oldPath, newPath, out string) error {
	if err := a.needOut(out); err != nil {
		return err
	}
	if err := keepApart([]place{{"--out", out}}, []place{{"OLD", oldPath}, {"NEW", newPath}}); err != nil {
		return err
	}
	old, err := a.readBundle(oldPath)
	if err != nil {
		return err
	}
	new, err := a.readBundle(newPath)
	if err != nil {
		return err
	}
	data, err := delta.Make(old, new)
	if errors.Is(err, delta.ErrSame) {
		return program.FailFor(err, "delta_same", oldPath, newPath)
	}
	if err != nil {
		return err
	}
	made, err := delta.Parse(data)
	if err != nil {
		return err
	}
	if err := a.writeOut(out, data, 0o644); err != nil {
		return err
	}
	if a.JSON {
		return a.PrintJSON(madeDelta{
			File: out, Bytes: len(data), SHA256: hexHash(sha256.Sum256(data)), From: hexHash(made.From().Hash), To: hexHash(made.To().Hash),
			ToBytes: made.To().Size, Instructions: made.Instructions(), Inserted: made.Inserted(),
		})
	}
	a.sayBeside(out)("delta_made", out, len(data), len(new), hexHash(made.From().Hash), hexHash(made.To().Hash))
	if len(data) >= len(new) {
		a.Note("delta_no_gain")
	}
	return nil
}

// readBundle reads a file that has to be a bundle. What is in it nobody has
// verified.
func (a *app) readBundle(path string) ([]byte, error) {
	data, err := files.Read(path, trustlist.MaxBundle)
	if err != nil {
		return nil, err
	}
	if _, err := trustlist.ParseBundle(data); err != nil {
		return nil, device.TrustFault(path, err)
	}
	return data, nil
}

type publishFlags struct {
	dir, at string
	keep    int
}

func (a *app) bundlePublishCommand() *cobra.Command {
	var f publishFlags
	c := a.Command("publish BUNDLE", "bundle_publish", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return a.bundlePublish(f, args[0])
	})
	c.Flags().StringVar(&f.dir, "dir", "", a.Lang.Say("flag_publish_dir"))
	c.Flags().IntVar(&f.keep, "keep", publisher.DefaultKeep, a.Lang.Say("flag_keep"))
	c.Flags().StringVar(&f.at, "at", "", a.Lang.Say("flag_at"))
	return c
}

// publishedView is the result of bundle publish for programs.
type publishedView struct {
	Dir       string            `json:"dir"`
	Bundle    publishedFile     `json:"bundle"`
	Deltas    []publishedDelta  `json:"deltas"`
	Unchanged bool              `json:"unchanged"`
	Skipped   []string          `json:"skipped"` // kept bundles that are damaged
	Removed   []string          `json:"removed"`
	Report    *trustlist.Report `json:"report"`
}

type publishedFile struct {
	Name   string `json:"name"` // below the folder, with slashes
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

type publishedDelta struct {
	From string `json:"from"` // SHA-256 of the bundle that it applies to
	publishedFile
}

// checkKeep bounds how many older bundles there are deltas from.
func checkKeep(keep int) error {
	if keep < 1 || keep > layout.MaxDeltas {
		return program.Usage("keep_range", keep, layout.MaxDeltas)
	}
	return nil
}

// bundlePublish makes a bundle the newest of a folder that any file server can
// give to devices.
func (a *app) bundlePublish(f publishFlags, path string) error {
	if f.dir == "" {
		return program.Usage("flag_required", "--dir")
	}
	if err := checkKeep(f.keep); err != nil {
		return err
	}
	at, err := a.at(f.at)
	if err != nil {
		return err
	}
	bundle, err := a.readBundle(path)
	if err != nil {
		return err
	}
	published, err := publishInto(f, bundle, at)
	if err != nil {
		return a.publishError(f.dir, path, err)
	}
	if !published.Report.Clean() {
		a.Status = program.StatusRejects
	}
	if a.JSON {
		return a.PrintJSON(viewPublished(f.dir, published))
	}
	a.tellPublished(f.dir, path, published)
	return nil
}

func publishInto(f publishFlags, bundle []byte, at time.Time) (*publisher.Published, error) {
	p, err := publisher.Open(f.dir, publisher.Options{Keep: f.keep})
	if err != nil {
		return nil, err
	}
	published, err := p.Publish(bundle, at.Unix())
	return published, errors.Join(err, p.Close())
}

// publishError gives the faults of a publication their words.
func (a *app) publishError(dir, path string, err error) error {
	var unresolved *fs.PathError
	switch {
	case errors.Is(err, publisher.ErrOlder):
		return program.FailWith(err, "publish_older", path, dir)
	case errors.Is(err, publisher.ErrNotLoaded):
		return device.TrustFault(path, err)
	case errors.Is(err, layout.ErrLaterVersion):
		return program.FailFor(err, "pointer_later", dir)
	case errors.Is(err, publisher.ErrPointer):
		return program.FailFor(err, "pointer_damaged", filepath.Join(dir, layout.PointerName))
	case errors.Is(err, publisher.ErrPublished):
		return program.FailFor(err, "published_damaged", dir)
	case errors.Is(err, publisher.ErrBusy):
		return program.FailFor(err, "publish_busy", dir)
	case errors.As(err, &unresolved) && unresolved.Op == "mkdir" && errors.Is(err, fs.ErrNotExist):
		return program.FailFor(err, "publish_no_folder", filepath.Dir(filepath.Clean(dir)))
	}
	return &files.PathError{Path: dir, Err: err}
}

func viewPublished(dir string, p *publisher.Published) publishedView {
	newest := p.Latest.Bundle
	view := publishedView{
		Dir: dir, Bundle: viewFile(layout.BundleName(newest.Hash), newest), Deltas: []publishedDelta{},
		Unchanged: p.Unchanged, Skipped: append([]string{}, p.Skipped...), Removed: append([]string{}, p.Removed...), Report: p.Report,
	}
	for _, d := range p.Latest.Deltas {
		view.Deltas = append(view.Deltas, publishedDelta{hexHash(d.From), viewFile(layout.DeltaName(d.Hash), d.File)})
	}
	return view
}

func viewFile(name string, f layout.File) publishedFile {
	return publishedFile{name, hexHash(f.Hash), f.Size}
}

func (a *app) tellPublished(dir, path string, p *publisher.Published) {
	newest := p.Latest.Bundle
	if p.Unchanged {
		a.Say("publish_unchanged", path, dir)
	} else {
		a.Say("publish_done", path, filepath.Join(dir, layout.BundleName(newest.Hash)), newest.Size)
	}
	for _, d := range p.Latest.Deltas {
		a.Say("publish_delta", hexHash(d.From), d.Size)
	}
	for _, name := range p.Skipped {
		a.Note("publish_skipped", filepath.Join(dir, name))
	}
	a.tellReport(p.Report)
}

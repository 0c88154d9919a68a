package publisher

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
	"github.com/tongxing/tongxing/trustlist/fetch/layout"
)

// DefaultKeep is how many bundles before the newest are kept unless [Options]
// say otherwise: two weeks of daily publications.
const DefaultKeep = 14

// Options are how a folder is published.
type Options struct {
	// Keep is how many bundles before the newest stay in the folder, with a delta
	// from each: 1 to layout.MaxDeltas, 0 for [DefaultKeep].
	Keep int
}

// Publisher publishes into one folder. It is safe for concurrent use: one
// publication at a time.
type Publisher struct {
	folder folder
	keep   int
	made   []string // folders that Open has made, the outer first
}

// Open opens the folder at path and makes what is missing of it; the folder
// above has to be there. Close gives it back.
func Open(path string, options Options) (*Publisher, error) {
	keep := options.Keep
	if keep == 0 {
		keep = DefaultKeep
	}
	if keep < 1 || keep > layout.MaxDeltas {
		return nil, fmt.Errorf("%w: %d, from 1 to %d", ErrKeep, options.Keep, layout.MaxDeltas)
	}
	p := &Publisher{keep: keep}
	for _, name := range []string{path, filepath.Join(path, layout.Bundle.Folder()), filepath.Join(path, layout.Delta.Folder())} {
		switch err := os.Mkdir(name, 0o755); {
		case err == nil:
			p.made = append(p.made, name)
		case !errors.Is(err, fs.ErrExist):
			p.removeEmpty()
			return nil, err
		}
	}
	var err error
	if p.folder, err = openFolder(path); err != nil {
		p.removeEmpty()
		return nil, err
	}
	return p, nil
}

// Close ends the use of the folder. Folders that Open has made and that are
// still empty go: a publication that was refused leaves nothing.
func (p *Publisher) Close() error {
	p.removeEmpty()
	return p.folder.root.Close()
}

func (p *Publisher) removeEmpty() {
	for _, name := range slices.Backward(p.made) {
		os.Remove(name) // fails when there is something in it
	}
	p.made = nil
}

// Published is what a publication has made.
type Published struct {
	Latest    layout.Latest     // what the pointer says now
	Unchanged bool              // the bundle was the newest already
	Report    *trustlist.Report // what a device would not take of the bundle; never nil
	Skipped   []string          // kept bundles that are damaged: no delta from them
	Removed   []string          // files that were too old to stay
}

// Publish makes bundle the newest of the folder, with deltas from those before
// it. Clock is now in unix seconds: the bundle is loaded as a device would that
// has the published one. A fault of one region is in the report and keeps the
// others' documents from nobody; an older document of a region is refused.
//
// The errors are told apart with errors.Is: [ErrNotLoaded], wrapping that of
// trustlist.Load, [ErrOlder], [ErrPointer], [ErrPublished], [ErrBusy]; others are
// of the file system. After an error the pointer says what it said before.
func (p *Publisher) Publish(bundle []byte, clock int64) (*Published, error) {
	release, err := p.folder.lock()
	if err != nil {
		return nil, err
	}
	defer release()
	before, err := p.pointer()
	if err != nil {
		return nil, err
	}
	report, err := p.admit(bundle, before, clock)
	if err != nil {
		return nil, err
	}
	published := &Published{Report: report}
	if published.Latest.Bundle, err = p.folder.keep(layout.Bundle, bundle); err != nil {
		return nil, err
	}
	if err := p.addDeltas(published, bundle); err != nil {
		return nil, err
	}
	return published, p.point(published, before)
}

// pointer returns what the pointer says, or nil when there is none.
func (p *Publisher) pointer() (*layout.Latest, error) {
	data, err := p.folder.read(layout.PointerName, layout.MaxPointer)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	latest, err := layout.ParsePointer(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPointer, err)
	}
	return latest, nil
}

// admit loads the bundle as a device would, which has the published one when
// there is one: the chain then begins at the root that is in force there.
func (p *Publisher) admit(bundle []byte, before *layout.Latest, clock int64) (*trustlist.Report, error) {
	options := trustlist.LoadOptions{Clock: clock}
	var anchor trustlist.Anchor
	if before == nil || before.Bundle.Hash == sha256.Sum256(bundle) {
		parts, err := trustlist.ParseBundle(bundle)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNotLoaded, err)
		}
		if anchor, err = trustlist.ParseAnchor(parts.Roots[0]); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNotLoaded, err)
		}
	} else {
		trust, err := p.published(before, clock)
		if err != nil {
			return nil, err
		}
		anchor, options.Previous = trustlist.AnchorHash(trust.Root().Hash), trust
	}
	_, report, err := trustlist.Load(bundle, anchor, options)
	switch {
	case older(err):
		return nil, fmt.Errorf("%w: %w", ErrOlder, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrNotLoaded, err)
	}
	for _, fault := range report.Faults {
		if older(fault) {
			return nil, fmt.Errorf("%w: %w", ErrOlder, fault)
		}
	}
	return report, nil
}

func older(err error) bool {
	return errors.Is(err, trustlist.ErrRollback) || errors.Is(err, trustlist.ErrFork)
}

// published returns what a device believes that has the published bundle.
func (p *Publisher) published(before *layout.Latest, clock int64) (*trustlist.Trust, error) {
	bundle, err := p.folder.readNamed(layout.BundleName(before.Bundle.Hash), before.Bundle.Hash, trustlist.MaxBundle)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPublished, err)
	}
	parts, err := trustlist.ParseBundle(bundle)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPublished, err)
	}
	anchor, err := trustlist.ParseAnchor(parts.Roots[0])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPublished, err)
	}
	trust, _, err := trustlist.Load(bundle, anchor, trustlist.LoadOptions{Clock: clock})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPublished, err)
	}
	return trust, nil
}

// addDeltas makes a delta from each of the bundles that are kept. One that is
// as large as the bundle helps nobody.
func (p *Publisher) addDeltas(published *Published, bundle []byte) error {
	bases, err := p.bases(published.Latest.Bundle.Hash)
	if err != nil {
		return err
	}
	for _, base := range bases {
		old, err := p.folder.readNamed(layout.BundleName(base), base, trustlist.MaxBundle)
		if err != nil {
			published.Skipped = append(published.Skipped, layout.BundleName(base))
			continue
		}
		data, err := delta.Make(old, bundle)
		if err != nil {
			return err
		}
		if len(data) >= len(bundle) {
			continue
		}
		file, err := p.folder.keep(layout.Delta, data)
		if err != nil {
			return err
		}
		published.Latest.Deltas = append(published.Latest.Deltas, layout.DeltaFile{From: base, File: file})
	}
	slices.SortFunc(published.Latest.Deltas, func(a, b layout.DeltaFile) int { return bytes.Compare(a.From[:], b.From[:]) })
	return nil
}

// bases returns the bundles before the newest that are kept, the latest first.
func (p *Publisher) bases(newest [32]byte) ([][32]byte, error) {
	bundles, err := p.folder.list(layout.Bundle)
	if err != nil {
		return nil, err
	}
	var bases [][32]byte
	for _, b := range bundles {
		if b.hash != newest && len(bases) < p.keep {
			bases = append(bases, b.hash)
		}
	}
	return bases, nil
}

// point replaces the pointer, and then removes what neither it nor the one
// before names and is not kept.
func (p *Publisher) point(published *Published, before *layout.Latest) error {
	data, err := published.Latest.Encode()
	if err != nil {
		return err
	}
	published.Unchanged = before != nil && before.Bundle == published.Latest.Bundle
	if now, err := p.folder.read(layout.PointerName, layout.MaxPointer); err == nil && bytes.Equal(now, data) {
		return nil
	}
	if err := p.folder.replacePointer(data); err != nil {
		return err
	}
	if published.Unchanged {
		return nil
	}
	return p.prune(published, before)
}

func (p *Publisher) prune(published *Published, before *layout.Latest) error {
	bundles, deltas := map[[32]byte]bool{}, map[[32]byte]bool{}
	bases, err := p.bases(published.Latest.Bundle.Hash)
	if err != nil {
		return err
	}
	for _, base := range bases {
		bundles[base] = true
	}
	for _, latest := range []*layout.Latest{&published.Latest, before} {
		if latest == nil {
			continue
		}
		bundles[latest.Bundle.Hash] = true
		for i := range latest.Deltas {
			deltas[latest.Deltas[i].Hash] = true
		}
	}
	for kind, stays := range map[layout.Kind]map[[32]byte]bool{layout.Bundle: bundles, layout.Delta: deltas} {
		removed, err := p.folder.prune(kind, stays)
		published.Removed = append(published.Removed, removed...)
		if err != nil {
			return err
		}
	}
	slices.Sort(published.Removed)
	return nil
}

// Latest returns what the pointer of the folder at path says, or fs.ErrNotExist
// when nothing is published there.
func Latest(path string) (*layout.Latest, error) {
	f, err := openFolder(path)
	if err != nil {
		return nil, err
	}
	defer f.root.Close()
	p := Publisher{folder: f}
	latest, err := p.pointer()
	if err == nil && latest == nil {
		err = &fs.PathError{Op: "open", Path: layout.PointerName, Err: fs.ErrNotExist}
	}
	return latest, err
}

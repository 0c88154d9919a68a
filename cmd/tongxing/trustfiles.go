package main

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/device"
	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fingerprint"
)

// maxDocument bounds a signed document, maxBundle a bundle, as files.
const (
	maxDocument = 16 << 20
	maxBundle   = 64 << 20
)

// trustFlags say where the trust material is and where trust begins.
type trustFlags struct {
	bundle, store, root string

	source string // file that was loaded
}

func (f *trustFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.bundle, "bundle", "", a.Lang.Say("flag_bundle"))
	c.Flags().StringVar(&f.store, "store", "", a.Lang.Say("flag_store"))
	c.Flags().StringVar(&f.root, "root", "", a.Lang.Say("flag_root"))
}

// load loads the bundle, starting from the root document or the hash of one that
// --root gives, or without --bundle the store. Faults of single regions are told
// and do not stop it.
func (f *trustFlags) load(a *app, at time.Time) (*trustlist.Trust, error) {
	if f.bundle == "" {
		return f.loadStore(a, at)
	}
	if f.store != "" {
		return nil, program.Usage("flags_exclude", "--bundle", "--store")
	}
	anchor, err := f.anchor()
	if err != nil {
		return nil, err
	}
	data, err := files.Read(f.bundle, maxBundle)
	if err != nil {
		return nil, err
	}
	trust, report, err := trustlist.Load(data, anchor, trustlist.LoadOptions{Clock: at.Unix()})
	if err != nil {
		return nil, device.TrustFault(f.bundle, err)
	}
	f.source = f.bundle
	a.tellReport(report)
	return trust, nil
}

// loadStore loads what the device has imported: from the store that --store names,
// else from the default one if it is there. With --root the store has to begin
// with that root.
func (f *trustFlags) loadStore(a *app, at time.Time) (*trustlist.Trust, error) {
	path := f.store
	if path == "" {
		path = device.DefaultStore(a.Getenv)
		if _, err := os.Stat(path); path == "" || errors.Is(err, fs.ErrNotExist) {
			return nil, program.Usage("flag_required", "--bundle")
		}
		if err := config.CheckFolders(a.Program); err != nil {
			return nil, err
		}
	}
	var anchor trustlist.Anchor
	if f.root != "" {
		var err error
		if anchor, err = f.anchor(); err != nil {
			return nil, err
		}
	}
	state, err := a.storedTrust(path, anchor, at)
	if err != nil {
		return nil, err
	}
	f.source = path
	a.tellReport(state.Report)
	return state.Trust, nil
}

// anchor reads --root: the name of a root document, or the hash of one in either
// form. A file of that name comes first.
func (f *trustFlags) anchor() (trustlist.Anchor, error) {
	if f.root == "" {
		return trustlist.Anchor{}, program.Usage("flag_required", "--root")
	}
	anchor, err := device.Anchor(f.root)
	if errors.Is(err, fingerprint.ErrChecksum) {
		return trustlist.Anchor{}, f.wrongFingerprint(err)
	}
	return anchor, err
}

// maxSlips is how many characters of a fingerprint may be wrong for them to be
// pointed out. Nobody finds a root whose fingerprint differs from another's in
// so few.
const maxSlips = 3

// wrongFingerprint says which characters of a fingerprint are wrong, where they
// can be known from the roots in the bundle.
func (f *trustFlags) wrongFingerprint(err error) error {
	for _, hash := range f.rootsOfBundle() {
		if places := fingerprint.Differences(f.root, hash); len(places) > 0 && len(places) <= maxSlips {
			var numbers []string
			for _, place := range places {
				numbers = append(numbers, strconv.Itoa(place))
			}
			return program.FailFor(err, "fingerprint_differs", strings.Join(numbers, ", "), f.bundle)
		}
	}
	return err
}

// rootsOfBundle returns the hashes of the roots that the bundle says it has,
// newest first; none, when it cannot be read.
func (f *trustFlags) rootsOfBundle() [][32]byte {
	data, err := files.Read(f.bundle, maxBundle)
	if err != nil {
		return nil
	}
	parts, err := trustlist.ParseBundle(data)
	if err != nil {
		return nil
	}
	var hashes [][32]byte
	for _, root := range slices.Backward(parts.Roots) {
		if u, err := trustlist.Open(root); err == nil {
			hashes = append(hashes, u.Hash())
		}
	}
	return hashes
}

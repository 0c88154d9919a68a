package main

import (
	"encoding/hex"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/trustlist"
)

// maxDocument bounds a signed document, maxBundle a bundle, as files.
const (
	maxDocument = 16 << 20
	maxBundle   = 64 << 20
)

// trustFlags say where the trust material is and where trust begins.
type trustFlags struct{ bundle, root string }

func (f *trustFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.bundle, "bundle", "", a.lang.Say("flag_bundle"))
	c.Flags().StringVar(&f.root, "root", "", a.lang.Say("flag_root"))
}

// load loads the bundle, starting from the root document or the hash of one that
// --root gives. Faults of single regions are told and do not stop it.
func (f *trustFlags) load(a *app, at time.Time) (*trustlist.Trust, error) {
	if f.bundle == "" {
		return nil, usage("flag_required", "--bundle")
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
		return nil, a.trustError(f.bundle, err)
	}
	a.tellReport(report)
	return trust, nil
}

func (f *trustFlags) anchor() (trustlist.Anchor, error) {
	if f.root == "" {
		return trustlist.Anchor{}, usage("flag_required", "--root")
	}
	if hash, err := hex.DecodeString(f.root); err == nil && len(hash) == 32 {
		return trustlist.AnchorHash([32]byte(hash)), nil
	}
	data, err := files.Read(f.root, maxDocument)
	if err != nil {
		return trustlist.Anchor{}, err
	}
	anchor, err := trustlist.ParseAnchor(data)
	if err != nil {
		return trustlist.Anchor{}, failFor(err, "root_unreadable", f.root)
	}
	return anchor, nil
}

// trustError gives the faults of trust material their words.
func (a *app) trustError(path string, err error) error {
	for _, known := range []struct {
		target error
		key    string
	}{
		{trustlist.ErrNotABundle, "not_a_bundle"},
		{trustlist.ErrLaterVersion, "later_bundle"},
		{trustlist.ErrNotAnchored, "not_anchored"},
		{trustlist.ErrThreshold, "threshold_missed"},
		{trustlist.ErrRollback, "rollback"},
	} {
		if errors.Is(err, known.target) {
			return failFor(err, known.key, path)
		}
	}
	return failWith(err, "bundle_refused", path)
}

package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
	"github.com/tongxing/tongxing/trustlist/fetch"
	"github.com/tongxing/tongxing/trustlist/fetch/layout"
)

// How long an import waits for another one to end.
const (
	busyPause = 50 * time.Millisecond
	busyTries = 200
)

// defaultStore is where a device keeps its trust when no flag says where: the
// user's data folder (XDG Base Directory Specification), on Windows the local
// application data.
func (a *app) defaultStore() string {
	folder := a.getenv("XDG_DATA_HOME")
	if runtime.GOOS == "windows" && folder == "" {
		folder = a.getenv("LocalAppData")
	}
	if !filepath.IsAbs(folder) { // the specification says so of relative ones
		home := a.getenv("HOME")
		if home == "" {
			return ""
		}
		folder = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(folder, "tongxing", "trust.store")
}

// storePath is the file of the store: as the flag says, else the default one.
func (a *app) storePath(flag string) (string, error) {
	if flag != "" {
		return flag, nil
	}
	if path := a.defaultStore(); path != "" {
		return path, nil
	}
	return "", usage("flag_required", "--store")
}

// openStore opens the store at path. The anchor may be the zero one; an import
// waits for another one to end.
func (a *app) openStore(ctx context.Context, path string, anchor trustlist.Anchor) (*fetch.Store, error) {
	return a.openStoreFor(ctx, path, fetch.StoreOptions{Anchor: anchor})
}

func (a *app) openStoreFor(ctx context.Context, path string, o fetch.StoreOptions) (*fetch.Store, error) {
	o.Busy = func(tries int) bool {
		if tries > busyTries {
			return false
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(busyPause):
			return true
		}
	}
	store, err := fetch.OpenStore(path, o)
	if err != nil {
		return nil, a.fetchError(path, err)
	}
	return store, nil
}

// storedTrust is what the device believes, from its store.
func (a *app) storedTrust(path string, anchor trustlist.Anchor, at time.Time) (*fetch.State, error) {
	store, err := a.openStore(context.Background(), path, anchor)
	if err != nil {
		return nil, err
	}
	state, err := store.Current(at.Unix())
	if err != nil {
		return nil, a.fetchError(path, err)
	}
	return state, nil
}

// fetchErrors are the faults of stores and sources that have a message of their
// own; each takes what it is about.
var fetchErrors = []explanation{
	{fetch.ErrNoStore, "store_missing"},
	{fetch.ErrNotAStore, "not_a_store"},
	{fetch.ErrLaterStore, "store_later"},
	{fetch.ErrDamaged, "store_damaged"},
	{fetch.ErrNoAnchor, "store_no_root"},
	{fetch.ErrOtherAnchor, "store_other_root"},
	{fetch.ErrBusy, "store_busy"},
	{fetch.ErrNotRegular, "not_regular"},
	{fetch.ErrNothingFound, "stick_empty"},
	{fetch.ErrNoBase, "delta_no_base"},
	{delta.ErrNotADelta, "not_a_delta"},
	{delta.ErrWrongResult, "not_a_delta"},
	{delta.ErrLaterVersion, "delta_later"},
	{fetch.ErrAddress, "address_wrong"},
	{fetch.ErrNoAnswer, "no_answer"},
	{fetch.ErrEndless, "too_much_data"},
	{fetch.ErrTooSlow, "too_slow"},
	{fetch.ErrTimeout, "too_long"},
	{fetch.ErrCut, "connection_cut"},
	{fetch.ErrRedirect, "redirected"},
	{fetch.ErrBadAnswer, "bad_answer"},
	{fetch.ErrWrongContent, "wrong_content"},
	{fetch.ErrNothingNewer, "nothing_newer"},
	{layout.ErrNotAPointer, "not_a_pointer"},
	{layout.ErrLaterVersion, "later_bundle"},
}

// fetchError gives the faults of a store or a source their words; what names what
// it was about where the error does not.
func (a *app) fetchError(what string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	what, inStore := aboutWhat(what, err)
	if inStore && errors.Is(err, fetch.ErrUntrusted) {
		if errors.Is(err, trustlist.ErrLaterVersion) {
			return failFor(err, "store_later", what)
		}
		return failFor(err, "store_untrusted", what)
	}
	if inStore && errors.Is(err, fs.ErrNotExist) {
		return &files.PathError{Path: filepath.Dir(what), Err: files.ErrNoFolder}
	}
	var status *fetch.StatusError
	if errors.As(err, &status) {
		return failFor(err, "no_such_page", what, status.Code)
	}
	for _, known := range fetchErrors {
		if errors.Is(err, known.target) {
			return failFor(err, known.key, what)
		}
	}
	for _, known := range explanations {
		if errors.Is(err, known.target) { // of the system
			return &files.PathError{Path: what, Err: known.target}
		}
	}
	return a.trustError(what, err)
}

// aboutWhat returns the file or address that an error names, and whether it is
// that of the store.
func aboutWhat(what string, err error) (string, bool) {
	var store *fetch.StoreError
	var file *fetch.FileError
	var address *fetch.HTTPError
	switch {
	case errors.As(err, &store):
		return store.Path, true
	case errors.As(err, &file):
		return file.Path, false
	case errors.As(err, &address):
		return address.Address, false
	}
	return what, false
}

// makeFolder makes the folder of a file with those above it, for its owner
// alone, and returns what takes the new ones away again while they are empty.
func makeFolder(path string) (undo func(), err error) {
	var missing []string
	for folder := filepath.Dir(path); ; folder = filepath.Dir(folder) {
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		missing = append(missing, folder)
	}
	undo = func() {
		for _, folder := range missing {
			os.Remove(folder)
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return undo, aboutFile(filepath.Dir(path), err)
	}
	return undo, nil
}

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
	"github.com/tongxing/tongxing/cmd/internal/program"
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
	folder := a.Getenv("XDG_DATA_HOME")
	if runtime.GOOS == "windows" && folder == "" {
		folder = a.Getenv("LocalAppData")
	}
	if !filepath.IsAbs(folder) { // the specification says so of relative ones
		home := a.Getenv("HOME")
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
	return "", program.Usage("flag_required", "--store")
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
var fetchErrors = []program.Explanation{
	{Target: fetch.ErrNoStore, Key: "store_missing"},
	{Target: fetch.ErrNotAStore, Key: "not_a_store"},
	{Target: fetch.ErrLaterStore, Key: "store_later"},
	{Target: fetch.ErrDamaged, Key: "store_damaged"},
	{Target: fetch.ErrNoAnchor, Key: "store_no_root"},
	{Target: fetch.ErrOtherAnchor, Key: "store_other_root"},
	{Target: fetch.ErrBusy, Key: "store_busy"},
	{Target: fetch.ErrNotRegular, Key: "not_regular"},
	{Target: fetch.ErrNothingFound, Key: "stick_empty"},
	{Target: fetch.ErrNoBase, Key: "delta_no_base"},
	{Target: delta.ErrNotADelta, Key: "not_a_delta"},
	{Target: delta.ErrWrongResult, Key: "not_a_delta"},
	{Target: delta.ErrLaterVersion, Key: "delta_later"},
	{Target: fetch.ErrAddress, Key: "address_wrong"},
	{Target: fetch.ErrNoAnswer, Key: "no_answer"},
	{Target: fetch.ErrEndless, Key: "too_much_data"},
	{Target: fetch.ErrTooSlow, Key: "too_slow"},
	{Target: fetch.ErrTimeout, Key: "too_long"},
	{Target: fetch.ErrCut, Key: "connection_cut"},
	{Target: fetch.ErrRedirect, Key: "redirected"},
	{Target: fetch.ErrBadAnswer, Key: "bad_answer"},
	{Target: fetch.ErrWrongContent, Key: "wrong_content"},
	{Target: fetch.ErrNothingNewer, Key: "nothing_newer"},
	{Target: layout.ErrNotAPointer, Key: "not_a_pointer"},
	{Target: layout.ErrLaterVersion, Key: "later_bundle"},
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
			return program.FailFor(err, "store_later", what)
		}
		return program.FailFor(err, "store_untrusted", what)
	}
	if inStore && errors.Is(err, fs.ErrNotExist) {
		return &files.PathError{Path: filepath.Dir(what), Err: files.ErrNoFolder}
	}
	var status *fetch.StatusError
	if errors.As(err, &status) {
		return program.FailFor(err, "no_such_page", what, status.Code)
	}
	for _, known := range fetchErrors {
		if errors.Is(err, known.Target) {
			return program.FailFor(err, known.Key, what)
		}
	}
	if known, ok := a.Explanation(err); ok { // of the system
		return &files.PathError{Path: what, Err: known.Target}
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
		return undo, program.AboutFile(filepath.Dir(path), err)
	}
	return undo, nil
}

package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/device"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fetch"
)

// How long an import waits for another one to end.
const (
	busyPause = 50 * time.Millisecond
	busyTries = 200
)

// storePath is the file of the store: as the flag says, else the default one.
func (a *app) storePath(flag string) (string, error) {
	if flag != "" {
		return flag, nil
	}
	if path := device.DefaultStore(a.Getenv); path != "" {
		return path, config.CheckFolders(a.Program)
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
		return nil, device.Fault(path, err)
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
		return nil, device.Fault(path, err)
	}
	return state, nil
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

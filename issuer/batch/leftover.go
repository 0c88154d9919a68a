package batch

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
)

// Confirm notes in the job's folder that what Deliver gave stands where it is to
// stand. From then on its input may be forgotten.
func Confirm(ctx context.Context, o DeliverOptions, delivered Delivered) error {
	d, err := newDelivery(ctx, o)
	if err != nil {
		return err
	}
	content, err := json.Marshal(delivered)
	if err != nil {
		return fmt.Errorf("batch: %w", err)
	}
	if err := d.parts.writeSynced(deliveredName(d.state.Digest), append(content, '\n')); err != nil {
		return fmt.Errorf("batch: note the delivery: %w", err)
	}
	return nil
}

// The names of the files in a job's folder.
const (
	partPattern      = "[0-9]*.jsonl"
	deliveredPattern = "delivered-*"
	planPattern      = "plan-*"
)

// deliveredName names the note of a delivery by the job's digest, as the plan.
func deliveredName(digest hash) string { return "delivered-" + hex.EncodeToString(digest[:8]) }

// maxDelivered bounds the note of a delivery, most of which is the job's name.
const maxDelivered = 4096

// delivered reads the note of a delivery, or returns ErrNotDelivered.
func (p partStore) delivered(digest hash) (d Delivered, err error) {
	path := filepath.Join(p.folder, deliveredName(digest))
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() > maxDelivered {
		return Delivered{}, ErrNotDelivered
	}
	if err != nil {
		return Delivered{}, fmt.Errorf("batch: %w", err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return Delivered{}, fmt.Errorf("batch: %w", err)
	}
	if err := json.Unmarshal(content, &d); err != nil {
		return Delivered{}, fmt.Errorf("%w: %w", ErrNotDelivered, err)
	}
	return d, nil
}

// all returns the paths of the files in the folder whose names have a pattern; none
// where the folder is gone.
func (p partStore) all(pattern string) (paths []string, err error) {
	entries, err := os.ReadDir(p.folder)
	if gone(err) != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	for _, entry := range entries {
		if matches, err := filepath.Match(pattern, entry.Name()); err == nil && matches {
			paths = append(paths, filepath.Join(p.folder, entry.Name()))
		}
	}
	return paths, nil
}

// steps are what Delete does, one by one, so that a test can stop between any two.
func (f *Forgetting) steps() iter.Seq[func() error] {
	return func(yield func(func() error) bool) {
		if f.input != nil && !yield(f.removeInput) {
			return
		}
		for _, patterns := range [][]string{{partPattern, unnamed, deliveredPattern}, {planPattern}} {
			for _, pattern := range patterns {
				if !f.parts.removeAll(pattern, yield) {
					return
				}
			}
			if !yield(f.parts.sync) {
				return
			}
		}
		yield(f.parts.removeFolder)
	}
}

// removeAll yields the removal of each file with a pattern.
func (p partStore) removeAll(pattern string, yield func(func() error) bool) bool {
	paths, err := p.all(pattern)
	if err != nil {
		return yield(func() error { return err })
	}
	for _, path := range paths {
		if !yield(func() error { return gone(os.Remove(path)) }) {
			return false
		}
	}
	return true
}

// sync makes last what was removed in the folder.
func (p partStore) sync() error { return gone(syncFolder(p.folder)) }

// removeFolder removes the folder, which is empty unless somebody put in it what is
// not of the job: that is not deleted.
func (p partStore) removeFolder() error {
	if err := gone(os.Remove(p.folder)); err != nil {
		return err
	}
	return gone(syncFolder(filepath.Dir(p.folder)))
}

// gone takes a file that is gone already for one that was removed.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

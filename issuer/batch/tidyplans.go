package batch

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/tongxing/tongxing/issuer/registry"
)

// PlannedRegistry is a registry of which the plans of jobs are known.
type PlannedRegistry interface {
	registry.Jobs
	// Identity tells the registry from others.
	Identity() registry.Identity
}

// maxUnplanned bounds the files in the folder of a job that was never planned; one
// with more was worked on.
const maxUnplanned = 64

// TidyPlans removes from the folder for parts what runs left there that were killed
// before the registry had their job: files that never got a name, and plans of the
// registry's own that it has no job for. Only what was written last before a time is
// looked at, for others may be planning; plans of another registry, or of a version
// that did not name it, stay.
func TidyPlans(ctx context.Context, r PlannedRegistry, parts string, before time.Time) (removed int, err error) {
	folders, err := os.ReadDir(parts)
	if gone(err) != nil {
		return 0, fmt.Errorf("batch: %w", err)
	}
	for _, folder := range folders {
		if err := ctx.Err(); err != nil {
			return removed, err
		}
		if !folder.IsDir() {
			continue
		}
		n, err := tidyPlan(ctx, r, partStore{filepath.Join(parts, folder.Name())}, before)
		if removed += n; err != nil {
			return removed, err
		}
	}
	return removed, nil
}

// tidyPlan is TidyPlans for one folder, which goes when nothing is left in it.
func tidyPlan(ctx context.Context, r PlannedRegistry, parts partStore, before time.Time) (removed int, err error) {
	names, err := parts.few()
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		left, err := parts.isLeft(ctx, r, name, before)
		if err != nil {
			return removed, err
		}
		if !left {
			continue
		}
		if err := parts.remove(name); err != nil {
			return removed, err
		}
		removed++
	}
	if removed > 0 && removed == len(names) {
		return removed, parts.removeFolder()
	}
	return removed, nil
}

// few returns the names in the folder, or none where there are too many.
func (p partStore) few() ([]string, error) {
	folder, err := os.Open(p.folder)
	if err != nil {
		return nil, gone(err)
	}
	defer folder.Close()
	names, err := folder.Readdirnames(maxUnplanned + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("batch: %w", err)
	}
	if len(names) > maxUnplanned {
		return nil, nil
	}
	return names, nil
}

// isLeft reports whether a file was left by a run that was killed.
func (p partStore) isLeft(ctx context.Context, r PlannedRegistry, name string, before time.Time) (bool, error) {
	nameless, _ := filepath.Match(unnamed, name)
	plan, _ := filepath.Match(planPattern, name)
	if !nameless && !plan {
		return false, nil
	}
	info, err := os.Lstat(filepath.Join(p.folder, name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // another run tidies
	}
	if err != nil || !info.Mode().IsRegular() || !info.ModTime().Before(before) {
		return false, err
	}
	if nameless {
		return true, nil
	}
	head, err := p.head(name)
	if err != nil || head.Registry != identityOf(r) || p.folder != jobFolder(filepath.Dir(p.folder), head.Job) {
		return false, err
	}
	state, err := r.JobState(ctx, head.Job)
	if errors.Is(err, registry.ErrNotFound) {
		return true, nil
	}
	return err == nil && name != blueprintName(state.Digest), err
}

// head reads the first line of a plan; one that is damaged says nothing.
func (p partStore) head(name string) (b blueprint, err error) {
	f, err := os.Open(filepath.Join(p.folder, name))
	if err != nil {
		return blueprint{}, gone(err)
	}
	defer f.Close()
	line, err := bufio.NewReader(io.LimitReader(f, maxBlueprintHead)).ReadBytes('\n')
	if err != nil || json.Unmarshal(line, &b) != nil {
		return blueprint{}, nil
	}
	return b, nil
}

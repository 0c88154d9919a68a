package batch_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/batch/batchtest"
	"github.com/tongxing/tongxing/issuer/registry"
)

// killed is a registry whose process dies before it has the job.
type killed struct{ registry.Store }

var errKilled = errors.New("killed")

func (killed) PlanJob(context.Context, registry.Job, iter.Seq2[registry.PlannedChunk, error], int64) (bool, error) {
	return false, errKilled
}

// planAs plans three people under a name, with another registry than the workshop's.
func (w *workshop) planAs(t *testing.T, jobs registry.Jobs, name string, people int, agree func(context.Context, registry.Job) error) error {
	t.Helper()
	_, err := batch.Plan(t.Context(), batch.PlanOptions{Issuer: w.issuer, Jobs: jobs, At: now, Now: now, Job: name,
		Parts: filepath.Join(w.folder, "parts"), Input: "/input", Chunk: 10, Agree: agree}, bytes.NewReader(batchtest.People(t, people)))
	return err
}

// left are the files in the folder for parts.
func (w *workshop) left(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(w.folder, "parts", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// What nobody agreed to, and what another job has the name of, leaves nothing beside
// the parts of others.
func TestARefusedPlanLeavesNothing(t *testing.T) {
	w := newWorkshop(t)
	refused := errors.New("no")
	err := w.planAs(t, w.registry, "night", 3, func(_ context.Context, job registry.Job) error {
		if job.Name != "night" || job.Records != 3 {
			t.Errorf("asked about %+v", job)
		}
		return refused
	})
	if folders, globbed := filepath.Glob(filepath.Join(w.folder, "parts", "*")); !errors.Is(err, refused) || globbed != nil || len(folders) != 0 {
		t.Fatalf("error %v, left %q", err, folders)
	}
	if err := w.planAs(t, w.registry, "night", 3, nil); err != nil {
		t.Fatal(err)
	}
	before := w.left(t)
	if err := w.planAs(t, w.registry, "night", 4, nil); !errors.Is(err, registry.ErrJobUsed) {
		t.Errorf("another job of that name: %v", err)
	}
	if after := w.left(t); len(before) != 1 || len(after) != 1 || after[0] != before[0] {
		t.Errorf("left %q, was %q", after, before)
	}
}

// A run that is killed before the registry has its job leaves a plan: it goes when it
// is old, and no other file does.
func TestPlansOfKilledRunsAreRemoved(t *testing.T) {
	w, other := newWorkshop(t), newWorkshop(t)
	parts := filepath.Join(w.folder, "parts")
	other.folder = w.folder // one folder for the parts of two registries
	for _, err := range []error{w.planAs(t, w.registry, "done", 3, nil), other.planAs(t, other.registry, "theirs", 3, nil)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := other.planAs(t, killed{other.registry}, "their-killed", 3, nil); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	keep := w.left(t)
	for _, name := range []string{"killed", "done"} { // "done" with other records than it has
		if err := w.planAs(t, killed{w.registry}, name, 4, nil); !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
	}
	for name, content := range map[string]string{".part-17": "{", "plan-0000000000000000": "{}", "plan-1111111111111111": "{"} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(keep[0]), name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tidy := func(before time.Time) int {
		t.Helper()
		removed, err := batch.TidyPlans(t.Context(), w.registry, parts, before)
		if err != nil {
			t.Fatal(err)
		}
		return removed
	}
	young, old := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	if removed := tidy(young); removed != 0 || len(w.left(t)) != len(keep)+5 {
		t.Errorf("%d were removed that another run may be writing", removed)
	}
	if removed := tidy(old); removed != 3 {
		t.Errorf("%d were removed, want 3", removed)
	}
	for _, path := range keep {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	if folders, err := os.ReadDir(parts); err != nil || len(folders) != 3 {
		t.Errorf("%d folders, error %v, want 3", len(folders), err)
	}
	if removed := tidy(old); removed != 0 {
		t.Errorf("%d were removed again", removed)
	}
	if removed, err := batch.TidyPlans(t.Context(), w.registry, filepath.Join(w.folder, "none"), old); removed != 0 || err != nil {
		t.Errorf("no folder: %d, %v", removed, err)
	}
	// And the killed job is planned again.
	if err := w.planAs(t, w.registry, "killed", 4, nil); err != nil {
		t.Error(err)
	}
}

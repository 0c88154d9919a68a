package batch_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/batch/batchtest"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// deliverOptions are those of job "job" in a folder.
func deliverOptions(reg batch.WorkerRegistry, folder string) batch.DeliverOptions {
	return batch.DeliverOptions{Registry: reg, Job: "job", Parts: filepath.Join(folder, "parts")}
}

// done is a job of n people that was worked on and delivered.
func done(t testing.TB, n int) *bulk {
	t.Helper()
	b := newBulk(t, n)
	b.plan(t)
	if err := b.work(t); err != nil {
		t.Fatal(err)
	}
	b.confirm(t)
	return b
}

func (b *bulk) confirm(t testing.TB) {
	t.Helper()
	o := deliverOptions(b.registry, b.folder)
	delivered, err := batch.Deliver(t.Context(), o)
	if err == nil {
		err = batch.Confirm(t.Context(), o, delivered)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (b *bulk) forgetOptions() batch.ForgetOptions {
	return batch.ForgetOptions{Registry: b.registry, Job: "job", Parts: filepath.Join(b.folder, "parts"), Key: batchtest.Key}
}

func (b *bulk) forget(t testing.TB, o batch.ForgetOptions) error {
	t.Helper()
	f, err := batch.PrepareForget(t.Context(), o)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Delete()
}

// requireForgotten holds the folder to the registry alone.
func (b *bulk) requireForgotten(t testing.TB) {
	t.Helper()
	if left := left(t, b.folder); len(left) != 0 {
		t.Errorf("%v are left", left)
	}
}

// left are the files of input and parts below a folder.
func left(t testing.TB, folder string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if name := filepath.Base(path); err == nil && path != folder && name != "parts" && !strings.HasPrefix(name, "33.registry") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// requireKept runs a deletion that is to be refused and delete nothing.
func (b *bulk) requireKept(t testing.TB, o batch.ForgetOptions, want error) {
	t.Helper()
	before := left(t, b.folder)
	if err := b.forget(t, o); !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
	if after := left(t, b.folder); !slices.Equal(before, after) {
		t.Errorf("left %v of %v", after, before)
	}
}

func TestAJobThatWasDeliveredIsForgotten(t *testing.T) {
	b := done(t, 25)
	f, err := batch.PrepareForget(t.Context(), b.forgetOptions())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := os.Stat(b.input)
	if err != nil || f.Bytes != info.Size() || f.Found != 3 || f.State.Records != 25 {
		t.Errorf("%d bytes, %d parts, %d records, error %v", f.Bytes, f.Found, f.State.Records, err)
	}
	if n, err := f.Void(t.Context()); n != 0 || err != nil {
		t.Errorf("%d chunks of a job that is done are void, error %v", n, err)
	}
	if err := f.Delete(); err != nil {
		t.Fatal(err)
	}
	b.requireForgotten(t)
	o := b.forgetOptions()
	if err := b.forget(t, o); err == nil {
		t.Error("forgotten twice, without a record")
	}
	o.Begun = true
	if err := b.forget(t, o); err != nil {
		t.Errorf("completed twice: %v", err)
	}
	if state, err := b.registry.JobState(t.Context(), "job"); err != nil || state.Issued != 25 {
		t.Errorf("the registry says %+v, error %v", state, err)
	}
}

// [DELETION-11]
func TestWhatIsNotDoneOrNotDeliveredIsNotForgotten(t *testing.T) {
	b := newBulk(t, 25)
	b.plan(t)
	var incomplete *batch.IncompleteError
	if err := b.forget(t, b.forgetOptions()); !errors.As(err, &incomplete) || incomplete.Committed != 0 {
		t.Errorf("error %v, want *IncompleteError", err)
	}
	if err := b.work(t); err != nil {
		t.Fatal(err)
	}
	b.requireKept(t, b.forgetOptions(), batch.ErrNotDelivered)
	o := deliverOptions(b.registry, b.folder)
	if err := batch.Confirm(t.Context(), o, batch.Delivered{Job: "job", Records: 24, Issued: 24}); err != nil {
		t.Fatal(err)
	}
	b.requireKept(t, b.forgetOptions(), batch.ErrNotDelivered)
	b.confirm(t)
	if err := b.forget(t, b.forgetOptions()); err != nil {
		t.Fatal(err)
	}
	b.requireForgotten(t)
}

// [DELETION-11]
func TestAJobThatIsGivenUpIssuesNothingAfterwards(t *testing.T) {
	b := newBulk(t, 25)
	b.plan(t)
	o := b.forgetOptions()
	o.Abandon = true
	f, err := batch.PrepareForget(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if n, err := f.Void(t.Context()); n != 3 || err != nil {
		t.Fatalf("%d chunks are void, error %v", n, err)
	}
	if err := f.Delete(); err != nil {
		t.Fatal(err)
	}
	b.requireForgotten(t)
	if err := b.work(t); err != nil {
		t.Errorf("a worker that comes late ends with %v", err)
	}
	if state, err := b.registry.JobState(t.Context(), "job"); err != nil || state.Issued != 0 || state.Committed != 3 {
		t.Errorf("%+v, error %v", state, err)
	}
}

// A worker that has begun with a chunk when the job is given up commits nothing, and
// goes on with other jobs.
func TestAWorkerWhoseJobIsGivenUpUnderItsHandsGoesOn(t *testing.T) {
	b := newBulk(t, 25)
	b.plan(t)
	worker, err := batch.NewWorker(batchtest.Work(b.registry, b.folder))
	if err != nil {
		t.Fatal(err)
	}
	o := b.forgetOptions()
	o.Abandon = true
	f, err := batch.PrepareForget(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	err = worker.Do(t.Context(), batch.Task{Job: "job", Number: 1}, func(ctx context.Context, chunk registry.Chunk) (registry.Receipt, error) {
		if _, err := f.Void(ctx); err != nil {
			t.Error(err)
		}
		if err := f.Delete(); err != nil {
			t.Error(err)
		}
		return b.registry.Commit(ctx, chunk)
	})
	if err != nil {
		t.Errorf("a commit too late: %v", err)
	}
	if err := worker.Do(t.Context(), batch.Task{Job: "job", Number: 2}, b.registry.Commit); err != nil {
		t.Errorf("a chunk too late: %v", err)
	}
	if state, err := b.registry.JobState(t.Context(), "job"); err != nil || state.Issued != 0 {
		t.Errorf("%+v, error %v", state, err)
	}
	b.requireForgotten(t)
}

// [DELETION-12]
func TestAFileThatIsNotTheInputIsNotDeleted(t *testing.T) {
	b := done(t, 25)
	content, err := os.ReadFile(b.input)
	if err != nil {
		t.Fatal(err)
	}
	changed := slices.Clone(content)
	changed[len(changed)/2] ^= 1
	cut := content[:len(content)-len(content)/10]
	for name, other := range map[string][]byte{
		"changed": changed, "cut short": cut, "longer": append(slices.Clone(content), "{}\n"...), "empty": nil, "twice": slices.Concat(content, content),
		"a long line": append(slices.Clone(content), make([]byte, 1<<20)...),
	} {
		if err := os.WriteFile(b.input, other, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Log(name)
		b.requireKept(t, b.forgetOptions(), batch.ErrInputChanged)
	}
	if err := os.WriteFile(b.input, content, 0o600); err != nil {
		t.Fatal(err)
	}
	b.requireKept(t, otherKey(b.forgetOptions()), batch.ErrNoBlueprint)
	if err := b.forget(t, b.forgetOptions()); err != nil {
		t.Errorf("the input itself: %v", err)
	}
}

func otherKey(o batch.ForgetOptions) batch.ForgetOptions {
	o.Key = batch.Key{1}
	return o
}

// [DELETION-12]
func TestALinkOrAFileWithASecondNameIsNotDeleted(t *testing.T) {
	b := done(t, 25)
	moved := filepath.Join(b.folder, "moved.jsonl")
	if err := os.Link(b.input, moved); err != nil {
		t.Fatal(err)
	}
	b.requireKept(t, b.forgetOptions(), batch.ErrNotAlone)
	if err := os.Remove(b.input); err != nil {
		t.Fatal(err)
	}
	b.requireKept(t, b.forgetOptions(), fs.ErrNotExist)
	if err := os.Symlink(moved, b.input); err != nil {
		t.Fatal(err)
	}
	b.requireKept(t, b.forgetOptions(), batch.ErrNotAlone)
	o := b.forgetOptions()
	o.Input = b.folder
	b.requireKept(t, o, batch.ErrNotAlone)
	if err := os.Remove(b.input); err != nil {
		t.Fatal(err)
	}
	o.Input = moved
	if err := b.forget(t, o); err != nil {
		t.Fatal(err)
	}
	b.requireForgotten(t)
}

// [DELETION-12]
func TestAFileThatWasPutInThePlaceOfTheInputIsNotDeleted(t *testing.T) {
	b := done(t, 25)
	f, err := batch.PrepareForget(t.Context(), b.forgetOptions())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	other := filepath.Join(b.folder, "other")
	if err := errors.Join(os.WriteFile(other, []byte("mine"), 0o600), os.Rename(other, b.input)); err != nil {
		t.Fatal(err)
	}
	before := left(t, b.folder)
	if err := f.Delete(); !errors.Is(err, batch.ErrInputChanged) {
		t.Errorf("error %v, want ErrInputChanged", err)
	}
	if after := left(t, b.folder); !slices.Equal(before, after) {
		t.Errorf("left %v of %v", after, before)
	}
}

func TestWhatIsNotOfTheJobIsNotDeleted(t *testing.T) {
	b := done(t, 25)
	folders, err := filepath.Glob(filepath.Join(b.folder, "parts", "*"))
	if err != nil || len(folders) != 1 {
		t.Fatal(folders, err)
	}
	mine := filepath.Join(folders[0], "mine.txt")
	if err := os.WriteFile(mine, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.forget(t, b.forgetOptions()); err == nil {
		t.Error("a folder with other files is gone, and nothing is said")
	}
	if after := left(t, b.folder); !slices.Equal(after, []string{folders[0], mine}) {
		t.Errorf("left %v", after)
	}
}

// The input was moved, so that who completes the deletion has to find it.
//
// [DELETION-13]
func TestADeletionThatIsKilledAtAnyStepIsCompleted(t *testing.T) {
	b := done(t, 25)
	steps := 0
	for more := true; more; steps++ {
		b = done(t, 25)
		moved := filepath.Join(b.folder, "moved.jsonl")
		if err := os.Rename(b.input, moved); err != nil {
			t.Fatal(err)
		}
		o := b.forgetOptions()
		o.Input = moved
		f, err := batch.PrepareForget(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if more, err = f.DeleteFirst(steps); err != nil {
			t.Fatal(err)
		}
		f.Close()
		again := b.forgetOptions()
		again.Begun = true
		if err := b.forget(t, again); err != nil {
			t.Errorf("after %d steps: %v", steps, err)
		}
		b.requireForgotten(t)
	}
	if steps < 9 {
		t.Errorf("%d steps", steps)
	}
}

// [DELETION-13]
func TestAProcessThatIsKilledWhileItDeletesIsFollowedByAnother(t *testing.T) {
	t.Parallel()
	b := done(t, 25)
	for steps := 1; steps <= 8; steps += 3 {
		batchtest.Start(t, childVariable+"="+b.folder, fmt.Sprintf("%s=forget:%d", bulkVariable, steps)).Killed(t)
	}
	o := b.forgetOptions()
	o.Begun = true
	if err := b.forget(t, o); err != nil {
		t.Fatal(err)
	}
	b.requireForgotten(t)
}

// forgetChild deletes so many steps and dies.
func forgetChild(folder, count string) error {
	steps, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	reg, err := sqlite.Open(context.Background(), registryIn(folder))
	if err != nil {
		return err
	}
	b := bulk{folder: folder, registry: reg}
	o := b.forgetOptions()
	o.Begun = true
	f, err := batch.PrepareForget(context.Background(), o)
	if err != nil {
		return err
	}
	if _, err := f.DeleteFirst(steps); err != nil {
		return err
	}
	batchtest.Kill()
	return nil
}

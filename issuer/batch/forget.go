package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tongxing/tongxing/issuer/registry"
)

var (
	// ErrNotDelivered reports a job whose codes were not all delivered (Confirm):
	// what is left of it is all that there is.
	ErrNotDelivered = errors.New("batch: the job was not delivered")
	// ErrNotAlone reports an input that is a link, no file, or a file with a second
	// name: to delete it would leave what is in it.
	ErrNotAlone = errors.New("batch: the input is no file of one name")
)

// ForgetOptions of a job whose input and parts are to be deleted.
type ForgetOptions struct {
	Registry ForgetRegistry
	Job      string
	Parts    string // folder for part files, the planner's
	Input    string // absolute path; "" is where the plan says that it is
	Key      Key    // the planner's
	// Abandon takes a job that is not done, or not delivered, too.
	Abandon bool
	// Begun says that a record of the deletion was written: what is gone by now was
	// deleted for it.
	Begun bool
}

// ForgetRegistry is what is needed of a registry to forget a job.
type ForgetRegistry interface {
	WorkerRegistry
	registry.JobLister
}

// Forgetting is a job that may be forgotten; nothing of it is deleted yet. Its input
// is held open until Close, so that the file that was held to the plan is the one
// that is deleted.
//
//	PrepareForget -> Void, of a job that is given up -> a record of it -> Delete -> Close
//
// Killed at any moment behind the record the same with Begun completes it.
type Forgetting struct {
	ForgetOptions
	State registry.JobState
	Bytes int64 // of the input, 0 where it is gone
	Found int   // parts that are there

	parts partStore
	input *os.File // nil where it is gone
	info  fs.FileInfo
}

// PrepareForget holds the input of a job to its plan and deletes nothing. Errors are
// an *[IncompleteError] and [ErrNotDelivered] (not with Abandon or Begun),
// [ErrNoBlueprint], [ErrInputChanged], [ErrNotAlone], and what the registry and the
// file system return; an input that is not there is fs.ErrNotExist (not with Begun).
func PrepareForget(ctx context.Context, o ForgetOptions) (*Forgetting, error) {
	if o.Registry == nil || o.Parts == "" {
		return nil, errors.New("batch: registry and folder for parts are required")
	}
	state, err := o.Registry.JobState(ctx, o.Job)
	if err != nil {
		return nil, fmt.Errorf("batch: job %q: %w", o.Job, err)
	}
	f := &Forgetting{ForgetOptions: o, State: state, parts: partStore{jobFolder(o.Parts, o.Job)}}
	if !o.Abandon && !o.Begun {
		if err := f.isDelivered(); err != nil {
			return nil, err
		}
	}
	plan, err := loadBlueprint(f.parts, state.Job, o.Key)
	switch {
	case err == nil:
		err = f.open(ctx, plan)
	case o.Begun && errors.Is(err, fs.ErrNotExist):
		err = f.withoutPlan() // the last file to go: the input is gone
	}
	if err == nil {
		err = f.count()
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// isDelivered reports by its error that a job is not done or was not delivered.
func (f *Forgetting) isDelivered() error {
	if f.State.Committed < f.State.Chunks {
		return &IncompleteError{f.Job, f.State.Committed, f.State.Chunks}
	}
	delivered, err := f.parts.delivered(f.State.Digest)
	if err != nil {
		return err
	}
	if delivered.Job != f.Job || delivered.Issued != f.State.Issued || delivered.Records != f.State.Records {
		return ErrNotDelivered
	}
	return nil
}

// withoutPlan refuses an input that there is nothing to hold to.
func (f *Forgetting) withoutPlan() error {
	if f.Input == "" {
		return nil
	}
	if !isGone(f.Input) {
		return ErrNoBlueprint
	}
	return nil
}

// open opens the input and holds it to the plan, byte for byte. Where it was moved
// the plan is told, so that who completes this finds it.
func (f *Forgetting) open(ctx context.Context, plan *blueprint) error {
	if f.Input == "" || f.Begun && isGone(f.Input) {
		f.Input = plan.Input
	}
	if f.Begun && isGone(f.Input) {
		return nil
	}
	if err := f.openAlone(); err != nil {
		return err
	}
	if err := holdTo(ctx, f.input, plan, f.Key); err != nil {
		return err
	}
	if f.Input == plan.Input {
		return nil
	}
	plan.Input = f.Input
	return plan.store(f.parts, f.State.Digest)
}

func isGone(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// openAlone opens the input, a file that has one name.
func (f *Forgetting) openAlone() error {
	named, err := os.Lstat(f.Input)
	if err != nil {
		return fmt.Errorf("batch: input: %w", err)
	}
	if !named.Mode().IsRegular() || namesOf(named) > 1 {
		return ErrNotAlone
	}
	if f.input, err = os.Open(f.Input); err == nil {
		f.info, err = f.input.Stat()
	}
	if err != nil {
		return fmt.Errorf("batch: input: %w", err)
	}
	if !os.SameFile(named, f.info) {
		return ErrInputChanged // since
	}
	f.Bytes = f.info.Size()
	return nil
}

// holdTo holds a whole input to its plan.
func holdTo(ctx context.Context, input io.Reader, plan *blueprint, key Key) error {
	cut := newCutter(input, plan.Chunk)
	var buffer []byte
	for number := 0; ; number++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		piece, err := cut.next(buffer)
		switch {
		case errors.Is(err, io.EOF) && number == len(plan.Pieces):
			return nil
		case errors.Is(err, io.EOF):
			return fmt.Errorf("%w: it has %d chunks, not %d", ErrInputChanged, number, len(plan.Pieces))
		case err != nil:
			return fmt.Errorf("%w: %w", ErrInputChanged, err)
		case number == len(plan.Pieces) || key.pieceHash(piece.data) != plan.Pieces[number]:
			return fmt.Errorf("%w: chunk %d", ErrInputChanged, number)
		}
		buffer = piece.data
	}
}

// SameInput reports whether an input is, byte for byte, the one that a job was planned
// of, whatever the sizes of chunks are. It is false too for a job whose plan is not in
// the folder for parts, as of one that was forgotten. Errors are those of the file
// system and of ctx.
func SameInput(ctx context.Context, parts string, job registry.Job, key Key, input io.Reader) (bool, error) {
	plan, err := loadBlueprint(partStore{jobFolder(parts, job.Name)}, job, key)
	if err == nil {
		err = holdTo(ctx, input, plan, key)
	}
	if errors.Is(err, ErrNoBlueprint) || errors.Is(err, ErrInputChanged) {
		return false, nil
	}
	return err == nil, err
}

// count counts the parts.
func (f *Forgetting) count() error {
	paths, err := f.parts.all(partPattern)
	if err != nil {
		return err
	}
	f.Found = len(paths)
	return nil
}

// Void commits what is open of a job that is given up as empty chunks, and returns
// how many: no worker takes them any more, and what one is about to commit is
// garbage. A job that is not given up has none.
func (f *Forgetting) Void(ctx context.Context) (voided uint32, err error) {
	if !f.Abandon {
		return 0, nil
	}
	open, err := f.Registry.Open(ctx, f.Job, -1, registry.MaxJobChunks)
	if err != nil {
		return 0, err
	}
	for _, number := range open {
		receipt, err := f.Registry.Commit(ctx, registry.Chunk{Job: f.Job, Number: number})
		if err != nil {
			return voided, fmt.Errorf("batch: void chunk %d: %w", number, err)
		}
		if !receipt.AlreadyCommitted {
			voided++
		}
	}
	return voided, nil
}

// Delete deletes the input, and then what there is in the job's folder, the plan
// last, each name gone for good before the next kind of file: an input without a
// plan would be held to nothing. Files are unlinked and their folders synced; their
// content is not overwritten, which would promise more than storage keeps.
func (f *Forgetting) Delete() error {
	for step := range f.steps() {
		if err := step(); err != nil {
			return fmt.Errorf("batch: delete: %w", err)
		}
	}
	return nil
}

// Close lets go of the input.
func (f *Forgetting) Close() error {
	if f.input == nil {
		return nil
	}
	return f.input.Close()
}

// removeInput removes the name of the input, if it is still that of the file that
// was held to the plan.
func (f *Forgetting) removeInput() error {
	now, err := os.Lstat(f.Input)
	if err != nil {
		return err
	}
	if !os.SameFile(now, f.info) || now.Size() != f.info.Size() || !now.ModTime().Equal(f.info.ModTime()) {
		return ErrInputChanged
	}
	if err := os.Remove(f.Input); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(f.Input))
}

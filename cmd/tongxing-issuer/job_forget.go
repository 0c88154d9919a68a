package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/deletion"
	"github.com/tongxing/tongxing/issuer/registry"
)

// forgetFlags of job forget.
type forgetFlags struct {
	environmentFlags
	folders           jobFolders
	input, record, by string
	abandon           bool
}

func (a *app) jobForgetCommand() *cobra.Command {
	var f forgetFlags
	c := a.Command("forget JOB", "job_forget", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return a.forgetJob(ctx, f, args[0])
	})
	f.addRegistry(a, c)
	f.folders.add(a, c)
	f.addRecordKeys(a, c)
	c.Flags().StringVar(&f.folders.key, "job-key", "", a.Lang.Say("flag_job_key"))
	c.Flags().StringVar(&f.input, "input", "", a.Lang.Say("flag_forget_input"))
	c.Flags().BoolVar(&f.abandon, "abandon", false, a.Lang.Say("flag_abandon"))
	c.Flags().StringVar(&f.record, "record", "", a.Lang.Say("flag_forget_record"))
	c.Flags().StringVar(&f.by, "by", "", a.Lang.Say("flag_operator"))
	return c
}

// complete holds the flags together and fills in what lies beside the registry.
func (f *forgetFlags) complete() (err error) {
	switch {
	case f.registry == "":
		return usage("flag_required", "--registry")
	case f.record == "":
		return usage("flag_required", "--record")
	case registry.CheckName("operator", f.by) != nil:
		return usage("flag_required", "--by")
	}
	if err := f.folders.beside(f.registry, true); err != nil {
		return err
	}
	if f.input != "" {
		f.input, err = filepath.Abs(f.input)
	}
	return err
}

// forgetting is one run of job forget.
type forgetting struct {
	*app
	forgetFlags
	store registry.Store
	keys  *recordKeys
	job   registry.JobState
	held  *batch.Forgetting
}

func (f *forgetting) act() string {
	if f.abandon {
		return deletion.Abandon
	}
	return deletion.Forget
}

// forgetJob deletes the input and the parts of a job, in the order of
// spec/deletion.md: nothing before its record is on the disk.
func (a *app) forgetJob(ctx context.Context, flags forgetFlags, job string) (err error) {
	if err := flags.complete(); err != nil {
		return err
	}
	flags.witness = a.witnessFor(flags.environmentFlags)
	f := &forgetting{app: a, forgetFlags: flags}
	if f.keys, err = a.openRecordKeys(flags.environmentFlags); err != nil {
		return err
	}
	defer f.keys.Close()
	if f.store, err = openRegistry(ctx, flags.environmentFlags); err != nil {
		return err
	}
	defer f.store.Close()
	if f.job, err = f.store.JobState(ctx, job); err != nil {
		return a.jobError(err, job, job)
	}
	record, begun, err := f.earlier()
	if err != nil {
		return err
	}
	if err := f.hold(ctx, begun); err != nil {
		if errors.Is(err, batch.ErrNotDelivered) && wasForgotten(ctx, f.store, job) {
			return failFor(err, "job_forgotten_before", job)
		}
		return err
	}
	defer f.held.Close()
	if begun {
		_, err = f.held.Void(ctx)
	} else {
		record, err = f.begin(ctx)
	}
	if err == nil {
		err = f.held.Delete()
	}
	if err == nil {
		err = f.end(ctx, record)
	}
	if err != nil {
		return f.explain(err)
	}
	if a.JSON {
		return a.PrintJSON(viewOf(record))
	}
	a.say("job_forgotten", job, record.Counts["bytes"], record.Counts["parts"], flags.record)
	return nil
}

// earlier reads the record of an earlier run that was cut short. One of something
// else is refused: it would cover a deletion that it does not tell.
func (f *forgetting) earlier() (record deletion.Record, begun bool, err error) {
	data, err := files.Read(f.record, deletion.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return deletion.Record{}, false, nil
	}
	if err != nil {
		return deletion.Record{}, false, err
	}
	record, _, err = deletion.Parse(data, f.keys.public())
	if err != nil || record.Act != f.act() || record.Object != f.job.Name || record.Digest == nil || *record.Digest != f.job.Digest {
		return deletion.Record{}, false, fail("forget_record_other", f.record, f.job.Name)
	}
	return record, true, nil
}

// hold holds the input to the plan.
func (f *forgetting) hold(ctx context.Context, begun bool) error {
	// A key that is not there is not made: nothing was planned with it.
	if _, err := os.Lstat(f.folders.key); err != nil {
		return program.AboutFile(f.folders.key, err)
	}
	key, err := jobKey(f.folders.key)
	if err != nil {
		return err
	}
	f.held, err = batch.PrepareForget(ctx, batch.ForgetOptions{
		Registry: f.store, Job: f.job.Name, Parts: f.folders.parts, Input: f.input, Key: key, Abandon: f.abandon, Begun: begun,
	})
	if err != nil {
		return f.explain(err)
	}
	return nil
}

// begin writes into the journal what is about to be done, and then the record.
func (f *forgetting) begin(ctx context.Context) (deletion.Record, error) {
	out, err := files.Create(f.record, 0o644) // nothing begins whose record cannot be written
	if err != nil {
		return deletion.Record{}, err
	}
	defer out.Discard()
	begun, err := f.append(ctx, "begun")
	if err != nil {
		return deletion.Record{}, err
	}
	voided, err := f.held.Void(ctx)
	if err != nil {
		return deletion.Record{}, err
	}
	record := deletion.Record{
		Act: f.act(), Object: f.job.Name, At: begun.At, By: f.by, Digest: &f.job.Digest,
		Journal: registry.JournalHead{Sequence: begun.Sequence, Hash: begun.Hash},
		Counts: map[string]uint64{"inputs": 1, "bytes": uint64(f.held.Bytes), "records": f.job.Records,
			"chunks": uint64(f.job.Chunks), "parts": uint64(f.held.Found)},
	}
	if f.abandon {
		record.Counts["voided"] = uint64(voided)
	}
	signed, err := deletion.Sign(record, f.keys.all...)
	if err == nil {
		_, err = out.Write(signed)
	}
	if err == nil {
		err = out.Commit()
	}
	if err == nil {
		err = files.SyncName(f.record)
	}
	return record, err
}

// append writes into the journal how far the act is.
func (f *forgetting) append(ctx context.Context, outcome string) (registry.JournalRecord, error) {
	detail, err := json.Marshal(struct {
		Digest string `json:"digest"`
		Open   uint32 `json:"open"` // chunks that were not committed
	}{hex.EncodeToString(f.job.Digest[:]), f.job.Chunks - f.job.Committed})
	if err != nil {
		return registry.JournalRecord{}, err
	}
	return f.store.Append(ctx, registry.JournalRecord{
		At: f.Clock().Unix(), Actor: f.by, Role: operatorRole, Act: "job " + f.act(), Object: f.job.Name, Outcome: outcome, Detail: detail,
	})
}

// end writes into the journal that it is done, once.
func (f *forgetting) end(ctx context.Context, record deletion.Record) error {
	for r, err := range f.store.Records(ctx, record.Journal.Sequence) {
		if err != nil {
			return err
		}
		if r.Act == "job "+f.act() && r.Object == f.job.Name && r.Outcome == "done" {
			return nil
		}
	}
	_, err := f.append(ctx, "done")
	return err
}

// wasForgotten reports whether the journal says that a job was forgotten or given
// up. A journal that cannot be read says nothing.
func wasForgotten(ctx context.Context, journal registry.Journal, job string) bool {
	for r, err := range journal.Records(ctx, 0) {
		if err != nil {
			return false
		}
		if r.Object == job && (r.Act == "job "+deletion.Forget || r.Act == "job "+deletion.Abandon) {
			return true
		}
	}
	return false
}

// explain gives the faults their words.
func (f *forgetting) explain(err error) error {
	input := f.input
	if input == "" {
		input = f.job.Name
	}
	var about *files.PathError
	switch {
	case errors.As(err, &about):
		return err
	case errors.Is(err, batch.ErrNotDelivered):
		return failFor(err, "job_not_delivered", f.job.Name)
	case errors.Is(err, batch.ErrInputChanged):
		return failFor(err, "forget_other_input", input)
	case errors.Is(err, batch.ErrNotAlone):
		return failFor(err, "forget_not_alone", input)
	case errors.Is(err, fs.ErrNotExist) && !errors.Is(err, batch.ErrNoBlueprint):
		return failFor(err, "forget_input_missing", f.job.Name)
	}
	return f.jobError(err, f.folders.parts, f.job.Name)
}

package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/registry"
)

// jobReport is a job for programs.
type jobReport struct {
	Job       string `json:"job"`
	Region    string `json:"region"`
	At        int64  `json:"at"`
	PlannedAt int64  `json:"planned_at"`
	Records   uint64 `json:"records"`
	Chunks    uint32 `json:"chunks"`
	Committed uint32 `json:"committed"`
	Issued    uint64 `json:"issued"`
}

func reportOf(s registry.JobState) jobReport {
	return jobReport{s.Name, fmt.Sprintf("%02d", s.Region), s.At, s.PlannedAt, s.Records, s.Chunks, s.Committed, s.Issued}
}

func (a *app) jobStatusCommand() *cobra.Command {
	var f environmentFlags
	c := a.Command("status JOB", "job_status", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		store, err := openRegistry(ctx, f)
		if err != nil {
			return err
		}
		defer store.Close()
		return a.tellJob(ctx, store, args[0])
	})
	f.addRegistry(a, c)
	return c
}

// tellJob says how far a job is.
func (a *app) tellJob(ctx context.Context, jobs registry.Jobs, name string) error {
	state, err := jobs.JobState(ctx, name)
	if err != nil {
		return a.jobError(err, name, name)
	}
	if a.JSON {
		return a.PrintJSON(reportOf(state))
	}
	a.sayJob(state)
	return nil
}

func (a *app) sayJob(s registry.JobState) {
	a.say("job_state", s.Name, s.Committed, s.Chunks, s.Issued, s.Records)
}

func (a *app) jobListCommand() *cobra.Command {
	var f environmentFlags
	c := a.Command("list", "job_list", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		store, err := openRegistry(ctx, f)
		if err != nil {
			return err
		}
		defer store.Close()
		reports := []jobReport{}
		for state, err := range store.Jobs(ctx) {
			if err != nil {
				return program.AboutFile(registryName(f.registry), err)
			}
			if !a.JSON {
				a.sayJob(state)
			}
			reports = append(reports, reportOf(state))
		}
		if a.JSON {
			return a.PrintJSON(reports)
		}
		return nil
	})
	f.addRegistry(a, c)
	return c
}

// deliverFlags of job deliver.
type deliverFlags struct {
	environmentFlags
	operatorFlags
	folders           jobFolders
	out, into, refuse string
}

func (a *app) jobDeliverCommand() *cobra.Command {
	var f deliverFlags
	c := a.Command("deliver JOB", "job_deliver", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return a.deliver(ctx, f, args[0])
	})
	f.addRegistry(a, c)
	f.folders.add(a, c)
	f.operatorFlags.add(a, c)
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_deliver_out"))
	c.Flags().StringVar(&f.into, "into", "", a.Lang.Say("flag_deliver_into"))
	c.Flags().StringVar(&f.refuse, "refused", "", a.Lang.Say("flag_refused"))
	return c
}

// deliver delivers a job that is done, whole or not at all, and then removes what
// workers left that nothing names.
func (a *app) deliver(ctx context.Context, f deliverFlags, job string) error {
	if (f.out == "") == (f.into == "") {
		return usage("deliver_where")
	}
	if err := f.folders.beside(f.registry, false); err != nil {
		return err
	}
	by, err := f.operator()
	if err != nil {
		return err
	}
	f.witness = a.witnessFor(f.environmentFlags)
	store, err := openRegistry(ctx, f.environmentFlags)
	if err != nil {
		return err
	}
	defer store.Close()
	// Who waits for the workers asks again and again: that is no act.
	if err := ready(ctx, store, job); err != nil {
		return a.jobError(err, job, job)
	}
	target, err := f.target(deliveryOwner(store, job))
	if err != nil {
		return err
	}
	defer target.discard()
	o := batch.DeliverOptions{Registry: store, Job: job, Parts: f.folders.parts, Codes: target.codes, Refused: target.refusal}
	var delivered batch.Delivered
	delivering := act{app: a, journal: store, by: by, name: actDeliver, object: job}
	err = delivering.do(ctx, func() error {
		delivered, err = target.take(ctx, o)
		return err
	})
	if errors.Is(err, batch.ErrOutputLost) && wasForgotten(ctx, store, job) {
		return failFor(err, "job_was_forgotten", job)
	}
	if errors.Is(err, registry.ErrDamaged) {
		return program.AboutFile(registryName(f.registry), err)
	}
	if err != nil {
		return a.jobError(err, job, job)
	}
	return a.tellDelivered(ctx, f, o, delivered, target.reasons)
}

// ready refuses a job that is not done.
func ready(ctx context.Context, store registry.Jobs, job string) error {
	state, err := store.JobState(ctx, job)
	if err == nil && state.Committed < state.Chunks {
		err = &batch.IncompleteError{Job: job, Committed: state.Committed, Chunks: state.Chunks}
	}
	return err
}

// take gives the target all codes of the job, which is delivered then.
func (d *deliveryTarget) take(ctx context.Context, o batch.DeliverOptions) (batch.Delivered, error) {
	delivered, err := batch.Deliver(ctx, o)
	if err == nil {
		err = d.commit()
	}
	if err == nil {
		err = batch.Confirm(ctx, o, delivered)
	}
	return delivered, err
}

// tellDelivered removes what workers left, and says what was delivered.
func (a *app) tellDelivered(ctx context.Context, f deliverFlags, o batch.DeliverOptions, delivered batch.Delivered, reasons map[issuer.Refusal]int) error {
	removed, err := batch.Tidy(ctx, o)
	if err != nil {
		return a.jobError(err, o.Job, o.Job)
	}
	if delivered.Refused > 0 {
		a.Status = program.StatusRejects
	}
	if a.JSON {
		return a.PrintJSON(struct {
			batch.Delivered
			Removed int                    `json:"removed"`
			Reasons map[issuer.Refusal]int `json:"refused_by_reason,omitempty"`
		}{delivered, removed, reasons})
	}
	a.say("job_delivered", delivered.Issued, delivered.Refused, f.out+f.into)
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		a.say("issue_refused", reasons[reason], a.Lang.Say("refusal_"+string(reason)))
	}
	return nil
}

// chunksAFile is how many chunks stand in one file of a folder.
const chunksAFile = 100

// deliveryTarget is one file, or a folder of files with the list of their hashes
// (as sha256sum -c reads it), which is written last: a folder that has it is whole.
type deliveryTarget struct {
	into    string
	owner   string        // of files that have no name yet
	file    *files.Writer // that is being written
	name    string        // its, in the folder
	sum     hash.Hash
	sums    []byte
	written uint32 // chunks in file
	refused *files.Writer
	reasons map[issuer.Refusal]int // records that were not signed
}

func (f *deliverFlags) target(owner string) (*deliveryTarget, error) {
	if err := f.tidy(owner); err != nil {
		return nil, err
	}
	d := &deliveryTarget{into: f.into, owner: owner, reasons: map[issuer.Refusal]int{}}
	var err error
	if f.refuse != "" {
		if d.refused, err = files.CreateOwned(f.refuse, 0o600, owner); err != nil {
			return nil, err
		}
		if _, err := io.WriteString(d.refused, "行号,原因,字段,规则\n"); err != nil {
			d.discard()
			return nil, err
		}
	}
	if f.into != "" {
		err = os.MkdirAll(f.into, 0o700)
	} else {
		d.file, err = files.CreateOwned(f.out, 0o600, owner)
	}
	if err != nil {
		d.discard()
		return nil, program.AboutFile(f.into+f.out, err)
	}
	return d, nil
}

func (d *deliveryTarget) codes(number uint32, lines []byte) error {
	if d.into != "" && d.written == chunksAFile {
		if err := d.finish(); err != nil {
			return err
		}
	}
	if d.file == nil {
		d.name = fmt.Sprintf("%08d.jsonl", number)
		var err error
		if d.file, err = files.CreateOwned(filepath.Join(d.into, d.name), 0o600, d.owner); err != nil {
			return err
		}
		d.sum, d.written = sha256.New(), 0
	}
	d.written++
	if d.sum != nil {
		d.sum.Write(lines)
	}
	_, err := d.file.Write(lines)
	return err
}

// finish ends a file of the folder.
func (d *deliveryTarget) finish() error {
	if d.file == nil {
		return nil
	}
	if err := d.file.Commit(); err != nil {
		return err
	}
	d.file = nil
	d.sums = fmt.Appendf(d.sums, "%x  %s\n", d.sum.Sum(nil), d.name)
	return nil
}

func (d *deliveryTarget) refusal(r batch.Refused) error {
	d.reasons[r.Refusal]++
	if d.refused == nil {
		return nil
	}
	_, err := fmt.Fprintf(d.refused, "%d,%s,%s,%s\n", r.Line, r.Refusal, r.Field, ruleCell(r.Rule))
	return err
}

// ruleCell is the number of a rule in the list of what was refused, blank for none.
func ruleCell(number uint16) string {
	if number == 0 {
		return ""
	}
	return strconv.Itoa(int(number))
}

func (d *deliveryTarget) commit() error {
	if d.refused != nil {
		if err := d.refused.Seal(); err != nil {
			return err
		}
	}
	var err error
	if d.into == "" {
		err = d.file.Commit()
	} else if err = d.finish(); err == nil {
		err = d.writeSums()
	}
	if err == nil && d.refused != nil {
		err = d.refused.Commit()
	}
	return err
}

func (d *deliveryTarget) discard() {
	for _, w := range []*files.Writer{d.file, d.refused} {
		if w != nil {
			w.Discard()
		}
	}
}

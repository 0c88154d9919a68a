package main

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
)

func (a *app) jobCommand() *cobra.Command {
	return a.Group("job", "job", a.jobPlanCommand(), a.jobApproveCommand(), a.jobRunCommand(), a.jobStatusCommand(), a.jobListCommand(), a.jobDeliverCommand(),
		a.jobForgetCommand(), a.jobForgottenCommand())
}

// jobFlags are those of commands that plan or work.
type jobFlags struct {
	environmentFlags
	operatorFlags
	folders  jobFolders
	approve  approveFlags
	approval approvalFlags
	second   approvalFlags // of a further person
	at, job  string
	chunk    int
	queue    string
	atOnce   int
	metrics  metricsFlags // of workers
}

// jobFolders say where the codes of jobs are kept until they are delivered, and the
// key of the jobs' names.
type jobFolders struct{ parts, key string }

func (f *jobFolders) add(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.parts, "parts", "", a.Lang.Say("flag_parts"))
}

func (f *jobFlags) addPlan(a *app, c *cobra.Command) {
	f.approve.add(a, c)
	f.approval.add(a, c)
	f.second.addSecond(a, c)
	f.operatorFlags.add(a, c)
	f.addJob(a, c)
}

// addJob adds what, beside the records, tells a job from others.
func (f *jobFlags) addJob(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.at, "at", "", a.Lang.Say("flag_job_at"))
	c.Flags().StringVar(&f.job, "job", "", a.Lang.Say("flag_job"))
	c.Flags().IntVar(&f.chunk, "chunk", batch.DefaultChunk, a.Lang.Say("flag_chunk", registry.MaxChunk))
}

func (f *jobFlags) addWork(a *app, c *cobra.Command) {
	f.environmentFlags.add(a, c)
	f.folders.add(a, c)
	c.Flags().StringVar(&f.folders.key, "job-key", "", a.Lang.Say("flag_job_key"))
	c.Flags().StringVar(&f.queue, "queue", "", a.Lang.Say("flag_queue"))
	c.Flags().IntVar(&f.atOnce, "at-once", 0, a.Lang.Say("flag_at_once"))
}

// beside fills in what lies beside a registry that is a file. A database has no
// beside: there the flags are needed.
func (f *jobFolders) beside(name string, key bool) error {
	if isPostgres(name) {
		switch {
		case f.parts == "":
			return usage("flag_required", "--parts")
		case key && f.key == "":
			return usage("flag_required", "--job-key")
		}
		return nil
	}
	if f.parts == "" {
		f.parts = name + ".parts"
	}
	if f.key == "" {
		f.key = name + ".job-key"
	}
	return nil
}

func (a *app) jobPlanCommand() *cobra.Command {
	var f jobFlags
	c := a.Command("plan RECORDS", "job_plan", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		s, err := a.openShop(ctx, f)
		if err != nil {
			return err
		}
		defer s.Close()
		planned, err := a.planJob(ctx, s, args[0])
		if err != nil {
			return err
		}
		if a.JSON {
			return a.PrintJSON(planned)
		}
		a.tellPlanned(planned)
		return nil
	})
	f.addWork(a, c)
	f.addPlan(a, c)
	return c
}

func (a *app) tellPlanned(p batch.Planned) {
	key := "job_planned"
	if !p.New {
		key = "job_planned_before"
	}
	a.say(key, p.Job, p.Records, p.Chunks)
}

func (a *app) jobRunCommand() *cobra.Command {
	var f jobFlags
	c := a.Command("run RECORDS", "job_run", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		s, err := a.openShop(ctx, f)
		if err != nil {
			return err
		}
		defer s.Close()
		planned, err := a.planJob(ctx, s, args[0])
		if err != nil {
			return err
		}
		by, err := s.flags.operator()
		if err != nil {
			return err
		}
		running := act{app: a, journal: s.store, by: by, name: actRun, object: planned.Job}
		if err := running.do(ctx, func() error { return a.work(ctx, s, planned.Job) }); err != nil {
			return err
		}
		state, err := s.store.JobState(ctx, planned.Job)
		if err == nil && state.Issued < state.Records {
			a.Status = program.StatusRejects
		}
		return errors.Join(err, a.tellJob(ctx, s.store, planned.Job))
	})
	f.addWork(a, c)
	f.addPlan(a, c)
	return c
}

// abandonedAfter is how old a plan is that no run is at any more.
const abandonedAfter = 24 * time.Hour

// planJob plans a file of records, and puts its open chunks into the queue.
func (a *app) planJob(ctx context.Context, s *shop, path string) (batch.Planned, error) {
	at, err := s.flags.checkJob()
	if err != nil {
		return batch.Planned{}, err
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return batch.Planned{}, err
	}
	records, err := files.Open(path)
	if err != nil {
		return batch.Planned{}, err
	}
	defer records.Close()
	iss, err := s.issuerFor(s.flags.lifetime)
	if err != nil {
		return batch.Planned{}, err
	}
	jobs, err := a.agreedJobs(ctx, s, path)
	if err != nil {
		return batch.Planned{}, err
	}
	now := a.Clock()
	if _, err := batch.TidyPlans(ctx, s.store, s.flags.folders.parts, now.Add(-abandonedAfter)); err != nil {
		return batch.Planned{}, program.AboutFile(s.flags.folders.parts, err)
	}
	agree := func(ctx context.Context, job registry.Job) error { return jobs.agreed(ctx, job, now.Unix()) }
	planned, err := batch.Plan(ctx, batch.PlanOptions{Issuer: iss, Jobs: jobs, At: at, Now: now, Job: s.flags.job, Agree: agree,
		Parts: s.flags.folders.parts, Input: absolute, Key: s.key, Chunk: s.flags.chunk}, records)
	if err != nil {
		return batch.Planned{}, a.jobError(err, planSubject(err, path, s.flags), s.flags.job)
	}
	if s.river != nil {
		_, err = s.river.Enqueue(ctx, planned.Job)
	}
	return planned, err
}

// planSubject is what a fault of planning is about: the file of records, the folder in
// which the plan is written, or the registry.
func planSubject(err error, records string, f jobFlags) string {
	var file *fs.PathError
	switch {
	case errors.As(err, &file) && file.Path != records:
		return f.folders.parts
	case errors.Is(err, registry.ErrStorageFull), errors.Is(err, registry.ErrDamaged), errors.Is(err, registry.ErrUnavailable):
		return registryName(f.registry)
	}
	return records
}

// checkJob holds the flags that tell a job from others to their bounds, and returns
// its time.
func (f *jobFlags) checkJob() (time.Time, error) {
	at, err := jobTime(f.at)
	switch {
	case err != nil:
		return time.Time{}, err
	case f.chunk < 1 || f.chunk > registry.MaxChunk:
		return time.Time{}, usage("chunk_range", registry.MaxChunk)
	case f.job != "" && registry.CheckJob(f.job) != nil:
		return time.Time{}, usage("job_name", registry.MaxJobLength)
	}
	return at, nil
}

// jobTime reads --at, which has to be given: a job that is planned again for
// another time is another job, and issues everything a second time.
func jobTime(value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, usage("flag_required", "--at")
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateTime, "2006-01-02 15:04", time.DateOnly} {
		at, err := time.ParseInLocation(layout, value, format.ChinaTime)
		if err != nil {
			continue
		}
		if at.Unix() < format.MinTime || at.Unix() > format.MaxTime {
			return time.Time{}, usage("time_out_of_range", value)
		}
		return at, nil
	}
	return time.Time{}, usage("time_form", value)
}

// jobError gives the faults of jobs their words.
func (a *app) jobError(err error, path, job string) error {
	var line *record.LineError
	var stopped *issuer.KeyStoppedError
	var incomplete *batch.IncompleteError
	var aside *batch.SetAsideError
	var planned *registry.PlannedAsError
	var file *fs.PathError
	if errors.As(err, &aside) {
		job = aside.Task.Job
		if errors.As(err, &file) {
			path = file.Path
		}
	}
	switch {
	case errors.As(err, &line) && errors.Is(err, record.ErrLineTooLong):
		return failFor(err, "record_too_long", path, line.Line, record.MaxLineBytes)
	case errors.As(err, &stopped):
		return failWith(err, "job_key_stopped", stopped.Key.String())
	case errors.As(err, &incomplete):
		return failFor(err, "job_incomplete", job, incomplete.Committed, incomplete.Chunks)
	case errors.Is(err, batch.ErrNoRecords):
		return failFor(err, "no_records", path)
	case errors.As(err, &planned):
		return failFor(err, "job_planned_as", planned.Name)
	case errors.Is(err, registry.ErrJobUsed):
		return failFor(err, "other_records")
	case errors.Is(err, batch.ErrOutputLost):
		return failWith(err, "output_lost")
	case errors.Is(err, batch.ErrMayNotSign):
		return failFor(err, "job_may_not_sign", job)
	case errors.Is(err, batch.ErrInputChanged):
		return failWith(err, "job_input_changed", job)
	case errors.Is(err, batch.ErrNoBlueprint):
		return failWith(err, "job_no_plan", job)
	case errors.Is(err, registry.ErrNotFound), registry.CheckJob(job) != nil && errors.Is(err, registry.ErrInvalid):
		return failFor(err, "job_unknown", job)
	}
	return program.AboutFile(path, err)
}

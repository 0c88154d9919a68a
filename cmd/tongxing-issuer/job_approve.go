package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/registry"
)

// jobApproveCommand approves a job that is planned elsewhere.
func (a *app) jobApproveCommand() *cobra.Command {
	var f jobFlags
	c := a.Command("approve RECORDS", "job_approve", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return a.approveJob(ctx, f, args[0])
	})
	c.Flags().StringVar(&f.bundle, "bundle", "", a.Lang.Say("flag_bundle"))
	c.Flags().StringVar(&f.root, "root", "", a.Lang.Say("flag_root"))
	c.Flags().StringVar(&f.region, "region", "", a.Lang.Say("flag_region"))
	c.Flags().DurationVar(&f.lifetime, "lifetime", issuer.DefaultLifetime, a.Lang.Say("flag_lifetime"))
	c.Flags().StringVar(&f.folders.key, "job-key", "", a.Lang.Say("flag_approve_job_key"))
	f.addJob(a, c)
	f.approval.add(a, c)
	return c
}

// jobApproval is an approval of a job, for programs.
type jobApproval struct {
	Job      string            `json:"job"`
	Region   string            `json:"region"`
	At       int64             `json:"at"`
	Records  uint64            `json:"records"`
	Adverse  map[uint16]uint64 `json:"adverse"` // records by state
	Faulty   uint64            `json:"faulty"`  // lines that are no record
	Approver string            `json:"approver"`
	Approval string            `json:"approval"` // file
}

// approveJob finds out by itself what the job is, says it, and signs.
func (a *app) approveJob(ctx context.Context, f jobFlags, path string) error {
	for _, required := range []struct{ flag, value string }{
		{"--bundle", f.bundle}, {"--root", f.root}, {"--region", f.region}, {"--job-key", f.folders.key},
		{"--approver", f.approval.key}, {"--approval", f.approval.file},
	} {
		if required.value == "" {
			return usage("flag_required", required.flag)
		}
	}
	if f.lifetime <= 0 || f.lifetime > issuer.MaxLifetime {
		return usage("lifetime_range", f.lifetime)
	}
	trust, err := loadTrust(f.environmentFlags, a.Clock())
	if err != nil {
		return err
	}
	region, listed := trust.Region(f.region)
	if !listed {
		return fail("region_not_listed", f.region, f.bundle)
	}
	if err := region.Available(); err != nil {
		return failWith(err, "cannot_issue", f.region)
	}
	job, key, err := a.describe(ctx, f, path)
	if err != nil {
		return err
	}
	s, err := surveyInput(path)
	if err != nil {
		return a.jobError(err, path, f.job)
	}
	wanted := approvalOf(job, s, key, f.lifetime, activeKeys(region))
	a.note("job_approving", job.Name, wanted.Region, job.Records, s.total())
	if s.faulty > 0 {
		a.note("job_approving_faulty", s.faulty)
	}
	who, err := a.openApprover(f.approval, wanted.Keys)
	if err != nil {
		return err
	}
	if _, err := who.approve(wanted, f.approval.file); err != nil {
		return err
	}
	if a.JSON {
		return a.PrintJSON(jobApproval{job.Name, wanted.Region, job.At, job.Records, s.adverse, s.faulty, who.name(), f.approval.file})
	}
	a.say("job_approved_by", job.Name, who.keyID(), f.approval.file)
	return nil
}

// describe reads the file of records as planning does.
func (a *app) describe(ctx context.Context, f jobFlags, path string) (registry.Job, batch.Key, error) {
	at, err := f.checkJob()
	if err != nil {
		return registry.Job{}, batch.Key{}, err
	}
	// A key that is not there is not made: the job would be another.
	if _, err := os.Lstat(f.folders.key); errors.Is(err, fs.ErrNotExist) {
		return registry.Job{}, batch.Key{}, failFor(err, "job_key_missing", f.folders.key)
	} else if err != nil {
		return registry.Job{}, batch.Key{}, program.AboutFile(f.folders.key, err)
	}
	key, err := jobKey(f.folders.key)
	if err != nil {
		return registry.Job{}, batch.Key{}, err
	}
	records, err := files.Open(path)
	if err != nil {
		return registry.Job{}, batch.Key{}, err
	}
	defer records.Close()
	region, err := strconv.ParseUint(f.region, 10, 8)
	if err != nil {
		return registry.Job{}, batch.Key{}, usage("flag_value", f.region)
	}
	job, err := batch.Describe(ctx, batch.DescribeOptions{Region: uint8(region), At: at, Lifetime: f.lifetime, Job: f.job, Key: key, Chunk: f.chunk}, records)
	if err != nil {
		return registry.Job{}, batch.Key{}, a.jobError(err, path, f.job)
	}
	return job, key, nil
}

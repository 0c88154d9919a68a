package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/service"
	"github.com/tongxing/tongxing/spec"
)

// approveFlags say by whose agreement a job is planned.
type approveFlags struct {
	secret, proposal string
	quota            int
}

func (f *approveFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.secret, "secret-file", "", a.Lang.Say("flag_secret_file"))
	c.Flags().StringVar(&f.proposal, "proposal", "", a.Lang.Say("flag_proposal"))
	c.Flags().IntVar(&f.quota, "quota", 1000, a.Lang.Say("flag_quota"))
}

// needed reports whether a service works on the registry: then its rule of two
// people holds for bulk work too. That its secret is not named changes nothing, where
// the journal has what a service did.
func (f *approveFlags) needed(ctx context.Context, store registry.Store, registryName string) (bool, error) {
	if f.secret != "" || f.proposal != "" {
		return true, nil
	}
	if _, err := os.Stat(registryName + secretSuffix); err == nil && !isPostgres(registryName) {
		return true, nil
	}
	acts := access.AllActs()
	for r, err := range store.Records(ctx, 0) {
		if err != nil {
			return false, err
		}
		if slices.Contains(acts, access.Act(r.Act)) {
			return true, nil
		}
	}
	return false, nil
}

// approvedJobs plans what a second person has agreed to, and nothing else.
type approvedJobs struct {
	registry.Store
	secret   [32]byte
	proposal string
	quota    int
	adverse  int // records of the input with an adverse status
}

// approved puts the approval before the planning of jobs, where one is needed.
func (a *app) approved(ctx context.Context, store registry.Store, f approveFlags, registryName, input string) (registry.Jobs, error) {
	if needed, err := f.needed(ctx, store, registryName); err != nil {
		return nil, err
	} else if !needed {
		return store, nil
	}
	if _, err := os.Stat(registryName + secretSuffix); err != nil && f.secret == "" { // none is made here: it would be another
		return nil, usage("flag_required", "--secret-file")
	}
	secret, err := openSecret(f.secret, registryName)
	if err != nil {
		return nil, err
	}
	adverse, err := countAdverse(input)
	if err != nil {
		return nil, err
	}
	return &approvedJobs{store, secret, f.proposal, f.quota, adverse}, nil
}

// countAdverse counts the records with an adverse status. What is no record is
// refused later.
func countAdverse(path string) (int, error) {
	input, err := files.Open(path)
	if err != nil {
		return 0, err
	}
	defer input.Close()
	reader, n := record.NewReader(input), 0
	for {
		r, err := reader.Read()
		var line *record.LineError
		switch {
		case errors.Is(err, io.EOF):
			return n, nil
		case errors.As(err, &line) && !errors.Is(err, record.ErrLineTooLong):
			continue
		case err != nil:
			return 0, err
		case r.Status != nil && r.Status.State != spec.StateGreen:
			n++
		}
	}
}

// PlanJob implements registry.Jobs. A job that is planned already was agreed to.
func (j *approvedJobs) PlanJob(ctx context.Context, job registry.Job, chunks iter.Seq2[registry.PlannedChunk, error], at int64) (bool, error) {
	state, err := j.Store.JobState(ctx, job.Name)
	switch {
	case err == nil && state.Digest == job.Digest:
		return j.Store.PlanJob(ctx, job, chunks, at)
	case err != nil && !errors.Is(err, registry.ErrNotFound):
		return false, err
	}
	body := service.JobBody{Name: job.Name, Digest: hex.EncodeToString(job.Digest[:]), Records: job.Records, Adverse: j.adverse}
	if err := j.use(ctx, body, at); err != nil {
		return false, err
	}
	return j.Store.PlanJob(ctx, job, chunks, at)
}

// use holds the proposal to the job, marks it used, and writes the act into the
// journal.
func (j *approvedJobs) use(ctx context.Context, body service.JobBody, at int64) error {
	digest, err := service.JobDigest(j.secret, body)
	if err != nil {
		return err
	}
	content, err := json.Marshal(service.ProposedAct{Act: "job", Job: &body})
	if err != nil {
		return err
	}
	id, err := hex.DecodeString(j.proposal)
	if err != nil || len(id) != len(registry.ProposalID{}) {
		return fail("job_needs_approval", content)
	}
	proposal, err := j.Store.Proposal(ctx, registry.ProposalID(id))
	switch {
	case errors.Is(err, registry.ErrNotFound) || err == nil && proposal.Digest != digest:
		return fail("job_needs_approval", content)
	case err != nil:
		return err
	}
	_, err = j.Store.Use(ctx, proposal.ID, at, j.quota)
	switch {
	case errors.Is(err, registry.ErrProposalUsed): // by this job, before it was interrupted
	case err != nil:
		return failWith(err, "job_not_approved", j.proposal)
	}
	detail, err := json.Marshal(map[string]any{"proposal": j.proposal, "records": body.Records, "adverse": body.Adverse})
	if err != nil {
		return err
	}
	_, err = j.Store.Append(ctx, registry.JournalRecord{
		At: at, Actor: proposal.Requester, Role: operatorRole, Act: string(access.Job), Object: body.Name, Outcome: "granted", Detail: detail,
	})
	return err
}

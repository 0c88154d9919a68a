package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"iter"
	"os"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/approval"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/service"
)

// approveFlags say by whose agreement a job is planned.
type approveFlags struct {
	secret, proposal string
	quota            int
}

func (f *approveFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.secret, "secret-file", "", a.Lang.Say("flag_secret_file"))
	c.Flags().StringVar(&f.proposal, "proposal", "", a.Lang.Say("flag_proposal"))
	c.Flags().IntVar(&f.quota, "quota", approval.DefaultQuota, a.Lang.Say("flag_job_quota", approval.DefaultQuota))
}

// check refuses a quota that whoever plans gives himself.
func (f *approveFlags) check() error {
	switch {
	case f.quota < 1:
		return usage("flag_below_one", "--quota", f.quota)
	case f.quota > approval.DefaultQuota:
		return usage("quota_above", f.quota, approval.DefaultQuota)
	}
	return nil
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
	return access.Served(ctx, store)
}

// agreement is what has to be there before a job is planned.
type agreement interface {
	// agree refuses a job that a second person has not agreed to, and notes in the
	// journal that she has.
	agree(ctx context.Context, job registry.Job, at int64) error
}

// agreedJobs plans what a second person has agreed to, and nothing else.
type agreedJobs struct {
	registry.Store
	agreement
	planning act // without the job
	earlier  plannedInput
}

// agreedJobs puts the agreement before the planning of jobs: a proposal where a
// service works on the registry, and elsewhere an approval.
func (a *app) agreedJobs(ctx context.Context, s *shop, input string) (*agreedJobs, error) {
	by, err := s.flags.operator()
	if err != nil {
		return nil, err
	}
	if err := s.flags.approve.check(); err != nil {
		return nil, err
	}
	jobs := &agreedJobs{Store: s.store, planning: act{app: a, journal: s.store, by: by, name: actPlan},
		earlier: plannedInput{s.store, s.flags.folders.parts, s.key, input}}
	proposal, err := s.flags.approve.needed(ctx, s.store, s.flags.registry)
	switch {
	case err != nil:
	case proposal:
		jobs.agreement, err = a.proposed(s, input)
	default:
		jobs.agreement, err = a.byKey(s, input, by)
	}
	return jobs, err
}

// byKey opens the keys of who approves before anything is read.
func (a *app) byKey(s *shop, input, by string) (agreement, error) {
	g := &approvedByKey{app: a, shop: s, input: input, by: by}
	signing := activeKeys(s.region)
	for i, f := range []approvalFlags{s.flags.approval, s.flags.second} {
		switch {
		case f.key == "" && (i == 0 || f.file == ""):
			continue // a job that is planned already needs none
		case f.key == "":
			return nil, usage("flag_required", "--second-approver")
		case len(g.who) < i:
			return nil, usage("flag_required", "--approver")
		case f.path(s.flags.registry, "") == "":
			return nil, usage("flag_required", []string{"--approval", "--second-approval"}[i])
		}
		who, err := a.openApprover(f, signing)
		if err != nil {
			return nil, err
		}
		if i > 0 && who.public.Equal(g.who[0].public) {
			return nil, usage("approver_twice", f.key)
		}
		g.who = append(g.who, who)
	}
	return g, nil
}

// agreed holds what is to be planned to an agreement. A job that is planned already was
// agreed to; another one under its name, or its records under another name, are refused
// before anybody is asked.
func (j *agreedJobs) agreed(ctx context.Context, job registry.Job, at int64) error {
	planned, err := j.isPlanned(ctx, job)
	if err != nil || planned {
		return err
	}
	if err := j.earlier.refuse(ctx, job); err != nil {
		return err
	}
	return j.agree(ctx, job, at)
}

func (j *agreedJobs) isPlanned(ctx context.Context, job registry.Job) (bool, error) {
	state, err := j.Store.JobState(ctx, job.Name)
	switch {
	case errors.Is(err, registry.ErrNotFound):
		return false, nil
	case err == nil && state.Digest != job.Digest:
		return false, registry.ErrJobUsed
	}
	return err == nil, err
}

// PlanJob implements registry.Jobs, with the journal.
func (j *agreedJobs) PlanJob(ctx context.Context, job registry.Job, chunks iter.Seq2[registry.PlannedChunk, error], at int64) (planned bool, err error) {
	planned, err = j.isPlanned(ctx, job)
	if err != nil {
		return false, err
	}
	if planned {
		return j.Store.PlanJob(ctx, job, chunks, at)
	}
	j.planning.object = job.Name
	j.planning.detail = struct {
		Digest  string `json:"digest"`
		Records uint64 `json:"records"`
	}{hex.EncodeToString(job.Digest[:]), job.Records}
	err = j.planning.do(ctx, func() error {
		planned, err = j.Store.PlanJob(ctx, job, chunks, at)
		return err
	})
	return planned, err
}

// proposedToService is the agreement by a proposal of the service.
type proposedToService struct {
	registry.Store
	secret   [32]byte
	proposal string
	quota    int
	input    string
}

// proposed opens what a proposal is compared by.
func (a *app) proposed(s *shop, input string) (agreement, error) {
	f := s.flags.approve
	if given := s.flags; given.approval.key+given.approval.file+given.second.key+given.second.file != "" {
		return nil, usage("job_by_service")
	}
	if _, err := os.Stat(s.flags.registry + secretSuffix); err != nil && f.secret == "" { // none is made here: it would be another
		return nil, usage("flag_required", "--secret-file")
	}
	secret, err := openSecret(f.secret, s.flags.registry)
	if err != nil {
		return nil, err
	}
	return &proposedToService{s.store, secret, f.proposal, f.quota, input}, nil
}

// agree implements agreement: it holds the proposal to the job, marks it used, and
// writes the act into the journal.
func (j *proposedToService) agree(ctx context.Context, job registry.Job, at int64) error {
	s, err := surveyInput(j.input)
	if err != nil {
		return err
	}
	body := service.JobBody{Name: job.Name, Digest: hex.EncodeToString(job.Digest[:]), Records: job.Records, Adverse: int(s.total())}
	digest, err := service.JobDigest(j.secret, body)
	if err != nil {
		return err
	}
	content, err := json.Marshal(service.ProposedAct{Act: "job", Job: &body})
	if err != nil {
		return err
	}
	id, err := hex.DecodeString(j.proposal)
	if err != nil || len(id) != len(registry.ProposalID{}) || registry.ProposalID(id) == (registry.ProposalID{}) {
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
		At: at, Actor: proposal.Requester, Role: operatorRole, Act: string(access.Job), Object: body.Name, Outcome: outcomeGranted, Detail: detail,
	})
	return err
}

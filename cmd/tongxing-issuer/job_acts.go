package main

import (
	"context"
	"encoding/json"
	"os"
	"os/user"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/issuer/registry"
)

// Acts of the command line in the journal, beside those of forgetting and giving up
// (spec/issuer.md, section 11). None is the name of a service's act: that one stands
// there shows that a service works on the registry.
const (
	actPlan    = "job plan"
	actApprove = "job approve"
	actRun     = "job run"
	actDeliver = "job deliver"
)

// Outcomes of acts, as those of the service.
const (
	outcomeGranted = "granted"
	outcomeDone    = "done"
	outcomeFailed  = "failed"
)

// operatorFlags say who acts.
type operatorFlags struct{ by string }

func (f *operatorFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.by, "by", "", a.Lang.Say("flag_job_by"))
}

// operator is who acts: as named, or the account that the program runs under.
func (f *operatorFlags) operator() (string, error) {
	if f.by != "" {
		if registry.CheckName("operator", f.by) != nil {
			return "", usage("flag_required", "--by")
		}
		return f.by, nil
	}
	if account, err := user.Current(); err == nil && registry.CheckName("operator", account.Username) == nil {
		return account.Username, nil
	}
	return "uid " + strconv.Itoa(os.Getuid()), nil
}

// act is something that an operator does to a job.
type act struct {
	*app
	journal          registry.Journal
	by, name, object string
	detail           any // nil is nothing
}

func (t act) note(ctx context.Context, outcome string) error {
	r := registry.JournalRecord{At: t.Clock().Unix(), Actor: t.by, Role: operatorRole, Act: t.name, Object: t.object, Outcome: outcome}
	if t.detail != nil {
		var err error
		if r.Detail, err = json.Marshal(t.detail); err != nil {
			return err
		}
	}
	_, err := t.journal.Append(ctx, r)
	return err
}

// do runs the act between what the journal says before it and behind it. An act is
// not done when it cannot be written down; one that was interrupted has failed.
func (t act) do(ctx context.Context, run func() error) error {
	if err := t.note(ctx, outcomeGranted); err != nil {
		return err
	}
	outcome := outcomeDone
	err := run()
	if err != nil {
		outcome = outcomeFailed
	}
	if noted := t.note(context.WithoutCancel(ctx), outcome); err == nil {
		return noted
	}
	return err
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/journal"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/witness"
)

func (a *app) journalCommand() *cobra.Command {
	return a.Group("journal", "issuer_journal", a.journalVerifyCommand(), a.journalShowCommand())
}

func (a *app) journalVerifyCommand() *cobra.Command {
	var f environmentFlags
	var head string
	c := a.Command("verify", "journal_verify", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.verifyJournal(ctx, f, head)
	})
	f.addRegistry(a, c)
	c.Flags().StringVar(&head, "head", "", a.Lang.Say("flag_journal_head"))
	return c
}

// verifyJournal recomputes the chain, holds it to the witness that lies beside the
// registry or is named, and prints its head. The chain comes first: where it is broken
// that is what is said, and not that the registry is older.
func (a *app) verifyJournal(ctx context.Context, f environmentFlags, text string) error {
	var kept registry.JournalHead
	if text != "" {
		var err error
		if kept, err = journal.ParseHead(text); err != nil {
			return usage("journal_head_form", text)
		}
	}
	f.witness = witnessThere(f)
	store, err := openUnguarded(ctx, f)
	if err != nil {
		return err
	}
	defer store.Close()
	head, err := journal.Verify(ctx, store, kept, nil)
	if err != nil {
		return journalError(registryName(f.registry), err)
	}
	if f.witness != "" {
		if _, err := witness.Open(ctx, store, f.witness); err != nil {
			return witnessError(f, err)
		}
	}
	if a.JSON {
		return a.PrintJSON(struct {
			Records uint64 `json:"records"`
			Head    string `json:"head"`
		}{head.Sequence, journal.FormatHead(head)})
	}
	a.say("journal_good", head.Sequence, journal.FormatHead(head))
	return nil
}

func journalError(name string, err error) error {
	var broken *journal.BrokenError
	switch {
	case errors.As(err, &broken):
		return failFor(err, "journal_broken", name, broken.Sequence)
	case errors.Is(err, journal.ErrOlder):
		return failFor(err, "journal_older", name)
	case errors.Is(err, journal.ErrOther):
		return failFor(err, "journal_other", name)
	}
	return program.AboutFile(name, err)
}

func (a *app) journalShowCommand() *cobra.Command {
	var f environmentFlags
	c := a.Command("show", "journal_show", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.showJournal(ctx, f)
	})
	f.addRegistry(a, c)
	return c
}

// shownRecord is a record of the journal for programs.
type shownRecord struct {
	Sequence uint64          `json:"sequence"`
	At       time.Time       `json:"at"`
	Actor    string          `json:"actor"`
	Role     string          `json:"role"`
	Act      string          `json:"act"`
	Object   string          `json:"object,omitempty"`
	Outcome  string          `json:"outcome"`
	Detail   json.RawMessage `json:"detail,omitempty"`
}

// roles are the messages that name the roles of the service.
var roles = map[access.Role]string{
	access.Desk: "role_desk", access.Requester: "role_requester", access.Approver: "role_approver",
	access.Operator: "role_operator", access.Auditor: "role_auditor",
}

// role names a role in the language of the run; one that the service has not stands as
// it is recorded.
func (a *app) role(recorded string) string {
	if key, ok := roles[access.Role(recorded)]; ok {
		return a.Lang.Say(key)
	}
	return recorded
}

// showJournal prints every record of a chain that holds: one line each.
func (a *app) showJournal(ctx context.Context, f environmentFlags) error {
	f.witness = witnessThere(f)
	store, err := openRegistry(ctx, f)
	if err != nil {
		return err
	}
	defer store.Close()
	_, err = journal.Verify(ctx, store, registry.JournalHead{}, func(r registry.JournalRecord) error {
		at := time.Unix(r.At, 0).In(format.ChinaTime)
		if a.JSON {
			return a.PrintJSON(shownRecord{r.Sequence, at, r.Actor, r.Role, r.Act, r.Object, r.Outcome, r.Detail})
		}
		a.say("journal_line", r.Sequence, at.Format(time.DateTime), r.Actor, a.role(r.Role), r.Act, r.Object, r.Outcome, r.Detail)
		return nil
	})
	if err != nil {
		return journalError(registryName(f.registry), err)
	}
	return nil
}

package main

import (
	"context"
	"encoding/hex"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer/deletion"
	"github.com/tongxing/tongxing/issuer/registry"
)

type purgeFlags struct {
	environmentFlags
	before string
	record string
	by     string
	// unforgotten takes jobs too whose inputs and parts nobody deleted.
	unforgotten bool
}

func (a *app) registryPurgeCommand() *cobra.Command {
	var f purgeFlags
	c := a.Command("purge", "registry_purge", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.purgeRegistry(ctx, f)
	})
	f.addRegistry(a, c)
	c.Flags().StringVar(&f.before, "before", "", a.Lang.Say("flag_before"))
	f.addRecordKeys(a, c)
	c.Flags().StringVar(&f.record, "record", "", a.Lang.Say("flag_purge_record"))
	c.Flags().StringVar(&f.by, "by", "", a.Lang.Say("flag_operator"))
	c.Flags().BoolVar(&f.unforgotten, "unforgotten", false, a.Lang.Say("flag_unforgotten"))
	return c
}

// purgeRegistry deletes what is past its retention and leaves a signed record of
// it. The key is opened first: nothing is deleted that nobody signs for.
func (a *app) purgeRegistry(ctx context.Context, f purgeFlags) error {
	before, err := time.ParseInLocation(time.DateOnly, f.before, format.ChinaTime)
	switch {
	case f.before == "":
		return usage("flag_required", "--before")
	case err != nil || before.After(a.Clock()):
		return usage("purge_before", f.before)
	case f.record == "":
		return usage("flag_required", "--record")
	case registry.CheckName("operator", f.by) != nil:
		return usage("flag_required", "--by")
	}
	if _, err := os.Lstat(f.record); err == nil {
		return fail("file_exists", f.record)
	}
	signers, err := a.openRecordKeys(f.environmentFlags)
	if err != nil {
		return err
	}
	defer signers.Close()
	// So is the file: nothing is deleted whose record cannot be written.
	out, err := files.Create(f.record, 0o644)
	if err != nil {
		return err
	}
	defer out.Discard()
	f.witness = witnessThere(f.environmentFlags)
	store, err := openUnguarded(ctx, f.environmentFlags) // journalAct asks the witness
	if err != nil {
		return err
	}
	defer store.Close()
	record, err := a.purge(ctx, store, f, before)
	if err != nil {
		return err
	}
	signed, err := deletion.Sign(record, signers.all...)
	if err != nil {
		return err
	}
	if _, err := out.Write(signed); err != nil {
		return err
	}
	if err := out.Commit(); err != nil {
		return err
	}
	if err := files.SyncName(f.record); err != nil {
		return err
	}
	if a.JSON {
		return a.PrintJSON(viewOf(record))
	}
	a.say("registry_purged", record.Counts["entries"], record.Counts["jobs"], f.record)
	return nil
}

// purge deletes, writes into the journal that it begins and what it did, and returns
// what the record says. Where it dies in between the journal has the beginning.
func (a *app) purge(ctx context.Context, store registry.Store, f purgeFlags, before time.Time) (deletion.Record, error) {
	name := registryName(f.registry)
	left, err := a.requireForgotten(ctx, store, f, before)
	if err != nil {
		return deletion.Record{}, err
	}
	beginning := struct {
		Before      string `json:"before"`
		Unforgotten int    `json:"unforgotten,omitempty"` // jobs
	}{f.before, left}
	err = a.journalOutcome(ctx, store, f.environmentFlags, f.by, "registry purge", "begun", beginning)
	if err != nil {
		return deletion.Record{}, err
	}
	report, err := store.Purge(ctx, before.Unix())
	if err != nil {
		return deletion.Record{}, program.AboutFile(name, err)
	}
	counts := map[string]uint64{
		"entries": report.Entries, "requests": report.Requests, "answers": report.Answers, "jobs": report.Jobs, "chunks": report.Chunks,
	}
	if err := a.journalAct(ctx, store, f.environmentFlags, f.by, actPurge, counts); err != nil {
		return deletion.Record{}, err
	}
	head, err := store.JournalHead(ctx)
	if err != nil {
		return deletion.Record{}, program.AboutFile(name, err)
	}
	identity := store.Identity()
	return deletion.Record{
		Act: deletion.Purge, Object: hex.EncodeToString(identity[:]), At: a.Clock().Unix(), By: f.by,
		Before: before.Unix(), Counts: counts, Journal: head,
	}, nil
}

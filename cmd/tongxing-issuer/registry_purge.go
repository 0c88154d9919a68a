package main

import (
	"context"
	"encoding/hex"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/deletion"
	"github.com/tongxing/tongxing/issuer/journal"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/trustlist"
)

type purgeFlags struct {
	environmentFlags
	before string
	record string
	by     string
}

func (a *app) registryPurgeCommand() *cobra.Command {
	var f purgeFlags
	c := a.Command("purge", "registry_purge", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.purgeRegistry(ctx, f)
	})
	f.addRegistry(a, c)
	c.Flags().StringVar(&f.before, "before", "", a.Lang.Say("flag_before"))
	c.Flags().StringArrayVar(&f.keys, "key", nil, a.Lang.Say("flag_record_key"))
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", a.Lang.Say("flag_passphrase"))
	c.Flags().StringVar(&f.record, "record", "", a.Lang.Say("flag_purge_record"))
	c.Flags().StringVar(&f.by, "by", "", a.Lang.Say("flag_operator"))
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
	case len(f.keys) != 1:
		return usage("flag_required", "--key")
	case registry.CheckName("operator", f.by) != nil:
		return usage("flag_required", "--by")
	}
	if _, err := os.Lstat(f.record); err == nil {
		return fail("file_exists", f.record)
	}
	key, err := a.privateKey(f.keys[0], f.passphraseFile)
	if err != nil {
		return err
	}
	// So is the file: nothing is deleted whose record cannot be written.
	out, err := files.Create(f.record, 0o644)
	if err != nil {
		return err
	}
	defer out.Discard()
	store, err := openUnguarded(ctx, f.environmentFlags) // journalAct asks the witness
	if err != nil {
		return err
	}
	defer store.Close()
	record, err := a.purge(ctx, store, f, before)
	if err != nil {
		return err
	}
	signed, err := deletion.Sign(record, key)
	if err != nil {
		return err
	}
	if _, err := out.Write(signed); err != nil {
		return err
	}
	if err := out.Commit(); err != nil {
		return err
	}
	if a.JSON {
		return a.PrintJSON(viewOf(record))
	}
	a.say("registry_purged", record.Counts["entries"], record.Counts["jobs"], f.record)
	return nil
}

// purge deletes, writes it into the journal, and returns what the record says.
func (a *app) purge(ctx context.Context, store registry.Store, f purgeFlags, before time.Time) (deletion.Record, error) {
	name := registryName(f.registry)
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

// purgeView is a record of a purge for programs.
type purgeView struct {
	Registry string            `json:"registry"` // identity
	Before   time.Time         `json:"before"`
	At       time.Time         `json:"at"`
	By       string            `json:"by"`
	Deleted  map[string]uint64 `json:"deleted"`
	Head     string            `json:"journal"` // with the act in it
}

func viewOf(r deletion.Record) purgeView {
	return purgeView{
		Registry: r.Object, Before: time.Unix(r.Before, 0).In(format.ChinaTime), At: time.Unix(r.At, 0).In(format.ChinaTime),
		By: r.By, Deleted: r.Counts, Head: journal.FormatHead(r.Journal),
	}
}

func (a *app) registryPurgedCommand() *cobra.Command {
	var f environmentFlags
	c := a.Command("purged RECORD", "registry_purged", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return a.showPurge(f, args[0])
	})
	c.Flags().StringVar(&f.bundle, "bundle", "", a.Lang.Say("flag_bundle"))
	c.Flags().StringVar(&f.root, "root", "", a.Lang.Say("flag_root"))
	c.Flags().StringVar(&f.region, "region", "", a.Lang.Say("flag_region"))
	return c
}

// showPurge verifies the record of a purge with the keys that its region has
// published, also retired ones, and prints it.
func (a *app) showPurge(f environmentFlags, path string) error {
	for _, required := range []struct{ flag, value string }{{"--bundle", f.bundle}, {"--root", f.root}, {"--region", f.region}} {
		if required.value == "" {
			return usage("flag_required", required.flag)
		}
	}
	data, err := files.Read(path, deletion.MaxSize)
	if err != nil {
		return err
	}
	trust, err := loadTrust(f, a.Clock())
	if err != nil {
		return err
	}
	region, listed := trust.Region(f.region)
	if !listed {
		return fail("region_not_listed", f.region, f.bundle)
	}
	var published []*sig.PublicKey
	for _, key := range region.Keys() {
		if key.State != trustlist.Compromised {
			published = append(published, key.Public)
		}
	}
	record, _, err := deletion.Parse(data, published)
	switch {
	case errors.Is(err, deletion.ErrSignature):
		return failFor(err, "purge_unsigned", path, f.region)
	case err != nil:
		return failFor(err, "purge_unreadable", path)
	case a.JSON:
		return a.PrintJSON(viewOf(record))
	}
	view := viewOf(record)
	a.say("purge_line", view.At.Format(time.DateTime), view.By, view.Before.Format(time.DateOnly), view.Deleted["entries"], view.Deleted["jobs"], view.Registry, view.Head)
	return nil
}

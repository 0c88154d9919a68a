package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/journal"
	"github.com/tongxing/tongxing/issuer/registry"
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

// purged is the record of a purge: what was deleted, from which registry, and
// where it stands in the journal.
type purged struct {
	Registry string               `json:"registry"` // identity
	Before   time.Time            `json:"before"`
	At       time.Time            `json:"at"`
	Deleted  registry.PurgeReport `json:"deleted"`
	Head     string               `json:"journal"` // behind the record of the purge
}

// signedPurge is the record with its signature: 64 bytes r||s over
// "tongxing/registry/purge/1", a line feed, and the bytes of purged.
type signedPurge struct {
	Purged    json.RawMessage `json:"purged"`
	Key       string          `json:"key"` // thumbprint (RFC 9679)
	Signature string          `json:"signature"`
}

const purgeContext = "tongxing/registry/purge/1\n"

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
	store, err := openUnguarded(ctx, f.environmentFlags) // journalAct asks the witness
	if err != nil {
		return err
	}
	defer store.Close()
	report, err := store.Purge(ctx, before.Unix())
	if err != nil {
		return err
	}
	if err := a.journalAct(ctx, store, f.environmentFlags, f.by, "registry purge", report); err != nil {
		return err
	}
	head, err := store.JournalHead(ctx)
	if err != nil {
		return err
	}
	identity := store.Identity()
	record := purged{hex.EncodeToString(identity[:]), before, a.Clock().In(format.ChinaTime), report, journal.FormatHead(head)}
	if err := writePurge(f.record, record, key); err != nil {
		return err
	}
	if a.JSON {
		return a.PrintJSON(record)
	}
	a.say("registry_purged", report.Entries, report.Jobs, f.record)
	return nil
}

// writePurge signs and writes the record.
func writePurge(path string, record purged, key sig.Signer) error {
	data, err := json.Marshal(record)
	if err != nil {
		return err
	}
	signature, err := key.Sign(append([]byte(purgeContext), data...))
	if err != nil {
		return err
	}
	thumbprint := key.PublicKey().Thumbprint()
	signed, err := json.Marshal(signedPurge{data, hex.EncodeToString(thumbprint[:]), hex.EncodeToString(signature)})
	if err != nil {
		return err
	}
	return files.Write(path, append(signed, '\n'), 0o644)
}

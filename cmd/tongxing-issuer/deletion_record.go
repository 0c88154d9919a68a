package main

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/deletion"
	"github.com/tongxing/tongxing/issuer/journal"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/issuer/keys/remote"
	"github.com/tongxing/tongxing/trustlist"
)

// addRecordKeys adds the flags that say who signs a record.
func (f *environmentFlags) addRecordKeys(a *app, c *cobra.Command) {
	c.Flags().StringArrayVar(&f.keys, "key", nil, a.Lang.Say("flag_record_key"))
	c.Flags().StringVar(&f.signer, "signer", "", a.Lang.Say("flag_signer"))
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", a.Lang.Say("flag_passphrase"))
}

// recordKeys sign a record: a key file, or each key that a signer holds. Which of
// them the region has published is for whoever reads the record.
type recordKeys struct {
	all    []sig.Signer
	remote *remote.Client // nil where the key is a file
}

func (a *app) openRecordKeys(f environmentFlags) (*recordKeys, error) {
	switch {
	case len(f.keys) > 0 && f.signer != "":
		return nil, usage("flags_exclude", "--key", "--signer")
	case len(f.keys) != 1 && f.signer == "":
		return nil, usage("flag_required", "--key")
	case f.signer == "":
		key, err := a.privateKey(f.keys[0], f.passphraseFile)
		if err != nil {
			return nil, err
		}
		return &recordKeys{all: []sig.Signer{key}}, nil
	}
	client, err := remote.Dial(remote.Options{Path: f.signer, Clock: time.Now})
	if err != nil {
		return nil, failWith(err, "signer_unavailable", f.signer)
	}
	k := &recordKeys{remote: client}
	for _, key := range client.Keys() {
		k.all = append(k.all, keys.Messages(key))
	}
	return k, nil
}

// Close closes the way to the signer.
func (k *recordKeys) Close() error {
	if k.remote == nil {
		return nil
	}
	return k.remote.Close()
}

// public are the public keys.
func (k *recordKeys) public() (all []*sig.PublicKey) {
	for _, key := range k.all {
		all = append(all, key.PublicKey())
	}
	return all
}

// deletionView is a record for programs.
type deletionView struct {
	Act      string            `json:"act"`
	Registry string            `json:"registry,omitempty"` // identity, of a purge
	Job      string            `json:"job,omitempty"`      // of any other act
	Digest   string            `json:"digest,omitempty"`   // the same, in hex
	Before   *time.Time        `json:"before,omitempty"`   // of a purge
	At       time.Time         `json:"at"`
	By       string            `json:"by"`
	Deleted  map[string]uint64 `json:"deleted"`
	Head     string            `json:"journal"` // with the act in it
}

func viewOf(r deletion.Record) deletionView {
	v := deletionView{Act: r.Act, At: time.Unix(r.At, 0).In(format.ChinaTime), By: r.By, Deleted: r.Counts, Head: journal.FormatHead(r.Journal)}
	if r.Act == deletion.Purge {
		before := time.Unix(r.Before, 0).In(format.ChinaTime)
		v.Registry, v.Before = r.Object, &before
		return v
	}
	v.Job, v.Digest = r.Object, hex.EncodeToString(r.Digest[:])
	return v
}

// recordCommand is a command that shows a record.
func (a *app) recordCommand(use, words string) *cobra.Command {
	var f environmentFlags
	c := a.Command(use, words, cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return a.showDeletion(f, args[0])
	})
	c.Flags().StringVar(&f.bundle, "bundle", "", a.Lang.Say("flag_bundle"))
	c.Flags().StringVar(&f.root, "root", "", a.Lang.Say("flag_root"))
	c.Flags().StringVar(&f.region, "region", "", a.Lang.Say("flag_region"))
	return c
}

func (a *app) registryPurgedCommand() *cobra.Command {
	return a.recordCommand("purged RECORD", "registry_purged")
}

func (a *app) jobForgottenCommand() *cobra.Command {
	return a.recordCommand("forgotten RECORD", "job_forgotten")
}

// showDeletion verifies a record with the keys that its region has published, also
// retired ones, and prints it.
func (a *app) showDeletion(f environmentFlags, path string) error {
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
	a.sayDeletion(viewOf(record))
	return nil
}

// sayDeletion prints a record for people.
func (a *app) sayDeletion(v deletionView) {
	at := v.At.Format(time.DateTime)
	switch v.Act {
	case deletion.Purge:
		a.say("purge_line", at, v.By, v.Before.Format(time.DateOnly), v.Deleted["entries"], v.Deleted["jobs"], v.Registry, v.Head)
	case deletion.Forget:
		a.say("forget_line", at, v.By, v.Job, v.Deleted["bytes"], v.Deleted["records"], v.Deleted["parts"], v.Head)
	default:
		a.say("abandon_line", at, v.By, v.Job, v.Deleted["bytes"], v.Deleted["records"], v.Deleted["voided"], v.Head)
	}
}

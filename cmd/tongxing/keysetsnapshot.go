package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// snapshotLife is how long a snapshot is good unless it is said: renewed daily,
// with a day to spare.
const snapshotLife = 48 * time.Hour

type snapshotFlags struct {
	keySet, overlay, previous string
	statusLists               []string
	key, passphraseFile       string
	due, out                  string
	recordFlags
}

func (a *app) keysetSnapshotCommand() *cobra.Command {
	var f snapshotFlags
	var c *cobra.Command
	c = a.command("snapshot KEYSET", "keyset_snapshot", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		f.keySet = args[0]
		return a.keysetSnapshot(f, commandOf(c))
	})
	c.Flags().StringVar(&f.overlay, "overlay", "", a.lang.Say("flag_snapshot_overlay"))
	c.Flags().StringArrayVar(&f.statusLists, "status", nil, a.lang.Say("flag_snapshot_status"))
	c.Flags().StringVar(&f.previous, "previous", "", a.lang.Say("flag_previous_snapshot"))
	c.Flags().StringVar(&f.key, "key", "", a.lang.Say("flag_snapshot_key"))
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", a.lang.Say("flag_passphrase"))
	c.Flags().StringVar(&f.due, "due", "", a.lang.Say("flag_snapshot_due"))
	f.recordFlags.add(a, c)
	c.Flags().Lookup("at").Usage = a.lang.Say("flag_issued_at")
	c.Flags().StringVar(&f.out, "out", "", a.lang.Say("flag_signed_out"))
	return c
}

// keysetSnapshot makes and signs the snapshot that says which of a region's
// documents belong together now.
func (a *app) keysetSnapshot(f snapshotFlags, command string) error {
	r, err := f.recorder(a, command)
	if err != nil {
		return err
	}
	due := r.at.Add(snapshotLife)
	if f.due != "" {
		if due, err = a.at(f.due); err != nil {
			return err
		}
	}
	if f.key == "" {
		return usage("flag_required", "--key")
	}
	if err := a.needOut(f.out); err != nil {
		return err
	}
	if err := notOver(f.out, f.key, f.passphraseFile); err != nil {
		return err
	}
	set, state, previous, err := a.regionState(f)
	if err != nil {
		return err
	}
	if previous != nil {
		if err := notBefore(r.at, previous.Head, f.previous); err != nil {
			return err
		}
	}
	snapshot, err := publish.NewSnapshot(previous, state, r.at.Unix(), due.Unix())
	if err != nil {
		return a.documentError(f.out, err)
	}
	signer, err := a.privateKey(f.key, f.passphraseFile)
	if err != nil {
		return err
	}
	if err := publish.CheckSigner(set, signer.PublicKey(), trustlist.UsageSnapshot, snapshot.Issued); err != nil {
		return a.documentError(f.key, err)
	}
	message, err := publish.NewDraft(snapshot)
	if err != nil {
		return a.documentError(f.out, err)
	}
	if message, err = publish.Sign(message, signer); err != nil {
		return a.documentError(f.out, err)
	}
	data, err := message.Marshal()
	if err != nil {
		return a.documentError(f.out, err)
	}
	d := &document{f.out, message, trustlist.KindSnapshot, snapshot}
	records, err := a.record(r, d, signersOfOne(signer.PublicKey()), true)
	if err != nil {
		return err
	}
	if err := a.writeRecorded(f.out, data, records); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(viewDocument(d))
	}
	say := a.sayBeside(f.out)
	a.tellHead(say, d)
	say("snapshot_names", len(state.Lists), clock(snapshot.Due))
	say("doc_written", f.out)
	return nil
}

// regionState reads what a snapshot is to name, all of one region.
func (a *app) regionState(f snapshotFlags) (*trustlist.KeySet, publish.RegionState, *trustlist.Snapshot, error) {
	var state publish.RegionState
	set, d, err := contentAs[*trustlist.KeySet](a, f.keySet, trustlist.KindKeySet)
	if err != nil {
		return nil, state, nil, err
	}
	if len(d.message.Signatures()) == 0 {
		return nil, state, nil, fail("not_signed_yet", f.keySet)
	}
	state.KeySet = d.message
	if f.overlay != "" {
		_, overlay, err := a.partOf(set.Region, f.overlay, trustlist.KindOverlay)
		if err != nil {
			return nil, state, nil, err
		}
		state.Overlay = overlay.message
	}
	for _, path := range f.statusLists {
		content, _, err := a.partOf(set.Region, path, trustlist.KindStatusList)
		if err != nil {
			return nil, state, nil, err
		}
		if list, ok := content.(*trustlist.StatusList); ok {
			state.Lists = append(state.Lists, list)
		}
	}
	if f.previous == "" {
		return set, state, nil, nil
	}
	content, _, err := a.partOf(set.Region, f.previous, trustlist.KindSnapshot)
	if err != nil {
		return nil, state, nil, err
	}
	previous, _ := content.(*trustlist.Snapshot)
	return set, state, previous, nil
}

// partOf reads a signed document of a region.
func (a *app) partOf(region, path string, kind trustlist.Kind) (trustlist.Document, *document, error) {
	d, _, err := a.part(path, kind)
	if err != nil {
		return nil, nil, err
	}
	if _, of := headOf(d.content); of != region {
		return nil, nil, a.documentError(path, trustlist.ErrWrongRegion)
	}
	return d.content, d, nil
}

package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
	"github.com/tongxing/tongxing/trustlist/publish/transcript"
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
	c = a.Command("snapshot KEYSET", "keyset_snapshot", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		f.keySet = args[0]
		return a.keysetSnapshot(f, commandOf(c))
	})
	c.Flags().StringVar(&f.overlay, "overlay", "", a.Lang.Say("flag_snapshot_overlay"))
	c.Flags().StringArrayVar(&f.statusLists, "status", nil, a.Lang.Say("flag_snapshot_status"))
	c.Flags().StringVar(&f.previous, "previous", "", a.Lang.Say("flag_previous_snapshot"))
	c.Flags().StringVar(&f.key, "key", "", a.Lang.Say("flag_snapshot_key"))
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", a.Lang.Say("flag_passphrase"))
	c.Flags().StringVar(&f.due, "due", "", a.Lang.Say("flag_snapshot_due"))
	f.recordFlags.add(a, c)
	c.Flags().Lookup("at").Usage = a.Lang.Say("flag_issued_at")
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_signed_out"))
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
		return program.Usage("flag_required", "--key")
	}
	if err := a.needOut(f.out); err != nil {
		return err
	}
	if err := notOver(f.out, f.key, f.passphraseFile); err != nil {
		return err
	}
	d, lists, err := a.signedSnapshot(f, r.at, due)
	if err != nil {
		return err
	}
	data, err := d.message.Marshal()
	if err != nil {
		return a.documentError(f.out, err)
	}
	var signers []transcript.Signer
	for _, s := range d.message.Signatures() {
		signers = append(signers, transcript.Signer{Algorithm: s.Algorithm.String(), Thumbprint: s.KeyID})
	}
	records, err := a.record(r, d, signers, true)
	if err != nil {
		return err
	}
	if err := a.writeRecorded(f.out, data, records); err != nil {
		return err
	}
	if a.JSON {
		return a.PrintJSON(viewDocument(d))
	}
	say := a.sayBeside(f.out)
	a.tellHead(say, d)
	say("snapshot_names", lists, clock(due.Unix()))
	say("doc_written", f.out)
	return nil
}

// signedSnapshot makes the snapshot, signed by a key that may, and says how many
// status lists it names.
func (a *app) signedSnapshot(f snapshotFlags, at, due time.Time) (*document, int, error) {
	set, state, previous, err := a.regionState(f)
	if err != nil {
		return nil, 0, err
	}
	if err := notBefore(at, set.Head, f.keySet); err != nil {
		return nil, 0, err
	}
	if previous != nil {
		if err := notBefore(at, previous.Head, f.previous); err != nil {
			return nil, 0, err
		}
	}
	snapshot, err := publish.NewSnapshot(previous, state, at.Unix(), due.Unix())
	if err != nil {
		return nil, 0, a.documentError(f.out, err)
	}
	signer, err := a.privateKey(f.key, f.passphraseFile)
	if err != nil {
		return nil, 0, err
	}
	if err := publish.CheckSigner(set, signer.PublicKey(), trustlist.UsageSnapshot, snapshot.Issued); err != nil {
		return nil, 0, a.documentError(f.key, err)
	}
	message, err := publish.NewDraft(snapshot)
	if err != nil {
		return nil, 0, a.documentError(f.out, err)
	}
	if message, err = publish.Sign(message, signer); err != nil {
		return nil, 0, a.documentError(f.out, err)
	}
	return &document{f.out, message, trustlist.KindSnapshot, snapshot}, len(state.Lists), nil
}

// regionState reads what a snapshot is to name, all of one region.
func (a *app) regionState(f snapshotFlags) (*trustlist.KeySet, publish.RegionState, *trustlist.Snapshot, error) {
	var state publish.RegionState
	set, d, err := contentAs[*trustlist.KeySet](a, f.keySet, trustlist.KindKeySet)
	if err != nil {
		return nil, state, nil, err
	}
	if len(d.message.Signatures()) == 0 {
		return nil, state, nil, program.Fail("not_signed_yet", f.keySet)
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

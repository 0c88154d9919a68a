package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/revocation"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

type statusPublishFlags struct {
	keySet, overlay, previous string
	key, passphraseFile       string
	at, due, out              string
}

func (a *app) statusPublishCommand() *cobra.Command {
	var f statusPublishFlags
	c := a.Command("publish FOLDER", "status_publish", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return a.statusPublish(f, args[0])
	})
	c.Flags().StringVar(&f.keySet, "keyset", "", a.Lang.Say("flag_status_keyset"))
	c.Flags().StringVar(&f.overlay, "overlay", "", a.Lang.Say("flag_snapshot_overlay"))
	c.Flags().StringVar(&f.previous, "previous", "", a.Lang.Say("flag_previous_published"))
	c.Flags().StringVar(&f.key, "key", "", a.Lang.Say("flag_snapshot_key"))
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", a.Lang.Say("flag_passphrase"))
	c.Flags().StringVar(&f.at, "at", "", a.Lang.Say("flag_issued_at"))
	c.Flags().StringVar(&f.due, "due", "", a.Lang.Say("flag_snapshot_due"))
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_published_out"))
	return c
}

// statusPublish puts a region's documents together for bundles: key set, overlay,
// status, and a new snapshot that names them.
func (a *app) statusPublish(f statusPublishFlags, path string) error {
	for _, required := range []place{{"--keyset", f.keySet}, {"--key", f.key}, {"--out", f.out}} {
		if required.path == "" {
			return program.Usage("flag_required", required.flag)
		}
	}
	if err := a.newFolder(f.out); err != nil {
		return err
	}
	at, due, err := a.issuedDue(f.at, f.due, snapshotLife)
	if err != nil {
		return err
	}
	p, err := a.readPublication(path)
	if err != nil {
		return err
	}
	set, err := a.regionKeySet(f.keySet, p.code)
	if err != nil {
		return err
	}
	if err := p.check(set); err != nil {
		return a.documentError(program.Subject(err), errors.Unwrap(err))
	}
	d, folder, err := a.regionFolder(f, p, set, at, due)
	if err != nil {
		return err
	}
	if err := a.writeFolder(f.out, folder); err != nil {
		return err
	}
	if a.JSON {
		return a.PrintJSON(struct {
			Folder string `json:"folder"`
			Hash   string `json:"status_hash"`
			Lists  int    `json:"lists"`
			Deltas int    `json:"deltas"`
			documentView
		}{f.out, p.state.Hash, len(p.lists), len(p.deltas), viewDocument(d)})
	}
	a.tellHead(a.Say, d)
	a.Say("status_published", f.out, len(p.lists), len(p.deltas), clock(due.Unix()))
	a.Say("status_hash", p.state.Hash)
	return nil
}

// regionFolder signs the snapshot and returns it with the files of the folder.
func (a *app) regionFolder(f statusPublishFlags, p *publication, set *trustlist.KeySet, at, due time.Time) (*document, []folderFile, error) {
	for _, before := range []trustlist.Head{set.Head, p.newest()} {
		if err := notBefore(at, before, p.path); err != nil {
			return nil, nil, err
		}
	}
	if err := a.notBehind(f.previous, p, at.Unix()); err != nil {
		return nil, nil, err
	}
	state, previous, err := a.publishedState(f, p, at.Unix())
	if err != nil {
		return nil, nil, err
	}
	snapshot, err := publish.NewSnapshot(previous, state, at.Unix(), due.Unix())
	if err != nil {
		return nil, nil, a.documentError(f.previous, err)
	}
	signer, err := a.privateKey(f.key, f.passphraseFile)
	if err != nil {
		return nil, nil, err
	}
	if err := publish.CheckSigner(set, signer.PublicKey(), trustlist.UsageSnapshot, snapshot.Issued); err != nil {
		return nil, nil, a.documentError(f.key, err)
	}
	signed, err := a.signStatus([]trustlist.Document{snapshot}, signer)
	if err != nil {
		return nil, nil, err
	}
	content, err := a.encodeStatus(append(p.documents(), signed...))
	if err != nil {
		return nil, nil, err
	}
	copied, err := copiedFiles(f, p)
	return signed[0], append(content, copied...), err
}

// copiedFiles are the documents of the folder that stay as they are.
func copiedFiles(f statusPublishFlags, p *publication) ([]folderFile, error) {
	var content []folderFile
	for _, part := range []struct{ name, path string }{
		{stateName, filepath.Join(p.path, stateName)}, {keySetName, f.keySet}, {overlayName, f.overlay},
	} {
		if part.path == "" {
			continue
		}
		data, err := files.Read(part.path, maxDocument)
		if err != nil {
			return nil, err
		}
		content = append(content, folderFile{Name: part.name, Data: data})
	}
	return content, nil
}

// notBehind refuses status that is older than what was published before, or that
// was built on something else: devices would take it for a rollback or a fork.
func (a *app) notBehind(previous string, p *publication, issued int64) error {
	if previous == "" || isFolder(previous) != nil {
		return nil
	}
	before, err := a.readPublication(previous)
	if err != nil {
		return err
	}
	if before.code != p.code {
		return program.Fail("status_other_region", previous, p.code)
	}
	order := p.state.head().Version.Compare(before.state.head().Version)
	if order < 0 || order == 0 && before.state.Hash != p.state.Hash {
		return program.Fail("status_older", p.path, p.state.head().Version, previous, before.state.head().Version)
	}
	if err := revocation.Follow(before.current, p.current, issued); err != nil {
		return program.FailFor(err, "status_older", p.path, p.state.head().Version, previous, before.state.head().Version)
	}
	return nil
}

// publishedState is what the snapshot names, and the snapshot that it follows on.
// Lists whose month has ended when it is issued are no part of the status hash.
func (a *app) publishedState(f statusPublishFlags, p *publication, issued int64) (publish.RegionState, *trustlist.Snapshot, error) {
	flags := snapshotFlags{keySet: f.keySet, overlay: f.overlay, previous: f.previous}
	if f.previous != "" && isFolder(f.previous) == nil {
		flags.previous = filepath.Join(f.previous, snapshotName)
	}
	_, state, previous, err := a.regionState(flags)
	if err != nil {
		return state, nil, err
	}
	if previous != nil {
		if err := notBefore(time.Unix(issued, 0), previous.Head, flags.previous); err != nil {
			return state, nil, err
		}
	}
	if state.Lists, err = p.current.At(issued).Documents(trustlist.RegionalHead{}); err != nil {
		return state, nil, a.statusError(p.path, err)
	}
	return state, previous, nil
}

// regionFolders adds the documents of folders, as status publish writes them, to
// the parts of a bundle.
func (f *packFlags) regionFolders() error {
	for _, folder := range f.folders {
		if err := isFolder(folder); err != nil {
			return err
		}
		lists, deltas, err := statusFiles(folder)
		if err != nil {
			return err
		}
		f.lists, f.deltas = slices.Concat(f.lists, lists), slices.Concat(f.deltas, deltas)
		f.keySets = append(f.keySets, filepath.Join(folder, keySetName))
		for _, part := range []struct {
			name  string
			paths *[]string
		}{{overlayName, &f.overlays}, {snapshotName, &f.snapshots}} {
			path := filepath.Join(folder, part.name)
			if _, err := os.Stat(path); err == nil {
				*part.paths = append(*part.paths, path)
			}
		}
	}
	return nil
}

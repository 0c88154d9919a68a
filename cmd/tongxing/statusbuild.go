package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/revocation"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

const (
	// statusLife is after how long the next status is due unless it is said: made
	// daily, with a day to spare.
	statusLife = 48 * time.Hour
	// maxStatusDeltas is how many deltas a bundle has of a region (TRUST-101).
	maxStatusDeltas = 64
)

type statusBuildFlags struct {
	registry, region    string
	keySet              string
	key, passphraseFile string
	previous, out       string
	at, due             string
	lifetime            time.Duration
	full                bool
}

func (a *app) statusBuildCommand() *cobra.Command {
	var f statusBuildFlags
	c := a.Command("build", "status_build", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.statusBuild(ctx, f)
	})
	c.Flags().StringVar(&f.registry, "registry", "", a.Lang.Say("flag_registry_there"))
	c.Flags().StringVar(&f.region, "region", "", a.Lang.Say("flag_region"))
	completeFlag(c, "region", a.regions()...)
	c.Flags().StringVar(&f.keySet, "keyset", "", a.Lang.Say("flag_status_keyset"))
	c.Flags().StringVar(&f.key, "key", "", a.Lang.Say("flag_status_key"))
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", a.Lang.Say("flag_passphrase"))
	c.Flags().StringVar(&f.previous, "previous", "", a.Lang.Say("flag_previous_status"))
	c.Flags().BoolVar(&f.full, "full", false, a.Lang.Say("flag_full_status"))
	c.Flags().StringVar(&f.at, "at", "", a.Lang.Say("flag_issued_at"))
	c.Flags().StringVar(&f.due, "due", "", a.Lang.Say("flag_status_due"))
	c.Flags().DurationVar(&f.lifetime, "lifetime", issuer.DefaultLifetime, a.Lang.Say("flag_status_lifetime"))
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_status_out"))
	return c
}

// statusTask is what a build works with.
type statusTask struct {
	at, due  time.Time
	set      *trustlist.KeySet
	signer   sig.Signer
	previous *publication // nil: none
	lists    revocation.Lists
	mark     registry.Mark
	head     trustlist.RegionalHead
}

// statusBuilt is the result of status build for programs.
type statusBuilt struct {
	Folder  string            `json:"folder"`
	Region  string            `json:"region"`
	Kind    string            `json:"kind"`          // "lists" or "delta"
	Why     string            `json:"why,omitempty"` // why lists whole where a delta was possible
	Version string            `json:"version"`
	Issued  int64             `json:"issued"`
	Due     int64             `json:"due"`
	Hash    string            `json:"status_hash"`
	Lists   int               `json:"lists"`
	Deltas  int               `json:"deltas"`
	Bytes   int               `json:"bytes"`   // of what was made
	Changed int               `json:"changed"` // lists that the delta changes
	Counts  revocation.Counts `json:"counts"`
	Mark    markView          `json:"mark"`
}

// statusBuild makes and signs what a region publishes of its revocations now:
// lists whole, or the delta after what it has published.
func (a *app) statusBuild(ctx context.Context, f statusBuildFlags) error {
	if err := f.check(a); err != nil {
		return err
	}
	t, err := a.statusTask(ctx, f)
	if err != nil {
		return err
	}
	made, why, err := t.make(f.full)
	if err != nil {
		return a.statusError(f.registry, err)
	}
	folder, built, err := a.statusFiles(t, made)
	if err != nil {
		return err
	}
	built.Folder, built.Why = f.out, why
	if err := a.writeFolder(f.out, folder); err != nil {
		return err
	}
	if a.JSON {
		return a.PrintJSON(built)
	}
	a.tellBuilt(built)
	return nil
}

// check holds the flags to what is needed, before any file is opened.
func (f *statusBuildFlags) check(a *app) error {
	for _, required := range []place{
		{"--registry", f.registry}, {"--region", f.region}, {"--keyset", f.keySet}, {"--key", f.key}, {"--out", f.out},
	} {
		if required.path == "" {
			return program.Usage("flag_required", required.flag)
		}
	}
	if f.lifetime < time.Minute || f.lifetime > issuer.MaxLifetime {
		return program.Usage("lifetime_range", f.lifetime)
	}
	if err := regionFlag(f.region); err != nil {
		return err
	}
	return a.newFolder(f.out)
}

// newFolder refuses a folder that is there already, or in no folder.
func (a *app) newFolder(path string) error {
	if path == "-" {
		return program.Usage("folder_to_stdout")
	}
	if _, err := os.Stat(path); err == nil {
		return program.Fail("folder_exists", path)
	}
	return a.needOut(path)
}

// statusTask reads everything that a build needs, and collects the lists.
func (a *app) statusTask(ctx context.Context, f statusBuildFlags) (*statusTask, error) {
	t := new(statusTask)
	var err error
	if t.at, t.due, err = a.issuedDue(f.at, f.due, statusLife); err != nil {
		return nil, err
	}
	if t.set, err = a.regionKeySet(f.keySet, f.region); err != nil {
		return nil, err
	}
	if f.previous != "" {
		if t.previous, err = a.readPublication(f.previous); err != nil {
			return nil, err
		}
		if t.previous.code != f.region {
			return nil, program.Fail("status_other_region", f.previous, f.region)
		}
	}
	key, err := a.privateKey(f.key, f.passphraseFile)
	if err != nil {
		return nil, err
	}
	t.signer = key
	if err := publish.CheckSigner(t.set, key.PublicKey(), trustlist.UsageStatusList, t.at.Unix()); err != nil {
		return nil, a.documentError(f.key, err)
	}
	if t.head, err = publish.NewStatusHead(t.previous.headOrNil(), t.set, t.at.Unix(), t.due.Unix()); err != nil {
		return nil, a.documentError(f.previous, err)
	}
	return t, a.collectStatus(ctx, f, t)
}

func (p *publication) headOrNil() *trustlist.Head {
	if p == nil {
		return nil
	}
	return p.state.head()
}

// collectStatus collects the lists from the registry and holds them to what was
// published.
func (a *app) collectStatus(ctx context.Context, f statusBuildFlags, t *statusTask) error {
	reg, err := a.thereRegistry(ctx, f.registry)
	if err != nil {
		return err
	}
	defer reg.Close()
	if t.previous != nil {
		if err := revocation.CheckMark(ctx, reg, t.previous.mark); err != nil {
			return a.statusError(f.registry, err)
		}
	}
	scope := revocation.Scope{
		Region: referenceOf(f.region, noRef).Region, Issued: t.at.Unix(), Latest: t.due.Add(f.lifetime).Unix(),
	}
	if t.lists, t.mark, err = revocation.Collect(ctx, reg, scope); err != nil {
		return a.statusError(f.registry, err)
	}
	if len(t.lists) == 0 {
		return program.Fail("registry_without_region", f.registry, f.region)
	}
	if t.previous != nil {
		return a.statusError(f.registry, revocation.Follow(t.previous.current, t.lists, t.at.Unix()))
	}
	return nil
}

// make returns the documents to sign: one delta after the previous publication,
// or every list, and why.
func (t *statusTask) make(full bool) (made []trustlist.Document, why string, err error) {
	if why = t.wholeLists(full); why == "" {
		delta, err := revocation.Delta(t.previous.current, t.lists, t.head)
		if err == nil {
			return []trustlist.Document{delta}, "", nil
		}
		if !errors.Is(err, revocation.ErrNewList) {
			return nil, "", err
		}
		why = "new_list"
	}
	lists, err := t.lists.Documents(t.head)
	if err != nil {
		return nil, "", err
	}
	for _, list := range lists {
		made = append(made, list)
	}
	return made, why, nil
}

// wholeLists says why no delta will do, or "".
func (t *statusTask) wholeLists(full bool) string {
	switch {
	case t.previous == nil:
		return "first"
	case full:
		return "asked"
	case t.previous.state.Version[0] != t.head.Version.Epoch:
		return "epoch"
	case len(t.previous.deltas) >= maxStatusDeltas:
		return "deltas"
	case t.previous.check(t.set) != nil:
		return "signer"
	}
	return ""
}

// check reports whether every document is signed by a key of the set that may.
func (s *regionStatus) check(set *trustlist.KeySet) error {
	for _, group := range [][]*document{s.lists, s.deltas} {
		for _, d := range group {
			head, _ := headOf(d.content)
			if err := publish.CheckOnline(set, d.message, trustlist.UsageStatusList, head.Issued); err != nil {
				return &files.PathError{Path: d.path, Err: err}
			}
		}
	}
	return nil
}

// statusFiles signs the documents and returns the files of the folder: those of
// the previous publication before a delta, and the state.
func (a *app) statusFiles(t *statusTask, made []trustlist.Document) ([]folderFile, *statusBuilt, error) {
	signed, err := a.signStatus(made, t.signer)
	if err != nil {
		return nil, nil, err
	}
	hash, err := t.lists.Hash()
	if err != nil {
		return nil, nil, err
	}
	built := &statusBuilt{
		Region: t.head.Region, Kind: "lists", Version: t.head.Version.String(), Issued: t.head.Issued, Due: t.head.Due,
		Hash: hexHash(hash), Counts: t.lists.Counts(), Mark: viewMark(t.mark),
	}
	if delta, ok := made[0].(*trustlist.StatusDelta); ok {
		built.Kind, built.Changed = "delta", len(delta.Changes)
		signed = append(t.previous.documents(), signed...)
	}
	all, err := a.encodeStatus(signed)
	if err != nil {
		return nil, nil, err
	}
	for i, d := range signed {
		if d.kind == trustlist.KindStatusList {
			built.Lists++
		} else {
			built.Deltas++
		}
		if i >= len(signed)-len(made) {
			built.Bytes += len(all[i].Data)
		}
	}
	state, err := json.MarshalIndent(statusState{
		Region: t.head.Region, Version: [2]uint32{t.head.Version.Epoch, t.head.Version.Counter},
		Issued: t.head.Issued, Due: t.head.Due, Hash: built.Hash, Mark: built.Mark,
	}, "", "  ")
	if err != nil {
		return nil, nil, err
	}
	return append(all, folderFile{Name: stateName, Data: append(state, 0x0a)}), built, nil
}

func (s *regionStatus) documents() []*document {
	return append(append([]*document(nil), s.lists...), s.deltas...)
}

// signStatus signs documents; each signature is checked by both implementations.
func (a *app) signStatus(made []trustlist.Document, signer sig.Signer) ([]*document, error) {
	var signed []*document
	for _, content := range made {
		if err := a.ctx.Err(); err != nil {
			return nil, err
		}
		d := &document{kind: content.Kind(), content: content}
		d.path = statusName(d)
		message, err := publish.NewDraft(content)
		if err != nil {
			return nil, a.documentError(d.path, err)
		}
		if d.message, err = publish.Sign(message, signer); err != nil {
			return nil, a.documentError(d.path, err)
		}
		signed = append(signed, d)
	}
	return signed, nil
}

// statusName is the name of a document in a folder of status or of a region.
func statusName(d *document) string {
	if list, ok := d.content.(*trustlist.StatusList); ok {
		return fmt.Sprintf("%s%d%s", listPrefix, list.List, coseSuffix)
	}
	if d.kind == trustlist.KindSnapshot {
		return snapshotName
	}
	head, _ := headOf(d.content)
	return deltaPrefix + head.Version.String() + coseSuffix
}

func (a *app) encodeStatus(documents []*document) ([]folderFile, error) {
	var all []folderFile
	for _, d := range documents {
		data, err := d.message.Marshal()
		if err != nil {
			return nil, a.documentError(d.path, err)
		}
		all = append(all, folderFile{Name: statusName(d), Data: data})
	}
	return all, nil
}

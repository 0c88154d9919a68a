package main

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/device"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fetch"
)

type applyFlags struct{ store, root, at, statusRegions string }

// bundleApplyCommand is `tongxing bundle apply`: a device takes new trust.
func (a *app) bundleApplyCommand() *cobra.Command {
	var f applyFlags
	c := a.Command("apply BUNDLE|DELTA|FOLDER|ADDRESS", "bundle_apply", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return a.bundleApply(ctx, f, args[0])
	})
	c.Flags().StringVar(&f.store, "store", "", a.Lang.Say("flag_store"))
	c.Flags().StringVar(&f.root, "root", "", a.Lang.Say("flag_root_first"))
	c.Flags().StringVar(&f.statusRegions, "status-regions", "", a.Lang.Say("flag_status_regions_kept"))
	c.Flags().StringVar(&f.at, "at", "", a.Lang.Say("flag_at"))
	return c
}

// bundleApply brings the store up to what the source has.
func (a *app) bundleApply(ctx context.Context, f applyFlags, source string) error {
	at, err := a.at(f.at)
	if err != nil {
		return err
	}
	choice, err := statusChoice(f.statusRegions)
	if err != nil {
		return err
	}
	var anchor trustlist.Anchor
	if f.root != "" {
		if anchor, err = (&trustFlags{bundle: source, root: f.root}).anchor(); err != nil {
			return err
		}
	}
	path, err := a.storePath(f.store)
	if err != nil {
		return err
	}
	if f.store == "" {
		undo, err := makeFolder(path)
		defer undo() // does nothing once there is a store
		if err != nil {
			return err
		}
	}
	store, err := a.openStoreFor(ctx, path, fetch.StoreOptions{Anchor: anchor, Status: choice})
	if err != nil {
		return err
	}
	result, err := importFrom(ctx, store, source, at.Unix())
	if err != nil {
		return device.Fault(source, err)
	}
	return a.tellApplied(store, result, at)
}

// importFrom imports from what the source is: an address, a folder or a file.
func importFrom(ctx context.Context, store *fetch.Store, source string, clock int64) (*fetch.Result, error) {
	if strings.Contains(source, "://") {
		web, err := fetch.NewHTTP(source, fetch.HTTPOptions{
			Timer:   func(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop },
			Partial: partialPath(store.Path()),
		})
		if err != nil {
			return nil, err
		}
		return web.Import(ctx, store, clock)
	}
	if info, err := os.Stat(source); err == nil && info.IsDir() {
		return fetch.ImportFolder(ctx, store, source, clock)
	}
	return fetch.ImportFile(store, source, clock)
}

// partialPath is where a download that was cut waits, beside the store.
func partialPath(store string) string { return store + ".part" }

// applied is the result of bundle apply for programs.
type applied struct {
	Store      string            `json:"store"`
	From       string            `json:"from"`
	Changed    bool              `json:"changed"`
	Delta      bool              `json:"delta"` // a delta was enough
	Downloaded int64             `json:"downloaded"`
	Before     *versionsView     `json:"before,omitempty"`
	After      versionsView      `json:"after"`
	Status     statusCarried     `json:"status"` // of which regions status lists are held now
	Report     *trustlist.Report `json:"report"`
	Refused    []refusedView     `json:"refused,omitempty"` // files that were looked at and not taken
}

// versionsView is what is in force, in short.
type versionsView struct {
	Root    trustlist.Version            `json:"root"`
	List    trustlist.Version            `json:"list"`
	Policy  *trustlist.Version           `json:"policy,omitempty"`
	Regions map[string]trustlist.Version `json:"regions"` // key sets; 0.0: unavailable
}

type refusedView struct {
	From   string `json:"from"`
	Reason string `json:"reason"`
}

func viewVersions(trust *trustlist.Trust) versionsView {
	v := versionsView{Root: trust.RootVersion(), List: trust.ListVersion(), Regions: map[string]trustlist.Version{}}
	if policy := trust.PolicyVersion(); !policy.IsZero() {
		v.Policy = &policy
	}
	for _, region := range trust.Regions() {
		v.Regions[region.Code] = region.KeySetVersion
	}
	return v
}

func (a *app) tellApplied(store *fetch.Store, result *fetch.Result, at time.Time) error {
	change := result.Change
	if change == nil { // not modified
		state, err := store.Current(at.Unix())
		if err != nil {
			return device.Fault(store.Path(), err)
		}
		change = &fetch.Change{Before: state.Trust, After: state.Trust, Report: new(trustlist.Report)}
	}
	if !change.Report.Clean() {
		a.Status = program.StatusRejects
	}
	view := applied{
		Store: store.Path(), From: result.From, Changed: change.Changed, Delta: result.Delta, Downloaded: result.Moved,
		After: viewVersions(change.After), Status: viewCarried(change.After, at), Report: change.Report,
	}
	for _, refused := range result.Refused {
		sentence, _ := a.Explain(device.Fault(refused.From, refused.Err))
		view.Refused = append(view.Refused, refusedView{refused.From, sentence})
	}
	if change.Before != nil {
		before := viewVersions(change.Before)
		view.Before = &before
	}
	if a.JSON {
		return a.PrintJSON(view)
	}
	for _, refused := range view.Refused {
		a.Note("file_passed_over", refused.Reason)
	}
	a.tellReport(change.Report)
	a.tellChange(&view, change, at)
	return nil
}

// tellChange says what is in force now and was not before.
func (a *app) tellChange(view *applied, change *fetch.Change, at time.Time) {
	if !view.Changed {
		a.Say("apply_unchanged", view.From, view.After.List, clock(change.After.Issued()))
		return
	}
	a.Say("apply_done", view.From, view.Store)
	if view.Downloaded > 0 {
		a.Say("apply_downloaded", view.Downloaded)
	}
	before := view.Before
	if before == nil {
		before = new(versionsView)
	}
	a.tellVersion(a.kindName(trustlist.KindRoot), before.Root, view.After.Root)
	a.tellVersion(a.kindName(trustlist.KindList), before.List, view.After.List)
	a.tellVersion(a.kindName(trustlist.KindPolicy), versionOf(before.Policy), versionOf(view.After.Policy))
	for _, region := range change.After.Regions() {
		what := a.kindName(trustlist.KindKeySet) + " " + region.Code + " " + a.regionName(region.Code, region.Name)
		a.tellVersion(what, before.Regions[region.Code], region.KeySetVersion)
	}
	if change.Before != nil {
		a.tellCarried(view.Status.since(viewCarried(change.Before, at)))
	} else {
		a.tellCarried(view.Status.since(statusCarried{}))
	}
	for _, code := range change.Report.Kept {
		a.Say("apply_kept", code, a.regionName(code, ""))
	}
	for _, code := range change.Report.Removed {
		a.Say("apply_removed", code, a.regionName(code, ""))
	}
	if unavailable := unavailableRegions(change.After); len(unavailable) > 0 {
		a.Say("apply_unavailable", strings.Join(unavailable, " "))
	}
}

func versionOf(v *trustlist.Version) trustlist.Version {
	if v == nil {
		return trustlist.Version{}
	}
	return *v
}

// tellVersion says how a version has changed, nothing if it has not.
func (a *app) tellVersion(what string, before, after trustlist.Version) {
	switch {
	case before == after:
	case before.IsZero():
		a.Say("apply_new", what, after)
	case after.IsZero():
		a.Say("apply_gone", what, before)
	default:
		a.Say("apply_version", what, before, after)
	}
}

func unavailableRegions(trust *trustlist.Trust) []string {
	var codes []string
	for _, region := range trust.Regions() {
		if region.Available() != nil {
			codes = append(codes, region.Code)
		}
	}
	return slices.Clip(codes)
}

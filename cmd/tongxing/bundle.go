package main

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/device"
	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier"
)

// bundleCommand is `tongxing bundle`: the one file with everything that a venue
// needs.
func (a *app) bundleCommand() *cobra.Command {
	return a.Group("bundle", "bundle", a.bundlePackCommand(), a.bundleShowCommand(), a.bundleApplyCommand(),
		a.bundleDeltaCommand(), a.bundlePublishCommand(), a.bundleServeCommand(), a.bundleScreenCommand(), a.bundleGatherCommand())
}

func (a *app) bundleShowCommand() *cobra.Command {
	var root, at string
	c := a.Command("show BUNDLE", "bundle_show", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return a.bundleShow(args[0], root, at)
	})
	c.Flags().StringVar(&root, "root", "", a.Lang.Say("flag_root"))
	c.Flags().StringVar(&at, "at", "", a.Lang.Say("flag_at"))
	return c
}

// partView is one document of a bundle.
type partView struct {
	documentView
	Bytes      int     `json:"bytes"`
	AgeSeconds float64 `json:"age_seconds"` // at the time of --at
	Signatures int     `json:"signatures"`
}

// shownBundle is what a device believes after loading a bundle.
type shownBundle struct {
	File    string            `json:"file"`
	Bytes   int               `json:"bytes"`
	At      time.Time         `json:"at"`
	Parts   []partView        `json:"parts"`
	InForce *trustlist.Trust  `json:"in_force"`
	Status  statusCarried     `json:"status"`
	Report  *trustlist.Report `json:"report"`
	// Freshness is what the policy's ladder makes of the age.
	Freshness  string  `json:"freshness"`
	AgeSeconds float64 `json:"age_seconds"` // of the newest national document

	evidence verifier.Evidence
}

// bundleShow loads a bundle as a device would at the given time, and says what
// of it is in force.
func (a *app) bundleShow(path, root, atText string) error {
	at, err := a.at(atText)
	if err != nil {
		return err
	}
	from := trustFlags{bundle: path, root: root}
	anchor, err := from.anchor()
	if err != nil {
		return err
	}
	data, err := files.Read(path, maxBundle)
	if err != nil {
		return err
	}
	trust, report, err := trustlist.Load(data, anchor, trustlist.LoadOptions{Clock: at.Unix()})
	if err != nil {
		return device.TrustFault(path, err)
	}
	parts, err := trustlist.ParseBundle(data)
	if err != nil {
		return device.TrustFault(path, err)
	}
	if !report.Clean() {
		a.Status = program.StatusRejects
	}
	evidence, err := evidenceAt(trust, at)
	if err != nil {
		return err
	}
	shown := shownBundle{
		File: path, Bytes: len(data), At: at, Parts: viewParts(path, parts, at), InForce: trust, Report: report, Status: viewCarried(trust, at),
		Freshness: evidence.Freshness.String(), AgeSeconds: evidence.KnowledgeAge.Seconds(), evidence: evidence,
	}
	if a.JSON {
		return a.PrintJSON(shown)
	}
	a.tellBundle(&shown)
	return nil
}

// evidenceAt returns what a verifier would say of the trust material itself: it
// says so of every text, also of none.
func evidenceAt(trust *trustlist.Trust, at time.Time) (verifier.Evidence, error) {
	v, err := verifier.New(trust, verifier.Options{})
	if err != nil {
		return verifier.Evidence{}, err
	}
	return v.Verify("", at, verifier.Context{}).Evidence(), nil
}

// outsidePeriod remarks that a key does not sign at a time, which its state does
// not tell: what it signed before stays valid.
func (a *app) outsidePeriod(k *trustlist.Key, at time.Time) string {
	switch {
	case at.Unix() < k.SignFrom:
		return a.Lang.Say("key_not_begun")
	case at.Unix() >= k.SignUntil:
		return a.Lang.Say("key_period_over")
	}
	return ""
}

// viewParts describes every document of a bundle that can be read.
func viewParts(path string, parts *trustlist.Parts, at time.Time) []partView {
	all := append(slices.Clone(parts.Roots), parts.List, parts.Policy)
	for i := range parts.Regions {
		r := &parts.Regions[i]
		all = append(all, r.KeySet, r.Overlay, r.Snapshot)
		all = append(append(all, r.StatusLists...), r.Deltas...)
	}
	var views []partView
	for _, data := range all {
		unverified, err := trustlist.Open(data)
		if err != nil {
			continue // absent, or refused and in the report
		}
		content, err := unverified.UnverifiedContent()
		if err != nil {
			continue
		}
		view := viewDocument(&document{path, unverified.Message(), unverified.Kind(), content})
		views = append(views, partView{view, len(data), at.Sub(view.Issued).Seconds(), len(unverified.Message().Signatures())})
	}
	return views
}

func (a *app) tellBundle(b *shownBundle) {
	a.Say("bundle_head", b.File, b.Bytes, clock(b.At.Unix()), clock(b.InForce.Floor()))
	a.Say("bundle_freshness", a.freshness(b.evidence.Freshness), a.age(b.evidence.KnowledgeAge))
	for _, p := range b.Parts {
		name := a.Lang.Say("kind_" + p.Kind)
		if p.Region != "" {
			name += " " + p.Region
		}
		a.Say("bundle_part", name, p.Version, clock(p.Issued.Unix()), p.AgeSeconds/time.Hour.Seconds(), p.Bytes, p.Signatures)
		if p.Region == "" { // what people compare
			a.Say("bundle_hash", p.Hash, p.Words)
		}
	}
	if end, ends := b.InForce.ProgrammeEnd(); ends {
		a.Say("list_end", clock(end))
	}
	for _, region := range b.InForce.Regions() {
		a.Say("bundle_region", region.Code, region.Name, region.Usage, region.KeySetVersion, region.Authority, region.Appeal)
		if err := region.Available(); err != nil {
			a.Say("bundle_unavailable", a.cause(err))
			continue
		}
		keys := region.Keys()
		for i := range keys {
			a.tellKey(&keys[i], a.outsidePeriod(&keys[i], b.At))
		}
		a.Say("bundle_laboratories", len(region.Laboratories()))
	}
	a.tellCarried(b.Status)
	a.tellReport(b.Report)
	if b.Report.Clean() {
		a.Say("bundle_clean")
	}
}

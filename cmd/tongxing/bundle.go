package main

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
	"github.com/tongxing/tongxing/verifier"
)

// bundleCommand is `tongxing bundle`: the one file with everything that a venue
// needs.
func (a *app) bundleCommand() *cobra.Command {
	return a.group("bundle", a.bundlePackCommand(), a.bundleShowCommand(),
		a.bundleDeltaCommand(), a.bundlePublishCommand(), a.bundleServeCommand(), a.bundleScreenCommand(), a.bundleGatherCommand())
}

type packFlags struct {
	roots              []string
	list, policy       string
	keySets, snapshots []string
	out                string
}

func (a *app) bundlePackCommand() *cobra.Command {
	var f packFlags
	c := a.command("pack", "bundle_pack", cobra.NoArgs, func(context.Context, []string) error {
		return a.bundlePack(f)
	})
	c.Flags().StringArrayVar(&f.roots, "root", nil, a.lang.Say("flag_root_chain"))
	c.Flags().StringVar(&f.list, "list", "", a.lang.Say("flag_list"))
	c.Flags().StringVar(&f.policy, "policy", "", a.lang.Say("flag_policy"))
	c.Flags().StringArrayVar(&f.keySets, "keyset", nil, a.lang.Say("flag_keyset"))
	c.Flags().StringArrayVar(&f.snapshots, "snapshot", nil, a.lang.Say("flag_snapshot"))
	c.Flags().StringVar(&f.out, "out", "", a.lang.Say("flag_bundle_out"))
	return c
}

// packed is the result of bundle pack for programs.
type packed struct {
	File    string   `json:"file"`
	Bytes   int      `json:"bytes"`
	SHA256  string   `json:"sha256"` // of the file
	Roots   int      `json:"roots"`
	Regions []string `json:"regions"`
}

// bundlePack packs signed documents into a bundle, after loading it as a device
// would.
func (a *app) bundlePack(f packFlags) error {
	if err := a.needOut(f.out); err != nil {
		return err
	}
	parts, err := a.parts(f)
	if err != nil {
		return err
	}
	data, err := publish.PackBundle(*parts)
	if err != nil {
		return a.documentError(f.out, err)
	}
	if err := a.writeOut(f.out, data, 0o644); err != nil {
		return err
	}
	p := packed{File: f.out, Bytes: len(data), SHA256: hexHash(sha256.Sum256(data)), Roots: len(parts.Roots), Regions: []string{}}
	for i := range parts.Regions {
		p.Regions = append(p.Regions, parts.Regions[i].Code)
	}
	if a.json {
		return a.printJSON(p)
	}
	a.sayBeside(f.out)("bundle_packed", f.out, p.Bytes, p.Roots, strings.Join(p.Regions, " "), p.SHA256)
	return nil
}

// parts reads every part and verifies it under the level above: the bundle as a
// whole would be refused too, but would not name the file that is wrong.
func (a *app) parts(f packFlags) (*trustlist.Parts, error) {
	if f.list == "" {
		return nil, usage("flag_required", "--list")
	}
	who := &nationalAuthority{roots: f.roots}
	parts := new(trustlist.Parts)
	list, data, err := a.verifiedPart(f.list, trustlist.KindList, who)
	if err != nil {
		return nil, err
	}
	parts.List = data
	if f.policy != "" {
		if _, parts.Policy, err = a.verifiedPart(f.policy, trustlist.KindPolicy, who); err != nil {
			return nil, err
		}
	}
	for _, path := range f.roots {
		_, data, err := a.part(path, trustlist.KindRoot)
		if err != nil {
			return nil, err
		}
		parts.Roots = append(parts.Roots, data)
	}
	return parts, a.regionParts(parts, f, list.path)
}

func (a *app) regionParts(parts *trustlist.Parts, f packFlags, list string) error {
	who := &regionalAuthority{list: list, roots: f.roots}
	for _, path := range f.keySets {
		d, data, err := a.verifiedPart(path, trustlist.KindKeySet, who)
		if err != nil {
			return err
		}
		if err := a.place(parts, d, data, func(r *trustlist.RegionParts) *[]byte { return &r.KeySet }); err != nil {
			return err
		}
	}
	// What a region's online key signs is held to the key set when the bundle
	// is loaded.
	for _, path := range f.snapshots {
		d, data, err := a.part(path, trustlist.KindSnapshot)
		if err != nil {
			return err
		}
		if err := a.place(parts, d, data, func(r *trustlist.RegionParts) *[]byte { return &r.Snapshot }); err != nil {
			return err
		}
	}
	return nil
}

// place puts a part where it belongs in its region, which has one of a kind.
func (a *app) place(parts *trustlist.Parts, d *document, data []byte, of func(*trustlist.RegionParts) *[]byte) error {
	_, code := headOf(d.content)
	slot := of(regionOf(parts, code))
	if *slot != nil {
		return fail("part_twice", d.path, a.kindName(d.kind), code)
	}
	*slot = data
	return nil
}

// regionOf returns the parts of a region, made in their place when there are
// none yet.
func regionOf(parts *trustlist.Parts, code string) *trustlist.RegionParts {
	i, found := slices.BinarySearchFunc(parts.Regions, code, func(r trustlist.RegionParts, code string) int {
		return strings.Compare(r.Code, code)
	})
	if !found {
		parts.Regions = slices.Insert(parts.Regions, i, trustlist.RegionParts{Code: code})
	}
	return &parts.Regions[i]
}

// part reads one signed document. A draft has no signatures and is none.
func (a *app) part(path string, kind trustlist.Kind) (*document, []byte, error) {
	d, err := a.readDocument(path, kind)
	if err != nil {
		return nil, nil, err
	}
	if len(d.message.Signatures()) == 0 {
		return nil, nil, fail("not_signed_yet", path)
	}
	data, err := d.message.Marshal()
	if err != nil {
		return nil, nil, a.documentError(path, err)
	}
	return d, data, nil
}

// verifiedPart is part for a document that the authority above has to have
// signed.
func (a *app) verifiedPart(path string, kind trustlist.Kind, who authority) (*document, []byte, error) {
	d, data, err := a.part(path, kind)
	if err != nil {
		return nil, nil, err
	}
	groups, err := who.check(a, d)
	if err != nil {
		return nil, nil, err
	}
	if err := publish.Complete(groups...); err != nil {
		return nil, nil, a.documentError(path, err)
	}
	return d, data, nil
}

func (a *app) bundleShowCommand() *cobra.Command {
	var root, at string
	c := a.command("show BUNDLE", "bundle_show", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return a.bundleShow(args[0], root, at)
	})
	c.Flags().StringVar(&root, "root", "", a.lang.Say("flag_root"))
	c.Flags().StringVar(&at, "at", "", a.lang.Say("flag_at"))
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
		return a.trustError(path, err)
	}
	parts, err := trustlist.ParseBundle(data)
	if err != nil {
		return a.trustError(path, err)
	}
	if !report.Clean() {
		a.status = statusRejects
	}
	evidence, err := evidenceAt(trust, at)
	if err != nil {
		return err
	}
	shown := shownBundle{
		File: path, Bytes: len(data), At: at, Parts: viewParts(path, parts, at), InForce: trust, Report: report,
		Freshness: evidence.Freshness.String(), AgeSeconds: evidence.KnowledgeAge.Seconds(), evidence: evidence,
	}
	if a.json {
		return a.printJSON(shown)
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
		return a.lang.Say("key_not_begun")
	case at.Unix() >= k.SignUntil:
		return a.lang.Say("key_period_over")
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
	a.say("bundle_head", b.File, b.Bytes, clock(b.At.Unix()), clock(b.InForce.Floor()))
	a.say("bundle_freshness", a.freshness(b.evidence.Freshness), a.age(b.evidence.KnowledgeAge))
	for _, p := range b.Parts {
		name := a.lang.Say("kind_" + p.Kind)
		if p.Region != "" {
			name += " " + p.Region
		}
		a.say("bundle_part", name, p.Version, clock(p.Issued.Unix()), p.AgeSeconds/time.Hour.Seconds(), p.Bytes, p.Signatures)
		if p.Region == "" { // what people compare
			a.say("bundle_hash", p.Hash, p.Words)
		}
	}
	if end, ends := b.InForce.ProgrammeEnd(); ends {
		a.say("list_end", clock(end))
	}
	for _, region := range b.InForce.Regions() {
		a.say("bundle_region", region.Code, region.Name, region.Usage, region.KeySetVersion, region.Authority, region.Appeal)
		if err := region.Available(); err != nil {
			a.say("bundle_unavailable", a.cause(err))
			continue
		}
		keys := region.Keys()
		for i := range keys {
			a.tellKey(&keys[i], a.outsidePeriod(&keys[i], b.At))
		}
		a.say("bundle_laboratories", len(region.Laboratories()))
	}
	a.tellReport(b.Report)
	if b.Report.Clean() {
		a.say("bundle_clean")
	}
}

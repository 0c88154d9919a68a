package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

type packFlags struct {
	roots              []string
	list, policy       string
	keySets, snapshots []string
	overlays           []string
	lists, deltas      []string // of status
	statusRegions      string   // of which they are packed
	folders            []string // of regions
	out                string
}

func (a *app) bundlePackCommand() *cobra.Command {
	var f packFlags
	c := a.Command("pack", "bundle_pack", cobra.NoArgs, func(context.Context, []string) error {
		return a.bundlePack(f)
	})
	c.Flags().StringArrayVar(&f.roots, "root", nil, a.Lang.Say("flag_root_chain"))
	c.Flags().StringVar(&f.list, "list", "", a.Lang.Say("flag_list"))
	c.Flags().StringVar(&f.policy, "policy", "", a.Lang.Say("flag_policy"))
	c.Flags().StringArrayVar(&f.keySets, "keyset", nil, a.Lang.Say("flag_keyset"))
	c.Flags().StringArrayVar(&f.snapshots, "snapshot", nil, a.Lang.Say("flag_snapshot"))
	c.Flags().StringArrayVar(&f.overlays, "overlay", nil, a.Lang.Say("flag_overlay"))
	c.Flags().StringArrayVar(&f.lists, "status", nil, a.Lang.Say("flag_status"))
	c.Flags().StringArrayVar(&f.deltas, "delta", nil, a.Lang.Say("flag_delta"))
	c.Flags().StringArrayVar(&f.folders, "region-folder", nil, a.Lang.Say("flag_region_folder"))
	c.Flags().StringVar(&f.statusRegions, "status-regions", "", a.Lang.Say("flag_status_regions"))
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_bundle_out"))
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
	if err := f.regionFolders(); err != nil {
		return err
	}
	choice, err := statusChoice(f.statusRegions)
	if err != nil {
		return err
	}
	parts, err := a.parts(f)
	if err != nil {
		return err
	}
	if choice != nil {
		if err := chosenAreThere(parts, *choice); err != nil {
			return err
		}
		chosen := parts.WithStatus(*choice)
		parts = &chosen
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
	if a.JSON {
		return a.PrintJSON(p)
	}
	a.sayBeside(f.out)("bundle_packed", f.out, p.Bytes, p.Roots, strings.Join(p.Regions, " "), p.SHA256)
	return nil
}

// chosenAreThere refuses a choice of regions of which nothing is given: the bundle
// would be without lists that somebody has asked for.
func chosenAreThere(parts *trustlist.Parts, choice trustlist.StatusChoice) error {
	for _, code := range choice.Regions() {
		there := slices.ContainsFunc(parts.Regions, func(r trustlist.RegionParts) bool {
			return r.Code == code && len(r.StatusLists)+len(r.Deltas) > 0
		})
		if !there {
			return program.Fail("status_regions_absent", code)
		}
	}
	return nil
}

// parts reads every part and verifies it under the level above: the bundle as a
// whole would be refused too, but would not name the file that is wrong.
func (a *app) parts(f packFlags) (*trustlist.Parts, error) {
	if f.list == "" {
		return nil, program.Usage("flag_required", "--list")
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

// regionParts reads the parts of regions. What a region's online key signs is held
// to the key set when the bundle is loaded.
func (a *app) regionParts(parts *trustlist.Parts, f packFlags, list string) error {
	who := &regionalAuthority{list: list, roots: f.roots}
	for _, group := range []struct {
		paths []string
		kind  trustlist.Kind
		read  func(path string, kind trustlist.Kind) (*document, []byte, error)
		slot  func(*trustlist.RegionParts) *[]byte
	}{
		{f.keySets, trustlist.KindKeySet, a.byAuthority(who), func(r *trustlist.RegionParts) *[]byte { return &r.KeySet }},
		{f.overlays, trustlist.KindOverlay, a.byAuthority(who), func(r *trustlist.RegionParts) *[]byte { return &r.Overlay }},
		{f.snapshots, trustlist.KindSnapshot, a.part, func(r *trustlist.RegionParts) *[]byte { return &r.Snapshot }},
	} {
		for _, path := range group.paths {
			d, data, err := group.read(path, group.kind)
			if err != nil {
				return err
			}
			if err := a.place(parts, d, data, group.slot); err != nil {
				return err
			}
		}
	}
	return a.statusParts(parts, f)
}

// byAuthority reads a part that the authority has to have signed.
func (a *app) byAuthority(who authority) func(string, trustlist.Kind) (*document, []byte, error) {
	return func(path string, kind trustlist.Kind) (*document, []byte, error) {
		return a.verifiedPart(path, kind, who)
	}
}

// statusParts reads status lists, of which a region has any number, and deltas,
// which follow on one another in the order of their versions.
func (a *app) statusParts(parts *trustlist.Parts, f packFlags) error {
	numbers := map[string]string{}
	for _, path := range f.lists {
		d, data, err := a.part(path, trustlist.KindStatusList)
		if err != nil {
			return err
		}
		_, code := headOf(d.content)
		if list, ok := d.content.(*trustlist.StatusList); ok {
			name := fmt.Sprintf("%s/%d", code, list.List)
			if other, twice := numbers[name]; twice {
				return program.Fail("status_twice", path, other, name)
			}
			numbers[name] = path
		}
		region := regionOf(parts, code)
		region.StatusLists = append(region.StatusLists, data)
	}
	var deltas []*document
	for _, path := range f.deltas {
		d, _, err := a.part(path, trustlist.KindStatusDelta)
		if err != nil {
			return err
		}
		deltas = append(deltas, d)
	}
	slices.SortStableFunc(deltas, func(x, y *document) int {
		before, _ := headOf(x.content)
		after, _ := headOf(y.content)
		return before.Version.Compare(after.Version)
	})
	for _, d := range deltas {
		data, err := d.message.Marshal()
		if err != nil {
			return a.documentError(d.path, err)
		}
		_, code := headOf(d.content)
		region := regionOf(parts, code)
		region.Deltas = append(region.Deltas, data)
	}
	return nil
}

// place puts a part where it belongs in its region, which has one of a kind.
func (a *app) place(parts *trustlist.Parts, d *document, data []byte, of func(*trustlist.RegionParts) *[]byte) error {
	_, code := headOf(d.content)
	slot := of(regionOf(parts, code))
	if *slot != nil {
		return program.Fail("part_twice", d.path, a.kindName(d.kind), code)
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
		return nil, nil, program.Fail("not_signed_yet", path)
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

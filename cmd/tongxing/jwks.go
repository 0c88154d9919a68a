package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fingerprint"
	"github.com/tongxing/tongxing/trustlist/jwks"
)

// kindExport names an export of keys where documents have their kind.
const kindExport = "jwks"

// isExport tells whether a file is an export of keys, or the draft of one, where
// the trust list may be given too: those are JSON and all documents are not.
func isExport(path string, kinds []trustlist.Kind) bool {
	if !slices.Contains(kinds, trustlist.KindList) {
		return false
	}
	r, err := files.Open(path)
	if err != nil {
		return false // which reading it as a document says
	}
	defer r.Close()
	var first [1]byte
	_, err = io.ReadFull(r, first[:])
	return err == nil && first[0] == '{'
}

// readExport reads an export, or the draft of one. Nothing of it is verified.
func (a *app) readExport(path string) (*jwks.Export, *jwks.Set, error) {
	data, err := files.Read(path, jwks.MaxSize)
	if err != nil {
		return nil, nil, err
	}
	e, err := jwks.Parse(data)
	if err != nil {
		return nil, nil, a.exportError(path, err)
	}
	set, err := e.UnverifiedSet()
	if err != nil {
		return nil, nil, a.exportError(path, err)
	}
	return e, set, nil
}

// viewExport is an export as documents are shown: its version and time are those
// of the trust list that it was made from.
func viewExport(path string, set *jwks.Set) documentView {
	return documentView{
		File: path, Kind: kindExport, Version: set.List.Version.String(), Issued: time.Unix(set.List.Issued, 0).In(format.ChinaTime),
		Hash: hexHash(set.Hash), Words: fingerprint.Words(set.Hash),
	}
}

func (a *app) tellExportHead(say func(string, ...any), view documentView) {
	say("doc_head", a.Lang.Say("kind_jwks"), view.Version, clock(view.Issued.Unix()), view.Hash, view.Words)
}

func (a *app) trustExportCommand() *cobra.Command {
	var from trustFlags
	var at, out string
	var asJWKS bool
	c := a.Command("export", "trust_export", cobra.NoArgs, func(context.Context, []string) error {
		if !asJWKS {
			return program.Usage("flag_required", "--jwks")
		}
		return a.trustExport(from, at, out)
	})
	c.Flags().BoolVar(&asJWKS, "jwks", false, a.Lang.Say("flag_jwks"))
	from.add(a, c)
	c.Flags().StringVar(&at, "at", "", a.Lang.Say("flag_at"))
	c.Flags().StringVar(&out, "out", "", a.Lang.Say("flag_draft_out"))
	return c
}

// trustExport drafts the export of what a device would believe of a bundle.
func (a *app) trustExport(from trustFlags, atText, out string) error {
	if err := a.needOut(out); err != nil {
		return err
	}
	at, err := a.at(atText)
	if err != nil {
		return err
	}
	if err := keepApart([]place{{"--out", out}}, []place{{"--bundle", from.bundle}, {"--root", from.root}}); err != nil {
		return err
	}
	trust, err := from.load(a, at)
	if err != nil {
		return err
	}
	e, err := jwks.Draft(trust)
	if err != nil {
		return a.exportError(from.bundle, err)
	}
	set, err := e.UnverifiedSet()
	if err != nil {
		return a.exportError(from.bundle, err)
	}
	if err := a.writeOut(out, e.Marshal(), 0o644); err != nil {
		return err
	}
	view := viewExport(out, set)
	if a.JSON {
		return a.PrintJSON(shownExport{view, false, e.Signatures(), contentOf(set)})
	}
	say := a.sayBeside(out)
	a.tellExportHead(say, view)
	a.tellCounts(say, set)
	say("draft_written", out)
	return nil
}

// shownExport is an export with what it says, for programs.
type shownExport struct {
	documentView
	Verified   bool          `json:"verified"`
	Signatures int           `json:"signatures"`
	Content    exportContent `json:"content"`
}

type exportContent struct {
	ProgrammeEnd *time.Time     `json:"programme_end,omitempty"`
	Regions      []exportRegion `json:"regions"`
	Unknown      int            `json:"unknown_keys"` // of types that are unknown here
}

type exportRegion struct {
	Region string          `json:"region"`
	Usage  trustlist.Usage `json:"usage"`
	KeySet string          `json:"keyset,omitempty"` // version; absent: none in force
	Keys   []trustlist.Key `json:"keys"`
}

func contentOf(set *jwks.Set) exportContent {
	content := exportContent{Regions: []exportRegion{}, Unknown: len(set.Foreign)}
	if set.ProgrammeEnd != 0 {
		end := time.Unix(set.ProgrammeEnd, 0).In(format.ChinaTime)
		content.ProgrammeEnd = &end
	}
	for i := range set.Regions {
		r := &set.Regions[i]
		region := exportRegion{Region: r.Code, Usage: r.Usage, Keys: slices.Concat([]trustlist.Key{}, r.Keys)}
		if !r.KeySet.Version.IsZero() {
			region.KeySet = r.KeySet.Version.String()
		}
		content.Regions = append(content.Regions, region)
	}
	return content
}

// tellCounts prints how many keys an export has, and which regions have none.
func (a *app) tellCounts(say func(string, ...any), set *jwks.Set) {
	keys := 0
	for i := range set.Regions {
		keys += len(set.Regions[i].Keys)
	}
	say("jwks_counts", keys, len(set.Regions), len(set.Foreign))
	for i := range set.Regions {
		if set.Regions[i].KeySet.Version.IsZero() {
			say("jwks_region_without", set.Regions[i].Code)
		}
	}
}

// tellSet prints everything that an export says.
func (a *app) tellSet(set *jwks.Set) {
	for i := range set.Regions {
		r := &set.Regions[i]
		if r.KeySet.Version.IsZero() {
			continue // tellCounts names it
		}
		a.Say("jwks_region", r.Code, a.usageWords(r.Usage), r.KeySet.Version)
		for j := range r.Keys {
			a.tellKey(&r.Keys[j], "")
		}
	}
	a.tellCounts(a.Say, set)
	if set.ProgrammeEnd != 0 {
		a.Say("list_end", clock(set.ProgrammeEnd))
	}
}

// showExport prints what an export or a draft says, whoever signed it.
func (a *app) showExport(path string) error {
	e, set, err := a.readExport(path)
	if err != nil {
		return err
	}
	view := viewExport(path, set)
	if a.JSON {
		return a.PrintJSON(shownExport{view, false, e.Signatures(), contentOf(set)})
	}
	a.Say("doc_unverified")
	a.tellExportHead(a.Say, view)
	a.Say("doc_signatures", e.Signatures())
	a.tellSet(set)
	return nil
}

// exportError gives the faults of an export their words.
func (a *app) exportError(path string, err error) error {
	for _, known := range []struct {
		key     string
		targets []error
	}{
		{"jwks_malformed", []error{jwks.ErrJSON, jwks.ErrTrailing, jwks.ErrDuplicate, jwks.ErrNotCanonical, jwks.ErrBase64, jwks.ErrNotAnExport}},
		{"jwks_header", []error{jwks.ErrUnprotected, jwks.ErrCritical, jwks.ErrUnencoded, jwks.ErrHeader, jwks.ErrType, jwks.ErrForbidden}},
		{"jwks_mismatch", []error{jwks.ErrMismatch}},
		{"jwks_private", []error{jwks.ErrPrivate}},
		{"jwks_key", []error{jwks.ErrKeyTwice, jwks.ErrCoordinate, jwks.ErrKeyID, sig.ErrPoint, trustlist.ErrSharedKey}},
		{"jwks_second_reader", []error{jwks.ErrSecondReader}},
	} {
		if slices.ContainsFunc(known.targets, func(target error) bool { return errors.Is(err, target) }) {
			return program.FailWith(err, known.key, path)
		}
	}
	return a.documentError(path, err)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fingerprint"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// documentView is what every command says of a document for programs.
type documentView struct {
	File    string    `json:"file"`
	Kind    string    `json:"kind"`
	Region  string    `json:"region,omitempty"`
	Version string    `json:"version"`
	Issued  time.Time `json:"issued"`
	Hash    string    `json:"hash"`        // of what is signed; signatures are no part of it
	Words   string    `json:"fingerprint"` // the same in characters
}

func viewDocument(d *document) documentView {
	head, region := headOf(d.content)
	return documentView{
		File: d.path, Kind: d.kind.String(), Region: region, Version: head.Version.String(),
		Issued: time.Unix(head.Issued, 0).In(format.ChinaTime), Hash: hexHash(d.message.Hash()), Words: fingerprint.Words(d.message.Hash()),
	}
}

// headOf returns the head of a document, and the region whose it is.
func headOf(content trustlist.Document) (trustlist.Head, string) {
	switch d := content.(type) {
	case *trustlist.Root:
		return d.Head, ""
	case *trustlist.List:
		return d.Head, ""
	case *trustlist.Policy:
		return d.Head, ""
	case *trustlist.KeySet:
		return d.Head, d.Region
	case *trustlist.Overlay:
		return d.Head, d.Region
	case *trustlist.Snapshot:
		return d.Head, d.Region
	case *trustlist.StatusList:
		return d.Head, d.Region
	case *trustlist.StatusDelta:
		return d.Head, d.Region
	case *trustlist.Admission:
		return d.Head, d.Region
	}
	return trustlist.Head{}, ""
}

// shownDocument is everything that a document says, for programs.
type shownDocument struct {
	documentView
	Verified   bool               `json:"verified"` // always false: show asks no keys
	Signatures []signatureView    `json:"signatures"`
	Document   trustlist.Document `json:"document"`
}

type signatureView struct {
	Algorithm  string `json:"algorithm"`
	Thumbprint string `json:"thumbprint"`
}

func viewSignatures(m *cose.Sign) []signatureView {
	views := []signatureView{}
	for _, s := range m.Signatures() {
		views = append(views, signatureView{s.Algorithm.String(), hexHash(s.KeyID)})
	}
	return views
}

func (a *app) showDocumentCommand(kinds ...trustlist.Kind) *cobra.Command {
	return a.Command("show FILE", "doc_show", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		if isExport(args[0], kinds) {
			return a.showExport(args[0])
		}
		d, err := a.readDocument(args[0], kinds...)
		if err != nil {
			return err
		}
		signatures := viewSignatures(d.message)
		if a.JSON {
			return a.PrintJSON(shownDocument{viewDocument(d), false, signatures, d.content})
		}
		a.Say("doc_unverified")
		a.tellHead(a.Say, d)
		a.Say("doc_signatures", len(signatures))
		a.tellContent(d.content)
		return nil
	})
}

// tellHead prints what a document is.
func (a *app) tellHead(say func(string, ...any), d *document) {
	head, region := headOf(d.content)
	name := a.kindName(d.kind)
	if region != "" {
		name += " " + region
	}
	say("doc_head", name, head.Version, clock(head.Issued), hexHash(d.message.Hash()), fingerprint.Words(d.message.Hash()))
}

// tellContent prints what a document says, in words.
func (a *app) tellContent(content trustlist.Document) {
	switch d := content.(type) {
	case *trustlist.Root:
		a.tellRoot(d)
	case *trustlist.List:
		for i := range d.Regions {
			a.tellEntry(a.Say, &d.Regions[i])
		}
		for _, w := range withdrawals(d) {
			a.Say("list_withdrawn", w.region, a.withdrawn(w))
		}
		a.Say("list_regions", len(d.Regions))
		if d.ProgrammeEnd != 0 {
			a.Say("list_end", clock(d.ProgrammeEnd))
		}
	case *trustlist.KeySet:
		for i := range d.Keys {
			a.tellKey(&d.Keys[i], "")
		}
		a.Say("keyset_counts", len(d.Keys), len(d.Foreign), len(d.Laboratories))
		for _, l := range d.Laboratories {
			a.Say("laboratory_line", l.Number, l.Name, a.laboratoryTime(l))
		}
	case *trustlist.Policy:
		a.Say("policy_counts", len(d.Editions), len(d.Rules), len(d.Names))
	case *trustlist.Admission:
		entry := d.Entry(1)
		a.tellEntry(a.Say, &entry)
	}
}

func (a *app) tellRoot(r *trustlist.Root) {
	a.Say("root_epochs", r.ListEpoch, r.PolicyEpoch)
	for _, part := range []struct {
		key    string
		groups []trustlist.Group
	}{{"root_group", r.Groups}, {"root_policy_group", r.PolicyGroups}} {
		for i := range part.groups {
			g := &part.groups[i]
			a.Say(part.key, g.Name, a.Lang.Say("need_"+g.Need.String()), g.Threshold, len(g.Keys))
			for _, point := range g.Keys {
				a.tellPublicKey(a.Say, trustlist.KeyRef{Algorithm: g.Algorithm, Point: point})
			}
		}
	}
}

// tellEntry prints what a region is admitted with, or asks to be.
func (a *app) tellEntry(say func(string, ...any), e *trustlist.Entry) {
	say("entry", e.Code, e.Name, e.Authority, e.Appeal, hexHash(e.RulesHash), a.usageWords(e.Usage), e.Epoch, e.Threshold, len(e.Keys))
	for _, ref := range e.Keys {
		a.tellPublicKey(say, ref)
	}
}

func (a *app) tellPublicKey(say func(string, ...any), ref trustlist.KeyRef) {
	key, err := sig.NewPublicKey(ref.Algorithm, ref.Point)
	if err != nil {
		say("public_key_unknown", ref.Algorithm, ref.Point)
		return
	}
	view := viewKey(key)
	say("public_key", view.Algorithm, view.KeyID, view.Thumbprint)
}

// tellKey prints a signing key of a region, with a remark behind it.
func (a *app) tellKey(k *trustlist.Key, remark string) {
	view := viewKey(k.Public)
	state := a.Lang.Say("keystate_" + k.State.String())
	if k.State != trustlist.Active {
		state = a.Lang.Say("key_since", state, clock(k.Since))
	}
	limits := ""
	if k.Laboratories != nil {
		limits = a.Lang.Say("key_laboratories", len(k.Laboratories))
	}
	a.Say("signing_key", view.KeyID, view.Algorithm, state, day(k.SignFrom), day(k.SignUntil), a.usageWords(k.Usage), limits+remark)
}

func (a *app) laboratoryTime(l trustlist.Laboratory) string {
	if l.Withdrawn == 0 {
		return ""
	}
	return a.Lang.Say("laboratory_withdrawn", clock(l.Withdrawn))
}

func day(unix int64) string {
	return time.Unix(unix, 0).In(format.ChinaTime).Format(time.DateOnly)
}

// placeName names where a key stands.
func (a *app) placeName(p publish.Place) string {
	switch p.Role {
	case publish.RoleRoot:
		return a.Lang.Say("place_root", p.Name)
	case publish.RoleAuthority:
		return a.Lang.Say("place_authority", p.Name)
	case publish.RoleSigning:
		return a.Lang.Say("place_signing", p.Name)
	}
	return p.Name
}

// documentError gives the faults of one document, draft or signature their
// words. Errors of the file system have theirs already.
func (a *app) documentError(path string, err error) error {
	var places *publish.KeyPlaceError
	var within *publish.SubProvincialError
	var rotation *publish.RotationError
	switch {
	case errors.As(err, &places):
		return program.FailFor(err, "key_in_places", path, fmt.Sprintf("%x", places.KeyID), a.placeName(places.First), a.placeName(places.Second))
	case errors.As(err, &rotation):
		return program.FailFor(err, "root_rotation", path, rotation.Signatures, rotation.Most)
	case errors.As(err, &within):
		return program.FailFor(err, "not_a_province_within", path, within.Code, within.Province)
	}
	for _, known := range []struct {
		target error
		key    string
	}{
		{publish.ErrNotADraft, "not_a_draft"},
		{publish.ErrNotASignature, "not_a_signature"},
		{publish.ErrOtherDocument, "signature_of_other"},
		{publish.ErrSecondOpinion, "second_opinion"},
		{publish.ErrNotAProvince, "not_a_province"},
		{publish.ErrListed, "region_listed"},
		{publish.ErrNothingToDo, "nothing_to_do"},
		{publish.ErrLastCounter, "last_counter"},
		{publish.ErrIssuedBefore, "issued_before"},
		{publish.ErrForeignAlgorithm, "key_foreign"},
		{publish.ErrNotClean, "bundle_not_clean"},
		{publish.ErrNoSuchKey, "not_in_keyset"},
		{trustlist.ErrNoSigner, "not_a_signer"},
		{sig.ErrSignature, "signature_wrong"},
		{trustlist.ErrLaterVersion, "later_document"},
		{trustlist.ErrWrongRegion, "document_other_region"},
		{trustlist.ErrWrongKind, "document_unknown_kind"},
		{trustlist.ErrNotListed, "document_not_listed"},
		{trustlist.ErrSharedKey, "key_in_two_places"},
		{trustlist.ErrThreshold, "threshold_missed"},
		{trustlist.ErrRollback, "rollback"},
		{trustlist.ErrChain, "root_chain"},
		{trustlist.ErrEpoch, "wrong_epoch"},
		{trustlist.ErrKeyState, "key_state_back"},
		{trustlist.ErrTooLarge, "document_too_large"},
	} {
		if errors.Is(err, known.target) {
			return program.FailWith(err, known.key, path)
		}
	}
	var content *trustlist.ContentError
	if errors.As(err, &content) {
		return program.Fail("document_content", path, fmt.Sprintf("%s: %s", content.Field, content.Problem))
	}
	var envelope *cose.EnvelopeError
	if errors.As(err, &envelope) {
		return program.FailWith(err, "document_envelope", path)
	}
	return program.FailWith(err, "document_refused", path)
}

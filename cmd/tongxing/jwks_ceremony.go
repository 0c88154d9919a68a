package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/jwks"
	"github.com/tongxing/tongxing/trustlist/publish"
	"github.com/tongxing/tongxing/trustlist/publish/transcript"
)

// signExport signs an export of keys as documents are signed: the files of
// signatures are the same.
func (a *app) signExport(f signFlags, r recorder, path string) error {
	e, set, err := a.readExport(path)
	if err != nil {
		return err
	}
	all, err := a.signatures(f, path, e.Sign)
	if err != nil {
		return err
	}
	var signers []transcript.Signer
	for _, s := range all {
		signers = append(signers, signerOf(s.public))
	}
	view := viewExport(path, set)
	records, err := a.recordView(r, view, set.Hash, signers, false)
	if err != nil {
		return err
	}
	if err := a.writeSignatures(f, all, records); err != nil {
		return err
	}
	if a.JSON {
		return a.PrintJSON(struct {
			documentView
			Signatures []signed `json:"signatures"`
		}{view, all})
	}
	say := a.sayBeside(f.out)
	a.tellExportHead(say, view)
	a.tellCounts(say, set)
	for _, s := range all {
		say("doc_signed", s.Key.Algorithm, s.Key.KeyID, s.File)
	}
	return nil
}

// combineExport puts signatures onto the draft of an export and writes it when
// all that have to sign have, after reading it as those do who import it.
func (a *app) combineExport(f combineFlags, r recorder, who authority, path string, signaturePaths []string) error {
	draft, set, err := a.readExport(path)
	if err != nil {
		return err
	}
	root, err := a.exportRoot(who)
	if err != nil {
		return err
	}
	given, err := a.readSignatures(signaturePaths)
	if err != nil {
		return err
	}
	e, groups, leftOut, err := a.attachToExport(path, draft, given, root)
	if err != nil {
		return err
	}
	view := signersView{viewExport(path, set), viewGroups(groups), publish.Complete(groups...) == nil, leftOut, repeatedOnExport(draft, given)}
	data := e.Marshal()
	switch {
	case !view.Complete && !f.partial:
		return a.incomplete("combine_incomplete", path, view.Groups, 0)
	case e.Signatures() == 0:
		return program.Fail("no_signature_counts", path)
	case view.Complete:
		if _, _, err := jwks.Verify(data, root, jwks.Known{}); err != nil {
			return a.exportError(path, err)
		}
	}
	records, err := a.recordView(r, view.documentView, set.Hash, a.signersOf(groups), view.Complete)
	if err != nil {
		return err
	}
	if err := a.writeRecorded(f.out, data, records); err != nil {
		return err
	}
	if a.JSON {
		return a.PrintJSON(view)
	}
	say := a.sayBeside(f.out)
	a.tellExportHead(say, view.documentView)
	a.tellGroups(say, &view)
	say("doc_written", f.out)
	return nil
}

// exportRoot returns the root in force, whose groups sign exports.
func (a *app) exportRoot(who authority) (*trustlist.Root, error) {
	national, ok := who.(*nationalAuthority)
	if !ok {
		return nil, program.Usage("flag_required", "--root")
	}
	chain, err := a.rootChain(national.roots)
	if err != nil {
		return nil, err
	}
	return chain[len(chain)-1], nil
}

// attachToExport puts the signatures of keys that have a say onto an export.
func (a *app) attachToExport(path string, draft *jwks.Export, given []detached, root *trustlist.Root) (*jwks.Export, []publish.GroupSigners, []string, error) {
	whole := draft
	var leftOut []string
	for _, one := range given {
		next, err := whole.Combine(one.signature)
		if err != nil {
			return nil, nil, nil, a.exportError(one.path, err)
		}
		groups, err := next.Signers(root)
		if err != nil {
			return nil, nil, nil, a.exportError(one.path, err)
		}
		if !maySign(groups, one.signature.Key) {
			leftOut = append(leftOut, one.path)
			continue
		}
		whole = next
	}
	groups, err := whole.Signers(root)
	if err != nil {
		return nil, nil, nil, a.exportError(path, err)
	}
	return whole, groups, leftOut, nil
}

// repeatedOnExport returns the files whose signature is by a key that has signed
// already, in another file or on the export itself.
func repeatedOnExport(draft *jwks.Export, given []detached) []string {
	var paths []string
	for i, one := range given {
		again := draft.SignedBy(one.signature.Key)
		for _, before := range given[:i] {
			again = again || before.signature.Key.Equal(one.signature.Key)
		}
		if again {
			paths = append(paths, one.path)
		}
	}
	return paths
}

type importFlags struct {
	asJWKS   bool
	previous string
	nationalAuthority
}

func (a *app) trustImportCommand() *cobra.Command {
	var f importFlags
	c := a.Command("import FILE", "trust_import", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		if !f.asJWKS {
			return program.Usage("flag_required", "--jwks")
		}
		return a.trustImport(f, args[0])
	})
	c.Flags().BoolVar(&f.asJWKS, "jwks", false, a.Lang.Say("flag_jwks"))
	f.addFlags(a, c)
	c.Flags().StringVar(&f.previous, "previous", "", a.Lang.Say("flag_jwks_previous"))
	return c
}

// importedExport is an export that the root has signed, for programs.
type importedExport struct {
	shownExport
	Groups []groupView `json:"groups"`
}

// trustImport checks an export and lists what it says.
func (a *app) trustImport(f importFlags, path string) error {
	chain, err := a.rootChain(f.roots)
	if err != nil {
		return err
	}
	known, err := a.knownExport(f.previous, chain)
	if err != nil {
		return err
	}
	data, err := files.Read(path, jwks.MaxSize)
	if err != nil {
		return err
	}
	e, err := jwks.Parse(data)
	if err != nil {
		return a.exportError(path, err)
	}
	root := chain[len(chain)-1]
	groups, err := e.Signers(root)
	if err != nil {
		return a.exportError(path, err)
	}
	if e.Signatures() == 0 {
		return program.Fail("not_signed_yet", path)
	}
	if publish.Complete(groups...) != nil {
		return a.incomplete("verify_incomplete", path, viewGroups(groups), 0)
	}
	set, _, err := jwks.Verify(data, root, known)
	if err != nil {
		return a.exportError(path, err)
	}
	view := viewExport(path, set)
	if a.JSON {
		return a.PrintJSON(importedExport{shownExport{view, true, e.Signatures(), contentOf(set)}, viewGroups(groups)})
	}
	a.tellExportHead(a.Say, view)
	a.tellGroups(a.Say, &signersView{Groups: viewGroups(groups)})
	a.tellSet(set)
	a.Say("doc_good", path)
	return nil
}

// knownExport is what an export that was taken before says. Any root of the chain
// may have signed it.
func (a *app) knownExport(path string, chain []*trustlist.Root) (jwks.Known, error) {
	if path == "" {
		return jwks.Known{}, nil
	}
	data, err := files.Read(path, jwks.MaxSize)
	if err != nil {
		return jwks.Known{}, err
	}
	for i := len(chain) - 1; i >= 0; i-- {
		_, known, fault := jwks.Verify(data, chain[i], jwks.Known{})
		if fault == nil {
			return known, nil
		}
		if err == nil || errors.Is(err, trustlist.ErrThreshold) {
			err = fault
		}
	}
	return jwks.Known{}, a.exportError(path, err)
}

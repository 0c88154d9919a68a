package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// groupView says who of a group has signed, for people and programs.
type groupView struct {
	Root      string    `json:"root,omitempty"` // version of the root whose group it is
	Group     string    `json:"group"`
	Need      string    `json:"need"`
	Threshold int       `json:"threshold"`
	Keys      int       `json:"keys"`
	Signers   []keyView `json:"signers"`
	Missing   []keyView `json:"missing"`           // who may sign and has not
	Skipped   bool      `json:"skipped,omitempty"` // of an algorithm that is unknown here
	Met       bool      `json:"met"`
}

func viewGroups(groups []publish.GroupSigners) []groupView {
	views := make([]groupView, len(groups))
	for i := range groups {
		g := &groups[i]
		views[i] = groupView{
			Group: g.Group, Need: g.Need.String(), Threshold: g.Threshold, Keys: g.Keys,
			Signers: viewKeys(g.Signers), Missing: viewKeys(g.Missing), Skipped: g.Skipped, Met: g.Met(),
		}
		if !g.Root.IsZero() {
			views[i].Root = g.Root.String()
		}
	}
	return views
}

func viewKeys(keys []*sig.PublicKey) []keyView {
	views := make([]keyView, len(keys))
	for i, key := range keys {
		views[i] = viewKey(key)
	}
	return views
}

// signersView is a document with who signed it.
type signersView struct {
	documentView
	Groups   []groupView `json:"groups"`
	Complete bool        `json:"complete"`
	LeftOut  []string    `json:"left_out,omitempty"` // files of signatures by keys that may not sign it
	Repeated []string    `json:"repeated,omitempty"` // files of signatures by a key that has signed already
}

type combineFlags struct {
	out     string
	partial bool
	recordFlags
}

func (a *app) combineCommand(who authority) *cobra.Command {
	var f combineFlags
	var c *cobra.Command
	c = a.Command("combine DRAFT SIGNATURE...", "doc_combine", cobra.MinimumNArgs(2), func(_ context.Context, args []string) error {
		r, err := f.recorder(a, commandOf(c))
		if err != nil {
			return err
		}
		return a.combine(f, r, who, args[0], args[1:])
	})
	who.addFlags(a, c)
	f.recordFlags.add(a, c)
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_signed_out"))
	c.Flags().BoolVar(&f.partial, "partial", false, a.Lang.Say("flag_partial"))
	return c
}

// combine puts signatures onto a draft, or onto a document that has some
// already, and writes it when all that have to sign have.
func (a *app) combine(f combineFlags, r recorder, who authority, path string, signaturePaths []string) error {
	if err := a.needOut(f.out); err != nil {
		return err
	}
	if isExport(path, who.kinds()) {
		return a.combineExport(f, r, who, path, signaturePaths)
	}
	draft, err := a.readDocument(path, who.kinds()...)
	if err != nil {
		return err
	}
	given, err := a.readSignatures(signaturePaths)
	if err != nil {
		return err
	}
	whole, groups, leftOut, err := a.putTogether(draft, given, who)
	if err != nil {
		return err
	}
	view := signersView{viewDocument(whole), viewGroups(groups), publish.Complete(groups...) == nil, leftOut, repeated(draft, given)}
	if !view.Complete && !f.partial {
		return a.incomplete("combine_incomplete", path, view.Groups, strangers(whole.message, thumbprintsOf(view.Groups)))
	}
	if len(whole.message.Signatures()) == 0 {
		return program.Fail("no_signature_counts", path)
	}
	data, err := whole.message.Marshal()
	if err != nil {
		return a.documentError(path, err)
	}
	records, err := a.record(r, whole, a.signersOf(groups), view.Complete)
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
	a.tellSigners(say, whole, &view)
	say("doc_written", f.out)
	return nil
}

// putTogether combines, and leaves out signatures by keys that have no say: they
// would take the room of others.
func (a *app) putTogether(draft *document, given []detached, who authority) (*document, []publish.GroupSigners, []string, error) {
	groups, err := who.check(a, draft)
	if err != nil {
		return nil, nil, nil, err
	}
	var counted []detached
	var leftOut []string
	for _, one := range given {
		// On its own each has to be a signature of this draft, a stranger's too.
		if _, err := a.attach(draft, []detached{one}); err != nil {
			return nil, nil, nil, err
		}
		if maySign(groups, one.signature.Key) {
			counted = append(counted, one)
		} else {
			leftOut = append(leftOut, one.path)
		}
	}
	if root, ok := who.(*rootAuthority); ok && len(leftOut) > 0 && root.lacksPrevious(draft) {
		return nil, nil, nil, program.Fail("combine_without_previous", draft.path, strings.Join(leftOut, ", "))
	}
	whole, err := a.attach(draft, counted)
	if err != nil {
		return nil, nil, nil, err
	}
	quiet, muted := *a, *a.Program
	muted.Stderr = io.Discard // what there is to note has been noted
	quiet.Program = &muted
	groups, err = who.check(&quiet, whole)
	return whole, groups, leftOut, err
}

// repeated returns the files whose signature is by a key that has signed already,
// in another file or on the document itself: a key counts once.
func repeated(draft *document, given []detached) []string {
	seen := map[[sha256.Size]byte]bool{}
	for _, s := range draft.message.Signatures() {
		seen[s.KeyID] = true
	}
	var paths []string
	for _, one := range given {
		thumbprint := one.signature.Key.Thumbprint()
		if seen[thumbprint] {
			paths = append(paths, one.path)
		}
		seen[thumbprint] = true
	}
	return paths
}

func (a *app) attach(draft *document, given []detached) (*document, error) {
	whole := *draft
	for _, one := range given {
		message, err := publish.Combine(whole.message, one.signature)
		if err != nil {
			return nil, a.documentError(one.path, err)
		}
		whole.message = message
	}
	return &whole, nil
}

// maySign reports whether key is among those that have signed or may.
func maySign(groups []publish.GroupSigners, key *sig.PublicKey) bool {
	return slices.ContainsFunc(groups, func(g publish.GroupSigners) bool {
		return slices.ContainsFunc(g.Signers, key.Equal) || slices.ContainsFunc(g.Missing, key.Equal)
	})
}

func (a *app) verifyDocumentCommand(who authority) *cobra.Command {
	var transcripts []string
	c := a.Command("verify FILE", "doc_verify", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return a.verifyDocument(who, args[0], transcripts)
	})
	who.addFlags(a, c)
	c.Flags().StringArrayVar(&transcripts, "transcript", nil, a.Lang.Say("flag_check_transcript"))
	return c
}

func (a *app) verifyDocument(who authority, path string, transcripts []string) error {
	d, err := a.readDocument(path, who.kinds()...)
	if err != nil {
		return err
	}
	groups, err := who.check(a, d)
	if err != nil {
		return err
	}
	view := signersView{viewDocument(d), viewGroups(groups), publish.Complete(groups...) == nil, nil, nil}
	if !view.Complete {
		return a.incomplete("verify_incomplete", path, view.Groups, strangers(d.message, thumbprintsOf(view.Groups)))
	}
	if err := a.checkTranscripts(transcripts, d, groups); err != nil {
		return err
	}
	if a.JSON {
		return a.PrintJSON(view)
	}
	a.tellSigners(a.Say, d, &view)
	a.Say("doc_good", path)
	if len(transcripts) > 0 {
		a.Say("transcript_good", strings.Join(transcripts, ", "))
	}
	return nil
}

// incomplete says which groups lack signers, and how many signatures there are
// that do not count: of a document that was changed, none does.
func (a *app) incomplete(key, path string, groups []groupView, strange int) error {
	missing := ""
	for i := range groups {
		if g := &groups[i]; !g.Met {
			missing += a.Lang.Say("group_short", a.groupName(g), len(g.Signers), g.Threshold, keyNamesOf(g.Missing))
		}
	}
	if strange > 0 {
		missing += a.Lang.Say("group_strange", strange)
	}
	return program.Fail(key, path, missing)
}

// thumbprintsOf are the thumbprints of all signers of groups.
func thumbprintsOf(groups []groupView) map[string]bool {
	counted := map[string]bool{}
	for i := range groups {
		for _, key := range groups[i].Signers {
			counted[key.Thumbprint] = true
		}
	}
	return counted
}

func (a *app) groupName(g *groupView) string {
	if g.Root == "" {
		return g.Group
	}
	return a.Lang.Say("group_of_root", g.Root, g.Group)
}

// tellSigners prints who signed and whether that is enough.
func (a *app) tellSigners(say func(string, ...any), d *document, view *signersView) {
	a.tellHead(say, d)
	counted := a.tellGroups(say, view)
	if strange := strangers(d.message, counted); strange > 0 {
		say("signatures_strange", strange)
	}
}

// tellGroups prints who of the groups has signed and which files of signatures
// do not count, and returns the thumbprints of those who have.
func (a *app) tellGroups(say func(string, ...any), view *signersView) map[string]bool {
	for i := range view.Groups {
		g := &view.Groups[i]
		mark := "✓"
		if !g.Met {
			mark = "✗"
		}
		if g.Skipped {
			say("group_skipped", a.groupName(g))
			continue
		}
		say("group_signers", mark, a.groupName(g), len(g.Signers), g.Keys, g.Threshold, keyNamesOf(g.Signers))
		if len(g.Missing) > 0 {
			say("group_missing", keyNamesOf(g.Missing))
		}
	}
	for _, path := range view.Repeated {
		say("signature_repeated", path)
	}
	for _, path := range view.LeftOut {
		say("signature_left_out", path)
	}
	return thumbprintsOf(view.Groups)
}

// keyNamesOf names keys by their identifiers, "-" for none.
func keyNamesOf(keys []keyView) string {
	var names []string
	for _, key := range keys {
		names = append(names, key.KeyID)
	}
	return cmp.Or(strings.Join(names, " "), "-")
}

// strangers counts the signatures that are nobody's who has a say.
func strangers(m *cose.Sign, counted map[string]bool) int {
	n := 0
	for _, s := range m.Signatures() {
		if !counted[hexHash(s.KeyID)] {
			n++
		}
	}
	return n
}

package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// rootCeremonyCommand is `tongxing root`: the ceremony of the national root, by
// files that are passed by hand.
func (a *app) rootCeremonyCommand() *cobra.Command {
	return a.Group("root", "ceremony",
		a.rootInitCommand(),
		a.signCommand(trustlist.KindRoot),
		a.combineCommand(&rootAuthority{}),
		a.verifyDocumentCommand(&rootAuthority{}),
		a.showDocumentCommand(trustlist.KindRoot),
		a.transcriptCommand(),
	)
}

// rootAuthority is who signs a root: its own groups, and those of the root
// before it.
type rootAuthority struct{ previous string }

func (r *rootAuthority) kinds() []trustlist.Kind { return []trustlist.Kind{trustlist.KindRoot} }

func (r *rootAuthority) addFlags(a *app, c *cobra.Command) {
	c.Flags().StringVar(&r.previous, "previous", "", a.Lang.Say("flag_previous_root"))
}

func (r *rootAuthority) check(a *app, d *document) ([]publish.GroupSigners, error) {
	var previous *trustlist.Root
	root, err := publish.Content[*trustlist.Root](d.message)
	if err != nil {
		return nil, a.documentError(d.path, err)
	}
	switch {
	case r.previous != "":
		if previous, err = a.signedRoot(r.previous, nil); err != nil {
			return nil, err
		}
		if err := follows(previous, root); err != nil {
			return nil, a.documentError(d.path, err)
		}
	case r.lacksPrevious(d):
		a.Note("root_without_previous", root.Version)
	}
	groups, err := publish.CheckRoot(d.message, previous)
	if err != nil {
		return nil, a.documentError(d.path, err)
	}
	return groups, nil
}

// lacksPrevious reports whether a root follows on one that was not given, as far
// as its number tells.
func (r *rootAuthority) lacksPrevious(d *document) bool {
	root, ok := d.content.(*trustlist.Root)
	return ok && r.previous == "" && root.Version.Counter > 1
}

// follows reports whether next is numbered as the root after previous.
func follows(previous, next *trustlist.Root) error {
	if next.Version.Epoch != previous.Version.Epoch || uint64(next.Version.Counter) != uint64(previous.Version.Counter)+1 {
		return fmt.Errorf("%w: %s follows %s", trustlist.ErrChain, next.Version, previous.Version)
	}
	if next.ListEpoch < previous.ListEpoch || next.PolicyEpoch < previous.PolicyEpoch {
		return fmt.Errorf("%w: a root takes an epoch back", trustlist.ErrRollback)
	}
	return nil
}

// signedRoot reads a root that is complete: signed under itself and, where one
// is given, under the root before it.
func (a *app) signedRoot(path string, previous *trustlist.Root) (*trustlist.Root, error) {
	root, d, err := contentAs[*trustlist.Root](a, path, trustlist.KindRoot)
	if err != nil {
		return nil, err
	}
	if previous != nil {
		if err := follows(previous, root); err != nil {
			return nil, a.documentError(path, err)
		}
	}
	groups, err := publish.CheckRoot(d.message, previous)
	if err != nil {
		return nil, a.documentError(path, err)
	}
	if err := publish.Complete(groups...); err != nil {
		return nil, a.documentError(path, err)
	}
	return root, nil
}

// rootChain reads roots, oldest first, each of which follows on the one before.
func (a *app) rootChain(paths []string) ([]*trustlist.Root, error) {
	if len(paths) == 0 {
		return nil, program.Usage("flag_required", "--root")
	}
	var chain []*trustlist.Root
	var last *trustlist.Root
	for _, path := range paths {
		next, err := a.signedRoot(path, last)
		if err != nil {
			return nil, err
		}
		chain, last = append(chain, next), next
	}
	return chain, nil
}

type rootInitFlags struct {
	sm2, es256             []string
	threshold              int
	sm2Need, es256Need     int // thresholds of one group
	previous               string
	epoch, counter         uint32
	raiseList, raisePolicy bool
	out                    string
	recordFlags
}

func (a *app) rootInitCommand() *cobra.Command {
	var f rootInitFlags
	var c *cobra.Command
	c = a.Command("init", "root_init", cobra.NoArgs, func(context.Context, []string) error {
		return a.rootInit(f, commandOf(c))
	})
	c.Flags().StringArrayVar(&f.sm2, "sm2", nil, a.Lang.Say("flag_sm2"))
	c.Flags().StringArrayVar(&f.es256, "es256", nil, a.Lang.Say("flag_es256"))
	c.Flags().IntVar(&f.threshold, "threshold", 0, a.Lang.Say("flag_group_threshold"))
	c.Flags().IntVar(&f.sm2Need, "sm2-threshold", 0, a.Lang.Say("flag_sm2_threshold"))
	c.Flags().IntVar(&f.es256Need, "es256-threshold", 0, a.Lang.Say("flag_es256_threshold"))
	c.Flags().StringVar(&f.previous, "previous", "", a.Lang.Say("flag_previous_root"))
	c.Flags().Uint32Var(&f.epoch, "version-epoch", 1, a.Lang.Say("flag_version_epoch"))
	c.Flags().Uint32Var(&f.counter, "version-counter", 1, a.Lang.Say("flag_version_counter"))
	c.Flags().BoolVar(&f.raiseList, "raise-list-epoch", false, a.Lang.Say("flag_raise_list"))
	c.Flags().BoolVar(&f.raisePolicy, "raise-policy-epoch", false, a.Lang.Say("flag_raise_policy"))
	f.recordFlags.add(a, c)
	c.Flags().Lookup("at").Usage = a.Lang.Say("flag_issued_at")
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_draft_out"))
	return c
}

// rootInit writes the draft of a root: the first, or the one that follows on
// --previous.
func (a *app) rootInit(f rootInitFlags, command string) error {
	r, err := f.recorder(a, command)
	if err != nil {
		return err
	}
	if err := a.needOut(f.out); err != nil {
		return err
	}
	groups, err := a.rootGroups(f)
	if err != nil {
		return err
	}
	root, previous, err := a.planRoot(f, groups, r.at)
	if err != nil {
		return err
	}
	d, err := a.writeDraft(f.out, root, r)
	if err != nil {
		return err
	}
	needed, err := publish.CheckRoot(d.message, previous)
	if err != nil {
		return a.documentError(f.out, err)
	}
	return a.tellDraft(f.out, d, needed...)
}

// planRoot makes the root. Without --previous it is a first one, and may begin
// in a later epoch than 1 after a root that is given up.
func (a *app) planRoot(f rootInitFlags, groups []publish.Group, at time.Time) (root, previous *trustlist.Root, err error) {
	if f.previous != "" {
		if f.epoch != 1 || f.counter != 1 {
			return nil, nil, program.Usage("version_and_previous")
		}
		if previous, err = a.signedRoot(f.previous, nil); err != nil {
			return nil, nil, err
		}
		if err := notBefore(at, previous.Head, f.previous); err != nil {
			return nil, nil, err
		}
	}
	root, err = publish.NewRoot(previous, publish.RootPlan{
		Issued: at.Unix(), Groups: groups, RaiseListEpoch: f.raiseList, RaisePolicyEpoch: f.raisePolicy,
	})
	if err != nil {
		return nil, nil, a.documentError(f.out, err)
	}
	if previous == nil {
		root.Version = trustlist.NewVersion(f.epoch, f.counter)
	}
	return root, previous, nil
}

// notBefore refuses a document that would be older than the one it follows on:
// most likely the clock is wrong.
func notBefore(at time.Time, previous trustlist.Head, path string) error {
	if at.Unix() < previous.Issued {
		return program.Fail("older_than_previous", clock(at.Unix()), path, clock(previous.Issued))
	}
	return nil
}

// rootGroups makes one required group of each algorithm.
func (a *app) rootGroups(f rootInitFlags) ([]publish.Group, error) {
	var groups []publish.Group
	seen := map[[sha256.Size]byte]string{}
	for _, list := range []struct {
		flag      string
		algorithm sig.Algorithm
		values    []string
		threshold int
	}{
		{"--sm2", sig.SM2, f.sm2, cmp.Or(f.sm2Need, f.threshold)},
		{"--es256", sig.ES256, f.es256, cmp.Or(f.es256Need, f.threshold)},
	} {
		keys, err := a.rootKeys(list.algorithm, list.values, seen)
		switch {
		case err != nil:
			return nil, err
		case len(keys) == 0:
			return nil, program.Usage("flag_required", list.flag)
		case list.threshold == 0:
			return nil, program.Usage("flag_required", "--threshold")
		case list.threshold < 1 || list.threshold > len(keys):
			return nil, program.Usage("threshold_range", list.threshold, list.algorithm, len(keys))
		}
		groups = append(groups, publish.Group{
			Name: list.algorithm.String(), Need: trustlist.Required, Threshold: list.threshold, Keys: keys,
		})
	}
	return groups, nil
}

// rootKeys reads public keys of one algorithm, none of which was seen before.
func (a *app) rootKeys(algorithm sig.Algorithm, values []string, seen map[[sha256.Size]byte]string) ([]*sig.PublicKey, error) {
	var keys []*sig.PublicKey
	for _, value := range values {
		for _, path := range csvList(value) {
			key, err := readPublicKey(path)
			if err != nil {
				return nil, err
			}
			if key.Algorithm() != algorithm {
				return nil, program.Fail("key_of_other_algorithm", path, key.Algorithm(), algorithm)
			}
			if first, twice := seen[key.Thumbprint()]; twice {
				return nil, program.Fail("key_twice", path, first)
			}
			seen[key.Thumbprint()] = path
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// readPublicKey reads a public key file, and no private one: whoever plans a
// document has no business with those.
func readPublicKey(path string) (*sig.PublicKey, error) {
	data, err := files.Read(path, maxKeyFile)
	if err != nil {
		return nil, err
	}
	key, err := keys.ParsePublic(data)
	if errors.Is(err, keys.ErrNotAKeyFile) {
		return nil, program.Fail("not_a_public_key", path)
	}
	if err != nil {
		return nil, program.AboutFile(path, err)
	}
	return key, nil
}

// tellDraft says what a new draft holds, who has to sign it, where that is known,
// and that it has to be signed next.
func (a *app) tellDraft(out string, d *document, needed ...publish.GroupSigners) error {
	if a.JSON {
		return a.PrintJSON(viewDocument(d))
	}
	say := a.sayBeside(out)
	a.tellHead(say, d)
	for _, g := range viewGroups(needed) {
		say("group_needed", a.groupName(&g), g.Threshold, keyNamesOf(g.Missing))
	}
	say("draft_written", out)
	return nil
}

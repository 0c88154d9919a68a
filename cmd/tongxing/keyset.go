package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// keysetCommand is `tongxing keyset`: what a province does by itself, without
// the national operator.
func (a *app) keysetCommand() *cobra.Command {
	kinds := (&regionalAuthority{}).kinds()
	return a.Group("keyset", "keyset",
		a.keysetNewCommand(),
		a.keysetAddCommand(),
		a.keysetStateCommand("retire", publish.Retire),
		a.keysetStateCommand("compromise", publish.Compromise),
		a.signCommand(kinds...),
		a.combineCommand(&regionalAuthority{}),
		a.verifyDocumentCommand(&regionalAuthority{}),
		a.showDocumentCommand(append(kinds, trustlist.KindSnapshot)...),
		a.keysetSnapshotCommand(),
		a.keysetOverlayCommand(),
	)
}

// regionalAuthority is who signs a key set or an overlay: the authority that the
// national trust list names for the region.
type regionalAuthority struct {
	list, region string
	roots        []string
	previous     string // the key set before, to hold the states of keys against
}

func (r *regionalAuthority) kinds() []trustlist.Kind {
	return []trustlist.Kind{trustlist.KindKeySet, trustlist.KindOverlay}
}

func (r *regionalAuthority) addFlags(a *app, c *cobra.Command) {
	c.Flags().StringVar(&r.list, "list", "", a.Lang.Say("flag_list"))
	c.Flags().StringVar(&r.region, "region", "", a.Lang.Say("flag_region"))
	completeFlag(c, "region", a.regions()...)
	c.Flags().StringArrayVar(&r.roots, "root", nil, a.Lang.Say("flag_list_root"))
	c.Flags().StringVar(&r.previous, "previous", "", a.Lang.Say("flag_previous_keyset"))
}

// above is what stands above a region's documents: the list, what it says of the
// region, and the root, where one was given to hold the list against. Without it
// whoever gives the command vouches for the list.
type above struct {
	entry *trustlist.Entry
	list  *trustlist.List
	root  *trustlist.Root // may be nil
}

func (r *regionalAuthority) above(a *app, code string) (above, error) {
	if r.list == "" {
		return above{}, program.Usage("flag_required", "--list")
	}
	list, root, err := r.readList(a)
	if err != nil {
		return above{}, err
	}
	i := slices.IndexFunc(list.Regions, func(e trustlist.Entry) bool { return e.Code == code })
	if i < 0 {
		return above{}, program.Fail("region_not_listed", code, r.list)
	}
	return above{&list.Regions[i], list, root}, nil
}

func (r *regionalAuthority) readList(a *app) (*trustlist.List, *trustlist.Root, error) {
	if len(r.roots) == 0 {
		list, _, err := contentAs[*trustlist.List](a, r.list, trustlist.KindList)
		return list, nil, err
	}
	chain, err := a.rootChain(r.roots)
	if err != nil {
		return nil, nil, err
	}
	last := chain[len(chain)-1]
	list, err := a.signedList(r.list, chain[len(chain)-1:])
	return list, last, err
}

func (r *regionalAuthority) check(a *app, d *document) ([]publish.GroupSigners, error) {
	head, region := headOf(d.content)
	if r.region != "" && r.region != region {
		return nil, a.documentError(d.path, fmt.Errorf("%w: %s, not %s", trustlist.ErrWrongRegion, region, r.region))
	}
	over, err := r.above(a, region)
	if err != nil {
		return nil, err
	}
	if head.Version.Epoch != over.entry.Epoch {
		return nil, a.documentError(d.path, fmt.Errorf("%w: %s, the list sets %d", trustlist.ErrEpoch, head.Version, over.entry.Epoch))
	}
	if set, ok := d.content.(*trustlist.KeySet); ok {
		if err := r.checkSet(a, d.path, set, over); err != nil {
			return nil, err
		}
	}
	if len(r.roots) == 0 {
		a.Note("list_unverified", r.list)
	}
	group, err := publish.CheckRegional(d.message, over.entry)
	if err != nil {
		return nil, a.documentError(d.path, err)
	}
	return []publish.GroupSigners{group}, nil
}

// checkSet holds a key set to the list, and to the set before where one was given.
func (r *regionalAuthority) checkSet(a *app, path string, set *trustlist.KeySet, over above) error {
	if err := publish.CheckKeySet(set, over.list, over.root); err != nil {
		return a.documentError(path, err)
	}
	if r.previous == "" {
		return nil
	}
	previous, _, err := contentAs[*trustlist.KeySet](a, r.previous, trustlist.KindKeySet)
	if err != nil {
		return err
	}
	if err := publish.CheckFollows(previous, set); err != nil {
		return a.documentError(path, err)
	}
	return nil
}

type keysetNewFlags struct {
	who          regionalAuthority
	signKeys     []string
	laboratories string
	out          string
	recordFlags
}

func (a *app) keysetNewCommand() *cobra.Command {
	var f keysetNewFlags
	var c *cobra.Command
	c = a.Command("new", "keyset_new", cobra.NoArgs, func(context.Context, []string) error {
		return a.keysetNew(f, commandOf(c))
	})
	f.who.addFlags(a, c)
	c.Flags().StringArrayVar(&f.signKeys, "sign-key", nil, a.Lang.Say("flag_sign_key"))
	c.Flags().StringVar(&f.laboratories, "laboratories", "", a.Lang.Say("flag_laboratories"))
	f.recordFlags.add(a, c)
	c.Flags().Lookup("at").Usage = a.Lang.Say("flag_issued_at")
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_draft_out"))
	return c
}

// keysetNew writes the draft of a key set: the first of a region, or the one
// that follows on --previous with more keys and laboratories.
func (a *app) keysetNew(f keysetNewFlags, command string) error {
	r, err := f.recorder(a, command)
	if err != nil {
		return err
	}
	if f.who.region == "" {
		return program.Usage("flag_required", "--region")
	}
	if err := a.needOut(f.out); err != nil {
		return err
	}
	if len(f.signKeys) == 0 && f.who.previous == "" {
		return program.Usage("flag_required", "--sign-key")
	}
	over, err := f.who.above(a, f.who.region)
	if err != nil {
		return err
	}
	previous, set, err := a.nextKeySet(f.who.previous, over.entry, r.at)
	if err != nil {
		return err
	}
	if err := a.addSigningKeys(set, f.signKeys, r.at); err != nil {
		return err
	}
	if err := a.addLaboratories(set, f.laboratories); err != nil {
		return err
	}
	if err := publish.CheckKeySet(set, over.list, over.root); err != nil {
		return a.documentError(f.out, err)
	}
	a.noteUngranted(set, over.entry)
	d, err := a.writeDraft(f.out, set, r)
	if err != nil {
		return err
	}
	a.advise(previous, set)
	return a.tellDraft(f.out, d)
}

// nextKeySet returns the set in a file and the one that follows on it, or the
// first.
func (a *app) nextKeySet(path string, entry *trustlist.Entry, at time.Time) (previous, set *trustlist.KeySet, err error) {
	if path != "" {
		if previous, _, err = contentAs[*trustlist.KeySet](a, path, trustlist.KindKeySet); err != nil {
			return nil, nil, err
		}
		if previous.Region != entry.Code {
			return nil, nil, a.documentError(path, fmt.Errorf("%w: %s, not %s", trustlist.ErrWrongRegion, previous.Region, entry.Code))
		}
		if err := notBefore(at, previous.Head, path); err != nil {
			return nil, nil, err
		}
	}
	if set, err = publish.NewKeySet(previous, entry, at.Unix()); err != nil {
		return nil, nil, a.documentError(path, err)
	}
	return previous, set, nil
}

// advise says what a region should know of the set: keys that begin too soon for
// devices that were offline, and a short reserve.
func (a *app) advise(previous, set *trustlist.KeySet) {
	advice := publish.Advise(previous, set)
	if len(advice.Late) > 0 {
		var names []string
		for i := range advice.Late[:min(len(advice.Late), adviceNames)] {
			names = append(names, viewKey(advice.Late[i].Public).KeyID)
		}
		if len(advice.Late) > adviceNames {
			names = append(names, "…")
		}
		a.Note("keys_late", len(advice.Late), strings.Join(names, " "), publish.Ahead/86400)
	}
	if advice.Short() {
		a.Note("reserve_short", advice.Reserve, publish.Reserve)
	}
}

// adviceNames is how many keys are named in a piece of advice.
const adviceNames = 4

// noteUngranted says which usage of a key the list does not grant the region: it
// is no fault, and does not count either.
func (a *app) noteUngranted(set *trustlist.KeySet, entry *trustlist.Entry) {
	for i := range set.Keys {
		if extra := set.Keys[i].Usage &^ entry.Usage; extra != 0 {
			a.Note("usage_not_granted", viewKey(set.Keys[i].Public).KeyID, extra, entry.Code)
		}
	}
}

package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// keysetCommand is `tongxing keyset`: what a province does by itself, without
// the national operator.
func (a *app) keysetCommand() *cobra.Command {
	return a.group("keyset",
		a.keysetNewCommand(),
		a.keysetStateCommand("retire", publish.Retire),
		a.keysetStateCommand("compromise", publish.Compromise),
		a.signCommand(trustlist.KindKeySet),
		a.combineCommand(&regionalAuthority{}),
		a.verifyDocumentCommand(&regionalAuthority{}),
		a.showDocumentCommand(trustlist.KindKeySet),
	)
}

// regionalAuthority is who signs a key set: the authority that the national
// trust list names for the region.
type regionalAuthority struct {
	list, region string
	roots        []string
}

func (r *regionalAuthority) kinds() []trustlist.Kind { return []trustlist.Kind{trustlist.KindKeySet} }

func (r *regionalAuthority) addFlags(a *app, c *cobra.Command) {
	c.Flags().StringVar(&r.list, "list", "", a.lang.Say("flag_list"))
	c.Flags().StringVar(&r.region, "region", "", a.lang.Say("flag_region"))
	completeFlag(c, "region", a.regions()...)
	c.Flags().StringArrayVar(&r.roots, "root", nil, a.lang.Say("flag_list_root"))
}

// entry returns what the list says of a region. Without a root to hold the list
// against, whoever gives the command vouches for it.
func (r *regionalAuthority) entry(a *app, code string) (*trustlist.Entry, *trustlist.List, error) {
	if r.list == "" {
		return nil, nil, usage("flag_required", "--list")
	}
	list, err := r.readList(a)
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(list.Regions, func(e trustlist.Entry) bool { return e.Code == code })
	if i < 0 {
		return nil, nil, fail("region_not_listed", code, r.list)
	}
	return &list.Regions[i], list, nil
}

func (r *regionalAuthority) readList(a *app) (*trustlist.List, error) {
	if len(r.roots) == 0 {
		list, _, err := contentAs[*trustlist.List](a, r.list, trustlist.KindList)
		return list, err
	}
	chain, err := a.rootChain(r.roots)
	if err != nil {
		return nil, err
	}
	return a.signedList(r.list, chain[len(chain)-1:])
}

func (r *regionalAuthority) check(a *app, d *document) ([]publish.GroupSigners, error) {
	set, err := publish.Content[*trustlist.KeySet](d.message)
	if err != nil {
		return nil, a.documentError(d.path, err)
	}
	if r.region != "" && r.region != set.Region {
		return nil, a.documentError(d.path, fmt.Errorf("%w: %s, not %s", trustlist.ErrWrongRegion, set.Region, r.region))
	}
	entry, list, err := r.entry(a, set.Region)
	if err != nil {
		return nil, err
	}
	if err := publish.CheckKeySet(set, list, nil); err != nil {
		return nil, a.documentError(d.path, err)
	}
	if len(r.roots) == 0 {
		a.note("list_unverified", r.list)
	}
	group, err := publish.CheckRegional(d.message, entry)
	if err != nil {
		return nil, a.documentError(d.path, err)
	}
	return []publish.GroupSigners{group}, nil
}

type keysetNewFlags struct {
	who          regionalAuthority
	previous     string
	signKeys     []string
	laboratories string
	at, out      string
}

func (a *app) keysetNewCommand() *cobra.Command {
	var f keysetNewFlags
	c := a.command("new", "keyset_new", cobra.NoArgs, func(context.Context, []string) error {
		return a.keysetNew(f)
	})
	f.who.addFlags(a, c)
	c.Flags().StringVar(&f.previous, "previous", "", a.lang.Say("flag_previous_keyset"))
	c.Flags().StringArrayVar(&f.signKeys, "sign-key", nil, a.lang.Say("flag_sign_key"))
	c.Flags().StringVar(&f.laboratories, "laboratories", "", a.lang.Say("flag_laboratories"))
	c.Flags().StringVar(&f.at, "at", "", a.lang.Say("flag_issued_at"))
	c.Flags().StringVar(&f.out, "out", "", a.lang.Say("flag_draft_out"))
	return c
}

// keysetNew writes the draft of a key set: the first of a region, or the one
// that follows on --previous with more keys and laboratories.
func (a *app) keysetNew(f keysetNewFlags) error {
	at, err := a.at(f.at)
	if err != nil {
		return err
	}
	if f.who.region == "" {
		return usage("flag_required", "--region")
	}
	if err := a.needOut(f.out); err != nil {
		return err
	}
	if len(f.signKeys) == 0 && f.previous == "" {
		return usage("flag_required", "--sign-key")
	}
	entry, list, err := f.who.entry(a, f.who.region)
	if err != nil {
		return err
	}
	set, err := a.nextKeySet(f.previous, entry, at)
	if err != nil {
		return err
	}
	if err := a.addSigningKeys(set, f.signKeys, at); err != nil {
		return err
	}
	if err := a.addLaboratories(set, f.laboratories); err != nil {
		return err
	}
	if err := publish.CheckKeySet(set, list, nil); err != nil {
		return a.documentError(f.out, err)
	}
	a.noteUngranted(set, entry)
	d, err := a.writeDraft(f.out, set, recorder{})
	if err != nil {
		return err
	}
	return a.tellDraft(f.out, d)
}

// nextKeySet returns the set that follows on the one in a file, or the first.
func (a *app) nextKeySet(path string, entry *trustlist.Entry, at time.Time) (*trustlist.KeySet, error) {
	var previous *trustlist.KeySet
	if path != "" {
		var err error
		if previous, _, err = contentAs[*trustlist.KeySet](a, path, trustlist.KindKeySet); err != nil {
			return nil, err
		}
		if previous.Region != entry.Code {
			return nil, a.documentError(path, fmt.Errorf("%w: %s, not %s", trustlist.ErrWrongRegion, previous.Region, entry.Code))
		}
		if err := notBefore(at, previous.Head, path); err != nil {
			return nil, err
		}
	}
	set, err := publish.NewKeySet(previous, entry, at.Unix())
	if err != nil {
		return nil, a.documentError(path, err)
	}
	return set, nil
}

// noteUngranted says which usage of a key the list does not grant the region: it
// is no fault, and does not count either.
func (a *app) noteUngranted(set *trustlist.KeySet, entry *trustlist.Entry) {
	for i := range set.Keys {
		if extra := set.Keys[i].Usage &^ entry.Usage; extra != 0 {
			a.note("usage_not_granted", viewKey(set.Keys[i].Public).KeyID, extra, entry.Code)
		}
	}
}

type keysetStateFlags struct {
	list, keyID, since, at, out string
}

func (a *app) keysetStateCommand(name string, change func(*trustlist.KeySet, [sig.KeyIDSize]byte, int64) error) *cobra.Command {
	var f keysetStateFlags
	c := a.command(name+" KEYSET", "keyset_"+name, cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return a.keysetState(f, args[0], change)
	})
	c.Flags().StringVar(&f.list, "list", "", a.lang.Say("flag_state_list"))
	c.Flags().StringVar(&f.keyID, "key-id", "", a.lang.Say("flag_key_id"))
	c.Flags().StringVar(&f.since, "since", "", a.lang.Say("flag_since"))
	c.Flags().StringVar(&f.at, "at", "", a.lang.Say("flag_issued_at"))
	c.Flags().StringVar(&f.out, "out", "", a.lang.Say("flag_draft_out"))
	return c
}

// keysetState writes the draft of the next key set with one key retired or
// compromised.
func (a *app) keysetState(f keysetStateFlags, path string, change func(*trustlist.KeySet, [sig.KeyIDSize]byte, int64) error) error {
	at, err := a.at(f.at)
	if err != nil {
		return err
	}
	if err := a.needOut(f.out); err != nil {
		return err
	}
	since := at
	if f.since != "" {
		if since, err = a.at(f.since); err != nil {
			return err
		}
	}
	if f.keyID == "" {
		return usage("flag_required", "--key-id")
	}
	kid, err := hex.DecodeString(f.keyID)
	if err != nil || len(kid) != sig.KeyIDSize {
		return usage("key_id_form", f.keyID)
	}
	set, err := a.followingKeySet(f, path, at)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(set.Keys, func(k trustlist.Key) bool { return k.Public.KeyID() == [sig.KeyIDSize]byte(kid) }) {
		return fail("no_such_key", path, f.keyID)
	}
	if err := change(set, [sig.KeyIDSize]byte(kid), since.Unix()); err != nil {
		return a.documentError(path, err)
	}
	d, err := a.writeDraft(f.out, set, recorder{})
	if err != nil {
		return err
	}
	return a.tellDraft(f.out, d)
}

// followingKeySet returns the set after the one at path: in the epoch that the
// list sets when one is given, else in the same.
func (a *app) followingKeySet(f keysetStateFlags, path string, at time.Time) (*trustlist.KeySet, error) {
	previous, _, err := contentAs[*trustlist.KeySet](a, path, trustlist.KindKeySet)
	if err != nil {
		return nil, err
	}
	entry := &trustlist.Entry{Code: previous.Region, Epoch: previous.Version.Epoch}
	if f.list != "" {
		who := regionalAuthority{list: f.list}
		if entry, _, err = who.entry(a, previous.Region); err != nil {
			return nil, err
		}
	}
	return a.nextKeySet(path, entry, at)
}

package main

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
)

type keysetStateFlags struct {
	list       string
	keyIDs     []string
	since, out string
	yes        bool
	recordFlags
}

// stateChange makes a key of a set worse, at a time in unix seconds.
type stateChange func(*trustlist.KeySet, [sig.KeyIDSize]byte, int64) error

func (a *app) keysetStateCommand(name string, change stateChange) *cobra.Command {
	var f keysetStateFlags
	var c *cobra.Command
	c = a.Command(name+" KEYSET", "keyset_"+name, cobra.ExactArgs(1), func(_ context.Context, args []string) error {
		return a.keysetState(f, commandOf(c), args[0], change)
	})
	c.Flags().StringVar(&f.list, "list", "", a.Lang.Say("flag_state_list"))
	c.Flags().StringSliceVar(&f.keyIDs, "key-id", nil, a.Lang.Say("flag_key_id"))
	c.Flags().StringVar(&f.since, "since", "", a.Lang.Say("flag_since"))
	c.Flags().BoolVar(&f.yes, "yes", false, a.Lang.Say("flag_yes"))
	f.recordFlags.add(a, c)
	c.Flags().Lookup("at").Usage = a.Lang.Say("flag_issued_at")
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_draft_out"))
	return c
}

// keysetState writes the draft of the next key set with keys retired or
// compromised. What that strands of the codes issued so far is said first, and
// asked about.
func (a *app) keysetState(f keysetStateFlags, command, path string, change stateChange) error {
	r, err := f.recorder(a, command)
	if err != nil {
		return err
	}
	if err := a.needOut(f.out); err != nil {
		return err
	}
	since := r.at
	if f.since != "" {
		if since, err = a.at(f.since); err != nil {
			return err
		}
	}
	kids, err := keyIDs(f.keyIDs)
	if err != nil {
		return err
	}
	previous, set, err := a.followingKeySet(f, path, r.at)
	if err != nil {
		return err
	}
	if err := a.changeStates(set, path, kids, since, change); err != nil {
		return err
	}
	if stranded := newlyStranding(previous, set); len(stranded) > 0 {
		if say, told := a.sayBefore(f.out, f.yes); told {
			a.tellStranded(say, set, stranded)
		}
		if err := a.confirm(f.yes); err != nil {
			return err
		}
	}
	d, err := a.writeDraft(f.out, set, r)
	if err != nil {
		return err
	}
	a.advise(previous, set)
	return a.tellDraft(f.out, d)
}

func keyIDs(texts []string) ([][sig.KeyIDSize]byte, error) {
	if len(texts) == 0 {
		return nil, program.Usage("flag_required", "--key-id")
	}
	var kids [][sig.KeyIDSize]byte
	for _, text := range texts {
		kid, err := parseKeyID(text)
		if err != nil {
			return nil, err
		}
		kids = append(kids, kid)
	}
	return kids, nil
}

func (a *app) changeStates(set *trustlist.KeySet, path string, kids [][sig.KeyIDSize]byte, since time.Time, change stateChange) error {
	known := map[[sig.KeyIDSize]byte]bool{}
	for i := range set.Keys {
		known[set.Keys[i].Public.KeyID()] = true
	}
	for _, kid := range kids {
		if !known[kid] {
			return program.Fail("no_such_key", path, hex.EncodeToString(kid[:]))
		}
		if err := change(set, kid, since.Unix()); err != nil {
			return a.documentError(path, err)
		}
	}
	return nil
}

// newlyStranding are the keys of a set whose codes were good under the one before
// and are refused now: those that are compromised, and those retired from a time
// before the set is issued.
func newlyStranding(previous, set *trustlist.KeySet) []*trustlist.Key {
	before := map[[sig.KeyIDSize]byte]trustlist.Key{}
	for i := range previous.Keys {
		before[previous.Keys[i].Public.KeyID()] = previous.Keys[i]
	}
	var keys []*trustlist.Key
	for i := range set.Keys {
		key := &set.Keys[i]
		was := before[key.Public.KeyID()]
		if key.State == was.State && key.Since == was.Since {
			continue
		}
		if key.State == trustlist.Compromised || key.State == trustlist.Retired && key.Since < set.Issued {
			keys = append(keys, key)
		}
	}
	return keys
}

// tellStranded says what is lost with keys, and what is left to sign again with.
func (a *app) tellStranded(say func(string, ...any), set *trustlist.KeySet, stranded []*trustlist.Key) {
	for _, key := range stranded {
		id := viewKey(key.Public).KeyID
		if key.State == trustlist.Retired {
			say("retire_strands", id, clock(key.Since), a.usageWords(key.Usage))
			continue
		}
		say("compromise_strands", id, a.usageWords(key.Usage), day(key.SignFrom), day(key.SignUntil))
	}
	now, later := 0, 0
	for i := range set.Keys {
		key := &set.Keys[i]
		switch {
		case key.State != trustlist.Active || set.Issued >= key.SignUntil:
		case set.Issued >= key.SignFrom:
			now++
		default:
			later++
		}
	}
	say("compromise_left", now, later)
}

// followingKeySet returns the set at path and the one after it: in the epoch that
// the list sets when one is given, else in the same.
func (a *app) followingKeySet(f keysetStateFlags, path string, at time.Time) (previous, set *trustlist.KeySet, err error) {
	known, _, err := contentAs[*trustlist.KeySet](a, path, trustlist.KindKeySet)
	if err != nil {
		return nil, nil, err
	}
	entry := &trustlist.Entry{Code: known.Region, Epoch: known.Version.Epoch}
	if f.list != "" {
		who := regionalAuthority{list: f.list}
		over, err := who.above(a, known.Region)
		if err != nil {
			return nil, nil, err
		}
		entry = over.entry
	}
	return a.nextKeySet(path, entry, at)
}

package main

import (
	"context"
	"encoding/hex"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// narrowFlags are the flags of the commands that take something from a region.
type narrowFlags struct {
	roots, keySets []string
	list, region   string
	dryRun, yes    bool
	out            string
	recordFlags

	everything, compromised bool
	usage, keyID            string
	laboratory, from        string
}

func (f *narrowFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringArrayVar(&f.roots, "root", nil, a.Lang.Say("flag_root_chain"))
	c.Flags().StringVar(&f.list, "list", "", a.Lang.Say("flag_previous_list"))
	c.Flags().StringVar(&f.region, "region", "", a.Lang.Say("flag_region"))
	completeFlag(c, "region", a.regions()...)
	c.Flags().StringArrayVar(&f.keySets, "keyset", nil, a.Lang.Say("flag_impact_keyset"))
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, a.Lang.Say("flag_dry_run"))
	c.Flags().BoolVar(&f.yes, "yes", false, a.Lang.Say("flag_yes"))
	f.recordFlags.add(a, c)
	c.Flags().Lookup("at").Usage = a.Lang.Say("flag_issued_at")
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_draft_out"))
}

func (a *app) trustWithdrawCommand() *cobra.Command {
	var f narrowFlags
	var c *cobra.Command
	c = a.Command("withdraw", "trust_withdraw", cobra.NoArgs, func(context.Context, []string) error {
		change, err := a.withdrawal(&f)
		if err != nil {
			return err
		}
		return a.narrow(&f, commandOf(c), change)
	})
	f.add(a, c)
	c.Flags().BoolVar(&f.everything, "everything", false, a.Lang.Say("flag_everything"))
	c.Flags().StringVar(&f.usage, "usage", "", a.Lang.Say("flag_withdraw_usage"))
	c.Flags().StringVar(&f.keyID, "key-id", "", a.Lang.Say("flag_withdraw_key"))
	c.Flags().BoolVar(&f.compromised, "compromised", false, a.Lang.Say("flag_compromised"))
	c.Flags().StringVar(&f.laboratory, "laboratory", "", a.Lang.Say("flag_withdraw_laboratory"))
	c.Flags().StringVar(&f.from, "from", "", a.Lang.Say("flag_from"))
	return c
}

func (a *app) trustRemoveCommand() *cobra.Command {
	var f narrowFlags
	var c *cobra.Command
	c = a.Command("remove", "trust_remove", cobra.NoArgs, func(context.Context, []string) error {
		return a.narrow(&f, commandOf(c), func(l *trustlist.List, _ time.Time) (*trustlist.List, error) {
			return publish.Remove(l, f.region)
		})
	})
	f.add(a, c)
	return c
}

// narrowing makes the list that has less than the one it is given; at is the time
// of issue.
type narrowing func(l *trustlist.List, at time.Time) (*trustlist.List, error)

// withdrawal is the one thing that the flags ask to withdraw.
func (a *app) withdrawal(f *narrowFlags) (narrowing, error) {
	var chosen []string
	for flag, given := range map[string]bool{
		"--everything": f.everything, "--usage": f.usage != "", "--key-id": f.keyID != "", "--laboratory": f.laboratory != "",
	} {
		if given {
			chosen = append(chosen, flag)
		}
	}
	switch {
	case len(chosen) != 1:
		return nil, program.Usage("withdraw_one")
	case f.compromised && f.keyID == "":
		return nil, program.Usage("flag_required", "--key-id")
	case f.region == "":
		return nil, program.Usage("flag_required", "--region")
	}
	if f.keyID != "" {
		return a.keyWithdrawal(f)
	}
	if f.laboratory != "" {
		number, ok := laboratoryNumber(f.region, f.laboratory)
		if !ok {
			return nil, program.Usage("laboratory_form", f.laboratory)
		}
		return a.dated(f, func(l *trustlist.List, from int64) (*trustlist.List, error) {
			return publish.WithdrawLaboratory(l, f.region, number, from)
		})
	}
	lost := trustlist.Usage(1<<32 - 1)
	if !f.everything {
		var err error
		if lost, err = parseUsage(f.usage); err != nil {
			return nil, err
		}
	}
	return a.dated(f, func(l *trustlist.List, from int64) (*trustlist.List, error) {
		return publish.WithdrawUsage(l, f.region, lost, from)
	})
}

func (a *app) keyWithdrawal(f *narrowFlags) (narrowing, error) {
	kid, err := parseKeyID(f.keyID)
	if err != nil {
		return nil, err
	}
	state := trustlist.Retired
	if f.compromised {
		state = trustlist.Compromised
	}
	return a.dated(f, func(l *trustlist.List, from int64) (*trustlist.List, error) {
		return publish.WithdrawKey(l, f.region, kid, state, from)
	})
}

// dated gives a narrowing its date: that of --from, or that of the list.
func (a *app) dated(f *narrowFlags, change func(*trustlist.List, int64) (*trustlist.List, error)) (narrowing, error) {
	if f.from == "" {
		return func(l *trustlist.List, at time.Time) (*trustlist.List, error) { return change(l, at.Unix()) }, nil
	}
	from, err := a.at(f.from)
	if err != nil {
		return nil, err
	}
	return func(l *trustlist.List, _ time.Time) (*trustlist.List, error) { return change(l, from.Unix()) }, nil
}

// parseKeyID reads a key identifier in hexadecimal.
func parseKeyID(text string) ([sig.KeyIDSize]byte, error) {
	kid, err := hex.DecodeString(text)
	if err != nil || len(kid) != sig.KeyIDSize {
		return [sig.KeyIDSize]byte{}, program.Usage("key_id_form", text)
	}
	return [sig.KeyIDSize]byte(kid), nil
}

// narrow drafts the list that has less, after saying what that strands.
func (a *app) narrow(f *narrowFlags, command string, change narrowing) error {
	r, err := f.recorder(a, command)
	if err != nil {
		return err
	}
	switch {
	case f.region == "":
		return program.Usage("flag_required", "--region")
	case f.list == "":
		return program.Usage("flag_required", "--list")
	}
	if err := regionFlag(f.region); err != nil {
		return err
	}
	if !f.dryRun {
		if err := a.needOut(f.out); err != nil {
			return err
		}
	}
	chain, err := a.rootChain(f.roots)
	if err != nil {
		return err
	}
	previous, err := a.signedList(f.list, chain)
	if err != nil {
		return err
	}
	sets, err := a.impactKeySets(f)
	if err != nil {
		return err
	}
	list, err := a.followingList(f.list, previous, chain[len(chain)-1], r.at)
	if err != nil {
		return err
	}
	next, err := change(list, r.at)
	if err != nil {
		return a.documentError(f.list, err)
	}
	return a.offer(f, r, previous, next, sets)
}

// impactKeySets reads the key sets of the region, to count what is lost. Nobody
// acts on them but the people who read the count.
func (a *app) impactKeySets(f *narrowFlags) ([]*trustlist.KeySet, error) {
	var sets []*trustlist.KeySet
	for _, path := range f.keySets {
		set, _, err := contentAs[*trustlist.KeySet](a, path, trustlist.KindKeySet)
		if err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	return sets, nil
}

// narrowed is what a narrowing does, for programs.
type narrowed struct {
	*documentView
	Changes   []listChange     `json:"changes"`
	Impacts   []publish.Impact `json:"impacts"`
	Untouched []string         `json:"untouched"`
	DryRun    bool             `json:"dry_run"`
}

// offer shows what the next list changes and strands, asks, and writes its draft.
func (a *app) offer(f *narrowFlags, r recorder, previous, next *trustlist.List, sets []*trustlist.KeySet) error {
	changes := diffLists(previous, next)
	impacts, untouched := publish.Impacts(previous, next, sets...)
	if say, told := a.sayBefore(f.out, f.yes || f.dryRun); told {
		a.tellChanges(say, previous, next, changes)
		a.tellImpacts(say, impacts, untouched)
	}
	result := narrowed{Changes: changes, Impacts: impacts, Untouched: untouched, DryRun: f.dryRun}
	if f.dryRun {
		if a.JSON {
			return a.PrintJSON(result)
		}
		a.Say("dry_run")
		return nil
	}
	if err := a.confirm(f.yes); err != nil {
		return err
	}
	d, err := a.writeDraft(f.out, next, r)
	if err != nil {
		return err
	}
	if a.JSON {
		view := viewDocument(d)
		result.documentView = &view
		return a.PrintJSON(result)
	}
	return a.tellDraft(f.out, d)
}

// tellImpacts says what a step strands, and that it strands nobody else.
func (a *app) tellImpacts(say func(string, ...any), impacts []publish.Impact, untouched []string) {
	for i := range impacts {
		impact := &impacts[i]
		say("impact_region", impact.Region)
		if impact.Removed {
			say("impact_removed")
		}
		if impact.NewEpoch {
			say("impact_epoch")
		}
		for _, loss := range impact.Usage {
			say("impact_usage", a.usageWords(loss.Usage), clock(loss.From), a.earlier(loss.EarlierHolds))
		}
		for _, loss := range impact.Keys {
			say("impact_key", hex.EncodeToString(loss.KeyID[:]), a.usageWords(loss.Usage), clock(loss.From),
				a.earlier(loss.EarlierHolds), a.usageWords(loss.Left))
		}
		for _, loss := range impact.Laboratories {
			say("impact_laboratory", loss.Number, loss.Name, clock(loss.From), a.earlier(loss.EarlierHolds))
		}
		if impact.KeySetKnown {
			say("impact_stranded", impact.Stranded, impact.SigningKeys)
		} else {
			say("impact_unknown")
		}
	}
	if len(impacts) == 0 {
		say("impact_none")
	}
	say("impact_untouched", len(untouched), strings.Join(untouched, " "))
}

// earlier says whether what was issued before a date holds.
func (a *app) earlier(holds bool) string {
	if holds {
		return a.Lang.Say("earlier_holds")
	}
	return a.Lang.Say("earlier_lost")
}

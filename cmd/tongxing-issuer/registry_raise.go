package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"math"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/witness"
)

// Acts on the registry itself, as the journal names them beside those of package
// access: by their verb.
const (
	actPurge = "purge"
	actRaise = "raise"
	actRenew = "renew"
)

// operatorRole is the role, in the journal, of who works on the registry itself.
const operatorRole = "operator"

func (a *app) registryRaiseCommand() *cobra.Command {
	var f environmentFlags
	var by string
	var renew bool
	var skip uint64
	c := a.Command("raise", "registry_raise", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		f.witness = witnessOf(f)
		switch {
		case f.registry == "":
			return usage("flag_required", "--registry")
		case f.witness == "":
			return usage("flag_required", "--witness")
		case registry.CheckName("operator", by) != nil:
			return usage("flag_required", "--by")
		case skip > math.MaxUint32 || skip > 0 && !renew:
			return usage("skip_range", uint64(math.MaxUint32))
		case renew:
			return a.renewWitness(ctx, f, by, skip)
		}
		return a.raiseRegistry(ctx, f, by)
	})
	f.addRegistry(a, c)
	c.Flags().StringVar(&by, "by", "", a.Lang.Say("flag_operator"))
	c.Flags().BoolVar(&renew, "renew", false, a.Lang.Say("flag_renew"))
	c.Flags().Uint64Var(&skip, "skip", 0, a.Lang.Say("flag_skip"))
	return c
}

// openUnguarded opens the registry without its witness.
func openUnguarded(ctx context.Context, f environmentFlags) (registry.Store, error) {
	f.witness = ""
	return openRegistry(ctx, f)
}

// raisedBank is a bank that was behind, for programs.
type raisedBank struct {
	Region uint8  `json:"region"`
	Month  uint16 `json:"month"`
	Shard  uint16 `json:"first_shard"`
	From   uint64 `json:"from"`
	To     uint64 `json:"to"`
}

// raiseRegistry brings a registry that was restored to where its witness is.
func (a *app) raiseRegistry(ctx context.Context, f environmentFlags, by string) (err error) {
	store, err := openUnguarded(ctx, f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	report, err := witness.Raise(ctx, store, f.witness)
	if err != nil {
		return witnessError(f, err)
	}
	banks := make([]raisedBank, len(report.Banks))
	var references uint64
	for i, b := range report.Banks {
		banks[i] = raisedBank{b.Pool.Region, b.Pool.Month, b.FirstShard, b.Registry, b.Witness}
		references += b.Witness - b.Registry
	}
	if len(banks) > 0 || report.Events != nil || report.Journal != nil {
		if err := a.journalAct(ctx, store, f, by, actRaise, struct {
			References uint64 `json:"references"`
		}{references}); err != nil {
			return err
		}
	}
	if a.JSON {
		return a.PrintJSON(struct {
			Banks         []raisedBank `json:"banks"`
			EventsLost    bool         `json:"events_lost"`
			JournalLost   bool         `json:"journal_lost"`
			ReferencesOut uint64       `json:"references_skipped"`
		}{banks, report.Events != nil, report.Journal != nil, references})
	}
	if len(banks) == 0 && report.Events == nil && report.Journal == nil {
		a.say("registry_not_behind", registryName(f.registry))
		return nil
	}
	a.say("registry_raised", len(banks), references)
	if report.Events != nil {
		a.say("events_lost", report.Events.Registry)
	}
	if report.Journal != nil {
		a.say("records_lost", report.Journal.Registry)
	}
	return nil
}

// renewWitness writes a witness that was lost, and lets every pool skip references.
func (a *app) renewWitness(ctx context.Context, f environmentFlags, by string, skip uint64) (err error) {
	store, err := openUnguarded(ctx, f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := witness.Renew(ctx, store, f.witness, skip); err != nil {
		return witnessError(f, err)
	}
	if err := a.journalAct(ctx, store, f, by, actRenew, struct {
		Skip uint64 `json:"skip"`
	}{skip}); err != nil {
		return err
	}
	if a.JSON {
		return a.PrintJSON(struct {
			Witness string `json:"witness"`
		}{f.witness})
	}
	a.say("witness_renewed", f.witness)
	return nil
}

// journalAct writes down who did what to the registry itself, behind its witness
// where one is named.
func (a *app) journalAct(ctx context.Context, store registry.Store, f environmentFlags, by, act string, detail any) error {
	return a.journalOutcome(ctx, store, f, by, act, "done", detail)
}

// journalOutcome writes down how far an act is.
func (a *app) journalOutcome(ctx context.Context, store registry.Store, f environmentFlags, by, act, outcome string, detail any) error {
	text, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	var journal registry.Journal = store
	if f.witness != "" {
		if journal, err = witness.Open(ctx, store, f.witness); err != nil {
			return witnessError(f, err)
		}
	}
	_, err = journal.Append(ctx, registry.JournalRecord{
		At: a.Clock().Unix(), Actor: by, Role: operatorRole, Act: act, Outcome: outcome, Detail: text,
	})
	if err != nil {
		return program.AboutFile(registryName(f.registry), err)
	}
	return nil
}

// witnessError gives the faults of a witness their words.
func witnessError(f environmentFlags, err error) error {
	var other *witness.OtherRegistryError
	var damaged *witness.DamagedError
	var missing *witness.MissingError
	var later *witness.LaterError
	name := registryName(f.registry)
	switch {
	case errors.Is(err, witness.ErrOlder):
		return failFor(err, "registry_older", name, f.witness)
	case errors.As(err, &other):
		return failFor(err, "witness_other", f.witness, name)
	case errors.As(err, &later):
		return failFor(err, "witness_later", f.witness, later.Format, program.Version(), witness.Format)
	case errors.As(err, &damaged):
		return failWith(err, "witness_damaged", f.witness)
	case errors.As(err, &missing):
		return failFor(err, "witness_missing", f.witness)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return program.AboutFile(f.witness, err)
	}
	return program.AboutFile(name, err)
}

package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/device"
	"github.com/tongxing/tongxing/cmd/internal/formats"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/cmd/internal/program/holder"
	"github.com/tongxing/tongxing/format/qr"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// statusNotPass is an exit status beside those that every command has: verified,
// and at least one code does not pass; or an implementation disagrees.
const statusNotPass = 4

// app is one run of the command.
type app struct {
	*program.Program
	settings *config.Config
	bars     io.Writer       // where progress is drawn: a terminal, or nil for nowhere
	ctx      context.Context // of the run: done when it is interrupted
	opened   map[string]*keys.PrivateKey
}

// explanations are those that this command has beside those of every one.
var explanations = []program.Explanation{
	{Target: batch.ErrOutputLost, Key: "output_lost", Alone: true},
	{Target: batch.ErrOtherRecords, Key: "other_records", Alone: true},
	{Target: errJobKey, Key: "job_key_damaged"},
	{Target: qr.ErrTooLong, Key: "qr_too_long", Alone: true},
}

func newApp(s program.Surroundings) *app {
	a := &app{Program: program.New("tongxing", s, nil)}
	a.Formats = append(formats.Wire(),
		program.Format{Key: "format_registry_sqlite", ID: strconv.Itoa(sqlite.SchemaVersion)},
		program.Format{Key: "format_journal", ID: registry.JournalFormat})
	a.settings = config.New(a.Program)
	a.settings.Judges(map[string]config.Judge{
		"root": device.CheckAnchor, "lifetime": config.Length(checkLifetime), "layout": checkLayout,
		"dpi": config.Count(checkDPI), "keep": config.Count(checkKeep), "status-regions": checkRegions,
	})
	a.Explanations, a.Cause, a.Before = slices.Concat(explanations, holder.Explanations), a.cause, spareInputs
	return a
}

// run runs the command line and returns the exit status.
func (a *app) run(ctx context.Context, args []string) int {
	a.ctx = ctx
	a.SelectLanguage(args)
	a.settings.Read(args)
	return a.Run(ctx, a.rootCommand(), args)
}

func (a *app) rootCommand() *cobra.Command { return a.Root("root", a.commands()...) }

// commands returns the commands of the first level, in the order of the plan.
func (a *app) commands() []*cobra.Command {
	return []*cobra.Command{
		a.keyCommand(),
		a.rootCeremonyCommand(),
		a.trustCommand(),
		a.policyCommand(),
		a.keysetCommand(),
		a.bundleCommand(),
		a.doctorCommand(),
		a.feedCommand(),
		a.issueCommand(),
		a.orderCommand(registry.Revoke),
		a.orderCommand(registry.Suspend),
		a.orderCommand(registry.Resume),
		a.reissueCommand(),
		a.approvalCommand(),
		a.statusCommand(),
		a.qrCommand(),
		a.paperCommand(),
		a.verifyCommand(),
		a.venueCommand(),
		a.inspectCommand(),
		a.conformanceCommand(),
		a.demoCommand(),
		a.settings.Command(),
	}
}

// deadline of a context that ended is told apart from a fault.
func canceled(err error) bool { return errors.Is(err, context.Canceled) }

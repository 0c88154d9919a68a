package main

import (
	"context"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/device"
	"github.com/tongxing/tongxing/cmd/internal/formats"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/cmd/internal/program/holder"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/postgres"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
	"github.com/tongxing/tongxing/issuer/service"
)

// app is one run of the command.
type app struct {
	*program.Program
	// check is one for every issuer that the run makes, also after a new bundle: a
	// key that was stopped stays stopped.
	check *issuer.Check
	// service reports whether the run is one of a service.
	service bool
}

// explanations are those that this command has beside those of every one.
var explanations = []program.Explanation{
	{Target: registry.ErrUnavailable, Key: "registry_unavailable"},
	{Target: postgres.ErrRefused, Key: "registry_refused"},
	{Target: postgres.ErrNotDurable, Key: "registry_not_durable"},
	{Target: postgres.ErrAddress, Key: "registry_address"},
}

// run runs the command line and returns the exit status.
func run(ctx context.Context, s program.Surroundings, args []string) int {
	a := &app{Program: program.New("tongxing-issuer", s, args)}
	var err error
	if a.check, err = issuer.NewCheck(issuer.CheckOptions{}); err != nil {
		a.Note("failed", err)
		return program.StatusFailed
	}
	a.Formats = append(formats.Wire(),
		program.Format{Key: "format_registry_sqlite", ID: strconv.Itoa(sqlite.SchemaVersion)},
		program.Format{Key: "format_registry_postgres", ID: strconv.Itoa(postgres.SchemaVersion)},
		program.Format{Key: "format_journal", ID: registry.JournalFormat},
		program.Format{Key: "format_api", ID: service.APIVersion})
	a.Explanations = slices.Concat(explanations, holder.Explanations)
	a.LogFormat = "json"
	settings := config.Attach(a.Program, args)
	settings.Judges(map[string]config.Judge{"lifetime": config.Length(checkLifetime), "root": device.CheckAnchor})
	return a.Run(ctx, a.rootCommand(settings.Command()), args)
}

func (a *app) rootCommand(more ...*cobra.Command) *cobra.Command {
	return a.Root("issuer_root", append(a.commands(), more...)...)
}

// commands returns the commands of the first level.
func (a *app) commands() []*cobra.Command {
	return []*cobra.Command{
		a.serveCommand(),
		a.devCommand(),
		a.workerCommand(),
		a.jobCommand(),
		a.journalCommand(),
		a.openapiCommand(),
		a.registryCommand(),
	}
}

// beginService checks what a service needs before it begins, and says on from there
// what happens to the log.
func (a *app) beginService() error {
	a.service = true
	return config.CheckFolders(a.Program)
}

// warn says something that whoever operates the program should know: a service to its
// log, and a command, in the words of key, to the person who gave it.
func (a *app) warn(message, key string, arguments ...any) {
	if !a.service {
		a.note(key, arguments...)
		return
	}
	a.Log.Warn(message, "told", a.Lang.Say(key, arguments...))
}

// say prints a message and a line feed.
func (a *app) say(key string, arguments ...any) { a.Say(key, arguments...) }

// note prints a message for people to standard error.
func (a *app) note(key string, arguments ...any) { a.Note(key, arguments...) }

func usage(key string, args ...any) error { return program.Usage(key, args...) }

func fail(key string, args ...any) error { return program.Fail(key, args...) }

func failFor(err error, key string, args ...any) error { return program.FailFor(err, key, args...) }

func failWith(err error, key string, args ...any) error { return program.FailWith(err, key, args...) }

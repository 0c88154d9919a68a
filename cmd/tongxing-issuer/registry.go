package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/postgres"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

func (a *app) registryCommand() *cobra.Command {
	return a.Group("registry", "issuer_registry", a.registryCreateCommand(), a.registryCheckCommand(),
		a.registryBackupCommand(), a.registryRaiseCommand(), a.registryUpgradeCommand(), a.registryPurgeCommand(), a.registryPurgedCommand())
}

func (a *app) registryCreateCommand() *cobra.Command {
	var f environmentFlags
	var plan registry.Plan
	c := a.Command("create", "registry_create", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.createRegistry(ctx, f, plan)
	})
	f.addRegistry(a, c)
	c.Flags().Uint16Var(&plan.Shards, "lists", 0, a.Lang.Say("flag_lists", registry.MaxShards))
	c.Flags().Uint32Var(&plan.Places, "places", 0, a.Lang.Say("flag_places", registry.DefaultPlaces))
	return c
}

// createRegistry makes a registry where none is.
func (a *app) createRegistry(ctx context.Context, f environmentFlags, plan registry.Plan) error {
	name := f.registry
	if name == "" {
		return usage("flag_required", "--registry")
	}
	if _, err := plan.Check(); err != nil {
		return usage("plan_range", registry.MaxShards, registry.DefaultPlaces, uint64(registry.MaxPlaces))
	}
	var made registry.Store
	var err error
	if isPostgres(name) {
		made, err = postgres.CreateBy(ctx, name, plan, f.opening)
	} else {
		made, err = sqlite.CreateBy(ctx, name, plan, f.opening)
	}
	name = registryName(name)
	if err != nil {
		return aboutNew(name, err)
	}
	if err := made.Close(); err != nil {
		return program.AboutFile(name, err)
	}
	if a.JSON {
		return a.PrintJSON(struct {
			Registry string `json:"registry"`
		}{name})
	}
	a.say("registry_created", name)
	return nil
}

// aboutNew is about a file or folder that is to be made: what is not there is not it,
// but the folder for it.
func aboutNew(path string, err error) error {
	if parent := filepath.Dir(filepath.Clean(path)); errors.Is(err, fs.ErrNotExist) {
		if _, missing := os.Stat(parent); missing != nil {
			return &files.PathError{Path: parent, Err: files.ErrNoFolder}
		}
	}
	return program.AboutFile(path, err)
}

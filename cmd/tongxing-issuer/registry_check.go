package main

import (
	"cmp"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

func (a *app) registryCheckCommand() *cobra.Command {
	var f environmentFlags
	c := a.Command("check", "registry_check", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.checkRegistry(ctx, f)
	})
	f.addRegistry(a, c)
	return c
}

// fileOf returns the registry as a file, where it is one.
func fileOf(store registry.Store) (*sqlite.Registry, bool) {
	if guard, ok := store.(interface{ Unwrap() registry.Store }); ok {
		store = guard.Unwrap()
	}
	file, ok := store.(*sqlite.Registry)
	return file, ok
}

// checkRegistry reads all of a registry and says what is in it.
func (a *app) checkRegistry(ctx context.Context, f environmentFlags) (err error) {
	f.witness = witnessThere(f)
	store, err := openRegistry(ctx, f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	name := registryName(f.registry)
	if file, ok := fileOf(store); ok {
		if err := file.Check(ctx); err != nil {
			return program.AboutFile(name, err)
		}
	}
	report, err := registry.Audit(ctx, store)
	var chunk *registry.DamagedChunkError
	if errors.As(err, &chunk) {
		return failFor(err, "registry_chunk_damaged", name, cmp.Or(chunk.Job, "?"), chunk.Number)
	}
	if err != nil {
		return program.AboutFile(name, err)
	}
	if a.JSON {
		return a.PrintJSON(struct {
			Leased  uint64 `json:"leased"`
			Issued  uint64 `json:"issued"`
			Jobs    int    `json:"jobs"`
			Open    int    `json:"open_jobs"`
			Events  uint64 `json:"events"`
			Journal uint64 `json:"journal"`
			// Unchecked are codes whose entries have no checksum.
			Unchecked uint64 `json:"unchecked"`
		}{report.Leased, report.Issued, report.Jobs, report.Open, report.Events, report.Journal, report.Unchecked})
	}
	a.say("registry_good", name, report.Issued, report.Leased, report.Jobs, report.Open, report.Events, report.Journal)
	if report.Unchecked > 0 {
		a.say("registry_unchecked", report.Unchecked)
	}
	return nil
}

func (a *app) registryBackupCommand() *cobra.Command {
	var f environmentFlags
	c := a.Command("backup FILE", "registry_backup", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return a.backUpRegistry(ctx, f, args[0])
	})
	f.addRegistry(a, c)
	return c
}

// backUpRegistry copies a registry while others work on it.
func (a *app) backUpRegistry(ctx context.Context, f environmentFlags, path string) (err error) {
	if isPostgres(f.registry) {
		return usage("backup_postgres")
	}
	store, err := openRegistry(ctx, f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	file, ok := fileOf(store)
	if !ok {
		return usage("backup_postgres")
	}
	if err := file.Backup(ctx, path); err != nil {
		return aboutNew(path, err)
	}
	if a.JSON {
		return a.PrintJSON(struct {
			Backup string `json:"backup"`
		}{path})
	}
	a.say("registry_backed_up", path)
	return nil
}

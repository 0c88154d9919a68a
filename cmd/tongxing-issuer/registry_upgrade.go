package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/postgres"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

func (a *app) registryUpgradeCommand() *cobra.Command {
	var f environmentFlags
	var backedUp bool
	c := a.Command("upgrade", "registry_upgrade", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		f.opening.BackedUp = backedUp
		return a.upgradeRegistry(ctx, f)
	})
	f.addRegistry(a, c)
	c.Flags().BoolVar(&backedUp, "backup-made", false, a.Lang.Say("flag_backup_made"))
	return c
}

// upgradeRegistry brings a registry to the schema of this program. A database is only
// migrated so: whoever starts a service must not find that it has been.
func (a *app) upgradeRegistry(ctx context.Context, f environmentFlags) (err error) {
	done := registry.Migration{From: sqlite.SchemaVersion, To: sqlite.SchemaVersion}
	if isPostgres(f.registry) {
		done = registry.Migration{From: postgres.SchemaVersion, To: postgres.SchemaVersion}
	}
	migrated, tell := false, f.opening.Migrated
	f.opening.Migrated = func(m registry.Migration) { migrated, done = true, m }
	store, err := openUnguarded(ctx, f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	name := registryName(f.registry)
	switch {
	case a.JSON:
		return a.PrintJSON(struct {
			Registry string `json:"registry"`
			From     int    `json:"from"`
			To       int    `json:"to"`
			Backup   string `json:"backup,omitempty"`
		}{name, done.From, done.To, done.Backup})
	case migrated:
		tell(done)
	default:
		a.say("registry_current", name, done.To)
	}
	return nil
}

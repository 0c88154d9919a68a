// Package postgres keeps a registry in a database of PostgreSQL (14 or later),
// for a province that one machine is too small for.
//
//	r, err := postgres.Create(ctx, "postgres://issuer@db/tongxing", registry.Plan{}) // once
//	r, err := postgres.Open(ctx, "postgres://issuer@db/tongxing")                    // from then on
//
// Any number of processes on any number of machines may have it open. The address
// is a URL or a list of key=value, with the environment and the password file of
// libpq (PGPASSWORD, PGSSLROOTCERT, ~/.pgpass …) for what it leaves out;
// pool_max_conns in it is the number of connections at most. Of several hosts in
// it the one that can be written to is taken, so that a standby that took over is
// found. Everything is in the schema "tongxing", which holds the secret that
// orders the references and is the role's alone to use; other tables may stand
// beside it in the database.
//
// A commit is on stable storage when it is acknowledged: a server or role with
// synchronous_commit, fsync or full_page_writes off is refused (ErrNotDurable).
// synchronous_commit=off was seen to lose acknowledged commits when the power
// failed. A standby that takes over has only what it was waited for
// (synchronous_standby_names).
//
// Transactions run at READ COMMITTED. What must not happen twice is held by
// unique keys and, for references, by an exclusion constraint over the segments'
// positions, so that it holds for other programs too; what must happen in a row
// takes an advisory lock of its transaction. A transaction that the server breaks
// off for another's sake is run again, and so is one whose connection was lost
// before its end was asked for; of one lost at its end, those alone that do
// nothing the second time. It is three runs at most and no waiting between them:
// who waits for a server to come back is the caller (registry.ErrUnavailable).
//
// A registry that an older program made is refused (registry.ErrOlderSchema) until
// its opener says that a backup was made, with pg_dump or as a base backup: a database
// cannot be copied beside itself as a file can. It is then migrated in one transaction,
// once however many programs start at that moment. A restored backup has forgotten what
// came after it (see package sqlite). One that a newer program made is refused with its
// name.
package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/packed"
)

var (
	// ErrNotDurable reports a server whose settings let it lose what it
	// acknowledged.
	ErrNotDurable = errors.New("postgres: the server may lose what it acknowledged: synchronous_commit, fsync and full_page_writes must be on")
	// ErrRefused reports a server that refuses the user, the password, the database or
	// what is asked of it (SQLSTATE class 28, 3D000, 42501).
	ErrRefused = errors.New("postgres: the server refuses the user, the database or what it may do")
	// ErrAddress reports an address that is none. errors.Is finds
	// registry.ErrInvalid in it.
	ErrAddress = fmt.Errorf("%w: not the address of a database", registry.ErrInvalid)
)

// Registry is a registry.Store in a database.
type Registry struct {
	pool  *pgxpool.Pool
	plan  registry.Plan
	banks *packed.Banks
}

var _ registry.Store = (*Registry)(nil)

// Create makes a registry in a database and opens it. A database that has one, or
// any schema of that name, is not touched (fs.ErrExist).
func Create(ctx context.Context, address string, plan registry.Plan) (*Registry, error) {
	return CreateBy(ctx, address, plan, registry.Opening{})
}

// CreateBy is Create by a program that has a name.
func CreateBy(ctx context.Context, address string, plan registry.Plan, by registry.Opening) (*Registry, error) {
	plan, err := plan.Check()
	if err == nil {
		err = by.Check()
	}
	if err != nil {
		return nil, err
	}
	r, err := connect(ctx, address)
	if err == nil {
		err = r.change(ctx, "write the schema", false, func(tx pgx.Tx) error { return initialise(ctx, tx, plan, by.Program) })
		if err == nil {
			err = r.identify(ctx, by)
		}
		if err != nil {
			r.pool.Close()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("create registry: %w", err)
	}
	return r, nil
}

func initialise(ctx context.Context, tx pgx.Tx, plan registry.Plan, program string) error {
	if err := lock(ctx, tx, gateSchema); err != nil {
		return err
	}
	var used bool
	if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'tongxing')").Scan(&used); err != nil {
		return err
	}
	if used {
		return fmt.Errorf("%w: the database has a schema tongxing", fs.ErrExist)
	}
	if _, err := tx.Exec(ctx, strings.Join(versions[:], "")); err != nil {
		return err
	}
	var secret [registry.SecretSize]byte
	rand.Read(secret[:])
	_, err := tx.Exec(ctx, "INSERT INTO tongxing.registry (id, version, secret, places, shards) VALUES (1, $1, $2, $3, $4)",
		schemaVersion, secret[:], plan.Places, plan.Shards)
	if err == nil {
		_, err = tx.Exec(ctx, signProgram, schemaVersion, program)
	}
	return err
}

// Open opens the registry in a database. Errors are registry.ErrNotARegistry (and
// fs.ErrNotExist with it in a database that has none),
// *registry.SchemaError for one of another version, ErrNotDurable and
// registry.ErrUnavailable; the database is then as it was.
func Open(ctx context.Context, address string) (*Registry, error) {
	return OpenBy(ctx, address, registry.Opening{})
}

// OpenBy is Open by a program that has a name, and that migrates a registry of an older
// version if somebody has made a backup (by.BackedUp).
func OpenBy(ctx context.Context, address string, by registry.Opening) (*Registry, error) {
	if err := by.Check(); err != nil {
		return nil, err
	}
	r, err := connect(ctx, address)
	if err == nil {
		if err = r.identify(ctx, by); err != nil {
			r.pool.Close()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open registry: %w", err)
	}
	return r, nil
}

// sessionSettings are those of each connection, where the address has no others.
// With the server's own a machine that lost its power would keep what it locked
// for two hours.
var sessionSettings = map[string]string{
	"application_name":                    "tongxing",
	"tcp_keepalives_idle":                 "10", // seconds
	"tcp_keepalives_interval":             "5",
	"tcp_keepalives_count":                "3",
	"idle_in_transaction_session_timeout": "60000", // milliseconds
}

// connect makes the pool of connections, each of which is held to durability when
// it is made: settings may be changed under a program that runs.
func connect(ctx context.Context, address string) (*Registry, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAddress, err) // has no password in it
	}
	for name, value := range sessionSettings {
		if _, set := config.ConnConfig.RuntimeParams[name]; !set {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	if config.ConnConfig.ValidateConnect == nil { // no target_session_attrs in the address
		config.ConnConfig.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error { return durable(ctx, c) }
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	return &Registry{pool: pool}, nil
}

// durable returns ErrNotDurable for a connection whose commits may be lost.
// remote_apply waits for more than on does.
func durable(ctx context.Context, q querier) error {
	var problem string
	err := q.QueryRow(ctx, `SELECT coalesce(string_agg(name || '=' || setting, ', ' ORDER BY name), '') FROM pg_settings
		WHERE name IN ('synchronous_commit', 'fsync', 'full_page_writes') AND setting NOT IN ('on', 'remote_apply')`).Scan(&problem)
	if err == nil && problem != "" {
		err = fmt.Errorf("%w (%s)", ErrNotDurable, problem)
	}
	return err
}

// identify reads what the database holds, and brings it to this program's version.
func (r *Registry) identify(ctx context.Context, by registry.Opening) error {
	const action = "read what the database holds"
	var version int
	err := r.read(ctx, action, func(q querier) (err error) {
		version, err = versionOf(ctx, q)
		return err
	})
	if err == nil && version < schemaVersion {
		err = r.migrate(ctx, version, by)
	}
	if err != nil {
		return err
	}
	return r.read(ctx, action, func(q querier) error {
		var secret []byte
		if err := q.QueryRow(ctx, "SELECT secret, places, shards FROM tongxing.registry").Scan(&secret, &r.plan.Places, &r.plan.Shards); err != nil {
			return err
		}
		if len(secret) != registry.SecretSize {
			return fmt.Errorf("%w: secret of %d bytes", registry.ErrDamaged, len(secret))
		}
		r.banks = packed.NewBanks([registry.SecretSize]byte(secret))
		return nil
	})
}

// Plan returns the size that the pools of the registry start with, as it was made.
func (r *Registry) Plan() registry.Plan { return r.plan }

// Pool returns the connections, for a queue that works in the registry's
// transactions (CommitTx). They are closed with the registry.
func (r *Registry) Pool() *pgxpool.Pool { return r.pool }

// Close closes the connections; those in use are waited for.
func (r *Registry) Close() error {
	r.pool.Close()
	return nil
}

package postgres

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/internal/postgrestest"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

func TestOneOfManyCreationsMakesTheRegistry(t *testing.T) {
	address := postgrestest.Database(t)
	errs := make([]error, 4)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() {
			r, err := Create(t.Context(), address, registry.Plan{Shards: uint16(i + 1)})
			if errs[i] = err; err == nil {
				r.Close()
			}
		})
	}
	group.Wait()
	made := -1
	for i, err := range errs {
		switch {
		case err == nil && made < 0:
			made = i
		case !errors.Is(err, fs.ErrExist):
			t.Errorf("creation %d: error %v, one made it is %d", i, err, made)
		}
	}
	r := database(address).open(t)
	defer r.Close()
	if want := (registry.Plan{Places: registry.DefaultPlaces, Shards: uint16(made + 1)}); r.Plan() != want {
		t.Errorf("plan %+v, want %+v", r.Plan(), want)
	}
}

func TestWhatIsNoRegistryIsRefused(t *testing.T) {
	d := database(postgrestest.Database(t))
	for _, test := range []struct {
		name, statements string
		want             error
	}{
		{"an empty database", "SELECT 1", registry.ErrNotARegistry},
		{"an empty database, which has none", "SELECT 1", fs.ErrNotExist},
		{"a schema of that name", "CREATE SCHEMA tongxing", registry.ErrNotARegistry},
		{"a table of something else", "CREATE TABLE tongxing.registry (name text)", registry.ErrNotARegistry},
		{"a table without a row", "ALTER TABLE tongxing.registry ADD COLUMN version integer", registry.ErrNotARegistry},
		{"a version below the first", "INSERT INTO tongxing.registry VALUES ('x', 0)", registry.ErrDamaged},
		{"a newer version", "UPDATE tongxing.registry SET version = 999", registry.ErrNewerSchema},
	} {
		d.mustExecute(t, test.statements)
		if r, err := Open(t.Context(), string(d)); !errors.Is(err, test.want) || r != nil {
			t.Errorf("%s: error %v, want %v", test.name, err, test.want)
		}
	}
	if _, err := Create(t.Context(), string(d), registry.Plan{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Create over it: error %v", err)
	}
}

func TestAnAddressThatIsNoneIsToldWithoutItsPassword(t *testing.T) {
	for address, want := range map[string]error{
		"postgres://issuer:geheim@localhost:port/db":                     registry.ErrInvalid,
		"postgres://issuer:geheim@/db?host=" + t.TempDir():               registry.ErrUnavailable,
		"host=" + t.TempDir() + " user=issuer password=geheim dbname=db": registry.ErrUnavailable,
	} {
		_, err := Open(t.Context(), address)
		if !errors.Is(err, want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("error %v, want %v", err, want)
		}
	}
}

// TestAServerThatMayLoseCommitsIsRefused also where its settings are changed while
// a registry is open: each new connection is held to them.
func TestAServerThatMayLoseCommitsIsRefused(t *testing.T) {
	d := fresh(t)
	r := d.open(t)
	defer r.Close()
	for _, setting := range []string{"off", "local", "remote_write"} {
		d.mustExecute(t, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = "+setting+"', current_database()); END $$")
		if _, err := Open(t.Context(), string(d)); !errors.Is(err, ErrNotDurable) {
			t.Errorf("Open with synchronous_commit=%s: error %v", setting, err)
		}
		r.pool.Reset()
		if _, err := r.Lease(t.Context(), testPool, 1); !errors.Is(err, ErrNotDurable) {
			t.Errorf("Lease with synchronous_commit=%s: error %v", setting, err)
		}
	}
	d.mustExecute(t, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = remote_apply', current_database()); END $$")
	if _, err := r.Lease(t.Context(), testPool, 1); err != nil {
		t.Errorf("Lease with synchronous_commit=remote_apply: error %v", err)
	}
	careless := postgrestest.Start(t, "fsync=off")
	if _, err := Create(t.Context(), careless.Database(t), registry.Plan{}); !errors.Is(err, ErrNotDurable) {
		t.Errorf("Create with fsync=off: error %v", err)
	}
}

// TestAServerThatCannotBeWrittenToIsNotAvailable: as a standby, which may take over
// later.
func TestAServerThatCannotBeWrittenToIsNotAvailable(t *testing.T) {
	d := fresh(t)
	d.mustExecute(t, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$")
	if _, err := Open(t.Context(), string(d)); !errors.Is(err, registry.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}

// TestAFullDiskIsTold has the server report it where a segment is written.
func TestAFullDiskIsTold(t *testing.T) {
	d := fresh(t)
	r := d.open(t)
	defer r.Close()
	chunk := registrytest.Chunk("job", 1, registrytest.Lease(t, r, testPool, 100))
	d.mustExecute(t, `CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$;
		CREATE TRIGGER no_room BEFORE INSERT ON tongxing.segment EXECUTE FUNCTION no_room()`)
	if _, err := r.Commit(t.Context(), chunk); !errors.Is(err, registry.ErrStorageFull) {
		t.Errorf("error %v, want ErrStorageFull", err)
	}
	d.mustExecute(t, "DROP TRIGGER no_room ON tongxing.segment")
	if receipt, err := r.Commit(t.Context(), chunk); err != nil || receipt.AlreadyCommitted {
		t.Errorf("with room again: %v, error %v", receipt.AlreadyCommitted, err)
	}
}

// TestAQueueCommitsInTheSameTransaction: both or neither.
func TestAQueueCommitsInTheSameTransaction(t *testing.T) {
	d := fresh(t)
	d.mustExecute(t, "CREATE TABLE done (number integer)")
	r := d.open(t)
	defer r.Close()
	chunk := registrytest.Chunk("job", 7, registrytest.Lease(t, r, testPool, 50))
	work := func(ctx context.Context, before string, end func(pgx.Tx) error) (registry.Receipt, error) {
		tx, err := r.Pool().Begin(ctx)
		if err != nil {
			return registry.Receipt{}, err
		}
		defer tx.Rollback(ctx)
		if _, err := tx.Exec(ctx, before+"INSERT INTO done VALUES (7)"); err != nil {
			return registry.Receipt{}, err
		}
		receipt, err := r.CommitTx(ctx, tx, chunk)
		return receipt, errors.Join(err, end(tx))
	}
	commit := func(tx pgx.Tx) error { return tx.Commit(t.Context()) }
	if _, err := work(t.Context(), "", func(tx pgx.Tx) error { return tx.Rollback(t.Context()) }); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Committed(t.Context(), "job", 7); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("after a rollback: error %v", err)
	}
	if _, err := work(t.Context(), "SET LOCAL synchronous_commit = off; ", commit); !errors.Is(err, ErrNotDurable) {
		t.Errorf("a careless transaction: error %v", err)
	}
	if _, err := work(t.Context(), "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; ", commit); !errors.Is(err, registry.ErrInvalid) {
		t.Errorf("a transaction that sees one moment: error %v", err)
	}
	d.mustExecute(t, "TRUNCATE done")
	for i := range 2 {
		receipt, err := work(t.Context(), "", commit)
		if err != nil || receipt.AlreadyCommitted != (i == 1) || len(receipt.Entries) != 50 {
			t.Errorf("commit %d: %v, %d entries, error %v", i, receipt.AlreadyCommitted, len(receipt.Entries), err)
		}
	}
	if n, err := one[int](t.Context(), r.pool, "SELECT count(*) FROM done"); err != nil || n != 2 {
		t.Errorf("%d done, error %v", n, err)
	}
}

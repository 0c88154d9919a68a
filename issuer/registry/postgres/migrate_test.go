package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/internal/postgrestest"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// oldDatabase puts the dump of a registry of an older schema in testdata back into a
// database of its own.
func oldDatabase(t *testing.T, schema int) database {
	t.Helper()
	dump, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("schema%d.sql", schema)))
	if err != nil {
		t.Fatal(err)
	}
	d := database(postgrestest.Database(t))
	d.mustExecute(t, string(dump))
	return d
}

// backedUp is the opening of a program whose operator has made a backup.
var backedUp = registry.Opening{Program: "0.1.0", BackedUp: true}

// requireOldContent migrates a registry if it is older, and holds it to what
// testdata/README.md says of the one of a schema.
func requireOldContent(t *testing.T, d database, schema int) {
	t.Helper()
	r, err := OpenBy(t.Context(), string(d), backedUp)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	registrytest.RequireKept(t, r, registrytest.Kept{Revoked: true, Acts: schema >= 2})
	if _, err := registry.Audit(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

// schemaOf reads the version of a schema apart from any registry.
func schemaOf(t *testing.T, d database) (version int) {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), string(d))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close(t.Context())
	if err := connection.QueryRow(t.Context(), "SELECT version FROM tongxing.registry").Scan(&version); err != nil {
		t.Fatal(err)
	}
	return version
}

// TestEverySchemaHasADumpInTestdata: whoever raises the schema leaves a dump of a
// registry of the one before, made by its last program (testdata/README.md says how).
func TestEverySchemaHasADumpInTestdata(t *testing.T) {
	for schema := 1; schema < schemaVersion; schema++ {
		dump, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("schema%d.sql", schema)))
		if err != nil || !strings.Contains(string(dump), fmt.Sprintf("INSERT INTO tongxing.registry VALUES\n\t(1, %d,", schema)) {
			t.Errorf("testdata/schema%d.sql has another schema, or error %v", schema, err)
		}
	}
	if found, err := filepath.Glob("testdata/schema*.sql"); err != nil || len(found) != schemaVersion-1 {
		t.Errorf("testdata has %v, error %v: want one of each schema before %d", found, err, schemaVersion)
	}
}

// TestAnOlderSchemaIsMigratedOnceThereIsABackup opens a registry of each version: not
// without the word of somebody who has backed it up, and then from several sides at
// once, of which one migrates it. It then has the tables, columns, constraints, indexes
// and triggers of a new one.
func TestAnOlderSchemaIsMigratedOnceThereIsABackup(t *testing.T) {
	made := partsOf(t, fresh(t))
	for schema := 1; schema < schemaVersion; schema++ {
		d := oldDatabase(t, schema)
		_, err := Open(t.Context(), string(d))
		older, ok := errors.AsType[*registry.SchemaError](err)
		if !ok || !errors.Is(err, registry.ErrOlderSchema) || older.Schema != schema || schemaOf(t, d) != schema {
			t.Fatalf("without a backup: %v, schema %d", err, schemaOf(t, d))
		}
		told := make(chan registry.Migration, 4)
		errs := make([]error, 4)
		var group sync.WaitGroup
		for i := range errs {
			group.Go(func() {
				by := backedUp
				by.Migrated = func(m registry.Migration) { told <- m }
				r, err := OpenBy(t.Context(), string(d), by)
				if errs[i] = err; err == nil {
					errs[i] = r.Close()
				}
			})
		}
		group.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if len(told) != 1 || <-told != (registry.Migration{From: schema, To: schemaVersion}) {
			t.Errorf("schema %d: several or none said that they had migrated it", schema)
		}
		requireOldContent(t, d, schema)
		if parts := partsOf(t, d); parts != made {
			t.Errorf("migrated from %d:\n%s\nnew:\n%s", schema, parts, made)
		}
		r := d.open(t) // and nobody asks any more
		if program, err := programOf(t.Context(), r.pool, schemaVersion); err != nil || program != "0.1.0" {
			t.Errorf("the registry says %q of its schema, error %v", program, err)
		}
		job, plan := registrytest.Job("new", 3)
		registrytest.PlanJob(t, r, job, plan)
		r.Close()
	}
}

// TestAMigrationKilledAfterAnyStepLosesNothing kills a process with kill -9 after each
// step, in the middle of the one transaction.
func TestAMigrationKilledAfterAnyStepLosesNothing(t *testing.T) {
	const schema = schemaVersion - 1
	d := oldDatabase(t, schema)
	for taken := 1; taken <= len((&migration{}).steps()); taken++ {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childVariable+"="+string(d), "STEPS="+strconv.Itoa(taken))
		out, err := child.CombinedOutput()
		var ended *exec.ExitError
		if !errors.As(err, &ended) || ended.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("step %d: %v\n%s", taken, err, out)
		}
		if n := schemaOf(t, d); n != schema {
			t.Errorf("killed after step %d: the schema is %d", taken, n)
		}
	}
	requireOldContent(t, d, schema)
}

// steppingChild takes so many steps of a migration and is killed.
func steppingChild(address string) error {
	ctx := context.Background()
	count, err := strconv.Atoi(os.Getenv("STEPS"))
	if err != nil {
		return err
	}
	connection, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	tx, err := connection.Begin(ctx)
	if err != nil {
		return err
	}
	for _, step := range (&migration{}).steps()[:count] {
		if err := step(ctx, tx); err != nil {
			return err
		}
	}
	return errors.Join(syscall.Kill(os.Getpid(), syscall.SIGKILL), errors.New("is still there"))
}

// TestARegistryOfANewerProgramIsRefusedByItsName, where the newer schema says it.
func TestARegistryOfANewerProgramIsRefusedByItsName(t *testing.T) {
	d := fresh(t)
	const next = schemaVersion + 1
	d.mustExecute(t, fmt.Sprintf("UPDATE tongxing.registry SET version = %d", next))
	for _, program := range []string{"", "9.8.7"} {
		if program != "" {
			d.mustExecute(t, fmt.Sprintf("INSERT INTO tongxing.program VALUES (%d, '%s')", next, program))
		}
		_, err := OpenBy(t.Context(), string(d), backedUp)
		newer, ok := errors.AsType[*registry.SchemaError](err)
		if !ok || !errors.Is(err, registry.ErrNewerSchema) || *newer != (registry.SchemaError{Schema: next, Known: schemaVersion, Program: program}) {
			t.Errorf("%q: error %v", program, err)
		}
	}
}

// partsOf describes the schema of a database.
func partsOf(t *testing.T, d database) (parts string) {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), string(d))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close(t.Context())
	const query = `SELECT string_agg(part, E'\n' ORDER BY part) FROM (
		SELECT concat_ws(' ', 'column', table_name, column_name, data_type, is_nullable, column_default, collation_name, is_identity) FROM information_schema.columns WHERE table_schema = 'tongxing'
		UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'tongxing'
		UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = 'tongxing'::regnamespace
		UNION ALL SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'tongxing'::regnamespace AND NOT t.tgisinternal
	) AS all_parts (part)`
	if err := connection.QueryRow(t.Context(), query).Scan(&parts); err != nil {
		t.Fatal(err)
	}
	return parts
}

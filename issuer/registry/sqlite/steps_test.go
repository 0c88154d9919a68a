package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
)

// TestEverySchemaHasARegistryInTestdata: whoever raises the schema leaves a registry
// of the one before, made by its last program (testdata/README.md says how).
func TestEverySchemaHasARegistryInTestdata(t *testing.T) {
	for schema := 1; schema < schemaVersion; schema++ {
		if n := schemaOf(t, string(oldFile(t, schema))); n != schema {
			t.Errorf("testdata/schema%d.registry has schema %d", schema, n)
		}
	}
	if found, err := filepath.Glob("testdata/schema*.registry"); err != nil || len(found) != schemaVersion-1 {
		t.Errorf("testdata has %v, error %v: want one of each schema before %d", found, err, schemaVersion)
	}
}

// TestAMigrationKilledAfterAnyStepLosesNothing kills a process with kill -9 after each
// step of the migration of each schema. Whoever opens the file next has everything, and
// so has whoever opens the backup.
func TestAMigrationKilledAfterAnyStepLosesNothing(t *testing.T) {
	steps := len((&migration{}).steps())
	for schema := 1; schema < schemaVersion; schema++ {
		first := 1
		if schema < schemaVersion-1 {
			first = 7 // the steps before are the same for each: what is copied is a file
		}
		for taken := first; taken <= steps; taken++ {
			f := oldFile(t, schema)
			child := exec.Command(os.Args[0], "-test.run=^$")
			child.Env = append(os.Environ(), childVariable+"=stepping", "REGISTRY="+string(f), "STEPS="+strconv.Itoa(taken))
			out, err := child.CombinedOutput()
			var ended *exec.ExitError
			if !errors.As(err, &ended) || ended.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("schema %d, step %d: %v\n%s", schema, taken, err, out)
			}
			want := schema
			if taken == steps {
				want = schemaVersion
			}
			if n := schemaOf(t, string(f)); n != want {
				t.Errorf("schema %d, killed after step %d of %d: the schema is %d", schema, taken, steps, n)
			}
			requireOldContent(t, f, schema)
			requireBackups(t, f, schema)
		}
	}
}

// requireBackups holds every backup beside a migrated registry to be one, of the old
// schema and with everything, and that nothing half-written is left.
func requireBackups(t *testing.T, f file, schema int) {
	t.Helper()
	found := 0
	for name := range listing(t, filepath.Dir(string(f))) {
		switch path := filepath.Join(filepath.Dir(string(f)), name); {
		case path == string(f):
		case !strings.HasPrefix(name, fmt.Sprintf("33.registry.schema%d", schema)) || strings.HasSuffix(name, ".partial"):
			t.Fatalf("%s lies beside the registry", name)
		default:
			found++
			if n := schemaOf(t, path); n != schema {
				t.Fatalf("the backup %s has schema %d, want %d", name, n, schema)
			}
			requireOldContent(t, file(path), schema)
			os.Remove(path + fmt.Sprintf(".schema%d", schema)) // of the backup, which was migrated too
		}
	}
	if found == 0 {
		t.Fatal("there is no backup")
	}
}

// steppingChild takes so many steps of a migration and is killed.
func steppingChild(path, steps string) error {
	ctx := context.Background()
	count, err := strconv.Atoi(steps)
	if err != nil {
		return err
	}
	write, err := connect(path, "rw", "synchronous(FULL)")
	if err != nil {
		return err
	}
	write.SetMaxOpenConns(1)
	m := &migration{registry: &Registry{path: path, write: &writer{DB: write}}}
	for _, step := range m.steps()[:count] {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return errors.Join(syscall.Kill(os.Getpid(), syscall.SIGKILL), errors.New("is still there"))
}

// TestAMigrationWhoseLogEndsAnywhereIsOldOrNew: the power fails while the log of the
// commit is written. Whatever part of it is there, the registry is the old one or the
// new one, with everything in it.
func TestAMigrationWhoseLogEndsAnywhereIsOldOrNew(t *testing.T) {
	const schema = schemaVersion - 1
	f := oldFile(t, schema)
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), childVariable+"=stepping", "REGISTRY="+string(f), "STEPS="+strconv.Itoa(len((&migration{}).steps())))
	if out, err := child.CombinedOutput(); err == nil {
		t.Fatalf("the child was not killed: %s", out)
	}
	before, err := os.ReadFile(string(f))
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(string(f) + "-wal")
	if err != nil || len(log) < 3*4096 {
		t.Fatalf("a log of %d bytes, error %v", len(log), err)
	}
	seen := map[int]bool{}
	for part := range 13 {
		cut := file(filepath.Join(t.TempDir(), "33.registry"))
		if err := errors.Join(os.WriteFile(string(cut), before, 0o600), os.WriteFile(string(cut)+"-wal", log[:len(log)*part/12], 0o600)); err != nil {
			t.Fatal(err)
		}
		seen[schemaOf(t, string(cut))] = true
		requireOldContent(t, cut, schema)
	}
	if len(seen) != 2 || !seen[schema] || !seen[schemaVersion] {
		t.Errorf("schemas %v were seen, want the old and the new", seen)
	}
}

// TestWhoOpensAnOlderRegistryHearsWhereItsBackupIs, once.
func TestWhoOpensAnOlderRegistryHearsWhereItsBackupIs(t *testing.T) {
	f := oldFile(t, 2)
	var told []registry.Migration
	by := registry.Opening{Program: "0.1.0", Migrated: func(m registry.Migration) { told = append(told, m) }}
	for range 2 {
		r, err := OpenBy(t.Context(), string(f), by)
		if err != nil {
			t.Fatal(err)
		}
		if program := programOf(t.Context(), r.read, schemaVersion); program != "0.1.0" {
			t.Errorf("the registry says %q of its schema", program)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(told) != 1 || told[0] != (registry.Migration{From: 2, To: schemaVersion, Backup: string(f) + ".schema2"}) {
		t.Errorf("told %+v", told)
	}
}

// TestARegistryOfANewerProgramIsRefusedByItsName, where the newer schema says it.
func TestARegistryOfANewerProgramIsRefusedByItsName(t *testing.T) {
	path := string(newFile(t, registry.Plan{}))
	const next = schemaVersion + 1
	execute(t, path, fmt.Sprintf("PRAGMA user_version = %d", next))
	for _, program := range []string{"", "9.8.7"} {
		if program != "" {
			execute(t, path, fmt.Sprintf("INSERT INTO program VALUES (%d, '%s')", next, program))
		}
		_, err := Open(t.Context(), path)
		newer, ok := errors.AsType[*registry.SchemaError](err)
		if !ok || !errors.Is(err, registry.ErrNewerSchema) || *newer != (registry.SchemaError{Schema: next, Known: schemaVersion, Program: program}) {
			t.Errorf("%q: error %v", program, err)
		}
	}
	if r, err := OpenBy(t.Context(), path, registry.Opening{Program: strings.Repeat("x", 65)}); !errors.Is(err, registry.ErrInvalid) || r != nil {
		t.Errorf("a long name of a program: error %v", err)
	}
}

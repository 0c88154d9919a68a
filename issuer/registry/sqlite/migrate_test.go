package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// oldFile copies the registry of an older schema that lies in testdata.
func oldFile(t *testing.T, schema int) file {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("schema%d.registry", schema)))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "33.registry")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file(path)
}

// schemaOf reads a file's version apart from any registry.
func schemaOf(t *testing.T, path string) int {
	t.Helper()
	db, err := connect(path, "rw")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	n, err := version(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// kept is what testdata/README.md says of the registry of a schema.
func kept(schema int) registrytest.Kept {
	return registrytest.Kept{Revoked: schema >= 2, Acts: schema >= 3}
}

// requireOldContent holds a registry to what testdata/README.md says of the one of a
// schema.
func requireOldContent(t *testing.T, f file, schema int) {
	t.Helper()
	r := f.open(t)
	defer r.Close()
	registrytest.RequireKept(t, r, kept(schema))
	pools, err := r.Pools(t.Context())
	if err != nil || len(pools) < 2 || pools[0].Issued < 40 || pools[0].Leased < 50 || pools[0].Shards != 2 || pools[1].Issued < 20 {
		t.Fatalf("pools are %+v, error %v", pools, err)
	}
	if problem := integrity(t, r); problem != "ok" {
		t.Fatalf("integrity_check: %s", problem)
	}
	if err := r.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestARegistryOfAnOlderSchemaIsMigratedBehindABackup(t *testing.T) {
	for schema := 1; schema < schemaVersion; schema++ {
		t.Run(fmt.Sprint(schema), func(t *testing.T) {
			f := oldFile(t, schema)
			requireOldContent(t, f, schema)
			requireOldContent(t, f, schema) // and once only
			if n := schemaOf(t, string(f)); n != schemaVersion {
				t.Errorf("the schema is %d", n)
			}
			name := fmt.Sprintf("33.registry.schema%d", schema)
			backup := filepath.Join(filepath.Dir(string(f)), name)
			files := listing(t, filepath.Dir(string(f)))
			if len(files) != 2 || !strings.HasPrefix(files[name], "-rw------- ") || schemaOf(t, backup) != schema {
				t.Errorf("files are %v", files)
			}
			requireOldContent(t, file(backup), schema) // is a whole registry itself
			requireOldEntriesChange(t, f, schema)
		})
	}
}

// requireOldEntriesChange revokes entries of a migrated registry; of schema 2, those
// that were revoked before the migration stay it.
func requireOldEntriesChange(t *testing.T, f file, schema int) {
	t.Helper()
	r := f.open(t)
	defer r.Close()
	entries, err := r.Committed(t.Context(), "night", 2)
	if err != nil {
		t.Fatal(err)
	}
	changed := 2
	if kept(schema).Revoked {
		changed = 1 // entry 10 was revoked
	}
	order := registrytest.Order(1, registry.Revoke, []registry.Reference{entries[0].Reference, entries[10].Reference})
	if receipt, err := r.Record(t.Context(), order); err != nil || receipt.Changed != changed {
		t.Errorf("an order on old entries: %+v, error %v", receipt, err)
	}
	if state, _, err := r.State(t.Context(), entries[10].Reference); err != nil || state != status.Revoked {
		t.Errorf("state is %s, error %v", state, err)
	}
	job, plan := night("job", 3)
	if planned, err := r.PlanJob(t.Context(), job, plan, job.At); err != nil || !planned {
		t.Errorf("a job after the migration: planned %v, error %v", planned, err)
	}
}

// A migrated registry has the tables of a new one.
func TestAMigratedRegistryHasTheSchemaOfANewOne(t *testing.T) {
	var schemas []string
	files := []file{newFile(t, registry.Plan{})}
	for schema := 1; schema < schemaVersion; schema++ {
		files = append(files, oldFile(t, schema))
	}
	for _, f := range files {
		r := f.open(t)
		var schema string
		if err := r.read.QueryRow("SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY type, name)").Scan(&schema); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		schemas = append(schemas, schema)
	}
	for i, schema := range schemas[1:] {
		if schema != schemas[0] {
			t.Errorf("migrated from %d:\n%s\nnew:\n%s", i+1, schema, schemas[0])
		}
	}
}

func TestABackupReplacesNothing(t *testing.T) {
	f := oldFile(t, 1)
	for _, suffix := range []string{".schema1", ".schema1.partial"} {
		if err := os.WriteFile(string(f)+suffix, []byte("text"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.open(t).Close(); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(string(f) + ".schema1"); err != nil || string(data) != "text" {
		t.Errorf("the file that was there holds %.20q, error %v", data, err)
	}
	requireOldContent(t, file(string(f)+".schema1-2"), 1)
}

func TestBackupsDoNotPileUp(t *testing.T) {
	f := oldFile(t, 1)
	for number := 1; number <= maxBackups; number++ {
		name := fmt.Sprintf("%s.schema1-%d", f, number)
		if number == 1 {
			name = string(f) + ".schema1"
		}
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := Open(t.Context(), string(f)); !errors.Is(err, registry.ErrInvalid) || r != nil {
		t.Errorf("error %v, want ErrInvalid", err)
	}
	if n := schemaOf(t, string(f)); n != 1 {
		t.Errorf("the schema is %d", n)
	}
}

// TestManyProcessesMigrateOnce opens an old registry through many handles at once.
func TestManyProcessesMigrateOnce(t *testing.T) {
	f := oldFile(t, 1)
	failures := make([]error, 6)
	var group sync.WaitGroup
	for i := range failures {
		group.Go(func() {
			r, err := Open(t.Context(), string(f))
			if err == nil {
				err = r.Close()
			}
			failures[i] = err
		})
	}
	group.Wait()
	if err := errors.Join(failures...); err != nil {
		t.Fatal(err)
	}
	if files := listing(t, filepath.Dir(string(f))); len(files) != 2 {
		t.Errorf("files are %v", files)
	}
	requireOldContent(t, f, 1)
}

// TestAKilledMigrationLosesNothing kills processes that migrate, at any moment.
func TestAKilledMigrationLosesNothing(t *testing.T) {
	before, after := 0, 0
	for round := range 15 {
		schema := 1 + round%(schemaVersion-1)
		f := oldFile(t, schema)
		backup := fmt.Sprintf("33.registry.schema%d", schema)
		child := exec.Command(os.Args[0], "-test.run=^$")
		child.Env = append(os.Environ(), childVariable+"=migrating", "REGISTRY="+string(f))
		out, err := child.StdoutPipe()
		if err == nil {
			err = child.Start()
		}
		if err == nil {
			_, err = out.Read(make([]byte, 1))
		}
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.IntN(1200)*(1+round)) * time.Microsecond)
		child.Process.Kill()
		child.Wait()
		if schemaOf(t, string(f)) == schema {
			before++
		} else {
			after++
		}
		requireOldContent(t, f, schema)
		if files := listing(t, filepath.Dir(string(f))); files[backup] == "" || files[backup+".partial"] != "" {
			t.Fatalf("round %d: files are %v", round, files)
		}
		requireOldContent(t, file(filepath.Join(filepath.Dir(string(f)), backup)), schema)
	}
	t.Logf("%d killed before the migration was done, %d after", before, after)
}

// migratingChild says that it begins, migrates and waits to be killed.
func migratingChild(path string) error {
	if _, err := io.WriteString(os.Stdout, "b"); err != nil {
		return err
	}
	if _, err := Open(context.Background(), path); err != nil {
		return err
	}
	select {}
}

func TestAMigrationWithoutRoomLeavesTheFileAsItWas(t *testing.T) {
	f := oldFile(t, 1)
	before := listing(t, filepath.Dir(string(f)))
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), childVariable+"=cramped", "REGISTRY="+string(f))
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("child: %v\n%s", err, out)
	}
	if after := listing(t, filepath.Dir(string(f))); fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("files were\n%v, are\n%v", before, after)
	}
	requireOldContent(t, f, 1)
}

// crampedChild migrates where a file may grow to less than the registry, and to
// more than the index of the write-ahead log.
func crampedChild(path string) error {
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: 34_000, Max: 34_000}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	r, err := Open(context.Background(), path)
	if err == nil {
		return errors.Join(errors.New("migrated without room"), r.Close())
	}
	if !strings.Contains(err.Error(), fmt.Sprintf("back up before the schema changes from 1 to %d", schemaVersion)) {
		return err
	}
	return nil
}

package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

func TestABackupIsARegistry(t *testing.T) {
	f := newFile(t, registry.Plan{})
	r := f.open(t)
	defer r.Close()
	references := registrytest.Issue(t, r, testPool, "job", 50)
	path := filepath.Join(t.TempDir(), "copy")
	if err := r.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if files := listing(t, filepath.Dir(path)); len(files) != 1 || !strings.HasPrefix(files["copy"], "-rw------- ") {
		t.Errorf("files are %v", files)
	}
	registrytest.Lease(t, r, testPool, 10)
	restored := file(path).open(t)
	defer restored.Close()
	if restored.Identity() != r.Identity() {
		t.Error("the copy has another identity")
	}
	entries, err := restored.Committed(t.Context(), "job", 0)
	if err != nil || len(entries) != 50 || entries[0].Reference != references[0] {
		t.Errorf("the copy has %d entries, error %v", len(entries), err)
	}
	if _, err := registry.Audit(t.Context(), restored); err != nil {
		t.Error(err)
	}
	if err := restored.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if pools, err := restored.Pools(t.Context()); err != nil || pools[0].Leased != 50 {
		t.Errorf("pools of the copy are %+v, error %v", pools, err)
	}
}

func TestABackupTouchesNoFileThatIsThere(t *testing.T) {
	r := newFile(t, registry.Plan{}).open(t)
	defer r.Close()
	folder := t.TempDir()
	path := filepath.Join(folder, "there")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.Backup(t.Context(), path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v, want fs.ErrExist", err)
	}
	if err := r.Backup(t.Context(), filepath.Join(folder, "none", "copy")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want fs.ErrNotExist", err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "text" {
		t.Errorf("the file holds %q, error %v", data, err)
	}
	if files := listing(t, folder); len(files) != 1 {
		t.Errorf("files are %v", files)
	}
}

func TestACheckFindsDamage(t *testing.T) {
	f := newFile(t, registry.Plan{})
	r := f.open(t)
	registrytest.Issue(t, r, testPool, "job", 50)
	if err := r.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	execute(t, string(f), "PRAGMA foreign_keys = 0; DELETE FROM chunk")
	r = f.open(t)
	defer r.Close()
	if err := r.Check(t.Context()); !errors.Is(err, registry.ErrDamaged) {
		t.Errorf("error %v, want ErrDamaged", err)
	}
}

// TestACheckFindsASchemaThatWasChanged holds a check to what keeps the journal as it was
// written, which nothing that a row says shows.
func TestACheckFindsASchemaThatWasChanged(t *testing.T) {
	for name, statement := range map[string]string{
		"a table gone":              "DROP TABLE journal",
		"a trigger gone":            "DROP TRIGGER journal_stays",
		"a trigger that lets pass":  "DROP TRIGGER journal_fixed; CREATE TRIGGER journal_fixed BEFORE UPDATE ON journal WHEN 0 BEGIN SELECT raise(ABORT, ''); END",
		"a column more than it has": "ALTER TABLE journal ADD COLUMN note TEXT",
	} {
		f := newFile(t, registry.Plan{})
		execute(t, string(f), statement)
		r := f.open(t)
		if err := r.Check(t.Context()); !errors.Is(err, registry.ErrDamaged) {
			t.Errorf("%s: error %v, want ErrDamaged", name, err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAnAuditFindsDamage changes a registry behind the program's back.
func TestAnAuditFindsDamage(t *testing.T) {
	for name, statement := range map[string]string{
		"a record changed":  "UPDATE journal SET actor = 'somebody' WHERE sequence = 2",
		"a record gone":     "DELETE FROM journal WHERE sequence = 2",
		"the last changed":  "UPDATE journal SET hash = zeroblob(32) WHERE sequence = 3",
		"an order's time":   "UPDATE orders SET at = at + 1 WHERE id = 1",
		"a bank that moved": "UPDATE bank SET first_shard = 7",
		"a chunk too many":  "UPDATE job SET committed = 2",
	} {
		t.Run(name, func(t *testing.T) {
			f := newFile(t, registry.Plan{})
			r := f.open(t)
			references := registrytest.Issue(t, r, testPool, "job", 20)
			if _, err := r.Record(t.Context(), registrytest.Order(1, registry.Revoke, references)); err != nil {
				t.Fatal(err)
			}
			for i := range 3 {
				if _, err := r.Append(t.Context(), registrytest.Record(i)); err != nil {
					t.Fatal(err)
				}
			}
			job, plan := night("night", 3)
			if _, err := r.PlanJob(t.Context(), job, plan, job.At); err != nil {
				t.Fatal(err)
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			execute(t, string(f), "DROP TRIGGER journal_stays; DROP TRIGGER journal_fixed; DROP TRIGGER orders_fixed; "+statement)
			r = f.open(t)
			defer r.Close()
			if report, err := registry.Audit(t.Context(), r); !errors.Is(err, registry.ErrDamaged) || report != (registry.AuditReport{}) {
				t.Errorf("%+v, error %v, want ErrDamaged", report, err)
			}
		})
	}
}

// A process that was killed while it created the file left it in rollback mode.
func TestACreationThatWasCutShortBeforeWALIsEnded(t *testing.T) {
	f := newFile(t, registry.Plan{})
	execute(t, string(f), "PRAGMA journal_mode = DELETE")
	for range 2 {
		r := f.open(t)
		var mode string
		if err := r.read.QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
			t.Errorf("mode is %s, error %v", mode, err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestARegistryThatSomebodyHoldsIsBusy(t *testing.T) {
	f := newFile(t, registry.Plan{})
	holder, waiting := f.open(t), f.open(t)
	defer holder.Close()
	defer waiting.Close()
	tx, err := holder.write.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := waiting.write.Exec("PRAGMA busy_timeout = 10"); err != nil {
		t.Fatal(err)
	}
	if _, err := waiting.Lease(t.Context(), testPool, 1); !errors.Is(err, registry.ErrBusy) {
		t.Errorf("error %v, want ErrBusy", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	registrytest.Lease(t, waiting, testPool, 1)
}

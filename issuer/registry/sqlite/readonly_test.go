package sqlite

import (
	"database/sql"
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
)

// Modes do not hold root, who may run the tests: SQLite is told instead, and says the
// same of a file in a folder that nobody may write.
func TestARegistryThatMayNotBeWrittenIsAMatterOfPermission(t *testing.T) {
	path := filepath.Join(t.TempDir(), "33.registry")
	r, err := Create(t.Context(), path, registry.Plan{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.ExecContext(t.Context(), "PRAGMA user_version = 1")
	if !errors.Is(classify(err), fs.ErrPermission) || errors.Is(classify(err), registry.ErrDamaged) {
		t.Errorf("%v", classify(err))
	}
}

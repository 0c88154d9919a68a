package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tongxing/tongxing/issuer/registry"
)

// maxBackups is the number of backups of one version beside a registry beyond
// which none is made: somebody restores and migrates in a circle.
const maxBackups = 100

// version returns the user_version of the file.
func version(ctx context.Context, q querier) (n int, err error) {
	err = q.QueryRowContext(ctx, "SELECT user_version FROM pragma_user_version").Scan(&n)
	return n, err
}

// migrate brings a file of an older version to this program's, behind a backup
// of it. All of it is one transaction that holds the write lock from before the
// backup: nothing can be leased or committed between the two, and a process that
// is killed leaves the old version.
func (r *Registry) migrate(ctx context.Context) error {
	tx, err := r.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	from, err := version(ctx, tx)
	if err != nil || from == schemaVersion { // another process was faster
		return err
	}
	if err := backup(ctx, r.path, from); err != nil {
		return fmt.Errorf("back up before the schema changes from %d to %d: %w", from, schemaVersion, err)
	}
	steps := strings.Join(versions[from:], "") + fmt.Sprintf("PRAGMA user_version = %d", schemaVersion)
	if _, err := tx.ExecContext(ctx, steps); err != nil {
		return err
	}
	return tx.Commit()
}

// backup copies a registry, whose write lock the caller holds, to a file beside
// it, never under the name of an earlier one.
func backup(ctx context.Context, path string, from int) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	name, err := backupName(path, from)
	if err != nil {
		return err
	}
	partial := fmt.Sprintf("%s.schema%d.partial", path, from)
	return copyWhole(ctx, path, partial, name)
}

// copyWhole copies what is committed to a registry. The copy is written as partial
// and gets its name when it is whole and on stable storage.
func copyWhole(ctx context.Context, path, partial, name string) error {
	if err := os.Remove(partial); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(partial, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(file.Chmod(0o600), copyInto(ctx, path, partial))
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(partial, name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(partial))
	}
	return syncFolder(name)
}

// backupName returns the first free name for a backup: "33.registry.schema1",
// then "33.registry.schema1-2" and so on.
func backupName(path string, from int) (string, error) {
	for i := 1; i <= maxBackups; i++ {
		name := fmt.Sprintf("%s.schema%d", path, from)
		if i > 1 {
			name = fmt.Sprintf("%s-%d", name, i)
		}
		_, err := os.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return name, nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("%w: %d backups lie beside it already", registry.ErrInvalid, maxBackups)
}

// copyInto writes what was committed to a registry into an empty file.
func copyInto(ctx context.Context, path, empty string) (err error) {
	db, err := connect(path, "rw")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", empty)
	return classify(err)
}

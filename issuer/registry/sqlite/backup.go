package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/tongxing/tongxing/issuer/registry"
)

// Backup writes what is committed to the registry into a new file, while others
// work on it. The file is a whole registry, with the same secret and identity, and
// has mode 0600; it gets its name when it is whole and on stable storage. Errors are
// fs.ErrExist for a file that is there, which is never touched, fs.ErrNotExist for a
// missing folder, and registry.ErrStorageFull.
//
// Put back later it is older than the registry: see package witness.
func (r *Registry) Backup(ctx context.Context, path string) error {
	if err := r.backup(ctx, path); err != nil {
		return r.named("back up", err)
	}
	return nil
}

func (r *Registry) backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = fs.ErrExist
		}
		return fmt.Errorf("%s: %w", path, err)
	}
	return copyWhole(ctx, r.path, path+".partial", path)
}

// Check reads the whole file and holds its pages, indexes and references between
// tables together, and its schema to that of this version: a trigger that is gone no
// longer keeps the journal as it was written. It returns registry.ErrDamaged; what the rows say is for
// registry.Audit.
func (r *Registry) Check(ctx context.Context) error {
	if err := r.check(ctx); err != nil {
		return r.named("check", err)
	}
	return nil
}

func (r *Registry) check(ctx context.Context) error {
	var problem string
	if err := r.read.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&problem); err != nil {
		return err
	}
	if problem != "ok" {
		return fmt.Errorf("%w: %s", registry.ErrDamaged, problem)
	}
	if err := checkSchema(ctx, r.read); err != nil {
		return err
	}
	var table string
	err := r.read.QueryRowContext(ctx, `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`).Scan(&table)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("%w: a row of %s hangs on nothing", registry.ErrDamaged, table)
	}
	return err
}

// checkSchema holds the tables, indexes and triggers of a file to those that this
// version makes.
func checkSchema(ctx context.Context, have querier) error {
	made, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return err
	}
	defer made.Close()
	made.SetMaxOpenConns(1) // each connection has a memory of its own
	if _, err := made.ExecContext(ctx, strings.Join(versions[:], "")); err != nil {
		return err
	}
	want, err := schemaParts(ctx, made)
	if err != nil {
		return err
	}
	got, err := schemaParts(ctx, have)
	if err != nil {
		return err
	}
	for part, text := range want {
		if found, there := got[part]; !there || found != text {
			return fmt.Errorf("%w: the %s is missing or another", registry.ErrDamaged, part)
		}
	}
	return nil
}

// schemaParts are the statements that made each table, index and trigger. What
// SQLite makes by itself has none.
func schemaParts(ctx context.Context, q querier) (parts map[string]string, err error) {
	rows, err := q.QueryContext(ctx, "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	parts = map[string]string{}
	for rows.Next() {
		var part, text string
		if err := rows.Scan(&part, &text); err != nil {
			return nil, err
		}
		parts[part] = text
	}
	return parts, rows.Err()
}

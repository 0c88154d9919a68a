package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/tongxing/tongxing/issuer/registry"
)

// version returns the user_version of the file.
func version(ctx context.Context, q querier) (n int, err error) {
	err = q.QueryRowContext(ctx, "SELECT user_version FROM pragma_user_version").Scan(&n)
	return n, err
}

// programOf returns which program brought the file to a version, "" where it does not
// say: a newer version may have done away with the table after all.
func programOf(ctx context.Context, q querier, schema int) (program string) {
	if err := q.QueryRowContext(ctx, "SELECT version FROM program WHERE schema = ?", schema).Scan(&program); err != nil || len(program) > registry.MaxProgram {
		return ""
	}
	return program
}

// migration brings a file of an older version to this program's, behind a backup of
// it. All of it is one transaction that holds the write lock from before the backup:
// nothing can be leased or committed between the two, and a process that is killed
// after any step but the last leaves the old version.
type migration struct {
	registry *Registry
	program  string
	tx       *sql.Tx
	from     int
	copy     *copying
}

// errFaster ends a migration that another process has done.
var errFaster = errors.New("sqlite: migrated by another process")

// steps are what is done in a row.
func (m *migration) steps() []func(context.Context) error {
	steps := []func(context.Context) error{m.lock, m.name}
	for i := range (*copying)(nil).steps() {
		steps = append(steps, func(ctx context.Context) error { return m.aside(m.copy.steps()[i](ctx)) })
	}
	for n := 1; n <= schemaVersion; n++ {
		steps = append(steps, func(ctx context.Context) error { return m.change(ctx, n) })
	}
	return append(steps, m.sign, func(context.Context) error { return m.tx.Commit() })
}

// lock keeps others from writing and looks whether they have migrated the file.
func (m *migration) lock(ctx context.Context) (err error) {
	if m.tx, err = m.registry.write.BeginTx(ctx, nil); err != nil {
		return err
	}
	m.from, err = version(ctx, m.tx)
	switch {
	case err != nil:
		return err
	case m.from > schemaVersion:
		return &registry.SchemaError{Schema: m.from, Known: schemaVersion, Program: programOf(ctx, m.tx, m.from)}
	case m.from == schemaVersion:
		return errFaster
	}
	return nil
}

// name finds the backup a name.
func (m *migration) name(context.Context) error {
	path, err := filepath.Abs(m.registry.path)
	if err != nil {
		return m.aside(err)
	}
	name, err := backupName(path, m.from)
	if err != nil {
		return m.aside(err)
	}
	m.copy = &copying{path: path, partial: fmt.Sprintf("%s.schema%d.partial", path, m.from), name: name}
	return nil
}

// aside says what an error of the backup has kept from being done.
func (m *migration) aside(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("back up before the schema changes from %d to %d: %w", m.from, schemaVersion, err)
}

// change brings the file to version n if it is below.
func (m *migration) change(ctx context.Context, n int) error {
	if n <= m.from {
		return nil
	}
	_, err := m.tx.ExecContext(ctx, versions[n-1])
	return err
}

// sign says which version the file has, and who made it.
func (m *migration) sign(ctx context.Context) error {
	if _, err := m.tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", schemaVersion)); err != nil {
		return err
	}
	_, err := m.tx.ExecContext(ctx, signProgram, schemaVersion, m.program)
	return err
}

// migrate takes all steps.
func (r *Registry) migrate(ctx context.Context, by registry.Opening) error {
	m := &migration{registry: r, program: by.Program}
	err := m.run(ctx)
	if errors.Is(err, errFaster) {
		return nil
	}
	if err == nil {
		by.Tell(registry.Migration{From: m.from, To: schemaVersion, Backup: m.copy.name})
	}
	return err
}

func (m *migration) run(ctx context.Context) error {
	for _, step := range m.steps() {
		if err := step(ctx); err != nil {
			if m.copy != nil {
				err = errors.Join(err, m.copy.abandon())
			}
			if m.tx != nil {
				m.tx.Rollback()
			}
			return err
		}
	}
	return nil
}

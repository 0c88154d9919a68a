package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"

	"github.com/tongxing/tongxing/issuer/registry"
)

// versionOf returns the version of the schema, 1 to schemaVersion.
func versionOf(ctx context.Context, q querier) (version int, err error) {
	there, err := one[bool](ctx, q, "SELECT to_regclass('tongxing.registry') IS NOT NULL")
	if err != nil {
		return 0, err
	}
	if !there {
		return 0, fmt.Errorf("%w: the database has none: table tongxing.registry: %w", registry.ErrNotARegistry, fs.ErrNotExist)
	}
	version, err = one[int](ctx, q, "SELECT version FROM tongxing.registry")
	switch {
	case errors.Is(err, pgx.ErrNoRows), hasCode(err, codeUndefinedColumn):
		return 0, fmt.Errorf("%w: the table tongxing.registry is of something else", registry.ErrNotARegistry)
	case err != nil:
		return 0, err
	case version > schemaVersion:
		program, err := programOf(ctx, q, version)
		if err != nil {
			return 0, err
		}
		return 0, &registry.SchemaError{Schema: version, Known: schemaVersion, Program: program}
	case version < 1:
		return 0, fmt.Errorf("%w: schema %d", registry.ErrDamaged, version)
	}
	return version, nil
}

// programOf returns which program brought the registry to a version, "" where it does
// not say: a newer version may have done away with the table after all.
func programOf(ctx context.Context, q querier, schema int) (string, error) {
	there, err := one[bool](ctx, q, "SELECT to_regclass('tongxing.program') IS NOT NULL")
	if err != nil || !there {
		return "", err
	}
	program, err := one[string](ctx, q, "SELECT version FROM tongxing.program WHERE schema = $1", schema)
	if errors.Is(err, pgx.ErrNoRows) || hasCode(err, codeUndefinedColumn) || len(program) > registry.MaxProgram {
		return "", nil
	}
	return program, err
}

// migration brings the schema to this program's version. Of several programs that
// start at once one does it. The others wait before they have read a table, for
// what was read cannot be altered until the reader's end.
type migration struct {
	program string
	from    int
}

// steps are what is done in a row, in one transaction.
func (m *migration) steps() []func(context.Context, pgx.Tx) error {
	steps := []func(context.Context, pgx.Tx) error{m.lock}
	for n := 1; n <= schemaVersion; n++ {
		steps = append(steps, func(ctx context.Context, tx pgx.Tx) error { return m.change(ctx, tx, n) })
	}
	return append(steps, m.sign)
}

// lock keeps others from migrating and looks whether they have.
func (m *migration) lock(ctx context.Context, tx pgx.Tx) (err error) {
	if err := lock(ctx, tx, gateSchema); err != nil {
		return err
	}
	m.from, err = versionOf(ctx, tx)
	return err
}

// change brings the schema to version n if it is below.
func (m *migration) change(ctx context.Context, tx pgx.Tx, n int) error {
	if n <= m.from {
		return nil
	}
	_, err := tx.Exec(ctx, versions[n-1])
	return err
}

// sign says which version the schema has, and who made it.
func (m *migration) sign(ctx context.Context, tx pgx.Tx) error {
	if m.from == schemaVersion {
		return nil
	}
	if _, err := tx.Exec(ctx, "UPDATE tongxing.registry SET version = $1", schemaVersion); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, signProgram, schemaVersion, m.program)
	return err
}

// signProgram says who brought the schema to a version.
const signProgram = "INSERT INTO tongxing.program (schema, version) VALUES ($1, $2)"

// migrate takes all steps. A database has no copy of itself to go back to: without
// somebody's word that there is one nothing is done.
func (r *Registry) migrate(ctx context.Context, version int, by registry.Opening) error {
	if !by.BackedUp {
		return &registry.SchemaError{Schema: version, Known: schemaVersion}
	}
	var m *migration
	err := r.change(ctx, fmt.Sprintf("bring schema %d to %d", version, schemaVersion), true, func(tx pgx.Tx) error {
		m = &migration{program: by.Program}
		for _, step := range m.steps() {
			if err := step(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && m.from < schemaVersion {
		by.Tell(registry.Migration{From: m.from, To: schemaVersion})
	}
	return err
}

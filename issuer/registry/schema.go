package registry

import (
	"errors"
	"fmt"
)

// ErrOlderSchema reports a registry that an older version of the program wrote, in a
// storage that makes no backup of its own: it is migrated when its opener says that
// somebody has made one (Opening.BackedUp).
var ErrOlderSchema = errors.New("registry: written by an older version, and not yet migrated")

// Opening says who opens a registry, and what may be done to one of an older schema.
// The zero Opening is that of an unnamed program, which migrates only behind a backup
// that the storage makes itself.
type Opening struct {
	// Program is the version of the program, at most 64 bytes ("0.1.0"). A registry
	// keeps which program brought it to each of its schemas, so that an older one can
	// name the version that it takes to read it.
	Program string
	// BackedUp says that a backup of the storage was made.
	BackedUp bool
	// Migrated is called after a migration. It may be nil.
	Migrated func(Migration)
}

// MaxProgram is the length of the longest name of a program's version, in bytes.
const MaxProgram = 64

// Check holds an Opening to its bounds. The error is ErrInvalid.
func (o Opening) Check() error {
	if len(o.Program) > MaxProgram {
		return fmt.Errorf("%w: name of a program of %d bytes, at most %d", ErrInvalid, len(o.Program), MaxProgram)
	}
	return nil
}

// Tell calls Migrated where there is one.
func (o Opening) Tell(m Migration) {
	if o.Migrated != nil {
		o.Migrated(m)
	}
}

// Migration is how a registry came to the schema of the program that opened it.
type Migration struct {
	From, To int
	// Backup is the file that holds the registry as it was, or "" where the storage
	// makes none.
	Backup string
}

// SchemaError reports a registry of another schema than the program's. errors.Is finds
// ErrNewerSchema or ErrOlderSchema in it. Nothing was changed.
type SchemaError struct {
	Schema  int    // of the registry
	Known   int    // the program's
	Program string // that wrote the schema, "" where the registry does not say
}

// Error implements error.
func (e *SchemaError) Error() string {
	by := ""
	if e.Program != "" {
		by = " by " + e.Program
	}
	return fmt.Sprintf("%v: schema %d%s, this program knows up to %d", e.Unwrap(), e.Schema, by, e.Known)
}

// Unwrap returns ErrNewerSchema or ErrOlderSchema.
func (e *SchemaError) Unwrap() error {
	if e.Schema > e.Known {
		return ErrNewerSchema
	}
	return ErrOlderSchema
}

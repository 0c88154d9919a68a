package sqlite

import (
	"errors"
	"fmt"
	"io/fs"

	driver "modernc.org/sqlite"

	"github.com/tongxing/tongxing/issuer/registry"
)

// Primary result codes of SQLite (https://www.sqlite.org/rescode.html).
const (
	codeError    = 1
	codeBusy     = 5
	codeLocked   = 6
	codeReadOnly = 8
	codeCorrupt  = 11
	codeFull     = 13
	codeCantOpen = 14
	codeNotADB   = 26

	// The extended code of a disk too full for the index of the write-ahead log,
	// which SQLite reports as a fault of input and output.
	codeIndexSize = 4874
	// The extended code of a write that the system refuses for another reason than
	// ENOSPC: a quota (EDQUOT), a limit of the size of a file (EFBIG), or a broken
	// disk. In none of these can more be stored, nor does it pass by itself.
	codeWrite = 778
	// The extended code of a file that was moved away while it was open, which SQLite
	// counts among those that may not be written.
	codeMoved = 1032
)

// classify gives an error of the driver the type that a caller acts on.
func classify(err error) error {
	var failure *driver.Error
	if !errors.As(err, &failure) {
		return err
	}
	switch failure.Code() {
	case codeIndexSize, codeWrite:
		return fmt.Errorf("%w: %w", registry.ErrStorageFull, err)
	case codeMoved:
		return err
	}
	switch failure.Code() & 0xff {
	case codeBusy, codeLocked:
		return fmt.Errorf("%w: %w", registry.ErrBusy, err)
	// Every statement is this package's own and right: one that SQLite does not
	// understand meets another schema, in which a table was dropped or changed.
	case codeCorrupt, codeError:
		return fmt.Errorf("%w: %w", registry.ErrDamaged, err)
	case codeReadOnly: // the file, or its folder, in which the log would be
		return fmt.Errorf("%w: %w", fs.ErrPermission, err)
	case codeFull:
		return fmt.Errorf("%w: %w", registry.ErrStorageFull, err)
	case codeNotADB:
		return fmt.Errorf("%w: %w", registry.ErrNotARegistry, err)
	}
	return err
}

// denied gives the fault of a file that is there and that SQLite cannot open its type.
// SQLite does not say why; looking by opening it would give up the locks on it, which
// are the process's.
func denied(err error) error {
	var failure *driver.Error
	if errors.As(err, &failure) && failure.Code()&0xff == codeCantOpen {
		return fmt.Errorf("%w: %w", fs.ErrPermission, err)
	}
	return err
}

// named adds what was being done, and to which file.
func (r *Registry) named(action string, err error) error {
	return fmt.Errorf("%s in registry %s: %w", action, r.path, classify(err))
}

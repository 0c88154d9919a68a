//go:build !unix && !windows

package enrolment

import (
	"errors"
	"os"
)

// lock refuses: where processes cannot keep each other out, one would write back whom
// another has deleted.
func lock(path string) (release func(), err error) {
	return nil, &os.PathError{Op: "lock", Path: path, Err: errors.ErrUnsupported}
}

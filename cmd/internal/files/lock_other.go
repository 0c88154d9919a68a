//go:build !unix

package files

import (
	"errors"
	"os"
)

// lockAlone has no lock here: what holds one would keep the file from being renamed. So
// nothing is anybody's, and nothing is removed.
func lockAlone(string) (*os.File, error) { return nil, errors.ErrUnsupported }

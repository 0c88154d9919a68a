//go:build unix

package fetch

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

func TestNobodyWaitsForAPipe(t *testing.T) {
	folder := t.TempDir()
	pipe := filepath.Join(folder, "a.bundle")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	n := nation.New(t, "33")
	s := newStore(t, n)
	if _, err := ImportFolder(t.Context(), s, folder, now); !errors.Is(err, ErrNothingFound) {
		t.Errorf("on a stick: %v", err)
	}
	if _, err := ImportFile(s, pipe, now); !errors.Is(err, ErrNotRegular) {
		t.Errorf("as a file: %v", err)
	}
	if _, err := OpenStore(pipe, StoreOptions{}); !errors.Is(err, ErrNotRegular) {
		t.Errorf("as a store: %v", err)
	}
}

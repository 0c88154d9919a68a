//go:build unix

package fetch

import (
	"os"
	"syscall"
	"testing"

	"github.com/tongxing/tongxing/trustlist/internal/nation"
)

// A store that one account brings up to date and others read: after an import
// they read it still.
func TestAnImportKeepsWhoMayReadTheStore(t *testing.T) {
	n := nation.New(t, "33")
	s := newStore(t, n)
	apply(t, s, n.Bundle())
	if mode := access(t, s).Mode().Perm(); mode != 0o600 {
		t.Errorf("a new store has the permissions %v", mode)
	}
	owner := os.Getuid()
	if owner == 0 {
		owner = 65534
	}
	if err := os.Chown(s.Path(), owner, -1); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o644, 0o640, 0o600} {
		if err := os.Chmod(s.Path(), mode); err != nil {
			t.Fatal(err)
		}
		next(n)
		apply(t, s, n.Bundle())
		now := access(t, s)
		if now.Mode() != mode || int(now.Sys().(*syscall.Stat_t).Uid) != owner {
			t.Errorf("%v of %d became %v of %d", mode, owner, now.Mode(), now.Sys().(*syscall.Stat_t).Uid)
		}
	}
}

func access(t *testing.T, s *Store) os.FileInfo {
	t.Helper()
	info, err := os.Stat(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	return info
}

//go:build unix

package folders

import (
	"io/fs"
	"syscall"
	"testing"
)

// owned is a file of a user.
type owned struct {
	fs.FileInfo
	user uint32
}

func (o owned) Sys() any { return &syscall.Stat_t{Uid: o.user} }

func TestOnlyRootAndTheUserAreTrusted(t *testing.T) {
	for _, c := range []struct {
		owner uint32
		user  int
		want  bool
	}{{0, 0, true}, {0, 1000, true}, {1000, 1000, true}, {1001, 1000, false}, {1000, 0, false}} {
		if got := trusted(owned{user: c.owner}, c.user); got != c.want {
			t.Errorf("owner %d, user %d: %t, want %t", c.owner, c.user, got, c.want)
		}
	}
}

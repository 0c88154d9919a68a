//go:build unix

package fetch

import (
	"os"
	"syscall"
)

// keepAccess gives the file at path the permissions of the one that it will
// replace, and its owner and group where the process may: whoever reads the store
// of a device goes on reading it after an import by somebody else. What cannot be
// given is left.
func keepAccess(path, replaced string) {
	before, err := os.Stat(replaced)
	if err != nil {
		return
	}
	now, err := os.Stat(path)
	if err != nil {
		return
	}
	was, ok := before.Sys().(*syscall.Stat_t)
	is, also := now.Sys().(*syscall.Stat_t)
	if ok && also && (was.Uid != is.Uid || was.Gid != is.Gid) && os.Chown(path, int(was.Uid), int(was.Gid)) != nil {
		_ = os.Chown(path, -1, int(was.Gid))
	}
	_ = os.Chmod(path, before.Mode().Perm())
}

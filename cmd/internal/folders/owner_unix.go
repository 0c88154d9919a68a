//go:build unix

package folders

import (
	"io/fs"
	"syscall"
)

// trusted reports whether something belongs to root or to the user.
func trusted(info fs.FileInfo, user int) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && (stat.Uid == 0 || int64(stat.Uid) == int64(user))
}

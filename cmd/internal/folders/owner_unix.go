//go:build unix

package folders

import (
	"io/fs"
	"syscall"
)

// ofRootAlone reports whether something belongs to root and root's group.
func ofRootAlone(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Uid == 0 && stat.Gid == 0
}

// trusted reports whether something belongs to root or to the user.
func trusted(info fs.FileInfo, user int) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && (stat.Uid == 0 || int64(stat.Uid) == int64(user))
}

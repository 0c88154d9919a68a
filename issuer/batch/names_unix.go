//go:build unix

package batch

import (
	"io/fs"
	"syscall"
)

// namesOf returns how many names (hard links) a file has.
func namesOf(info fs.FileInfo) uint64 {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 1
	}
	return uint64(stat.Nlink)
}

//go:build unix

package keys

import (
	"io/fs"
	"os"
	"syscall"
)

func handedOver(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && isHandedOver(info.Mode(), int(s.Uid), int(s.Gid), os.Geteuid())
}

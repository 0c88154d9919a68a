package keys

import (
	"fmt"
	"io/fs"
	"runtime"
)

// CheckPermissions returns ErrPermissions for a file that others than its owner, or
// than the one whom the service manager hands it to, may read or write.
func CheckPermissions(path string, info fs.FileInfo) error {
	mode := info.Mode().Perm()
	if runtime.GOOS == "windows" || mode&0o077 == 0 || handedOver(info) {
		return nil
	}
	return fmt.Errorf("%w: %s has mode %04o (run: chmod 600 %s)", ErrPermissions, path, mode, path)
}

// isHandedOver reports whether a file may be one that systemd hands to a service of
// another user than root (LoadCredential, from version 254): it belongs to root and
// root's group, and an access control list lets the service's user read it. The mask
// of that list stands where the group's bits do (acl(5)), so the file looks readable
// by a group that nobody is in.
func isHandedOver(mode fs.FileMode, owner, group, user int) bool {
	return mode.Perm() == 0o440 && owner == 0 && group == 0 && user != 0
}

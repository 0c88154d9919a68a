package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// ownedName is how an unfinished file of an owner begins.
func ownedName(owner string) string { return ".tongxing-" + owner + "-" }

// CreateOwned is Create for work that is repeated when it was killed: what it then left
// is told from what another is at by a lock, and Tidy of the same owner removes it. An
// owner is a few letters and digits. Where a lock cannot be had the file is nobody's.
func CreateOwned(path string, mode os.FileMode, owner string) (*Writer, error) {
	return create(path, mode, func(folder string) (*os.File, *os.File, error) { return createLocked(folder, owner) })
}

// maxAttempts bounds the looking for a name that nobody takes away meanwhile.
const maxAttempts = 5

// createLocked makes an unfinished file and holds its lock, which ends when guard is
// closed or the process does. Between the two a Tidy may take it for one that was left.
func createLocked(folder, owner string) (file, guard *os.File, err error) {
	for range maxAttempts {
		if file, err = os.CreateTemp(folder, ownedName(owner)+"*"); err != nil {
			return nil, nil, err
		}
		if guard, err = lockAlone(file.Name()); err == nil {
			return file, guard, nil
		}
		file.Close()
		if !errors.Is(err, errHeld) && !errors.Is(err, fs.ErrNotExist) {
			os.Remove(file.Name()) // no lock can be had; else a Tidy removes it
			break
		}
	}
	file, err = os.CreateTemp(folder, Unfinished)
	return file, nil, err
}

// errHeld reports a lock that another process has.
var errHeld = errors.New("is in use")

// Tidy removes what an owner's processes that were killed left beside path, and returns
// how many files that were: those of CreateOwned of which no process has the lock. The
// error is a *[PathError]; that the folder is not there, or cannot be listed, is none.
func Tidy(path, owner string) (removed int, err error) {
	folder := filepath.Dir(behindLinks(path))
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return 0, nil
	}
	if err != nil {
		return 0, &PathError{folder, bare(err)}
	}
	for _, entry := range entries {
		owned, err := filepath.Match(ownedName(owner)+"*", entry.Name())
		if err != nil || !owned || !entry.Type().IsRegular() {
			continue
		}
		name := filepath.Join(folder, entry.Name())
		guard, err := lockAlone(name)
		if err != nil {
			continue // somebody is at it, has ended, or a lock cannot be had
		}
		err = os.Remove(name)
		guard.Close()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return removed, &PathError{name, bare(err)}
		}
		removed++
	}
	return removed, nil
}

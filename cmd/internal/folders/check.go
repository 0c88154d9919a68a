package folders

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// What can be wrong with a folder or a file.
var (
	ErrMode  = errors.New("others than the owner may read or write it")
	ErrOwner = errors.New("it belongs to another user")
	ErrKind  = errors.New("it is neither what it should be nor a link to that")
	ErrAbove = errors.New("everybody may replace it, for the folder above it is open to all")
)

// Fault is what is wrong with a folder or a file, and what mends it.
type Fault struct {
	Path string
	Mode fs.FileMode
	Mend string // a command, or ""
	Err  error  // one of the above
}

func (f *Fault) Error() string {
	return fmt.Sprintf("%s (mode %04o): %v", f.Path, f.Mode.Perm(), f.Err)
}

// Unwrap returns which fault it is.
func (f *Fault) Unwrap() error { return f.Err }

// Check holds a folder to its owner alone: mode 0700, of whoever runs the program.
// It may be a link, as systemd makes them for services without a user of their own,
// if nobody else could have set it. What is not there is not wrong. The error is a
// *[Fault], or of the system. Nothing is changed.
func Check(path string) error {
	info, err := follow(path)
	if err != nil || info == nil {
		return err
	}
	switch {
	case !info.IsDir():
		return &Fault{path, info.Mode(), "", ErrKind}
	case !open(info, 0o077):
		return above(path)
	}
	return &Fault{path, info.Mode(), "chmod 700 " + path, ErrMode}
}

// CheckFile holds a file that programs are told by, a configuration, to being written
// by nobody but its owner, who is root or runs the program. The error is as that of
// [Check].
func CheckFile(path string) error {
	info, err := follow(path)
	if err != nil || info == nil {
		return err
	}
	switch {
	case info.IsDir():
		return &Fault{path, info.Mode(), "", ErrKind}
	case open(info, 0o022):
		return &Fault{path, info.Mode(), "chmod go-w " + path, ErrMode}
	}
	return above(path)
}

// CheckSecret holds a file to being read by nobody but its owner, who is root or runs
// the program, and to being there. A file that systemd hands over (LoadCredential, from
// version 254) is the user's by an access list, whose mask stands where the bits of
// root's group do. The error is as that of [Check].
func CheckSecret(path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	info, err := follow(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return &Fault{path, info.Mode(), "", ErrKind}
	case open(info, 0o077) && !(info.Mode().Perm() == 0o440 && ofRootAlone(info) && os.Geteuid() != 0):
		return &Fault{path, info.Mode(), "chmod 600 " + path, ErrMode}
	}
	return nil
}

// CheckKept holds a file that programs keep data in to being read and written by
// nobody but its owner: by its own mode, or by that of its folder. What is not there is
// not wrong. The error is as that of [Check].
func CheckKept(path string) error {
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	if err != nil || info.IsDir() || !open(info, 0o077) {
		return err // a folder is no such file: who opens it says so
	}
	if folder, err := os.Stat(filepath.Dir(target)); err != nil || !open(folder, 0o077) {
		return err
	}
	return &Fault{path, info.Mode(), "chmod 600 " + path, ErrMode}
}

// Make makes a folder with those above it that are missing, for the owner alone, and
// checks it.
func Make(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	return Check(path)
}

// follow returns what a path leads to, nil where nothing is there, and refuses what
// is another user's, be it the link or what it leads to.
func follow(path string) (fs.FileInfo, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		if !trusted(info, os.Geteuid()) {
			return nil, &Fault{path, info.Mode(), "", ErrOwner}
		}
		if info, err = os.Stat(path); err != nil {
			return nil, err
		}
	}
	if !trusted(info, os.Geteuid()) {
		return nil, &Fault{path, info.Mode(), fmt.Sprintf("chown %d %s", os.Geteuid(), path), ErrOwner}
	}
	return info, nil
}

// above refuses what everybody may replace, be it the link or what it leads to.
func above(path string) error {
	if err := aboveOne(path); err != nil {
		return err
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return err
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	return aboveOne(target)
}

// aboveOne refuses a folder in which everybody may replace what others have, as they
// may not in one with the sticky bit.
func aboveOne(path string) error {
	folder := filepath.Dir(filepath.Clean(path))
	info, err := os.Stat(folder)
	if err != nil {
		return err
	}
	if open(info, 0o002) && info.Mode()&fs.ModeSticky == 0 {
		return &Fault{folder, info.Mode(), "chmod o-w " + folder, ErrAbove}
	}
	return nil
}

// open reports whether a mode has one of the bits. On Windows access lists decide,
// and the folders there are those of the user or of the administrators.
func open(info fs.FileInfo, bits fs.FileMode) bool {
	return runtime.GOOS != "windows" && info.Mode().Perm()&bits != 0
}

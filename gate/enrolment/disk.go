package enrolment

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/crypto/argon2"
)

// openToOthers reports whether others than the owner may read a file. Windows keeps
// that elsewhere than in the mode.
func openToOthers(mode fs.FileMode) bool { return runtime.GOOS != "windows" && mode.Perm()&0o077 != 0 }

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, ErrNotAFile
	}
	return os.ReadFile(path)
}

// replaceFile makes data the content of the file at path: after a fault or a power
// cut at any moment the file is the old one or the new one.
func replaceFile(path string, data []byte) error {
	next := path + ".new"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = rename(next, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(next))
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes the new name last. Windows does so by itself.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// LeastTry is how long a try has to take on the device that makes a file.
const LeastTry = 250 * time.Millisecond

// Calibrate returns parameters with which a try takes LeastTry or longer by a clock,
// and never less than 64 MiB and three passes.
func Calibrate(clock func() time.Time) Params {
	p := least
	for {
		begun := clock()
		argon2.IDKey([]byte("calibration"), make([]byte, 16), p.Passes, p.Memory, 1, 64)
		took := clock().Sub(begun)
		if took >= LeastTry || p.Passes == most.Passes {
			return p
		}
		// One pass more than the measure asks for: the next run may be faster.
		factor := float64(LeastTry) / float64(max(took, time.Millisecond))
		p.Passes = min(uint32(float64(p.Passes)*factor)+1, most.Passes)
	}
}

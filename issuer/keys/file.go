package keys

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// MaxFileSize is the size of the largest key file that is read, in bytes. One
// that this package writes has about 500.
const MaxFileSize = 16 << 10

// SaveFile writes a sealed key to a new file of mode 0600, whatever the umask,
// and to stable storage: a key that signed must not vanish with the power. It
// never writes over a file (fs.ErrExist), and leaves none behind when it fails.
func SaveFile(path string, pem []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("save key: %w", err)
	}
	err = file.Chmod(0o600)
	if err == nil {
		_, err = file.Write(pem)
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("save key: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // a folder cannot be synced there
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// LoadFile reads a private key file, at most MaxFileSize bytes. It returns
// ErrPermissions for one that group or others may read or write, ErrFolder for one
// in a folder that they may write to (and that is not sticky, as /tmp is),
// ErrNotAKeyFile for a folder or a file that is too large, and the error of the
// file system.
func LoadFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("load key: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("load key: %w", err)
	}
	if info.IsDir() {
		return nil, fmt.Errorf("load key: %w: %s is a folder", ErrNotAKeyFile, path)
	}
	if err := CheckPermissions(path, info); err != nil {
		return nil, fmt.Errorf("load key: %w", err)
	}
	if err := checkFolder(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("load key: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(file, MaxFileSize+1))
	if err != nil {
		return nil, fmt.Errorf("load key: %w", err)
	}
	if len(data) > MaxFileSize {
		return nil, fmt.Errorf("load key: %w: %s has more than %d bytes", ErrNotAKeyFile, path, MaxFileSize)
	}
	return data, nil
}

// checkFolder refuses a folder in which others than its owner could put another
// key, or another passphrase, in the place of this one.
func checkFolder(folder string) error {
	info, err := os.Stat(folder)
	if err != nil {
		return err
	}
	mode := info.Mode()
	if mode.Perm()&0o022 != 0 && mode&os.ModeSticky == 0 && runtime.GOOS != "windows" {
		return fmt.Errorf("%w: %s has mode %04o (run: chmod go-w %s)", ErrFolder, folder, mode.Perm(), folder)
	}
	return nil
}

// MaxSecret is the length of the longest secret that LoadSecret returns, in bytes.
const MaxSecret = MaxPassphrase

// LoadSecret returns the first line of a file that holds a passphrase or a PIN, held
// to the same permissions as a key file. The caller clears it. Errors are those of
// LoadFile, and ErrPassphrase for a line that is empty or too long.
func LoadSecret(path string) ([]byte, error) {
	data, err := LoadFile(path)
	if err != nil {
		return nil, err
	}
	defer clear(data)
	line, _, _ := bytes.Cut(data, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if len(line) == 0 || len(line) > MaxSecret {
		return nil, fmt.Errorf("load secret: %w: %s", ErrPassphrase, path)
	}
	return bytes.Clone(line), nil
}

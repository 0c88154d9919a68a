package keys

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestASavedFileIsForItsOwnerAlone(t *testing.T) {
	for _, mask := range []int{0, 0o022, 0o077, 0o777} {
		path := filepath.Join(t.TempDir(), "a.key")
		previous := syscall.Umask(mask)
		err := SaveFile(path, []byte("sealed"))
		syscall.Umask(previous)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("umask %04o: mode %v, error %v", mask, info.Mode(), err)
		}
		if data, err := LoadFile(path); err != nil || string(data) != "sealed" {
			t.Errorf("umask %04o: %q comes back, error %v", mask, data, err)
		}
	}
}

func TestAFileIsNeverWrittenOver(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a.key")
	if err := SaveFile(path, []byte("first")); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(folder, "link.key")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, taken := range []string{path, link, folder} {
		if err := SaveFile(taken, []byte("second")); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: error %v, want fs.ErrExist", taken, err)
		}
	}
	if data, err := LoadFile(path); err != nil || string(data) != "first" {
		t.Errorf("the file holds %q, error %v", data, err)
	}
	if err := SaveFile(filepath.Join(folder, "missing", "a.key"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing folder: error %v, want fs.ErrNotExist", err)
	}
}

func TestAFileThatOthersMayReadIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.key")
	if err := SaveFile(path, []byte("sealed")); err != nil {
		t.Fatal(err)
	}
	for mode, allowed := range map[fs.FileMode]bool{
		0o600: true, 0o400: true, 0o700: true,
		0o640: false, 0o604: false, 0o620: false, 0o644: false, 0o666: false, 0o601: false,
	} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		data, err := LoadFile(path)
		if allowed && err != nil || !allowed && !errors.Is(err, ErrPermissions) {
			t.Errorf("mode %04o: error %v", mode, err)
		}
		if !allowed && (data != nil || !strings.Contains(err.Error(), "chmod 600 "+path)) {
			t.Errorf("mode %04o: %d bytes beside error %v, which should say what to do", mode, len(data), err)
		}
	}
}

func TestWhatIsNoFileOfAKeyIsRefused(t *testing.T) {
	folder := t.TempDir()
	if _, err := LoadFile(folder); !errors.Is(err, ErrNotAKeyFile) {
		t.Errorf("a folder: %v, want ErrNotAKeyFile", err)
	}
	if _, err := LoadFile(filepath.Join(folder, "missing.key")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v, want fs.ErrNotExist", err)
	}
	large := filepath.Join(folder, "large.key")
	if err := SaveFile(large, bytes.Repeat([]byte("x"), MaxFileSize+1)); err != nil {
		t.Fatal(err)
	}
	if data, err := LoadFile(large); !errors.Is(err, ErrNotAKeyFile) || data != nil {
		t.Errorf("a large file: %v, want ErrNotAKeyFile", err)
	}
}

// TestAFullDiskLeavesNoFile writes beyond the size that the process may write,
// which fails as a full disk does.
func TestAFullDiskLeavesNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.key")
	withFileSizeLimit(t, 100, func() {
		if err := SaveFile(path, make([]byte, 500)); !errors.Is(err, syscall.EFBIG) {
			t.Errorf("error %v, want EFBIG", err)
		}
	})
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file is left behind: %v", err)
	}
}

// TestAFolderThatOthersMayChangeIsRefused: whoever may write to it may put another
// file in the key's place, whatever the key's own mode.
func TestAFolderThatOthersMayChangeIsRefused(t *testing.T) {
	for _, test := range []struct {
		mode os.FileMode
		want error
	}{
		{0o700, nil}, {0o755, nil}, {0o777 | os.ModeSticky, nil}, {0o775, ErrFolder}, {0o757, ErrFolder}, {0o722, ErrFolder},
	} {
		folder := t.TempDir()
		path := filepath.Join(folder, "a.key")
		if err := errors.Join(SaveFile(path, []byte("sealed")), os.Chmod(folder, test.mode)); err != nil {
			t.Fatal(err)
		}
		data, err := LoadFile(path)
		if !errors.Is(err, test.want) || (err == nil) != (data != nil) {
			t.Errorf("%v: %q, error %v", test.mode, data, err)
		}
	}
}

// TestWhatTheServiceManagerHandsOverIsRead: from systemd 254 on a credential shows the
// mask of its access control list where the bits of the group stand.
func TestWhatTheServiceManagerHandsOverIsRead(t *testing.T) {
	for _, test := range []struct {
		mode               os.FileMode
		owner, group, user int
		want               bool
	}{
		{0o440, 0, 0, 998, true},
		{0o440, 0, 0, 0, false}, {0o440, 998, 0, 998, false}, {0o440, 0, 998, 998, false},
		{0o444, 0, 0, 998, false}, {0o460, 0, 0, 998, false}, {0o640, 0, 0, 998, false},
	} {
		if got := isHandedOver(test.mode, test.owner, test.group, test.user); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

func TestASecretIsTheFirstLineOfAFileForItsOwner(t *testing.T) {
	for content, want := range map[string]string{"pin": "pin", "pin\n": "pin", "pin\r\nnotes\n": "pin", "\n": "", "": "", strings.Repeat("x", MaxSecret+1): ""} {
		path := filepath.Join(t.TempDir(), "pin")
		if err := SaveFile(path, []byte(content)); err != nil {
			t.Fatal(err)
		}
		secret, err := LoadSecret(path)
		if string(secret) != want || (want == "") != errors.Is(err, ErrPassphrase) {
			t.Errorf("%.20q: %.20q, error %v", content, secret, err)
		}
		if err := os.Chmod(path, 0o640); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadSecret(path); !errors.Is(err, ErrPermissions) {
			t.Errorf("readable by the group: %v", err)
		}
	}
}

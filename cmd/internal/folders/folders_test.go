package folders_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/folders"
)

func system(goos string, environment map[string]string) folders.System {
	return folders.System{GOOS: goos, Getenv: func(name string) string { return environment[name] }}
}

func Example() {
	venue := folders.System{GOOS: "linux", Getenv: func(name string) string {
		return map[string]string{"HOME": "/houses/guard"}[name]
	}}
	fmt.Println(venue.Folders().Data)
	fmt.Println(venue.OfServices().Configuration)
	// Output:
	// /houses/guard/.local/share/tongxing
	// /etc/tongxing
}

func TestEverySystemHasItsOwnPlaces(t *testing.T) {
	for name, c := range map[string]struct {
		goos        string
		environment map[string]string
		want        folders.Folders
	}{
		"a person": {"linux", map[string]string{"HOME": "/houses/li"}, folders.Folders{
			Configuration: "/houses/li/.config/tongxing", Data: "/houses/li/.local/share/tongxing", State: "/houses/li/.local/state/tongxing"}},
		"a person with folders elsewhere": {"linux", map[string]string{"HOME": "/houses/li", "XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "/d/", "XDG_STATE_HOME": "/s", "XDG_RUNTIME_DIR": "/run/user/1000"}, folders.Folders{
			Configuration: "/c/tongxing", Data: "/d/tongxing", State: "/s/tongxing", Runtime: "/run/user/1000/tongxing"}},
		"relative ones do not count": {"freebsd", map[string]string{"HOME": "/houses/li", "XDG_CONFIG_HOME": "c", "XDG_DATA_HOME": "./d"}, folders.Folders{
			Configuration: "/houses/li/.config/tongxing", Data: "/houses/li/.local/share/tongxing", State: "/houses/li/.local/state/tongxing"}},
		"no home, and a folder that is named": {"linux", map[string]string{"XDG_DATA_HOME": "/d"}, folders.Folders{
			Configuration: "/etc/tongxing", Data: "/d/tongxing", State: "/var/lib/tongxing", Runtime: "/run/tongxing"}},
		"nobody's home": {"linux", map[string]string{"HOME": "/nonexistent"}, folders.Folders{
			Configuration: "/etc/tongxing", Data: "/var/lib/tongxing", State: "/var/lib/tongxing", Runtime: "/run/tongxing"}},
		"the services' own user": {"linux", map[string]string{"HOME": "/var/lib/tongxing"}, folders.Folders{
			Configuration: "/etc/tongxing", Data: "/var/lib/tongxing", State: "/var/lib/tongxing", Runtime: "/run/tongxing"}},
		"no environment": {"linux", nil, folders.Folders{
			Configuration: "/etc/tongxing", Data: "/var/lib/tongxing", State: "/var/lib/tongxing", Runtime: "/run/tongxing"}},
		"a unit": {"linux", map[string]string{"HOME": "/root", "STATE_DIRECTORY": "/var/lib/tongxing/a:/var/lib/tongxing/b"}, folders.Folders{
			Configuration: "/etc/tongxing", Data: "/var/lib/tongxing/a", State: "/var/lib/tongxing/a", Runtime: "/run/tongxing"}},
		"macOS": {"darwin", map[string]string{"HOME": "/houses/li"}, folders.Folders{
			Configuration: "/houses/li/Library/Application Support/tongxing", Data: "/houses/li/Library/Application Support/tongxing/data",
			State: "/houses/li/Library/Application Support/tongxing/state", Runtime: "/houses/li/Library/Application Support/tongxing/run"}},
		"macOS, a service": {"darwin", map[string]string{"HOME": "/"}, folders.Folders{
			Configuration: "/Library/Application Support/tongxing", Data: "/Library/Application Support/tongxing/data",
			State: "/Library/Application Support/tongxing/state", Runtime: "/Library/Application Support/tongxing/run"}},
		"Windows": {"windows", map[string]string{"LocalAppData": `C:\Users\李\AppData\Local`, "ProgramData": `D:\Data`}, folders.Folders{
			Configuration: `C:\Users\李\AppData\Local\tongxing`, Data: `C:\Users\李\AppData\Local\tongxing\data`,
			State: `C:\Users\李\AppData\Local\tongxing\state`, Runtime: `C:\Users\李\AppData\Local\tongxing\run`}},
		"Windows, a service": {"windows", map[string]string{"LocalAppData": `C:\Windows\System32\config\systemprofile\AppData\Local`, "ProgramData": `D:\Data`}, folders.Folders{
			Configuration: `D:\Data\tongxing`, Data: `D:\Data\tongxing\data`, State: `D:\Data\tongxing\state`, Runtime: `D:\Data\tongxing\run`}},
		"Windows, no environment": {"windows", nil, folders.Folders{
			Configuration: `C:\ProgramData\tongxing`, Data: `C:\ProgramData\tongxing\data`, State: `C:\ProgramData\tongxing\state`, Runtime: `C:\ProgramData\tongxing\run`}},
	} {
		if got := system(c.goos, c.environment).Folders(); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// made is a folder of the test's own, below one that is for the owner alone.
func made(t *testing.T, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tongxing")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAFolderIsItsOwnersAlone(t *testing.T) {
	for mode, want := range map[os.FileMode]error{
		0o700: nil, 0o500: nil, 0o750: folders.ErrMode, 0o701: folders.ErrMode, 0o770: folders.ErrMode, 0o755: folders.ErrMode, 0o777: folders.ErrMode,
	} {
		path := made(t, mode)
		err := folders.Check(path)
		var fault *folders.Fault
		if !errors.Is(err, want) || want != nil && (!errors.As(err, &fault) || fault.Path != path || fault.Mend != "chmod 700 "+path) {
			t.Errorf("%04o: %v, want %v", mode, err, want)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%04o became %v, %v", mode, info.Mode(), err)
		}
	}
	if err := folders.Check(filepath.Join(t.TempDir(), "none")); err != nil {
		t.Errorf("nothing there: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := folders.Check(file); !errors.Is(err, folders.ErrKind) {
		t.Errorf("a file: %v", err)
	}
}

func TestAFileForDataIsItsOwnersAloneByItsModeOrItsFolders(t *testing.T) {
	for _, c := range []struct {
		folder, file os.FileMode
		want         error
	}{
		{0o755, 0o600, nil}, {0o700, 0o644, nil}, {0o755, 0o400, nil},
		{0o755, 0o644, folders.ErrMode}, {0o755, 0o640, folders.ErrMode}, {0o750, 0o660, folders.ErrMode}, {0o711, 0o604, folders.ErrMode},
	} {
		path := filepath.Join(made(t, c.folder), "33.registry")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, c.file); err != nil {
			t.Fatal(err)
		}
		link := filepath.Join(made(t, 0o700), "link") // where nobody else comes, to where they do
		if err := os.Symlink(path, link); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{path, link} {
			if err := folders.CheckKept(name); !errors.Is(err, c.want) {
				t.Errorf("%04o in %04o: %v, want %v", c.file, c.folder, err, c.want)
			}
		}
	}
	if err := folders.CheckKept(filepath.Join(t.TempDir(), "none")); err != nil {
		t.Errorf("one that is not there: %v", err)
	}
}

func TestALinkIsFollowedToWhatItLeadsTo(t *testing.T) {
	for mode, want := range map[os.FileMode]error{0o700: nil, 0o755: folders.ErrMode} {
		link := filepath.Join(t.TempDir(), "link")
		if err := os.Symlink(made(t, mode), link); err != nil {
			t.Fatal(err)
		}
		if err := folders.Check(link); !errors.Is(err, want) {
			t.Errorf("%04o: %v, want %v", mode, err, want)
		}
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink("nowhere", link); err != nil {
		t.Fatal(err)
	}
	if err := folders.Check(link); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a link to nowhere: %v", err)
	}
}

func TestAFolderThatEverybodyMayReplaceIsRefused(t *testing.T) {
	for mode, want := range map[os.FileMode]error{0o777: folders.ErrAbove, 0o777 | os.ModeSticky: nil, 0o775: nil} {
		path := made(t, 0o700)
		if err := os.Chmod(filepath.Dir(path), mode); err != nil {
			t.Fatal(err)
		}
		if err := folders.Check(path); !errors.Is(err, want) {
			t.Errorf("%v: %v, want %v", mode, err, want)
		}
	}
}

func TestAFileThatOthersMayWriteIsRefused(t *testing.T) {
	for mode, want := range map[os.FileMode]error{0o600: nil, 0o644: nil, 0o444: nil, 0o664: folders.ErrMode, 0o646: folders.ErrMode, 0o602: folders.ErrMode} {
		path := filepath.Join(t.TempDir(), "tongxing.toml")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if err := folders.CheckFile(path); !errors.Is(err, want) {
			t.Errorf("%04o: %v, want %v", mode, err, want)
		}
	}
	if err := folders.CheckFile(t.TempDir()); !errors.Is(err, folders.ErrKind) {
		t.Errorf("a folder: %v", err)
	}
}

func TestASecretIsItsOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := folders.CheckSecret(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("nothing there: %v", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[os.FileMode]error{0o600: nil, 0o400: nil, 0o640: folders.ErrMode, 0o604: folders.ErrMode, 0o620: folders.ErrMode} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if err := folders.CheckSecret(path); !errors.Is(err, want) {
			t.Errorf("%04o: %v, want %v", mode, err, want)
		}
	}
	if err := folders.CheckSecret(t.TempDir()); !errors.Is(err, folders.ErrKind) {
		t.Errorf("a folder: %v", err)
	}
}

func TestAMadeFolderPassesItsCheck(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "tongxing")
	for range 2 {
		if err := folders.Make(path); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{path, filepath.Dir(path)} {
		if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", folder, info, err)
		}
	}
}

func TestALinkIsNoWayIntoAFolderThatIsOpenToAll(t *testing.T) {
	open, own := t.TempDir(), t.TempDir()
	if err := os.Mkdir(filepath.Join(open, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(open, "tongxing.toml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, check := range map[string]func(string) error{"data": folders.Check, "tongxing.toml": folders.CheckFile} {
		link := filepath.Join(own, name)
		if err := os.Symlink(filepath.Join(open, name), link); err != nil {
			t.Fatal(err)
		}
		for mode, want := range map[os.FileMode]error{0o777: folders.ErrAbove, 0o755: nil} {
			if err := os.Chmod(open, mode); err != nil {
				t.Fatal(err)
			}
			if err := check(link); !errors.Is(err, want) {
				t.Errorf("%s, %04o: %v, want %v", name, mode, err, want)
			}
		}
	}
}

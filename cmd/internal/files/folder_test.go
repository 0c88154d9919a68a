package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestAFolderIsThereWholeOrNotAtAll(t *testing.T) {
	parent := t.TempDir()
	path := filepath.Join(parent, "today")
	content := []Named{{"a", []byte("1")}, {"b", []byte("2")}}
	if err := WriteFolder(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, file := range content {
		data, err := os.ReadFile(filepath.Join(path, file.Name))
		if err != nil || string(data) != string(file.Data) {
			t.Errorf("%s: %q, %v", file.Name, data, err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	bad := []Named{{"a", nil}, {filepath.Join("no", "such"), nil}}
	for name, c := range map[string]struct {
		path    string
		content []Named
		want    error
	}{
		"there already":      {path, content, fs.ErrExist},
		"no folder for it":   {filepath.Join(parent, "no", "today"), content, ErrNoFolder},
		"a file that cannot": {filepath.Join(parent, "other"), bad, ErrNoFolder},
	} {
		err := WriteFolder(c.path, c.content, 0o600)
		var named *PathError
		if !errors.Is(err, c.want) || !errors.As(err, &named) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	entries, err := os.ReadDir(parent)
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

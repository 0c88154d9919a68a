package check

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// read returns a file of ops.
func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", path))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// files returns the files of ops that match, and fails when there are fewer than
// least.
func files(t *testing.T, pattern string, least int) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join("..", pattern))
	if err != nil || len(found) < least {
		t.Fatalf("%d files match %s, want %d; error %v", len(found), pattern, least, err)
	}
	for i := range found {
		found[i] = strings.TrimPrefix(filepath.ToSlash(found[i]), "../")
	}
	return found
}

// output runs a command in ops and returns what it says.
func output(t *testing.T, environment []string, name string, args ...string) (string, error) {
	t.Helper()
	command := exec.Command(name, args...)
	command.Dir = ".."
	command.Env = append(os.Environ(), environment...)
	data, err := command.CombinedOutput()
	return string(data), err
}

// programs builds every program once and returns the folder.
var programs = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "tongxing-ops")
	if err != nil {
		return "", err
	}
	command := exec.Command("go", "build", "-o", folder+string(filepath.Separator), "./cmd/tongxing", "./cmd/tongxing-issuer", "./cmd/tongxing-signer")
	command.Dir = filepath.Join("..", "..")
	command.Stderr = os.Stderr
	return folder, command.Run()
})

func built(t *testing.T) string {
	t.Helper()
	folder, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestMain(m *testing.M) {
	status := m.Run()
	if folder, err := programs(); err == nil {
		os.RemoveAll(folder)
	}
	os.Exit(status)
}

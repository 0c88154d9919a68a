package main

import (
	"bytes"
	"context"
	encoding "encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
)

// printedBy runs a command line and returns what it prints.
func printedBy(t *testing.T, args ...string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	s := program.Surroundings{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Getenv: func(string) string { return "" }, Clock: time.Now}
	if status := run(context.Background(), s, args); status != program.StatusOK {
		t.Fatalf("%v: status %d: %s", args, status, stderr.String())
	}
	return stdout.Bytes()
}

// TestTheSchemaThatVersionSaysIsThatOfARegistry reads the number where SQLite keeps it
// (user_version, offset 60 of the file).
func TestTheSchemaThatVersionSaysIsThatOfARegistry(t *testing.T) {
	path := filepath.Join(t.TempDir(), "33.db")
	printedBy(t, "registry", "create", "--registry", path)
	file, err := os.ReadFile(path)
	if err != nil || len(file) < 100 {
		t.Fatalf("%d bytes, %v", len(file), err)
	}
	var its struct{ Formats map[string]string }
	if err := json.Unmarshal(printedBy(t, "version", "--json"), &its); err != nil {
		t.Fatal(err)
	}
	if got := strconv.FormatUint(uint64(encoding.BigEndian.Uint32(file[60:])), 10); its.Formats["registry_sqlite"] != got {
		t.Errorf("version says %q, the registry %s", its.Formats["registry_sqlite"], got)
	}
	for _, name := range []string{"credential", "bundle", "registry_postgres", "journal", "api"} {
		if its.Formats[name] == "" {
			t.Errorf("version does not say %s", name)
		}
	}
}

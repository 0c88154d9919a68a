package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// Both ways to a registry, that of issuing and that of everything else, migrate an old
// one and say where it is as it was, and refuse that of a later program by its name.
func TestARegistryOfAnotherVersionIsUpgradedOrNamed(t *testing.T) {
	data, err := os.ReadFile("../../issuer/registry/sqlite/testdata/schema3.registry")
	if err != nil {
		t.Fatal(err)
	}
	var says bytes.Buffer
	a := appWith(strings.NewReader(""), &says, &says)
	for name, open := range map[string]func(path string) (*sqlite.Registry, error){
		"issue":  func(path string) (*sqlite.Registry, error) { return a.openRegistry(t.Context(), path, registry.Plan{}) },
		"revoke": func(path string) (*sqlite.Registry, error) { return a.thereRegistry(t.Context(), path) },
	} {
		path := filepath.Join(t.TempDir(), "33.registry")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		says.Reset()
		reg, err := open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := reg.Close(); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(says.String(), path+".schema3") {
			t.Errorf("%s says %q", name, says.String())
		}
		later, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		later[63] = sqlite.SchemaVersion + 1 // user_version, SQLite file format, section 1.3
		if err := os.WriteFile(path, later, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err = open(path); err == nil {
			t.Fatalf("%s opened a registry of a later version", name)
		}
		if told, status := a.Explain(err); status != 1 || !strings.Contains(told, path) || !strings.Contains(told, strconv.Itoa(sqlite.SchemaVersion+1)) {
			t.Errorf("%s: status %d, %s", name, status, told)
		}
	}
}

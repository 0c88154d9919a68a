package main

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/internal/postgrestest"
	"github.com/tongxing/tongxing/issuer/registry/postgres"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
	"github.com/tongxing/tongxing/issuer/registry/witness"
)

// oldRegistries is where the registries of older schemas lie that their programs made.
const oldRegistries = "../../issuer/registry/"

// Whoever runs a new program on an old registry is told that it was migrated, and where
// it is as it was; a command that says so and nothing else does it on its own.
func TestAnOldRegistryIsUpgradedByCommand(t *testing.T) {
	for schema := 1; schema < sqlite.SchemaVersion; schema++ {
		data, err := os.ReadFile(filepath.Join(oldRegistries, "sqlite/testdata", fmt.Sprintf("schema%d.registry", schema)))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "33.registry")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		k := keeper{TB: t, registry: path}
		first := [][]string{{"registry", "check"}, {"registry", "upgrade"}}[schema%2]
		backup := fmt.Sprintf("%s.schema%d", path, schema)
		k.says(0, fmt.Sprintf("from schema %d to %d. As it was before it is kept in %s", schema, sqlite.SchemaVersion, backup), append(first, "--registry", path)...)
		k.says(0, "already", "registry", "upgrade", "--registry", path)
		k.says(0, "codes were entered by an older version without a checksum", "registry", "check", "--registry", path)
		k.says(0, `"from":`+fmt.Sprint(schema), "registry", "upgrade", "--json", "--registry", backup)
	}
}

// TestARegistryOfALaterProgramIsNamed in both languages: which program wrote it, what
// this one reads, and what to do.
func TestARegistryOfALaterProgramIsNamed(t *testing.T) {
	k := newKeeper(t)
	execute := func(statements string) {
		db, err := sql.Open("sqlite", k.registry)
		if err == nil {
			_, err = db.Exec(statements)
		}
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	const next = sqlite.SchemaVersion + 1
	execute(fmt.Sprintf("PRAGMA user_version = %d", next))
	k.says(1, fmt.Sprintf("has schema %d, which a later version wrote. This program, version %s, reads schema %d", next, program.Version(), sqlite.SchemaVersion), k.flags("registry", "check")...)
	execute(fmt.Sprintf("INSERT INTO program VALUES (%d, '9.8.7')", next))
	for _, command := range [][]string{{"registry", "check"}, {"registry", "upgrade"}, {"registry", "backup", "x"}, {"journal", "show"}, {"job", "list"}} {
		k.says(1, "install version 9.8.7 or a later one", k.flags(command...)...)
	}
	status, out := command(t, k.flags("registry", "check", "--lang", "zh")...)
	if status != 1 || !strings.Contains(out, "由 9.8.7 版写成") || !strings.Contains(out, "请安装 9.8.7") || !strings.Contains(out, k.registry) {
		t.Errorf("status %d: %s", status, out)
	}
}

// TestAnOldDatabaseIsUpgradedWhenABackupWasMade, and not by starting something on it.
func TestAnOldDatabaseIsUpgradedWhenABackupWasMade(t *testing.T) {
	const schema = postgres.SchemaVersion - 1
	address := postgrestest.Database(t)
	dump := filepath.Join(oldRegistries, "postgres/testdata", fmt.Sprintf("schema%d.sql", schema))
	if out, err := exec.Command("psql", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname="+address, "--file="+dump).CombinedOutput(); err != nil {
		t.Fatalf("psql: %v\n%s", err, out)
	}
	k := keeper{TB: t, registry: address}
	for _, command := range [][]string{{"registry", "check"}, {"registry", "upgrade"}, {"job", "list"}} {
		k.says(1, "pg_dump --schema=tongxing", append(command, "--registry", address)...)
	}
	k.says(0, fmt.Sprintf("from schema %d to %d", schema, postgres.SchemaVersion), "registry", "upgrade", "--backup-made", "--registry", address)
	k.says(0, "already", "registry", "upgrade", "--registry", address)
	k.says(0, "74 codes were entered by an older version without a checksum", "registry", "check", "--registry", address)
}

// TestAWitnessOfALaterProgramIsNamed, and not offered to be made anew.
func TestAWitnessOfALaterProgramIsNamed(t *testing.T) {
	k := newKeeper(t)
	k.issue("a", 10)
	data, err := os.ReadFile(k.witness)
	if err != nil {
		t.Fatal(err)
	}
	later := strings.Replace(string(data), witness.Format, "tongxing/registry/witness/2", 1)
	if err := os.WriteFile(k.witness, []byte(later), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"registry", "check"}, {"registry", "raise", "--by", "operator 3"}, {"registry", "raise", "--renew", "--by", "operator 3"}} {
		k.says(1, "(format tongxing/registry/witness/2)", k.flags(command...)...)
	}
}

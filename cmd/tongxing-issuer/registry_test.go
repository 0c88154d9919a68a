package main

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/access"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
	"github.com/tongxing/tongxing/issuer/registry/witness"
)

// keeper runs registry commands on one registry and its witness.
type keeper struct {
	testing.TB
	registry, witness string
}

func newKeeper(t testing.TB) keeper {
	t.Helper()
	k := keeper{t, filepath.Join(t.TempDir(), "33.registry"), filepath.Join(t.TempDir(), "33.witness")}
	k.says(0, "Made the registry", "registry", "create", "--registry", k.registry)
	return k
}

// says runs a command and holds what it says to a text.
func (k keeper) says(status int, want string, args ...string) {
	k.Helper()
	got, out := command(k, append(args, "--lang", "en")...)
	if got != status || !strings.Contains(out, want) {
		k.Fatalf("%q: status %d, want %d with %q:\n%s", args, got, status, want, out)
	}
}

func (k keeper) flags(words ...string) []string {
	return append(words, "--registry", k.registry, "--witness", k.witness)
}

// issue leases and commits so many credentials behind the witness.
func (k keeper) issue(job string, n int) {
	k.Helper()
	store, err := sqlite.Open(k.Context(), k.registry)
	if err != nil {
		k.Fatal(err)
	}
	guard, err := witness.Open(k.Context(), store, k.witness)
	if err != nil {
		k.Fatal(err)
	}
	defer guard.Close()
	registrytest.Issue(k, guard, registry.Pool{Region: 33, Month: 83}, job, n)
}

// An operator puts yesterday's backup back and is told what to do, until it is done.
func TestAnOldBackupIsRefusedAndRaisedByCommand(t *testing.T) {
	k := newKeeper(t)
	k.issue("a", 10)
	copied := filepath.Join(t.TempDir(), "copy")
	k.says(0, "Backed up", k.flags("registry", "backup", copied)...)
	k.says(1, "exists", k.flags("registry", "backup", copied)...)
	k.issue("b", 200)
	k.says(0, "210 codes issued, 210 references taken", k.flags("registry", "check")...)
	data, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(k.registry, data, 0o600); err != nil {
		t.Fatal(err)
	}
	k.says(1, "registry raise", k.flags("registry", "check")...)
	k.says(1, "registry raise", k.flags("journal", "verify")...)
	k.says(1, "registry raise", k.flags("registry", "raise", "--renew", "--by", "operator 3")...)
	k.says(2, "--by", k.flags("registry", "raise")...)
	k.says(0, "skipped 200 references", k.flags("registry", "raise", "--by", "operator 3")...)
	k.says(0, "10 codes issued, 210 references taken", k.flags("registry", "check")...)
	k.says(0, "not behind", k.flags("registry", "raise", "--by", "operator 3")...)
	k.says(0, "operator 3", k.flags("journal", "show")...)
	k.issue("c", 5)
}

// A bit that the storage changed in what stands of a chunk is damage, and the chunk is
// named in both languages.
func TestAChangedEntryIsToldByCommand(t *testing.T) {
	k := newKeeper(t)
	k.issue("night", 10)
	status, out := command(t, k.flags("registry", "check", "--json")...)
	if status != 0 || !strings.Contains(out, `"unchecked":0`) {
		t.Fatalf("status %d: %s", status, out)
	}
	db, err := sql.Open("sqlite", k.registry)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "UPDATE segment SET entries = CAST(substr(entries, 1, 100) || x'00' || substr(entries, 102) AS BLOB)"); err != nil {
		t.Fatal(err)
	}
	k.says(1, k.registry+" is damaged: what it has of chunk 0 of job night is not what was issued", k.flags("registry", "check")...)
	if status, out := command(t, k.flags("registry", "check", "--lang", "zh")...); status != 1 || !strings.Contains(out, "任务 night 第 0 批") {
		t.Errorf("status %d: %s", status, out)
	}
}

func TestALostWitnessIsMadeAnewByCommand(t *testing.T) {
	k := newKeeper(t)
	k.issue("a", 10)
	if err := os.WriteFile(k.witness, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	k.says(1, "--renew", k.flags("registry", "check")...)
	if err := os.Remove(k.witness); err != nil {
		t.Fatal(err)
	}
	k.says(1, "--renew", k.flags("registry", "check")...)
	k.says(2, "--renew", k.flags("registry", "raise", "--by", "operator 3", "--skip", "5")...)
	k.says(0, "anew", k.flags("registry", "raise", "--by", "operator 3", "--renew", "--skip", "1000")...)
	k.says(0, "10 codes issued, 1010 references taken", k.flags("registry", "check")...)
	other := newKeeper(t)
	other.witness = k.witness
	other.says(1, "another registry", other.flags("registry", "check")...)
}

// A service does not start on a backup of last week, also where nobody named a
// witness.
func TestAServiceOnAnOldBackupDoesNotStart(t *testing.T) {
	o := newOffice(t)
	issueOne := func(n int) {
		p := o.serve(nil, "--drain", "0s")
		defer p.end()
		if status, data, err := issue(http.DefaultClient, p.url, o.token(access.Desk), fmt.Sprint("key-", n), trial(n)); err != nil || status != http.StatusCreated {
			t.Fatalf("status %d, error %v: %s", status, err, data)
		}
	}
	issueOne(1)
	backup, err := os.ReadFile(o.path("33.registry"))
	if err != nil {
		t.Fatal(err)
	}
	issueOne(2)
	if err := os.WriteFile(o.path("33.registry"), backup, 0o600); err != nil {
		t.Fatal(err)
	}
	serve := append([]string{"serve", "--listen", "127.0.0.1:0", "--lang", "en"}, o.flags...)
	if status, says := o.command(serve...); status != program.StatusFailed || !strings.Contains(says, "registry raise") {
		t.Fatalf("a service on an old backup: %d, %s", status, says)
	}
	// Nor does anybody learn of the journal or the registry that all is well.
	for _, asks := range [][]string{{"journal", "verify"}, {"journal", "show"}, {"registry", "check"}} {
		asks = append(asks, "--registry", o.path("33.registry"), "--lang", "en")
		if status, says := o.command(asks...); status != program.StatusFailed || !strings.Contains(says, "registry raise") {
			t.Errorf("%q: %d, %s", asks, status, says)
		}
	}
	if status, says := o.command("registry", "raise", "--registry", o.path("33.registry"), "--by", "operator 3"); status != program.StatusOK {
		t.Fatalf("registry raise: %d, %s", status, says)
	}
	issueOne(3)
	o.requireDone(0, "journal", "verify", "--registry", o.path("33.registry"))
}

// What is in the folder for data has that folder's mode; elsewhere it needs its own.
func TestARegistryThatOthersMayReadIsNotOpened(t *testing.T) {
	k := newKeeper(t)
	for _, c := range []struct {
		folder, file os.FileMode
		status       int
		says         string
	}{
		{0o755, 0o644, 1, "33.registry has mode 0644, by which others can read or change it. Run: chmod 600 " + k.registry},
		{0o755, 0o600, 0, ""},
		{0o700, 0o644, 0, ""},
	} {
		if err := errors.Join(os.Chmod(k.registry, c.file), os.Chmod(filepath.Dir(k.registry), c.folder)); err != nil {
			t.Fatal(err)
		}
		k.says(c.status, c.says, "registry", "check", "--registry", k.registry)
	}
}

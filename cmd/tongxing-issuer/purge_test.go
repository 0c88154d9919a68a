package main

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/access"
)

// TestAPurgeIsSignedAndStandsInTheJournal issues a code, purges it three months
// later, and verifies the record with the public key. What is refused stands in no
// journal.
//
// [DELETION-15]
func TestAPurgeIsSignedAndStandsInTheJournal(t *testing.T) {
	o := newOffice(t)
	p := o.serve(nil, "--drain", "0s")
	if status, data, err := issue(http.DefaultClient, p.url, o.token(access.Desk), "key", trial(1)); err != nil || status != http.StatusCreated {
		t.Fatalf("status %d, error %v: %s", status, err, data)
	}
	p.end()
	before, err := os.ReadFile(o.path("33.registry"))
	if err != nil {
		t.Fatal(err)
	}
	later := time.Now().AddDate(0, 3, 0)
	var out strings.Builder
	purge := func(more ...string) int {
		out.Reset()
		s := program.Surroundings{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out,
			Clock: func() time.Time { return later }, Getenv: func(string) string { return "" }}
		return run(t.Context(), s, append([]string{"registry", "purge", "--registry", o.path("33.registry"), "--key", o.path("33.key"),
			"--passphrase-file", o.path("pass"), "--record", o.path("purge.cose"), "--lang", "en"}, more...))
	}
	day := later.AddDate(0, 0, -1).Format(time.DateOnly)
	for name, wrong := range map[string][]string{
		"no day": {"--by", "op"}, "a day to come": {"--by", "op", "--before", later.AddDate(0, 0, 2).Format(time.DateOnly)}, "nobody": {"--before", day},
	} {
		if status := purge(wrong...); status != program.StatusUsage {
			t.Errorf("%s: status %d, %s", name, status, out.String())
		}
	}
	if status := purge("--by", "operator-1", "--before", day); status != program.StatusOK || !strings.Contains(out.String(), "1 entries") {
		t.Fatalf("status %d, %s", status, out.String())
	}
	requireSignedPurge(t, o)
	if status := purge("--by", "operator-1", "--before", day); status != program.StatusFailed {
		t.Errorf("a record is overwritten: status %d, %s", status, out.String())
	}
	if status, shown := o.command("journal", "show", "--registry", o.path("33.registry")); status != 0 || !strings.Contains(shown, " purge ") {
		t.Errorf("journal: %d, %s", status, shown)
	}
	// The witness has the purge too: who puts back what was there before is found out.
	if err := os.WriteFile(o.path("33.registry"), before, 0o600); err != nil {
		t.Fatal(err)
	}
	if status := purge("--by", "operator-1", "--before", day, "--record", o.path("again.cose")); status != program.StatusFailed || !strings.Contains(out.String(), "older than its witness") {
		t.Errorf("an older registry: status %d, %s", status, out.String())
	}
	if _, err := os.Stat(o.path("again.cose")); err == nil {
		t.Error("a purge that was refused left a record")
	}
}

// requireSignedPurge shows the record as an auditor does, and one that was changed.
func requireSignedPurge(t *testing.T, o *office) {
	t.Helper()
	show := func(path string) (int, string) {
		return o.command("registry", "purged", path, "--bundle", o.path("national.bundle"), "--root", o.flags[5], "--region", "33", "--lang", "en")
	}
	if status, shown := show(o.path("purge.cose")); status != 0 || !strings.Contains(shown, "operator-1") || !strings.Contains(shown, "1 entries") {
		t.Errorf("the record: %d, %s", status, shown)
	}
	data, err := os.ReadFile(o.path("purge.cose"))
	if err != nil {
		t.Fatal(err)
	}
	for says, changed := range map[string][]byte{
		"not signed": append(data[:len(data)-1:len(data)-1], data[len(data)-1]^1), "no record": data[:40],
	} {
		if err := os.WriteFile(o.path("changed"), changed, 0o600); err != nil {
			t.Fatal(err)
		}
		if status, shown := show(o.path("changed")); status != program.StatusFailed || !strings.Contains(shown, says) {
			t.Errorf("%s: %d, %s", says, status, shown)
		}
	}
	if status, shown := o.command("registry", "purge", "--registry", o.path("33.registry"), "--key", o.path("33.key"), "--passphrase-file", o.path("pass"),
		"--by", "a", "--before", "2026-01-01", "--record", o.path("none/purge"), "--lang", "en"); status != program.StatusFailed {
		t.Errorf("a record that cannot be written: %d, %s", status, shown)
	}
}

package main

import (
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/internal/postgrestest"
	"github.com/tongxing/tongxing/issuer/deletion"
)

// databaseOffice is an office with its registry in PostgreSQL: the flags of planning
// and working, those of the folders among them, and a file of n records.
func databaseOffice(t *testing.T, n int) (o *office, flags []string, records string) {
	t.Helper()
	o, flags, records = bulkOffice(t, n)
	flags = slices.Clone(flags)
	flags[1] = postgrestest.Database(t)
	o.requireDone(0, "registry", "create", "--registry", flags[1])
	return o, append(flags, "--parts", o.path("parts"), "--job-key", o.path("job-key"), "--witness", o.path("witness")), records
}

// A job in PostgreSQL is approved, run, delivered and forgotten as one in a file is,
// and its journal has every act; nothing is made up where a database has no place
// beside it. [ISSUER-29] [ISSUER-30] [DELETION-10]
func TestAJobInPostgreSQLIsForgottenToo(t *testing.T) {
	o, flags, records := databaseOffice(t, 25)
	database := []string{"--registry", flags[1], "--witness", o.path("witness"), "--lang", "en"}
	run := slices.Concat([]string{"job", "run", records, "--at", time.Now().UTC().Format(time.RFC3339), "--chunk", "10", "--job", "morning"}, flags, o.approver())
	if out := o.requireDone(2, run...); !strings.Contains(out, "--approval") {
		t.Errorf("no place for the approval: %s", out)
	}
	o.requireDone(0, append(run, "--approval", o.path("approval"))...)
	parts := []string{"--parts", o.path("parts")}
	forget := slices.Concat([]string{"job", "forget", "morning", "--key", o.path("33.key"), "--passphrase-file", o.path("pass"), "--job-key", o.path("job-key"),
		"--record", o.path("forgotten.cose"), "--by", "operator-1"}, database, parts)
	if out := o.requireDone(1, forget...); !strings.Contains(out, "not delivered") {
		t.Errorf("before it is delivered: %s", out)
	}
	o.requireDone(0, slices.Concat([]string{"job", "deliver", "morning", "--out", o.path("codes")}, database, parts)...)
	o.requireDone(0, forget...)
	o.requireDone(0, forget...) // again
	left, err := filepath.Glob(o.path("parts/*"))
	if _, missing := os.Stat(records); !os.IsNotExist(missing) || err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v, error %v", missing, left, err)
	}
	v := o.shown(o.path("forgotten.cose"))
	if v.Act != deletion.Forget || v.Deleted["records"] != 25 || v.Deleted["parts"] != 3 {
		t.Errorf("the record says %+v", v)
	}
	o.requireDone(0, slices.Concat([]string{"journal", "verify", "--head", v.Head}, database)...)
	shown := o.requireDone(0, slices.Concat([]string{"journal", "show"}, database)...)
	for _, act := range []string{"job approve", "job plan", "job run", "job deliver", "job forget"} {
		if !strings.Contains(shown, act) {
			t.Errorf("no %s in %s", act, shown)
		}
	}
	if out := o.requireDone(1, slices.Concat([]string{"job", "deliver", "morning", "--out", o.path("again")}, database, parts)...); !strings.Contains(out, "was forgotten") {
		t.Errorf("delivered again: %s", out)
	}
}

// A database in which no registry was made yet has none: it is no file that could be
// named instead, and what is secret in its address is not said.
func TestADatabaseWithoutARegistryIsSaidToHaveNone(t *testing.T) {
	address, err := url.Parse(postgrestest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.UserPassword(address.User.Username(), "a-secret-word")
	for _, asks := range [][]string{{"job", "list"}, {"registry", "check"}, {"registry", "upgrade", "--backup-made"}} {
		status, out := command(t, append(asks, "--registry", address.String(), "--lang", "en")...)
		if status != program.StatusFailed || !strings.Contains(out, "There is no registry postgres") || !strings.Contains(out, "registry create") ||
			strings.Contains(out, "a-secret-word") || strings.Contains(out, "file") {
			t.Errorf("%v: status %d, %s", asks, status, out)
		}
	}
}

// [DELETION-11]
func TestAJobInPostgreSQLIsGivenUp(t *testing.T) {
	o, flags, records := databaseOffice(t, 25)
	plan := slices.Concat([]string{"job", "plan", records, "--at", time.Now().UTC().Format(time.RFC3339), "--chunk", "10", "--job", "morning",
		"--approval", o.path("approval")}, flags, o.approver())
	o.requireDone(0, plan...)
	abandon := []string{"job", "forget", "morning", "--abandon", "--registry", flags[1], "--key", o.path("33.key"), "--passphrase-file", o.path("pass"),
		"--parts", o.path("parts"), "--job-key", o.path("job-key"), "--record", o.path("forgotten.cose"), "--by", "operator-1", "--lang", "en"}
	if out := o.requireDone(0, abandon...); !strings.Contains(out, "No witness is named") || strings.Contains(out, "password") {
		t.Errorf("without a witness: %s", out)
	}
	if _, err := os.Stat(records); !os.IsNotExist(err) {
		t.Errorf("the input: %v", err)
	}
	if v := o.shown(o.path("forgotten.cose")); v.Act != deletion.Abandon || v.Deleted["voided"] != 3 {
		t.Errorf("the record says %+v", v)
	}
	if out := o.requireDone(0, "job", "status", "morning", "--registry", flags[1], "--json"); !strings.Contains(out, `"committed":3`) || !strings.Contains(out, `"issued":0`) {
		t.Errorf("%s", out)
	}
}

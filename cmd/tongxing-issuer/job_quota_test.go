package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/record"
)

// red writes a file of so many records that restrict somebody.
func (o *office) red(name string, n int) string {
	o.t.Helper()
	determined := time.Now().Add(-time.Hour).Truncate(time.Hour)
	var file []byte
	for i := range n {
		var err error
		file, err = record.AppendJSON(file, &record.Record{Name: "测试", DocumentType: "03", DocumentNumber: fmt.Sprintf("P%07d", i),
			Status: &record.Status{State: 2, Rule: 201, Evidence: "储户", Determined: determined, Until: determined.Add(72 * time.Hour)}})
		if err != nil {
			o.t.Fatal(err)
		}
	}
	if err := os.WriteFile(o.path(name), file, 0o600); err != nil {
		o.t.Fatal(err)
	}
	return o.path(name)
}

// The 1,317 people who asked a bank for their money: one approver, whose key anybody
// can make, does not turn so many codes red in a day, nor does a quota of whoever
// plans, nor two jobs in the place of one. [ISSUER-12] [ISSUER-33]
func TestADayOfRestrictionsTakesAFurtherPerson(t *testing.T) {
	o, flags, _ := bulkOffice(t, 1)
	o.second("further")
	at := time.Now().UTC().Format(time.RFC3339)
	plan := func(job, records string, more ...string) []string {
		return slices.Concat([]string{"job", "plan", records, "--at", at, "--job", job, "--lang", "en"}, flags, o.approver(), more)
	}
	all, some, rest := o.red("all.jsonl", 1317), o.red("some.jsonl", 700), o.red("rest.jsonl", 617)
	second := []string{"--second-approver", o.path("further.key"), "--second-approver-passphrase-file", o.path("pass")}
	requireSays := func(status int, says string, args []string) {
		t.Helper()
		if out := o.requireDone(status, args...); !strings.Contains(out, says) {
			t.Errorf("%q: %s", args[6:], out)
		}
	}
	requireSays(1, "1317 records that restrict somebody", plan("all", all))
	requireSays(2, "at most 1000", plan("all", all, "--quota", "5000"))
	requireSays(2, "first approver", plan("all", all, "--second-approver", o.path("approver.key"), "--second-approver-passphrase-file", o.path("pass")))
	requireSays(2, "--second-approver", plan("all", all, "--second-approval", o.path("none")))
	if jobs := o.requireDone(0, "job", "list", "--registry", o.path("33.registry")); jobs != "" {
		t.Fatalf("planned all the same: %s", jobs)
	}
	o.requireDone(0, plan("some", some)...)
	o.requireDone(0, plan("some", some)...) // it is planned, and counted once
	requireSays(1, "617 records", plan("rest", rest))
	o.requireDone(0, plan("rest", rest, second...)...)
	o.requireDone(0, plan("all", all, second...)...)
	for _, name := range []string{"33.registry.all.approval", "33.registry.all.second.approval"} {
		if _, err := os.Stat(o.path(name)); err != nil {
			t.Error(err)
		}
	}
	if got := o.journal(); len(got) != 13 || !slices.Equal(got[9:], []string{
		"approver job approve granted", "approver job approve granted", "operator job plan granted", "operator job plan done"}) {
		t.Errorf("the journal says %q", got)
	}
}

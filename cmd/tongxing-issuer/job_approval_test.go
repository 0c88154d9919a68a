package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/approval"
	"github.com/tongxing/tongxing/issuer/keys"
)

// morning are the arguments that plan the office's job.
func morning(o *office, flags []string, records, at string, more ...string) []string {
	return slices.Concat([]string{"job", "plan", records, "--at", at, "--chunk", "10", "--job", "morning", "--lang", "en"}, flags, more)
}

// requireNoJob holds that nothing was planned, and nothing noted.
func (o *office) requireNoJob(why string) {
	o.t.Helper()
	jobs := o.requireDone(0, "job", "list", "--registry", o.path("33.registry"))
	journal := o.requireDone(0, "journal", "show", "--registry", o.path("33.registry"))
	if jobs != "" || journal != "" {
		o.t.Errorf("%s: jobs %q, journal %q", why, jobs, journal)
	}
}

// [ISSUER-29]
func TestAJobIsNotPlannedWithoutASecondPerson(t *testing.T) {
	o, flags, records := bulkOffice(t, 25)
	at := time.Now().UTC().Format(time.RFC3339)
	plan := func(more ...string) []string { return morning(o, flags, records, at, more...) }
	if out := o.requireDone(2, plan()...); !strings.Contains(out, "second person") {
		t.Errorf("nobody approves: %s", out)
	}
	if out := o.requireDone(2, plan("--approver", o.path("33.key"), "--approver-passphrase-file", o.path("pass"))...); !strings.Contains(out, "signing key") {
		t.Errorf("the key that signs approves: %s", out)
	}
	if out := o.requireDone(2, append(plan(o.approver()...), "--quota", "0")...); !strings.Contains(out, "--quota is 0") {
		t.Errorf("a quota of nothing: %s", out)
	}
	if out := o.requireDone(1, plan("--approver", o.path("approver.pub"))...); !strings.Contains(out, "morning.approval") {
		t.Errorf("an approval that is not there: %s", out)
	}
	o.requireNoJob("refused")
	o.requireDone(0, plan(o.approver()...)...)
	said := o.readApproval("33.registry.morning.approval")
	if said.Job != "morning" || said.Bulk == nil || said.Bulk.Records != 25 || len(said.Adverse) != 0 || said.Bulk.Lifetime != 604800 {
		t.Errorf("approved is %+v", said)
	}
	if err := os.Remove(o.path("33.registry.morning.approval")); err != nil {
		t.Fatal(err)
	}
	o.requireDone(0, plan()...) // the same job needs no second approval
	if out := o.requireDone(1, morning(o, flags, o.path("pass"), at)...); !strings.Contains(out, "morning") && !strings.Contains(out, "other") {
		t.Errorf("other records under the same name: %s", out)
	}
	if got := o.journal(); !slices.Equal(got, []string{"approver job approve granted", "operator job plan granted", "operator job plan done"}) {
		t.Errorf("the journal says %q", got)
	}
}

// readApproval verifies an approval with the approver's public key.
func (o *office) readApproval(name string) approval.Approval {
	o.t.Helper()
	data, err := os.ReadFile(o.path(name))
	if err != nil {
		o.t.Fatal(err)
	}
	public, err := os.ReadFile(o.path("approver.pub"))
	if err != nil {
		o.t.Fatal(err)
	}
	key, err := keys.ParsePublic(public)
	if err != nil {
		o.t.Fatal(err)
	}
	said, _, err := approval.Parse(data, []*sig.PublicKey{key})
	if err != nil {
		o.t.Fatal(err)
	}
	return said
}

// journal are the roles, acts and outcomes in the journal.
func (o *office) journal() (acts []string) {
	o.t.Helper()
	for _, r := range o.records() {
		acts = append(acts, r.Role+" "+r.Act+" "+r.Outcome)
	}
	return acts
}

func (o *office) records() (all []shownRecord) {
	o.t.Helper()
	decoder := json.NewDecoder(strings.NewReader(o.requireDone(0, "journal", "show", "--registry", o.path("33.registry"), "--json")))
	for decoder.More() {
		var r shownRecord
		if err := decoder.Decode(&r); err != nil {
			o.t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// The approver has the records, the key of the jobs' names and what is published; who
// plans has what she signed and her public key. [ISSUER-29]
func TestAJobIsApprovedElsewhere(t *testing.T) {
	o, flags, records := bulkOffice(t, 25)
	at := time.Now().UTC().Format(time.RFC3339)
	plan := func(more ...string) []string { return morning(o, flags, records, at, more...) }
	o.requireDone(2, plan()...) // makes the key of the jobs' names
	approve := slices.Concat([]string{"job", "approve", records, "--at", at, "--chunk", "10", "--job", "morning", "--json",
		"--job-key", o.path("33.registry.job-key"), "--approval", o.path("approval")}, flags[2:8], o.approver())
	o.requireDone(1, slices.Concat(approve, []string{"--job-key", o.path("none")})...)
	o.requireDone(2, slices.Concat(approve, []string{"--approver", o.path("33.key")})...)
	o.requireDone(2, slices.Concat(approve, []string{"--approval", ""})...)
	out := o.requireDone(0, approve...)
	var told jobApproval
	if err := json.Unmarshal([]byte(out[strings.Index(out, "{"):]), &told); err != nil || told.Records != 25 || told.Job != "morning" {
		t.Errorf("told is %+v, error %v", told, err)
	}
	o.requireNoJob("approved, not planned")
	o.second("stranger")
	given := []string{"--approver", o.path("approver.pub"), "--approval", o.path("approval")}
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"another approver": {plan("--approver", o.path("stranger.pub"), "--approval", o.path("approval")), "not signed"},
		"no approval":      {plan("--approver", o.path("approver.pub"), "--approval", o.path("pass")), "no approval"},
		"another time":     {append(plan(given...), "--at", "2026-01-01T00:00:00Z"), "something else"},
		"another lifetime": {append(plan(given...), "--lifetime", "24h"), "something else"},
		"another name":     {append(plan(given...), "--job", "evening"), "something else"},
		"other chunks":     {append(plan(given...), "--chunk", "11"), "something else"},
	} {
		if out := o.requireDone(1, c.args...); !strings.Contains(out, c.says) {
			t.Errorf("%s: %s", name, out)
		}
	}
	changed, err := os.ReadFile(records)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(o.path("changed.jsonl"), bytes.Replace(changed, []byte("P0000007"), []byte("P0000008"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := o.requireDone(1, morning(o, flags, o.path("changed.jsonl"), at, given...)...); !strings.Contains(out, "something else") {
		t.Errorf("other records: %s", out)
	}
	o.requireNoJob("not what was approved")
	signed, err := os.ReadFile(o.path("approval"))
	if err != nil {
		t.Fatal(err)
	}
	o.requireDone(0, plan(given...)...)
	// With her key at hand, what she signed before is taken and not written over: a
	// plan that was cut short between the two goes on.
	o.requireDone(0, slices.Concat(plan(o.approver()...), []string{"--job", "morning-2", "--at", "2026-01-02T00:00:00Z", "--approval", o.path("second")})...)
	thirdJob := []string{"--job", "morning-3", "--at", "2026-01-03T00:00:00Z", "--approval", o.path("third")}
	again := slices.Concat(approve, thirdJob)
	o.requireDone(0, again...)
	third, err := os.ReadFile(o.path("third"))
	if err != nil {
		t.Fatal(err)
	}
	o.requireDone(0, again...)
	o.requireDone(0, slices.Concat(plan(o.approver()...), thirdJob)...)
	for name, want := range map[string][]byte{"approval": signed, "third": third} {
		if data, err := os.ReadFile(o.path(name)); err != nil || !bytes.Equal(data, want) {
			t.Errorf("%s was written over, error %v", name, err)
		}
	}
}

// Whoever approves learns how much of the file is no record, approves no file without
// one, and is told what she lacks. [ISSUER-29]
func TestAnApproverLearnsWhatIsNoRecord(t *testing.T) {
	o, flags, records := bulkOffice(t, 3)
	at := time.Now().UTC().Format(time.RFC3339)
	good, err := os.ReadFile(records)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"mixed.jsonl": string(good) + "{\n\xff\xfe\n", "none.jsonl": "{\n\xff\xfe\n"} {
		if err := os.WriteFile(o.path(name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	approve := func(file string, more ...string) []string {
		return slices.Concat([]string{"job", "approve", o.path(file), "--at", at, "--job", "morning", "--lang", "en",
			"--job-key", o.path("33.registry.job-key"), "--approval", o.path("approval")}, flags[2:8], o.approver(), more)
	}
	if out := o.requireDone(1, approve("mixed.jsonl")...); !strings.Contains(out, "The first job plan at the registry makes") {
		t.Errorf("no key of the jobs' names yet: %s", out)
	}
	o.requireDone(2, morning(o, flags, records, at)...) // makes it
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"no record":          {approve("none.jsonl"), "not one line that is a record"},
		"a public key":       {approve("mixed.jsonl", "--approver", o.path("approver.pub")), "a public key signs no approval"},
		"planned, no record": {morning(o, flags, o.path("none.jsonl"), at, o.approver()...), "not one line that is a record"},
	} {
		if out := o.requireDone(1, c.args...); !strings.Contains(out, c.says) {
			t.Errorf("%s: %s", name, out)
		}
	}
	if _, err := os.Stat(o.path("approval")); err == nil {
		t.Error("an approval of nothing was written")
	}
	o.requireNoJob("no record")
	if out := o.requireDone(0, approve("mixed.jsonl")...); !strings.Contains(out, "2 of its lines are no record") {
		t.Errorf("two faulty lines: %s", out)
	}
	if out := o.requireDone(2, slices.Concat([]string{"worker", "--lang", "en", "--at-once", "-1"}, flags)...); !strings.Contains(out, "--at-once is -1") {
		t.Errorf("chunks at once below 0: %s", out)
	}
}

// Who did what to a job stands in the journal from its plan to its end, and the head
// that an auditor kept holds it. [ISSUER-30]
func TestTheJournalHasEveryActOnAJob(t *testing.T) {
	o, flags, records := bulkOffice(t, 25)
	at := time.Now().UTC().Format(time.RFC3339)
	run := morning(o, flags, records, at, append(o.approver(), "--by", "planner-1", "--approval", o.path("approval"))...)
	run[1] = "run"
	o.requireDone(0, run...)
	early, _ := strings.CutSuffix(o.requireDone(0, "journal", "verify", "--registry", o.path("33.registry"), "--json"), "\n")
	var verified struct{ Head string }
	if err := json.Unmarshal([]byte(early), &verified); err != nil {
		t.Fatal(err)
	}
	o.requireDone(0, "job", "deliver", "morning", "--registry", o.path("33.registry"), "--out", o.path("codes"), "--by", "clerk-2")
	o.requireDone(1, "job", "deliver", "morning", "--registry", o.path("33.registry"), "--out", filepath.Join(o.path("none"), "codes"), "--by", "clerk-2")
	o.requireDone(0, o.forget()...)
	want := []string{"approver job approve granted", "operator job plan granted", "operator job plan done", "operator job run granted", "operator job run done",
		"operator job deliver granted", "operator job deliver done", "operator job forget begun", "operator job forget done"}
	if got := o.journal(); !slices.Equal(got, want) {
		t.Errorf("the journal says %q", got)
	}
	signed, err := os.ReadFile(o.path("approval"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(signed)
	actors := map[string]string{"job plan": "planner-1", "job run": "planner-1", "job deliver": "clerk-2", "job forget": "operator-1"}
	for _, r := range o.records() {
		if r.Object != "morning" || r.Act != "job approve" && r.Actor != actors[r.Act] {
			t.Errorf("%+v", r)
		}
		if r.Act == "job approve" && (!strings.HasPrefix(r.Actor, "key ") || !strings.Contains(string(r.Detail), hex.EncodeToString(sum[:]))) {
			t.Errorf("%+v %s", r, r.Detail)
		}
	}
	o.requireDone(0, "journal", "verify", "--registry", o.path("33.registry"), "--head", verified.Head)
}

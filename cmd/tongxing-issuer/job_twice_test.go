package main

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/internal/postgrestest"
	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/deletion"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// The same records for the same time are one job: under another name, in other chunks
// or for another lifetime each of them would be issued a second time. Another time is
// another issue, and other records are another job.
func TestRecordsAreNotPlannedTwiceForOneTime(t *testing.T) {
	o, flags, records := bulkOffice(t, 25)
	now := time.Now()
	plan := func(file string, at time.Time, more ...string) []string {
		return slices.Concat([]string{"job", "plan", file, "--at", at.UTC().Format(time.RFC3339), "--chunk", "10", "--job", "morning", "--lang", "en"},
			flags, o.approver(), more)
	}
	o.requireDone(0, plan(records, now)...)
	data, err := os.ReadFile(records)
	if err != nil {
		t.Fatal(err)
	}
	copied, others := o.path("copied.jsonl"), o.path("others.jsonl")
	for path, content := range map[string]string{copied: string(data), others: strings.ReplaceAll(string(data), "P0", "Q0")} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, args := range map[string][]string{
		"another name":         plan(records, now, "--job", "evening"),
		"its own name":         plan(records, now, "--job", ""),
		"a copy":               plan(copied, now, "--job", "evening"),
		"other chunks":         plan(records, now, "--job", "evening", "--chunk", "7"),
		"another lifetime":     plan(records, now, "--job", "evening", "--lifetime", "24h"),
		"other chunks, unsaid": plan(copied, now, "--job", "", "--chunk", "1000"),
	} {
		if out := o.requireDone(1, args...); !strings.Contains(out, "planned for the same time as job morning") {
			t.Errorf("%s: %s", name, out)
		}
	}
	if out := o.requireDone(1, plan(records, now, "--chunk", "7")...); !strings.Contains(out, "--chunk") {
		t.Errorf("the same name in other chunks: %s", out)
	}
	o.requireDone(0, plan(records, now)...)
	o.requireDone(0, plan(others, now, "--job", "others")...)
	o.requireDone(0, plan(records, now.Add(-time.Minute), "--job", "evening")...)
	if got := strings.Count(o.requireDone(0, "job", "list", "--registry", o.path("33.registry")), "\n"); got != 3 {
		t.Errorf("%d jobs, want 3", got)
	}
}

// Two processes that plan the same records for one time under two names plan one job,
// and the other one is told its name.
func TestTwoProcessesPlanTheSameRecordsOnce(t *testing.T) {
	o, flags, records := bulkOffice(t, 2500)
	at := time.Now().UTC().Format(time.RFC3339)
	names, said, planners := [2]string{"morning", "evening"}, [2]bytes.Buffer{}, [2]*exec.Cmd{}
	for i, name := range names {
		planners[i] = exec.Command(binary, slices.Concat([]string{"job", "plan", records, "--at", at, "--chunk", "10", "--job", name, "--lang", "en",
			"--job-key", o.path("job-key"), "--approval", o.path(name + ".approval")}, flags, o.approver())...)
		planners[i].Stdout, planners[i].Stderr = &said[i], &said[i]
	}
	if err := os.WriteFile(o.path("job-key"), bytes.Repeat([]byte{7}, batch.KeySize), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, planner := range planners {
		if err := planner.Start(); err != nil {
			t.Fatal(err)
		}
	}
	refused := 0
	for i, planner := range planners {
		if planner.Wait() != nil {
			refused++
			if !strings.Contains(said[i].String(), "planned for the same time as job "+names[1-i]) {
				t.Errorf("job %s: %s", names[i], said[i].String())
			}
		}
	}
	if list := o.requireDone(0, "job", "list", "--registry", o.path("33.registry")); refused != 1 || strings.Count(list, "\n") != 1 {
		t.Errorf("%d were refused, and the jobs are\n%s", refused, list)
	}
}

// That a job of the same records was forgotten says nothing of the parts of another: an
// earlier version planned both.
func TestAJobOfTheSameRecordsIsForgottenOnItsOwn(t *testing.T) {
	o := newOffice(t)
	store, err := sqlite.Open(t.Context(), o.path("33.registry"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	digest := [32]byte{1}
	detail := []byte(`{"digest":"` + hex.EncodeToString(digest[:]) + `"}`)
	if _, err := store.Append(t.Context(), registry.JournalRecord{At: 1, Actor: "op", Role: operatorRole, Act: "job " + deletion.Forget,
		Object: "one", Outcome: outcomeDone, Detail: detail}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"one", "two"} {
		job := registry.Job{Name: name, Digest: sha256.Sum256([]byte(name)), Region: 33, At: 1, Chunks: 1, Records: 1}
		chunks := func(yield func(registry.PlannedChunk, error) bool) {
			yield(registry.PlannedChunk{FirstLine: 1, Lines: 1}, nil)
		}
		if _, err := store.PlanJob(t.Context(), job, chunks, 1); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("sqlite", o.path("33.registry"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "UPDATE job SET digest = ?", digest[:]); err != nil {
		t.Fatal(err)
	}
	if names, err := unforgotten(t.Context(), store, time.Now()); err != nil || !slices.Equal(names, []string{"two"}) {
		t.Errorf("not forgotten are %q, error %v", names, err)
	}
}

// What a fault is about is named: not the file of records where it is the folder for
// parts; nor is a job that was forgotten said to be undelivered, nor a blank refused in
// a time that the words recommend.
func TestJobsNameWhatIsAtFault(t *testing.T) {
	o, flags, records := bulkOffice(t, 25)
	data, err := os.ReadFile(records)
	first := data[:bytes.IndexByte(data, '\n')+1]
	at := time.Now().In(format.ChinaTime).Format("2006-01-02 15:04")
	run := func(file string, more ...string) []string {
		return slices.Concat([]string{"job", "run", file, "--at", at, "--chunk", "10", "--job", "morning", "--lang", "en"}, flags, o.approver(), more)
	}
	for path, content := range map[string][]byte{o.path("none"): nil, o.path("refused.jsonl"): append(bytes.Clone(first), "{}\n"...)} {
		if err == nil {
			err = os.WriteFile(path, content, 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if out := o.requireDone(1, run(records, "--parts", o.path("none"))...); !strings.Contains(out, o.path("none")+": ") && !strings.Contains(out, o.path("none")+" ") {
		t.Errorf("no folder: %s", out)
	}
	o.requireDone(0, run(records)...)
	o.deliver()
	o.requireDone(0, o.forget()...)
	if out := o.requireDone(1, o.forget("--record", o.path("other.cose"))...); !strings.Contains(out, "before, and nothing more") {
		t.Errorf("forgotten again: %s", out)
	}
	o.requireDone(0, o.forget()...)
	o.requireDone(program.StatusRejects, run(o.path("refused.jsonl"), "--job", "refused")...)
}

// A server that refuses the user, or has no such database, is not told as a fault of
// the program.
func TestADatabaseThatRefusesIsNamed(t *testing.T) {
	address, err := url.Parse(postgrestest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	stranger, nowhere := *address, *address
	stranger.User, nowhere.Path = url.User("a_stranger"), "/no_such_database"
	for _, refused := range []url.URL{stranger, nowhere} {
		status, out := command(t, "job", "list", "--registry", refused.String(), "--lang", "en")
		if status != program.StatusFailed || !strings.Contains(out, "refuses this user") || strings.Count(out, "\n") != 1 {
			t.Errorf("status %d, %s", status, out)
		}
	}
}

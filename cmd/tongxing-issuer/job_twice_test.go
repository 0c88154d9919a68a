package main

import (
	"encoding/hex"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

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

// That a job of the same records was forgotten says nothing of the parts of another.
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
		job := registry.Job{Name: name, Digest: digest, Region: 33, At: 1, Chunks: 1, Records: 1}
		chunks := func(yield func(registry.PlannedChunk, error) bool) {
			yield(registry.PlannedChunk{FirstLine: 1, Lines: 1}, nil)
		}
		if _, err := store.PlanJob(t.Context(), job, chunks, 1); err != nil {
			t.Fatal(err)
		}
	}
	if names, err := unforgotten(t.Context(), store, time.Now()); err != nil || !slices.Equal(names, []string{"two"}) {
		t.Errorf("not forgotten are %q, error %v", names, err)
	}
}

package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/registrytest"
)

// workingChild plans jobs, commits their first chunk with answers to requests and
// appends to the journal for ever, and tells on standard output what was
// acknowledged to it: "P job", "A job" and "J sequence".
func workingChild(path string) error {
	ctx := context.Background()
	r, err := Open(ctx, path)
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		name := fmt.Sprintf("job-%d-%d", os.Getpid(), n)
		job, plan := night(name, 40)
		if _, err := r.PlanJob(ctx, job, plan, job.At); err != nil {
			return err
		}
		fmt.Println("P", name)
		if err := answerFirstChunk(ctx, r, name); err != nil {
			return err
		}
		fmt.Println("A", name)
		appended, err := r.Append(ctx, registrytest.Record(n))
		if err != nil {
			return err
		}
		fmt.Println("J", appended.Sequence)
	}
}

// answersOf returns the chunk 0 of a planned job with the answers that it has.
func answersOf(ctx context.Context, r *Registry, name string) (registry.Chunk, []registry.Answer, error) {
	_, leased, err := r.PlannedChunk(ctx, name, 0)
	if err != nil {
		return registry.Chunk{}, nil, err
	}
	references := make([]registry.Reference, 50)
	for i := range references {
		references[i], _ = leased[0].Range.At(i)
	}
	chunk, answers := registrytest.Answers(name, 0, 1, references)
	for i := range answers {
		answers[i].Request = registry.RequestKey(chunk.Entries[i].Hash[:16])
		chunk.Entries[i].Request = answers[i].Request
	}
	return chunk, answers, nil
}

func answerFirstChunk(ctx context.Context, r *Registry, name string) error {
	chunk, answers, err := answersOf(ctx, r, name)
	if err != nil {
		return err
	}
	_, err = r.CommitAnswers(ctx, chunk, answers)
	return err
}

// TestAKilledProcessLosesNoJobAndNoAnswer kills a process in the middle of planning,
// answering and writing the journal. What was acknowledged is there; a job is whole
// or absent; the answers of a chunk are all there or none.
func TestAKilledProcessLosesNoJobAndNoAnswer(t *testing.T) {
	f := newFile(t, registry.Plan{Shards: 8})
	acknowledged := make(map[string]bool)
	for round := range 10 {
		child := exec.Command(os.Args[0], "-test.run=^$")
		child.Env = append(os.Environ(), childVariable+"=working", "REGISTRY="+string(f))
		out, err := child.StdoutPipe()
		if err == nil {
			err = child.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for count := 1; lines.Scan(); count++ {
			if count == 1+round%6 { // however slow the machine is, something was done
				time.AfterFunc(time.Duration(rand.IntN(20_000))*time.Microsecond, func() { child.Process.Kill() })
			}
			acknowledged[lines.Text()] = true
		}
		child.Wait()
		requireJobsWhole(t, f, acknowledged)
	}
	if len(acknowledged) < 20 {
		t.Errorf("only %d acts were acknowledged: nothing was in flight", len(acknowledged))
	}
}

func requireJobsWhole(t *testing.T, f file, acknowledged map[string]bool) {
	t.Helper()
	r := f.open(t)
	defer r.Close()
	report, err := registry.Audit(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for line := range acknowledged {
		act, object, _ := strings.Cut(line, " ")
		var n uint64
		switch _, err := fmt.Sscan(object, &n); {
		case act == "J" && (err != nil || n > report.Journal):
			t.Fatalf("record %s is lost: the journal has %d", object, report.Journal)
		case act == "P" || act == "A":
			state, err := r.JobState(t.Context(), object)
			if err != nil || act == "A" && state.Committed != 1 {
				t.Fatalf("%s: %+v, error %v", line, state, err)
			}
		}
	}
	for state, err := range r.Jobs(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := r.PlannedChunk(t.Context(), state.Name, 39); err != nil {
			t.Fatalf("job %s is planned in part: %v", state.Name, err)
		}
		_, answers, err := answersOf(t.Context(), r, state.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range answers {
			got, err := r.Answer(t.Context(), want.Request)
			if state.Committed == 1 && (err != nil || got != want) || state.Committed == 0 && !errors.Is(err, registry.ErrNotFound) {
				t.Fatalf("answer of job %s with %d chunks: %+v, error %v", state.Name, state.Committed, got, err)
			}
		}
	}
	if problem := integrity(t, r); problem != "ok" {
		t.Fatalf("integrity_check: %s", problem)
	}
}

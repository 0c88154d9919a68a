package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/batch"
	"github.com/tongxing/tongxing/issuer/record"
)

// bulkOffice is an office with a file of n records, and the flags of job and
// worker.
func bulkOffice(t *testing.T, n int) (o *office, flags []string, records string) {
	t.Helper()
	o = newOffice(t)
	determined := time.Now().Add(-time.Hour).Truncate(time.Hour)
	var file []byte
	for i := range n {
		var err error
		file, err = record.AppendJSON(file, &record.Record{Name: fmt.Sprint("测试", i), DocumentType: "03", DocumentNumber: fmt.Sprintf("P%07d", i),
			Status: &record.Status{Determined: determined, Until: determined.Add(72 * time.Hour)}})
		if err != nil {
			t.Fatal(err)
		}
	}
	records = o.path("33.jsonl")
	if err := os.WriteFile(records, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return o, o.flags[:slices.Index(o.flags, "--token-keys")], records
}

func (o *office) requireDone(want int, args ...string) string {
	o.t.Helper()
	status, out := o.command(args...)
	if status != want {
		o.t.Fatalf("%v: status %d, %s", args, status, out)
	}
	return out
}

// requireLines holds a delivery to the lines 1 to n, each reference once.
func requireLines(t *testing.T, codes []byte, n int) {
	t.Helper()
	used := map[string]bool{}
	decoder := json.NewDecoder(bytes.NewReader(codes))
	for line := 1; ; line++ {
		var said batch.Line
		err := decoder.Decode(&said)
		if err == io.EOF && line == n+1 {
			return
		}
		reference := fmt.Sprint(said.List, said.Index)
		if err != nil || said.Line != line || used[reference] {
			t.Fatalf("line %d of %d: %+v, error %v", line, n, said, err)
		}
		used[reference] = true
	}
}

// Workers come and go, one is killed and one is told to stop; every record is
// issued once.
func TestAJobIsPlannedWorkedOnByProcessesAndDelivered(t *testing.T) {
	const n = 3000
	o, flags, records := bulkOffice(t, n)
	at := time.Now().UTC().Format(time.RFC3339)
	plan := slices.Concat([]string{"job", "plan", records, "--at", at, "--chunk", "10", "--job", "morning"}, flags)
	o.requireDone(0, append(slices.Clone(plan), o.approver()...)...)
	if out := o.requireDone(0, plan...); !strings.Contains(out, "morning") {
		t.Errorf("planned again: %s", out)
	}
	o.requireDone(1, "job", "deliver", "morning", "--registry", o.path("33.registry"), "--out", o.path("early"))
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
		worker := exec.Command(binary, append([]string{"worker"}, flags...)...)
		var said bytes.Buffer
		worker.Stderr = &said
		if err := worker.Start(); err != nil {
			t.Fatal(err)
		}
		awaitChunk(t, o, "morning")
		if err := worker.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := worker.Wait(); signal == syscall.SIGTERM && err != nil {
			t.Errorf("told to stop, the worker ended with %v: %s", err, said.Bytes())
		}
	}
	o.requireDone(0, slices.Concat([]string{"job", "run", records, "--at", at, "--chunk", "10", "--job", "morning"}, flags)...)
	deliver := []string{"job", "deliver", "morning", "--registry", o.path("33.registry")}
	o.requireDone(0, append(deliver, "--out", o.path("codes"))...)
	codes, err := os.ReadFile(o.path("codes"))
	if err != nil {
		t.Fatal(err)
	}
	requireLines(t, codes, n)
	o.requireDone(0, append(deliver, "--into", o.path("folder"))...)
	check := exec.Command("sha256sum", "--check", "--strict", "SHA256SUMS")
	check.Dir = o.path("folder")
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("sha256sum: %v, %s", err, out)
	}
	if together := folderContent(t, o.path("folder")); !bytes.Equal(together, codes) {
		t.Error("the folder has other codes than the file")
	}
}

func folderContent(t *testing.T, folder string) (all []byte) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.jsonl"))
	if err != nil || len(paths) != 3 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data...)
	}
	return all
}

// awaitChunk waits until another chunk of the job is committed.
func awaitChunk(t *testing.T, o *office, job string) {
	t.Helper()
	for before := -1; ; time.Sleep(5 * time.Millisecond) {
		var report jobReport
		out := o.requireDone(0, "job", "status", job, "--registry", o.path("33.registry"), "--json")
		if err := json.Unmarshal([]byte(out), &report); err != nil {
			t.Fatal(err)
		}
		if before < 0 {
			before = int(report.Committed)
		}
		if int(report.Committed) > before+2 || report.Committed == report.Chunks {
			return
		}
	}
}

func TestJobsSayWhatIsWrongWithThem(t *testing.T) {
	o, flags, records := bulkOffice(t, 25)
	at := time.Now().UTC().Format(time.RFC3339)
	run := func(more ...string) []string {
		return slices.Concat([]string{"job", "run", records}, flags, o.approver(), more)
	}
	o.requireDone(2, run()...)
	o.requireDone(2, run("--at", "soon")...)
	o.requireDone(2, run("--at", at, "--chunk", "0")...)
	o.requireDone(2, run("--at", at, "--queue", "river")...)
	o.requireDone(2, run("--at", at, "--queue", "post")...)
	o.requireDone(2, run("--at", at, "--job", "a b")...)
	o.requireDone(0, run("--at", at, "--job", "j")...)
	o.requireDone(1, run("--at", at, "--job", "j", "--chunk", "7")...)
	o.requireDone(1, "job", "status", "k", "--registry", o.path("33.registry"))
	if out := o.requireDone(1, "job", "status", "../k", "--registry", o.path("33.registry"), "--lang", "en"); !strings.Contains(out, "no job ../k") {
		t.Errorf("status of a name that none can have says %q", out)
	}
	o.requireDone(2, "job", "deliver", "j", "--registry", o.path("33.registry"))
	if out := o.requireDone(0, "job", "list", "--registry", o.path("33.registry")); !strings.Contains(out, "j") {
		t.Errorf("list says %q", out)
	}
	if err := os.RemoveAll(o.path("33.registry.parts")); err != nil {
		t.Fatal(err)
	}
	o.requireDone(1, "job", "deliver", "j", "--registry", o.path("33.registry"), "--out", o.path("codes"))
	if _, err := os.Stat(o.path("codes")); err == nil {
		t.Error("half a delivery was written")
	}
}

// One job's file is gone: the worker says so, does the others, and its exit status
// says it too.
func TestAWorkerSetsAJobWithoutItsFileAside(t *testing.T) {
	o, flags, records := bulkOffice(t, 40)
	at := time.Now().UTC().Format(time.RFC3339)
	data, err := os.ReadFile(records)
	if err != nil {
		t.Fatal(err)
	}
	lost := o.path("lost.jsonl")
	if err := os.WriteFile(lost, bytes.ReplaceAll(data, []byte("P0"), []byte("Q0")), 0o600); err != nil {
		t.Fatal(err)
	}
	for job, file := range map[string]string{"a": lost, "b": records} {
		o.requireDone(0, slices.Concat([]string{"job", "plan", file, "--at", at, "--chunk", "10", "--job", job}, flags, o.approver())...)
	}
	if err := os.Remove(lost); err != nil {
		t.Fatal(err)
	}
	worker := exec.Command(binary, append([]string{"worker", "--lang", "en"}, flags...)...)
	var said bytes.Buffer
	worker.Stderr = &said
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	awaitCommitted(t, o, "b", 4)
	if err := worker.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	worker.Wait()
	if worker.ProcessState.ExitCode() != 1 || strings.Count(said.String(), "Job a is set aside") != 1 || strings.Count(said.String(), lost) != 2 {
		t.Errorf("status %d: %s", worker.ProcessState.ExitCode(), said.Bytes())
	}
	if out := o.requireDone(1, slices.Concat([]string{"job", "deliver", "a", "--registry", o.path("33.registry"), "--out", o.path("a.codes")})...); !strings.Contains(out, "0 of 4") {
		t.Errorf("delivery says %q", out)
	}
}

// awaitCommitted waits until so many chunks of the job are committed.
func awaitCommitted(t *testing.T, o *office, job string, n uint32) {
	t.Helper()
	for report := (jobReport{}); report.Committed < n; time.Sleep(10 * time.Millisecond) {
		out := o.requireDone(0, "job", "status", job, "--registry", o.path("33.registry"), "--json")
		if err := json.Unmarshal([]byte(out), &report); err != nil {
			t.Fatal(err)
		}
	}
}

package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tongxing/tongxing/trustlist"
)

// awaitFigure reads the figures of a worker until a line is there, and returns them.
func awaitFigure(t *testing.T, address, line string) string {
	t.Helper()
	var figures []byte
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		answer, err := http.Get("http://" + address + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		figures, err = io.ReadAll(answer.Body)
		if err := answer.Body.Close(); err != nil {
			t.Fatal(err)
		}
		if err == nil && strings.Contains(string(figures), "\n"+line+"\n") {
			return string(figures)
		}
	}
	t.Fatalf("no %q in %s", line, figures)
	return ""
}

// startWorker starts a worker with figures, and returns where they are.
func startWorker(t *testing.T, flags []string) (*exec.Cmd, string) {
	t.Helper()
	worker := exec.Command(binary, append([]string{"worker", "--lang", "en", "--metrics-listen", "127.0.0.1:0"}, flags...)...)
	said, err := worker.StderrPipe()
	if err == nil {
		err = worker.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(said)
	line, err := lines.ReadString('\n')
	t.Cleanup(func() {
		_ = worker.Process.Kill() // may have ended
		_ = worker.Wait()
	})
	_, place, found := strings.Cut(line, "http://")
	address, _, _ := strings.Cut(place, "/")
	if err != nil || !found {
		rest, _ := io.ReadAll(lines)
		t.Fatalf("the worker says %q %s, error %v", line, rest, err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }() // until the worker ends
	return worker, address
}

// TestAWorkerTellsItsFiguresAndFollowsItsBundle: what it did is counted; by a key that
// was called compromised meanwhile it signs nothing, and what was planned is done when
// the key is back. [ISSUER-27]
func TestAWorkerTellsItsFiguresAndFollowsItsBundle(t *testing.T) {
	o, flags, records := bulkOffice(t, 40)
	now := time.Now().Unix()
	o.publish(now, "33", trustlist.Active, 0)
	flags = o.flags[:slices.Index(o.flags, "--token-keys")]
	at := map[string]string{"first": time.Unix(now, 0).UTC().Format(time.RFC3339), "second": time.Unix(now-1, 0).UTC().Format(time.RFC3339)}
	plan := func(job, bundle string) []string {
		args := slices.Concat([]string{"job", "plan", records, "--at", at[job], "--chunk", "10", "--job", job}, flags, o.approver())
		args[slices.Index(args, "--bundle")+1] = bundle
		return args
	}
	before, err := os.ReadFile(o.path("national.bundle"))
	if err == nil {
		err = os.WriteFile(o.path("before.bundle"), before, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	worker, address := startWorker(t, flags)
	o.requireDone(0, plan("first", o.path("before.bundle"))...)
	figures := awaitFigure(t, address, "tongxing_worker_chunks_total 4")
	for _, line := range []string{`tongxing_worker_records_total{outcome="issued"} 40`, "tongxing_worker_keys 1", "tongxing_worker_signer 1",
		"tongxing_worker_stopped_keys 0", "tongxing_worker_chunk_seconds_count 4"} {
		if !strings.Contains(figures, "\n"+line+"\n") {
			t.Errorf("no %s", line)
		}
	}
	if strings.Contains(figures, "first") || strings.Contains(figures, "测试") {
		t.Error("the figures name a job or a person")
	}
	o.publish(now, "33", trustlist.Compromised, 0)
	if err := worker.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	awaitFigure(t, address, "tongxing_worker_keys 0")
	o.requireDone(0, plan("second", o.path("before.bundle"))...)
	if figures := awaitFigure(t, address, "tongxing_worker_set_aside_total 1"); !strings.Contains(figures, "\ntongxing_worker_chunks_total 4\n") {
		t.Error("by a key that is compromised something was signed")
	}
	if err := worker.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := worker.Wait(); err == nil {
		t.Error("a job is set aside, and the worker ended as if all were done")
	}
	o.publish(now, "33", trustlist.Active, 0)
	run := slices.Concat([]string{"job", "run", records, "--at", at["second"], "--chunk", "10", "--job", "second"}, flags, o.approver())
	o.requireDone(0, run...)
	o.requireDone(0, "job", "deliver", "second", "--registry", o.path("33.registry"), "--out", o.path("codes"))
	codes, err := os.ReadFile(o.path("codes"))
	if err != nil {
		t.Fatal(err)
	}
	requireLines(t, codes, 40)
}

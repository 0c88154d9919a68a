package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
)

// appliedBy runs bundle apply and returns what it says and its exit status.
func appliedBy(t *testing.T, args ...string) (said, fault string, status int) {
	t.Helper()
	c := process(t, t.TempDir(), append([]string{"bundle", "apply", "--at", "2022-08-05"}, args...)...)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return stdout.String(), stderr.String(), c.ProcessState.ExitCode()
}

// TestADeviceFollowsAPublishedFolder publishes with one command, serves with the
// second, and imports with the third.
func TestADeviceFollowsAPublishedFolder(t *testing.T) {
	fixed, err := fixture()
	if err != nil {
		t.Fatal(err)
	}
	bundle := filepath.Join(fixed, "trust", "national.bundle")
	published, store := t.TempDir(), filepath.Join(t.TempDir(), "trust.store")
	if out, err := process(t, t.TempDir(), "bundle", "publish", bundle, "--dir", published).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	server := startServer(t, published)
	said, fault, status := appliedBy(t, server.url, "--store", store, "--root", filepath.Join(fixed, "trust", "root.cose"), "--json")
	var first applied
	if err := json.Unmarshal([]byte(said), &struct {
		Changed    *bool  `json:"changed"`
		Downloaded *int64 `json:"downloaded"`
	}{&first.Changed, &first.Downloaded}); err != nil || status != program.StatusOK || !first.Changed || first.Downloaded == 0 {
		t.Fatalf("status %d: %s%s", status, said, fault)
	}
	if said, fault, status = appliedBy(t, server.url, "--store", store, "--json"); status != program.StatusOK || !strings.Contains(said, `"changed":false,"delta":false,"downloaded":0`) {
		t.Errorf("again: status %d: %s%s", status, said, fault)
	}
	server.command.Process.Kill()
	server.command.Wait()
	if said, fault, status = appliedBy(t, server.url, "--store", store); status != program.StatusFailed || said != "" || !strings.Contains(fault, "There is no answer from "+server.url) {
		t.Errorf("without a server: status %d: %s%s", status, said, fault)
	}
}

// An import that is interrupted leaves the store and says so; what has come waits
// beside it.
func TestAnInterruptedDownloadWaitsBesideTheStore(t *testing.T) {
	fixed, err := fixture()
	if err != nil {
		t.Fatal(err)
	}
	begun := make(chan struct{}, 1)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		w.Write(bytes.Repeat([]byte{1}, 200<<10))
		w.(http.Flusher).Flush()
		select {
		case begun <- struct{}{}:
		default:
		}
		<-r.Context().Done()
	}))
	defer web.Close()
	folder := t.TempDir()
	c := process(t, t.TempDir(), "bundle", "apply", web.URL+"/b", "--root", filepath.Join(fixed, "trust", "root.cose"), "--store", filepath.Join(folder, "trust.store"))
	var stderr bytes.Buffer
	c.Stderr = &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	<-begun
	waitFor(t, func() bool {
		info, err := os.Stat(filepath.Join(folder, "trust.store.part"))
		return err == nil && info.Size() > 200<<10
	})
	if err := c.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	requireInterrupted(t, c.Wait(), stderr.String())
	if left := everything(t, folder); left != "trust.store.part" {
		t.Errorf("left: %s", left)
	}
}

// Two days behind, thirty days ahead, and never set: each has a sentence of its
// own, and something to do.
func TestTheDoctorHasAWordForEveryWrongClock(t *testing.T) {
	fixed, err := fixture()
	if err != nil {
		t.Fatal(err)
	}
	store := filepath.Join(t.TempDir(), "trust.store")
	const issued = 1659456000 // of the trust list, 2022-08-03 at UTC+8
	clock := time.Unix(issued, 0)
	run := func(args ...string) (diagnosisFindings, int) {
		var stdout, stderr bytes.Buffer
		a := newApp(program.Surroundings{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Getenv: func(string) string { return "" }, Clock: func() time.Time { return clock }})
		status := a.run(context.Background(), args)
		if stderr.Len() != 0 {
			t.Fatalf("%v: %s", args, stderr.String())
		}
		var found diagnosisFindings
		if err := json.Unmarshal(stdout.Bytes(), &found); err != nil {
			t.Fatal(err)
		}
		return found, status
	}
	run("bundle", "apply", filepath.Join(fixed, "trust", "national.bundle"), "--root", filepath.Join(fixed, "trust", "root.cose"), "--store", store, "--json")
	for name, c := range map[string]struct {
		shows time.Duration
		want  string
	}{
		"right":           {0, ""},
		"2 days behind":   {-48 * time.Hour, "clock_behind"},
		"30 days ahead":   {30 * 24 * time.Hour, "clock_ahead"},
		"1970":            {-issued * time.Second, "clock_unset"},
		"before 1970":     {-(issued + 86400) * time.Second, "clock_unset"},
		"minutes behind":  {-5 * time.Minute, ""},
		"an hour behind":  {-time.Hour, "clock_behind"},
		"a century ahead": {876_000 * time.Hour, "clock_ahead"},
	} {
		clock = time.Unix(issued, 0).Add(c.shows)
		found, status := run("doctor", "--store", store, "--json")
		got := ""
		for _, f := range found.Findings {
			if strings.HasPrefix(f.Name, "clock_") {
				got = f.Name
			}
		}
		if got != c.want || got != "" && (status != program.StatusRejects || len(found.Next) == 0) {
			t.Errorf("%s: %q, status %d, next %q; want %q", name, got, status, found.Next, c.want)
		}
	}
}

// diagnosisFindings is what the test reads of doctor's JSON.
type diagnosisFindings struct {
	Findings []struct {
		Name string `json:"name"`
	} `json:"findings"`
	Next []string `json:"next"`
}

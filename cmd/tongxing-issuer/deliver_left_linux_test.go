package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// begunDelivery starts a delivery in a process of its own that stands still: the part
// of the last chunk, which is put back then, is a pipe that nobody writes to. It returns
// when that is being read and an unfinished file is in the folder.
func (o *office) begunDelivery(folder string, args []string) *exec.Cmd {
	o.t.Helper()
	parts, err := filepath.Glob(o.path("33.registry.parts/*/00000002-*.jsonl"))
	if err != nil || len(parts) != 1 {
		o.t.Fatalf("parts of the last chunk: %v, error %v", parts, err)
	}
	var said bytes.Buffer
	child := exec.Command(binary, args...)
	child.Stdout, child.Stderr = &said, &said
	child.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	for _, err := range []error{os.Rename(parts[0], parts[0]+".aside"), syscall.Mkfifo(parts[0], 0o600), child.Start()} {
		if err != nil {
			o.t.Fatal(err)
		}
	}
	o.t.Cleanup(func() { child.Process.Kill() })
	var pipe *os.File
	for deadline := time.Now().Add(time.Minute); pipe == nil || len(unfinished(o.t, folder)) == 0; time.Sleep(time.Millisecond) {
		if pipe == nil { // it opens when somebody reads it
			pipe, _ = os.OpenFile(parts[0], os.O_WRONLY|syscall.O_NONBLOCK, 0)
		}
		if time.Now().After(deadline) {
			child.Process.Kill()
			child.Wait()
			o.t.Fatalf("the delivery did not begin: %s", said.String())
		}
	}
	o.t.Cleanup(func() { pipe.Close() })
	if err := os.Rename(parts[0]+".aside", parts[0]); err != nil {
		o.t.Fatal(err)
	}
	return child
}

func unfinished(t testing.TB, folder string) []string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(folder, ".tongxing-*"))
	if err != nil {
		t.Fatal(err)
	}
	return left
}

// A delivery that was killed leaves codes under no name. The next one of the job into
// the folder removes them, and nothing of anybody else: neither of one that is at work,
// nor of another job, nor what some other command left.
func TestAKilledDeliveryIsTidiedByTheNext(t *testing.T) {
	o, flags, records := bulkOffice(t, 25)
	o.requireDone(0, slices.Concat([]string{"job", "run", records, "--at", time.Now().UTC().Format(time.RFC3339), "--chunk", "10", "--job", "morning"}, flags, o.approver())...)
	for kind, out := range map[string]string{"--into": "night", "--out": "codes.jsonl"} {
		folder := filepath.Join(o.path(strings.TrimPrefix(kind, "--")), "given")
		target := folder
		if kind == "--out" {
			target = filepath.Join(folder, out)
		}
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		others := []string{filepath.Join(folder, ".tongxing-0123456789abcdef-1"), filepath.Join(folder, ".tongxing-1")}
		deliver := []string{"job", "deliver", "morning", "--registry", o.path("33.registry"), kind, target}
		first := o.begunDelivery(folder, deliver)
		its := unfinished(t, folder)
		for _, name := range others {
			if err := os.WriteFile(name, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		o.requireDone(0, deliver...) // while the first one is at work
		if left := unfinished(t, folder); len(left) != len(its)+2 || !slices.Contains(left, its[0]) {
			t.Errorf("%s: beside one that is at work there are %v, it has %v", kind, left, its)
		}
		if err := first.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		first.Wait()
		o.requireDone(0, deliver...)
		if left := unfinished(t, folder); !slices.Equal(left, others) {
			t.Errorf("%s: left are %v, want %v", kind, left, others)
		}
	}
}

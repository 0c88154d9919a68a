package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/program"
)

// Who is asked for a passphrase or for a yes can leave with Ctrl-C.
func TestCtrlCEndsAQuestion(t *testing.T) {
	folder, err := fixture()
	if err != nil {
		t.Fatal(err)
	}
	made := t.TempDir()
	if err := copyFixture(folder, made); err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(made, name) }
	out := in("out")
	for until, args := range map[string][]string{
		"Passphrase for": {"root", "sign", in("trust/root.draft"), "--key", in("keys/root-sm2-1"), "--out", out},
		"Write this draft?": {"trust", "admit", in("trust/33.csr"), "--root", in("trust/root.cose"),
			"--at", "2022-08-03", "--out", out},
	} {
		shown, status := terminalRun(t, 120, 60, until, args...)
		if status != program.StatusCanceled || !strings.Contains(shown, "Interrupted. Nothing half done is left.") {
			t.Errorf("%v: status %d: %q", args[:2], status, shown)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%v: something was written", args[:2])
		}
	}
}

// Ctrl-C while a draft is being signed releases no signature, nor a record of it.
func TestAnInterruptedSignerReleasesNothing(t *testing.T) {
	folder, err := fixture()
	if err != nil {
		t.Fatal(err)
	}
	made := t.TempDir()
	ctx, interrupt := context.WithCancel(context.Background())
	interrupt()
	for _, args := range [][]string{
		{"root", "sign", folder + "/trust/root.draft", "--key", folder + "/keys/root-sm2-1", "--passphrase-file", folder + "/keys/pass"},
		{"root", "combine", folder + "/trust/root.draft", folder + "/trust/root-sm2-1.sig", "--partial"},
	} {
		var stderr bytes.Buffer
		a := appWith(strings.NewReader(""), new(bytes.Buffer), &stderr)
		status := a.run(ctx, append(args, "--out", made+"/out", "--transcript", made+"/minutes"))
		if status != program.StatusCanceled {
			t.Errorf("%v: status %d: %s", args[:2], status, stderr.String())
		}
	}
	if left, err := os.ReadDir(made); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/transport"
)

// everything lists the files and folders below a folder, hidden ones too.
func everything(t *testing.T, folder string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
		if path != folder {
			all = append(all, strings.TrimPrefix(path, folder+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

// process is the program as a process of its own, with temporary files in a
// folder that can be looked into.
func process(t *testing.T, temp string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("tongxing") // what TestMain put there
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(path, args...)
	c.Env = append(os.Environ(), "LANG=C", "LC_ALL=", "TMPDIR="+temp)
	return c
}

// largeFeed writes feeds that take seconds to import: those of a province, many
// times over.
func largeFeed(t *testing.T, feeds string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"people.csv", "tests.csv", "vaccinations.csv", "status.csv"} {
		data, err := os.ReadFile(filepath.Join(feeds, "33", name))
		if err != nil {
			t.Fatal(err)
		}
		header, rows, _ := bytes.Cut(data, []byte("\n"))
		large := append(append(header, '\n'), bytes.Repeat(rows, 40)...)
		if err := os.WriteFile(filepath.Join(folder, name), large, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func requireInterrupted(t *testing.T, err error, stderr string) {
	t.Helper()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != program.StatusCanceled {
		t.Fatalf("ended with %v, want status %d: %s", err, program.StatusCanceled, stderr)
	}
	if strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "Interrupted. Nothing half done is left.") {
		t.Fatalf("said %q", stderr)
	}
}

func TestAnInterruptedImportLeavesNothing(t *testing.T) {
	large := largeFeed(t, filepath.Join("..", "..", "testdata", "feeds"))
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		out, temp := t.TempDir(), t.TempDir()
		c := process(t, temp, "feed", "import", "--region", "33", "--at", codeTime,
			"--out", filepath.Join(out, "records"), "--rejects", filepath.Join(out, "rejects"), large)
		var stderr bytes.Buffer
		c.Stderr = &stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		waitFor(t, func() bool { return everything(t, out) != "" }) // the work has begun
		if err := c.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		requireInterrupted(t, c.Wait(), stderr.String())
		if left := everything(t, out) + everything(t, temp); left != "" {
			t.Fatalf("left behind: %s", left)
		}
	}
}

func waitFor(t *testing.T, ready func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if ready() {
			return
		}
	}
	t.Fatal("did not begin within a minute")
}

// An interrupted run of issue has committed some chunks. Run again, it goes on,
// and the result is that of a run in one go.
func TestAnInterruptedIssueGoesOnWhereItStopped(t *testing.T) {
	folder, _ := codeFixture(t)
	record, err := os.ReadFile(filepath.Join(folder, "records.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := bytes.Cut(record, []byte("\n"))
	const records = 20_000
	large := filepath.Join(folder, "large.jsonl")
	if err := os.WriteFile(large, bytes.Repeat(append(first, '\n'), records), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(folder, "out.jsonl")
	args := []string{"issue", "--region", "33", "--at", codeTime, "--bundle", filepath.Join(folder, "policy.bundle"),
		"--root", filepath.Join(folder, "trust", "root.cose"), "--key", filepath.Join(folder, "keys", "33-sign-2"),
		"--passphrase-file", filepath.Join(folder, "keys", "pass"), "--registry", filepath.Join(folder, "large.db"),
		"--out", out, "--json", large}
	c := process(t, t.TempDir(), args...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	parts := filepath.Join(folder, "large.db.parts", "*", "*")
	waitFor(t, func() bool { found, err := filepath.Glob(parts); return err == nil && len(found) > 2 })
	if err := c.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := c.Wait(); !errors.As(err, &exit) || exit.ExitCode() != program.StatusCanceled {
		t.Fatalf("ended with %v", err)
	}
	if _, err := os.Stat(out); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("an output of an interrupted run: %v", err)
	}
	said, err := process(t, t.TempDir(), args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	var reused int
	if _, err := fmt.Sscanf(string(said), `{"records":20000,"issued":20000,"refused":0,"reused":%d`, &reused); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	if reused == 0 || reused == records {
		t.Fatalf("%d of %d were committed before", reused, records)
	}
	codes, err := readCodes(out)
	if err != nil || len(codes) != records {
		t.Fatalf("%d codes, %v", len(codes), err)
	}
}

// Every command that writes, on a disk of 64 KiB: one sentence, and the disk as
// it was.
func TestAFullDiskLeavesNothing(t *testing.T) {
	folder, feeds := codeFixture(t)
	trust := "--region 33 --at " + codeTime + " --bundle policy.bundle --root trust/root.cose --key keys/33-sign-2 --passphrase-file keys/pass " +
		"--approver keys/33-approver --approver-passphrase-file keys/pass "
	for _, c := range []struct{ line, before string }{
		{"feed import --region 33 --at " + codeTime + " --out full/r --rejects full/j " + feeds + "/33", ""},
		{"feed import --region 33 --at " + codeTime + " --out full/r --rejects other/j " + feeds + "/33", ""},
		{"issue " + trust + "--registry full/r.db --out other/codes records.jsonl", ""},
		{"issue " + trust + "--registry registry.db --out full/codes records.jsonl", "fill"},
		{"issue " + trust + "--registry registry.db --out other/codes --refused full/refused records.jsonl", "fill"},
		{"issue " + trust + "--registry registry.db --out other/codes --approval full/approval records.jsonl", "fill"},
		{"qr --out full/code.png " + digitsOf(t, folder), "fill"},
		{"qr --out full/code.svg " + digitsOf(t, folder), "fill"},
		{"key new --out full/key --passphrase-file keys/pass", "fill"},
		{"root sign trust/root.draft --key keys/root-sm2-1 --passphrase-file keys/pass --out full/s.sig --transcript other/t.jsonl", "fill"},
		{"root sign trust/root.draft --key keys/root-sm2-1 --passphrase-file keys/pass --out other/s.sig --transcript full/t.jsonl", "fill"},
		{"root combine trust/root.draft trust/root-sm2-1.sig trust/root-es256-1.sig --out full/root.cose", "fill"},
		{"keyset add trust/33.cose --list trust/list.cose --count 2 --usage status --keys-out full/batch --passphrase-file keys/pass --out other/k.draft", "fill"},
		{"keyset add trust/33.cose --list trust/list.cose --count 2 --usage status --keys-out other/batch --passphrase-file keys/pass --out full/k.draft", "fill"},
		{"bundle apply --store full/trust.store --root trust/root.cose --at " + codeTime + " codes.bundle", "fill"},
	} {
		name := strings.Join(strings.Fields(c.line)[:2], " ")
		t.Run(name, func(t *testing.T) { fullDisk(t, folder, c.line, c.before) })
	}
}

// digitsOf returns a code without a character that the shell would read.
func digitsOf(t *testing.T, folder string) string {
	t.Helper()
	data, err := transport.Decode(read(t, filepath.Join(folder, "green.txt")))
	if err != nil {
		t.Fatal(err)
	}
	return transport.EncodeDigits(data)
}

// fullDisk runs a line of the program in a name space of its own, where full/ is
// a disk that has room for a few blocks, or, with fill, for none.
func fullDisk(t *testing.T, folder, line, before string) {
	t.Helper()
	script := `set -e
mount -t tmpfs -o size=64k none full
if [ "$2" = fill ]; then head -c 70000 /dev/zero >full/fill 2>/dev/null || true; fi
ls -lAR full >full.before
status=0
tongxing $1 >stdout 2>stderr || status=$?
ls -lAR full >full.after
exit $status`
	for _, sub := range []string{"full", "other"} {
		if err := errors.Join(os.RemoveAll(filepath.Join(folder, sub)), os.Mkdir(filepath.Join(folder, sub), 0o700)); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.CommandContext(context.Background(), "unshare", append(nameSpace(t), "bash", "-c", script, "bash", line, before)...)
	c.Dir, c.Env = folder, append(os.Environ(), "LANG=C", "LC_ALL=")
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != program.StatusFailed {
		t.Fatalf("ended with %v, want status %d: %s", err, program.StatusFailed, out)
	}
	said := read(t, filepath.Join(folder, "stderr"))
	if strings.Count(said, "\n") != 1 || !strings.Contains(said, "the disk is full and nothing was written. Make room and try again.") {
		t.Errorf("said %q", said)
	}
	if after := read(t, filepath.Join(folder, "full.after")); after != read(t, filepath.Join(folder, "full.before")) {
		t.Errorf("left behind:\n%s", after)
	}
	if left := everything(t, filepath.Join(folder, "other")); left != "" {
		t.Errorf("left behind: %s", left)
	}
}

// nameSpace returns the flags of unshare with which a disk can be mounted here.
func nameSpace(t *testing.T) []string {
	t.Helper()
	for _, flags := range [][]string{{"-m"}, {"-r", "-m"}} {
		probe := append(append([]string{}, flags...), "mount", "-t", "tmpfs", "none", t.TempDir())
		if exec.Command("unshare", probe...).Run() == nil {
			return flags
		}
	}
	t.Fatal("this test mounts a small disk, which needs unshare (util-linux) and either root or user name spaces")
	return nil
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

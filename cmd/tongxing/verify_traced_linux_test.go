package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// scans is how many codes are verified under the eye of the kernel.
const scans = 1000

// traced runs a command under strace and returns what it printed, and every call
// on files, on the network, and of writing, a line each, with the files behind the
// numbers.
func traced(t *testing.T, folder, stdin string, command ...string) (stdout []byte, calls []string) {
	t.Helper()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Fatalf("strace is missing: run make setup (%v)", err)
	}
	trace := filepath.Join(t.TempDir(), "trace")
	c := exec.Command("strace", append([]string{"-f", "-y", "-qq", "-e", "signal=none", "-e",
		"trace=%file,%network,write,writev,pwrite64,pwritev,pwritev2,sendfile,splice,copy_file_range,ftruncate,fallocate,memfd_create,io_uring_setup",
		"-o", trace}, command...)...)
	var errors bytes.Buffer
	c.Dir, c.Env, c.Stdin, c.Stderr = folder, append(os.Environ(), "LANG=C", "LC_ALL="), strings.NewReader(stdin), &errors
	stdout, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, errors.String())
	}
	for line := range strings.Lines(read(t, trace)) {
		calls = append(calls, strings.TrimSpace(line))
	}
	return stdout, calls
}

var (
	traceLine = regexp.MustCompile(`^[0-9]+ +([a-z0-9_]+)\((.*)$`)
	// reading are the calls on files that change nothing: open ones are looked at
	// closer.
	reading = []string{"open", "openat", "execve", "access", "faccessat", "faccessat2", "stat", "lstat", "newfstatat", "fstatat64",
		"statx", "statfs", "readlink", "readlinkat", "getcwd", "chdir"}
	writing = []string{"write", "writev"}
	printed = regexp.MustCompile(`^[12]<|^[0-9]+<anon_inode:\[eventfd\]>`) // an eventfd wakes a thread of the same process
	changes = regexp.MustCompile(`O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)`)
	// killed is a thread that died with its process as it asked for a call: the kernel
	// gave its name no more, and did not begin it.
	killed = regexp.MustCompile(`^[0-9]+ +\?+\( ?<(detached|unfinished) \.\.\.>$`)
)

// leaves reports whether a call leaves something in a file, or reaches a network.
func leaves(call string) bool {
	match := traceLine.FindStringSubmatch(call)
	switch {
	case match == nil: // the second half of an interrupted call, or the end of a process
		return !strings.Contains(call, "<...") && !strings.Contains(call, "+++") && !killed.MatchString(call)
	case slices.Contains(writing, match[1]):
		return !printed.MatchString(match[2])
	case slices.Contains(reading, match[1]):
		return changes.MatchString(match[2])
	}
	return true
}

// A gate writes no file and opens no socket, however many codes it sees, and gives
// the same bytes for the same code: nothing marks the second scan.
func TestVerifyingWritesNoFileAndOpensNoSocket(t *testing.T) {
	// As it is released: the one that the other tests run copies its log into a file.
	released := filepath.Join(t.TempDir(), "tongxing")
	if err := buildProgram(released, ""); err != nil {
		t.Fatal(err)
	}
	folder, _ := codeFixture(t)
	green := read(t, filepath.Join(folder, "green.txt"))
	verify := []string{released, "verify", "--json", "--bundle", "codes.bundle", "--root", "trust/root.cose", "--at", codeTime, "-"}
	stdout, calls := traced(t, folder, strings.Repeat(green, scans), verify...)
	lines := strings.Split(strings.TrimSpace(string(stdout)), "\n")
	if len(lines) != scans || len(calls) < 10 {
		t.Fatalf("%d verdicts, %d calls", len(lines), len(calls))
	}
	for _, call := range calls {
		if leaves(call) {
			t.Errorf("%s", call)
		}
	}
	verdict := regexp.MustCompile(`"line":[0-9]+,`)
	for i, line := range lines {
		if verdict.ReplaceAllString(line, "") != verdict.ReplaceAllString(lines[0], "") {
			t.Fatalf("scan %d gives\n%s\nand the first gave\n%s", i+1, line, lines[0])
		}
	}
}

// A thread that dies with its process leaves half a line, or one without a name; a call
// that has a name is looked at, however its line ends.
func TestACallThatDiedWithItsProcessIsToldFromOneThatWrites(t *testing.T) {
	for call, left := range map[string]bool{
		`24336 ???( <detached ...>`:                               false,
		`24336 ????( <unfinished ...>`:                            false,
		`24336 +++ exited with 0 +++`:                             false,
		`24336 <... write resumed>) = 8`:                          false,
		`24336 write(1<pipe:[77]>, "{}\n", 3 <detached ...>`:      false,
		`24336 write(5</tmp/scans>, "{}\n", 3 <detached ...>`:     true,
		`24336 socket(AF_INET, SOCK_STREAM, 0 <unfinished ...>`:   true,
		`24336 ???(AF_INET, SOCK_STREAM, 0 <unfinished ...>`:      true,
		`24336 openat(AT_FDCWD</tmp>, "f", O_RDONLY) = 3</tmp/f>`: false,
		`24336 openat(AT_FDCWD</tmp>, "f", O_WRONLY|O_CREAT, 0`:   true,
	} {
		if leaves(call) != left {
			t.Errorf("%s: left %v", call, !left)
		}
	}
}

// The eye sees: a program that writes a file, or asks a name server, is noticed.
func TestWhatLeavesTracesIsSeen(t *testing.T) {
	folder := t.TempDir()
	for _, script := range []string{"echo x >file", "mkdir folder", "exec 3<>/dev/tcp/127.0.0.1/9 || true"} {
		_, calls := traced(t, folder, "", "bash", "-c", script)
		if !slices.ContainsFunc(calls, func(call string) bool { return leaves(call) && !strings.Contains(call, "/dev/tty") }) {
			t.Errorf("%s is not seen:\n%s", script, strings.Join(calls, "\n"))
		}
	}
}

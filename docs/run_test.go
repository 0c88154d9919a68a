package docs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// build builds the programs once for all guides, as they are shipped and not with the
// race detector: their own tests have that.
func build(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	command := exec.Command("go", "build", "-o", folder+string(filepath.Separator),
		"./cmd/tongxing", "./cmd/tongxing-gate", "./cmd/tongxing-issuer")
	command.Dir = ".."
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("the programs of the guides cannot be built: %v: %s", err, out)
	}
	return folder
}

// limit is what a whole guide may take; it matters where a command hangs.
const limit = 10 * time.Minute

// TestGuidesRunAsTheyStand runs every guide as its reader would.
func TestGuidesRunAsTheyStand(t *testing.T) {
	programs := build(t)
	for name, text := range guides(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, err := blocks(name, text)
			if err != nil {
				t.Fatal(err)
			}
			var todo []step
			for _, b := range all {
				more, err := steps(b)
				if err != nil {
					t.Fatal(err)
				}
				todo = append(todo, more...)
			}
			if len(todo) == 0 && !strings.HasPrefix(name, "holder") {
				t.Fatal("a guide without a step")
			}
			if len(todo) > 0 {
				run(t, programs, guide{name, text}, todo)
			}
		})
	}
}

// guide is a guide by its file's name.
type guide struct{ name, text string }

// run has one shell do all steps, so that what a reader sets stays set, and then
// compares what each has printed.
func run(t *testing.T, programs string, g guide, todo []step) {
	t.Helper()
	folder, records := t.TempDir(), t.TempDir()
	provide(t, g.text, folder)
	script := filepath.Join(records, "guide")
	if err := os.WriteFile(script, []byte(scriptOf(t, todo, records)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	shell := exec.CommandContext(ctx, "bash", script)
	shell.Dir = folder
	shell.Env = environment(t, programs, g.name)
	shell.WaitDelay = time.Second
	if err := shell.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	for n, s := range todo {
		if !check(t, s, filepath.Join(records, fmt.Sprint(n))) {
			return
		}
	}
}

// linked are the files beside a guide that its text links to.
var linked = regexp.MustCompile(`\]\(([a-z0-9-]+|[a-z0-9-]+\.mjs)\)`)

// provide copies what the guide links to into the folder of its reader.
func provide(t *testing.T, text, folder string) {
	t.Helper()
	for _, found := range linked.FindAllStringSubmatch(text, -1) {
		content, err := os.ReadFile(filepath.Join("guides", found[1]))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, found[1]), content, 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

// environment is that of a reader at a terminal of his own.
func environment(t *testing.T, programs, name string) []string {
	t.Helper()
	source, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	language := "en_US.UTF-8"
	if strings.HasSuffix(name, ".zh.md") {
		language = "zh_CN.UTF-8"
	}
	out := []string{"HOME=" + t.TempDir(), "LANG=" + language, "TONGXING=" + source,
		"PATH=" + programs + string(filepath.ListSeparator) + os.Getenv("PATH")}
	for _, kept := range []string{"GOCACHE", "GOPATH", "GOMODCACHE", "GOFLAGS", "GOPROXY", "GOTOOLCHAIN"} {
		value, err := exec.Command("go", "env", kept).Output()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, kept+"="+strings.TrimSpace(string(value)))
	}
	return out
}

// scriptOf writes each step beside the script, which does them one after another
// and keeps what each printed and its status. A step that ends the shell leaves no
// status: a command of a block of sh that fails does.
func scriptOf(t *testing.T, todo []step, records string) string {
	t.Helper()
	var s strings.Builder
	s.WriteString("umask 022\n") // as a reader has it who was not told otherwise
	for n, step := range todo {
		at := filepath.Join(records, fmt.Sprint(n))
		if err := os.WriteFile(at, []byte(step.text), 0o600); err != nil {
			t.Fatal(err)
		}
		switch {
		case step.file != "":
			fmt.Fprintf(&s, "cp %q %q && echo 0 >%q.status || exit\n", at, step.file, at)
		case step.strict:
			fmt.Fprintf(&s, "set -e -o pipefail\nsource %[1]q </dev/null >%[1]q.out 2>&1\nset +e +o pipefail\necho 0 >%[1]q.status\n", at)
		default:
			fmt.Fprintf(&s, "source %[1]q </dev/null >%[1]q.out 2>&1\necho $? >%[1]q.status\n", at)
		}
	}
	return s.String()
}

// check compares what a step has done with what the guide says; what follows one
// that failed says nothing any more.
func check(t *testing.T, s step, at string) bool {
	t.Helper()
	output, err := os.ReadFile(at + ".out")
	if err != nil && s.file == "" {
		t.Errorf("%s: not run", s.at)
		return false
	}
	status, err := os.ReadFile(at + ".status")
	if err != nil {
		t.Errorf("%s: failed:\n%s\nprinted:\n%s", s.at, s.text, output)
		return false
	}
	if got := strings.TrimSpace(string(status)); got != fmt.Sprint(s.exit) {
		t.Errorf("%s: exit status %s, want %d:\n%s\nprinted:\n%s", s.at, got, s.exit, s.text, output)
		return false
	}
	if s.compare && !pattern(s.output).Match(output) {
		t.Errorf("%s: %s\nprinted:\n%s\nthe guide says:\n%s", s.at, s.text, output, s.output)
	}
	return true
}

package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts of testdata/script run the program as a user does. Each begins in
// a folder of its own with what fixture made: keys/, whose passphrase is in
// keys/pass, and the finished documents of trust/.

// TestMain builds the program as it is shipped and puts it on the path. It is
// built without the race detector, under which deriving the key of a private key
// file takes ten times as long; what runs side by side in it is tested in the
// packages that do it.
func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "tongxing-test-*")
	if err == nil {
		err = buildProgram(filepath.Join(folder, "tongxing"), os.Getenv("TEST_LDFLAGS"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the program under test cannot be built:", err)
		os.Exit(1)
	}
	os.Setenv("PATH", folder+string(filepath.ListSeparator)+os.Getenv("PATH"))
	status := m.Run()
	for _, path := range []string{folder, made} {
		if path != "" {
			os.RemoveAll(path)
		}
	}
	os.Exit(status)
}

func buildProgram(path, linkerFlags string) error {
	out, err := exec.Command("go", "build", "-ldflags", linkerFlags, "-o", path, ".").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// made is the folder of the fixture, once there is one.
var made string

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			folder, err := fixture()
			if err != nil {
				return err
			}
			policies, err := filepath.Abs("example")
			if err != nil {
				return err
			}
			env.Setenv("POLICIES", policies) // a nation, a region's overlay, and people
			home := filepath.Join(env.WorkDir, ".home")
			env.Setenv("HOME", home)
			env.Setenv("LANG", "C")
			env.Setenv("LC_ALL", "")
			return errors.Join(os.Mkdir(home, 0o700), copyFixture(folder, env.WorkDir))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"refused": refused,
			"flip":    flip,
		},
	})
}

// copyFixture copies the fixture; key files and files with a passphrase are for their
// owner alone, or they are refused.
func copyFixture(from, to string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	for _, k := range fixtureKeys {
		if err := os.Chmod(filepath.Join(to, "keys", k.name), 0o600); err != nil {
			return err
		}
	}
	for _, name := range append(passphraseFiles, filepath.Join("keys", "pass"), "registry.db") {
		if err := os.Chmod(filepath.Join(to, name), 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// passphraseFiles are the files that scripts have as passphrases.
var passphraseFiles = []string{"blank", "blank2", "empty", "line", "long", "other", "rules.txt", "short", "wrong"}

// refused runs the program, which has to exit with the given status, say why in
// one line, print nothing else, and leave the folder as it was:
//
//	refused 1 root verify root.draft
//	stderr 'is not signed'
func refused(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) < 2 {
		ts.Fatalf("usage: refused STATUS ARGUMENT...")
	}
	before := listing(ts)
	err := ts.Exec("tongxing", args[1:]...)
	status := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		status = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if fmt.Sprint(status) != args[0] {
		ts.Fatalf("exit status %d, want %s", status, args[0])
	}
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("printed beside an error: %q", out)
	}
	said := 0
	for line := range strings.Lines(ts.ReadFile("stderr")) {
		if strings.HasPrefix(line, "tongxing: ") || strings.HasPrefix(line, `{"detail":`) {
			said++
		} else if !strings.HasPrefix(line, "Careful: ") {
			ts.Fatalf("more than a sentence: %q", line)
		}
	}
	if said != 1 {
		ts.Fatalf("%d sentences, want one: %q", said, ts.ReadFile("stderr"))
	}
	if after := listing(ts); after != before {
		ts.Fatalf("left behind:\n%s\nbefore:\n%s", after, before)
	}
}

// listing names every file of the script's folder with its hash.
func listing(ts *testscript.TestScript) string {
	var all strings.Builder
	root := ts.MkAbs(".")
	ts.Check(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !d.Type().IsRegular() {
			fmt.Fprintln(&all, path)
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(&all, "%s %x\n", path, sha256.Sum256(data))
		return err
	}))
	return all.String()
}

// flip changes one byte of a file: flip FILE OFFSET. A negative offset counts
// from the end.
func flip(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 2 {
		ts.Fatalf("usage: flip FILE OFFSET")
	}
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	offset, err := strconv.Atoi(args[1])
	ts.Check(err)
	if offset < 0 {
		offset += len(data)
	}
	data[offset] ^= 1
	ts.Check(os.WriteFile(path, data, 0o600))
}

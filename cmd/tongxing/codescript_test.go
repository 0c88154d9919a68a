package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/keys"
)

// The scripts of testdata/script/codes go from feeds to verdicts. Each begins in
// a folder with the documents of the fixture and, made by codeFixtureScript, what
// a province and a venue work with:
//
//	codes.bundle     a trust list of that morning, key sets with laboratories, and a key for adverse states
//	policy.bundle    the same with the policy of example/national.json, whose rules cover the adverse states
//	records.jsonl    green (lines 1 to 3, 6, 7), yellow (4) and red (5)
//	33.jsonl         their codes
//	green.txt        the code of line 1, yellow.txt that of line 4
//	registry.db      of region 33
//
// $FEEDS is the folder of the real exports, $TRUST what verify and issue need.

const codeTime = "2022-08-10T08:00:00+08:00"

const codeFixtureScript = `
keyset new --region 33 --list @trust/list.cose --previous @trust/33.cose --sign-key @keys/33-sign-2.pub:status+adverse+test+vaccination --laboratories @laboratories.csv --at 2022-08-05 --out @trust/33b.draft
keyset sign @trust/33b.draft --key @keys/33-authority-1 --out @trust/33b.sig
keyset combine @trust/33b.draft @trust/33b.sig --list @trust/list.cose --out @trust/33b.cose
trust admit --root @trust/root.cose --list @trust/list.cose --yes --at 2022-08-10T06:00 --out @trust/list2.draft
trust sign @trust/list2.draft --key @keys/root-sm2-1 --key @keys/root-es256-1 --out @trust/list2-signatures
trust combine @trust/list2.draft @trust/list2-signatures --root @trust/root.cose --out @trust/list2.cose
bundle pack --root @trust/root.cose --list @trust/list2.cose --keyset @trust/33b.cose --keyset @trust/41.cose --out @codes.bundle
trust policy @national.json --root @trust/root.cose --at 2022-08-04 --out @trust/national.draft
trust sign @trust/national.draft --key @keys/root-sm2-1 --key @keys/root-es256-1 --out @trust/national-signatures
trust combine @trust/national.draft @trust/national-signatures --root @trust/root.cose --out @trust/national.cose
bundle pack --root @trust/root.cose --list @trust/list2.cose --policy @trust/national.cose --keyset @trust/33b.cose --keyset @trust/41.cose --out @policy.bundle
issue --region 33 --at ` + codeTime + ` --bundle @policy.bundle --root @trust/root.cose --key @keys/33-sign-1 --key @keys/33-sign-2 --approver @keys/33-approver --registry @registry.db --out @33.jsonl @records.jsonl
`

func TestCodeScripts(t *testing.T) {
	folder, feeds := codeFixture(t)
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script", "codes"),
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, ".home")
			for name, value := range map[string]string{
				"HOME": home, "LANG": "C", "LC_ALL": "", "TZ": "America/New_York", "FEEDS": feeds, "AT": codeTime,
			} {
				env.Setenv(name, value)
			}
			return errors.Join(os.Mkdir(home, 0o700), copyFixture(folder, env.WorkDir))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"refused":     refused,
			"status":      exitStatus,
			"json":        validJSON,
			"samerejects": sameRejects,
			"sh":          shell,
			"clock":       clockSays,
		},
	})
}

// codeFixture makes the folder in which every script begins.
func codeFixture(t *testing.T) (folder, feeds string) {
	t.Helper()
	base, err := fixture()
	if err != nil {
		t.Fatal(err)
	}
	folder = t.TempDir()
	feeds, err = filepath.Abs(filepath.Join("..", "..", "testdata", "feeds"))
	if err := errors.Join(err, copyFixture(base, folder)); err != nil {
		t.Fatal(err)
	}
	copyFile(t, filepath.Join("testdata", "records.jsonl"), filepath.Join(folder, "records.jsonl"))
	copyFile(t, filepath.Join("example", "national.json"), filepath.Join(folder, "national.json"))
	copyFile(t, filepath.Join(feeds, "laboratories.csv"), filepath.Join(folder, "laboratories.csv"))
	opened := fixtureOpened(t, folder)
	for line := range strings.Lines(strings.TrimSpace(codeFixtureScript)) {
		var stdout, stderr bytes.Buffer
		a := appWith(strings.NewReader(""), &stdout, &stderr)
		a.opened = opened
		args := strings.Fields(strings.ReplaceAll(line, "@", folder+"/"))
		if status := a.run(context.Background(), args); status != program.StatusOK {
			t.Fatalf("%s: status %d: %s", line, status, stderr.String())
		}
	}
	writeCodes(t, folder)
	return folder, feeds
}

// fixtureOpened are the keys of the fixture, as they lie in a copy of it.
func fixtureOpened(t *testing.T, folder string) map[string]*keys.PrivateKey {
	t.Helper()
	opened := map[string]*keys.PrivateKey{}
	for _, k := range fixtureKeys {
		key, err := keys.Generate(k.algorithm, &nameReader{name: k.name})
		if err != nil {
			t.Fatal(err)
		}
		opened[filepath.Join(folder, "keys", k.name)] = key
	}
	return opened
}

// writeCodes writes two of the codes as files of their own.
func writeCodes(t *testing.T, folder string) {
	t.Helper()
	codes, err := readCodes(filepath.Join(folder, "33.jsonl"))
	if err != nil || len(codes) != 7 {
		t.Fatalf("%d codes, %v, want 7", len(codes), err)
	}
	for name, n := range map[string]int{"green.txt": 0, "yellow.txt": 3} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(codes[n]+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err := errors.Join(err, os.WriteFile(to, data, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// exitStatus runs the program and checks its exit status: status 4 verify ...
func exitStatus(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) == 0 {
		ts.Fatalf("usage: status STATUS [ARGUMENT...]")
	}
	requireStatus(ts, args[0], ts.Exec("tongxing", args[1:]...))
}

// shell runs a line of the shell and checks its exit status, for what testscript
// has no words for: sh 1 'tongxing ... | head -n 1'
func shell(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 2 {
		ts.Fatalf("usage: sh STATUS LINE")
	}
	requireStatus(ts, args[0], ts.Exec("bash", "-o", "pipefail", "-c", args[1]))
}

func requireStatus(ts *testscript.TestScript, want string, err error) {
	status := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		status = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if fmt.Sprint(status) != want {
		ts.Fatalf("exit status %d, want %s", status, want)
	}
	for _, trace := range []string{"goroutine ", "panic:", "%!"} {
		if strings.Contains(ts.ReadFile("stdout")+ts.ReadFile("stderr"), trace) {
			ts.Fatalf("printed %q", trace)
		}
	}
}

// validJSON checks that every line of a file is a JSON object with exactly the
// given keys, one beginning with ? being optional: json stdout error detail status
func validJSON(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) < 2 {
		ts.Fatalf("usage: json FILE KEY...")
	}
	lines := 0
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		lines++
		var object map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			ts.Fatalf("not JSON: %v: %s", err, line)
		}
		for _, key := range args[1:] {
			if _, ok := object[key]; !ok && !strings.HasPrefix(key, "?") {
				ts.Fatalf("no key %q: %s", key, line)
			}
		}
		for key := range object {
			if !slices.Contains(args[1:], key) && !slices.Contains(args[1:], "?"+key) {
				ts.Fatalf("unexpected key %q: %s", key, line)
			}
		}
	}
	if lines == 0 {
		ts.Fatalf("%s is empty", args[0])
	}
}

// sameRejects checks that two files of rejects have the same rows, whatever their
// order and encoding mark: samerejects GOT WANT
func sameRejects(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 2 {
		ts.Fatalf("usage: samerejects GOT WANT")
	}
	read := func(name string) []string {
		text := strings.TrimPrefix(ts.ReadFile(name), "\ufeff")
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		ts.Check(err)
		if len(rows) == 0 || !slices.Equal(rows[0], []string{"文件", "行号", "原因"}) {
			ts.Fatalf("%s has not the header of rejects", name)
		}
		var all []string
		for _, row := range rows[1:] {
			all = append(all, strings.Join(row, ","))
		}
		slices.Sort(all)
		return all
	}
	got, want := read(args[0]), read(args[1])
	for _, row := range got {
		if !slices.Contains(want, row) {
			ts.Logf("wrongly refused: %s", row)
		}
	}
	if !slices.Equal(got, want) {
		ts.Fatalf("%d rows are refused, want exactly the %d of %s", len(got), len(want), args[1])
	}
}

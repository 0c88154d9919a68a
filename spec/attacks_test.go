package spec_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/spec/vectors"
)

// A row of the table of attacks proves something only if its tests are there.
func TestEveryTestThatTheTableOfAttacksNamesExists(t *testing.T) {
	text, err := os.ReadFile("trust.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "| attack | what holds | test |\n| --- | --- | --- |\n")
	if !found {
		t.Fatal("trust.md has no table of attacks")
	}
	known, defined := namesOfTests(t), requirements(t)
	requirement := regexp.MustCompile(`TRUST-[0-9]+`)
	rows := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 {
			t.Fatalf("row %q", line)
		}
		rows++
		for _, number := range requirement.FindAllString(cells[2], -1) {
			if defined[number] == "" {
				t.Errorf("%s: no requirement %s", cells[1], number)
			}
		}
		for name := range strings.SplitSeq(cells[3], ",") {
			name = strings.TrimSuffix(strings.TrimSpace(name), " (document)")
			if !known[name] {
				t.Errorf("%s: no test or vector %q", cells[1], name)
			}
		}
	}
	if rows < 15 {
		t.Errorf("%d rows", rows)
	}
}

// What every trust list has to withstand, by TUF's rules and beyond them, has its
// row.
func TestTheTableOfAttacksLeavesNoneOut(t *testing.T) {
	text, err := os.ReadFile("trust.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| attack | what holds | test |")
	for _, attack := range []string{
		"arbitrary installation", "rollback of a root", "rollback of a list", "rollback of a policy", "rollback of a key set", "rollback of an overlay",
		"rollback of a snapshot", "rollback of a status list", "rollback of a delta", "indefinite freeze", "mix and match of parts from different days",
		"fast forward: version 2^63", "fast forward: a date in 2099", "endless data", "slow data", "wrong document kind", "threshold minus one", "one key twice",
		"signatures by keys of another group", "unknown signer first in order", "root chain with a gap", "fork: same version, different content; both are reported",
		"expired root", "stolen province authority key: recovery by the national list", "stolen authority key that published counter 2^32-1", "stolen signing key",
		"device clock 2 days behind", "device clock 30 days ahead", "device clock at 1970", "power cut during import", "disk full", "concurrent imports",
		"one region's broken, missing, frozen or hostile documents",
	} {
		if strings.Count(table, "\n| "+attack) != 1 {
			t.Errorf("%s: no row of its own", attack)
		}
	}
}

// namesOfTests returns the names of all test functions of the module and of all
// vectors of documents and bundles.
func namesOfTests(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	documents, err := vectors.LoadDocuments()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range documents {
		names[v.Name] = true
	}
	bundles, err := vectors.LoadBundles()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range bundles {
		names[v.Name] = true
	}
	function := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	read := func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		content, err := os.ReadFile(path)
		for _, match := range function.FindAllStringSubmatch(string(content), -1) {
			names[match[1]] = true
		}
		return err
	}
	for _, folder := range []string{"trustlist", "cmd"} {
		if err := filepath.WalkDir(filepath.Join("..", folder), read); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

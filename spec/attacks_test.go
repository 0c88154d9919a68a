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

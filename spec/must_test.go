package spec_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	// A requirement is defined at the beginning of a list item.
	definition = regexp.MustCompile(`(?m)^- \[([A-Z]+-[0-9]+)\] (.*)$`)
	// A test names the requirements it holds in square brackets.
	naming = regexp.MustCompile(`\[([A-Z]+-[0-9]+)\]`)
	must   = regexp.MustCompile(`\bMUST\b`)
)

// requirements returns the text of every requirement by its number.
func requirements(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("*.md")
	if err != nil || len(paths) < 5 {
		t.Fatalf("%d texts: %v", len(paths), err)
	}
	defined := map[string]string{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range definition.FindAllStringSubmatch(string(content), -1) {
			if defined[match[1]] != "" {
				t.Errorf("%s: %s is defined twice", path, match[1])
			}
			defined[match[1]] = match[2]
		}
	}
	return defined
}

// named returns the requirements that a vector or a test of the module names,
// each with one place.
func named(t *testing.T) map[string]string {
	t.Helper()
	places := map[string]string{}
	namedByVectors(t, places)
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") || filepath.Base(path) == "must_test.go" {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, match := range naming.FindAllStringSubmatch(string(content), -1) {
			places[match[1]] = path
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return places
}

// namedByVectors adds what the files of vectors name, in every folder that there
// is: a folder that is added needs no line here.
func namedByVectors(t *testing.T, places map[string]string) {
	t.Helper()
	files, err := filepath.Glob("vectors/*.json")
	if err != nil {
		t.Fatal(err)
	}
	below, err := filepath.Glob("vectors/*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 200 || len(below) < 200 {
		t.Fatalf("%d and %d files of vectors", len(files), len(below))
	}
	for _, file := range slices.Concat(files, below) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var vector struct {
			Requirement []string `json:"requirement"`
		}
		if err := json.Unmarshal(content, &vector); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, r := range vector.Requirement {
			places[r] = file
		}
	}
}

func TestEveryRequirementIsNamedByAVectorOrATest(t *testing.T) {
	places := named(t)
	for number, text := range requirements(t) {
		if places[number] == "" {
			t.Errorf("%s is held by nothing: %s", number, text)
		}
	}
}

func TestNobodyNamesARequirementThatDoesNotExist(t *testing.T) {
	defined := requirements(t)
	for number, place := range named(t) {
		if defined[number] == "" {
			t.Errorf("%s names %s, which no text defines", place, number)
		}
	}
}

// A MUST without a number would escape the tests above, and a number without a
// MUST would not say what it demands.
func TestEveryMustHasANumberAndEveryNumberAMust(t *testing.T) {
	for number, text := range requirements(t) {
		if !must.MatchString(text) {
			t.Errorf("%s says nothing that MUST be: %s", number, text)
		}
	}
	paths, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	about := []string{"The word MUST", "MUST and MUST NOT"}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			if must.MatchString(line) && !definition.MatchString(line) && !containsAny(line, about) {
				t.Errorf("%s: a MUST without a number: %s", path, line)
			}
		}
	}
}

func containsAny(line string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(line, part) {
			return true
		}
	}
	return false
}

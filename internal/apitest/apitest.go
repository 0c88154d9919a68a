// Package apitest holds what a package, a library or a module shows its users to a
// listing in the folder api, which is committed: what was once released is there until
// a version that may take it away.
//
//	api/verifier.txt    func New(trust *trustlist.Trust, o Options) (*Verifier, error)
//	api/except.txt      0.2.0 <tab> verifier <tab> func Old() <tab> why
//
// A test gives the lines that there are now:
//
//	apitest.Hold(t, "libtongxing", lines)
//
// What is new is added to the listing by the same test with -api.add, which make api
// runs for all. A line is taken from the listing only with a line in except.txt.
package apitest

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

var add = flag.Bool("api.add", false, "add what is new to the listings in api/")

// Folder returns the folder of the listings.
func Folder() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "api")
}

// Hold holds lines, in any order, to the listing of a name. Each line of the listing
// that is gone fails the test, and so does each that is new, unless -api.add adds it.
func Hold(t testing.TB, name string, lines []string) {
	t.Helper()
	excepted, err := readExceptions(filepath.Join(Folder(), "except.txt"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(Folder(), name+".txt")
	listed, err := readLines(path)
	if err != nil && !(*add && errors.Is(err, fs.ErrNotExist)) {
		t.Fatal(err)
	}
	d := compare(listed, lines, excepted[name])
	for _, line := range d.gone {
		t.Errorf("%s: gone or changed, and programs may use it:\n\t%s\nPut it back. Only where a version may break them, say so in api/except.txt (see api/README.md).", name, line)
	}
	if *add {
		if err := os.WriteFile(path, []byte(strings.Join(d.next, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, line := range d.added {
		t.Errorf("%s: new, and not in the listing:\n\t%s\nRun make api and commit api/%s.txt: from the next release on it stays.", name, line, name)
	}
	for _, line := range d.left {
		t.Errorf("%s: excepted, and still in the listing:\n\t%s\nRun make api.", name, line)
	}
}

// difference is how lines differ from a listing.
type difference struct {
	gone  []string // of the listing, without an exception
	added []string // not in the listing
	left  []string // in the listing, gone, and excepted
	next  []string // the listing with what is new and without what is excepted
}

func compare(listed, lines, excepted []string) difference {
	now := slices.Clone(lines)
	slices.Sort(now)
	now = slices.Compact(now)
	var d difference
	for _, line := range listed {
		switch {
		case slices.Contains(now, line):
		case slices.Contains(excepted, line):
			d.left = append(d.left, line)
		default:
			d.gone = append(d.gone, line)
			d.next = append(d.next, line)
		}
	}
	for _, line := range now {
		if !slices.Contains(listed, line) {
			d.added = append(d.added, line)
		}
	}
	d.next = append(d.next, now...)
	slices.Sort(d.next)
	return d
}

func readLines(path string) ([]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n"), nil
}

// breaking are the versions that may take something away: by semantic versioning, a
// minor one before 1.0.0 and a major one from then on.
var breaking = regexp.MustCompile(`^(0\.[1-9][0-9]*\.0|[1-9][0-9]*\.0\.0)$`)

// readExceptions reads what versions have taken away, by listing. Lines that begin with
// # are for people.
func readExceptions(path string) (map[string][]string, error) {
	lines, err := readLines(path)
	if err != nil {
		return nil, err
	}
	excepted := map[string][]string{}
	for n, line := range lines {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, "\t")
		if len(parts) != 4 || slices.Contains(parts, "") {
			return nil, fmt.Errorf("%s:%d: want version, listing, line and reason, with tabs between", path, n+1)
		}
		if !breaking.MatchString(parts[0]) {
			return nil, fmt.Errorf("%s:%d: version %s takes nothing away: want 0.X.0 or X.0.0", path, n+1, parts[0])
		}
		excepted[parts[1]] = append(excepted[parts[1]], parts[2])
	}
	return excepted, nil
}

// Command loggrep looks for the people of the tests' data in what the programs said
// while the suite ran (scripts/test), and fails where it finds one:
//
//	loggrep bin/test-logs
//
// The people are those of the provinces' exports, and whoever stands in the tests as a
// name or a number of a document. Beside them every number is one that has the form
// and the check character of a citizen's.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "loggrep:", err)
		os.Exit(1)
	}
}

// The least that a run of the suite has: with less, nothing was searched.
const (
	leastPeople  = 1000
	leastRecords = 100
)

// programs are those whose logs have to be there.
var programs = []string{"tongxing", "tongxing-issuer", "tongxing-gate", "tongxing-signer"}

// run searches the folder of the logs for the people of the sources in this one.
func run(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: loggrep FOLDER")
	}
	people, err := identities(os.DirFS("."))
	if err != nil {
		return err
	}
	if people.count() < leastPeople {
		return fmt.Errorf("only %d people are known", people.count())
	}
	found, records, seen, err := search(os.DirFS(args[0]), people)
	if err != nil {
		return err
	}
	for _, program := range programs {
		if !seen[program] {
			return fmt.Errorf("%s has no log of %s", args[0], program)
		}
	}
	switch {
	case records < leastRecords:
		return fmt.Errorf("only %d records are in %s", records, args[0])
	case len(found) > 0:
		return fmt.Errorf("%s (when that is mended: make clean)", strings.Join(found, "\n"))
	}
	fmt.Printf("%d records name none of %d people\n", records, people.count())
	return nil
}

// mostFound bounds what is told.
const mostFound = 20

// search returns where somebody is named, how many records there are, and of which
// programs.
func search(folder fs.FS, people *people) (found []string, records int, seen map[string]bool, err error) {
	seen = map[string]bool{}
	err = fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".log") {
			return err
		}
		data, err := fs.ReadFile(folder, path)
		if err != nil {
			return err
		}
		for n, line := range strings.Split(string(data), "\n") {
			if _, command, ok := strings.Cut(line, `msg="a command begins" operation=`); ok {
				records++
				program, _, _ := strings.Cut(strings.Trim(command, `"`), " ")
				seen[program] = true
			}
			if who := people.in(line); who != "" && len(found) < mostFound {
				found = append(found, fmt.Sprintf("%s:%d names %s: %s", filepath.Base(path), n+1, who, line))
			}
		}
		return nil
	})
	return found, records, seen, err
}

package vectors_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

var freeze = flag.String("freeze", "", "list every vector as released with this version (scripts/freeze)")

// vectorHashes returns the hash of every vector below a folder, by its path; a file of
// cases has one for each, after "#". Comments and the numbers of requirements are left
// out, and how the JSON is set: nothing that a reader is tested with is in them.
func vectorHashes(folder fs.FS) (map[string]bool, error) {
	hashes := map[string]bool{}
	return hashes, fs.WalkDir(folder, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		data, err := fs.ReadFile(folder, path)
		if err != nil {
			return err
		}
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		var vector map[string]any
		if err := decoder.Decode(&vector); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		cases, separate := vector["cases"].([]any)
		if !separate {
			cases, path = []any{vector}, path+" "
		} else {
			path += "# "
		}
		for _, one := range cases {
			if fields, ok := one.(map[string]any); ok {
				delete(fields, "comment")
				delete(fields, "requirement")
			}
			text, err := json.Marshal(one) // with sorted members
			if err != nil {
				return err
			}
			sum := sha256.Sum256(text)
			hashes[path+hex.EncodeToString(sum[:])] = true
		}
		return nil
	})
}

// releasedProblems holds the vectors below a folder to the listings in its folder
// released: each that was released is there as it was, or is superseded by name.
func releasedProblems(folder fs.FS) (problems []string, err error) {
	now, err := vectorHashes(folder)
	if err != nil {
		return nil, err
	}
	superseded, err := readSuperseded(folder)
	if err != nil {
		return nil, err
	}
	listings, err := fs.Glob(folder, "released/*.txt")
	if err != nil {
		return nil, err
	}
	for _, listing := range listings {
		if listing == supersededFile {
			continue
		}
		data, err := fs.ReadFile(folder, listing)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(data)) {
			if line = strings.TrimSpace(line); !now[line] && !superseded[line] {
				problems = append(problems, fmt.Sprintf("%s: changed or removed: %s", listing, line))
			}
		}
	}
	return problems, nil
}

const supersededFile = "released/superseded.txt"

// readSuperseded reads which released vectors no longer hold.
func readSuperseded(folder fs.FS) (map[string]bool, error) {
	data, err := fs.ReadFile(folder, supersededFile)
	if err != nil {
		return nil, err
	}
	superseded := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, "\t")
		if len(parts) != 3 || slices.Contains(parts, "") {
			return nil, fmt.Errorf("%s: want version, line of the listing and reason, with tabs between: %q", supersededFile, line)
		}
		superseded[parts[1]] = true
	}
	return superseded, nil
}

// TestReleasedVectorsStay: what a reader was once tested with it is tested with for
// ever; the other tests hold that today's code gives what each vector expects. A
// release lists them (released/README.md).
func TestReleasedVectorsStay(t *testing.T) {
	if *freeze != "" {
		freezeVectors(t, *freeze)
	}
	problems, err := releasedProblems(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		t.Error(problem)
	}
	if len(problems) > 0 {
		t.Log("Put released vectors back and add others beside them. Where one was wrong, say so in " + supersededFile + ".")
	}
}

// freezeVectors writes the listing of a version, once.
func freezeVectors(t *testing.T, version string) {
	t.Helper()
	number, err := os.ReadFile("../../cmd/internal/program/version.txt")
	if err != nil {
		t.Fatal(err)
	}
	if have := strings.TrimSpace(string(number)); have != version {
		t.Fatalf("the programs are of version %s, not %s", have, version)
	}
	hashes, err := vectorHashes(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	lines := make([]string, 0, len(hashes))
	for line := range hashes {
		lines = append(lines, line+"\n")
	}
	slices.Sort(lines)
	file, err := os.OpenFile(filepath.Join("released", version+".txt"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = file.WriteString(strings.Join(lines, ""))
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestAChangedReleasedVectorIsFound, and one that is gone, and a case of a file of
// cases; what is added or reworded is nobody's fault, nor what is superseded by name.
func TestAChangedReleasedVectorIsFound(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	const good, other = `{"name":"a","comment":"first","text":"TX1:","expect":"ok"}`, `{"name":"b","expect":"not_a_code"}`
	const cases = `{"comment":"names","cases":[{"name":"王明"},{"name":"李"}]}`
	before, err := vectorHashes(fstest.MapFS{"a.json": file(good), "status/b.json": file(other), "derived/names.json": file(cases)})
	if err != nil || len(before) != 4 {
		t.Fatalf("%v, error %v", before, err)
	}
	var listing strings.Builder
	wrong := ""
	for line := range before {
		listing.WriteString(line + "\n")
		if strings.HasPrefix(line, "status/b.json ") {
			wrong = line
		}
	}
	for name, test := range map[string]struct {
		a, b, cases, superseded string
		problems                int
	}{
		"nothing":         {good, other, cases, "", 0},
		"a comment":       {strings.Replace(good, "first", "the first", 1), other, cases, "", 0},
		"its setting":     {strings.Replace(good, ",", ",\n ", 1), other, cases, "", 0},
		"a new case":      {good, other, strings.Replace(cases, `[`, `[{"name":"张三"},`, 1), "", 0},
		"an expectation":  {strings.Replace(good, `"ok"`, `"encoding"`, 1), other, cases, "", 1},
		"an input":        {strings.Replace(good, "TX1:", "TX1:6", 1), other, cases, "", 1},
		"a case":          {good, other, strings.Replace(cases, "李", "李*", 1), "", 1},
		"a removed one":   {good, "", cases, "", 1},
		"superseded":      {good, "", cases, "0.2.0\t" + wrong + "\tit was wrong\n", 0},
		"two, of one":     {strings.Replace(good, `"ok"`, `"encoding"`, 1), "", cases, "", 2},
		"without a cause": {good, "", cases, "0.2.0\t" + wrong + "\t\n", -1},
	} {
		now := fstest.MapFS{"a.json": file(test.a), "derived/names.json": file(test.cases), "new.json": file(good),
			"released/0.1.0.txt": file(listing.String()), supersededFile: file("# for people\n" + test.superseded)}
		if test.b != "" {
			now["status/b.json"] = file(test.b)
		}
		problems, err := releasedProblems(now)
		if (err != nil) != (test.problems < 0) || err == nil && len(problems) != test.problems {
			t.Errorf("%s: %q, error %v", name, problems, err)
		}
	}
}

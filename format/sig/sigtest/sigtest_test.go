package sigtest_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
)

const module = "github.com/tongxing/tongxing"

// productImports returns, by package path, what the files that are not tests
// import.
func productImports(t *testing.T) map[string][]string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal(err)
	}
	imports := map[string][]string{}
	err = filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".")):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		path := module + "/" + filepath.ToSlash(folder)
		for _, imported := range parsed.Imports {
			imports[path] = append(imports[path], strings.Trim(imported.Path.Value, `"`))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}

// The keys of this package are known to everybody. Helpers of tests, which are
// this module's packages whose names end in "test" or that import testing, are
// imported by tests and helpers alone.
func TestNothingButTestsImportsTheTestKeys(t *testing.T) {
	const self = module + "/format/sig/sigtest"
	imports := productImports(t)
	helper := func(path string) bool {
		return strings.HasPrefix(path, module) && (strings.HasSuffix(path, "test") || slices.Contains(imports[path], "testing"))
	}
	if !slices.Contains(imports[self], module+"/format/sig") {
		t.Fatal("this package was not found")
	}
	for _, path := range slices.Sorted(maps.Keys(imports)) {
		for _, imported := range imports[path] {
			if helper(imported) && (!helper(path) || strings.HasPrefix(path, module+"/cmd/")) {
				t.Errorf("%s imports %s, which is for tests", path, imported)
			}
		}
	}
}

func TestTheSameNameGivesTheSameKey(t *testing.T) {
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		a, b, c := sigtest.New(algorithm, "a"), sigtest.New(algorithm, "a"), sigtest.New(algorithm, "b")
		if !a.PublicKey().Equal(b.PublicKey()) || a.PublicKey().Equal(c.PublicKey()) {
			t.Errorf("%s: keys do not follow their names", algorithm)
		}
		signature, err := a.Sign([]byte("message"))
		if err != nil || b.PublicKey().Verify([]byte("message"), signature) != nil || c.PublicKey().Verify([]byte("message"), signature) == nil {
			t.Errorf("%s: signature of %x, %v", algorithm, signature, err)
		}
	}
}

func TestUnknownAlgorithmHasNoTestKey(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a key for algorithm -9")
		}
	}()
	sigtest.New(-9, "a")
}

package sigtest_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
)

// The keys of this package are known to everybody. Packages of helpers for tests
// have names that end in "test", as this one has; only they and tests import one.
func TestNothingButTestsImportsTheTestKeys(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal(err)
	}
	tests := 0
	err = filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || strings.HasPrefix(entry.Name(), ".")):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(file, ".go"):
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imported := range parsed.Imports {
			path := strings.Trim(imported.Path.Value, `"`)
			if !strings.HasPrefix(path, "github.com/tongxing/tongxing/") || !strings.HasSuffix(path, "test") {
				continue
			}
			if strings.HasSuffix(file, "_test.go") || strings.HasSuffix(filepath.Dir(file), "test") {
				tests++
				continue
			}
			t.Errorf("%s imports %s", file, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if tests == 0 {
		t.Error("not even this test was found")
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

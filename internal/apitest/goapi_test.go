package apitest

import (
	"go/importer"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const modulePath = "github.com/tongxing/tongxing"

// stable are the packages whose exported names follow semantic versioning; api/README.md
// says so to people.
var stable = []string{
	"format", "format/cose", "format/qr", "format/sig", "format/status", "format/transport",
	"spec",
	"trustlist", "trustlist/delta", "trustlist/fetch", "trustlist/fetch/layout", "trustlist/fetch/series",
	"trustlist/fingerprint", "trustlist/jwks", "trustlist/tokenstatus",
	"verifier", "verifier/binding", "verifier/policy",
}

// changing are the folders whose packages may change with any version, for they are
// what this module's programs are made of, or are for tests.
var changing = []string{
	"docs", "examples", "fonts", "format/cborx", "format/qr/scan", "format/sig/sigtest", "gate", "issuer", "ops", "releasetest",
	"spec/gen", "spec/vectors", "trustlist/fetch/publisher", "trustlist/publish", "trustlist/trusttest",
	"verifier/binding/bindingtest", "verifier/policy/golden", "verifier/policy/lint",
}

// TestTheExportedAPIStays holds each stable package to its listing.
func TestTheExportedAPIStays(t *testing.T) {
	var paths []string
	for _, folder := range stable {
		paths = append(paths, modulePath+"/"+folder)
	}
	listings, err := GoPackages(paths)
	if err != nil {
		t.Fatal(err)
	}
	for path, lines := range listings {
		folder := strings.TrimPrefix(path, modulePath+"/")
		if len(lines) == 0 {
			t.Errorf("%s exports nothing", folder)
		}
		Hold(t, strings.ReplaceAll(folder, "/", "."), lines)
	}
}

// TestEveryPackageIsStableOrChanging: who adds one decides, and says so in
// api/README.md.
func TestEveryPackageIsStableOrChanging(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{if .GoFiles}}{{.ImportPath}} {{.Name}}{{end}}", modulePath+"/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(filepath.Join(Folder(), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range slices.Concat(stable, changing) {
		if !strings.Contains(string(readme), "`"+folder+"`") {
			t.Errorf("api/README.md does not name `%s`", folder)
		}
	}
	for line := range strings.Lines(string(out)) {
		path, name, ok := strings.Cut(strings.TrimSpace(line), " ")
		folder := strings.TrimPrefix(path, modulePath+"/")
		if !ok || name == "main" || strings.Contains("/"+folder+"/", "/internal/") || slices.Contains(stable, folder) {
			continue
		}
		if !slices.ContainsFunc(changing, func(c string) bool { return folder == c || strings.HasPrefix(folder, c+"/") }) {
			t.Errorf("%s is in neither list of goapi_test.go", folder)
		}
	}
}

// TestALineSaysAllThatAProgramCanUse, of each kind of declaration.
func TestALineSaysAllThatAProgramCanUse(t *testing.T) {
	compiled, err := importer.ForCompiler(token.NewFileSet(), "source", nil).Import(modulePath + "/internal/apitest/example")
	if err != nil {
		t.Fatal(err)
	}
	got := declarations(compiled)
	slices.Sort(got)
	want := []string{
		"const Limit untyped int = 3",
		"const Red Colour = 1",
		"func New(io.Writer, ...string) (*Thing, error)",
		"method (*Base) Name() string",
		"method (*Thing) Close() error",
		"method (*Thing) Name() string",
		"method (Colour) String() string",
		"type Alias = Colour",
		"type Base struct, Names []string",
		"type Base struct, not comparable",
		"type Colour uint8",
		"type Pair[T any] struct, A T",
		"type Pair[T any] struct, not comparable",
		"type Sealed interface { methods of its own }",
		"type Thing struct with fields of its own, not comparable",
		"type Thing struct, Size int",
		"type Thing struct, embedded Base",
		"type Walker interface { Stop(); Walk(int) error }",
		"var ErrLost error",
	}
	if !slices.Equal(got, want) {
		t.Errorf("lines are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

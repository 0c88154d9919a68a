package arch

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// A rule that nothing can break holds nothing: here each is broken once.

const module = modulePath + "/"

func TestAnUpwardImportIsFound(t *testing.T) {
	for _, c := range []struct {
		from, to string
		found    bool
	}{
		{"cmd/tongxing", "issuer/feed", false},
		{"cmd/tongxing", "verifier", false},
		{"verifier", "trustlist", false},
		{"verifier", "spec", false},
		{"issuer", "issuer/keys", false},
		{"format", "format/sig", false},
		{"trustlist/publish", "trustlist", false},
		{"trustlist", "trustlist/publish", true},
		{"verifier", "trustlist/fetch", true},
		{"verifier", "trustlist/fetch/series", false},
		{"trustlist/fetch", "trustlist/fetch/series", false},
		{"trustlist/fetch/series", "trustlist/fetch", true},
		{"verifier", "issuer/record", true},
		{"issuer/keys", "verifier", true},
		{"format", "trustlist", true},
		{"spec", "format/sig", true},
		{"spec", "spec/gen", false}, // a program: the compiler refuses it
		{"spec/gen", "format/cborx", true},
		{"spec/gen", "spec", true},
		{"somewhere", "format", true},
	} {
		findings := upward(&listed{ImportPath: module + c.from, Imports: []string{"fmt", module + c.to}})
		if found := len(findings) > 0; found != c.found {
			t.Errorf("%s imports %s: found %v, want %v", c.from, c.to, found, c.found)
		}
	}
}

func TestAReachedSocketIsFoundWithItsTrail(t *testing.T) {
	start := &listed{ImportPath: module + "verifier", Imports: []string{"example.org/helper"}}
	g := graph{
		start.ImportPath:     start,
		"example.org/helper": {ImportPath: "example.org/helper", Imports: []string{"net/http"}},
		"net/http":           {ImportPath: "net/http", Imports: []string{"net"}, Standard: true},
	}
	findings := unclean(g, start)
	want := "verifier reaches net: " + module + "verifier -> example.org/helper -> net/http -> net"
	if !slices.Contains(findings, want) {
		t.Errorf("findings %q, want %q among them", findings, want)
	}
	start.Imports = []string{"os", "fmt"}
	if findings := unclean(g, start); len(findings) != 1 {
		t.Errorf("findings %q, want the import of os alone", findings)
	}
}

// sourceOf parses a file of package verifier.
func sourceOf(t *testing.T, text string) *source {
	t.Helper()
	s, err := parse("verifier/file.go", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBrokenLawsAreFoundInSources(t *testing.T) {
	mentions := func(table map[string][]string) func(*source) []string {
		return func(s *source) []string { return uses(s, table) }
	}
	forbiddenPanics := func(s *source) []string { return panics(s, mayPanic) }
	for _, c := range []struct {
		name  string
		law   func(*source) []string
		text  string
		found int
	}{
		{"the clock", mentions(clock), "import \"time\"\nvar t = time.Now()", 1},
		{"the clock, renamed", mentions(clock), "import t \"time\"\nvar since = t.Since(t.Time{})", 1},
		{"the clock, not called", mentions(clock), "import \"time\"\nvar now = time.Now", 1},
		{"the clock, dot import", mentions(clock), "import . \"time\"\nvar t = Now()", 1},
		{"a deadline", mentions(clock), "import \"context\"\nvar f = context.WithTimeout", 1},
		{"times without the clock", mentions(clock), "import \"time\"\nvar t = time.Unix(0, 0).Add(time.Hour)", 0},
		{"a caller's log", mentions(ends), "import \"log/slog\"\nfunc f(l *slog.Logger) { l.Info(\"\") }", 0},
		{"another Now", mentions(clock), "import time \"example.org/t\"\nvar t = time.Now()", 0},
		{"the clock behind the compiler", linknames, "//go:linkname nanotime runtime.nanotime\nfunc nanotime() int64", 1},
		{"an exit", mentions(ends), "import \"os\"\nfunc f() { os.Exit(1) }", 1},
		{"a log that ends", mentions(ends), "import \"log\"\nfunc f() { log.Fatalf(\"\") }", 1},
		{"a log", mentions(ends), "import \"log/slog\"\nfunc f() { slog.Info(\"\") }", 1},
		{"a panic", forbiddenPanics, "func f() { panic(1) }", 1},
		{"a panic in a value", forbiddenPanics, "var f = func() { panic(1) }", 1},
		{"a word", forbiddenPanics, "// panic(1)\nconst panicked = \"panic(1)\"", 0},
		{"a function", undocumented, "func F() {}", 1},
		{"a method", undocumented, "// T is.\ntype T int\nfunc (t *T) M() {}", 1},
		{"a method of a type with parameters", undocumented, "// T is.\ntype T[A any] []A\nfunc (t T[A]) M() {}", 1},
		{"a method that speaks for itself", undocumented, "// T is.\ntype T int\nfunc (T) Error() string { return \"\" }", 0},
		{"a method of a private type", undocumented, "type t int\nfunc (t) M() {}", 0},
		{"a type", undocumented, "type T int", 1},
		{"types in a group", undocumented, "// Two.\ntype (\n\tT int\n\tU int\n)", 2},
		{"an interface", undocumented, "// I is.\ntype I interface {\n\tF()\n\t// G does.\n\tG()\n}", 1},
		{"an interface of one method", undocumented, "// I does F.\ntype I interface{ F() }", 0},
		{"constants", undocumented, "const (\n\tA = 1\n\tB = 2 // two\n)", 1},
		{"constants of a group", undocumented, "// Numbers.\nconst (\n\tA = 1\n\tB = 2\n)", 0},
		{"a variable", undocumented, "var V, w int", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			findings := c.law(sourceOf(t, "package verifier\n"+c.text+"\n"))
			if len(findings) != c.found {
				t.Errorf("findings %q, want %d", findings, c.found)
			}
		})
	}
}

func TestALongFunctionIsFound(t *testing.T) {
	body := strings.Repeat("\tx++\n", maxFunctionLines-2)
	fits := "package p\nfunc f(x int) {\n" + body + "}\n"
	if findings := long(sourceOf(t, fits), maxFileLines, maxFunctionLines); len(findings) != 0 {
		t.Errorf("findings %q for a function of %d lines", findings, maxFunctionLines)
	}
	over := "package p\nfunc f(x int) {\n" + body + "\tx++\n}\n"
	if findings := long(sourceOf(t, over), maxFileLines, maxFunctionLines); len(findings) != 1 {
		t.Errorf("findings %q, want the function", findings)
	}
	if findings := long(sourceOf(t, over), maxFunctionLines, maxFunctionLines+1); len(findings) != 1 {
		t.Errorf("findings %q, want the file", findings)
	}
}

func TestHostsAndMachinePathsAreFound(t *testing.T) {
	slash := "/"
	for text, found := range map[string]int{
		"GOPROXY=https:" + slash + slash + string(hosts[0]):      1,
		"see `" + slash + "work" + slash + "x` and the network":  1,
		"cd " + slash + "root" + slash:                           1,
		slash + "home" + slash + "somebody":                      1,
		"https:" + slash + slash + "example.cn/work/home/root/x": 0,
		"format/work/x": 0,
	} {
		if findings := names("file", []byte(text)); len(findings) != found {
			t.Errorf("%q: findings %q, want %d", text, findings, found)
		}
	}
}

func TestADependencyWithoutReasonIsFound(t *testing.T) {
	text := `module example.org/m

require (
	// CBOR: the field's own, strict where asked.
	example.org/above v1.0.0
	example.org/behind v1.0.0 // draws the symbols that tests compare
	example.org/short v1.0.0 // CBOR
	example.org/none v1.0.0
	example.org/indirect v1.0.0 // indirect
)

require example.org/alone v1.0.0
`
	want := []string{
		"go.mod: no reason for example.org/short v1.0.0",
		"go.mod: no reason for example.org/none v1.0.0",
		"go.mod: no reason for example.org/alone v1.0.0",
	}
	if findings := uncommented(text); !slices.Equal(findings, want) {
		t.Errorf("findings %q, want %q", findings, want)
	}
}

func TestParsersAreKnownByNameAndParameters(t *testing.T) {
	for text, want := range map[string]bool{
		"func Parse(data []byte) error { return nil }":               true,
		"func DecodeText(text string) error { return nil }":          true,
		"func ReadAll(r io.Reader, n int) error { return nil }":      true,
		"func Parse(digest [32]byte) error { return nil }":           false,
		"func ParseNumber(n int) error { return nil }":               false,
		"func Encode(data []byte) error { return nil }":              false,
		"func (d *decoder) Decode(data []byte) error { return nil }": false,
	} {
		s := sourceOf(t, "package p\nimport \"io\"\n"+text+"\n")
		functions(s, func(function *ast.FuncDecl) {
			if got := isParser(function); got != want {
				t.Errorf("%s: %v, want %v", text, got, want)
			}
		})
	}
}

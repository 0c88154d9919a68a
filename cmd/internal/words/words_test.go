package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var verb = regexp.MustCompile(`%(?:\[(\d)\])?[-+ 0-9.]*([a-zA-Z%])`)

// verbs returns the verbs of a message in the order of their arguments.
func verbs(message string) []string {
	byArgument := map[int]string{}
	next := 1
	for _, m := range verb.FindAllStringSubmatch(message, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		byArgument[next] = m[2]
		next++
	}
	var list []string
	for n := 1; n <= len(byArgument); n++ {
		list = append(list, byArgument[n])
	}
	return list
}

func TestBothLanguagesTakeTheSameArguments(t *testing.T) {
	catalogue, err := rows()
	if err != nil {
		t.Fatal(err)
	}
	for key, row := range catalogue {
		if row.zh == "" || row.en == "" {
			t.Errorf("%s: a language is missing", key)
		}
		if zh, en := verbs(row.zh), verbs(row.en); !slices.Equal(zh, en) {
			t.Errorf("%s: Chinese takes %v, English %v", key, zh, en)
		}
	}
}

// keysInSource returns the string constants of the commands that can be keys.
func keysInSource(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	paths, err := filepath.Glob(filepath.Join("..", "..", "tongxing", "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no sources: %v", err)
	}
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if text, err := strconv.Unquote(literal.Value); err == nil {
					found[text] = true
				}
			}
			return true
		})
	}
	return found
}

// prefixes begin keys whose rest is put together at run time.
var prefixes = []string{"help_", "outcome_", "refusal_", "kind_", "keystate_", "need_", "change_"}

func TestEveryMessageIsUsed(t *testing.T) {
	catalogue, err := rows()
	if err != nil {
		t.Fatal(err)
	}
	used := keysInSource(t)
	for key := range catalogue {
		computed := slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
		if !used[key] && !computed {
			t.Errorf("nothing says %q", key)
		}
	}
}

// callsWithKey are the functions whose first or second argument is a key.
var callsWithKey = map[string]int{
	"say": 0, "note": 0, "Say": 0, "fail": 0, "usage": 0, "failWith": 1, "tell": 0, "progress": 0,
}

func TestEveryMessageThatIsSaidIsThere(t *testing.T) {
	catalogue, err := rows()
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join("..", "..", "tongxing", "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no sources: %v", err)
	}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := ""
			switch f := call.Fun.(type) {
			case *ast.Ident:
				name = f.Name
			case *ast.SelectorExpr:
				name = f.Sel.Name
			}
			at, known := callsWithKey[name]
			if !known || len(call.Args) <= at {
				return true
			}
			literal, ok := call.Args[at].(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			key, err := strconv.Unquote(literal.Value)
			if err == nil && !strings.HasSuffix(key, "_") {
				if _, ok := catalogue[key]; !ok {
					t.Errorf("%s says %q, which the table does not have", path, key)
				}
			}
			return true
		})
	}
}

func TestLanguageIsThatOfTheFirstSettingThatNamesOne(t *testing.T) {
	for _, c := range []struct {
		settings []string
		want     Language
	}{
		{nil, English},
		{[]string{"", "", "zh_CN.UTF-8"}, Chinese},
		{[]string{"en", "zh_CN.UTF-8"}, English},
		{[]string{"", "C", "zh_CN.UTF-8"}, English},
		{[]string{"zh"}, Chinese},
	} {
		if got := Select(c.settings...); got != c.want {
			t.Errorf("%q: %s, want %s", c.settings, got, c.want)
		}
	}
}

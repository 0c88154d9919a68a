package words

import (
	"fmt"
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

func TestWhatIsCountedIsOneOrSeveral(t *testing.T) {
	for _, c := range []struct {
		text      string
		arguments []any
		want      string
	}{
		{"%d {code|codes}", []any{1}, "1 code"},
		{"%d {code|codes}", []any{0}, "0 codes"},
		{"%s: %d {code|codes}, %d {page|pages}", []any{"1", 2, 1}, "1: 2 codes, 1 page"},
		{"%[2]d {has|have} %[1]s", []any{"x", 1}, "1 has x"},
		{"100 %% of %d {code|codes}", []any{int64(1)}, "100 % of 1 code"},
		{`{"reference" or "code"} %s`, []any{"x"}, `{"reference" or "code"} x`},
	} {
		if got := fmt.Sprintf(counted(c.text, c.arguments), c.arguments...); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
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

// sources are the files of every command, and of what they have in common.
func sources(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, folder := range []string{"tongxing", "tongxing-*", "internal/program", "internal/program/holder", "internal/device", "internal/identity", "internal/config", "internal/formats", "internal/manual"} {
		paths, err := filepath.Glob(filepath.Join("..", "..", folder, "*.go"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no sources in %s: %v", folder, err)
		}
		all = append(all, paths...)
	}
	return all
}

// keysInSource returns the string constants of the commands that can be keys.
func keysInSource(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	paths := sources(t)
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

// keysOfPage returns the keys that the page of the gate names, in its markup and
// its scripts.
func keysOfPage(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	root := filepath.Join("..", "..", "..", "gate", "page", "web")
	for _, pattern := range []string{"*.html", filepath.Join("assets", "*.js")} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no %s in the page: %v", pattern, err)
		}
		for _, path := range paths {
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range regexp.MustCompile(`gate_page_[a-z0-9_]+`).FindAllString(string(source), -1) {
				found[key] = true
			}
		}
	}
	return found
}

func TestEveryMessageOfThePageIsThere(t *testing.T) {
	messages := Messages("gate_page_")
	for key := range keysOfPage(t) {
		if m := messages[key]; m.ZH == "" || m.EN == "" {
			t.Errorf("the page says %q, which the table does not have", key)
		}
	}
	if len(messages) < 50 {
		t.Fatalf("only %d messages were found", len(messages))
	}
	if got := Messages("no such prefix"); len(got) != 0 {
		t.Errorf("messages without a key: %v", got)
	}
}

// prefixes begin keys whose rest is put together at run time.
var prefixes = []string{"help_", "outcome_", "refusal_", "rule_", "kind_", "gathered_", "keystate_", "need_", "change_", "unlisted_", "field_",
	"action_", "done_", "status_", "why_"}

func TestEveryMessageIsUsed(t *testing.T) {
	catalogue, err := rows()
	if err != nil {
		t.Fatal(err)
	}
	used := keysInSource(t)
	for key := range keysOfPage(t) {
		used[key] = true
	}
	for key := range catalogue {
		computed := slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
		if !used[key] && !computed {
			t.Errorf("nothing says %q", key)
		}
	}
}

// callsWithKey are the functions that take a key, and which argument it is; what
// follows are the arguments of the message.
var callsWithKey = map[string]int{
	"say": 0, "note": 0, "Say": 0, "fail": 0, "usage": 0, "failWith": 1, "failFor": 1, "tell": 0,
	"Note": 0, "warn": 1, "Fail": 0, "Usage": 0, "FailWith": 1, "FailFor": 1,
}

// keysAlone are those whose other arguments are not the message's.
var keysAlone = map[string]int{"progress": 0, "progressOf": 0, "ask": 1}

// said is a message as a command says it.
type said struct {
	place     token.Position
	key       string
	arguments int // -1 where they cannot be counted
}

// messagesSaid returns the calls of the commands that name a message.
func messagesSaid(t *testing.T) []said {
	t.Helper()
	paths := sources(t)
	var all []said
	files := token.NewFileSet()
	for _, path := range paths {
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if s, ok := saidBy(call); ok {
					s.place = files.Position(call.Pos())
					all = append(all, s)
				}
			}
			return true
		})
	}
	return all
}

// saidBy reads one call.
func saidBy(call *ast.CallExpr) (said, bool) {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	at, known := callsWithKey[name]
	alone := false
	if !known {
		at, alone = keysAlone[name]
		known = alone
	}
	if !known || len(call.Args) <= at {
		return said{}, false
	}
	literal, ok := call.Args[at].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return said{}, false
	}
	key, err := strconv.Unquote(literal.Value)
	arguments := len(call.Args) - at - 1
	if alone || call.Ellipsis.IsValid() {
		arguments = -1
	}
	return said{key: key, arguments: arguments}, err == nil
}

func TestEveryMessageThatIsSaidIsThere(t *testing.T) {
	catalogue, err := rows()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range messagesSaid(t) {
		if _, ok := catalogue[s.key]; !ok && !strings.HasSuffix(s.key, "_") {
			t.Errorf("%s: says %q, which the table does not have", s.place, s.key)
		}
	}
}

// An argument that the message does not take would show as %!(EXTRA ...), a
// missing one as %!s(MISSING).
func TestMessagesAreSaidWithTheArgumentsThatTheyTake(t *testing.T) {
	catalogue, err := rows()
	if err != nil {
		t.Fatal(err)
	}
	counted := 0
	for _, s := range messagesSaid(t) {
		row, ok := catalogue[s.key]
		if !ok || s.arguments < 0 {
			continue
		}
		counted++
		if want := len(verbs(row.en)); s.arguments != want {
			t.Errorf("%s: says %q with %d arguments, and it takes %d", s.place, s.key, s.arguments, want)
		}
	}
	if counted < 100 {
		t.Fatalf("only %d calls were found", counted)
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

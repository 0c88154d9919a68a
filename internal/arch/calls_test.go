package arch

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// clock are the functions that read the clock or wait for it. Time is a
// parameter: a verdict that depends on when the code ran cannot be recomputed.
var clock = map[string][]string{
	"time":    {"Now", "Since", "Until", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer", "Sleep"},
	"context": {"WithTimeout", "WithTimeoutCause", "WithDeadline", "WithDeadlineCause"},
}

// ends are the functions that end the process or the goroutine, or write to a
// log that a library's caller did not ask for.
var ends = map[string][]string{
	"os":      {"Exit"},
	"runtime": {"Goexit"},
	"syscall": {"Exit"},
	"log": {"Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln",
		"Print", "Printf", "Println", "Default", "SetOutput"},
	"log/slog": {"Debug", "Info", "Warn", "Error", "Log", "Default", "SetDefault"},
}

// imported returns the names under which a file knows its imports. A dot import
// of a package that a table names is a finding, because its uses have no name.
func imported(s *source, tables ...map[string][]string) (byName map[string]string, findings []string) {
	byName = map[string]string{}
	for _, spec := range s.syntax.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := path.Base(importPath)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == "." {
			for _, table := range tables {
				if table[importPath] != nil {
					findings = append(findings, fmt.Sprintf("%s: dot import of %s", s.at(spec), importPath))
				}
			}
			continue
		}
		byName[name] = importPath
	}
	return byName, findings
}

// uses returns every mention, called or not, of a function in the table.
func uses(s *source, table map[string][]string) []string {
	byName, findings := imported(s, table)
	ast.Inspect(s.syntax, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := selector.X.(*ast.Ident); ok && slices.Contains(table[byName[x.Name]], selector.Sel.Name) {
			findings = append(findings, fmt.Sprintf("%s: %s.%s", s.at(selector), byName[x.Name], selector.Sel.Name))
		}
		return true
	})
	return findings
}

// linknames returns the directives that reach another package's private
// functions (runtime.nanotime among them) behind the compiler's back.
func linknames(s *source) []string {
	var out []string
	for _, group := range s.syntax.Comments {
		for _, comment := range group.List {
			if strings.HasPrefix(comment.Text, "//go:linkname") {
				out = append(out, s.at(comment)+": go:linkname")
			}
		}
	}
	return out
}

// panics returns the calls of panic in functions that may not.
func panics(s *source, allowed map[string]string) []string {
	var out []string
	for _, declaration := range s.syntax.Decls {
		where := s.folder
		if function, ok := declaration.(*ast.FuncDecl); ok {
			where += "." + function.Name.Name
		}
		if allowed[where] != "" {
			continue
		}
		ast.Inspect(declaration, func(node ast.Node) bool {
			if call, ok := node.(*ast.CallExpr); ok {
				if f, ok := call.Fun.(*ast.Ident); ok && f.Name == "panic" {
					out = append(out, s.at(call)+": panic in "+where)
				}
			}
			return true
		})
	}
	return out
}

// libraries calls visit for every file of a library, tests aside.
func libraries(t *testing.T, visit func(*source)) {
	t.Helper()
	for _, s := range sources(t) {
		if !s.isTest && !isProgram(s.folder) {
			visit(s)
		}
	}
}

// Packages that serve tests alone measure with the clock.
func TestLibrariesNeverReadTheClock(t *testing.T) {
	var findings []string
	libraries(t, func(s *source) {
		if forTests(s.folder) {
			return
		}
		findings = append(findings, uses(s, clock)...)
		findings = append(findings, linknames(s)...)
	})
	report(t, findings)
}

func TestLibrariesNeverExitOrLog(t *testing.T) {
	var findings []string
	libraries(t, func(s *source) { findings = append(findings, uses(s, ends)...) })
	report(t, findings)
}

func TestLibrariesNeverPanic(t *testing.T) {
	var findings []string
	libraries(t, func(s *source) { findings = append(findings, panics(s, mayPanic)...) })
	report(t, findings)
}

func TestEveryAllowedPanicIsThere(t *testing.T) {
	found := map[string]bool{}
	libraries(t, func(s *source) {
		for _, finding := range panics(s, nil) {
			_, where, _ := strings.Cut(finding, ": panic in ")
			found[where] = true
		}
	})
	for where := range mayPanic {
		if !found[where] {
			t.Errorf("mayPanic names %s, which does not panic", where)
		}
	}
}

package arch

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"testing"
)

// parserName is how a function is called that reads what somebody else wrote.
var parserName = regexp.MustCompile(`^(Parse|Decode|Unmarshal|Read|Scan|Import)`)

// isParser tells whether a function is exported, named like a parser, and takes
// bytes, text or a stream.
func isParser(function *ast.FuncDecl) bool {
	if !parserName.MatchString(function.Name.Name) || function.Recv != nil {
		return false
	}
	for _, parameter := range function.Type.Params.List {
		switch x := parameter.Type.(type) {
		case *ast.Ident:
			if x.Name == "string" {
				return true
			}
		case *ast.ArrayType:
			if element, ok := x.Elt.(*ast.Ident); ok && x.Len == nil && element.Name == "byte" {
				return true
			}
		case *ast.SelectorExpr:
			if of, ok := x.X.(*ast.Ident); ok && of.Name == "io" {
				return true
			}
		}
	}
	return false
}

// functions calls visit for every function of a file.
func functions(s *source, visit func(*ast.FuncDecl)) {
	for _, declaration := range s.syntax.Decls {
		if function, ok := declaration.(*ast.FuncDecl); ok {
			visit(function)
		}
	}
}

// TestEveryParserHasAFuzzTarget: the targets themselves fail without seeds.
func TestEveryParserHasAFuzzTarget(t *testing.T) {
	fuzzed := map[string]bool{}
	var findings []string
	for _, s := range sources(t) {
		functions(s, func(function *ast.FuncDecl) {
			switch {
			case s.isTest && len(function.Name.Name) > len("Fuzz") && function.Name.Name[:len("Fuzz")] == "Fuzz":
				fuzzed[s.folder] = true
			case !s.isTest && !isProgram(s.folder) && isParser(function) &&
				!slices.Contains(parsers, s.folder) && notFuzzed[s.folder] == "":
				findings = append(findings, fmt.Sprintf("%s: %s reads what others wrote: name %s in parsers, or in notFuzzed and why",
					s.at(function), function.Name.Name, s.folder))
			}
		})
	}
	for _, folder := range parsers {
		if !fuzzed[folder] {
			findings = append(findings, folder+": a parser without a fuzz target")
		}
	}
	report(t, findings)
}

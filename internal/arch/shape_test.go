package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"testing"
)

func TestEveryPackageHasAComment(t *testing.T) {
	for folder, p := range packages(t).own() {
		if p.Doc == "" {
			t.Errorf("%s: package %s has no comment", folder, p.Name)
		}
	}
}

// receiver returns the name of the type that a function belongs to, or "".
func receiver(function *ast.FuncDecl) string {
	if function.Recv == nil || len(function.Recv.List) == 0 {
		return ""
	}
	expression := function.Recv.List[0].Type
	for {
		switch x := expression.(type) {
		case *ast.StarExpr:
			expression = x.X
		case *ast.IndexExpr:
			expression = x.X
		case *ast.IndexListExpr:
			expression = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// selfEvident are methods that every Go programmer knows by name: the type's
// comment says what there is to say.
var selfEvident = []string{"Error", "Is", "String", "Unwrap"}

// undocumented returns the exported names of a file without a comment. The
// comment of a group of constants or variables speaks for each of them.
func undocumented(s *source) []string {
	var out []string
	missing := func(node ast.Node, name string) {
		out = append(out, fmt.Sprintf("%s: %s is exported and has no comment", s.at(node), name))
	}
	for _, declaration := range s.syntax.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			of := receiver(d)
			known := of != "" && slices.Contains(selfEvident, d.Name.Name)
			if d.Doc == nil && d.Name.IsExported() && (of == "" || ast.IsExported(of)) && !known {
				missing(d, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				for _, name := range undocumentedNames(d, spec) {
					missing(spec, name)
				}
			}
		}
	}
	return out
}

// undocumentedNames returns the exported names of one line of a declaration
// that nothing explains: no comment above, behind, or above the group.
func undocumentedNames(group *ast.GenDecl, spec ast.Spec) []string {
	var out []string
	switch x := spec.(type) {
	case *ast.TypeSpec:
		alone := !group.Lparen.IsValid() && group.Doc != nil
		if x.Name.IsExported() && x.Doc == nil && x.Comment == nil && !alone {
			out = append(out, x.Name.Name)
		}
		if x.Name.IsExported() {
			out = append(out, undocumentedMethods(x)...)
		}
	case *ast.ValueSpec:
		if x.Doc != nil || x.Comment != nil || group.Doc != nil {
			return nil
		}
		for _, name := range x.Names {
			if name.IsExported() {
				out = append(out, name.Name)
			}
		}
	}
	return out
}

// undocumentedMethods returns the methods of an exported interface that nothing
// explains: they are a contract that others implement.
func undocumentedMethods(spec *ast.TypeSpec) []string {
	contract, ok := spec.Type.(*ast.InterfaceType)
	if !ok || len(contract.Methods.List) < 2 {
		return nil // the comment of a one-method interface speaks for the method
	}
	var out []string
	for _, method := range contract.Methods.List {
		for _, name := range method.Names {
			if name.IsExported() && method.Doc == nil && method.Comment == nil {
				out = append(out, spec.Name.Name+"."+name.Name)
			}
		}
	}
	return out
}

func TestEveryExportedNameHasAComment(t *testing.T) {
	var findings []string
	for _, s := range sources(t) {
		if !s.isTest && s.syntax.Name.Name != "main" {
			findings = append(findings, undocumented(s)...)
		}
	}
	report(t, findings)
}

// long returns the file and the functions that are too long to read.
func long(s *source, maxFile, maxFunction int) []string {
	var out []string
	if s.lines > maxFile {
		out = append(out, fmt.Sprintf("%s: %d lines, at most %d", s.name, s.lines, maxFile))
	}
	line := func(p token.Pos) int { return s.files.Position(p).Line }
	for _, declaration := range s.syntax.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if n := line(function.End()) - line(function.Pos()) + 1; n > maxFunction {
			out = append(out, fmt.Sprintf("%s: %s has %d lines, at most %d", s.at(function), function.Name.Name, n, maxFunction))
		}
	}
	return out
}

func TestFilesAndFunctionsAreShort(t *testing.T) {
	var findings []string
	for _, s := range sources(t) {
		if !s.isTest {
			findings = append(findings, long(s, maxFileLines, maxFunctionLines)...)
		}
	}
	report(t, findings)
}

package binding

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/tongxing/tongxing/spec"
)

// ErrorNames returns every text of the package that reads like the name of an
// error: those that the table has, and those at the places where names stand.
func ErrorNames() map[string]bool {
	names := map[string]bool{}
	files, _ := filepath.Glob("*.go")
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return nil
		}
		ast.Inspect(syntax, func(n ast.Node) bool {
			if pair, ok := n.(*ast.KeyValueExpr); ok {
				if key, ok := pair.Key.(*ast.Ident); ok && key.Name == "name" {
					names[textOf(pair.Value)] = true
				}
			}
			if text := textOf(n); text != "" {
				if _, known := spec.BindingErrorByName(text); known {
					names[text] = true
				}
			}
			return true
		})
	}
	delete(names, "")
	return names
}

func textOf(n ast.Node) string {
	if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
		text, err := strconv.Unquote(literal.Value)
		if err == nil {
			return text
		}
	}
	return ""
}

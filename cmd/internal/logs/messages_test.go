package logs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/logs"
)

// constant returns the text of a string constant.
func constant(e ast.Expr) (string, bool) {
	literal, ok := e.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return text, err == nil
}

// logCall returns which argument of a call is the message of a record, and where its
// attributes begin, in pairs; -1 for a call that has none.
func logCall(call *ast.CallExpr) (message, pairs int) {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return -1, -1
	}
	logger, ok := f.X.(*ast.SelectorExpr)
	onLogger := ok && slices.Contains([]string{"Log", "Logger"}, logger.Sel.Name)
	switch name := f.Sel.Name; {
	case name == "warn" && len(call.Args) > 1:
		return 0, -1
	case !onLogger:
		return -1, -1
	case slices.Contains([]string{"Debug", "Info", "Warn", "Error"}, name):
		return 0, 1
	case slices.Contains([]string{"DebugContext", "InfoContext", "WarnContext", "ErrorContext"}, name):
		return 1, 2
	case name == "LogAttrs":
		return 2, -1
	}
	return -1, -1
}

// attribute returns the key of a call that makes an attribute.
func attribute(call *ast.CallExpr) (ast.Expr, bool) {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) != 2 {
		return nil, false
	}
	library, ok := f.X.(*ast.Ident)
	makes := []string{"String", "Int", "Int64", "Uint64", "Float64", "Bool", "Time", "Duration", "Any"}
	return call.Args[0], ok && library.Name == "slog" && slices.Contains(makes, f.Sel.Name)
}

func TestMessagesAreConstantEnglishAndAttributesOfTheList(t *testing.T) {
	messages, attributes := 0, 0
	files := token.NewFileSet()
	listed := func(e ast.Expr) {
		attributes++
		if key, ok := constant(e); !ok || logs.Attributes[key] == "" {
			t.Errorf("%s: the attribute %s is not in the list", files.Position(e.Pos()), key)
		}
	}
	visit := func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if key, ok := attribute(call); ok {
			listed(key)
		}
		message, pairs := logCall(call)
		if message < 0 || len(call.Args) <= message {
			return true
		}
		if name, ok := call.Args[message].(*ast.Ident); ok && name.Name == "message" {
			return true // in warn, whose callers are held here too
		}
		messages++
		text, ok := constant(call.Args[message])
		if !ok || text == "" || strings.ContainsAny(text, "%\n") || strings.ContainsFunc(text, func(r rune) bool { return r > '~' }) {
			t.Errorf("%s: the message is no constant English text: %q", files.Position(call.Pos()), text)
		}
		for i := pairs; pairs > 0 && i < len(call.Args); i += 2 {
			if inner, isCall := call.Args[i].(*ast.CallExpr); !isCall || inner == nil {
				listed(call.Args[i])
			}
		}
		return true
	}
	for _, folder := range []string{"cmd", "issuer", "gate"} {
		err := filepath.WalkDir(filepath.Join("..", "..", "..", folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && d.Name() == "node_modules" {
				return firstOf(err, fs.SkipDir)
			}
			if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "internal/logs/") {
				return nil
			}
			file, err := parser.ParseFile(files, path, nil, 0)
			if err == nil {
				ast.Inspect(file, visit)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if messages < 18 || attributes < 20 {
		t.Fatalf("only %d messages and %d attributes were found", messages, attributes)
	}
}

func firstOf(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

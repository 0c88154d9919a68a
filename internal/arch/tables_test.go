package arch

import (
	"encoding/csv"
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// nameTables are the tables of spec/codes whose names no program repeats.
var nameTables = []string{
	"provinces", "regions", "document_types", "products", "test_kinds", "results", "states", "exemptions",
	"revocation_reasons",
}

// tableNames returns every Chinese name of the tables, aliases too, and the
// table that it stands in.
func tableNames(t *testing.T) map[string]string {
	t.Helper()
	names := map[string]string{}
	for _, table := range nameTables {
		file, err := os.Open(filepath.Join(root, "spec", "codes", table+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		rows, err := csv.NewReader(file).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		before := len(names)
		for _, row := range rows {
			for _, cell := range row {
				for name := range strings.SplitSeq(cell, "|") {
					if strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
						names[name] = table
					}
				}
			}
		}
		if len(names) == before {
			t.Fatalf("%s.csv has no Chinese name", table)
		}
	}
	return names
}

// repeated returns the literals of a file that have a name of a table in them.
func repeated(s *source, names map[string]string) []string {
	var out []string
	ast.Inspect(s.syntax, func(node ast.Node) bool {
		literal, ok := node.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		text, err := strconv.Unquote(literal.Value)
		if err != nil {
			return true
		}
		for name, table := range names {
			if strings.Contains(text, name) {
				out = append(out, fmt.Sprintf("%s: %s stands in %s.csv: take it from package spec", s.at(literal), name, table))
			}
		}
		return true
	})
	return out
}

// TestNamesOfTheTablesStandInTheTablesAlone: a name that a program repeats stays
// behind when the table changes. Package spec has the tables, and spec/gen makes
// vectors without its help.
func TestNamesOfTheTablesStandInTheTablesAlone(t *testing.T) {
	names := tableNames(t)
	var findings []string
	for _, s := range sources(t) {
		if !s.isTest && !within(s.folder, "spec") {
			findings = append(findings, repeated(s, names)...)
		}
	}
	report(t, findings)
}

func TestARepeatedNameIsFound(t *testing.T) {
	names := tableNames(t)
	for text, found := range map[string]int{
		"var name = \"浙江省\"":                  1,
		"var authority = `海南省卫生健康委员会`":        1,
		"// 浙江省\nvar name = \"一个省\"":          0,
		"const code = '绿'\nvar n = \"Green\"": 0,
	} {
		if findings := repeated(sourceOf(t, "package verifier\n"+text+"\n"), names); len(findings) != found {
			t.Errorf("%s: findings %q, want %d", text, findings, found)
		}
	}
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// TestACodeNamesItsReferenceInEveryForm: whoever brings a code, as text, as digits
// or in the line of issue, names the credential that its reference names.
func TestACodeNamesItsReferenceInEveryForm(t *testing.T) {
	folder, _ := codeFixture(t)
	issued, err := os.ReadFile(filepath.Join(folder, "33.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	line := codeLines(t, issued)[0]
	data, err := transport.Decode(line.Code)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(issued), "\n")
	want := registry.Reference{Region: 33, List: line.List, Index: line.Index}
	text := strings.Join([]string{"# one, in four forms", referenceText(want), "", line.Code, transport.EncodeDigits(data), first}, "\r\n")
	a := appWith(strings.NewReader("\ufeff"+text), nil, nil)
	given, err := a.readReferences("-")
	if err != nil {
		t.Fatal(err)
	}
	if len(given.all) != 1 || given.all[0] != want || given.duplicates != 3 || given.lines[want] != 2 {
		t.Errorf("%v, %d repetitions, in line %d", given.all, given.duplicates, given.lines[want])
	}
	reg, err := sqlite.Open(t.Context(), filepath.Join(folder, "registry.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	if err := given.checkCodes(t.Context(), reg); err != nil {
		t.Error(err)
	}
	given.codes[want][len(data)-1] ^= 1
	if err := given.checkCodes(t.Context(), reg); err == nil {
		t.Error("a code with a signature that was made up was taken")
	}
}

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
)

func documentOf(t *testing.T, class uint8, number string) format.Document {
	t.Helper()
	d, err := format.NewDocument(class, number)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// keyOf is the key of an error's words.
func keyOf(err error) string {
	switch err := err.(type) {
	case *program.UsageError:
		return err.Key
	case *program.UserError:
		return err.Key
	}
	return ""
}

// [PRIV-2]
func TestNoOutputRepeatsTheNumberOfADocument(t *testing.T) {
	folder, _ := codeFixture(t)
	for _, given := range []string{
		"339999196001058363", "339999196001058364", "01:339999196001058363:廖浩然", "339999196001058363:廖", "55:339999196001058363",
		`{"type":"01","number":"339999196001058363"}`, `{"type":"01","number":"339999196001058364"}`, `{"number":339999196001058363}`,
		`{"number":"339999196001058363","type":1}`, `{339999196001058363}`, "01:339999196001058363X",
	} {
		for _, flags := range [][]string{nil, {"--json"}, {"--explain"}, {"--together"}, {"--summary"}, {"--lang", "zh"}} {
			var stdout, stderr bytes.Buffer
			a := appWith(strings.NewReader(given), &stdout, &stderr)
			a.run(context.Background(), append([]string{"verify", "--bundle", filepath.Join(folder, "codes.bundle"), "--root", filepath.Join(folder, "trust", "root.cose"),
				"--at", codeTime, "--id", "-", filepath.Join(folder, "green.txt")}, flags...))
			if out := stdout.String() + stderr.String(); strings.Contains(out, "3399991") || strings.Contains(out, "1960") || out == "" {
				t.Errorf("%s, %v: %s", given, flags, out)
			}
		}
	}
	number := filepath.Join(folder, "339999196001058363")
	a := appWith(strings.NewReader(""), nil, nil)
	if _, err := a.presentedBy(number); keyOf(err) != "id_no_file" || strings.Contains(err.Error(), "3399991") {
		t.Errorf("a number for a file: %v", err)
	}
	if err := os.WriteFile(number, []byte("02:339999196001058363"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := a.presentedBy(number); err != nil || got.Document != documentOf(t, 1, "339999196001058363") {
		t.Errorf("a file of that name: %v", err)
	}
}

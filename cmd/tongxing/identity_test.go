package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/verifier"
)

// identity reads what stands in a file as a presented document.
func identity(t *testing.T, text string) (verifier.Context, error) {
	t.Helper()
	a := appWith(strings.NewReader(text), nil, nil)
	return a.presentedBy("-")
}

func documentOf(t *testing.T, class uint8, number string) format.Document {
	t.Helper()
	d, err := format.NewDocument(class, number)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Every type of document comes from a reader and from a person alike.
func TestADocumentIsReadAsAReaderGivesItAndAsAPersonTypesIt(t *testing.T) {
	const citizen = "339999196001058363"
	for _, c := range []struct {
		kind, number string
		class        uint8
	}{
		{"01", citizen, 1}, {"02", citizen, 1}, {"91", citizen, 1}, {"03", "E12345678", 3}, {"06", "H1234567890", 6},
		{"07", "12345678", 7}, {"92", "FRA330078010518", 92}, {"99", "甲字第12号", 99},
	} {
		want := verifier.Context{Document: documentOf(t, c.class, c.number), Name: "廖浩然"}
		for _, text := range []string{
			fmt.Sprintf(`{"type":%q,"number":%q,"name":"廖浩然"}`, c.kind, c.number),
			fmt.Sprintf("\ufeff {\"name\":\"廖浩然\",\n\"number\":%q, \"sex\": \"1\", \"type\":%q}\n", c.number, c.kind),
			fmt.Sprintf("%s:%s:廖浩然", c.kind, strings.ToLower(c.number)),
			fmt.Sprintf(" %s：%s ： 廖浩然\r\nsecond line", c.kind, c.number),
		} {
			if got, err := identity(t, text); err != nil || got != want {
				t.Errorf("%q: %+v, %v", text, got, err)
			}
		}
	}
	if got, err := identity(t, "３３９９９９ 19600105 8363"); err != nil || got != (verifier.Context{Document: documentOf(t, 1, citizen)}) {
		t.Errorf("a number alone: %+v, %v", got, err)
	}
}

// What a person types wrongly is said at once; what a reader gives is somebody's
// document, or nobody's.
func TestWhatIsTypedWronglyIsToldFromWhatAReaderGives(t *testing.T) {
	for text, want := range map[string]string{
		"339999196001058364": "document_check_wrong", "339999196001058636": "document_check_wrong", "33999919600105836": "document_number_wrong",
		"03:E12.4": "document_number_wrong", "55:1": "document_type_unknown", "1:339999196001058363": "id_unreadable",
		"": "id_unreadable", "\n339999196001058363": "id_unreadable", "01:": "id_unreadable", "01: ": "id_unreadable",
		`{"number":339999196001058363}`: "id_unreadable", `{"number":"3399`: "id_unreadable", "{}": "id_unreadable", `{"sex":"1"}`: "id_unreadable",
	} {
		got, err := identity(t, text)
		if err == nil || got != (verifier.Context{}) || keyOf(err) != want {
			t.Errorf("%q: %+v, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{`{"type":"01","number":"339999196001058364"}`, `{"type":"01"}`, `{"number":"339999196001058363"}`} {
		if got, err := identity(t, text); err != nil || got != verifier.Presented("01", "", "") {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
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

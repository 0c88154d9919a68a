package identity_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/identity"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/verifier"
)

func read(text string) (verifier.Context, error) { return identity.Read(strings.NewReader(text), "-") }

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
			fmt.Sprintf(`{"document_type":%q,"number":%q,"name":"廖浩然"} {"removed":true}`, c.kind, c.number),
			fmt.Sprintf("\ufeff {\"name\":\"廖浩然\",\n\"number\":%q, \"sex\": \"1\", \"type\":%q}\n", c.number, c.kind),
			fmt.Sprintf(`{"document_type":" %s","document_number":%q,"name":"廖浩然"}`, fullWidth(c.kind), c.number),
			fmt.Sprintf("%s:%s:廖浩然", c.kind, strings.ToLower(c.number)),
			fmt.Sprintf(" %s：%s ： 廖浩然\r\nsecond line", c.kind, c.number),
		} {
			if got, err := read(text); err != nil || got != want {
				t.Errorf("%q: %+v, %v", text, got, err)
			}
		}
	}
	if got, err := read("３３９９９９ 19600105 8363"); err != nil || got != (verifier.Context{Document: documentOf(t, 1, citizen)}) {
		t.Errorf("a number alone: %+v, %v", got, err)
	}
}

// fullWidth is a number as an input method for Chinese writes it.
func fullWidth(digits string) string {
	return strings.Map(func(r rune) rune { return r - '0' + '０' }, digits)
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
		got, err := read(text)
		if err == nil || got != (verifier.Context{}) || keyOf(err) != want {
			t.Errorf("%q: %+v, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{`{"type":"01","number":"339999196001058364"}`, `{"type":"01"}`, `{"number":"339999196001058363"}`} {
		if got, err := read(text); err != nil || got != verifier.Presented("01", "", "") {
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

// What a reader or a person gives has one sentence, which repeats none of it.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"document_type":"01","number":"339999196001058363","name":"廖浩然"}`, `{"type":"03","number":"E12345678"}`,
		"339999196001058363", "02:339999196001058363", "03：E12345678：JANE DOE", "{}", "", "99:甲字第12号",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := read(text)
		if err != nil && (got != verifier.Context{} || keyOf(err) == "") {
			t.Errorf("%+v beside %v", got, err)
		}
	})
}

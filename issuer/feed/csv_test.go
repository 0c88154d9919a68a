package feed

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// rowsOf splits CSV as the importer does, without judging columns.
func rowsOf(t testing.TB, text string) (rows [][]string, whole bool) {
	t.Helper()
	c := &csvReader{lines: newLineReader(strings.NewReader(text)), delimiter: ','}
	whole = true
	for {
		first, err := c.lines.next()
		if errors.Is(err, io.EOF) {
			return rows, whole
		}
		if err != nil {
			t.Fatal(err)
		}
		cells, fault, err := c.split(first)
		if err != nil {
			t.Fatal(err)
		}
		if fault != 0 {
			whole = false
			continue
		}
		if len(cells) > 1 || cells[0] != "" || first.text != "" {
			rows = append(rows, slices.Clone(cells))
		}
	}
}

func TestStrayQuotationMarkCostsItsOwnRow(t *testing.T) {
	text := "a,\"b\n" + strings.Repeat("c,d\n", 100)
	rows, whole := rowsOf(t, text)
	if whole || len(rows) != 100 {
		t.Errorf("%d rows, whole %v", len(rows), whole)
	}
}

func TestHugeInputIsReadInBoundedSteps(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("x", 10<<20), "\"" + strings.Repeat("x\n", 1<<20), strings.Repeat("\"\n", 1<<18), strings.Repeat("\"a\",", 1<<20),
	} {
		rowsOf(t, text+"\n")
	}
}

// FuzzCSV compares with encoding/csv wherever that takes the text.
func FuzzCSV(f *testing.F) {
	f.Add("a,b\n\"c\",\"d\"\"e\"\n\"f\ng\",h\r\n,,\n")
	f.Add("a,\"b\nc,d\n")
	f.Fuzz(func(t *testing.T, text string) {
		rows, whole := rowsOf(t, text)
		reader := csv.NewReader(strings.NewReader(text))
		reader.FieldsPerRecord = -1
		want, err := reader.ReadAll()
		if err != nil || strings.HasPrefix(text, byteOrderMark) || strings.Contains(text, "\r") ||
			strings.Count(text, "\n") >= maxQuotedLines || len(text) >= maxRowBytes {
			return
		}
		if !whole || !slices.EqualFunc(rows, want, slices.Equal) {
			t.Fatalf("%q is %q, want %q", text, rows, want)
		}
	})
}

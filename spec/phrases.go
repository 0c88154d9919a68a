package spec

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
	"sync"
)

//go:embed phrases.csv
var phrasesCSV []byte

var phrases = sync.OnceValues(func() (map[string]Label, error) { return parsePhrases(phrasesCSV) })

// parsePhrases reads phrases.csv: every name once, and as many places for values in
// both languages.
func parsePhrases(table []byte) (map[string]Label, error) {
	records, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("phrases table: %w", err)
	}
	all := map[string]Label{}
	for i, record := range records {
		if i == 0 {
			continue
		}
		if len(record) != 3 || record[0] == "" || record[1] == "" || record[2] == "" {
			return nil, fmt.Errorf("phrases table, row %d: a column is missing", i)
		}
		if _, twice := all[record[0]]; twice {
			return nil, fmt.Errorf("phrases table, row %d: %s stands twice", i, record[0])
		}
		if strings.Count(record[1], place) != strings.Count(record[2], place) {
			return nil, fmt.Errorf("phrases table, row %d: the languages take different values", i)
		}
		all[record[0]] = Label{record[1], record[2]}
	}
	return all, nil
}

// place is where a phrase takes a value.
const place = "%s"

// Phrase returns a phrase of phrases.csv with its values in their places: what the
// steps of a verdict say beside the words of checks and reasons. lang is a BCP 47
// tag: English, or else Chinese. A name that the table lacks comes back as itself.
func Phrase(name, lang string, values ...string) string {
	all, err := phrases()
	label, ok := all[name]
	if err != nil || !ok {
		return name
	}
	var text strings.Builder
	rest := label.In(lang)
	for _, value := range values {
		before, after, found := strings.Cut(rest, place)
		if !found {
			break
		}
		text.WriteString(before + value)
		rest = after
	}
	return text.String() + rest
}

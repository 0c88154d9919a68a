package paper

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"sync"
)

//go:embed words.csv
var table []byte

// Languages of the rows of words.csv.
const (
	chinese = "zh"
	english = "en"
)

var words = sync.OnceValues(func() (map[string]map[string]string, error) {
	rows, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("paper: words.csv: %w", err)
	}
	out := make(map[string]map[string]string, len(rows))
	for _, row := range rows {
		out[row[0]] = map[string]string{chinese: row[1], english: row[2]}
	}
	return out, nil
})

// say returns a printed text. A key that the table does not have, which a test
// rules out, comes back as itself.
func say(lang, key string, arguments ...any) string {
	rows, err := words()
	if err != nil || rows[key] == nil {
		return key
	}
	if len(arguments) == 0 {
		return rows[key][lang]
	}
	return fmt.Sprintf(rows[key][lang], arguments...)
}

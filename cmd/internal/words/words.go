// Package words is the one place for what the commands say to people, in Chinese
// and English.
//
// A message has a key, and words.csv has its row: key, Chinese, English. Verbs
// in a message are those of package fmt; a Chinese sentence that needs another
// order than the English names its arguments by index (%[2]s). A row:
//
//	file_missing,文件 %s 不存在；请检查路径。,There is no file %s. Check the path.
//
// Reasons of a verdict are not here: they belong to the specification and stand
// in spec/reasons.csv.
package words

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
	"sync"
)

//go:embed words.csv
var table []byte

type row struct{ zh, en string }

var rows = sync.OnceValues(parse)

func parse() (map[string]row, error) {
	records, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("words: %w", err)
	}
	catalogue := make(map[string]row, len(records))
	for i, record := range records {
		if len(record) != 3 {
			return nil, fmt.Errorf("words: row %d has %d columns, not 3", i+1, len(record))
		}
		if _, twice := catalogue[record[0]]; twice {
			return nil, fmt.Errorf("words: key %q stands twice", record[0])
		}
		catalogue[record[0]] = row{strings.ReplaceAll(record[1], `\n`, "\n"), strings.ReplaceAll(record[2], `\n`, "\n")}
	}
	return catalogue, nil
}

// Language is "zh" or "en".
type Language string

// The languages that there are.
const (
	Chinese Language = "zh"
	English Language = "en"
)

// Select returns the language of the first setting that names one: an explicit
// choice, then LC_ALL, LC_MESSAGES and LANG. Anything that is not Chinese is
// English.
func Select(settings ...string) Language {
	for _, setting := range settings {
		switch {
		case setting == "":
			continue
		case strings.HasPrefix(strings.ToLower(setting), "zh"):
			return Chinese
		}
		return English
	}
	return English
}

// Say returns the message in the language, with its arguments. A key that the
// table does not have, which a test rules out, comes back as itself.
func (l Language) Say(key string, arguments ...any) string {
	catalogue, err := rows()
	if err != nil {
		return key
	}
	message, ok := catalogue[key]
	if !ok {
		return key
	}
	text := message.en
	if l == Chinese {
		text = message.zh
	}
	if len(arguments) == 0 {
		return text
	}
	return fmt.Sprintf(text, arguments...)
}

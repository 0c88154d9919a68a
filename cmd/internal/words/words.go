// Package words is the one place for what the commands say to people, in Chinese
// and English.
//
// A message has a key, and words.csv has its row: key, Chinese, English. Verbs
// in a message are those of package fmt; a Chinese sentence that needs another
// order than the English names its arguments by index (%[2]s). What depends on a
// count stands in braces behind it: for one thing, and for any other number. Two
// rows:
//
//	file_missing,文件 %s 不存在；请检查路径。,There is no file %s. Check the path.
//	paper_done,已写入 %s：%d 个码。,Written to %s: %d {code|codes}.
//
// Reasons of a verdict are not here: they belong to the specification and stand
// in spec/reasons.csv.
package words

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"regexp"
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
	return fmt.Sprintf(counted(text, arguments), arguments...)
}

// Message is a row of the table in both languages, with its verbs as they stand.
type Message struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Messages returns the rows whose keys begin with prefix, for a page that says
// them itself. It is empty where there are none.
func Messages(prefix string) map[string]Message {
	catalogue, err := rows()
	if err != nil {
		return nil // a test rules it out
	}
	messages := map[string]Message{}
	for key, row := range catalogue {
		if strings.HasPrefix(key, prefix) {
			messages[key] = Message{ZH: row.zh, EN: row.en}
		}
	}
	return messages
}

// verbOrForms is a verb, with its index where it has one, or the two forms of what
// is counted.
var verbOrForms = regexp.MustCompile(`%(?:\[(\d)\])?[-+ 0-9.]*([a-zA-Z%])|\{([^{}|]*)\|([^{}|]*)\}`)

// counted puts in the form that the number of the verb before it asks for.
func counted(text string, arguments []any) string {
	next, one := 0, false
	return verbOrForms.ReplaceAllStringFunc(text, func(found string) string {
		parts := verbOrForms.FindStringSubmatch(found)
		switch {
		case found[0] == '{' && one:
			return parts[3]
		case found[0] == '{':
			return parts[4]
		case parts[2] == "%":
			return found
		}
		if parts[1] != "" {
			next = int(parts[1][0] - '1')
		}
		one = next >= 0 && next < len(arguments) && fmt.Sprint(arguments[next]) == "1"
		next++
		return found
	})
}

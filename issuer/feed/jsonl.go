package feed

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/tongxing/tongxing/spec"
)

// jsonReader reads JSON Lines: one object a line, with the names of the columns
// as keys. Values are strings or numbers; null and an absent key are empty.
type jsonReader struct {
	lines   *lineReader
	columns *columnSet
	row     row
}

func (j *jsonReader) next() (*row, error) {
	for {
		next, err := j.lines.next()
		if err != nil {
			return nil, err
		}
		if !next.tooLong && isBlank(next.text) {
			continue
		}
		j.row = row{line: next.number, raw: next.text}
		if next.tooLong {
			j.row.fault = spec.RejectRowTooLong
			return &j.row, nil
		}
		j.row.values = make([]string, len(j.columns.columns))
		if err := j.parse(next.text); err != nil {
			j.row.values, j.row.extra, j.row.fault = nil, nil, spec.RejectRowMalformed
		}
		return &j.row, nil
	}
}

var errNotAnObject = errors.New("not one JSON object")

// parse reads one object. A key that stands twice is refused, because readers
// differ in which of the two they believe (RFC 8259 section 4).
func (j *jsonReader) parse(text string) error {
	decoder := json.NewDecoder(strings.NewReader(text))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return errNotAnObject
	}
	keys := map[string]bool{}
	ranks := map[int]int{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		key, ok := token.(string)
		if !ok || keys[key] {
			return errNotAnObject
		}
		keys[key] = true
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		if err := j.assign(key, value, ranks); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errNotAnObject
	}
	slices.Sort(j.row.extra)
	return nil
}

func (j *jsonReader) assign(key string, value json.RawMessage, ranks map[int]int) error {
	place, rank, ok := j.columns.find(key)
	if !ok {
		return j.keep(key, value)
	}
	if before, twice := ranks[place]; twice && before <= rank {
		return nil // the preferred name of the column has been read
	}
	ranks[place] = rank
	switch c := value[0]; {
	case c == '"':
		return json.Unmarshal(value, &j.row.values[place])
	case c == '-' || '0' <= c && c <= '9':
		j.row.values[place] = string(value)
	case string(value) == "null":
		j.row.values[place] = ""
	default:
		return errNotAnObject
	}
	return nil
}

// keep takes in what nobody asked for, as it tells one row from another. A text
// is kept without the blanks and escapes that are only the way it was written,
// and an empty value like an absent key.
func (j *jsonReader) keep(key string, value json.RawMessage) error {
	text := string(value)
	switch {
	case value[0] == '"':
		if err := json.Unmarshal(value, &text); err != nil {
			return err
		}
		text = foldText(text)
	case text == "null":
		text = ""
	}
	if text != "" {
		j.row.extra = append(j.row.extra, foldText(key)+":"+text)
	}
	return nil
}

package record

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// MaxLineBytes bounds one line of a file of records.
const MaxLineBytes = 64 << 10

// ErrLineTooLong is wrapped by the [LineError] of a line above [MaxLineBytes].
var ErrLineTooLong = errors.New("the line is too long")

// LineError is a fault of one line of a file of records; it wraps its cause.
type LineError struct {
	Line int // counted from 1
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }
func (e *LineError) Unwrap() error { return e.Err }

// AppendJSON appends the record as one line of JSON, the line feed included.
// Equal records give equal bytes. The error wraps [ErrInvalid] and then
// nothing is returned.
func AppendJSON(dst []byte, r *Record) ([]byte, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(r); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if buffer.Len() > MaxLineBytes {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, ErrLineTooLong)
	}
	return append(dst, buffer.Bytes()...), nil
}

// byteOrderMark is what some editors write before the first line. RFC 8259, section
// 8.1, lets a reader pass over it; without that the first person would get no code.
var byteOrderMark = []byte("\ufeff")

// Reader reads JSON Lines of records, one at a time and in bounded memory.
type Reader struct {
	lines *bufio.Scanner
	line  int
	own   room // of the records of Next
}

// NewReader returns a reader of the records in r.
func NewReader(r io.Reader) *Reader {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(make([]byte, 0, 4<<10), MaxLineBytes)
	return &Reader{lines: scanner, own: room{words: map[string]string{}}}
}

// Read returns the next record, or io.EOF after the last. Empty lines are
// passed over. A line that is no record (not JSON, an unknown field, a fault of
// [Record.Validate]) gives a [*LineError], and the next Read goes on behind it;
// a line that is too long, and any fault of the underlying reader, ends the
// reading.
func (r *Reader) Read() (*Record, error) { return r.into(&room{}) }

// Next is [Reader.Read] into memory of the reader's own: the record is there until
// the next call, its texts for good.
func (r *Reader) Next() (*Record, error) { return r.into(&r.own) }

func (r *Reader) into(room *room) (*Record, error) {
	for r.lines.Scan() {
		r.line++
		line := r.lines.Bytes()
		if r.line == 1 {
			line = bytes.TrimPrefix(line, byteOrderMark)
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		record, err := parse(line, room)
		if err != nil {
			return nil, &LineError{r.line, err}
		}
		return record, nil
	}
	switch err := r.lines.Err(); {
	case err == nil:
		return nil, io.EOF
	case errors.Is(err, bufio.ErrTooLong):
		return nil, &LineError{r.line + 1, fmt.Errorf("%w: at most %d bytes", ErrLineTooLong, MaxLineBytes)}
	default:
		return nil, err
	}
}

// Line returns the number of the line that was read last, counted from 1.
func (r *Reader) Line() int { return r.line }

func parse(line []byte, room *room) (*Record, error) {
	record, ok := parsePlain(line, room)
	if !ok {
		var err error
		if record, err = parseJSON(line); err != nil {
			return nil, err
		}
	}
	if err := record.Validate(); err != nil {
		return nil, err
	}
	return record, nil
}

// parseJSON reads a line without validating its record.
func parseJSON(line []byte) (*Record, error) {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	record := &Record{}
	if err := decoder.Decode(record); err != nil {
		return nil, jsonFault(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fault("", "more than one value")
	}
	if !exactNames(line) {
		return nil, fault("", "a field occurs twice, or its name is written in another way")
	}
	return record, nil
}

// exactNames reports whether the names of line, which is JSON, are in small
// letters and without escapes, and none occurs twice in its object. The decoder
// takes "STATUS" and "\u017ftatus" for "status", and of two it merges the fields:
// whoever looked at the line before may have seen another state.
func exactNames(line []byte) bool {
	var objects [][]string // names so far, of each object that is open
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '{':
			objects = append(objects, nil)
		case '}':
			objects = objects[:len(objects)-1]
		case '"':
			start := i + 1
			for i = start; line[i] != '"'; i++ {
				if line[i] == '\\' {
					i++
				}
			}
			if after := bytes.TrimLeft(line[i+1:], " \t\r"); len(after) == 0 || after[0] != ':' {
				continue // a value
			}
			name, last := string(line[start:i]), len(objects)-1
			if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != "" || slices.Contains(objects[last], name) {
				return false
			}
			objects[last] = append(objects[last], name)
		}
	}
	return true
}

// jsonFault says what is wrong with a line without a word of it: the errors of
// the decoder quote values, such as a document number that stands in the place
// of a time, and an error goes into logs and lists of rejects.
func jsonFault(err error) error {
	var value *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &value):
		return fault(value.Field, "has a value of another type, or one that is too large")
	case errors.As(err, &syntax):
		return fault("", fmt.Sprintf("not JSON (at byte %d)", syntax.Offset))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fault("", "the line ends inside the record")
	}
	return fault("", "a field is unknown, or a time is not in RFC 3339")
}

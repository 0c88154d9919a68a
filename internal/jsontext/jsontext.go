// Package jsontext writes JSON without reflection, for what is written ten thousand
// times in a row: the bytes are those of encoding/json.
//
//	w := jsontext.Object(dst)
//	w.Text("name", "廖*然")
//	w.Int("line", 7)
//	dst = w.End() // {"name":"廖*然","line":7}
package jsontext

import (
	"strconv"
	"unicode/utf8"
)

// Writer writes the members of one object. Keys are taken as they are: they are
// constants that need no escape.
type Writer struct {
	dst  []byte
	more bool
}

// Object begins an object behind dst.
func Object(dst []byte) Writer { return Writer{dst: append(dst, '{')} }

// End ends the object and returns all that was written.
func (w *Writer) End() []byte { return append(w.dst, '}') }

func (w *Writer) key(key string) {
	if w.more {
		w.dst = append(w.dst, ',')
	}
	w.more = true
	w.dst = append(append(append(w.dst, '"'), key...), '"', ':')
}

// Text writes a member that is a string.
func (w *Writer) Text(key, value string) {
	w.key(key)
	w.dst = AppendString(w.dst, value)
}

// TextIf writes a member that is a string unless it is empty.
func (w *Writer) TextIf(key, value string) {
	if value != "" {
		w.Text(key, value)
	}
}

// Int writes a member that is a whole number.
func (w *Writer) Int(key string, value int64) {
	w.key(key)
	w.dst = strconv.AppendInt(w.dst, value, 10)
}

// IntIf writes a member that is a whole number unless it is 0.
func (w *Writer) IntIf(key string, value int64) {
	if value != 0 {
		w.Int(key, value)
	}
}

// Bool writes a member that is true or false.
func (w *Writer) Bool(key string, value bool) {
	w.key(key)
	w.dst = strconv.AppendBool(w.dst, value)
}

// BoolIf writes a member that is true, or nothing.
func (w *Writer) BoolIf(key string, value bool) {
	if value {
		w.Bool(key, true)
	}
}

// Float writes a member that is a number between 1e-6 and 1e21, or 0, without an
// exponent.
func (w *Writer) Float(key string, value float64) {
	w.key(key)
	w.dst = strconv.AppendFloat(w.dst, value, 'f', -1, 64)
}

// FloatIf is Float unless the number is 0.
func (w *Writer) FloatIf(key string, value float64) {
	if value != 0 {
		w.Float(key, value)
	}
}

// Value writes a member with what appends its JSON.
func (w *Writer) Value(key string, appendJSON func([]byte) []byte) {
	w.key(key)
	w.dst = appendJSON(w.dst)
}

// AppendString appends a string as encoding/json writes it.
func AppendString(dst []byte, s string) []byte {
	if plain(s) {
		return append(append(append(dst, '"'), s...), '"')
	}
	dst = append(dst, '"')
	for len(s) > 0 {
		c, size := utf8.DecodeRuneInString(s)
		if c == utf8.RuneError && size == 1 {
			dst = append(dst, `\ufffd`...) // what is not UTF-8
		} else {
			dst = appendRune(dst, c)
		}
		s = s[size:]
	}
	return append(dst, '"')
}

// short are the escapes of two characters.
var short = map[rune]byte{'"': '"', '\\': '\\', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}

func appendRune(dst []byte, c rune) []byte {
	const digits = "0123456789abcdef"
	escape, isShort := short[c]
	switch {
	case isShort:
		return append(dst, '\\', escape)
	case c < ' ', c == '<', c == '>', c == '&', c == 0x2028, c == 0x2029:
		return append(dst, '\\', 'u', digits[c>>12], digits[c>>8&15], digits[c>>4&15], digits[c&15])
	}
	return utf8.AppendRune(dst, c)
}

// plain reports whether a string stands in JSON as it is: it has no control
// character, quotation mark or backslash, nothing that could end a script in HTML,
// and no line separator of JavaScript (U+2028, U+2029).
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < ' ', c == '"', c == '\\', c == '<', c == '>', c == '&', c == 0xe2 && i+2 < len(s) && s[i+1] == 0x80 && s[i+2]&^1 == 0xa8:
			return false
		}
	}
	return utf8.ValidString(s)
}

// AppendList appends an array of what one appends for each element.
func AppendList[T any](dst []byte, list []T, one func([]byte, T) []byte) []byte {
	dst = append(dst, '[')
	for i, element := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = one(dst, element)
	}
	return append(dst, ']')
}

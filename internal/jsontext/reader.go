package jsontext

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Error says where a JSON text is not what was read from it.
type Error struct {
	Offset  int    // in bytes
	Field   string // "venue.class"; empty outside of any
	Problem string
}

func (e *Error) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("%s at byte %d", e.Problem, e.Offset)
	}
	return fmt.Sprintf("%s: %s at byte %d", e.Field, e.Problem, e.Offset)
}

// Reader reads one JSON value (RFC 8259) in the order in which it stands, into
// whatever its caller asks for, more strictly than encoding/json: names are compared
// byte by byte, none stands twice in an object, and all text is UTF-8 without half
// surrogate pairs. It never recurses of itself, so that nesting costs nothing.
//
// The first thing that does not fit stops it: every later call returns zero values,
// and [Reader.End] says what it was. It keeps no reference to the text.
type Reader struct {
	text []byte
	at   int
	path []byte // of the member being read
	err  *Error
}

// NewReader returns a Reader at the beginning of a text.
func NewReader(text []byte) *Reader { return &Reader{text: text} }

// Fail stops the reading at the member that is being read. The first failure counts.
func (r *Reader) Fail(problem string) {
	if r.err == nil {
		r.err = &Error{r.at, string(r.path), problem}
	}
}

// End returns nil when the whole text was read, and else what stopped the reading.
func (r *Reader) End() *Error {
	if r.skip(); r.err == nil && r.at < len(r.text) {
		r.Fail("something stands behind the value")
	}
	return r.err
}

// Object reads an object: it calls member with every name, and member reads the
// value.
func (r *Reader) Object(member func(name string)) {
	if !r.take('{', "not an object") || r.closes('}') {
		return
	}
	above := len(r.path)
	names := make([]string, 0, 8)
	for r.err == nil {
		name := r.string()
		r.enter(above, name)
		for _, other := range names {
			if other == name && r.err == nil {
				r.Fail("stands twice")
			}
		}
		names = append(names, name)
		if !r.take(':', "no colon") {
			return
		}
		if member(name); r.err != nil {
			return
		}
		r.path = r.path[:above]
		if !r.more('}') {
			return
		}
	}
}

// enter names the member that is read next.
func (r *Reader) enter(above int, name string) {
	if r.err != nil {
		return
	}
	if r.path = r.path[:above]; above > 0 {
		r.path = append(r.path, '.')
	}
	r.path = append(r.path, name...)
}

// Array reads an array: it calls element for every one, and element reads it.
func (r *Reader) Array(element func()) {
	if !r.take('[', "not a list") || r.closes(']') {
		return
	}
	for r.err == nil {
		if element(); r.err != nil || !r.more(']') {
			return
		}
	}
}

// more reports whether another member or element follows, after a comma.
func (r *Reader) more(end byte) bool {
	switch r.skip() {
	case ',':
		r.at++
		return true
	case end:
		r.at++
	default:
		r.Fail("neither a comma nor the end")
	}
	return false
}

// Text reads a string.
func (r *Reader) Text() string { return r.string() }

// Uint reads a whole number from 0 on, written with its digits alone.
func (r *Reader) Uint() uint64 {
	c := r.skip()
	begin := r.at
	for r.at < len(r.text) && r.text[r.at] >= '0' && r.text[r.at] <= '9' {
		r.at++
	}
	n, err := strconv.ParseUint(string(r.text[begin:r.at]), 10, 64)
	if err != nil || c == '0' && r.at-begin > 1 || r.at < len(r.text) && (r.text[r.at] == '.' || r.text[r.at]|0x20 == 'e') {
		r.Fail("not a whole number")
		return 0
	}
	return n
}

// Float reads a number of any form, which is finite.
func (r *Reader) Float() float64 {
	r.skip()
	begin := r.at
	for r.at < len(r.text) && isNumeral(r.text[r.at]) {
		r.at++
	}
	text := string(r.text[begin:r.at])
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !isNumber(text) {
		r.Fail("not a number")
		return 0
	}
	return n
}

func isNumeral(c byte) bool {
	return isDigit(c) || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isNumber reports whether a text that strconv takes is a number of RFC 8259 too: what
// stands before and behind the point is there, and no zero stands before other digits.
func isNumber(text string) bool {
	text = strings.TrimPrefix(text, "-")
	whole := len(text) - len(strings.TrimLeft(text, "0123456789"))
	if whole == 0 || whole > 1 && text[0] == '0' {
		return false
	}
	rest, point := strings.CutPrefix(text[whole:], ".")
	return !point || rest != "" && isDigit(rest[0])
}

// Bool reads true or false.
func (r *Reader) Bool() bool {
	r.skip()
	for _, word := range [...]string{"true", "false"} {
		if len(r.text)-r.at >= len(word) && string(r.text[r.at:r.at+len(word)]) == word && r.err == nil {
			r.at += len(word)
			return word == "true"
		}
	}
	r.Fail("neither true nor false")
	return false
}

// skip passes over blanks and returns the character behind, 0 at the end and after
// a failure.
func (r *Reader) skip() byte {
	if r.err != nil {
		return 0
	}
	for r.at < len(r.text) {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return c
		}
	}
	return 0
}

func (r *Reader) take(want byte, problem string) bool {
	if r.skip() != want {
		r.Fail(problem)
		return false
	}
	r.at++
	return true
}

// closes reports whether an object or array is empty.
func (r *Reader) closes(end byte) bool {
	if r.skip() != end {
		return false
	}
	r.at++
	return true
}

func (r *Reader) string() string {
	if !r.take('"', "not a text") {
		return ""
	}
	begin := r.at
	for r.at < len(r.text) {
		switch c := r.text[r.at]; {
		case c == '"':
			plain := r.text[begin:r.at]
			r.at++
			return r.checked(string(plain))
		case c == '\\':
			return r.escaped(append(make([]byte, 0, 2*(r.at-begin)+16), r.text[begin:r.at]...))
		case c < ' ':
			r.Fail("a control character in a text")
			return ""
		}
		r.at++
	}
	r.Fail("a text without an end")
	return ""
}

func (r *Reader) checked(s string) string {
	if !utf8.ValidString(s) {
		r.Fail("a text that is not UTF-8")
		return ""
	}
	return s
}

// escaped reads the rest of a string in which a backslash was met.
func (r *Reader) escaped(text []byte) string {
	for r.at < len(r.text) && r.err == nil {
		c := r.text[r.at]
		r.at++
		switch {
		case c == '"':
			return r.checked(string(text))
		case c == '\\':
			text = utf8.AppendRune(text, r.escape())
		case c < ' ':
			r.Fail("a control character in a text")
		default:
			text = append(text, c)
		}
	}
	r.Fail("a text without an end")
	return ""
}

// escapes are the characters of RFC 8259 section 7 and what they stand for.
var escapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads what stands behind a backslash.
func (r *Reader) escape() rune {
	if r.at == len(r.text) {
		return utf8.RuneError // the text has no end, which its caller says
	}
	c := r.text[r.at]
	r.at++
	if c == 'u' {
		return r.pair(r.unit())
	}
	decoded, ok := escapes[c]
	if !ok {
		r.Fail("an unknown escape in a text")
	}
	return decoded
}

// pair reads the second half where the first is that of a surrogate pair.
func (r *Reader) pair(first rune) rune {
	if !utf16.IsSurrogate(first) {
		return first
	}
	second := rune(0)
	if len(r.text)-r.at >= 2 && r.text[r.at] == '\\' && r.text[r.at+1] == 'u' {
		r.at += 2
		second = r.unit()
	}
	both := utf16.DecodeRune(first, second)
	if both == utf8.RuneError {
		r.Fail("half of a surrogate pair in a text")
	}
	return both
}

// unit reads four hexadecimal digits.
func (r *Reader) unit() rune {
	if len(r.text)-r.at < 4 {
		r.Fail("an escape without four digits")
		return 0
	}
	digits := r.text[r.at : r.at+4]
	n, err := strconv.ParseUint(string(digits), 16, 16)
	if err != nil {
		r.Fail("an escape without four digits")
		return 0
	}
	r.at += 4
	return rune(n)
}

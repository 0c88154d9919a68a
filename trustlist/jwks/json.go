package jwks

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// kind is what a JSON value is.
type kind uint8

const (
	kindNull kind = iota
	kindBool
	kindNumber
	kindString
	kindArray
	kindObject
)

// value is a JSON value. Numbers are integers.
type value struct {
	kind    kind
	number  int64 // of a number; 1 for true
	text    string
	items   []value
	members []member // sorted by name when they were read from canonical JSON
}

type member struct {
	name  string
	value value
}

func textValue(text string) value     { return value{kind: kindString, text: text} }
func numberValue(n int64) value       { return value{kind: kindNumber, number: n} }
func arrayValue(items []value) value  { return value{kind: kindArray, items: items} }
func object(members ...member) value  { return value{kind: kindObject, members: members} }
func compareMembers(a, b member) int  { return compareNames(a.name, b.name) }
func (v *value) find(name string) int { return slices.IndexFunc(v.members, named(name)) }

func named(name string) func(member) bool { return func(m member) bool { return m.name == name } }

// compareNames orders names by their UTF-16 code units (RFC 8785 section 3.2.3).
// That is the order of the bytes but for characters beyond U+FFFF, which come
// before those from U+E000.
func compareNames(a, b string) int {
	if utf8.RuneCountInString(a) == len(a) || utf8.RuneCountInString(b) == len(b) {
		return cmp.Compare(a, b)
	}
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// get returns the member of an object, or false.
func (v *value) get(name string) (*value, bool) {
	if i := v.find(name); i >= 0 {
		return &v.members[i].value, true
	}
	return nil, false
}

// appendJSON appends the canonical encoding of v (RFC 8785): members sorted by
// their names, no blanks, no escape that could be left out.
func appendJSON(out []byte, v value) []byte {
	switch v.kind {
	case kindBool:
		return strconv.AppendBool(out, v.number != 0)
	case kindNumber:
		return strconv.AppendInt(out, v.number, 10)
	case kindString:
		return appendString(out, v.text)
	case kindArray:
		out = append(out, '[')
		for i, item := range v.items {
			if i > 0 {
				out = append(out, ',')
			}
			out = appendJSON(out, item)
		}
		return append(out, ']')
	case kindObject:
		out = append(out, '{')
		for i, m := range slices.SortedFunc(slices.Values(v.members), compareMembers) {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(appendString(out, m.name), ':')
			out = appendJSON(out, m.value)
		}
		return append(out, '}')
	}
	return append(out, "null"...)
}

// shortEscapes are the control characters that have a letter.
var shortEscapes = [' ']byte{'\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r'}

func appendString(out []byte, text string) []byte {
	out = append(out, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c < ' ' && shortEscapes[c] != 0:
			out = append(out, '\\', shortEscapes[c])
		case c < ' ':
			out = fmt.Appendf(out, `\u%04x`, c)
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

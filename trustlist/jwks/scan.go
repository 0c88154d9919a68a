package jwks

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// limits bound what reading JSON costs.
type limits struct{ depth, values int }

// readJSON reads one canonical JSON value and nothing else. Text that is JSON
// and not canonical is read to its end first, so that a member that stands twice
// is named as that, however it is spelt. Errors are [ErrJSON], [ErrDuplicate],
// [ErrTrailing] and [ErrNotCanonical].
func readJSON(data []byte, bound limits) (value, error) {
	s := scanner{data: data, loose: -1, bound: bound}
	v, err := s.value(0)
	if err != nil {
		return value{}, err
	}
	if s.blanks(); s.at != len(data) {
		return value{}, fmt.Errorf("%w: at byte %d", ErrTrailing, s.at)
	}
	if s.loose >= 0 {
		return value{}, fmt.Errorf("%w: at byte %d", ErrNotCanonical, s.loose)
	}
	return v, nil
}

// scanner reads JSON (RFC 8259) from data. loose is where it is first spelt
// otherwise than canonically, -1 when nowhere.
type scanner struct {
	data  []byte
	at    int
	loose int
	bound limits
}

// strays notes that the text is not canonical at an offset.
func (s *scanner) strays(at int) {
	if s.loose < 0 || at < s.loose {
		s.loose = at
	}
}

func (s *scanner) fault(problem string) error {
	return fmt.Errorf("%w: %s at byte %d", ErrJSON, problem, s.at)
}

func (s *scanner) blanks() {
	begin := s.at
	for s.at < len(s.data) && strings.IndexByte(" \t\r\n", s.data[s.at]) >= 0 {
		s.at++
	}
	if s.at > begin {
		s.strays(begin)
	}
}

// next skips blanks and returns the byte that follows, 0 at the end.
func (s *scanner) next() byte {
	s.blanks()
	if s.at == len(s.data) {
		return 0
	}
	return s.data[s.at]
}

func (s *scanner) value(depth int) (value, error) {
	if s.bound.values--; s.bound.values < 0 {
		return value{}, s.fault("too many values")
	}
	c := s.next()
	if (c == '{' || c == '[') && depth >= s.bound.depth {
		return value{}, s.fault("nested too deep")
	}
	switch {
	case c == '{':
		return s.object(depth)
	case c == '[':
		return s.array(depth)
	case c == '"':
		text, err := s.text()
		return textValue(text), err
	case c == '-' || '0' <= c && c <= '9':
		return s.number()
	}
	for _, word := range words {
		if bytes.HasPrefix(s.data[s.at:], []byte(word.text)) {
			s.at += len(word.text)
			return word.value, nil
		}
	}
	return value{}, s.fault("no value")
}

var words = []struct {
	text  string
	value value
}{{"true", value{kind: kindBool, number: 1}}, {"false", value{kind: kindBool}}, {"null", value{}}}

func (s *scanner) array(depth int) (value, error) {
	var items []value
	s.at++
	if s.next() == ']' {
		s.at++
		return arrayValue(nil), nil
	}
	for {
		item, err := s.value(depth + 1)
		if err != nil {
			return value{}, err
		}
		items = append(items, item)
		switch s.next() {
		case ',':
			s.at++
		case ']':
			s.at++
			return arrayValue(items), nil
		default:
			return value{}, s.fault("array not closed")
		}
	}
}

func (s *scanner) object(depth int) (value, error) {
	v := object()
	var seen map[string]bool // once a name is out of order
	s.at++
	if s.next() == '}' {
		s.at++
		return v, nil
	}
	for {
		m, err := s.member(depth)
		if err != nil {
			return value{}, err
		}
		if seen, err = s.order(&v, m.name, seen); err != nil {
			return value{}, err
		}
		v.members = append(v.members, m)
		switch s.next() {
		case ',':
			s.at++
		case '}':
			s.at++
			return v, nil
		default:
			return value{}, s.fault("object not closed")
		}
	}
}

func (s *scanner) member(depth int) (member, error) {
	if s.next() != '"' {
		return member{}, s.fault("no member")
	}
	name, err := s.text()
	if err != nil {
		return member{}, err
	}
	if s.next() != ':' {
		return member{}, s.fault("no colon")
	}
	s.at++
	v, err := s.value(depth + 1)
	return member{name, v}, err
}

// order refuses a name that stands in v already. Names that rise cannot, so a
// table of them is made only for an object that is refused anyway.
func (s *scanner) order(v *value, name string, seen map[string]bool) (map[string]bool, error) {
	if seen == nil && (len(v.members) == 0 || compareNames(v.members[len(v.members)-1].name, name) < 0) {
		return nil, nil
	}
	if seen == nil {
		seen = make(map[string]bool, len(v.members))
		for _, m := range v.members {
			seen[m.name] = true
		}
	}
	if seen[name] {
		return seen, fmt.Errorf("%w: %q before byte %d", ErrDuplicate, name, s.at)
	}
	seen[name] = true
	s.strays(s.at)
	return seen, nil
}

// maxInteger is the largest that every JSON reader keeps (RFC 7493 section 2.2).
const maxInteger = 1<<53 - 1

func (s *scanner) number() (value, error) {
	begin := s.at
	for s.at < len(s.data) && strings.IndexByte("+-.0123456789eE", s.data[s.at]) >= 0 {
		s.at++
	}
	text := string(s.data[begin:s.at])
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n > maxInteger || n < -maxInteger || strconv.FormatInt(n, 10) != text {
		s.at = begin
		return value{}, s.fault("not an integer in its shortest form")
	}
	return numberValue(n), nil
}

// text reads a string and what its escapes stand for.
func (s *scanner) text() (string, error) {
	begin := s.at
	s.at++
	var out []byte
	escaped := false
	for s.at < len(s.data) {
		switch c := s.data[s.at]; {
		case c == '"':
			s.at++
			if !utf8.Valid(out) {
				s.at = begin
				return "", s.fault("not UTF-8")
			}
			if escaped && !bytes.Equal(appendString(nil, string(out)), s.data[begin:s.at]) {
				s.strays(begin)
			}
			return string(out), nil
		case c < ' ':
			return "", s.fault("control character in a string")
		case c == '\\':
			r, err := s.escape()
			if err != nil {
				return "", err
			}
			out, escaped = utf8.AppendRune(out, r), true
		default:
			out = append(out, c)
			s.at++
		}
	}
	return "", s.fault("string not closed")
}

// escapes are the short ones of RFC 8259 section 7.
var escapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads one escape, or two that make up a surrogate pair.
func (s *scanner) escape() (rune, error) {
	if s.at+1 < len(s.data) {
		if r, short := escapes[s.data[s.at+1]]; short {
			s.at += 2
			return r, nil
		}
	}
	high, ok := s.unit(s.at)
	switch {
	case !ok:
		return 0, s.fault("no such escape")
	case high < 0xd800 || high > 0xdfff:
		s.at += 6
		return high, nil
	}
	low, ok := s.unit(s.at + 6)
	if !ok || high > 0xdbff || low < 0xdc00 || low > 0xdfff {
		return 0, s.fault("half a surrogate pair")
	}
	s.at += 12
	return 0x10000 + (high-0xd800)<<10 + (low - 0xdc00), nil
}

// unit reads \u and its four digits at an offset.
func (s *scanner) unit(at int) (rune, bool) {
	if at+6 > len(s.data) || s.data[at] != '\\' || s.data[at+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s.data[at+2:at+6]), 16, 16)
	return rune(n), err == nil
}

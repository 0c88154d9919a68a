package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/tongxing/tongxing/cmd/internal/program"
)

// maxFile bounds the file.
const maxFile = 1 << 20

// byteOrderMark begins what editors of Windows save as UTF-8; TOML 1.1 takes it away.
const byteOrderMark = "\xef\xbb\xbf"

// value is what a file or the environment says of a setting.
type value struct {
	texts []string // as the flag takes them: one, or for a list any number
	place string   // "tongxing.toml:12", or the name of a variable
}

// File is what a configuration file says. The zero File says nothing.
type File struct {
	Path string // "" for none
	// values are by section, "" for above all of them, and key.
	values map[string]map[string]value
	// Faults are what is wrong, in the order of the file. Each has its place.
	Faults []*program.UserError
}

// Count is how many settings the file makes.
func (f *File) Count() int {
	n := 0
	for _, section := range f.values {
		n += len(section)
	}
	return n
}

// Parse reads the text of a file; path is where it is. What is wrong is in Faults, and
// not in what the file says.
func Parse(path string, data []byte) *File {
	f := &File{Path: path, values: map[string]map[string]value{}}
	if len(data) > maxFile {
		f.fault(0, "file_too_large", path)
		return f
	}
	if isUTF16(data) {
		f.fault(1, "config_utf16")
		return f
	}
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	var all map[string]any
	if err := toml.Unmarshal(data, &all); err != nil {
		line := 0
		var where *toml.DecodeError
		if errors.As(err, &where) {
			line, _ = where.Position()
		}
		f.fault(line, "config_syntax", err)
		return f
	}
	lines := linesOf(data)
	for key, v := range all {
		if section, ok := v.(map[string]any); ok {
			f.section(lines, key, section)
		} else {
			f.setting(lines[key], "", key, v)
		}
	}
	slices.SortStableFunc(f.Faults, func(a, b *program.UserError) int {
		return cmp.Or(cmp.Compare(lineOf(a.Place), lineOf(b.Place)), cmp.Compare(a.Place, b.Place))
	})
	return f
}

// isUTF16 reports whether a text begins as one in UTF-16, with its mark or without: in
// TOML there is no character zero.
func isUTF16(data []byte) bool {
	return bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) ||
		len(data) > 1 && (data[0] == 0 || data[1] == 0)
}

// linesOf says in which line each key and section of a text stands first, by
// "section" and "section\x00key".
func linesOf(data []byte) map[string]int {
	lines, table := map[string]int{}, ""
	var p unstable.Parser
	p.Reset(data)
	for p.NextExpression() {
		e := p.Expression()
		path, line := "", 0
		for keys := e.Key(); keys.Next(); {
			if n := keys.Node(); path == "" {
				path, line = string(n.Data), p.Shape(n.Raw).Start.Line
			} else {
				path += "\x00" + string(n.Data)
			}
		}
		if e.Kind != unstable.KeyValue {
			table = path
		} else if table != "" {
			path = table + "\x00" + path
		}
		if lines[path] == 0 {
			lines[path] = line
		}
	}
	return lines
}

// lineOf is the line of a place, 0 for none.
func lineOf(place string) int {
	n := 0
	for i := len(place) - 1; i >= 0 && place[i] != ':'; i-- {
		if place[i] < '0' || place[i] > '9' {
			return 0
		}
	}
	if i := lastColon(place); i >= 0 {
		n, _ = strconv.Atoi(place[i+1:]) // digits alone
	}
	return n
}

func lastColon(text string) int {
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] == ':' {
			return i
		}
	}
	return -1
}

// at is a place in the file.
func (f *File) at(line int) string {
	if line == 0 {
		return f.Path
	}
	return fmt.Sprintf("%s:%d", f.Path, line)
}

func (f *File) fault(line int, key string, args ...any) {
	f.Faults = append(f.Faults, &program.UserError{Key: key, Args: args, Place: f.at(line)})
}

// section reads what stands below the name of a program.
func (f *File) section(lines map[string]int, name string, members map[string]any) {
	if !slices.Contains(Programs, name) {
		if near := nearest(name, Programs); near != "" {
			f.fault(lines[name], "config_section_near", name, near)
		} else {
			f.fault(lines[name], "config_section_unknown", name)
		}
		return
	}
	for key, v := range members {
		line := cmp.Or(lines[name+"\x00"+key], lines[name])
		f.setting(line, name, key, v)
	}
}

// setting reads one key.
func (f *File) setting(line int, section, key string, v any) {
	if !slices.Contains(keysAt(section), key) {
		f.unknown(line, section, key)
		return
	}
	name := section
	if name == "" {
		name = owners(key)[0] // a shared key means the same to all
	}
	s, _ := Find(name, key)
	texts, wrong := s.texts(v, filepath.Dir(f.Path))
	if wrong != nil {
		wrong.Place = f.at(line)
		f.Faults = append(f.Faults, wrong)
		return
	}
	if f.values[section] == nil {
		f.values[section] = map[string]value{}
	}
	f.values[section][key] = value{texts, f.at(line)}
}

// unknown says what may have been meant.
func (f *File) unknown(line int, section, key string) {
	if elsewhere := owners(key); len(elsewhere) > 0 {
		f.fault(line, "config_elsewhere", key, elsewhere[0])
		return
	}
	if near := nearest(key, keysAt(section)); near != "" {
		f.fault(line, "config_unknown_near", key, near)
		return
	}
	for _, program := range Programs { // a key and its place may both be wrong
		if near := nearest(key, keysAt(program)); near != "" {
			f.fault(line, "config_unknown_elsewhere", key, near, program)
			return
		}
	}
	f.fault(line, "config_unknown", key)
}

// texts are a value of the file as the flag takes it, if it is of the setting's kind.
func (s Setting) texts(v any, folder string) ([]string, *program.UserError) {
	members := []any{v}
	if list, ok := v.([]any); ok != s.List {
		return nil, s.wrongKind()
	} else if ok {
		members = list
	}
	var all []string
	for _, member := range members {
		text, ok := s.text(member)
		if !ok {
			return nil, s.wrongKind()
		}
		if wrong := s.check(text); wrong != nil {
			return nil, wrong
		}
		if hasPassword(text) {
			return nil, &program.UserError{Key: "config_password", Args: []any{s.Key}}
		}
		if s.Path && text != "" && !filepath.IsAbs(text) && !isAddress(text) {
			text = filepath.Join(folder, text)
		}
		all = append(all, text)
	}
	return all, nil
}

// text is one value as the flag takes it.
func (s Setting) text(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, s.Kind == Text || s.Kind == Duration
	case int64:
		return strconv.FormatInt(v, 10), s.Kind == Whole || s.Kind == Number
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), s.Kind == Number
	case bool:
		return strconv.FormatBool(v), s.Kind == Switch
	}
	return "", false
}

// wrongKind says what the value has to be.
func (s Setting) wrongKind() *program.UserError {
	key := ""
	switch {
	case s.List:
		key = "config_kind_list"
	case s.Kind == Whole:
		key = "config_kind_whole"
	case s.Kind == Number:
		key = "config_kind_number"
	case s.Kind == Duration:
		key = "config_kind_duration"
	case s.Kind == Switch:
		key = "config_kind_switch"
	default:
		key = "config_kind_text"
	}
	return &program.UserError{Key: key, Args: []any{s.Key}}
}

// check holds the text of a value to the setting's kind and choices; it has no place
// yet.
func (s Setting) check(text string) *program.UserError {
	var err error
	switch s.Kind {
	case Whole:
		_, err = strconv.ParseInt(text, 0, 32)
	case Number:
		_, err = strconv.ParseFloat(text, 64)
	case Duration:
		_, err = time.ParseDuration(text)
	case Switch:
		_, err = strconv.ParseBool(text)
	}
	if err != nil || s.Kind == Number && strings.EqualFold(strings.TrimLeft(text, "+-"), "nan") {
		return s.wrongKind()
	}
	if (s.Kind == Whole || s.Kind == Number || s.Kind == Duration) && strings.HasPrefix(text, "-") {
		return &program.UserError{Key: "config_negative", Args: []any{s.Key}} // of nothing that is set there are fewer than none
	}
	if s.Choices != nil && text != "" && !slices.Contains(s.Choices, text) {
		return &program.UserError{Key: "config_choice", Args: []any{text, s.Key, fmt.Sprintf("%q", s.Choices)}}
	}
	return nil
}

// isAddress tells an address from a path.
func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme != "" && u.Host != "" || len(text) > 11 && text[:11] == "postgres://" || len(text) > 13 && text[:13] == "postgresql://"
}

// hasPassword reports whether an address has a password in it: secrets are in files
// of their own.
func hasPassword(text string) bool { return redacted(text) != text }

// Where an address has a password: behind the user, up to the last @ of what an address
// is before its path, or in a member of its query (of PostgreSQL, sslpassword is that of
// a key). Text is searched and not an address: one with a % or a blank in its password
// is none, and has it all the same.
var (
	behindUser = regexp.MustCompile(`(://[^/?#@:]*:)[^/?#]*@`)
	inQuery    = regexp.MustCompile(`(?i)((?:^|[?&\s])(?:ssl)?password\s*=\s*)('(?:[^'\\]|\\.)*'?|[^&#\s]+)`)
)

// redacted is a value without the password that an address may have.
func redacted(text string) string {
	return inQuery.ReplaceAllString(behindUser.ReplaceAllString(text, "${1}xxxxx@"), "${1}xxxxx")
}

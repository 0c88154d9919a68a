package wedge

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// digitRow is what the keys of the digits 0 to 9 type without shift on a layout
// where that is no digit. A scanner for the US layout presses them so.
type digitRow struct{ layout, keys string }

var digitRows = []digitRow{
	{"French", `à&é"'(-è_ç`},
	{"Belgian", `à&é"'(§è!ç`},
	{"Czech", "é+ěščřžýáí"},
	{"Slovak", "é+ľščťžýáí"},
	{"Lithuanian", "0ąčęėįšųū9"},
	{"Hungarian", "ö123456789"},
}

// prefixes are what the text prefix becomes on layouts other than the US one, shift
// held and released: the keys of T, X, 1 and the semicolon with shift.
var prefixes = []string{
	"TX1Ö", // German, Swiss German, Swedish, Finnish, Estonian
	"TX1Æ", // Danish
	"TX1Ø", // Norwegian
	"TX1Ç", // Portuguese, Brazilian
	"TX1Ñ", // Spanish
	"TX1ç", "TX1ò", "TX1Ò",
	"TX&M",                  // French, Belgian
	"TX+Ů", "TX+\"", `TX1"`, // Czech, Slovak
	"TX1É", // Hungarian, Swiss French
	"TX1Č", // Croatian, Slovenian
	"TX1Ş", // Turkish Q
	"TX1Ł", // Polish, programmers' layout aside
	"TX1:",
	"YQ1S",                         // Dvorak
	"GX1O",                         // Colemak
	"ЕЧ1Ж",                         // Russian
	"TX1+", "TX1＋", "TX1；", "TX1;", // Japanese; shift lost
	"ㅆㅌ1:", // Korean
}

// repairs returns the readings of a line that a right keyboard could have typed, the
// line itself first.
func repairs(line string) []string {
	all := []string{line}
	plain := strings.Map(narrow, line)
	if plain != line {
		all = append(all, plain)
	}
	if swapped := capsLock(plain); swapped != plain {
		all = append(all, swapped)
	}
	for _, row := range digitRows {
		if digits, ok := row.digits(line); ok {
			all = append(all, digits)
		}
	}
	return all
}

// narrow turns full-width characters, and the punctuation that a Chinese input method
// gives for that of the keyboard, into those of the keyboard.
func narrow(r rune) rune {
	switch {
	case '！' <= r && r <= '～':
		return r - '！' + '!'
	case r == '\u3000' || r == '\u00a0':
		return ' '
	}
	switch r {
	case '。':
		return '.'
	case '、':
		return '/'
	case '￥', '¥':
		return '$'
	case '×':
		return '*'
	}
	return r
}

// capsLock undoes caps lock, under which shift types small letters: a code has none.
func capsLock(line string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, line)
}

// digits returns the digits that were typed on a layout's row, and whether the line
// is nothing else.
func (d *digitRow) digits(line string) (string, bool) {
	keys := []rune(d.keys)
	out := make([]byte, 0, len(line))
	for _, r := range strings.TrimSpace(line) {
		switch i := strings.IndexRune(d.keys, r); {
		case r >= '0' && r <= '9':
			out = append(out, byte(r))
		case i < 0:
			return "", false
		default:
			out = append(out, byte('0'+utf8.RuneCountInString(d.keys[:i])%len(keys)))
		}
	}
	return string(out), len(out) >= leastGarbled
}

// isGarbled reports whether a line without a code is one that a wrong keyboard typed:
// it begins as the prefix does on another layout, or has letters that no keyboard
// for codes types and the length of a code.
func isGarbled(line string) bool {
	line = strings.TrimSpace(line)
	if utf8.RuneCountInString(line) < leastGarbled || strings.Contains(line, "://") || line[0] == '{' {
		return false
	}
	for _, prefix := range prefixes {
		if startsLike(line, prefix) {
			return true
		}
	}
	letters, foreign := 0, 0
	for _, r := range line {
		switch {
		case r == ' ':
		case r > unicode.MaxASCII:
			foreign++
		default:
			letters++
		}
	}
	return foreign > 0 && (letters+foreign)*2 > len(line)/2
}

// startsLike reports whether a prefix stands within the first characters of a line,
// in either case.
func startsLike(line, prefix string) bool {
	head := []rune(line)
	if len(head) > 12 {
		head = head[:12]
	}
	return strings.Contains(strings.ToUpper(string(head)), strings.ToUpper(prefix))
}

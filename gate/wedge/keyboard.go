package wedge

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// digitRow is what the keys of the digits 0 to 9 type on a layout, in small letters,
// where that is no digit. A scanner for the US layout presses them without shift; caps
// lock makes capitals of letters, and is a shift that stays on some systems.
type digitRow struct{ layout, keys string }

var digitRows = []digitRow{
	{"French", `à&é"'(-è_ç`},
	{"Belgian", `à&é"'(§è!ç`}, // and French of the Mac
	{"French of 2019", "»àéèê()‘’«"},
	{"Bépo", `*"«»()@+-/`},
	{"Czech", "é+ěščřžýáí"},
	{"Slovak", "é+ľščťžýáí"},
	{"Lithuanian", "0ąčęėįšųū9"},
	{"Lithuanian of Linux", "“ąčęėįšųū„"},
	{"Hungarian", "ö123456789"},
	{"Thai", "จๅ/-ภถ\u0e38\u0e36คต"},
	{"Vietnamese", "đăâêô\u0300\u0309\u0303\u0301\u0323"},

	{"US, shift", ")!@#$%^&*("},
	{"British, shift", `)!"£$%^&*(`},
	{"German, shift", `=!"§$%&/()`},
	{"Swiss, shift", `=+"*ç%&/()`},
	{"Spanish, shift", `=!"·$%&/()`},
	{"Portuguese, shift", `=!"#$%&/()`}, // Latin American, Croatian, Slovenian
	{"Italian, shift", `=!"£$%&/()`},
	{"Swedish, shift", `=!"#¤%&/()`}, // Danish, Finnish, Norwegian
	{"Turkish, shift", `=!'^+%&/()`},
	{"Hungarian, shift", `ö'"+!%/=()`},
	{"Russian, shift", `)!"№;%:?*(`},
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
	return append(all, digitsOf(line)...)
}

// digitsOf returns the readings of a line that is nothing but the keys of digits.
func digitsOf(line string) (all []string) {
	line = strings.Map(unicode.ToLower, strings.Map(digitOf, strings.TrimSpace(line)))
	if utf8.RuneCountInString(line) < leastGarbled {
		return nil
	}
	for _, row := range digitRows {
		if digits, ok := row.digits(line); ok && !slices.Contains(all, digits) {
			all = append(all, digits)
		}
	}
	return all
}

// digitOf turns the digits of any script into those of ASCII: there are layouts that
// type their own, as the Tibetan, the Mongolian and the Persian do. They stand in
// tens, each beginning with its zero (the Unicode Standard, 4.6).
func digitOf(r rune) rune {
	if r <= unicode.MaxASCII {
		return r
	}
	for _, tens := range unicode.Nd.R16 {
		if rune(tens.Lo) <= r && r <= rune(tens.Hi) {
			return '0' + (r-rune(tens.Lo))%10
		}
	}
	for _, tens := range unicode.Nd.R32 {
		if rune(tens.Lo) <= r && r <= rune(tens.Hi) {
			return '0' + (r-rune(tens.Lo))%10
		}
	}
	return r
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
	out := make([]byte, 0, len(line))
	for _, r := range line {
		switch i := strings.IndexRune(d.keys, r); {
		case r >= '0' && r <= '9':
			out = append(out, byte(r))
		case i < 0:
			return "", false
		default:
			out = append(out, byte('0'+utf8.RuneCountInString(d.keys[:i])))
		}
	}
	return string(out), true
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

package feed

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/unicode/norm"
)

// maxFieldBytes bounds each value that is used.
const maxFieldBytes = 1024

// isPlain tells whether s is printable ASCII and basic CJK ideographs without
// outer blanks, as nearly every value is: no folding but the change of case
// would alter it. It says no to some values that are plain too.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c > ' ' && c < 0x7F:
		case c == ' ' && i > 0 && i < len(s)-1:
		case c > 0xE4 && c < 0xE9 && i+2 < len(s) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80:
			i += 2 // U+5000 to U+8FFF
		default:
			return false
		}
	}
	return true
}

// foldText returns a value for comparison: without invisible characters, in NFKC,
// which narrows full-width digits and letters, and without outer blanks. The
// invisible go first: one between two marks would keep them from their order.
func foldText(s string) string {
	if isPlain(s) {
		return s
	}
	if strings.ContainsFunc(s, isInvisible) {
		s = strings.Map(func(r rune) rune {
			if isInvisible(r) {
				return -1
			}
			return r
		}, s)
	}
	return strings.TrimSpace(norm.NFKC.String(s))
}

// isInvisible reports the format characters that copying leaves behind: zero
// width spaces and joiners, directional marks, soft hyphens.
func isInvisible(r rune) bool { return r > 0x7F && unicode.Is(unicode.Cf, r) }

// foldNumber returns a document number without blanks and hyphens, in upper
// case, whether it is a good number or not.
func foldNumber(s string) string {
	if isNumber(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Pd, r):
			return -1
		case 'a' <= r && r <= 'z': // as format.NewDocument has it
			return r - 'a' + 'A'
		}
		return r
	}, foldText(s))
}

// isNumber tells whether s is digits and capital letters alone.
func isNumber(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// foldName returns a name as the record carries it: NFC, the dots between the
// parts of a name as U+00B7, full-width Latin letters narrowed, blanks
// collapsed and trimmed. Ideographs that older code pages kept in the private
// use area get their own code points.
func foldName(s string) string {
	if isIdeographs(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case isInvisible(r):
			return -1
		case 0xFF01 <= r && r <= 0xFF5E && r != 0xFF0E:
			return r - 0xFF01 + '!'
		case isNameDot(r):
			return '·'
		case 0xE815 <= r && r <= 0xE864:
			return fromPrivateUse(r)
		}
		return r
	}, s)
	return norm.NFC.String(strings.Join(strings.Fields(s), " "))
}

// isIdeographs tells whether s is basic CJK ideographs alone, as nearly every
// name is; they are their own normal form.
func isIdeographs(s string) bool {
	for _, r := range s {
		if r < '一' || r > '鿿' {
			return false
		}
	}
	return s != ""
}

func isNameDot(r rune) bool {
	switch r {
	case 0x2022, 0x2027, 0x2219, 0x22C5, 0x30FB, 0xFF65, 0x0387, 0xFF0E:
		return true
	}
	return false
}

// fromPrivateUse returns the ideograph for which GBK 1.0 used a code point of
// the private use area: row FE of the code page, which GB 18030 has assigned
// since (䶮 was U+E863). Unassigned ones stay as they are.
func fromPrivateUse(r rune) rune {
	trail := byte(r-0xE815) + 0x50
	if trail >= 0x7F {
		trail++ // 7F is no trail byte
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes([]byte{0xFE, trail})
	if assigned, _ := utf8.DecodeRune(text); err == nil && assigned != utf8.RuneError {
		return assigned
	}
	return r
}

// isUnreadable tells whether a value has bytes that are no character, the
// replacement that a decoder put in their place, or a control character.
func isUnreadable(s string) bool {
	if isPlain(s) {
		return false
	}
	return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return r == utf8.RuneError || unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r'
	})
}

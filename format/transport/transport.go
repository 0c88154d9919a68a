// Package transport turns the bytes of a credential into the text that a QR
// code carries, and back.
//
// A code has one of two forms. Both decode to the same bytes.
//
//	code    = text / digits
//	text    = "TX1:" base45            ; QR alphanumeric mode
//	base45  = *triple [pair]           ; RFC 9285: 2 bytes a triple, 1 byte a pair
//	digits  = "861" *block [tail]      ; QR numeric mode
//	block   = 17DIGIT                  ; 7 bytes, big endian, zero padded
//	tail    = 3DIGIT / 5DIGIT / 8DIGIT / 10DIGIT / 13DIGIT / 15DIGIT
//	                                   ; 1 to 6 bytes, big endian, zero padded
//
// For example the seven bytes "base-45" are the text "TX1:UJCLQE7W581" and the
// digits "86127691695964238901".
//
// The digits form is for hand scanners that type what they read: under a
// Chinese input method letters open a candidate window and digits do not.
//
// Within a form no two texts decode to the same bytes: characters outside the
// alphabet (lower case too), groups whose value is too large, and lengths that
// no data gives are refused. Blanks around a code are trimmed, as scanners,
// forms and text files add them; a blank inside is never removed, since the
// space is a character of base45. A right code neither begins nor ends with
// one: the last character of a triple is at most "W", that of a pair at most "5".
package transport

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// TextPrefix begins every code in the text form.
	TextPrefix = "TX1:"
	// DigitsPrefix begins every code in the digits form.
	DigitsPrefix = "861"

	// MaxTextLength is the most characters of a text, its prefix included:
	// what the largest QR symbol holds in alphanumeric mode (ISO/IEC 18004,
	// version 40-L).
	MaxTextLength = 4296
	// MaxDigitsLength is the most digits of a code, its prefix included: what
	// the largest QR symbol holds in numeric mode (ISO/IEC 18004, 40-L).
	MaxDigitsLength = 7089
	// MinDigitsData is the least number of bytes in the digits form. No
	// credential is as short as its signature alone, but many other
	// barcodes are short numbers that begin with 861.
	MinDigitsData = 64
)

// Room on the stack for the text of a usual credential, so that encoding
// allocates nothing but its result.
const usualLength = 640

// Encode returns data in the text form: "TX1:" and base45 (RFC 9285).
// Decode gives data back when it is 1 to 2861 bytes long; more than that is no
// longer a code.
func Encode(data []byte) string {
	var buffer [usualLength]byte
	return string(AppendText(buffer[:0], data))
}

// EncodeDigits returns data in the digits form: "861" and 17 decimal digits for
// every 7 bytes. Decode gives data back when it is 64 to 2917 bytes long.
func EncodeDigits(data []byte) string {
	var buffer [usualLength]byte
	return string(AppendDigits(buffer[:0], data))
}

// AppendText appends the text form of data to dst and returns the longer slice.
func AppendText(dst, data []byte) []byte {
	return appendBase45(append(dst, TextPrefix...), data)
}

// AppendDigits appends the digits form of data to dst and returns the longer
// slice.
func AppendDigits(dst, data []byte) []byte {
	return appendBlocks(append(dst, DigitsPrefix...), data)
}

// Decode returns the bytes that a code of either form carries.
//
// The error is ErrNotACode for anything else than a code, among them a short
// number and a text longer than any QR symbol; ErrLaterVersion for a code of a
// format that is newer than this software; and a *DamagedError for a code that
// was changed or cut.
func Decode(text string) ([]byte, error) {
	code, before := trim(text)
	switch kindOf(code) {
	case textForm:
		return decodeWith(decodeBase45, code, len(TextPrefix), before)
	case digitsForm:
		return decodeWith(decodeBlocks, code, len(DigitsPrefix), before)
	case lowerCaseForm:
		return nil, &DamagedError{Offset: before, Problem: LowerCase}
	case laterForm:
		return nil, ErrLaterVersion
	}
	return nil, ErrNotACode
}

func decodeWith(decode func(string) ([]byte, *DamagedError), code string, prefix, before int) ([]byte, error) {
	data, damage := decode(code[prefix:])
	if damage != nil {
		damage.Offset += prefix + before
		return nil, damage
	}
	return data, nil
}

type form int

const (
	noForm form = iota
	textForm
	digitsForm
	lowerCaseForm
	laterForm
)

// kindOf tells the form of a trimmed code by its prefix and length.
func kindOf(code string) form {
	if len(code) < len(TextPrefix) {
		return noForm
	}
	version := code[2]
	if version < '1' || version > '9' {
		return noForm
	}
	switch {
	case code[3] == ':' && strings.EqualFold(code[:2], "TX"):
		return textFormOf(code, version)
	case code[:2] == "86":
		return digitsFormOf(code, version)
	}
	return noForm
}

func textFormOf(code string, version byte) form {
	switch {
	case longer(code, MaxTextLength):
		return noForm
	case code[:2] != "TX":
		return lowerCaseForm
	case version == '1':
		return textForm
	}
	return laterForm
}

func digitsFormOf(code string, version byte) form {
	least := len(DigitsPrefix) + digitsLength(MinDigitsData)
	if longer(code, MaxDigitsLength) || !longer(code, least-1) {
		return noForm
	}
	if version == '1' {
		return digitsForm
	}
	// What a later version looks like is not known here, except that it is
	// digits: other long texts that begin with 862 are no code of ours.
	if strings.Trim(code, "0123456789") != "" {
		return noForm
	}
	return laterForm
}

// longer tells whether a text has more than n characters.
func longer(code string, n int) bool { return len(code) > n && utf8.RuneCountInString(code) > n }

// trim returns text without the blanks around it and the number of bytes
// removed before it.
func trim(text string) (code string, before int) {
	if n := len(text); n > 0 && isVisibleASCII(text[0]) && isVisibleASCII(text[n-1]) {
		return text, 0
	}
	code = strings.TrimLeftFunc(text, isBlank)
	before = len(text) - len(code)
	return strings.TrimRightFunc(code, isBlank), before
}

func isVisibleASCII(c byte) bool { return c > ' ' && c < 0x7f }

// isBlank holds for the characters of the Unicode property White_Space, among
// them the no-break space and the ideographic space U+3000, and for the byte
// order mark that text files begin with.
func isBlank(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' }

package format

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaskName returns a person's name as a credential may carry it, enough to tell
// two people in a queue apart and no more:
//
//	王明           王*        two characters: the first
//	王小明         王*明      more: the first and the last
//	买买提·艾力    买*力
//	MARIA O'NEIL   M* O*      Latin script: the first letter of each word
//
// The name is brought to NFC, dots become U+00B7, full-width Latin becomes ASCII,
// variation selectors and blanks between ideographs are dropped. A character is
// a code point with the marks that follow it. At most [MaxNameBytes] bytes come
// out: Latin words that do not fit are dropped from the end. Masking a masked
// name changes nothing. The error is a *[ClaimError] for a name without any
// character that can be shown.
func MaskName(name string) (string, error) {
	if masked, ok := maskIdeographs(name); ok {
		return masked, nil
	}
	words := strings.Fields(tidyName(name))
	if len(words) == 0 {
		return "", claimError("holder name", "empty")
	}
	for _, word := range words {
		for _, r := range word {
			if !unicode.IsGraphic(r) || r == utf8.RuneError {
				return "", claimError("holder name", "character %U cannot be shown", r)
			}
		}
	}
	if isLatin(words) {
		return maskLatin(words), nil
	}
	return maskCharacters(characters(strings.Join(words, ""))), nil
}

// maskIdeographs masks a name of basic CJK ideographs alone, masked already or
// not, which is nearly every name and needs no normalisation.
func maskIdeographs(name string) (string, bool) {
	const first, last, size = '一', '鿿', 3
	star := strings.IndexByte(name, '*')
	if star >= 0 {
		if star != size || len(name) != size+1 && len(name) != 2*size+1 {
			return "", false
		}
	} else if len(name) == 0 || len(name)%size != 0 {
		return "", false
	}
	for _, r := range name {
		if (r < first || r > last) && r != '*' {
			return "", false
		}
	}
	switch {
	case star >= 0, len(name) == size:
		return name, true
	case len(name) == 2*size:
		return name[:size] + "*", true
	}
	return name[:size] + "*" + name[len(name)-size:], true
}

// tidyName brings a name to the form that is masked.
func tidyName(name string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case isVariationSelector(r):
			return -1
		case r >= 0xff21 && r <= 0xff3a || r >= 0xff41 && r <= 0xff5a: // full-width Latin letters
			return r - 0xff21 + 'A'
		case isDot(r):
			return '·'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name))
}

// isDot reports whether r is one of the dots that stand between the parts of a
// transcribed name.
func isDot(r rune) bool {
	switch r {
	case 0x2022, 0x2027, 0x2219, 0x22c5, 0x30fb, 0xff65, 0x0387, 0xff0e:
		return true
	}
	return false
}

func isVariationSelector(r rune) bool {
	return r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0100 && r <= 0xe01ef || r >= 0x180b && r <= 0x180f
}

// isLatin reports whether the words have letters and all are of Latin script.
func isLatin(words []string) bool {
	letters := false
	for _, word := range words {
		for _, r := range word {
			if unicode.IsLetter(r) {
				if !unicode.Is(unicode.Latin, r) {
					return false
				}
				letters = true
			}
		}
	}
	return letters
}

func maskLatin(words []string) string {
	var masked strings.Builder
	for _, word := range words {
		initial := latinInitial(word)
		if initial == "" {
			continue // punctuation alone
		}
		size := len(initial) + len("*")
		if masked.Len() > 0 {
			size++
		}
		if masked.Len()+size > MaxNameBytes {
			break
		}
		if masked.Len() > 0 {
			masked.WriteByte(' ')
		}
		masked.WriteString(initial + "*")
	}
	return masked.String()
}

// latinInitial returns the first letter of a word with its marks.
func latinInitial(word string) string {
	for _, c := range characters(word) {
		if r, size := utf8.DecodeRuneInString(c); unicode.IsLetter(r) {
			if len(c) > MaxNameBytes-1 {
				return c[:size]
			}
			return c
		}
	}
	return ""
}

func maskCharacters(name []string) string {
	switch len(name) {
	case 1:
		return cutMarks(name[0], MaxNameBytes)
	case 2:
		return cutMarks(name[0], MaxNameBytes-1) + "*"
	}
	const each = (MaxNameBytes - 1) / 2
	return cutMarks(name[0], each) + "*" + cutMarks(name[len(name)-1], each)
}

// cutMarks drops the marks of a character that has more of them than fit.
func cutMarks(character string, limit int) string {
	if len(character) <= limit {
		return character
	}
	_, size := utf8.DecodeRuneInString(character)
	return character[:size]
}

// characters splits s into code points with the combining marks that follow.
func characters(s string) []string {
	var list []string
	start := 0
	for i, r := range s {
		if i > 0 && !unicode.Is(unicode.M, r) {
			list = append(list, s[start:i])
			start = i
		}
	}
	if s == "" {
		return nil
	}
	return append(list, s[start:])
}

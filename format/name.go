package format

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tongxing/tongxing/format/internal/norm"
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
// out: Latin words that do not fit are dropped from the end, elsewhere the marks
// are. Masking a masked name changes nothing. The error is a *[ClaimError] for
// an empty name and for one with a character that cannot be shown or is a
// pictograph.
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
			if !isShown(r) {
				return "", claimError("holder name", "character %U cannot be shown", r)
			}
		}
	}
	// Joining may bring a letter and its mark together.
	all := characters(norm.NFC(strings.Join(words, "")))
	masked := len(words) == 1 && len(all) == 3 && all[1] == "*" // by this function, from mixed scripts too
	if !masked && isLatin(words) {
		return maskLatin(words), nil
	}
	return maskCharacters(all), nil
}

// maskIdeographs masks a name of basic CJK ideographs alone, masked already or
// not, which is nearly every name and needs no normalisation.
func maskIdeographs(name string) (string, bool) {
	const first, last, size = '一', '鿿', 3
	star := strings.IndexByte(name, '*')
	if star >= 0 {
		if star != size || len(name) != size+1 && len(name) != 2*size+1 || strings.Count(name, "*") != 1 {
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

// NormaliseName returns a name as it is written beside its masked form, whole: in
// NFC, with the dots, the Latin letters and the blanks that [MaskName] gives it, and
// without variation selectors. Names that are written alike come out equal.
func NormaliseName(name string) string { return strings.Join(strings.Fields(tidyName(name)), " ") }

// tidyName brings a name to the form that is masked.
func tidyName(name string) string {
	return norm.NFC(strings.Map(func(r rune) rune {
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

// unshown are the code points that no name carries: what cannot be seen, what
// turns or hides its neighbours on the screen that a guard reads, what every
// font draws as it likes (private use), and pictographs. They are fixed ranges,
// not categories of the Unicode version at hand: one credential must get one
// verdict everywhere, and the ideographs that later versions add are people's
// names.
var unshown = [...][2]rune{
	{0x0000, 0x001f}, {0x007f, 0x009f}, // controls
	{0x00ad, 0x00ad}, {0x034f, 0x034f}, {0x061c, 0x061c},
	{0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f}, // fillers, selectors
	{0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, // width zero, separators, direction
	{0x2600, 0x27bf}, // pictographs
	{0x3164, 0x3164}, // filler
	{0xd800, 0xf8ff}, // surrogates, private use
	{0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xffff},
	{0x1f000, 0x1faff},  // pictographs
	{0xe0000, 0x10ffff}, // tags, selectors, private use
}

// isShown reports whether r may stand in a name. A blank may.
func isShown(r rune) bool {
	for _, span := range unshown {
		if r <= span[1] {
			return r < span[0]
		}
	}
	return false
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
		if r, _ := utf8.DecodeRuneInString(c); unicode.IsLetter(r) {
			if len(c)+len("*") > MaxNameBytes {
				return withoutMarks(c)
			}
			return c
		}
	}
	return ""
}

// maskCharacters masks a name of characters, without their marks where these
// would take it beyond [MaxNameBytes].
func maskCharacters(name []string) string {
	first, last := name[0], name[len(name)-1]
	masked := joinMasked(len(name), first, last)
	if len(masked) > MaxNameBytes {
		masked = joinMasked(len(name), withoutMarks(first), withoutMarks(last))
	}
	return masked
}

func joinMasked(count int, first, last string) string {
	switch count {
	case 1:
		return first
	case 2:
		return first + "*"
	}
	return first + "*" + last
}

func withoutMarks(character string) string {
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

package main

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// character is a code point and the marks after it.
type character struct{ base, marks string }

func characters(s string) []character {
	var out []character
	for _, r := range s {
		if n := len(out); n > 0 && unicode.Is(unicode.M, r) {
			out[n-1].marks += string(r)
			continue
		}
		out = append(out, character{base: string(r)})
	}
	return out
}

// normaliseName is CRED-90.
func normaliseName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef, r >= 0x180b && r <= 0x180f:
			return -1
		case strings.ContainsRune("\u2022\u2027\u2219\u22c5\u30fb\uff65\u0387\uff0e", r):
			return '\u00b7'
		case r >= 0xff21 && r <= 0xff3a, r >= 0xff41 && r <= 0xff5a:
			return r - 0xff21 + 'A'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name)
	return strings.Join(strings.Fields(norm.NFC.String(name)), " ")
}

// excluded are the characters of CRED-44.
var excluded = [][2]rune{
	{0, 0x1f}, {0x7f, 0x9f}, {0xad, 0xad}, {0x34f, 0x34f}, {0x61c, 0x61c}, {0x115f, 0x1160}, {0x17b4, 0x17b5},
	{0x180b, 0x180f}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0x2600, 0x27bf}, {0x3164, 0x3164},
	{0xd800, 0xf8ff}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xffff}, {0x1f000, 0x1faff},
	{0xe0000, 0x10ffff},
}

func showable(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool {
		return slices.ContainsFunc(excluded, func(span [2]rune) bool { return r >= span[0] && r <= span[1] })
	})
}

// maskName is CRED-91 and CRED-92.
func maskName(name string) (string, error) {
	name = normaliseName(name)
	if name == "" || !showable(name) {
		return "", errRefused
	}
	all := characters(norm.NFC.String(strings.ReplaceAll(name, " ", "")))
	masked := len(all) == 3 && all[1] == character{base: "*"} && !strings.Contains(name, " ")
	if latin(name) && !masked {
		return maskWords(name), nil
	}
	short := maskCharacters(all, func(c character) string { return c.base + c.marks })
	if len(short) > 24 {
		short = maskCharacters(all, func(c character) string { return c.base })
	}
	return short, nil
}

func maskCharacters(all []character, show func(character) string) string {
	switch first := show(all[0]); len(all) {
	case 1:
		return first
	case 2:
		return first + "*"
	default:
		return first + "*" + show(all[len(all)-1])
	}
}

// within is the character, without its marks when it is longer.
func (c character) within(bytes int) string {
	if len(c.base+c.marks) > bytes {
		return c.base
	}
	return c.base + c.marks
}

func latin(name string) bool {
	letters := 0
	for _, r := range name {
		if !unicode.IsLetter(r) {
			continue
		}
		if !unicode.Is(unicode.Latin, r) {
			return false
		}
		letters++
	}
	return letters > 0
}

func maskWords(name string) string {
	masked := ""
	for _, word := range strings.Fields(name) {
		all := characters(word)
		first := slices.IndexFunc(all, func(c character) bool { return unicode.IsLetter([]rune(c.base)[0]) })
		if first < 0 {
			continue
		}
		longer := strings.TrimPrefix(masked+" "+all[first].within(23)+"*", " ")
		if len(longer) > 24 {
			break
		}
		masked = longer
	}
	return masked
}

// namesToMask is the input of names.json; what comes out is computed, and read
// by people before it is committed.
var namesToMask = []string{
	"明", "王明", "王小明", "欧阳小明", "诸葛亮",
	" 王 小 明 ", "王　明", "王\t明",
	"买买提·吐尔逊", "买买提•吐尔逊", "买买提・吐尔逊", "买买提．吐尔逊",
	"𠮷野家", "𬱖明", "王𬱖", "葛\U000e0100城", "邊\ufe00一",
	"John Smith", "john smith", "Ｊｏｈｎ　Ｓｍｉｔｈ", "Jean-Luc Picard", "O'Brien", "X",
	"Éric Ångström", "E\u0301ric A\u030angstro\u0308m", "Maria das Dores (Dora) Costa",
	"J. R. R. Tolkien 3", "3 Doors",
	"A B C D E F G H I J", strings.Repeat("Ana ", 12),
	"Q\u0323\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030c John",
	"Иванов Пётр", "Мария", "तेनजिंग नोर्गे", "བསྟན་འཛིན", "ئابدۇراھىم", "김철수", "佐藤 John",
	"王" + strings.Repeat("\u0302", 12) + "明",
	"王" + strings.Repeat("\u0302", 4) + "明", "王" + strings.Repeat("\u0302", 5) + "明",
	"王" + strings.Repeat("\u0302", 10), "王" + strings.Repeat("\u0302", 11),
	"E\ufe00\u0301ric", "\U0002ebf0明", "王\U000323b0", "王\ue000",
	"ᠪᠠᠲᠤ\u180b", "·", "007", "", "   ",
	"A小b", "A*b", "A * b", "王*", "J* S*", "김*수", "\u1112 \u1161\u11ab", "王\u3164明", "王\u2665", "\U0001f600",
	"\ufeff王明", "\u0301", "\u0301王明", "\u0301 John", "A\u0301\u0302*z", "ﬁona Smith", "ßen", "ıpek", "İpek", "ǅ", "\u0130",
	"王\u202e明", "王\u200b明", "王\n明", "王\x00明", "王\ufffd明",
}

func nameCases() []nameCase {
	var cases []nameCase
	for _, name := range namesToMask {
		c := nameCase{Name: name}
		if masked, err := maskName(name); err == nil {
			c.Masked = masked
		}
		cases = append(cases, c)
	}
	return cases
}

func thumbprintCases() []thumbprintCase {
	var cases []thumbprintCase
	for _, alg := range []int64{algSM2, algES256} {
		for n := 1; n <= 3; n++ {
			k := keyOf("33", alg, n)
			x, y := k.coordinates()
			t := k.thumbprint()
			cases = append(cases, thumbprintCase{
				Algorithm: alg, X: hex.EncodeToString(x), Y: hex.EncodeToString(y),
				Thumbprint: hex.EncodeToString(t[:]), KID: hex.EncodeToString(t[:4]),
			})
		}
	}
	return cases
}

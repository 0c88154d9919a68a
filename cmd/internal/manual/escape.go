package manual

import (
	"strings"
	"unicode"
)

// closing are the marks that no line begins with, opening those that none ends with
// (GB/T 15834, 5.1).
const (
	closing = "，。、；：？！）》」』】〉”’…—·％"
	opening = "（《「『【〈“‘"
)

// escapeWithin makes text safe within a line of markup: a backslash begins an escape
// and a hyphen may be set as a dash that nobody can copy.
func escapeWithin(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(text)
}

// escape makes a line of text: it begins no request (".", "'") and may end between
// Chinese characters.
func escape(line string) string {
	line = withBreaks(escapeWithin(line))
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, `\(aq`) {
		return `\&` + line
	}
	return line
}

// quote makes an argument of a request.
func quote(text string) string {
	return `"` + strings.ReplaceAll(escapeWithin(text), `"`, `\(dq`) + `"`
}

func bold(text string) string { return `\fB` + escapeWithin(text) + `\fR` }

// withBreaks marks where a line of Chinese may end.
func withBreaks(text string) string {
	var b strings.Builder
	runes := []rune(text)
	for i, r := range runes {
		b.WriteRune(r)
		if i+1 < len(runes) && mayEnd(r, runes[i+1]) {
			b.WriteString(`\:`)
		}
	}
	return b.String()
}

func mayEnd(before, after rune) bool {
	wide := isWide(before) || isWide(after)
	return wide && before != ' ' && after != ' ' && before != '\\' &&
		!strings.ContainsRune(opening, before) && !strings.ContainsRune(closing, after)
}

// isWide tells whether a character is one of Chinese text.
func isWide(r rune) bool {
	return unicode.Is(unicode.Han, r) || strings.ContainsRune(closing, r) && r > unicode.MaxLatin1 || strings.ContainsRune(opening, r)
}

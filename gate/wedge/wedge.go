// Package wedge finds codes in what a scanner types: a keyboard wedge sends a symbol
// as key presses, a hundred a second, and what arrives depends on the keyboard layout,
// caps lock and the input method of the device.
//
//	"]Q1TX1:RRQT 9:…\r"    noise before and behind    the code
//	"tx1:rrqt 9:…\r"       caps lock                  the code: base45 has one case
//	"８６１５９２…\r"          full-width mode            the code
//	"_-&(ç-…\r"            digits on a French layout  the code: the row is 1 to 1
//	"TX1Ö…\r"              base45 on a German layout  Garbled: set the scanner
//	"6901234567892\r"      another barcode            as it is: not a code
//
// A repair counts only where the result is a credential in its one right encoding;
// whether it is genuine the signature says, as for any code. So nothing that was
// garbled is ever taken for another code, and nobody is told of a forgery where a
// keyboard was set wrongly:
//
//	typed := wedge.Read(line)
//	switch {
//	case typed.Garbled: // screen.SetScanner
//	default:            // judge typed.Codes
//	}
package wedge

import (
	"strings"
	"unicode"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/trustlist/fetch/series"
)

const (
	// MaxLength is how many bytes of typed text are looked at: 16 codes of the
	// largest symbol would not be typed within a minute.
	MaxLength = 1 << 16
	// maxSuffix is how many characters a scanner may be set to add to a code, of
	// those that could be its own.
	maxSuffix = 8
	// leastGarbled is from how many characters on a text may be a garbled code. The
	// shortest credential has more than twice as many.
	leastGarbled = 60
)

// Typed is what was found in a text.
type Typed struct {
	// Codes are the codes, in their order; where there is none, and nothing else was
	// found, the text itself, of which a verifier says that it is no code.
	Codes []string
	// Frames are texts of a series of QR codes (spec/series.md).
	Frames []string
	// Garbled says that a code was typed on a layout or under an input method that
	// the scanner is not set for. There is then no code.
	Garbled bool
}

// Read finds the codes in what was typed. Text beyond MaxLength is not looked at.
func Read(text string) Typed {
	if len(text) > MaxLength {
		text = text[:MaxLength]
	}
	var typed Typed
	garbled, other := false, ""
	for line := range strings.FieldsFuncSeq(text, isSeparator) {
		switch {
		case typed.take(line):
		case isGarbled(line):
			garbled = true
		case other == "" || len(line) > len(other):
			other = strings.TrimSpace(line)
		}
	}
	switch {
	case len(typed.Codes)+len(typed.Frames) > 0:
	case garbled:
		typed.Garbled = true
	default:
		typed.Codes = []string{other}
	}
	return typed
}

// HasWhole reports whether there is a whole code in a text, or a whole frame of a
// series: who reads a stream without ends need not wait for more.
func HasWhole(text string) bool {
	if len(text) > MaxLength {
		return false
	}
	if at := strings.LastIndex(text, series.Prefix); at >= 0 {
		_, err := series.NewDecoder().Add(text[at:])
		return err == nil
	}
	for _, repaired := range repairs(text) {
		if _, ok := wholes(repaired); ok {
			return true
		}
	}
	return false
}

// isSeparator holds for what ends a scan: the control characters, with Enter and
// Tab among them.
func isSeparator(r rune) bool { return unicode.IsControl(r) }

// take takes the codes and frames of a line, and reports whether there were any.
func (t *Typed) take(line string) bool {
	if frame := strings.Index(line, series.Prefix); frame >= 0 {
		t.Frames = append(t.Frames, strings.TrimSpace(line[frame:]))
		return true
	}
	for _, repaired := range repairs(line) {
		if codes, ok := wholes(repaired); ok {
			t.Codes = append(t.Codes, codes...)
			return true
		}
	}
	// No repair gave a credential: the line goes to the verifier as it is where it
	// begins like a code, which says what is wrong with it.
	if code, ok := begun(line); ok {
		t.Codes = append(t.Codes, code)
		return true
	}
	return false
}

// wholes cuts a line into whole credentials, and reports whether there was any. A
// line may hold several, where a scanner sends no Enter.
func wholes(line string) (codes []string, found bool) {
	for line != "" {
		start := nextPrefix(line, 0)
		if start < 0 {
			break
		}
		code, end := wholeAt(line, start)
		if code == "" {
			line = line[start+1:]
			continue
		}
		codes = append(codes, code)
		line = line[end:]
	}
	return codes, len(codes) > 0
}

// wholeAt returns the credential that begins at start and where it ends: at the end
// of the line, a few characters before that, or where another code begins. How long it
// is stands in its head, so that a line of nothing but beginnings is read in one pass.
func wholeAt(line string, start int) (code string, end int) {
	rest := line[start:]
	length := lengthOf(rest)
	if length == 0 || length > len(rest) || !isWhole(rest[:length]) {
		return "", 0
	}
	suffix := rest[length:min(len(rest), length+maxSuffix+len(transport.TextPrefix))]
	suffix = suffix[:len(suffix)-len(strings.TrimLeft(suffix, prefixAlphabet(rest)))]
	if len(suffix) > maxSuffix && nextPrefix(suffix, 0) < 0 {
		return "", 0
	}
	return rest[:length], start + length
}

const (
	base45Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
	digitAlphabet  = "0123456789"
)

// prefixAlphabet is the alphabet of the form that a text begins in.
func prefixAlphabet(text string) string {
	if strings.HasPrefix(text, transport.DigitsPrefix) {
		return digitAlphabet
	}
	return base45Alphabet
}

// nextPrefix returns where the next code may begin, from a place on, or -1.
func nextPrefix(line string, from int) int {
	for at := from; at < len(line); at++ {
		if head := line[at:]; strings.HasPrefix(head, transport.TextPrefix) || strings.HasPrefix(head, transport.DigitsPrefix) {
			return at
		}
	}
	return -1
}

// isWhole reports whether a text is a credential in its one right encoding, whoever
// signed it.
func isWhole(text string) bool {
	data, err := transport.Decode(text)
	if err != nil {
		return false
	}
	_, err = format.Parse(data)
	return err == nil
}

// begun returns the part of a line that begins like a code, of this version or a
// later one.
func begun(line string) (string, bool) {
	digits := len(strings.TrimRight(strings.TrimSpace(line), digitAlphabet)) // from here on there is nothing else
	for start := 0; start+4 < len(line); start++ {
		head := line[start:]
		if strings.HasPrefix(head, "TX") && '1' <= head[2] && head[2] <= '9' && head[3] == ':' {
			return strings.TrimSpace(head), true
		}
		if strings.HasPrefix(head, "86") && '1' <= head[2] && head[2] <= '9' && start >= digits && len(head) >= leastGarbled {
			return strings.TrimSpace(head), true
		}
	}
	return "", false
}

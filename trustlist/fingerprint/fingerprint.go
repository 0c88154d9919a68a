// Package fingerprint writes a hash as Chinese characters, so that two people
// can read it to one another, and reads what they type.
//
// The 32 bytes of a hash and a checksum of one byte, the first of their
// SHA-256, are 264 bits: 24 numbers of 11 bits, the most significant first. Each
// is one of the 2048 characters of the simplified Chinese list of BIP-39, which
// stand in spec/codes/fingerprint_words.txt. The hash 00 01 02 … 1f is
//
//	的三欧三 考于据保 量损破九 人雄修麦 最仓面约 袋天绍汁
//
// (see the example). A fingerprint is no secret.
package fingerprint

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/tongxing/tongxing/spec"
)

const (
	// Length is how many characters a fingerprint has.
	Length = (sha256.Size + 1) * 8 / wordBits
	// Group is how many of them are shown without a blank in between.
	Group = 4

	wordBits  = 11
	maxText   = 1024 // bytes of a text that is looked at
	hexDigits = 2 * sha256.Size
)

// ErrChecksum reports characters that are all right one by one and not together:
// at least one was read or typed wrongly. One wrong character slips through once
// in 256 times; the comparison of the hash itself finds that one too.
var ErrChecksum = errors.New("fingerprint: the checksum does not fit")

// WordError reports a character that no fingerprint has.
type WordError struct {
	Position int // from 1, blanks not counted
	Word     string
}

func (e *WordError) Error() string {
	return fmt.Sprintf("fingerprint: character %d, %q, is in no fingerprint", e.Position, e.Word)
}

// LengthError reports a text of another length than a fingerprint in characters
// (24) or in hexadecimal digits (64).
type LengthError struct {
	Have, Want int // blanks not counted
}

func (e *LengthError) Error() string {
	return fmt.Sprintf("fingerprint: %d characters, want %d", e.Have, e.Want)
}

type list struct {
	words   []string
	numbers map[string]int
}

var words = sync.OnceValue(func() list {
	l := list{words: spec.FingerprintWords(), numbers: map[string]int{}}
	for number, word := range l.words {
		l.numbers[word] = number
	}
	return l
})

// Words returns the fingerprint of a hash: 24 characters in groups of four.
func Words(hash [sha256.Size]byte) string {
	var b strings.Builder
	for i, word := range split(hash) {
		if i > 0 && i%Group == 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return b.String()
}

// split returns the characters of a hash, one by one.
func split(hash [sha256.Size]byte) []string {
	all := words().words
	checksum := sha256.Sum256(hash[:])
	out := make([]string, 0, Length)
	bits, pending := 0, 0
	for _, b := range append(hash[:], checksum[0]) {
		pending = pending<<8 | int(b)
		if bits += 8; bits >= wordBits {
			bits -= wordBits
			out = append(out, all[pending>>bits])
			pending &= 1<<bits - 1
		}
	}
	return out
}

// Parse returns the hash that a fingerprint stands for, in characters or in
// hexadecimal, with blanks anywhere. Errors are *[WordError], *[LengthError] and
// [ErrChecksum].
func Parse(text string) ([sha256.Size]byte, error) {
	var none [sha256.Size]byte
	typed, err := characters(text)
	if err != nil {
		return none, err
	}
	if mostlyHex(typed) {
		return parseHex(typed)
	}
	numbers := make([]int, len(typed))
	for i, word := range typed {
		number, known := words().numbers[word]
		if !known {
			return none, &WordError{i + 1, word}
		}
		numbers[i] = number
	}
	if len(numbers) != Length {
		return none, &LengthError{len(numbers), Length}
	}
	return join(numbers)
}

// characters returns the characters of a text without its blanks.
func characters(text string) ([]string, error) {
	if len(text) > maxText {
		return nil, &LengthError{utf8.RuneCountInString(text), Length}
	}
	var typed []string
	for _, r := range text {
		if !unicode.IsSpace(r) {
			typed = append(typed, string(r))
		}
	}
	return typed, nil
}

func notHex(r rune) bool { return r >= utf8.RuneSelf || !isHex(byte(r)) }

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// mostlyHex reports whether hexadecimal digits were meant: a slip in one of them
// is told as such.
func mostlyHex(typed []string) bool {
	digits := 0
	for _, c := range typed {
		if r, _ := utf8.DecodeRuneInString(c); !notHex(r) {
			digits++
		}
	}
	return digits > len(typed)/2
}

func parseHex(typed []string) ([sha256.Size]byte, error) {
	var hash [sha256.Size]byte
	for i, c := range typed {
		if r, _ := utf8.DecodeRuneInString(c); notHex(r) {
			return hash, &WordError{i + 1, c}
		}
	}
	if len(typed) != hexDigits {
		return hash, &LengthError{len(typed), hexDigits}
	}
	_, err := hex.Decode(hash[:], []byte(strings.Join(typed, "")))
	return hash, err
}

// join is the inverse of split.
func join(numbers []int) ([sha256.Size]byte, error) {
	bytes := make([]byte, 0, sha256.Size+1)
	bits, pending := 0, 0
	for _, number := range numbers {
		pending = pending<<wordBits | number
		for bits += wordBits; bits >= 8; {
			bits -= 8
			bytes = append(bytes, byte(pending>>bits))
			pending &= 1<<bits - 1
		}
	}
	hash := [sha256.Size]byte(bytes)
	if checksum := sha256.Sum256(hash[:]); checksum[0] != bytes[sha256.Size] {
		return [sha256.Size]byte{}, ErrChecksum
	}
	return hash, nil
}

// Resembles reports whether somebody who typed text meant a fingerprint, right
// or wrong, rather than the name of a file: mostly Chinese characters, or mostly
// hexadecimal digits, and about as many as a fingerprint has.
func Resembles(text string) bool {
	typed, err := characters(text)
	if err != nil || strings.ContainsAny(text, `./\`) {
		return false
	}
	han, digits := 0, 0
	for _, c := range typed {
		r, _ := utf8.DecodeRuneInString(c)
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case !notHex(r):
			digits++
		}
	}
	return han >= Length-6 && han > len(typed)/2 || digits >= hexDigits-8 && digits > len(typed)-4
}

// Differences returns the places, from 1, where the characters of a fingerprint
// that was typed are not those of hash. It returns nil when they are all the
// same, and when the text has another number of characters than a fingerprint.
func Differences(typed string, hash [sha256.Size]byte) []int {
	have, err := characters(typed)
	if err != nil || len(have) != Length {
		return nil
	}
	var places []int
	for i, word := range split(hash) {
		if have[i] != word {
			places = append(places, i+1)
		}
	}
	return places
}

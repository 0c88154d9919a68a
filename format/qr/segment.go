package qr

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// alphabet holds the characters of alphanumeric mode in the order of their
// values (ISO/IEC 18004, table 5).
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// values has the value of every character, or -1 for those that are not in the
// alphabet.
var values = newValues()

func newValues() (values [256]int8) {
	for i := range values {
		values[i] = int8(strings.IndexByte(alphabet, byte(i)))
	}
	return values
}

// The mode indicators (ISO/IEC 18004, table 2), four bits.
const (
	numericMode      = 1
	alphanumericMode = 2
)

// segment is a text with the mode that it is written in. One segment is enough:
// a change of mode costs 28 bits and more, which only a run of more than a dozen
// digits would earn back, and a signed credential has no such runs.
type segment struct {
	mode int
	text string
}

func newSegment(text string) (segment, error) {
	if text == "" {
		return segment{}, ErrEmpty
	}
	mode := numericMode
	for i := range len(text) {
		switch value := values[text[i]]; {
		case value < 0:
			c, _ := utf8.DecodeRuneInString(text[i:])
			return segment{}, fmt.Errorf("%w: %q at byte %d", ErrCharacter, c, i)
		case value > 9:
			mode = alphanumericMode
		}
	}
	return segment{mode: mode, text: text}, nil
}

// countBits is the width of the field that holds the number of characters
// (ISO/IEC 18004, table 3).
func (s segment) countBits(version int) int {
	size := 0
	switch {
	case version >= 27:
		size = 2
	case version >= 10:
		size = 1
	}
	if s.mode == numericMode {
		return 10 + 2*size
	}
	return 9 + 2*size
}

// dataBits is the number of bits that the characters need.
func (s segment) dataBits() int {
	n := len(s.text)
	if s.mode == numericMode {
		return n/3*10 + [3]int{0, 4, 7}[n%3]
	}
	return n/2*11 + n%2*6
}

// version returns the smallest version that holds the segment.
func (s segment) version() (int, error) {
	data := s.dataBits()
	for version := 1; version <= 40; version++ {
		if 4+s.countBits(version)+data <= 8*dataCodewords[version] {
			return version, nil
		}
	}
	return 0, fmt.Errorf("%w: %d characters", ErrTooLong, len(s.text))
}

// codewords returns the data codewords: the segment, the terminator and the
// padding (ISO/IEC 18004, 7.4).
func (s segment) codewords(version int) []byte {
	total := dataCodewords[version]
	bits := bitWriter{bytes: make([]byte, 0, total+8)}
	bits.append(uint64(s.mode), 4)
	bits.append(uint64(len(s.text)), s.countBits(version))
	if s.mode == numericMode {
		s.appendNumeric(&bits)
	} else {
		s.appendAlphanumeric(&bits)
	}
	bits.append(0, min(4, 8*total-bits.length()))
	bits.align()
	for pad := byte(0xec); len(bits.bytes) < total; pad ^= 0xec ^ 0x11 {
		bits.bytes = append(bits.bytes, pad)
	}
	return bits.bytes
}

// appendNumeric writes three digits in ten bits; one or two that are left in
// four or seven.
func (s segment) appendNumeric(bits *bitWriter) {
	for text := s.text; text != ""; {
		group := text[:min(3, len(text))]
		value := uint64(0)
		for i := range len(group) {
			value = value*10 + uint64(group[i]-'0')
		}
		bits.append(value, 1+3*len(group))
		text = text[len(group):]
	}
}

// appendAlphanumeric writes two characters in eleven bits; one that is left in
// six.
func (s segment) appendAlphanumeric(bits *bitWriter) {
	value := func(i int) uint64 { return uint64(values[s.text[i]]) }
	i := 0
	for ; i+2 <= len(s.text); i += 2 {
		bits.append(value(i)*uint64(len(alphabet))+value(i+1), 11)
	}
	if i < len(s.text) {
		bits.append(value(i), 6)
	}
}

// bitWriter packs bits into bytes, most significant first.
type bitWriter struct {
	bytes   []byte
	pending uint64
	count   int
}

// append adds the lowest n bits of value; n is at most 32.
func (w *bitWriter) append(value uint64, n int) {
	w.pending = w.pending<<n | value
	for w.count += n; w.count >= 8; {
		w.count -= 8
		w.bytes = append(w.bytes, byte(w.pending>>w.count))
	}
}

func (w *bitWriter) length() int { return 8*len(w.bytes) + w.count }

// align fills the last byte with zero bits.
func (w *bitWriter) align() {
	if w.count > 0 {
		w.append(0, 8-w.count)
	}
}

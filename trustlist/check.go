package trustlist

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/sig"
)

// KeyRef is a public key as documents carry it: the COSE algorithm number and
// the compressed point (33 bytes). A key of an algorithm that is unknown here
// is kept, skipped and granted nothing; its point may be any bytes.
type KeyRef struct {
	_         struct{} `cbor:",toarray"`
	Algorithm sig.Algorithm
	Point     []byte
}

// NewKeyRef returns the reference to key.
func NewKeyRef(key *sig.PublicKey) KeyRef {
	return KeyRef{Algorithm: key.Algorithm(), Point: key.Compressed()}
}

// maxForeignPoint bounds keys of unknown algorithms; ML-DSA-87 has 2,592 bytes.
const maxForeignPoint = 4096

// public returns the key, or nil without an error when its algorithm is
// unknown.
func (r KeyRef) public() (*sig.PublicKey, error) {
	if !r.Algorithm.Known() {
		if len(r.Point) == 0 || len(r.Point) > maxForeignPoint {
			return nil, fmt.Errorf("key of %d bytes", len(r.Point))
		}
		return nil, nil
	}
	if len(r.Point) != sig.CompressedPointSize {
		return nil, fmt.Errorf("point of %d bytes, not %d", len(r.Point), sig.CompressedPointSize)
	}
	return sig.NewPublicKey(r.Algorithm, r.Point)
}

// compareKeyRefs orders keys by their encoding.
func compareKeyRefs(a, b KeyRef) int { return bytes.Compare(a.identity(), b.identity()) }

// identity tells keys apart: by algorithm (and so curve) and point.
func (r KeyRef) identity() []byte {
	return cborx.AppendBytes(cborx.AppendInt(nil, int64(r.Algorithm)), r.Point)
}

func checkTime(field string, t int64) error {
	if t < earliest || t > latest {
		return invalid(field, "time %d is not from 2020 to 2106", t)
	}
	return nil
}

func checkOptionalTime(field string, t int64) error {
	if t == 0 {
		return nil
	}
	return checkTime(field, t)
}

func checkRegion(field, code string) error {
	if len(code) != 2 || !isDigit(code[0]) || !isDigit(code[1]) {
		return invalid(field, "%q is not two digits", code)
	}
	return nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// checkText holds text that people read to 1 to maximum bytes of UTF-8 without
// control and formatting characters, which could turn a line around or hide a
// part of it.
func checkText(field, text string, maximum int) error {
	if text == "" || len(text) > maximum {
		return invalid(field, "%d bytes, not 1 to %d", len(text), maximum)
	}
	if !utf8.ValidString(text) {
		return invalid(field, "not UTF-8")
	}
	for _, r := range text {
		if hidden(r) {
			return invalid(field, "character U+%04X is not allowed", r)
		}
	}
	return nil
}

// hiddenRanges are the control and formatting characters, written out so that no
// version of Unicode decides what a document may hold.
var hiddenRanges = [...][2]rune{
	{0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad}, {0x061c, 0x061c}, {0x180e, 0x180e},
	{0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffd}, {0xe0000, 0xe0fff},
}

func hidden(r rune) bool {
	for _, bounds := range hiddenRanges {
		if bounds[0] <= r && r <= bounds[1] {
			return true
		}
	}
	return false
}

func checkCount(field string, n, least, most int) error {
	if n < least || n > most {
		return invalid(field, "%d entries, not %d to %d", n, least, most)
	}
	return nil
}

// checkAscending reports the first of items that does not come after the one
// before it.
func checkAscending[T any](field string, items []T, compare func(a, b T) int) error {
	for i := 1; i < len(items); i++ {
		switch order := compare(items[i-1], items[i]); {
		case order == 0:
			return invalid(fmt.Sprintf("%s[%d]", field, i), "occurs twice")
		case order > 0:
			return invalid(fmt.Sprintf("%s[%d]", field, i), "not in order")
		}
	}
	return nil
}

package format

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/internal/norm"
)

// ClassCitizen is the document class of every document that carries the citizen
// identity number: identity card, household register, residence permit.
const ClassCitizen = 1

// Document is an identity document as a holder presents it: its class and its
// number in normal form. The zero value is no document.
type Document struct {
	class  uint8
	number string
}

// NewDocument returns the document of the given class (1 for every document
// with the citizen number, else the WS 364.3 number, at most 99) whose number is
// written as number. The number is brought to its normal form: NFKC, upper case,
// blanks and hyphens dropped; a citizen number of 15 digits becomes 18. What is
// left must be 1 to 32 digits, letters A to Z or ideographs, and a citizen
// number must have its right check digit (GB 11643). Errors are *[ClaimError].
func NewDocument(class uint8, number string) (Document, error) {
	if class < 1 || class > 99 {
		return Document{}, claimError("document class", "%d is not from 1 to 99", class)
	}
	n := normaliseNumber(number)
	if n == "" || utf8.RuneCountInString(n) > 32 {
		return Document{}, claimError("document number", "%d characters, 1 to 32", utf8.RuneCountInString(n))
	}
	for _, r := range n {
		if !isNumberCharacter(r) {
			return Document{}, claimError("document number", "character %U", r)
		}
	}
	if class == ClassCitizen {
		var ok bool
		if n, ok = citizenNumber(n); !ok {
			return Document{}, claimError("document number", "not a citizen number, or wrong check digit")
		}
	}
	return Document{class, n}, nil
}

// Format implements [fmt.Formatter] for every verb, without the number.
func (d Document) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "document of class %d", d.class)
}

// Class returns the document class.
func (d Document) Class() uint8 { return d.class }

// Number returns the number in normal form. It is personal data.
func (d Document) Number() string { return d.number }

// LastTwo returns the last two characters of the number; a number of one
// character is given a leading 0.
func (d Document) LastTwo() string {
	if utf8.RuneCountInString(d.number) < 2 {
		return "0" + d.number
	}
	_, last := utf8.DecodeLastRuneInString(d.number)
	_, before := utf8.DecodeLastRuneInString(d.number[:len(d.number)-last])
	return d.number[len(d.number)-last-before:]
}

// isNumberCharacter reports whether r may stand in a document number: digits,
// capital letters and ideographs (military papers). The ranges are fixed rather
// than taken from a Unicode table, whose version would then decide what a code
// may say.
func isNumberCharacter(r rune) bool {
	switch {
	case '0' <= r && r <= '9', 'A' <= r && r <= 'Z', r == 0x3007:
		return true
	case 0x3400 <= r && r <= 0x4dbf, 0x4e00 <= r && r <= 0x9fff, 0xf900 <= r && r <= 0xfaff:
		return true
	}
	return 0x20000 <= r && r <= 0x3fffd
}

func normaliseNumber(number string) string {
	plain := number != ""
	for i := range len(number) {
		c := number[i]
		plain = plain && (isDigit(c) || 'A' <= c && c <= 'Z')
	}
	if plain {
		return number
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Pd, r):
			return -1
		case 'a' <= r && r <= 'z': // and no others: languages disagree on ß and ı
			return r - 'a' + 'A'
		}
		return r
	}, norm.NFKC(number))
}

// citizenNumber returns the 18 characters of a citizen number given with 15 or
// 18, and whether its check digit (ISO 7064 MOD 11-2) is right. A 15-digit
// number has none; its century is the twentieth.
func citizenNumber(n string) (string, bool) {
	for i := range len(n) {
		if !isDigit(n[i]) && !(i == 17 && n[i] == 'X') {
			return "", false
		}
	}
	switch len(n) {
	case 15:
		n = n[:6] + "19" + n[6:]
		return n + string(checkDigit(n)), true
	case 18:
		return n, n[17] == checkDigit(n)
	}
	return "", false
}

func checkDigit(n string) byte {
	sum := 0
	for i := range 17 {
		weight := 1 << (17 - i) % 11
		sum += int(n[i]-'0') * weight
	}
	return "10X98765432"[sum%11]
}

// HolderTag returns the tag that ties the credential with the given issuer and
// reference to a document: the first 2 bytes of HMAC-SHA-256, keyed with the
// CBOR of [iss, list, index], over the first 2 bytes of SHA-256 over the CBOR of
// ["tongxing/holder/1", class, number]. Two bytes are enough to tell a stranger's
// document from the holder's and too few to find the number from the tag.
func HolderTag(issuer string, ref Ref, document Document) [2]byte {
	var keyBuffer [32]byte
	key := cborx.AppendText(cborx.AppendArray(keyBuffer[:0], 3), issuer)
	key = cborx.AppendUint(cborx.AppendUint(key, uint64(ref.List)), uint64(ref.Index))

	var messageBuffer [160]byte
	message := cborx.AppendText(cborx.AppendArray(messageBuffer[:0], 3), "tongxing/holder/1")
	message = cborx.AppendUint(message, uint64(document.class))
	message = cborx.AppendText(message, document.number)
	digest := sha256.Sum256(message)

	mac := hmacSHA256(key, digest[:2])
	return [2]byte(mac[:])
}

// hmacSHA256 is HMAC-SHA-256 (RFC 2104) for a key of at most one block and a
// message of at most two bytes. crypto/hmac gives the same, which a test holds,
// with six allocations; a tag is made for every credential that is issued.
func hmacSHA256(key, message []byte) [sha256.Size]byte {
	var inner [sha256.BlockSize + 2]byte
	var outer [sha256.BlockSize + sha256.Size]byte
	copy(inner[:], key)
	copy(outer[:], key)
	for i := range sha256.BlockSize {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	n := copy(inner[sha256.BlockSize:], message)
	digest := sha256.Sum256(inner[:sha256.BlockSize+n])
	copy(outer[sha256.BlockSize:], digest[:])
	return sha256.Sum256(outer[:])
}

// NewHolder returns the holder claim for a person's full name and document in
// the credential with the given issuer and reference. The error is a
// *[ClaimError].
func NewHolder(issuer string, ref Ref, name string, document Document) (Holder, error) {
	if document.number == "" {
		return Holder{}, claimError("document number", "missing")
	}
	masked, err := MaskName(name)
	if err != nil {
		return Holder{}, err
	}
	return Holder{
		Name:    masked,
		Class:   document.class,
		LastTwo: document.LastTwo(),
		Tag:     HolderTag(issuer, ref, document),
	}, nil
}

// Matches reports whether document is the holder's, as far as the credential can
// tell: class, last two characters and tag agree. Chance agreement is about 1 in
// 33,000 for a document with the same class and last two characters: a number and
// a tag of 2 bytes each can agree (spec/privacy.md, section 2).
func (c *Credential) Matches(document Document) bool {
	return c.Holder.Class == document.class &&
		c.Holder.LastTwo == document.LastTwo() &&
		c.Holder.Tag == HolderTag(c.Issuer, c.Ref, document)
}

package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// exampleNumber is a citizen number in a county code that was never assigned.
var exampleNumber = withCheckCharacter("33999919900307001")

// withCheckCharacter appends the check character of GB 11643 to 17 digits.
func withCheckCharacter(digits string) string {
	sum := 0
	for i, d := range digits {
		weight := 1
		for range 17 - i {
			weight = weight * 2 % 11
		}
		sum += weight * int(d-'0')
	}
	return digits + string("10X98765432"[sum%11])
}

var errRefused = errors.New("refused")

// normaliseNumber is section 11 of credential.md.
func normaliseNumber(class uint64, number string) (string, error) {
	number = strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || unicode.Is(unicode.Pd, c) {
			return -1
		}
		if c >= 'a' && c <= 'z' {
			return c - 'a' + 'A'
		}
		return c
	}, norm.NFKC.String(number))
	characters := []rune(number)
	if len(characters) < 1 || len(characters) > 32 {
		return "", errRefused
	}
	for _, c := range characters {
		plain := c >= '0' && c <= '9' || c >= 'A' && c <= 'Z'
		if !plain && !ideograph(c) {
			return "", errRefused
		}
	}
	if class != 1 {
		return number, nil
	}
	if len(number) == 15 && onlyDigits(number) {
		number = withCheckCharacter(number[:6] + "19" + number[6:])
	}
	if len(number) != 18 || !onlyDigits(number[:17]) || withCheckCharacter(number[:17]) != number {
		return "", errRefused
	}
	return number, nil
}

func ideograph(c rune) bool {
	return c == 0x3007 || c >= 0x3400 && c <= 0x4dbf || c >= 0x4e00 && c <= 0x9fff ||
		c >= 0xf900 && c <= 0xfaff || c >= 0x20000 && c <= 0x3fffd
}

func onlyDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func lastTwo(number string) string {
	characters := append([]rune{'0'}, []rune(number)...)
	return string(characters[len(characters)-2:])
}

// holderTag ties a document to one credential.
func holderTag(class uint64, number, iss string, list, index uint64) []byte {
	v := sha256.Sum256(arrayOf(textOf("tongxing/holder/1"), uintOf(class), textOf(number)))
	mac := hmac.New(sha256.New, arrayOf(textOf(iss), uintOf(list), uintOf(index)))
	mac.Write(v[:2])
	return mac.Sum(nil)[:2]
}

// Files of derived values: each is a requirement list and its cases.

type derivedFile struct {
	Comment     string   `json:"comment"`
	Requirement []string `json:"requirement"`
	Cases       any      `json:"cases"`
}

type tagCase struct {
	Class  uint64 `json:"class"`
	Number string `json:"number"`
	Issuer string `json:"iss"`
	List   uint64 `json:"list"`
	Index  uint64 `json:"index"`
	Tag    string `json:"tag"`
}

type numberCase struct {
	DocumentType string `json:"document_type"`
	Class        uint64 `json:"class"`
	Number       string `json:"number"`
	Normalised   string `json:"normalised,omitempty"` // empty: refused
	LastTwo      string `json:"last_two,omitempty"`
}

type nameCase struct {
	Name   string `json:"name"`
	Masked string `json:"masked,omitempty"` // empty: refused
}

type thumbprintCase struct {
	Algorithm  int64  `json:"algorithm"`
	X          string `json:"x"`
	Y          string `json:"y"`
	Thumbprint string `json:"thumbprint"`
	KID        string `json:"kid"`
}

func derivedFiles() (map[string][]byte, error) {
	fingerprints, err := fingerprintCases()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for name, file := range map[string]derivedFile{
		"tags.json":         {"Holder tags (核对标记)", []string{"CRED-85"}, tagCases()},
		"numbers.json":      {"Document numbers; without normalised the number is refused", []string{"CRED-80", "CRED-81", "CRED-82", "CRED-83", "CRED-84"}, numberCases()},
		"names.json":        {"Masked names; without masked the name is refused", []string{"CRED-90", "CRED-91", "CRED-92", "CRED-93"}, nameCases()},
		"thumbprints.json":  {"Key thumbprints and kids", []string{"SIG-20", "SIG-21"}, thumbprintCases()},
		"fingerprints.json": {"Hashes as Chinese characters; without hash the text is refused, at the character wrong if one is in no list", []string{"TRUST-120", "TRUST-121"}, fingerprints},
	} {
		content, err := marshal(file)
		if err != nil {
			return nil, err
		}
		files[name] = content
	}
	return files, nil
}

func tagCases() []tagCase {
	var cases []tagCase
	for _, c := range []tagCase{
		{Class: 1, Number: exampleNumber, Issuer: "33", List: 7936, Index: 4051238},
		{Class: 1, Number: exampleNumber, Issuer: "33", List: 7936, Index: 4051239},
		{Class: 1, Number: exampleNumber, Issuer: "41", List: 7936, Index: 4051238},
		{Class: 1, Number: exampleNumber, Issuer: "00", List: 0, Index: 0},
		{Class: 1, Number: exampleNumber, Issuer: "33", List: 264703, Index: 4294967295},
		{Class: 3, Number: "E12345678", Issuer: "46", List: 7937, Index: 23},
		{Class: 4, Number: "军字第0123456号", Issuer: "11", List: 7936, Index: 24},
		{Class: 99, Number: "7", Issuer: "81", List: 8191, Index: 65536},
	} {
		c.Tag = hex.EncodeToString(holderTag(c.Class, c.Number, c.Issuer, c.List, c.Index))
		cases = append(cases, c)
	}
	return cases
}

func numberCases() []numberCase {
	wrong := exampleNumber[:17] + strconv.Itoa((int(exampleNumber[17]-'0')+1)%10)
	var cases []numberCase
	for _, c := range []numberCase{
		{DocumentType: "01", Class: 1, Number: exampleNumber},
		{DocumentType: "02", Class: 1, Number: exampleNumber},
		{DocumentType: "01", Class: 1, Number: "３３９９９９１９９００３０７" + exampleNumber[14:]},
		{DocumentType: "01", Class: 1, Number: strings.ToLower(withCheckX())},
		{DocumentType: "01", Class: 1, Number: "339999900307001"},
		{DocumentType: "01", Class: 1, Number: wrong},
		{DocumentType: "01", Class: 1, Number: exampleNumber[:17]},
		{DocumentType: "01", Class: 1, Number: "E12345678"},
		{DocumentType: "03", Class: 3, Number: "e12345678"},
		{DocumentType: "03", Class: 3, Number: "E1234-5678"},
		{DocumentType: "03", Class: 3, Number: "E1234 5678"},
		{DocumentType: "03", Class: 3, Number: "Ｅ12345678"},
		{DocumentType: "03", Class: 3, Number: "7"},
		{DocumentType: "03", Class: 3, Number: ""},
		{DocumentType: "03", Class: 3, Number: strings.Repeat("A", 32)},
		{DocumentType: "03", Class: 3, Number: strings.Repeat("A", 33)},
		{DocumentType: "04", Class: 4, Number: "军字第0123456号"},
		{DocumentType: "06", Class: 6, Number: "H01234567"},
		{DocumentType: "07", Class: 7, Number: "01234567"},
		{DocumentType: "99", Class: 99, Number: "ab12"},
		{DocumentType: "99", Class: 99, Number: "军字第1号"},
		{DocumentType: "99", Class: 99, Number: "\U000323b01"},
		{DocumentType: "01", Class: 1, Number: "339999 19900307 001X"},
		{DocumentType: "01", Class: 1, Number: "军" + exampleNumber[1:]},
		{DocumentType: "03", Class: 3, Number: "E12.345"},
		{DocumentType: "03", Class: 3, Number: "É12345"},
		{DocumentType: "03", Class: 3, Number: "ß12345"},
		{DocumentType: "03", Class: 3, Number: "ı12345"},
		{DocumentType: "03", Class: 3, Number: "İ12345"},
		{DocumentType: "03", Class: 3, Number: "i12345"},
		{DocumentType: "03", Class: 3, Number: "\u017f\u212a12345"},
		{DocumentType: "03", Class: 3, Number: "ﬀ12345"},
		{DocumentType: "03", Class: 3, Number: "\ufeffE12345"},
		{DocumentType: "03", Class: 3, Number: "E\u030112345"},
		{DocumentType: "04", Class: 4, Number: "\u5188\u20000"},
		{DocumentType: "04", Class: 4, Number: "\uf900\u3007"},
		{DocumentType: "03", Class: 3, Number: strings.Repeat("\U00020000", 32)},
		{DocumentType: "03", Class: 3, Number: strings.Repeat("\U00020000", 33)},
	} {
		if n, err := normaliseNumber(c.Class, c.Number); err == nil {
			c.Normalised, c.LastTwo = n, lastTwo(n)
		}
		cases = append(cases, c)
	}
	return cases
}

// withCheckX finds a number of the example county whose check character is X.
func withCheckX() string {
	for n := 0; ; n++ {
		number := withCheckCharacter("339999199003071" + strconv.Itoa(10+n))
		if strings.HasSuffix(number, "X") {
			return number
		}
	}
}

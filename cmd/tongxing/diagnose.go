package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"unicode"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/format/cose"
)

// diagnose writes a credential in diagnostic notation (RFC 8949 section 8; RFC
// 8610 appendix G for the embedded CBOR), with the characters of its texts as
// they are.
func diagnose(data []byte) (string, error) {
	notation, err := escapedDiagnosis(data)
	if err != nil {
		return "", err
	}
	return unescape(notation), nil
}

// escape is an escape of diagnostic notation; a pair of surrogates is one.
var escape = regexp.MustCompile(`\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.`)

// unescape writes printable characters for their escapes, which stand nowhere
// but in texts. Others stay escaped: they could steer a terminal.
func unescape(notation string) string {
	return escape.ReplaceAllStringFunc(notation, func(found string) string {
		var character string
		if json.Unmarshal([]byte(`"`+found+`"`), &character) != nil || found[1] != 'u' {
			return found
		}
		if r, _ := utf8.DecodeRuneInString(character); r == utf8.RuneError || !unicode.IsPrint(r) || r < utf8.RuneSelf {
			return found
		}
		return character
	})
}

// escapedDiagnosis is diagnose as the library writes texts: in ASCII.
func escapedDiagnosis(data []byte) (string, error) {
	m, err := cose.ParseSign1(data)
	if err != nil {
		return cbor.Diagnose(data)
	}
	mode, err := cbor.DiagOptions{}.DiagMode()
	if err != nil {
		return "", err
	}
	var parts [4]cbor.RawMessage
	var tag cbor.RawTag
	if err := cbor.Unmarshal(data, &tag); err != nil {
		return "", err
	}
	if err := cbor.Unmarshal(tag.Content, &parts); err != nil {
		return "", err
	}
	var protected []byte
	if err := cbor.Unmarshal(parts[0], &protected); err != nil {
		return "", err
	}
	header, err := mode.Diagnose(protected)
	if err != nil {
		return "", err
	}
	payload, err := mode.Diagnose(m.UnverifiedPayload())
	if err != nil {
		return "", err
	}
	signature, err := mode.Diagnose(parts[3])
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("18([<< %s >>, {}, << %s >>, %s])", header, payload, signature), nil
}

package tokenstatus

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// maxMembers bounds the members of an object: more than any header or claims set
// has that means something to somebody.
const maxMembers = 64

var (
	errJSON   = errors.New("not a JSON object")
	errTwice  = errors.New("member stands twice")
	errBase64 = errors.New("not base64url in its one form")
)

// object is a JSON object, its members as they stand in the text.
type object map[string]json.RawMessage

// readObject reads a JSON object (RFC 8259). encoding/json would keep the last of
// two members of a name, and find a name in any case.
func readObject(data []byte) (object, error) {
	if !utf8.Valid(data) || !json.Valid(data) {
		return nil, errJSON
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, errJSON
	}
	o := object{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, errJSON
		}
		name, isText := token.(string)
		var value json.RawMessage
		if err := d.Decode(&value); err != nil || !isText || len(o) == maxMembers {
			return nil, errJSON
		}
		if o.has(name) {
			return nil, fmt.Errorf("%w: %q", errTwice, name)
		}
		o[name] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, errJSON
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errJSON
	}
	return o, nil
}

func (o object) has(name string) bool {
	_, there := o[name]
	return there
}

// text returns a member that has to be a string.
func (o object) text(name string) (string, error) {
	var text *string
	if err := json.Unmarshal(o[name], &text); err != nil || text == nil {
		return "", fmt.Errorf("%s is not a text", name)
	}
	return *text, nil
}

// integer returns a member that has to be a number without a fraction.
func (o object) integer(name string) (int64, error) {
	n, err := strconv.ParseInt(string(o[name]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s is not an integer", name)
	}
	return n, nil
}

// encode64 is base64url without padding.
func encode64(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// decode64 reads base64url without padding (RFC 7515 section 2). Bytes have one
// form: the decoder of the standard library passes over line ends, which the
// comparison refuses.
func decode64(text string) ([]byte, error) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || encode64(data) != text {
		return nil, errBase64
	}
	return data, nil
}

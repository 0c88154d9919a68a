package service

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// withoutContent says where a JSON text does not fit, without what stands there:
// encoding/json repeats a value that is out of range, and the byte that it stops at.
func withoutContent(err error) error {
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &wrong):
		return fmt.Errorf("%s is out of range or of another type", wrong.Field)
	case errors.As(err, &syntax):
		return fmt.Errorf("not JSON from byte %d on, or cut off there", syntax.Offset)
	}
	return err
}

// uniqueNames returns an error when an object of a JSON text has two members of
// one name. What is no JSON is left to the reader.
func uniqueNames(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var names []map[string]bool // of the objects that are open; nil for an array
	var wantName []bool
	for {
		token, err := decoder.Token()
		if err != nil {
			return nil // the end, or not JSON
		}
		depth := len(names)
		switch {
		case token == json.Delim('{'):
			names, wantName = append(names, map[string]bool{}), append(wantName, true)
			continue
		case token == json.Delim('['):
			names, wantName = append(names, nil), append(wantName, false)
			continue
		case token == json.Delim('}'), token == json.Delim(']'):
			names, wantName = names[:depth-1], wantName[:depth-1]
		case depth > 0 && wantName[depth-1]:
			name, _ := token.(string)
			if names[depth-1][name] {
				return errTwice
			}
			names[depth-1][name], wantName[depth-1] = true, false
			continue
		}
		if depth := len(names); depth > 0 && names[depth-1] != nil {
			wantName[depth-1] = true // a value ended; a name comes next
		}
	}
}

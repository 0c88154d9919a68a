package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

var errNotExact = errors.New("not one value, or a name that stands twice or in other letters")

// within is an object or array that is being read.
type within struct {
	names map[string]bool // so far, of an object; nil for an array
	named bool            // a name comes next, or the end
}

// name notes a name of the object.
func (w *within) name(name string) error {
	if w.names[name] || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return errNotExact
	}
	w.names[name], w.named = true, false
	return nil
}

// exact returns an error unless data is one JSON value in which every name is of small
// letters and stands once in its object: encoding/json takes "CODES" for "codes", and
// of two values the last.
func exact(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	var open []within
	for values := 0; ; {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF) && values == 1 && len(open) == 0:
			return nil
		case errors.Is(err, io.EOF):
			return errNotExact
		case err != nil:
			return err
		}
		inner := len(open) - 1
		if name, ok := token.(string); ok && inner >= 0 && open[inner].named {
			if err := open[inner].name(name); err != nil {
				return err
			}
			continue
		}
		switch token {
		case json.Delim('{'):
			open = append(open, within{map[string]bool{}, true})
			continue
		case json.Delim('['):
			open = append(open, within{})
			continue
		case json.Delim('}'), json.Delim(']'):
			open = open[:inner]
		}
		if len(open) == 0 { // a value has ended
			values++
		} else {
			open[len(open)-1].named = open[len(open)-1].names != nil
		}
	}
}

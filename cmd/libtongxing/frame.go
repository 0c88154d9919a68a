package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"github.com/tongxing/tongxing/verifier"
)

// hashDigits is the length of an anchor that is a hash in hexadecimal.
const hashDigits = 64

// loading is what tongxing_load is given.
type loading struct {
	at                     int64 // Unix seconds
	anchor, bundle, memory []byte
}

// frame returns the request frame.
func (l loading) frame() ([]byte, error) {
	type part struct {
		Name   string `json:"name"`
		Length int    `json:"length"`
	}
	header := struct {
		Operation string `json:"op"`
		At        string `json:"at"`
		Anchor    string `json:"anchor,omitempty"`
		Parts     []part `json:"parts"`
	}{Operation: "load", At: timeText(l.at)}
	var body []byte
	add := func(name string, data []byte) {
		header.Parts = append(header.Parts, part{name, len(data)})
		body = append(body, data...)
	}
	add("bundle", l.bundle)
	if len(l.anchor) == hashDigits {
		header.Anchor = string(l.anchor)
	} else {
		add("anchor", l.anchor)
	}
	if l.memory != nil { // C's NULL; an empty one is damaged
		add("memory", l.memory)
	}
	line, err := json.Marshal(header)
	if err != nil {
		return nil, err
	}
	return append(append(line, '\n'), body...), nil
}

// verifying is what tongxing_verify is given.
type verifying struct {
	at     int64 // Unix seconds
	code   string
	class  uint32
	region string
	kind   string // of document
	number string
	name   string
}

type venueJSON struct {
	Class  uint32 `json:"class,omitempty"`
	Region string `json:"region,omitempty"`
}

type presentedJSON struct {
	Type   string `json:"document_type,omitempty"`
	Number string `json:"number,omitempty"`
	Name   string `json:"name,omitempty"`
}

// frame returns the request frame.
func (v verifying) frame() ([]byte, error) {
	header := struct {
		Operation string         `json:"op"`
		Code      string         `json:"code"`
		At        string         `json:"at"`
		Venue     *venueJSON     `json:"venue,omitempty"`
		Presented *presentedJSON `json:"presented,omitempty"`
	}{Operation: "verify", Code: v.code, At: timeText(v.at)}
	if venue := (venueJSON{v.class, v.region}); venue != (venueJSON{}) {
		header.Venue = &venue
	}
	if presented := (presentedJSON{v.kind, v.number, v.name}); presented != (presentedJSON{}) {
		header.Presented = &presented
	}
	return json.Marshal(header)
}

// maxTime is the last second that RFC 3339 can write.
var maxTime = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).Unix()

// isTime tells whether a time of C's can be written.
func isTime(at int64) bool { return at >= 0 && at <= maxTime }

func timeText(at int64) string { return time.Unix(at, 0).UTC().Format(time.RFC3339) }

// accepted begins every response to a request that was not refused.
var accepted = []byte(`{"ok":true`)

func isAccepted(response []byte) bool { return bytes.HasPrefix(response, accepted) }

// verdictStart and verdictEnd stand around the bytes of a verdict.
var verdictStart, verdictEnd = []byte(`{"ok":true,"verdict":`), []byte("}")

var errNoVerdict = errors.New("a response without a verdict")

// verdictOf cuts the verdict out of the response to a verify, which stays as it is,
// and says what it comes to.
func verdictOf(response []byte) ([]byte, verifier.Outcome, error) {
	verdict, begins := bytes.CutPrefix(response, verdictStart)
	verdict, ends := bytes.CutSuffix(verdict, verdictEnd)
	if !begins || !ends {
		return nil, verifier.Unverified, errNoVerdict
	}
	var said struct {
		Outcome string `json:"outcome"`
	}
	if err := json.Unmarshal(verdict, &said); err != nil {
		return nil, verifier.Unverified, err
	}
	for _, outcome := range []verifier.Outcome{verifier.Pass, verifier.Restricted, verifier.Check} {
		if outcome.String() == said.Outcome {
			return verdict, outcome, nil
		}
	}
	return verdict, verifier.Unverified, nil
}

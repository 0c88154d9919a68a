package binding

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/tongxing/tongxing/internal/jsontext"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier"
)

const (
	// MaxHeader is the most bytes of a request's JSON: above [MaxTogether] of the
	// longest codes.
	MaxHeader = 1 << 20
	// MaxBody is the most bytes behind it.
	MaxBody = trustlist.MaxBundle + trustlist.MaxMemory + maxAnchor
	// MaxTogether is how many codes one person may show.
	MaxTogether = 64

	maxAnchor = 1 << 16 // bytes of a root document given as anchor
)

// request is a request frame, decoded.
type request struct {
	operation *operation
	given     []string // names of the members, op aside

	at, known    time.Time
	code         string
	codes        []string
	context      verifier.Context
	document     document
	explain      string // language, "" for no explanation
	anchor       string // hash in hexadecimal
	status       trustlist.StatusChoice
	listRequired bool
	parts        map[string][]byte
	lengths      []part
}

// part is a piece of the body as the header names it.
type part struct {
	name   string
	length uint64
}

type document struct{ kind, number, name string }

// operation is what a host can ask for. No other member than these may be there.
type operation struct {
	needs, takes []string
	parts        []string
	run          func(*Instance, *request) ([]byte, *problem)
}

var operations = map[string]*operation{
	"version":  {run: version},
	"warm":     {run: warm},
	"load":     {needs: []string{"at", "parts"}, takes: []string{"anchor", "known", "regions", "status_list_required"}, parts: []string{"anchor", "bundle", "memory"}, run: (*Instance).load},
	"stored":   {run: (*Instance).stored},
	"inspect":  {needs: []string{"at"}, run: (*Instance).inspect},
	"venues":   {run: (*Instance).venues},
	"verify":   {needs: []string{"at", "code"}, takes: []string{"venue", "presented", "explain"}, run: (*Instance).verify},
	"together": {needs: []string{"at", "codes"}, takes: []string{"venue", "presented", "explain"}, run: (*Instance).together},
	"frame":    {needs: []string{"code"}, run: (*Instance).frame},
}

// parseRequest splits a frame, reads its header, and cuts the body into the parts
// that the header names, which are slices of data.
func parseRequest(data []byte) (*request, *problem) {
	header, body, _ := bytes.Cut(data, []byte{'\n'})
	if len(header) > MaxHeader || len(body) > MaxBody {
		return nil, &problem{name: "too_large", detail: fmt.Sprintf("%d bytes of JSON and %d behind it, at most %d and %d", len(header), len(body), MaxHeader, MaxBody)}
	}
	r, p := parseHeader(header)
	if p != nil {
		return nil, p
	}
	return r, r.cut(body)
}

func parseHeader(header []byte) (*request, *problem) {
	r := &request{}
	reading := reading{Reader: jsontext.NewReader(header), request: r}
	var name *string
	reading.Object(func(member string) {
		if member == "op" {
			op := reading.Text()
			name = &op
			return
		}
		r.given = append(r.given, member)
		reading.member(member)
	})
	if end := reading.End(); reading.problem == nil && end != nil {
		reading.refuse("malformed", end.Field, end.Error())
	}
	switch {
	case name != nil && reading.problem.allows() && operations[*name] == nil:
		return nil, &problem{name: "unknown_operation", member: "op", detail: fmt.Sprintf("%.40q", *name)}
	case reading.problem != nil:
		return nil, reading.problem
	case name == nil:
		return nil, &problem{name: "member_missing", member: "op"}
	}
	r.operation = operations[*name]
	r.context = presented(r.document, r.context)
	return r, r.operation.check(r.given)
}

// presented joins what the person presents with where the code is shown.
func presented(d document, venue verifier.Context) verifier.Context {
	context := verifier.Presented(d.kind, d.number, d.name)
	context.Class, context.Region = venue.Class, venue.Region
	return context
}

// check holds the members that were given to those that the operation knows.
func (o *operation) check(given []string) *problem {
	for _, member := range given {
		if !contains(o.needs, member) && !contains(o.takes, member) {
			return &problem{name: "unknown_member", member: shown(member)}
		}
	}
	for _, member := range o.needs {
		if !contains(given, member) {
			return &problem{name: "member_missing", member: member}
		}
	}
	return nil
}

// shown is a name that a stranger gave, at a length that fits into an answer.
func shown(name string) string {
	const most = 64
	if len(name) > most {
		return strings.ToValidUTF8(name[:most], "")
	}
	return name
}

// cut gives every part its bytes. Together they are the body.
func (r *request) cut(body []byte) *problem {
	r.parts = make(map[string][]byte, len(r.lengths))
	for _, part := range r.lengths {
		switch _, twice := r.parts[part.name]; {
		case !contains(r.operation.parts, part.name):
			return &problem{name: "member_invalid", member: "parts.name", detail: fmt.Sprintf("%.40q", part.name)}
		case twice:
			return &problem{name: "parts_mismatch", member: "parts.name", detail: part.name + " stands twice"}
		case part.length > uint64(len(body)):
			return &problem{name: "parts_mismatch", member: "parts.length", detail: fmt.Sprintf("%s: %d bytes, %d follow", part.name, part.length, len(body))}
		}
		r.parts[part.name], body = body[:part.length:part.length], body[part.length:]
	}
	if len(body) > 0 {
		return &problem{name: "parts_mismatch", detail: fmt.Sprintf("%d bytes behind the last part", len(body))}
	}
	return nil
}

func contains(names []string, name string) bool {
	for _, one := range names {
		if one == name {
			return true
		}
	}
	return false
}

package binding

import (
	"strings"
	"time"

	"github.com/tongxing/tongxing/internal/jsontext"
	"github.com/tongxing/tongxing/trustlist"
)

const (
	maxParts   = 8
	maxRegions = 100 // there are no more numbers of two digits
)

// reading reads the members of a header into a request.
type reading struct {
	*jsontext.Reader
	request *request
	problem *problem // the first
}

// refuse notes a problem and lets the reading stop.
func (r *reading) refuse(name, member, detail string) {
	if r.problem == nil {
		r.problem = &problem{name: name, member: shown(member), detail: detail}
	}
	r.Fail(name)
}

func (r *reading) invalid(member, detail string) { r.refuse("member_invalid", member, detail) }

// member reads one member of the header. A name that no operation knows ends the
// reading: how to pass over its value is not known either.
func (r *reading) member(name string) {
	q := r.request
	switch name {
	case "at":
		q.at = r.time(name)
	case "known":
		q.known = r.time(name)
	case "code":
		q.code = r.Text()
	case "codes":
		if r.Array(r.code); len(q.codes) == 0 {
			r.invalid(name, "no code")
		}
	case "venue":
		r.Object(r.venue)
	case "presented":
		r.Object(r.presented)
	case "explain":
		if q.explain = r.Text(); q.explain != "zh" && q.explain != "en" {
			r.invalid(name, "neither zh nor en")
		}
	case "anchor":
		q.anchor = r.Text()
	case "regions":
		r.regions()
	case "status_list_required":
		q.listRequired = r.Bool()
	case "parts":
		r.Array(r.part)
	default:
		r.refuse("unknown_member", name, "")
	}
}

// time reads a time of RFC 3339.
func (r *reading) time(name string) time.Time {
	t, err := time.Parse(time.RFC3339, r.Text())
	if err != nil {
		r.invalid(name, "not a time of RFC 3339")
	}
	return t
}

func (r *reading) code() {
	if r.request.codes = append(r.request.codes, r.Text()); len(r.request.codes) > MaxTogether {
		r.invalid("codes", "more codes than one person may show")
	}
}

func (r *reading) venue(name string) {
	context := &r.request.context
	switch name {
	case "class":
		class := r.Uint()
		if context.Class = uint16(class); class > 1<<16-1 {
			r.invalid("venue.class", "above 65535")
		}
	case "region":
		if context.Region = r.Text(); context.Region != "" && !isRegion(context.Region) {
			r.invalid("venue.region", "not two digits")
		}
	default:
		r.refuse("unknown_member", "venue."+name, "")
	}
}

func isRegion(code string) bool {
	return len(code) == 2 && strings.Trim(code, "0123456789") == ""
}

func (r *reading) presented(name string) {
	switch document := &r.request.document; name {
	case "document_type":
		document.kind = r.Text()
	case "number":
		document.number = r.Text()
	case "name":
		document.name = r.Text()
	default:
		r.refuse("unknown_member", "presented."+name, "")
	}
}

// regions reads of which regions status lists are carried.
func (r *reading) regions() {
	var codes []string
	r.Array(func() {
		if codes = append(codes, r.Text()); len(codes) > maxRegions {
			r.invalid("regions", "more than there are")
		}
	})
	text := "none"
	if len(codes) > 0 {
		text = strings.Join(codes, ",")
	}
	choice, err := trustlist.ParseStatusChoice(text)
	if err != nil || len(codes) > 0 && choice.All() {
		r.invalid("regions", "neither empty nor codes of two digits, each once")
	}
	r.request.status = choice
}

func (r *reading) part() {
	var p part
	r.Object(func(name string) {
		switch name {
		case "name":
			p.name = r.Text()
		case "length":
			p.length = r.Uint()
		default:
			r.refuse("unknown_member", "parts."+name, "")
		}
	})
	if r.request.lengths = append(r.request.lengths, p); len(r.request.lengths) > maxParts {
		r.invalid("parts", "more than there are")
	}
}

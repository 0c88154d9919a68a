package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tongxing/tongxing/trustlist"
)

// MaxText bounds the JSON of a policy or an overlay, in bytes.
const MaxText = 8 << 20

// maxDepth bounds how deep the JSON of a policy nests.
const maxDepth = 64

// Text is where things stand in the JSON of a policy or an overlay.
type Text struct {
	data    []byte
	offsets map[string]int // of the value at a path
	overlay bool
}

// Position is a place in a text, both from 1; a column counts characters.
type Position struct{ Line, Column int }

// Read finds the places of everything in the JSON of a policy or an overlay, and
// the names that no policy has. It is not for judging the content: that is
// [Policy]'s and [Overlay]'s. A text that is no JSON has one fault, Syntax, whose
// Detail says where.
func Read(data []byte) (*Text, []Fault) {
	t := &Text{data: data, offsets: map[string]int{}}
	if len(data) > MaxText {
		return t, []Fault{{What: Syntax, Detail: fmt.Sprintf("%d bytes", len(data))}}
	}
	r := reading{text: t, decoder: json.NewDecoder(bytes.NewReader(data))}
	err := r.value("", 0)
	if err == nil {
		if _, more := r.decoder.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something stands behind the value")
		}
	}
	if err != nil {
		t.offsets[""] = int(r.decoder.InputOffset())
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			t.offsets[""] = int(syntax.Offset)
		}
		return t, []Fault{{What: Syntax, Detail: err.Error(), Err: err}}
	}
	return t, r.faults
}

// IsOverlay reports whether the text has what overlays alone have: a demand, or
// a region.
func (t *Text) IsOverlay() bool { return t.overlay }

// Position returns where the value at a path stands, or the nearest thing around
// it that is in the text.
func (t *Text) Position(path string) Position {
	offset, ok := t.offsets[path]
	for !ok && path != "" {
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
		offset, ok = t.offsets[path]
	}
	before := t.data[:min(offset, len(t.data))]
	line := bytes.Count(before, []byte("\n")) + 1
	return Position{line, len([]rune(string(before[bytes.LastIndexByte(before, '\n')+1:]))) + 1}
}

// PathAt returns the path of the value that was read when so many bytes of the
// text were, "" for none.
func (t *Text) PathAt(offset int) string {
	found, begins := "", -1
	for path, at := range t.offsets {
		if at < offset && (at > begins || at == begins && len(path) > len(found)) {
			found, begins = path, at
		}
	}
	return found
}

// fields are the names that an object can have, by the path of the object with
// its indices left out.
var fields = map[string][]string{
	"":                        {"kind", "region", "version", "issued", "due", "editions", "rules", "names"},
	"editions":                {"effective_from", "emergency_until", "ladder", "classes"},
	"editions.ladder":         {"fresh", "short_lived", "all"},
	"editions.classes":        {"class", "floor", "ceiling", "demand"},
	"editions.classes.demand": {"pass", "check", "restrict", "no_status", "requirement", "no_list"},
	"requirement":             {"op", "arguments", "of"},
	"rules":                   {"number", "name", "text", "states", "longest_seconds", "from", "until"},
	"names":                   {"table", "number", "zh", "en"},
}

// object returns the kind of object at a path: a key of fields.
func object(path []string) string {
	switch n := len(path); {
	case n > 3 && path[3] == "requirement":
		return "requirement"
	case n == 3 && slices.Contains([]string{"floor", "ceiling", "demand"}, path[2]):
		return "editions.classes.demand"
	}
	return strings.Join(path, ".")
}

// asks are parts of the names that somebody writes who wants what no policy can
// ask for. The first that a name has decides.
var asks = []struct {
	what  What
	parts []string
}{
	{AsksSecondCode, []string{"second", "itinerary", "travel", "trip", "also", "other", "count", "codes", "二码", "第二", "行程"}},
	{AsksSource, []string{"laborator", "product", "maker", "manufacturer", "app", "机构", "厂家", "应用"}},
	{AsksIssuer, []string{
		"local", "issue", "province", "region", "origin", "resid", "home", "code", "本省", "本地", "本市", "地码", "省", "户籍", "发码",
	}},
}

// values are the texts that the value of a name can be, by the kind of its object.
var values = map[string]map[string][]string{
	"requirement":             {"op": operations()},
	"editions.classes.demand": {"no_status": {"check", "pass"}, "no_list": {"check", "pass"}},
}

func operations() []string {
	var all []string
	for op := trustlist.AllOf; op <= trustlist.Exempt; op++ {
		all = append(all, op.String())
	}
	return all
}

// reading walks through a text.
type reading struct {
	text    *Text
	decoder *json.Decoder
	names   []string // of the objects around, without indices
	faults  []Fault
	last    json.Token // of a value that has nothing in it
}

// skip returns the offset of the next value: behind blanks, a colon or a comma.
func (r *reading) skip() int {
	at := int(r.decoder.InputOffset())
	for at < len(r.text.data) && strings.IndexByte(" \t\r\n:,", r.text.data[at]) >= 0 {
		at++
	}
	return at
}

func (r *reading) value(path string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("deeper than %d levels", maxDepth)
	}
	r.text.offsets[path] = r.skip()
	token, err := r.decoder.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		err = r.object(path, depth)
	case json.Delim('['):
		for i := 0; err == nil && r.decoder.More(); i++ {
			err = r.value(fmt.Sprintf("%s[%d]", path, i), depth+1)
		}
	default:
		r.last = token
		return nil
	}
	r.last = nil
	if err == nil {
		_, err = r.decoder.Token()
	}
	return err
}

func (r *reading) object(path string, depth int) error {
	kind := object(r.names)
	known, judged := fields[kind]
	for r.decoder.More() {
		at := r.skip()
		token, err := r.decoder.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		inner := name
		if path != "" {
			inner = path + "." + name
		}
		if judged && !slices.Contains(known, name) {
			r.unknown(inner, name, kind)
		}
		r.text.overlay = r.text.overlay || inner == "region" || name == "demand"
		r.names = append(r.names, name)
		err = r.value(inner, depth+1)
		r.names = r.names[:len(r.names)-1]
		r.text.offsets[inner] = at
		if err != nil {
			return err
		}
		if allowed := values[kind][name]; allowed != nil {
			r.oneOf(allowed, inner)
		}
	}
	return nil
}

// oneOf holds a text that was read last to those that it can be. What is no text
// is for the decoder of the document to say.
func (r *reading) oneOf(allowed []string, path string) {
	if text, ok := r.last.(string); ok && !slices.Contains(allowed, text) {
		r.faults = append(r.faults, Fault{Path: path, What: ValueUnknown, Detail: strings.Join(allowed, ", ")})
	}
}

// unknown reports a name that no policy has. Within a class of venues it is told as what
// somebody may have wanted with it.
func (r *reading) unknown(path, name, kind string) {
	what := FieldUnknown
	if strings.HasPrefix(kind, "editions.classes") || kind == "requirement" {
		for _, a := range slices.Backward(asks) {
			if slices.ContainsFunc(a.parts, func(part string) bool { return strings.Contains(strings.ToLower(name), part) }) {
				what = a.what
			}
		}
	}
	r.faults = append(r.faults, Fault{Path: path, What: what, Detail: name})
}

package jsontext_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/internal/jsontext"
)

func ExampleReader() {
	r := jsontext.NewReader([]byte(`{"name":"廖*然","lines":[7,8]}`))
	var name string
	var lines []uint64
	r.Object(func(member string) {
		switch member {
		case "name":
			name = r.Text()
		case "lines":
			r.Array(func() { lines = append(lines, r.Uint()) })
		default:
			r.Fail("unknown")
		}
	})
	fmt.Println(name, lines, r.End() == nil)
	// Output: 廖*然 [7 8] true
}

// something is what the tests read: every kind of value.
type something struct {
	Text string            `json:"text"`
	Uint uint64            `json:"uint"`
	Bool bool              `json:"bool"`
	List []string          `json:"list"`
	In   map[string]string `json:"in"`
}

func read(text []byte) (something, *jsontext.Error) {
	var s something
	r := jsontext.NewReader(text)
	r.Object(func(name string) {
		switch name {
		case "text":
			s.Text = r.Text()
		case "uint":
			s.Uint = r.Uint()
		case "bool":
			s.Bool = r.Bool()
		case "list":
			s.List = []string{}
			r.Array(func() { s.List = append(s.List, r.Text()) })
		case "in":
			s.In = map[string]string{}
			r.Object(func(name string) { s.In[name] = r.Text() })
		default:
			r.Fail("unknown")
		}
	})
	return s, r.End()
}

// good are texts that are read, and the seeds.
var good = []string{
	`{}`, ` { } `, `{"text":"a"}`, "{\t\"text\" :\r\n\"廖*然\"}", `{"text":"\"\\\/\b\f\n\r\t\u5ed6\ud869\udeb6"}`, `{"uint":0}`, `{"uint":18446744073709551615}`,
	`{"bool":true}`, `{"bool":false,"uint":10}`, `{"list":[]}`, `{"list":["a", "b" ]}`, `{"in":{}}`, `{"in":{"a":"b","":"c"},"text":""}`, `{"te\u0078t":"x"}`,
}

func TestWhatIsReadIsWhatEncodingJSONReads(t *testing.T) {
	for _, text := range good {
		got, problem := read([]byte(text))
		var want something
		if err := json.Unmarshal([]byte(text), &want); err != nil || problem != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v; encoding/json %+v, %v", text, got, problem, want, err)
		}
	}
}

func TestWhatDoesNotFitIsRefusedWithItsField(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{``, "not an object at byte 0"},
		{`[]`, "not an object at byte 0"},
		{`{`, "not a text at byte 1"},
		{`{}x`, "something stands behind the value at byte 2"},
		{`{"text"}`, "text: no colon at byte 7"},
		{`{"text":1}`, "text: not a text at byte 8"},
		{`{"text":null}`, "text: not a text at byte 8"},
		{`{"text":"a",}`, "not a text at byte 12"},
		{`{"text":"a" "uint":1}`, "neither a comma nor the end at byte 12"},
		{`{"text":"a","text":"a"}`, "text: stands twice at byte 18"},
		{`{"text":"a","te\u0078t":"a"}`, "text: stands twice at byte 23"},
		{`{"Text":"a"}`, "Text: unknown at byte 8"},
		{`{"text":"a`, "text: a text without an end at byte 10"},
		{`{"text":"a\`, "text: a text without an end at byte 11"},
		{"{\"text\":\"a\nb\"}", "text: a control character in a text at byte 10"},
		{"{\"text\":\"\\n\n\"}", "text: a control character in a text at byte 12"},
		{"{\"text\":\"\xff\"}", "text: a text that is not UTF-8 at byte 11"},
		{`{"text":"\x"}`, "text: an unknown escape in a text at byte 11"},
		{`{"text":"\u12"}`, "text: an escape without four digits at byte 11"},
		{`{"text":"\u+123"}`, "text: an escape without four digits at byte 11"},
		{`{"text":"\ud869"}`, "text: half of a surrogate pair in a text at byte 15"},
		{`{"text":"\udeb6\ud869"}`, "text: half of a surrogate pair in a text at byte 21"},
		{`{"uint":-1}`, "uint: not a whole number at byte 8"},
		{`{"uint":01}`, "uint: not a whole number at byte 10"},
		{`{"uint":1.0}`, "uint: not a whole number at byte 9"},
		{`{"uint":1E2}`, "uint: not a whole number at byte 9"},
		{`{"uint":18446744073709551616}`, "uint: not a whole number at byte 28"},
		{`{"bool":tru}`, "bool: neither true nor false at byte 8"},
		{`{"list":["a"`, "list: neither a comma nor the end at byte 12"},
		{`{"list":{}}`, "list: not a list at byte 8"},
		{`{"in":{"a":1}}`, "in.a: not a text at byte 11"},
		{`{"in":{"a":"b"},"uint":x}`, "uint: not a whole number at byte 23"},
	} {
		if _, problem := read([]byte(c.text)); problem == nil || problem.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.text, problem, c.want)
		}
	}
}

func TestANumberIsWhatEncodingJSONTakesForOne(t *testing.T) {
	for _, text := range []string{
		"0", "-0", "36.5", "36", "1e3", "1E+3", "1.25e-3", "-1.5", "0.5", "1e400", "-", "+1", ".5", "5.", "01", "-01", "00", "1e", "1e+", "1.e3", "1.2.3",
		"--1", "1-1", "0x10", "1_0", "Inf", "NaN", "", "null", `"1"`, "1 ", " 1",
	} {
		r := jsontext.NewReader([]byte(text))
		got := r.Float()
		var want float64
		err := json.Unmarshal([]byte(text), &want)
		if text == "null" {
			err = errors.New("null is no number here")
		}
		if problem := r.End(); (problem == nil) != (err == nil) || err == nil && got != want {
			t.Errorf("%q: %v, %v; encoding/json %v, %v", text, got, problem, want, err)
		}
	}
}

// What is nested without end is refused at its first level.
func TestNestingCostsNothing(t *testing.T) {
	if _, problem := read([]byte(`{"list":` + strings.Repeat("[", 1<<20))); problem == nil || problem.Offset != 9 {
		t.Errorf("%v", problem)
	}
}

// Whatever the reader takes, encoding/json takes for the same.
func FuzzReader(f *testing.F) {
	for _, text := range good {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, problem := read(text)
		if problem != nil {
			return
		}
		var want something
		if err := json.Unmarshal(text, &want); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v; encoding/json %+v, %v", text, got, want, err)
		}
	})
}

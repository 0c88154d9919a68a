package jsontext_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"testing/quick"

	"github.com/tongxing/tongxing/internal/jsontext"
)

func ExampleObject() {
	w := jsontext.Object(nil)
	w.Text("name", "廖*然")
	w.Int("line", 7)
	fmt.Printf("%s\n", w.End())
	// Output: {"name":"廖*然","line":7}
}

// A string is what encoding/json makes of it, whatever is in it.
func TestStringsAreThoseOfEncodingJSON(t *testing.T) {
	same := func(s string) bool {
		want, err := json.Marshal(s)
		return err == nil && string(jsontext.AppendString(nil, s)) == string(want)
	}
	for _, s := range []string{"", "a", "\"", "\\", "\x00\x1f\x7f", "<script>", "a&b", "\u2027\u2028\u2029\u202a", "\xe2\x80", "\xff", "廖*然", "𬱖", "\ufffd", "\n"} {
		if !same(s) {
			t.Errorf("%q is written as %s", s, jsontext.AppendString(nil, s))
		}
	}
	for r := rune(0); r < 0x3000; r++ {
		if !same("a" + string(r) + "b") {
			t.Errorf("%U", r)
		}
	}
	if err := quick.Check(func(b []byte) bool { return same(string(b)) }, &quick.Config{MaxCount: 10_000}); err != nil {
		t.Error(err)
	}
}

// An object is what encoding/json makes of a struct with the same members.
func TestObjectsAreThoseOfEncodingJSON(t *testing.T) {
	type pair struct {
		Name string `json:"name"`
	}
	type object struct {
		Text   string  `json:"text"`
		TextIf string  `json:"text_if,omitempty"`
		Int    int64   `json:"int"`
		IntIf  int64   `json:"int_if,omitempty"`
		Bool   bool    `json:"bool"`
		BoolIf bool    `json:"bool_if,omitempty"`
		Hours  float64 `json:"hours"`
		Left   float64 `json:"left,omitempty"`
		List   []pair  `json:"list"`
	}
	same := func(o object, tenths int32) bool {
		if o.Hours, o.Left = float64(tenths)/10, float64(tenths%3)/10; o.List == nil {
			o.List = []pair{}
		}
		w := jsontext.Object(nil)
		w.Text("text", o.Text)
		w.TextIf("text_if", o.TextIf)
		w.Int("int", o.Int)
		w.IntIf("int_if", o.IntIf)
		w.Bool("bool", o.Bool)
		w.BoolIf("bool_if", o.BoolIf)
		w.Float("hours", o.Hours)
		w.FloatIf("left", o.Left)
		w.Value("list", func(dst []byte) []byte {
			return jsontext.AppendList(dst, o.List, func(dst []byte, p pair) []byte {
				w := jsontext.Object(dst)
				w.Text("name", p.Name)
				return w.End()
			})
		})
		want, err := json.Marshal(o)
		return err == nil && string(w.End()) == string(want)
	}
	if err := quick.Check(same, &quick.Config{MaxCount: 2000}); err != nil || !same(object{}, 0) {
		t.Error(err)
	}
}

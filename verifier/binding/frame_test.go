package binding_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/verifier/binding"
)

const at = `"at":"2022-08-10T09:00:00+08:00"`

// [BINDING-1] [BINDING-2] [BINDING-3] [BINDING-4] [BINDING-7]
func TestWhatIsWrongWithARequestIsSaidByName(t *testing.T) {
	i := binding.New()
	for _, c := range []struct{ request, name, member string }{
		{``, "malformed", ""},
		{`[]`, "malformed", ""},
		{"\n", "malformed", ""},
		{"{\n\"op\":\"version\"}", "malformed", ""},
		{`{"op":"version"} {}`, "malformed", ""},
		{"{\"op\":\"\xff\"}", "malformed", "op"},
		{`{"op":"verify","op":"verify"}`, "malformed", "op"},
		{`{"op":"verify",` + at + `,"code":7}`, "malformed", "code"},
		{`{"op":"verify",` + at + `,"code":null}`, "malformed", "code"},
		{`{"op":"verify",` + at + `,"code":"\ud800"}`, "malformed", "code"},
		{`{"op":"verify",` + at + `,"code":"","venue":{"class":-1}}`, "malformed", "venue.class"},
		{`{}`, "member_missing", "op"},
		{at[:0] + `{` + at + `}`, "member_missing", "op"},
		{`{"op":"dance"}`, "unknown_operation", "op"},
		{`{"op":"dance","steps":[1,2]}`, "unknown_operation", "op"},
		{`{"op":"Verify"}`, "unknown_operation", "op"},
		{`{"colour":"red","op":"verify"}`, "unknown_member", "colour"},
		{`{"op":"verify",` + at + `,"code":"","OP":1}`, "unknown_member", "OP"},
		{`{"op":"verify",` + at + `,"code":"","venue":{"colour":1}}`, "unknown_member", "venue.colour"},
		{`{"op":"verify",` + at + `,"code":"","presented":{"photo":"…"}}`, "unknown_member", "presented.photo"},
		{`{"op":"verify",` + at + `,"code":"","parts":[]}`, "unknown_member", "parts"},
		{`{"op":"version",` + at + `}`, "unknown_member", "at"},
		{`{"op":"load",` + at + `,"parts":[{"size":1}]}`, "unknown_member", "parts.size"},
		{`{"op":"x` + strings.Repeat("x", 70) + `"}`, "unknown_operation", "op"},
		{`{"` + strings.Repeat("廖", 70) + `":1}`, "unknown_member", strings.Repeat("廖", 21)},
		{`{"op":"verify","code":""}`, "member_missing", "at"},
		{`{"op":"verify",` + at + `}`, "member_missing", "code"},
		{`{"op":"together",` + at + `}`, "member_missing", "codes"},
		{`{"op":"load",` + at + `}`, "member_missing", "parts"},
		{`{"op":"verify","at":"yesterday","code":""}`, "member_invalid", "at"},
		{`{"op":"verify","at":"2022-08-10","code":""}`, "member_invalid", "at"},
		{`{"op":"verify",` + at + `,"code":"","venue":{"class":65536}}`, "member_invalid", "venue.class"},
		{`{"op":"verify",` + at + `,"code":"","venue":{"region":"3"}}`, "member_invalid", "venue.region"},
		{`{"op":"verify",` + at + `,"code":"","explain":"de"}`, "member_invalid", "explain"},
		{`{"op":"together",` + at + `,"codes":[]}`, "member_invalid", "codes"},
		{`{"op":"together",` + at + `,"codes":[` + strings.Repeat(`"",`, 64) + `""]}`, "member_invalid", "codes"},
		{`{"op":"load",` + at + `,"regions":["33","33"],"parts":[]}`, "member_invalid", "regions"},
		{`{"op":"load",` + at + `,"regions":["all"],"parts":[]}`, "member_invalid", "regions"},
		{`{"op":"stored"}`, "no_trust", ""},
		{`{"op":"inspect",` + at + `}`, "no_trust", ""},
	} {
		refused(t, i, []byte(c.request), c.name, c.member)
	}
}

// [BINDING-5] [BINDING-6]
func TestTheBodyIsWhatThePartsSay(t *testing.T) {
	i, s := binding.New(), succession(t)
	good := s.Older.Load(t)
	anchor := s.Older.Anchor.Hash()
	for _, c := range []struct {
		request      []byte
		name, member string
	}{
		{[]byte("{\"op\":\"version\"}\nbody"), "parts_mismatch", ""},
		{append(bytes.Clone(good), 0), "parts_mismatch", ""},
		{good[:len(good)-1], "parts_mismatch", "parts.length"},
		{with(t, good, map[string]any{"parts": []part{}}), "parts_mismatch", ""},
		{with(t, good, map[string]any{"parts": []part{{"file", len(s.Older.Bundle)}}}), "member_invalid", "parts.name"},
		{loading(t, s.Older, s.Older.Issued, []string{"bundle", "bundle"}, s.Older.Bundle, s.Older.Bundle), "parts_mismatch", "parts.name"},
		{loading(t, s.Older, s.Older.Issued, []string{"memory"}, s.Older.Bundle), "member_missing", "parts.bundle"},
		{with(t, good, map[string]any{"anchor": nil}), "member_missing", "anchor"},
		{with(t, good, map[string]any{"anchor": "5d3c"}), "anchor_invalid", "anchor"},
		{loading(t, s.Older, s.Older.Issued, []string{"anchor", "bundle"}, anchor[:], s.Older.Bundle), "member_missing", "anchor"},
		{[]byte(`{"op":"verify",` + at + `,"code":"` + strings.Repeat("A", binding.MaxHeader) + `"}`), "too_large", ""},
		{[]byte(`{"op":"load",` + at + `,"parts":[` + strings.Repeat(`{"name":"bundle","length":0},`, 8) + `{}]}`), "member_invalid", "parts"},
		{[]byte(`{"op":"load",` + at + `,"parts":[{"name":"bundle","length":18446744073709551615}]}`), "parts_mismatch", "parts.length"},
	} {
		refused(t, i, c.request, c.name, c.member)
	}
	huge := append([]byte("{\"op\":\"version\"}\n"), make([]byte, binding.MaxBody+1)...)
	if response := i.Call(huge); !bytes.Contains(response, []byte(`"too_large"`)) {
		t.Errorf("%.200q", response)
	}
}

func TestEveryNameOfAnErrorIsInTheTableAndCanHappen(t *testing.T) {
	all, err := spec.BindingErrors()
	if err != nil {
		t.Fatal(err)
	}
	given := binding.ErrorNames()
	for _, row := range all {
		if !given[row.Name] {
			t.Errorf("nothing gives %s", row.Name)
		}
		delete(given, row.Name)
	}
	for name := range given {
		t.Errorf("%s is not in the table", name)
	}
}

func TestVersionVenuesAndWarmNeedNoTrust(t *testing.T) {
	i := binding.New()
	if got := string(i.Call([]byte(`{"op":"version"}`))); got != `{"ok":true,"protocol":1,"credential":1}` {
		t.Error(got)
	}
	venues := string(i.Call([]byte(`{"op":"venues"}`)))
	for _, want := range []string{`{"class":1,"zh":"`, `{"region":"00","zh":"`, `{"region":"33","zh":"`} {
		if !strings.Contains(venues, want) {
			t.Errorf("%s is not in %s", want, venues)
		}
	}
}

// [BINDING-41]
func TestWarmChangesNothing(t *testing.T) {
	i, s := binding.New(), succession(t)
	if got := string(i.Call([]byte(`{"op":"warm"}`))); got != `{"ok":true}` {
		t.Error(got)
	}
	if got := reason(t, i, s.Case.Request); got != "no_trust" {
		t.Error(got)
	}
	granted(t, i, s.Older.Load(t))
	before := i.Call(s.Case.Request)
	granted(t, i, []byte(`{"op":"warm"}`))
	if after := i.Call(s.Case.Request); !bytes.Equal(before, after) {
		t.Errorf("%s\n%s", before, after)
	}
}

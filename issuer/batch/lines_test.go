package batch

import (
	"encoding/json"
	"testing"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer"
)

// carried has every character of RFC 9285 in its code.
var carried = func() (data []byte) {
	for n := range 45 {
		data = append(data, byte(n), byte(n*7))
	}
	return data
}()

func partLines(tb testing.TB) []byte {
	tb.Helper()
	lines, err := appendSlots(nil, []*slot{
		{line: 7, issued: issuer.Issued{Ref: format.Ref{List: 7942, Index: 734003}, KeyID: [4]byte{0x8c, 1, 2, 0xd7}, IssuedAt: 1660089600, ExpiresAt: 1660694400, Data: carried}},
		{line: 8, err: &issuer.RefusalError{Refusal: issuer.RefusedDocument, Field: "document_type"}},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return lines
}

func TestPartLinesAreWhatTheJSONLibraryWrites(t *testing.T) {
	code, err := json.Marshal(Line{7, 7942, 734003, "8c0102d7", 1660089600, 1660694400, transport.Encode(carried)})
	if err != nil {
		t.Fatal(err)
	}
	refused, err := json.Marshal(Refused{Line: 8, Refusal: issuer.RefusedDocument, Field: "document_type"})
	if err != nil {
		t.Fatal(err)
	}
	if want := string(code) + "\n" + string(refused) + "\n"; string(partLines(t)) != want {
		t.Errorf("%s, want %s", partLines(t), want)
	}
}

// FuzzPartLines holds the reading of lines to the JSON library: what is accepted
// says the same there, and written again is the same bytes.
func FuzzPartLines(f *testing.F) {
	seed := partLines(f)
	if len(seed) == 0 {
		f.Fatal("no seed")
	}
	f.Add(seed)
	f.Add([]byte(`{"line":1,"list":4294967296,"index":1,"key":"00000000","issued":1,"expires":2,"code":"x"}` + "\n"))
	f.Add([]byte(`{"line":1,"list":1,"index":1,"key":"0` + "\x88\x88\x88\x88\x88\x88\x88" + `","issued":1,"expires":2,"code":"x"}` + "\n"))
	f.Add([]byte(`{"line":1,"list":1,"index":1,"key":"00000000","issued":1,"expires":2,"code":"X","code":"Y"}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		line, ok := scanLine(text)
		if !ok {
			return
		}
		var said Line
		if err := json.Unmarshal(text, &said); err == nil && said != line {
			t.Errorf("%q: %+v, the library has %+v", text, line, said)
		}
	})
}

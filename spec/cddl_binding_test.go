package spec_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/trustlist/fetch/series"
	"github.com/tongxing/tongxing/verifier/binding"
	"github.com/tongxing/tongxing/verifier/binding/bindingtest"
)

// bindingFrames are requests of every operation to one instance, in order.
func bindingFrames(t *testing.T) [][]byte {
	t.Helper()
	s := bindingtest.NewSuccession(t)
	encoder, err := series.NewEncoder(s.Newer.Bundle[:40], series.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const at = `"at":"2022-08-10T09:00:00+08:00"`
	return [][]byte{
		[]byte(`{"op":"version"}`), []byte(`{"op":"stored"}`), []byte(`{"op":"venues"}`), s.Older.Load(t), s.Newer.Load(t),
		[]byte(`{"op":"stored"}`), []byte(`{"op":"inspect",` + at + `}`), s.Case.Request,
		[]byte(`{"op":"verify",` + at + `,"code":"TX1:AA","venue":{"class":9,"region":"33"},"explain":"zh"}`),
		[]byte(`{"op":"together",` + at + `,"codes":["TX1:AA"],"presented":{"name":"廖浩然"},"explain":"en"}`),
		[]byte(`{"op":"frame","code":"` + encoder.Frame(0) + `"}`),
	}
}

// Requests of every operation and their responses fit the CDDL, and others do not.
func TestFramesOfTheBindingMatchTheCDDL(t *testing.T) {
	var input bytes.Buffer
	line := func(name string, header []byte) {
		decoder := json.NewDecoder(bytes.NewReader(header))
		decoder.UseNumber()
		var value any
		if err := decoder.Decode(&value); err != nil {
			t.Fatalf("%v: %s", err, header)
		}
		data, err := cbor.Marshal(integers(value))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&input, "%s %s\n", name, hex.EncodeToString(data))
	}
	i, n := binding.New(), 0
	for _, request := range bindingFrames(t) {
		for _, frame := range [][]byte{request, i.Call(request)} {
			header, _, _ := bytes.Cut(frame, []byte("\n"))
			n++
			line(fmt.Sprintf("right-%d", n), header)
		}
	}
	for k, wrong := range []string{
		`{"op":"dance"}`, `{"op":"version","at":"2022-08-10T09:00:00Z"}`, `{"op":"verify","code":""}`, `{"op":"verify","at":"today","code":""}`,
		`{"op":"load","at":"2022-08-10T09:00:00Z","parts":[]}`, `{"ok":false}`, `{"ok":true,"verdict":{},"person":{}}`,
	} {
		line(fmt.Sprintf("wrong-%d", k), []byte(wrong))
	}
	valid, refused := 0, 0
	for name, verdict := range runCDDL(t, "binding.cddl", &input) {
		switch right := name[:6] == "right-"; {
		case right != (verdict == "valid"):
			t.Errorf("%s: %s", name, verdict)
		case right:
			valid++
		default:
			refused++
		}
	}
	if valid != n || refused != 7 {
		t.Errorf("%d of %d match and %d do not", valid, n, refused)
	}
}

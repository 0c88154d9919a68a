package spec_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// requestOf returns a vector as the request that is made of it.
func requestOf(t *testing.T, name string) map[string]any {
	t.Helper()
	content, err := os.ReadFile("vectors/" + name)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var vector map[string]any
	if err := decoder.Decode(&vector); err != nil {
		t.Fatal(err)
	}
	request := map[string]any{"id": json.Number("1")}
	for _, field := range []string{"text", "time", "trust", "presented", "venue"} {
		if value, ok := vector[field]; ok {
			request[field] = value
		}
	}
	return integers(request).(map[string]any)
}

// [CONF-8]
func TestRequestsMatchTheCDDL(t *testing.T) {
	names, err := fs.Glob(os.DirFS("vectors"), "*.json")
	if err != nil || len(names) < 500 {
		t.Fatalf("%d vectors, %v", len(names), err)
	}
	var input bytes.Buffer
	line := func(name string, v any) {
		data, err := cbor.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&input, "%s %s\n", name, hex.EncodeToString(data))
	}
	for _, name := range names {
		line(name, requestOf(t, name))
	}
	line("answer", map[string]any{"id": 1, "reason": "ok"})
	wrong := func(name string, changed map[string]any) {
		request := requestOf(t, "venue-overlay.json")
		maps.Copy(request, changed)
		line("wrong-"+name, request)
	}
	wrong("class", map[string]any{"venue": map[string]any{"class": 65536}})
	wrong("region", map[string]any{"venue": map[string]any{"region": "3"}})
	wrong("id", map[string]any{"id": 0})
	wrong("time", map[string]any{"time": "10 August 2022"})
	wrong("policy", map[string]any{"trust": map[string]any{"issued": "2022-08-10T00:00:00Z", "regions": []any{}, "policy": map[string]any{"editions": []any{}}}})
	valid, refused := 0, 0
	for name, verdict := range runCDDL(t, "conformance.cddl", &input) {
		switch right := len(name) < 6 || name[:6] != "wrong-"; {
		case right != (verdict == "valid"):
			t.Errorf("%s: %s", name, verdict)
		case right:
			valid++
		default:
			refused++
		}
	}
	if valid != len(names)+1 || refused != 5 {
		t.Errorf("%d match and %d do not", valid, refused)
	}
}

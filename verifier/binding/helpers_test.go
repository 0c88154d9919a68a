package binding_test

import (
	"bytes"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/verifier/binding"
	"github.com/tongxing/tongxing/verifier/binding/bindingtest"
)

var (
	once sync.Once
	made *bindingtest.Succession
)

func succession(t testing.TB) *bindingtest.Succession {
	t.Helper()
	if once.Do(func() { made = bindingtest.NewSuccession(t) }); made == nil {
		t.Fatal("there are no bundles")
	}
	return made
}

// answer is what the tests read of a response.
type answer struct {
	OK       bool              `json:"ok"`
	Error    refusal           `json:"error"`
	Parts    []part            `json:"parts"`
	Verdict  reasoned          `json:"verdict"`
	Person   reasoned          `json:"person"`
	Versions map[string]string `json:"versions"`
	Steps    []step            `json:"steps"`
	Progress progress          `json:"progress"`
	body     []byte
}

type (
	refusal struct{ Name, Member, ZH, EN, Detail string }
	part    struct {
		Name   string `json:"name"`
		Length int    `json:"length"`
	}
	reasoned struct{ Reason struct{ Name string } }
	step     struct{ Check, Result, Text string }
	progress struct{ Need, Have int }
)

// ask calls an instance and holds it to what every response is. [BINDING-10]
func ask(t testing.TB, i *binding.Instance, request []byte) answer {
	t.Helper()
	before := bytes.Clone(request)
	response := i.Call(request)
	if !bytes.Equal(request, before) {
		t.Fatalf("the request was changed: %.200q", request)
	}
	header, body, _ := bytes.Cut(response, []byte("\n"))
	a := answer{body: body}
	if err := json.Unmarshal(header, &a); err != nil {
		t.Fatalf("%v: %.300q", err, response)
	}
	begin := `{"ok":true`
	if !a.OK {
		begin = `{"ok":false,"error":{"name":"` + a.Error.Name
	}
	if !bytes.HasPrefix(response, []byte(begin)) || !a.OK && (a.Error.Name == "" || a.Error.ZH == "" || a.Error.EN == "") {
		t.Fatalf("no response: %.300q", response)
	}
	return a
}

func granted(t testing.TB, i *binding.Instance, request []byte) answer {
	t.Helper()
	a := ask(t, i, request)
	if !a.OK {
		t.Fatalf("%.300q: %+v", request, a.Error)
	}
	return a
}

func refused(t testing.TB, i *binding.Instance, request []byte, name, member string) {
	t.Helper()
	if a := ask(t, i, request); a.OK || a.Error.Name != name || a.Error.Member != member {
		t.Errorf("%.200q: %+v, want %s %s", request, a.Error, name, member)
	}
}

// reason is what the instance says of a code.
func reason(t testing.TB, i *binding.Instance, request []byte) string {
	t.Helper()
	return granted(t, i, request).Verdict.Reason.Name
}

// with returns a request with other members in its header; nil takes one out.
func with(t testing.TB, request []byte, members map[string]any) []byte {
	t.Helper()
	header, body, behind := bytes.Cut(request, []byte("\n"))
	all := map[string]any{}
	if err := json.Unmarshal(header, &all); err != nil {
		t.Fatal(err)
	}
	for name, value := range members {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	if behind {
		text = append(append(text, '\n'), body...)
	}
	return text
}

// loading is a request that loads some parts, in the order given.
func loading(t testing.TB, m *bindingtest.Material, at time.Time, names []string, parts ...[]byte) []byte {
	t.Helper()
	header, _, _ := bytes.Cut(m.LoadAt(t, at), []byte("\n"))
	listed := make([]part, len(parts))
	for i := range parts {
		listed[i] = part{names[i], len(parts[i])}
	}
	return append(append(with(t, header, map[string]any{"parts": listed}), '\n'), bytes.Join(parts, nil)...)
}

// restarted is a new instance with what another one has kept.
func restarted(t testing.TB, i *binding.Instance, m *bindingtest.Material, at time.Time) *binding.Instance {
	t.Helper()
	stored := granted(t, i, []byte(`{"op":"stored"}`))
	if len(stored.Parts) != 2 || stored.Parts[0].Name != "bundle" || stored.Parts[1].Name != "memory" {
		t.Fatalf("%+v", stored.Parts)
	}
	cut := stored.Parts[0].Length
	next := binding.New()
	granted(t, next, loading(t, m, at, []string{"bundle", "memory"}, stored.body[:cut], stored.body[cut:]))
	return next
}

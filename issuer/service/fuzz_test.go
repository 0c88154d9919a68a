package service_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/tongxing/tongxing/issuer/service"
)

// FuzzBodies sends anything as the body of every operation, by somebody who may
// do everything that one person may: the answer is never a fault of the service.
func FuzzBodies(f *testing.F) {
	b := newBench(f, nil)
	code := b.issue("desk-7", "k", green()).credential(f)
	paths := []string{"/v1/credentials", "/v1/conversions", "/v1/replacements", "/v1/orders", "/v1/proposals", "/v1/papers"}
	seeds := 0
	for _, body := range []any{
		green(), red(), service.ConvertBody{Code: code.Code, Person: service.Person{Name: personName, DocumentType: "01", DocumentNumber: personNumber}},
		service.ReissueBody{Old: code.Code, IssueBody: green(), Reason: 8},
		service.PrintBody{Codes: []string{code.Code}, Layout: "label"},
		service.OrderBody{Action: "resume", References: []string{code.Reference}, Reason: 16},
		map[string]any{"act": "issue", "issue": red()},
	} {
		data, err := json.Marshal(body)
		if err != nil {
			f.Fatal(err)
		}
		for i := range paths {
			f.Add(uint8(i), data)
			seeds++
		}
	}
	for _, text := range []string{"", "null", "[]", `{"record":null}`, `{"a":{"b":[{"c":1},{"c":2}]},"a":1}`, `{"record":{"tests":[{}]}}`} {
		f.Add(uint8(0), []byte(text))
	}
	if seeds < 30 {
		f.Fatalf("%d seeds", seeds)
	}
	f.Fuzz(func(t *testing.T, path uint8, body []byte) {
		in := *b
		in.t = t
		got := in.ask("requester-1", http.MethodPost, paths[int(path)%len(paths)], string(body), "Idempotency-Key", "k")
		if got.status >= 500 && got.problem() != "no_key" || got.status >= 400 && got.problem() == "" {
			t.Fatalf("status %d: %s", got.status, got.body)
		}
	})
}

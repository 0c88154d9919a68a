package service_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/tongxing/tongxing/issuer/service"
)

// TestAKeyIsOfOneRequestWhicheverActItAskedFor sends, for each two acts, the second under
// the key of the first: it is another request, and nothing of it is done. [ISSUER-6]
func TestAKeyIsOfOneRequestWhicheverActItAskedFor(t *testing.T) {
	b := newBench(t, nil)
	source := issued(t, "46", green().Record, now.Add(-10*time.Hour))
	post := func(path, key string, body any) reply {
		return b.ask("requester-1", http.MethodPost, path, body, "Idempotency-Key", key)
	}
	// Each prepares what its request needs, and sends it under a key.
	acts := map[string]func(key string) reply{
		"issue": func(key string) reply { return post("/v1/credentials", key, green()) },
		"convert": func(key string) reply {
			return post("/v1/conversions", key, service.ConvertBody{Code: source, Person: holder})
		},
		"reissue": func(key string) reply {
			old := post("/v1/credentials", key+"-old", green()).credential(t).Code
			return post("/v1/replacements", key, service.ReissueBody{Old: old, IssueBody: green(), Reason: 3})
		},
		"adverse": func(key string) reply {
			body := red()
			body.Record.Status.Evidence += key // the same again is the same proposal
			body.Proposal = b.approve(map[string]any{"act": "issue", "issue": body}, "approver-1")
			return post("/v1/credentials", key, body)
		},
		"resume": func(key string) reply {
			code := post("/v1/credentials", key+"-suspended", green()).credential(t)
			order := service.OrderBody{Action: "suspend", References: []string{code.Reference}, Reason: 15}
			with := order
			with.Proposal = b.approve(map[string]any{"act": "suspend", "order": order}, "approver-1")
			post("/v1/orders", key+"-suspend", with).require(t, http.StatusOK, "")
			return post("/v1/orders", key, service.OrderBody{Action: "resume", References: []string{code.Reference}, Reason: 16})
		},
	}
	for first, one := range acts {
		for second, other := range acts {
			if first == second || first == "adverse" {
				continue // what is adverse is named by its proposal, and its key names nothing
			}
			key := first + "-" + second
			if got := one(key); got.status >= 300 {
				t.Fatalf("%s: status %d, %s", first, got.status, got.body)
			}
			if got := other(key); got.status != http.StatusUnprocessableEntity || got.problem() != "idempotency_key_used" {
				t.Errorf("%s, then %s: status %d, %s", first, second, got.status, got.body)
			}
		}
	}
}

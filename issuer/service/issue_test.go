package service_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/verifier"
)

// TestTheSameRequestGetsTheSameCredential repeats a request at once, after a
// restart with another lifetime, and a day later. [ISSUER-5] [ISSUER-6]
func TestTheSameRequestGetsTheSameCredential(t *testing.T) {
	b := newBench(t, nil)
	first := b.issue("desk-7", "key-1", green()).require(t, http.StatusCreated, "")
	again := b.issue("desk-7", "key-1", green()).require(t, http.StatusCreated, "")
	if !bytes.Equal(first.body, again.body) || again.header.Get("Idempotent-Replayed") != "true" || first.header.Get("Idempotent-Replayed") != "" {
		t.Fatalf("%s, then %s", first.body, again.body)
	}
	b.at = now.Add(20 * time.Hour)
	b.options.Issuer = issuerOf(t, "33", time.Hour)
	b.start()
	if got := b.issue("desk-7", "key-1", green()); !bytes.Equal(first.body, got.body) {
		t.Errorf("after a restart: %s", got.body)
	}
	b.issue("desk-7", "key-2", green()).require(t, http.StatusCreated, "")
	if other := b.issue("requester-1", "key-1", green()).credential(t); other.Code == first.credential(t).Code {
		t.Error("the key of another caller is another request")
	}
	changed := green()
	changed.Record.Name = "欧阳明星"
	b.issue("desk-7", "key-1", changed).require(t, http.StatusUnprocessableEntity, "idempotency_key_used")
	b.at = now.Add(25 * time.Hour)
	if err := b.service.Maintain(context.Background()); err != nil {
		t.Fatal(err)
	}
	b.issue("desk-7", "key-1", green()).require(t, http.StatusConflict, "answer_forgotten")
}

func TestAnIssuedCodePassesAtAVenue(t *testing.T) {
	b := newBench(t, nil)
	c := b.issue("desk-7", "key-1", green()).credential(t)
	v, err := verifier.New(provinces(t), verifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Verify(c.Code, now, verifier.Presented("01", personNumber, personName)); !got.Verified() {
		t.Errorf("verdict %v", got.Reason())
	}
}

// TestEqualRequestsAtOnceAreOneCredential sends one request many times at once,
// to two services on one registry. [ISSUER-5]
func TestEqualRequestsAtOnceAreOneCredential(t *testing.T) {
	b := newBench(t, nil)
	one := b.service
	b.start()
	two := *b
	two.service = one
	var mu sync.Mutex
	codes := map[string]int{}
	var all sync.WaitGroup
	for n := range 40 {
		all.Go(func() {
			from := b
			if n%2 == 0 {
				from = &two
			}
			got := from.issue("desk-7", fmt.Sprintf("key-%d", n/20), green())
			mu.Lock()
			defer mu.Unlock()
			codes[string(got.body)]++
		})
	}
	all.Wait()
	if len(codes) != 2 {
		t.Fatalf("%d different answers to 2 requests: %v", len(codes), codes)
	}
	pools, err := b.registry.Pools(context.Background())
	if err != nil || len(pools) != 1 || pools[0].Issued != 2 {
		t.Errorf("pools %+v, error %v", pools, err)
	}
}

// TestIssuesAtOnceAreCommittedTogether holds many issues to have references of
// their own and to share transactions.
func TestIssuesAtOnceAreCommittedTogether(t *testing.T) {
	b := newBench(t, nil)
	var mu sync.Mutex
	references := map[string]bool{}
	var all sync.WaitGroup
	for n := range 200 {
		all.Go(func() {
			c := b.issue("requester-1", fmt.Sprintf("key-%d", n), green()).credential(t)
			mu.Lock()
			defer mu.Unlock()
			references[c.Reference] = true
		})
	}
	all.Wait()
	if len(references) != 200 {
		t.Errorf("%d references for 200 credentials", len(references))
	}
	if got := b.acts(); got != "requester-1 issue done" {
		t.Errorf("journal: %s", got)
	}
}

// [ISSUER-4]
func TestARequestWithoutAKeyIsRefused(t *testing.T) {
	b := newBench(t, nil)
	b.issue("desk-7", "", green()).require(t, http.StatusBadRequest, "idempotency_key_missing")
	b.issue("desk-7", "two words", green()).require(t, http.StatusBadRequest, "idempotency_key_missing")
}

// TestARefusedRecordSaysWhatIsWrong and repeats nothing of it.
func TestARefusedRecordSaysWhatIsWrong(t *testing.T) {
	b := newBench(t, nil)
	for name, c := range map[string]struct {
		body    any
		status  int
		problem string
	}{
		"no claim":      {`{"record":{"name":"欧阳明月","document_type":"01","document_number":"469999198104010408"}}`, 422, "no_claim"},
		"wrong number":  {`{"record":{"name":"欧阳明月","document_type":"01","document_number":"469999198104010409","status":{"state":0,"rule":0,"determined":"2020-01-01T00:00:00Z","until":"2030-01-01T00:00:00Z"}}}`, 422, "document"},
		"not JSON":      {`{"record":`, 400, "malformed"},
		"twice":         {`{"record":{"name":"a","name":"b","document_type":"01","document_number":"1"}}`, 400, "malformed"},
		"another case":  {`{"Record":{"name":"a","document_type":"01","document_number":"1"}}`, 422, "invalid"},
		"unknown field": {`{"record":{"name":"a","document_type":"01","document_number":"1","phone":"13800000000"}}`, 422, "invalid"},
		"wrong type":    {`{"record":{"name":"a","document_type":1,"document_number":"1"}}`, 422, "invalid"},
		"too large":     {`{"record":"` + string(bytes.Repeat([]byte("a"), 1<<17)) + `"}`, 413, "too_large"},
	} {
		got := b.issue("desk-7", "key", c.body)
		if got.status != c.status || got.problem() != c.problem || got.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %q %s", name, got.status, got.problem(), got.body)
		}
		for _, secret := range []string{personName, personNumber, "469999198104010409", "13800000000"} {
			if bytes.Contains(got.body, []byte(secret)) {
				t.Errorf("%s: the refusal repeats %s", name, secret)
			}
		}
	}
}

// TestAFaultSaysWhereAndWhat, and neither repeats a value nor names a type of Go.
func TestAFaultSaysWhereAndWhat(t *testing.T) {
	b := newBench(t, nil)
	const begun = `{"record":{"name":"欧阳明月","document_type":"01","document_number":"469999198104010408",`
	const times = `"determined":"2020-01-01T00:00:00Z","until":"2019-01-01T00:00:00Z"`
	for name, c := range map[string]struct{ body, want, never string }{
		"a number out of range": {begun + `"status":{"state":70001,"rule":0,` + times + `}}}`, "record.status.state is out of range", "70001"},
		"another byte":          {`{"record":~}`, "not JSON from byte 11", "~"},
		"a status that ended":   {begun + `"status":{"state":0,"rule":0,` + times + `}}}`, "ends before it begins", "2019"},
	} {
		got := b.issue("desk-7", "key", c.body)
		if !bytes.Contains(got.body, []byte(c.want)) || bytes.Contains(got.body, []byte(c.never)) || bytes.Contains(got.body, []byte("uint16")) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

// [ISSUER-20]
func TestAFaultOfARequestHasTheWordsOfItsLanguage(t *testing.T) {
	b := newBench(t, nil)
	body := `{"record":{"name":"欧阳明月","document_type":"01","document_number":"469999198104010408"}}`
	for lang, want := range map[string]string{"zh-CN,zh;q=0.9": "无健康码通道", "en-GB": "manual channel", "": "无健康码通道"} {
		got := b.ask("desk-7", http.MethodPost, "/v1/credentials", body, "Idempotency-Key", "k", "Accept-Language", lang)
		if !bytes.Contains(got.body, []byte(want)) {
			t.Errorf("%q: %s", lang, got.body)
		}
	}
}

func TestABodyIsJSONInUTF8AsItsHeadersSay(t *testing.T) {
	b := newBench(t, nil)
	for i, c := range []struct {
		name, value string
		status      int
	}{
		{"Content-Type", "application/json", http.StatusCreated},
		{"Content-Type", "Application/JSON;Charset=\"UTF-8\"", http.StatusCreated},
		{"Content-Type", "application/json; charset=gb18030", http.StatusUnsupportedMediaType},
		{"Content-Type", "application/json; charset=", http.StatusUnsupportedMediaType},
		{"Content-Type", "application/json;;;", http.StatusUnsupportedMediaType},
		{"Content-Type", "text/plain", http.StatusUnsupportedMediaType},
		{"Content-Type", "application/x-www-form-urlencoded", http.StatusUnsupportedMediaType},
		{"Content-Encoding", "identity", http.StatusCreated},
		{"Content-Encoding", "gzip", http.StatusUnsupportedMediaType},
	} {
		got := b.ask("desk-7", http.MethodPost, "/v1/credentials", green(), "Idempotency-Key", fmt.Sprint(i), c.name, c.value)
		if problem := got.problem(); got.status != c.status || (problem == "media_type") != (c.status != http.StatusCreated) {
			t.Errorf("%s: %s: status %d, problem %q, want %d", c.name, c.value, got.status, problem, c.status)
		}
	}
}

func TestUnknownAddressesAndMethodsAreProblems(t *testing.T) {
	b := newBench(t, nil)
	b.ask("desk-7", http.MethodGet, "/v2/credentials", nil).require(t, http.StatusNotFound, "not_found")
	got := b.ask("desk-7", http.MethodDelete, "/v1/credentials", nil).require(t, http.StatusMethodNotAllowed, "method_not_allowed")
	if got.header.Get("Allow") == "" {
		t.Error("no Allow beside 405")
	}
}

func TestAServiceThatIsDrainedSaysSoAndGoesOn(t *testing.T) {
	b := newBench(t, nil)
	b.ask("", http.MethodGet, "/readyz", nil).require(t, http.StatusOK, "")
	b.service.Drain()
	b.ask("", http.MethodGet, "/readyz", nil).require(t, http.StatusServiceUnavailable, "draining")
	b.ask("", http.MethodGet, "/livez", nil).require(t, http.StatusOK, "")
	b.issue("desk-7", "key", green()).require(t, http.StatusCreated, "")
	b.service.Stop()
	b.ask("", http.MethodGet, "/livez", nil).require(t, http.StatusOK, "")
	b.issue("desk-7", "another", green()).require(t, http.StatusServiceUnavailable, "draining")
}

func TestWhoAsksTooOftenIsToldToWait(t *testing.T) {
	b := newBench(t, nil)
	b.options.Limits.Rate, b.options.Limits.Burst = 1, 2
	b.start()
	for range 2 {
		b.issue("desk-7", "key", green()).require(t, http.StatusCreated, "")
	}
	got := b.issue("desk-7", "key", green()).require(t, http.StatusTooManyRequests, "too_many")
	if got.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	b.issue("requester-1", "key", green()).require(t, http.StatusCreated, "")
	b.at = b.at.Add(time.Second)
	b.issue("desk-7", "key", green()).require(t, http.StatusCreated, "")
}

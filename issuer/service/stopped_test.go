package service_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/service"
)

// wrongSigner has the key of region 33, and signs something else with it
// once its device has gone wrong.
type wrongSigner struct {
	sig.Signer
	wrong *atomic.Bool
}

func (w wrongSigner) Sign(message []byte) ([]byte, error) {
	if w.wrong.Load() {
		message = append([]byte("not "), message...)
	}
	return w.Signer.Sign(message)
}

// TestAStoppedKeyIsSeenFromOutside: what it signed is answered to nobody, no more is
// signed, and whoever distributes requests or is to be woken learns it.
func TestAStoppedKeyIsSeenFromOutside(t *testing.T) {
	var wrong atomic.Bool
	trust := provinces(t)
	region, _ := trust.Region("33")
	made, err := issuer.New(issuer.Options{Region: region, Keys: []sig.Signer{wrongSigner{signer("33"), &wrong}}, Policy: trust.Policy()})
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, func(o *service.Options) { o.Issuer = made })
	figure := func() string {
		figures := string(b.ask("operator-1", http.MethodGet, "/metrics", nil).require(t, http.StatusOK, "").body)
		_, after, _ := strings.Cut(figures, "\ntongxing_issuer_stopped_keys ")
		n, _, _ := strings.Cut(after, "\n")
		return n
	}
	b.ask("", http.MethodGet, "/readyz", nil).require(t, http.StatusOK, "")
	if n := figure(); n != "0" {
		t.Errorf("%q keys are stopped before anything was signed", n)
	}
	wrong.Store(true)
	body := red()
	body.Proposal = b.approve(map[string]any{"act": "issue", "issue": body}, "approver-1")
	b.issue("requester-1", "k", body).require(t, http.StatusServiceUnavailable, "key_stopped")
	b.issue("desk-7", "k", green()).require(t, http.StatusServiceUnavailable, "key_stopped")
	b.ask("", http.MethodGet, "/readyz", nil).require(t, http.StatusServiceUnavailable, "key_stopped")
	b.ask("", http.MethodGet, "/livez", nil).require(t, http.StatusOK, "")
	if n := figure(); n != "1" {
		t.Errorf("%q keys are stopped, want 1", n)
	}
	if log := b.log.String(); !strings.Contains(log, "key stopped") || strings.Contains(log, personNumber) {
		t.Errorf("the log says %s", log)
	}
	if acts := b.acts(); !strings.HasSuffix(acts, "requester-1 adverse granted; requester-1 adverse failed") {
		t.Errorf("journal: %s", acts)
	}
}

// TestAFloodIsRefusedBeforeAnybodyIsKnown counts requests by their address: it is
// not looked at whose token they bring, and another address is not held up.
func TestAFloodIsRefusedBeforeAnybodyIsKnown(t *testing.T) {
	b := newBench(t, func(o *service.Options) { o.Limits.Address = 5 })
	from := func(remote, path string) int {
		r, err := http.NewRequest(http.MethodGet, path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.RemoteAddr = remote
		w := newAnswer()
		b.service.ServeHTTP(w, r)
		return w.status
	}
	for _, flood := range [][]string{{"192.0.2.1:1", "192.0.2.1:2"}, {"[2001:db8::1]:1", "[2001:db8::ffff:1]:1"}, {"@", ""}} {
		for n := range 10 {
			if status := from(flood[n%2], "/v1/jobs"); status != http.StatusUnauthorized {
				t.Fatalf("request %d of %v: status %d", n+1, flood, status)
			}
		}
		for _, remote := range flood {
			if status := from(remote, "/v1/jobs"); status != http.StatusTooManyRequests {
				t.Errorf("%q goes on: status %d", remote, status)
			}
		}
		if status := from(flood[0], "/livez"); status != http.StatusOK {
			t.Errorf("%q: /livez says %d", flood[0], status)
		}
	}
	if status := from("192.0.2.2:1", "/v1/jobs"); status != http.StatusUnauthorized {
		t.Errorf("another address: status %d", status)
	}
	b.at = b.at.Add(2e9)
	if status := from("192.0.2.1:1", "/v1/jobs"); status != http.StatusUnauthorized {
		t.Errorf("a while later: status %d", status)
	}
}

// answer is an answer of which only the status counts.
type answer struct {
	header http.Header
	status int
}

func newAnswer() *answer { return &answer{header: http.Header{}, status: http.StatusOK} }

func (a *answer) Header() http.Header            { return a.header }
func (a *answer) Write(data []byte) (int, error) { return len(data), nil }
func (a *answer) WriteHeader(status int)         { a.status = status }

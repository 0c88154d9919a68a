package service_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/keys/remote"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/service"
)

// awaySigner is a signer process that is not there while away.
type awaySigner struct {
	sig.Signer
	away *atomic.Bool
}

func (a awaySigner) Sign(message []byte) ([]byte, error) {
	if a.away.Load() {
		return nil, &remote.UnavailableError{Path: "/run/tongxing/signer.sock", Err: errors.New("connection refused")}
	}
	return a.Signer.Sign(message)
}

// fullRegistry is a registry whose disk is full while full: it is read as before.
type fullRegistry struct {
	registry.Store
	full *atomic.Bool
}

func (f fullRegistry) CommitAnswers(ctx context.Context, chunk registry.Chunk, answers []registry.Answer) (registry.Receipt, error) {
	if f.full.Load() {
		return registry.Receipt{}, registry.ErrStorageFull
	}
	return f.Store.CommitAnswers(ctx, chunk, answers)
}

// requireCondition asks for readiness, and holds the answer and the figures to what
// is expected of one condition; every other holds.
func (b *bench) requireCondition(t *testing.T, name, problem string) {
	t.Helper()
	status := http.StatusOK
	if problem != "" {
		status = http.StatusServiceUnavailable
	}
	got := b.ask("", http.MethodGet, "/readyz", nil).require(t, status, problem)
	var said struct{ Conditions []service.Condition }
	if err := json.Unmarshal(got.body, &said); err != nil || len(said.Conditions) < 5 {
		t.Fatalf("%v: %s", err, got.body)
	}
	figures := string(b.ask("operator-1", http.MethodGet, "/metrics", nil).require(t, http.StatusOK, "").body)
	for _, c := range said.Conditions {
		want, figure := "", "1"
		if c.Name == name && problem != "" {
			want, figure = problem, "0"
		}
		if c.OK != (want == "") || c.Problem != want || (c.Title == "") != c.OK {
			t.Errorf("condition %+v, want problem %q", c, want)
		}
		if line := `tongxing_issuer_condition{condition="` + c.Name + `"} ` + figure + "\n"; !strings.Contains(figures, line) {
			t.Errorf("the figures do not have %s", line)
		}
	}
}

// TestEachConditionOfReadinessHasItsName takes away what a service needs, one after
// the other, and brings it back. [ISSUER-28]
func TestEachConditionOfReadinessHasItsName(t *testing.T) {
	var away, full atomic.Bool
	region, _ := provinces(t).Region("33")
	made, err := issuer.New(issuer.Options{Region: region, Keys: []sig.Signer{awaySigner{signer("33"), &away}}})
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, func(o *service.Options) {
		o.Issuer = made
		o.Registry = fullRegistry{o.Registry.(registry.Store), &full}
	})
	pass := func(d time.Duration) { b.at = b.at.Add(d) }
	b.requireCondition(t, "", "")

	away.Store(true)
	pass(2 * time.Second)
	b.requireCondition(t, "signer", "signer_unavailable")
	b.issue("desk-7", "k1", green()).require(t, http.StatusServiceUnavailable, "signer_unavailable")
	away.Store(false)
	pass(2 * time.Second)
	b.requireCondition(t, "signer", "")

	full.Store(true)
	b.issue("desk-7", "k1", green()).require(t, http.StatusServiceUnavailable, "unavailable")
	b.requireCondition(t, "registry", "registry_unavailable")
	full.Store(false)
	b.issue("desk-7", "k1", green()).require(t, http.StatusCreated, "")
	b.requireCondition(t, "registry", "")
	full.Store(true)
	b.issue("desk-7", "k2", green()).require(t, http.StatusServiceUnavailable, "unavailable")
	pass(time.Minute) // nobody was sent here, so nobody could find that there is room again
	b.requireCondition(t, "registry", "")

	pass(101 * 24 * time.Hour)
	b.tokens["operator-1"] = "" // has run out
	b.ask("", http.MethodGet, "/readyz", nil).require(t, http.StatusServiceUnavailable, "bundle_too_old")
	got := b.ask("", http.MethodGet, "/readyz?exclude=bundle", nil).require(t, http.StatusOK, "")
	if !strings.Contains(string(got.body), "bundle_too_old") {
		t.Errorf("what is excluded is not told: %s", got.body)
	}
	b.ask("", http.MethodGet, "/readyz?exclude=bundel", nil).require(t, http.StatusUnprocessableEntity, "invalid")
}

// TestARegistryThatDoesNotAnswerIsNamed [ISSUER-28]
func TestARegistryThatDoesNotAnswerIsNamed(t *testing.T) {
	b := newBench(t, nil)
	if err := b.registry.Close(); err != nil {
		t.Fatal(err)
	}
	b.ask("", http.MethodGet, "/readyz", nil).require(t, http.StatusServiceUnavailable, "registry_unavailable")
	b.ask("", http.MethodGet, "/livez", nil).require(t, http.StatusOK, "")
}

// TestADeviceThatSignsWrongIsFoundBeforeItSignsForAnybody: the key is stopped by
// what is signed to see whether the signer is there. [ISSUER-28]
func TestADeviceThatSignsWrongIsFoundBeforeItSignsForAnybody(t *testing.T) {
	var wrong atomic.Bool
	wrong.Store(true)
	region, _ := provinces(t).Region("33")
	made, err := issuer.New(issuer.Options{Region: region, Keys: []sig.Signer{wrongSigner{signer("33"), &wrong}}})
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, func(o *service.Options) { o.Issuer = made })
	b.ask("", http.MethodGet, "/readyz", nil).require(t, http.StatusServiceUnavailable, "key_stopped")
	wrong.Store(false)
	b.issue("desk-7", "k", green()).require(t, http.StatusServiceUnavailable, "key_stopped")
}

package service_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/service"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
	"github.com/tongxing/tongxing/verifier"
)

// issued signs a credential of a region, as another province has done.
func issued(t testing.TB, region string, r record.Record, at time.Time) string {
	t.Helper()
	other := issuerOf(t, region, 0)
	status := *r.Status
	status.Determined, status.Until = at.Add(-time.Hour), at.Add(72*time.Hour)
	r.Status = &status
	draft, err := other.Draft(&r, at)
	if err != nil {
		t.Fatal(err)
	}
	made, err := other.Sign(draft, format.Ref{List: format.ListMonth(draft.Expires())<<8 | 7, Index: 734003})
	if err != nil {
		t.Fatal(err)
	}
	return transport.Encode(made.Data)
}

func parsed(t testing.TB, code string) *format.Credential {
	t.Helper()
	data, err := transport.Decode(code)
	if err != nil {
		t.Fatal(err)
	}
	u, err := format.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return u.UnverifiedCredential()
}

var holder = service.Person{Name: personName, DocumentType: "01", DocumentNumber: personNumber}

func (b *bench) convert(key, code string, p service.Person) reply {
	b.t.Helper()
	return b.ask("desk-7", http.MethodPost, "/v1/conversions", service.ConvertBody{Code: code, Person: p}, "Idempotency-Key", key)
}

// TestAConvertedCodeSaysWhatItsSourceSaid: the moments of determination and report,
// an end that is no later, and whose it was. [ISSUER-14]
func TestAConvertedCodeSaysWhatItsSourceSaid(t *testing.T) {
	b := newBench(t, nil)
	r := green().Record
	r.Tests = []record.Test{{Kind: 1, Sampled: now.Add(-30 * time.Hour), Reported: now.Add(-20*time.Hour - 17*time.Second), Laboratory: 46<<16 | 3}}
	r.Vaccinations = []record.Vaccination{{Product: 1, Dose: 3, Course: 2, Day: "2026-05-01"}}
	code := issued(t, "46", r, now.Add(-10*time.Hour))
	first := b.convert("k", code, holder).require(t, http.StatusCreated, "")
	got, source := parsed(t, first.credential(t).Code), parsed(t, code)
	if got.Issuer != "33" || got.Origin == nil || got.Origin.Region != "46" || got.Origin.KeyID != signer("46").PublicKey().KeyID() {
		t.Errorf("origin %+v of %s", got.Origin, got.Issuer)
	}
	if got.Expires > source.Expires {
		t.Errorf("it ends %d s after its source", got.Expires-source.Expires)
	}
	if got.Determined() != source.Determined() || got.Reported(got.Tests[0]) != source.Reported(source.Tests[0]) {
		t.Error("determination or report moved")
	}
	v, err := verifier.New(provinces(t), verifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if verdict := v.Verify(first.credential(t).Code, now, verifier.Presented("01", personNumber, personName)); !verdict.Verified() {
		t.Errorf("a venue says %s", verdict.Reason().Name())
	}
	b.at = now.Add(time.Hour)
	if again := b.convert("k", code, holder); !bytes.Equal(again.body, first.body) {
		t.Errorf("the same request: %s", again.body)
	}
	b.convert("k2", first.credential(t).Code, holder).require(t, http.StatusUnprocessableEntity, "conversion_source")
}

// [ISSUER-13] [ISSUER-15]
func TestWhatIsNotTheHoldersOwnGoodCodeIsNotConverted(t *testing.T) {
	b := newBench(t, nil)
	code := issued(t, "46", green().Record, now.Add(-10*time.Hour))
	other := holder
	other.DocumentNumber = "110101199003070038"
	wrong := holder
	wrong.Name = "王明"
	for name, c := range map[string]struct {
		code    string
		person  service.Person
		problem string
		reason  spec.Reason
	}{
		"not a code":     {"6901234567892", holder, "conversion_unverified", spec.ReasonNotACode},
		"forged":         {code[:len(code)-3] + "000", holder, "conversion_unverified", 0},
		"other document": {code, other, "conversion_unverified", spec.ReasonHolderMismatch},
		"other name":     {code, wrong, "conversion_unverified", spec.ReasonHolderMismatch},
		"expired":        {issued(t, "46", green().Record, now.Add(-9*24*time.Hour)), holder, "conversion_unverified", 0},
		"our own":        {issued(t, "33", green().Record, now.Add(-time.Hour)), holder, "conversion_source", 0},
		"adverse":        {issued(t, "46", red().Record, now.Add(-time.Minute)), holder, "conversion_adverse", 0},
	} {
		got := b.convert(name[:3], c.code, c.person)
		if got.status != http.StatusUnprocessableEntity || c.problem != "" && got.problem() != c.problem {
			t.Errorf("%s: status %d, %s", name, got.status, got.body)
		}
		if c.reason != 0 && !strings.Contains(string(got.body), fmt.Sprintf(`"reason":%d`, c.reason)) {
			t.Errorf("%s: %s", name, got.body)
		}
	}
}

// TestACodeOfAStolenKeyIsNotConverted: the thief backdates, so the time of issue
// counts for nothing. [ISSUER-13]
func TestACodeOfAStolenKeyIsNotConverted(t *testing.T) {
	b := newBench(t, func(o *service.Options) {
		v, err := verifier.New(provincesWith(t, func(k *trustlist.Key) { k.State, k.Since = trustlist.Compromised, issuedAt-60 }), verifier.Options{})
		if err != nil {
			t.Fatal(err)
		}
		o.Checker = checker{v}
	})
	got := b.convert("k", issued(t, "46", green().Record, now.Add(-10*time.Hour)), holder)
	got.require(t, http.StatusUnprocessableEntity, "conversion_unverified")
	if !bytes.Contains(got.body, fmt.Appendf(nil, `"reason":%d`, spec.ReasonKeyCompromised)) {
		t.Errorf("%s", got.body)
	}
}

// What was answered is answered again, byte for byte: after the key of a conversion's
// source was compromised, after the programme has ended, and where no key is left to
// sign with, be it named by a key set or not. Nothing new is answered there, and no
// venue takes what came of the source. [ISSUER-31]
func TestARepeatIsAnsweredWhateverBecameOfTheKeys(t *testing.T) {
	b := newBench(t, nil)
	code := issued(t, "46", green().Record, now.Add(-10*time.Hour))
	converted := b.convert("k", code, holder).require(t, http.StatusCreated, "")
	plain := b.issue("desk-7", "k2", green()).require(t, http.StatusCreated, "")
	later := provincesWith(t, func(k *trustlist.Key) { k.State, k.Since = trustlist.Compromised, issuedAt-60 })
	v, err := verifier.New(later, verifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, region := range map[string]*trustlist.Region{"no longer in the list": nil, "another key alone": otherKeyOf33(t)} {
		if b.options.Issuer, err = issuerOf(t, "33", 0).Under(region, issuedAt, nil); err != nil {
			t.Fatal(err)
		}
		b.options.Checker = checker{v}
		b.start()
		b.at = now.Add(23 * time.Hour)
		for what, got := range map[string][2]reply{"conversion": {converted, b.convert("k", code, holder)}, "issue": {plain, b.issue("desk-7", "k2", green())}} {
			if !bytes.Equal(got[0].body, got[1].body) || got[1].header.Get("Idempotent-Replayed") != "true" {
				t.Errorf("%s, %s: status %d, %s", name, what, got[1].status, got[1].body)
			}
		}
		if got := b.convert("k"+name[:2], code, holder); got.problem() != "conversion_unverified" {
			t.Errorf("%s: converted anew: status %d, %s", name, got.status, got.body)
		}
		if got := b.issue("desk-7", "k3"+name[:2], green()); got.status == http.StatusCreated {
			t.Errorf("%s: issued anew", name)
		}
	}
	verdict := v.Verify(converted.credential(t).Code, b.at, verifier.Presented("01", personNumber, personName))
	if verdict.Reason() != spec.ReasonOriginCompromised {
		t.Errorf("a venue says %s", verdict.Reason().Name())
	}
}

// otherKeyOf33 is province 33 with a key set that does not name the key at hand.
func otherKeyOf33(t testing.TB) *trustlist.Region {
	t.Helper()
	m := &trusttest.Material{Issued: issuedAt - 3600, Regions: []trusttest.Region{{Code: "33", Usage: adverseUsage, Keys: []trustlist.Key{{
		Public: signer("another").PublicKey(), Usage: adverseUsage,
		SignFrom: format.DayStart(format.Day(issuedAt) - 30), SignUntil: format.DayStart(format.Day(issuedAt) + 300),
	}}}}}
	trust, err := m.Load()
	if err != nil {
		t.Fatal(err)
	}
	region, _ := trust.Region("33")
	return region
}

func (b *bench) reissue(key string, body service.ReissueBody) reply {
	b.t.Helper()
	return b.ask("desk-7", http.MethodPost, "/v1/replacements", body, "Idempotency-Key", key)
}

// TestACodeThatIsReplacedIsSuperseded once, and only by the same person's. [ISSUER-17]
func TestACodeThatIsReplacedIsSuperseded(t *testing.T) {
	b := newBench(t, nil)
	old := b.issue("desk-7", "k", green()).credential(t)
	body := service.ReissueBody{Old: old.Code, IssueBody: green(), Reason: reasonToSupersede(t)}
	b.reissue("r1", body).require(t, http.StatusConflict, "same_claims")
	body.Record.Vaccinations = []record.Vaccination{{Product: 1, Dose: 3, Course: 2, Day: "2026-05-01"}}
	other := body
	other.Record.DocumentNumber = "110101199003070038"
	b.reissue("r2", other).require(t, http.StatusUnprocessableEntity, "holder")
	foreign := body
	foreign.Old = issued(t, "33", green().Record, now) // right signature, not in the registry
	b.reissue("r3", foreign).require(t, http.StatusUnprocessableEntity, "old_code")
	first := b.reissue("r4", body).require(t, http.StatusCreated, "")
	if again := b.reissue("r4", body); !bytes.Equal(first.body, again.body) {
		t.Errorf("the same request: %s", again.body)
	}
	b.reissue("r5", body).require(t, http.StatusConflict, "transition")
	got := b.ask("requester-1", http.MethodGet, "/v1/credentials/"+old.Reference, nil)
	if !bytes.Contains(got.body, []byte(`"state":"superseded"`)) || !bytes.Contains(got.body, []byte(first.credential(t).Reference)) {
		t.Errorf("the old one: %s", got.body)
	}
}

func reasonToSupersede(t testing.TB) uint16 {
	t.Helper()
	r, ok := spec.RevocationReasonByName("claims_changed")
	if !ok || !r.Allows("supersede") {
		t.Fatal("no reason to supersede")
	}
	return r.Number
}

// TestNothingOfAPersonIsKept does everything that there is with one person and
// looks for their data in the log, the journal and the bytes of the registry.
// [ISSUER-16] [ISSUER-18]
func TestNothingOfAPersonIsKept(t *testing.T) {
	b := newBench(t, nil)
	old := b.issue("desk-7", "k", green()).credential(t)
	body := red()
	body.Proposal = b.approve(map[string]any{"act": "issue", "issue": body}, "approver-1")
	b.issue("requester-1", "k", body).require(t, http.StatusCreated, "")
	b.convert("k2", issued(t, "46", green().Record, now.Add(-time.Hour)), holder).require(t, http.StatusCreated, "")
	next := service.ReissueBody{Old: old.Code, IssueBody: green(), Reason: reasonToSupersede(t)}
	next.Record.Vaccinations = []record.Vaccination{{Product: 1, Dose: 3, Course: 2, Day: "2026-05-01"}}
	b.reissue("k3", next).require(t, http.StatusCreated, "")
	b.issue("desk-7", "k4", `{"record":{"name":"欧阳明月","document_type":"01","document_number":"469999198104010408"}}`)
	b.ask("auditor-1", http.MethodGet, "/v1/credentials/"+old.Reference, nil)
	journal := fmt.Sprint(b.journal())
	metrics := b.ask("operator-1", http.MethodGet, "/metrics", nil)
	places := map[string]string{"log": b.log.String(), "journal": journal, "metrics": string(metrics.body)}
	files, err := filepath.Glob(b.path + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		places[filepath.Base(name)] = string(data)
	}
	if len(places["log"]) < 500 || len(journal) < 200 {
		t.Fatalf("log of %d bytes, journal of %d", len(places["log"]), len(journal))
	}
	for place, text := range places {
		for _, secret := range []string{personName, personNumber, "欧阳", "19810401", "流调-2026", old.Code[4:40], "*月"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s has %q", place, secret)
			}
		}
	}
}

// TestOfReplacementsAtOnceOneIsIssued asks for several of one code, each with a key of
// its own: the others issue nothing that nobody would be given.
func TestOfReplacementsAtOnceOneIsIssued(t *testing.T) {
	b := newBench(t, nil)
	old := b.issue("desk-7", "old", green()).require(t, http.StatusCreated, "").credential(t).Code
	before := issuedIn(t, b)
	replies := make(chan reply, 8)
	for n := range cap(replies) {
		go func() {
			replies <- b.ask("desk-7", http.MethodPost, "/v1/replacements", service.ReissueBody{Old: old, IssueBody: green(), Reason: 3}, "Idempotency-Key", fmt.Sprint("new-", n))
		}()
	}
	created := 0
	for range cap(replies) {
		if got := <-replies; got.status == http.StatusCreated {
			created++
		} else if got.problem() != "transition" {
			t.Errorf("status %d, problem %q", got.status, got.problem())
		}
	}
	if after := issuedIn(t, b); created != 1 || after-before != 1 {
		t.Errorf("%d were answered and %d issued", created, after-before)
	}
}

// TestOfEqualOrdersAtOnceOneIsWrittenDown sends an approved order several times.
func TestOfEqualOrdersAtOnceOneIsWrittenDown(t *testing.T) {
	b := newBench(t, nil)
	reference := b.issue("desk-7", "k", green()).require(t, http.StatusCreated, "").credential(t).Reference
	order := service.OrderBody{Action: "revoke", References: []string{reference}, Reason: 1}
	order.Proposal = b.approve(map[string]any{"act": "revoke", "order": order}, "approver-1")
	replies := make(chan reply, 8)
	for range cap(replies) {
		go func() {
			replies <- b.ask("requester-1", http.MethodPost, "/v1/orders", order, "Idempotency-Key", "k")
		}()
	}
	for range cap(replies) {
		if got := <-replies; got.status != http.StatusOK {
			t.Errorf("status %d: %s", got.status, got.body)
		}
	}
	if n := strings.Count(b.acts(), "revoke granted"); n != 1 {
		t.Errorf("the journal has it %d times: %s", n, b.acts())
	}
}

// issuedIn counts the credentials of the registry.
func issuedIn(t testing.TB, b *bench) (n uint64) {
	t.Helper()
	pools, err := b.registry.Pools(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, pool := range pools {
		n += pool.Issued
	}
	return n
}

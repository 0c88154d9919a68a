package service_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/issuer/service"
	"github.com/tongxing/tongxing/spec"
)

func (b *bench) print(caller string, body any) reply {
	b.t.Helper()
	return b.ask(caller, http.MethodPost, "/v1/papers", body)
}

// people issues codes for n people.
func (b *bench) people(n int) []string {
	b.t.Helper()
	var codes []string
	for i := range n {
		body := green()
		body.Record.DocumentType, body.Record.DocumentNumber = "03", fmt.Sprintf("E%08d", i)
		codes = append(codes, b.issue("desk-7", fmt.Sprint("person-", i), body).credential(b.t).Code)
	}
	return codes
}

// drawn is a paper as a printer draws it: what a scanner reads from it, and its
// words.
func drawn(t *testing.T, document []byte) (codes []string, words string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "paper")
	if err := os.WriteFile(path+".pdf", document, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-r", "300", "-gray", "-png", path+".pdf", path).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v: %s", err, out)
	}
	pages, err := filepath.Glob(path + "-*.png")
	if err != nil || len(pages) == 0 {
		t.Fatal(pages, err)
	}
	read, err := exec.Command("zbarimg", append([]string{"--nodbus", "-q", "--raw"}, pages...)...).Output()
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	text, err := exec.Command("pdftotext", "-layout", path+".pdf", "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(read)), "\n"), string(text)
}

// TestADeskPrintsWhatItIssued: the symbol of the paper is the code, its words say
// whose it is and whom to ask, and the journal how many were printed. [ISSUER-21]
func TestADeskPrintsWhatItIssued(t *testing.T) {
	b := newBench(t, nil)
	code := b.issue("desk-7", "k", green()).credential(t).Code
	got := b.print("desk-7", service.PrintBody{Codes: []string{code}, Layout: "sheet", Language: "zh-en"})
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/pdf" || got.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("status %d, %v: %.300s", got.status, got.header, got.body)
	}
	codes, words := drawn(t, got.body)
	if !slices.Equal(codes, []string{code}) {
		t.Errorf("read %q, want %q", codes, code)
	}
	for _, want := range []string{"欧*月", "08", "浙江省卫生健康委员会", "0571-12345", "Valid until"} {
		if !strings.Contains(words, want) {
			t.Errorf("the paper does not say %s: %s", want, words)
		}
	}
	if strings.Contains(words, personName) || strings.Contains(words, personNumber) {
		t.Errorf("the paper says who it is: %s", words)
	}
	if again := b.print("desk-7", service.PrintBody{Codes: []string{code}, Layout: "sheet", Language: "zh-en"}); !bytes.Equal(again.body, got.body) {
		t.Error("the same request has another paper")
	}
	if acts := b.acts(); !strings.Contains(acts, "desk-7 print done") {
		t.Errorf("the journal says %s", acts)
	}
	for _, r := range b.journal() {
		if r.Act == "print" && string(r.Detail) != `{"authority":"杭州市疾控中心","count":1}` {
			t.Errorf("the journal says %s", r.Detail)
		}
	}
}

// TestEveryLayoutIsPrintedOverTheAPI in the form of the symbol that is asked for,
// and the full name of a holder who asks for it. [ISSUER-22]
func TestEveryLayoutIsPrintedOverTheAPI(t *testing.T) {
	b := newBench(t, nil)
	codes := b.people(2)
	for _, layout := range []string{"sheet", "folded", "card", "label", "family", "register"} {
		got := b.print("requester-1", service.PrintBody{Codes: codes, Layout: layout, Transport: "digits"})
		if got.status != http.StatusOK {
			t.Fatalf("%s: %s", layout, got.body)
		}
		read, _ := drawn(t, got.body)
		for i, text := range read {
			data, err := transport.Decode(text)
			if err != nil || !strings.HasPrefix(text, "861") {
				t.Fatalf("%s: %s: %v", layout, text, err)
			}
			read[i] = transport.Encode(data)
		}
		slices.Sort(read)
		want := slices.Sorted(slices.Values(codes))
		if !slices.Equal(slices.Compact(read), want) {
			t.Errorf("%s: read %d codes of %d", layout, len(read), len(want))
		}
	}
	code := b.issue("desk-7", "k", green()).credential(t).Code
	got := b.print("desk-7", service.PrintBody{Codes: []string{code}, Layout: "sheet", FullName: personName})
	if _, words := drawn(t, got.body); !strings.Contains(words, personName) {
		t.Errorf("no full name: %s", words)
	}
}

// TestWhatNoGateAcceptsIsNotPrinted [ISSUER-21]
func TestWhatNoGateAcceptsIsNotPrinted(t *testing.T) {
	b := newBench(t, nil)
	good := b.issue("desk-7", "k", green()).credential(t)
	old := b.issue("desk-7", "k2", green()).credential(t)
	body := service.ReissueBody{Old: old.Code, IssueBody: green(), Reason: reasonToSupersede(t)}
	body.Record.Vaccinations = []record.Vaccination{{Product: 1, Dose: 3, Course: 2, Day: "2026-05-01"}}
	b.reissue("r", body).require(t, http.StatusCreated, "")
	revoked := b.issue("desk-7", "k3", green()).credential(t)
	order := service.OrderBody{Action: "revoke", References: []string{revoked.Reference}, Reason: 1}
	order.Proposal = b.approve(map[string]any{"act": "revoke", "order": order}, "approver-1")
	b.ask("requester-1", http.MethodPost, "/v1/orders", order, "Idempotency-Key", "o").require(t, http.StatusOK, "")
	one := func(code string) service.PrintBody {
		return service.PrintBody{Codes: []string{code}, Layout: "sheet"}
	}
	with := func(change func(*service.PrintBody)) service.PrintBody {
		p := one(good.Code)
		change(&p)
		return p
	}
	for name, c := range map[string]struct {
		body    service.PrintBody
		status  int
		problem string
	}{
		"another region's":       {one(issued(t, "46", green().Record, now)), 422, "paper_code"},
		"not in the registry":    {one(issued(t, "33", green().Record, now)), 422, "paper_code"},
		"no code":                {one("6901234567892"), 422, "paper_code"},
		"another signature":      {one(good.Code[:len(good.Code)-3] + "000"), 422, "paper_code"},
		"replaced":               {one(old.Code), 409, "paper_over"},
		"revoked":                {one(revoked.Code), 409, "paper_over"},
		"one of two":             {service.PrintBody{Codes: []string{good.Code, old.Code}, Layout: "card"}, 409, "paper_over"},
		"101 codes":              {service.PrintBody{Codes: slices.Repeat([]string{good.Code}, 101), Layout: "card"}, 422, "invalid"},
		"no codes":               {service.PrintBody{Codes: []string{}, Layout: "card"}, 422, "invalid"},
		"another layout":         {with(func(p *service.PrintBody) { p.Layout = "stamp" }), 422, "invalid"},
		"large cards":            {with(func(p *service.PrintBody) { p.Layout, p.Large = "card", true }), 422, "invalid"},
		"another's name":         {with(func(p *service.PrintBody) { p.FullName = "王明" }), 422, "holder"},
		"names for two":          {service.PrintBody{Codes: []string{good.Code, good.Code}, Layout: "card", FullName: personName}, 422, "invalid"},
		"a title without a font": {with(func(p *service.PrintBody) { p.Title = "𒀀" }), 422, "paper_character"},
		"a title without end":    {with(func(p *service.PrintBody) { p.Layout, p.Title = "register", strings.Repeat("宋家村", 60) }), 422, "paper_room"},
	} {
		if got := b.print("desk-7", c.body); got.status != c.status || got.problem() != c.problem {
			t.Errorf("%s: status %d, %.300s", name, got.status, got.body)
		}
	}
	if got := b.print("desk-7", service.PrintBody{Codes: []string{good.Code, old.Code}, Layout: "card"}); !bytes.Contains(got.body, []byte(`"location":"body.codes[1]"`)) {
		t.Errorf("which code it is: %s", got.body)
	}
	b.at = now.Add(200 * 24 * time.Hour)
	if got := b.print("requester-1", one(good.Code)); got.problem() != "paper_unverified" && got.status != http.StatusUnauthorized {
		t.Errorf("expired: %s", got.body)
	}
}

// TestAPaperLastsAsLongAsThePolicySays, or longer where that is asked for.
func TestAPaperLastsAsLongAsThePolicySays(t *testing.T) {
	b := newBench(t, func(o *service.Options) { o.Issuer = issuerOf(t, "33", 20*24*time.Hour) })
	long := green()
	long.Record.Status.Until = now.Add(15 * 24 * time.Hour)
	body := service.PrintBody{Codes: []string{b.issue("desk-7", "k", long).credential(t).Code}, Layout: "sheet"}
	b.print("desk-7", body).require(t, http.StatusUnprocessableEntity, "paper_lifetime")
	body.Longer = true
	got := b.print("desk-7", body)
	if got.status != http.StatusOK {
		t.Fatalf("%s", got.body)
	}
	if _, words := drawn(t, got.body); !strings.Contains(words, "24") {
		t.Errorf("no condition: %s", words)
	}
}

// TestALostPaperIsReplacedByOneThatSaysTheSame and the old one is printed no more.
// [ISSUER-17]
func TestALostPaperIsReplacedByOneThatSaysTheSame(t *testing.T) {
	b := newBench(t, nil)
	old := b.issue("desk-7", "k", green()).credential(t)
	lost, ok := spec.RevocationReasonByName("lost")
	if !ok {
		t.Fatal("no reason for what is lost")
	}
	next := b.reissue("r", service.ReissueBody{Old: old.Code, IssueBody: green(), Reason: lost.Number}).credential(t)
	b.print("desk-7", service.PrintBody{Codes: []string{old.Code}, Layout: "card"}).require(t, http.StatusConflict, "paper_over")
	if got := b.print("desk-7", service.PrintBody{Codes: []string{next.Code}, Layout: "card"}); got.status != http.StatusOK {
		t.Errorf("%s", got.body)
	}
}

// TestOnlyWhoIssuesPrints [ISSUER-3]
func TestOnlyWhoIssuesPrints(t *testing.T) {
	b := newBench(t, nil)
	body := service.PrintBody{Codes: b.people(1), Layout: "sheet"}
	for _, caller := range []string{"approver-1", "operator-1", "auditor-1"} {
		b.print(caller, body).require(t, http.StatusForbidden, "forbidden")
	}
	b.print("", body).require(t, http.StatusUnauthorized, "unauthenticated")
	if log := b.log.String(); strings.Contains(log, body.Codes[0][4:40]) {
		t.Error("the log has a code")
	}
}

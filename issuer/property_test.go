package issuer_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/verifier"
)

// randomRecord is a record that a feed could give, with faults and edges now and
// then.
func randomRecord(r *rand.Rand) *record.Record {
	names := []string{"廖浩然", "陈梓", "欧阳娜娜", "阿依古丽·买买提", "JOHN SMITH", "𠮷田", "李"}
	out := &record.Record{Name: names[r.IntN(len(names))], DocumentType: "03", DocumentNumber: fmt.Sprintf("E%08d", r.IntN(1e8))}
	around := func(days int) time.Time { return now.Add(time.Duration(r.IntN(2*days*86400)-days*86400) * time.Second) }
	if r.IntN(4) > 0 {
		out.Status = &record.Status{State: uint16(r.IntN(5)), Determined: now.Add(-time.Duration(r.IntN(31*86400)) * time.Second), Evidence: evidenceNumber}
		out.Status.Until = out.Status.Determined.Add(time.Duration(r.IntN(40*86400)) * time.Second)
		if out.Status.State != 0 {
			out.Status.Rule = out.Status.State*100 + uint16(r.IntN(5)) // of which trusttest.Rules publishes three
		}
	}
	for range r.IntN(3) {
		reported := now.Add(-time.Duration(r.IntN(32*86400)) * time.Second)
		out.Tests = append(out.Tests, record.Test{Kind: uint16(r.IntN(20)), Result: uint16(r.IntN(3)),
			Sampled: reported.Add(-time.Hour), Reported: reported, Laboratory: uint32(r.IntN(101<<16 + 5))})
	}
	for range r.IntN(7) {
		out.Vaccinations = append(out.Vaccinations, record.Vaccination{Product: uint16(r.IntN(8)), Dose: uint8(1 + r.IntN(5)),
			Course: uint8(1 + r.IntN(3)), Day: around(500).Format(record.DateLayout)})
	}
	for range r.IntN(5) {
		out.Exemptions = append(out.Exemptions, record.Exemption{Kind: uint16(r.IntN(9)), Until: around(10)})
	}
	return out
}

// What Draft accepts, Sign signs, and every venue accepts with the document.
func TestEveryIssuedCredentialVerifies(t *testing.T) {
	trust := usual(t)
	iss := newIssuer(t, trust, greenSigner, adverseSigner)
	r := rand.New(rand.NewPCG(33, 41))
	reasons, refused := map[spec.Reason]int{}, map[issuer.Refusal]int{}
	for n := range 1500 {
		rec := randomRecord(r)
		draft, err := iss.Draft(rec, now)
		if err != nil {
			refused[refusal(t, err)]++
			continue
		}
		ref := format.Ref{List: format.ListMonth(draft.Expires())<<8 | uint32(r.IntN(256)), Index: uint32(n)}
		issued, err := iss.Sign(draft, ref)
		if err != nil {
			t.Fatalf("%+v: drafted and not signed: %v", rec, err)
		}
		if !draft.Matches(issued.Data, ref) || draft.Matches(issued.Data, format.Ref{List: ref.List, Index: ref.Index + 1}) {
			t.Fatalf("%+v: a draft does not know its credential", rec)
		}
		document, err := format.NewDocument(3, rec.DocumentNumber)
		if err != nil {
			t.Fatal(err)
		}
		reason := verify(t, trust, issued, verifier.Context{Document: document, Name: rec.Name}).Reason()
		reasons[reason]++
		if want := expected(claims(t, issued).Status); reason != want {
			t.Errorf("%+v: reason %s, want %s", rec, reason, want)
		}
		requirePrivate(t, issued, rec)
	}
	if len(reasons) < 4 || len(refused) < 5 {
		t.Errorf("reasons %v, refusals %v: too few to prove anything", reasons, refused)
	}
}

func expected(status *format.Status) spec.Reason {
	switch {
	case status == nil:
		return spec.ReasonNoStatus
	case status.State == 0:
		return spec.ReasonOK
	case status.State <= 2:
		return spec.ReasonStateChecked // a published rule covers it: nothing else is issued
	}
	return spec.ReasonStateUnknown
}

// requirePrivate holds the bytes to the promise: no evidence, no number, no full
// name.
func requirePrivate(t *testing.T, issued issuer.Issued, rec *record.Record) {
	t.Helper()
	for what, secret := range map[string]string{
		"evidence": evidenceNumber, "part of the evidence": "7341", "document number": rec.DocumentNumber,
	} {
		if bytes.Contains(issued.Data, []byte(secret)) {
			t.Fatalf("%s in the credential %x", what, issued.Data)
		}
	}
	if len([]rune(rec.Name)) > 1 && bytes.Contains(issued.Data, []byte(rec.Name)) {
		t.Fatalf("the name %s in the credential", rec.Name)
	}
}

func TestTheCitizenNumberIsNotInTheCredential(t *testing.T) {
	r := person()
	issued := sign(t, newIssuer(t, usual(t), greenSigner), r, 1)
	for i := 0; i+4 <= len(r.DocumentNumber); i++ {
		if part := r.DocumentNumber[i : i+4]; bytes.Contains(issued.Data, []byte(part)) {
			t.Errorf("four digits of the number, %s, are in the credential", part)
		}
	}
	birth := binary.BigEndian.AppendUint32(nil, 19600105)
	if bytes.Contains(issued.Data, birth) || bytes.Contains(issued.Data, []byte("1960")) {
		t.Error("the birth date is in the credential")
	}
}

// The largest record: 2 tests, 6 vaccinations, 4 exemptions.
func TestTheLargestRecordIsIssued(t *testing.T) {
	trust := usual(t)
	r := person()
	r.Name = "阿卜杜热合曼·阿卜杜热西提·买买提"
	r.Tests = append(r.Tests, record.Test{Kind: 2, Sampled: beijing("2022-08-09 01:00"), Reported: beijing("2022-08-09 02:00"), Laboratory: 41<<16 | 9})
	r.Vaccinations = nil
	for product := range uint16(6) {
		r.Vaccinations = append(r.Vaccinations, record.Vaccination{Product: 6 - product, Dose: uint8(product) + 1, Course: 2, Day: "2021-12-09"})
	}
	for kind := range uint16(4) {
		r.Exemptions = append(r.Exemptions, record.Exemption{Kind: 4 - kind, Until: now.Add(48 * time.Hour)})
	}
	issued := sign(t, newIssuer(t, trust, greenSigner), r, 1<<24-1)
	if verdict := verify(t, trust, issued, verifier.Context{Name: r.Name}); verdict.Reason() != spec.ReasonOK {
		t.Fatalf("reason %s: %v", verdict.Reason(), verdict.Err())
	}
	c := claims(t, issued)
	if len(c.Tests) != 2 || len(c.Vaccinations) != 6 || len(c.Exemptions) != 4 {
		t.Errorf("claims are %+v", c)
	}
}

func TestOneIssuerServesManyAtOnce(t *testing.T) {
	trust := usual(t)
	iss := newIssuer(t, trust, greenSigner, adverseSigner)
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for n := range 20 {
				draft, err := iss.Draft(person(), now)
				if err != nil {
					t.Error(err)
					return
				}
				issued, err := iss.Sign(draft, format.Ref{List: format.ListMonth(draft.Expires()) << 8, Index: uint32(worker*20 + n)})
				if err != nil || verify(t, trust, issued, verifier.Context{}).Reason() != spec.ReasonOK {
					t.Errorf("worker %d, record %d: %v", worker, n, err)
				}
			}
		})
	}
	group.Wait()
}

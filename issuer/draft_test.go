package issuer_test

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/record"
)

func TestTheSameRecordTimeAndReferenceGiveTheSamePayload(t *testing.T) {
	iss := newIssuer(t, usual(t), greenSigner)
	payload := func(index uint32) string {
		message, err := cose.ParseSign1(sign(t, iss, person(), index).Data)
		if err != nil {
			t.Fatal(err)
		}
		return string(message.UnverifiedPayload())
	}
	if payload(1) != payload(1) {
		t.Error("the payload differs from run to run")
	}
	if payload(1) == payload(2) {
		t.Error("the payload does not depend on the reference")
	}
}

func TestDraftDoesNotChangeTheRecord(t *testing.T) {
	r, same := person(), person()
	r.Vaccinations = append(r.Vaccinations, record.Vaccination{Product: 1, Dose: 1, Course: 2, Day: "2021-01-01"})
	same.Vaccinations = slices.Clone(r.Vaccinations)
	sign(t, newIssuer(t, usual(t), greenSigner), r, 1)
	if !slices.Equal(r.Vaccinations, same.Vaccinations) || !slices.Equal(r.Tests, same.Tests) || *r.Status != *same.Status {
		t.Errorf("the record is now %+v", r)
	}
}

// refusals has one fault each; the record without it is good.
var refusals = []struct {
	name  string
	want  issuer.Refusal
	fault func(*record.Record)
}{
	{"no name", issuer.RefusedRecord, func(r *record.Record) { r.Name = "" }},
	{"name is not UTF-8", issuer.RefusedRecord, func(r *record.Record) { r.Name = "\xff" }},
	{"nothing of the name can be shown", issuer.RefusedName, func(r *record.Record) { r.Name = "\u200b\u200d" }},
	{"a name of control characters", issuer.RefusedName, func(r *record.Record) { r.Name = "\x00\x01" }},
	{"unknown document type", issuer.RefusedDocument, func(r *record.Record) { r.DocumentType = "42" }},
	{"document type in words", issuer.RefusedDocument, func(r *record.Record) { r.DocumentType = "身份证" }},
	{"wrong check digit", issuer.RefusedDocument, func(r *record.Record) { r.DocumentNumber = "339999196001058364" }},
	{"17 digits", issuer.RefusedDocument, func(r *record.Record) { r.DocumentNumber = "33999919600105836" }},
	{"a number with a sign in it", issuer.RefusedDocument, func(r *record.Record) { r.DocumentType, r.DocumentNumber = "03", "E1234*678" }},
	{"birth date", issuer.RefusedRecord, func(r *record.Record) { r.BirthDate = "1960-02-30" }},
	{"status determined after iat", issuer.RefusedFuture, func(r *record.Record) { r.Status.Determined = now.Add(time.Second) }},
	{"status determined 30 days and a minute ago", issuer.RefusedTooOld, func(r *record.Record) {
		r.Status.Determined = now.Add(-30*24*time.Hour - time.Minute)
	}},
	{"status ends before it begins", issuer.RefusedRecord, func(r *record.Record) { r.Status.Until = r.Status.Determined.Add(-1) }},
	{"green with a rule", issuer.RefusedRecord, func(r *record.Record) { r.Status.Rule = 1 }},
	{"adverse without a rule", issuer.RefusedAdverseRule, func(r *record.Record) { r.Status.State, r.Status.Evidence = 1, evidenceNumber }},
	{"unknown state without a rule", issuer.RefusedAdverseRule, func(r *record.Record) { r.Status.State, r.Status.Evidence = 9, evidenceNumber }},
	{"adverse without evidence", issuer.RefusedAdverseEvidence, func(r *record.Record) { r.Status.State, r.Status.Rule = 2, 201 }},
	{"adverse with blanks for evidence", issuer.RefusedAdverseEvidence, func(r *record.Record) {
		r.Status.State, r.Status.Rule, r.Status.Evidence = 2, 201, " \u3000\u200b"
	}},
	{"adverse with a dash for evidence", issuer.RefusedAdverseEvidence, func(r *record.Record) {
		r.Status.State, r.Status.Rule, r.Status.Evidence = 2, 201, "——"
	}},
	{"unknown state without evidence", issuer.RefusedAdverseEvidence, func(r *record.Record) { r.Status.State, r.Status.Rule = 9, 901 }},
	{"test reported after iat", issuer.RefusedFuture, func(r *record.Record) { r.Tests[0].Reported = now.Add(time.Second) }},
	{"test reported before it was sampled", issuer.RefusedRecord, func(r *record.Record) { r.Tests[0].Reported = r.Tests[0].Sampled.Add(-1) }},
	{"test of kind 0", issuer.RefusedRecord, func(r *record.Record) { r.Tests[0].Kind = 0 }},
	{"laboratory of no region", issuer.RefusedRecord, func(r *record.Record) { r.Tests[0].Laboratory = format.MaxLaboratory + 1 }},
	{"five tests", issuer.RefusedRecord, func(r *record.Record) { r.Tests = make([]record.Test, record.MaxTests+1) }},
	{"vaccination tomorrow", issuer.RefusedFuture, func(r *record.Record) { r.Vaccinations[0].Day = "2022-08-11" }},
	{"vaccination before 2020", issuer.RefusedRecord, func(r *record.Record) { r.Vaccinations[0].Day = "2019-12-31" }},
	{"vaccination in the year 2200", issuer.RefusedRecord, func(r *record.Record) { r.Vaccinations[0].Day = "2200-01-01" }},
	{"vaccination on no day", issuer.RefusedRecord, func(r *record.Record) { r.Vaccinations[0].Day = "2022-02-29" }},
	{"vaccination of product 0", issuer.RefusedRecord, func(r *record.Record) { r.Vaccinations[0].Product = 0 }},
	{"dose 0", issuer.RefusedRecord, func(r *record.Record) { r.Vaccinations[0].Dose = 0 }},
	{"course of 0 doses", issuer.RefusedRecord, func(r *record.Record) { r.Vaccinations[0].Course = 0 }},
	{"two equal vaccinations", issuer.RefusedDuplicate, func(r *record.Record) { r.Vaccinations = append(r.Vaccinations, r.Vaccinations[0]) }},
	{"seven vaccinations", issuer.RefusedRecord, func(r *record.Record) { r.Vaccinations = slices.Repeat(r.Vaccinations, 7) }},
	{"two equal exemptions", issuer.RefusedDuplicate, func(r *record.Record) {
		r.Exemptions = []record.Exemption{{Kind: 2, Until: now.Add(time.Hour)}, {Kind: 2, Until: now.Add(2 * time.Hour)}}
	}},
	{"exemption of kind 0", issuer.RefusedRecord, func(r *record.Record) { r.Exemptions = []record.Exemption{{Until: now.Add(time.Hour)}} }},
	{"five exemptions", issuer.RefusedRecord, func(r *record.Record) { r.Exemptions = make([]record.Exemption, 5) }},
	{"nothing that holds", issuer.RefusedNoClaim, func(r *record.Record) {
		*r = record.Record{Name: r.Name, DocumentType: r.DocumentType, DocumentNumber: r.DocumentNumber,
			Status:     &record.Status{Determined: now.Add(-time.Hour), Until: now},
			Tests:      []record.Test{{Kind: 1, Sampled: now.Add(-32 * 24 * time.Hour), Reported: now.Add(-31 * 24 * time.Hour)}},
			Exemptions: []record.Exemption{{Kind: 1, Until: now}}}
	}},
	{"no claim at all", issuer.RefusedNoClaim, func(r *record.Record) {
		r.Status, r.Tests, r.Vaccinations = nil, nil, nil
	}},
}

func TestEveryFaultHasItsRefusal(t *testing.T) {
	iss := newIssuer(t, usual(t), greenSigner, adverseSigner)
	seen := map[issuer.Refusal]bool{issuer.RefusedNoKey: true} // see the tests of keys
	for _, test := range refusals {
		r := person()
		test.fault(r)
		draft, err := iss.Draft(r, now)
		if got := refusal(t, err); got != test.want || draft != nil {
			t.Errorf("%s: refused %q, want %q (draft %v)", test.name, got, test.want, draft)
			continue
		}
		seen[test.want] = true
		for _, secret := range []string{r.DocumentNumber, evidenceNumber, "廖浩然"} {
			if secret != "" && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error names the person: %v", test.name, err)
			}
		}
	}
	for _, reason := range []issuer.Refusal{
		issuer.RefusedRecord, issuer.RefusedDocument, issuer.RefusedName, issuer.RefusedNoClaim, issuer.RefusedAdverseRule,
		issuer.RefusedAdverseEvidence, issuer.RefusedFuture, issuer.RefusedTooOld, issuer.RefusedNoKey, issuer.RefusedDuplicate,
	} {
		if !seen[reason] {
			t.Errorf("no test of refusal %q", reason)
		}
	}
}

// Columns that are shifted put a number where the document type was meant.
func TestARefusalDoesNotRepeatTheDocumentType(t *testing.T) {
	r := person()
	r.DocumentType = r.DocumentNumber
	if _, err := newIssuer(t, usual(t), greenSigner).Draft(r, now); err == nil || strings.Contains(err.Error(), r.DocumentNumber) {
		t.Errorf("error %v", err)
	}
}

func TestWhatHasRunOutIsLeftOutAndTheRestKept(t *testing.T) {
	r := person()
	r.Status.Until = now
	r.Tests = append(r.Tests, record.Test{Kind: 2, Sampled: now.Add(-31 * 24 * time.Hour), Reported: now.Add(-30*24*time.Hour - time.Minute)})
	r.Exemptions = []record.Exemption{{Kind: 1, Until: now}, {Kind: 2, Until: now.Add(time.Hour)}}
	c := claims(t, sign(t, newIssuer(t, usual(t), greenSigner), r, 1))
	if c.Status != nil || len(c.Tests) != 1 || c.Tests[0].Kind != 1 || len(c.Vaccinations) != 1 || !slices.Equal(c.Exemptions, []uint16{2}) {
		t.Errorf("claims are %+v", c)
	}
}

// An adverse state that has run out needs no evidence any more, and no key for
// adverse states: the tests and doses of the person stay good.
func TestAnAdverseStateThatHasRunOutTakesNothingFromItsHolder(t *testing.T) {
	r := person()
	r.Status = yellow()
	r.Status.Until, r.Status.Evidence = now, ""
	c := claims(t, sign(t, newIssuer(t, usual(t), greenSigner), r, 1))
	if c.Status != nil || len(c.Tests) != 1 || len(c.Vaccinations) != 1 {
		t.Errorf("claims are %+v", c)
	}
}

func TestTheCredentialEndsWithWhatEndsFirst(t *testing.T) {
	lifetime := now.Add(issuer.DefaultLifetime)
	for _, test := range []struct {
		name  string
		want  time.Time
		claim func(*record.Record)
	}{
		{"lifetime", lifetime, func(r *record.Record) { r.Status.Until = lifetime.Add(time.Hour) }},
		{"status", lifetime.Add(-time.Hour), func(r *record.Record) { r.Status.Until = lifetime.Add(-time.Hour) }},
		{"exemption", now.Add(time.Hour), func(r *record.Record) {
			r.Exemptions = []record.Exemption{{Kind: 1, Until: now.Add(2 * time.Hour)}, {Kind: 2, Until: now.Add(time.Hour)}}
		}},
		{"no status", lifetime, func(r *record.Record) { r.Status = nil }},
		{"status that ends a second later", now.Add(time.Second), func(r *record.Record) { r.Status.Until = now.Add(time.Second) }},
	} {
		r := person()
		test.claim(r)
		if issued := sign(t, newIssuer(t, usual(t), greenSigner), r, 1); issued.ExpiresAt != test.want.Unix() || claims(t, issued).Expires != issued.ExpiresAt {
			t.Errorf("%s: ends %v, want %v", test.name, time.Unix(issued.ExpiresAt, 0), test.want)
		}
	}
}

func TestTheMonthOfExpiryInChinaDecidesTheList(t *testing.T) {
	iss := newIssuer(t, usual(t), greenSigner)
	for _, test := range []struct {
		until string
		month uint32
	}{
		{"2022-08-31 23:59", 31},
		{"2022-09-01 00:00", 32}, // still August in UTC
	} {
		at := beijing("2022-08-30 08:00")
		r := &record.Record{Name: "陈梓", DocumentType: "01", DocumentNumber: "469999198104010408",
			Status: &record.Status{Determined: at, Until: beijing(test.until)}}
		draft, err := iss.Draft(r, at)
		if err != nil {
			t.Fatal(err)
		}
		if month := format.ListMonth(draft.Expires()); month != test.month {
			t.Errorf("%s is in month %d, want %d", test.until, month, test.month)
		}
		for _, month := range []uint32{test.month - 1, test.month, test.month + 1} {
			_, err := iss.Sign(draft, format.Ref{List: month << 8, Index: 1})
			if (err == nil) != (month == test.month) {
				t.Errorf("%s with a list of month %d: %v", test.until, month, err)
			}
		}
	}
}

func TestTimesAtTheEdgeAreKept(t *testing.T) {
	r := person()
	r.Status.Determined = now
	r.Tests[0].Sampled, r.Tests[0].Reported = now.Add(-31*24*time.Hour), now.Add(-30*24*time.Hour)
	r.Vaccinations[0].Day = "2022-08-10"
	c := claims(t, sign(t, newIssuer(t, usual(t), greenSigner), r, 1))
	if c.Status == nil || c.Status.Minutes != 0 || len(c.Tests) != 1 || c.Tests[0].Minutes != format.MaxMinutes || int64(c.Vaccinations[0].Day) != format.Day(issuedAt) {
		t.Errorf("claims are %+v, status %+v", c, c.Status)
	}
}

// A draft has the whole name and number: no verb of fmt tells them.
func TestPrintingADraftShowsNobody(t *testing.T) {
	r := person()
	draft, err := newIssuer(t, usual(t), greenSigner).Draft(r, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%t"} {
		for _, value := range []any{draft, *draft} {
			text := fmt.Sprintf(verb, value)
			for _, private := range []string{r.Name, r.DocumentNumber, hex.EncodeToString([]byte(r.Name)), hex.EncodeToString([]byte(r.DocumentNumber))} {
				if strings.Contains(strings.ToLower(text), strings.ToLower(private)) {
					t.Errorf("%s shows %q: %s", verb, private, text)
				}
			}
		}
	}
}

// A laboratory that reports in batches gives two results in one minute: the code
// carries what it can tell apart, and its holder is not sent away for it.
func TestARecordOfFourTestsIsIssuedWithThemAll(t *testing.T) {
	iss := newIssuer(t, usual(t), greenSigner)
	r := person()
	for len(r.Tests) < format.MaxTests {
		next := r.Tests[len(r.Tests)-1]
		next.Sampled, next.Reported = next.Sampled.Add(-time.Hour), next.Reported.Add(-time.Hour)
		r.Tests = append(r.Tests, next)
	}
	if c := claims(t, sign(t, iss, r, 1)); len(c.Tests) != format.MaxTests {
		t.Errorf("tests %v, want %d", c.Tests, format.MaxTests)
	}
}

func TestTestsThatACredentialCannotTellApartAreOne(t *testing.T) {
	iss := newIssuer(t, usual(t), greenSigner)
	r := person()
	second := r.Tests[0]
	second.Sampled, second.Reported = second.Sampled.Add(-time.Hour), second.Reported.Add(-time.Second)
	r.Tests = append(r.Tests, second)
	if c := claims(t, sign(t, iss, r, 1)); len(c.Tests) != 1 {
		t.Errorf("tests %v, want one", c.Tests)
	}
}

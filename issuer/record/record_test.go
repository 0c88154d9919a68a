package record_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer/record"
)

func sample() record.Record {
	at := time.Date(2022, 8, 9, 20, 0, 0, 0, record.Zone)
	return record.Record{
		Name: "郭·<艾>", DocumentType: "01", DocumentNumber: "469999198104010408", BirthDate: "1981-04-01",
		Status:       &record.Status{State: 1, Rule: 102, Determined: at, Until: at.AddDate(0, 0, 7), Evidence: "CDC46-1"},
		Tests:        []record.Test{{Kind: 1, Result: 0, Sampled: at.Add(-time.Hour), Reported: at, Laboratory: 46<<16 + 3}},
		Vaccinations: []record.Vaccination{{Product: 6, Dose: 3, Course: 3, Day: "2022-03-06"}},
		Exemptions:   []record.Exemption{{Kind: 1, Until: at}},
	}
}

func TestWrittenRecordReadsBackEqual(t *testing.T) {
	want := sample()
	line, err := record.AppendJSON(nil, &want)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Count(line, []byte("\n")) != 1 || !bytes.Contains(line, []byte("郭·<艾>")) {
		t.Errorf("%s", line)
	}
	got, err := record.NewReader(bytes.NewReader(line)).Read()
	if err != nil {
		t.Fatal(err)
	}
	got.Status.Determined = got.Status.Determined.In(record.Zone)
	again, err := record.AppendJSON(nil, got)
	if err != nil || !bytes.Equal(again, line) {
		t.Errorf("%s became %s (%v)", line, again, err)
	}
}

// TestARecordHasRoomForWhatACredentialHas and for nothing more.
func TestARecordHasRoomForWhatACredentialHas(t *testing.T) {
	if record.MaxTests != format.MaxTests || record.MaxVaccinations != format.MaxVaccinations || record.MaxExemptions != format.MaxExemptions {
		t.Errorf("%d tests, %d vaccinations, %d exemptions", record.MaxTests, record.MaxVaccinations, record.MaxExemptions)
	}
	r := sample()
	r.Tests = slices.Repeat(r.Tests[:1], format.MaxTests)
	r.Vaccinations = slices.Repeat(r.Vaccinations[:1], format.MaxVaccinations)
	if _, err := record.AppendJSON(nil, &r); err != nil {
		t.Error(err)
	}
}

func TestInvalidRecordIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*record.Record){
		"no name":             func(r *record.Record) { r.Name = "" },
		"no number":           func(r *record.Record) { r.DocumentNumber = "" },
		"no type":             func(r *record.Record) { r.DocumentType = "" },
		"birth date":          func(r *record.Record) { r.BirthDate = "2022-13-40" },
		"long name":           func(r *record.Record) { r.Name = strings.Repeat("王", 400) },
		"not UTF-8":           func(r *record.Record) { r.Name = "\xff" },
		"green with a rule":   func(r *record.Record) { r.Status.State = 0 },
		"yellow without rule": func(r *record.Record) { r.Status.Rule = 0 },
		"ends early":          func(r *record.Record) { r.Status.Until = r.Status.Determined.Add(-1) },
		"tests":               func(r *record.Record) { r.Tests = make([]record.Test, record.MaxTests+1) },
		"reported early":      func(r *record.Record) { r.Tests[0].Reported = r.Tests[0].Sampled.Add(-1) },
		"no dose":             func(r *record.Record) { r.Vaccinations[0].Dose = 0 },
		"no day":              func(r *record.Record) { r.Vaccinations[0].Day = "" },
	} {
		r := sample()
		spoil(&r)
		if line, err := record.AppendJSON(nil, &r); !errors.Is(err, record.ErrInvalid) || line != nil {
			t.Errorf("%s: %s, %v", name, line, err)
		}
	}
}

func TestRecordWithoutClaimSaysSo(t *testing.T) {
	r := sample()
	if !r.HasClaim() {
		t.Error("a full record has no claim")
	}
	if r = (record.Record{Name: "x"}); r.HasClaim() {
		t.Error("an empty record has a claim")
	}
}

func TestFaultyLineIsNamedAndPassedOver(t *testing.T) {
	r := sample()
	good, err := record.AppendJSON(nil, &r)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"{", "[]", `"x"`, `{"name":"x","nickname":"y"}`, `{} {}`, "null", "\x00", "{\"name\":1}"} {
		reader := record.NewReader(strings.NewReader("\n" + bad + "\n" + string(good)))
		_, err := reader.Read()
		var fault *record.LineError
		if !errors.As(err, &fault) || fault.Line != 2 || !errors.Is(err, record.ErrInvalid) {
			t.Errorf("%q: %v", bad, err)
		}
		if got, err := reader.Read(); err != nil || got.Name != r.Name || reader.Line() != 3 {
			t.Errorf("after %q: %v, %v", bad, got, err)
		}
		if _, err := reader.Read(); !errors.Is(err, io.EOF) {
			t.Errorf("after %q: %v", bad, err)
		}
	}
}

func TestLongLineEndsTheReading(t *testing.T) {
	reader := record.NewReader(strings.NewReader(`{"name":"` + strings.Repeat("x", 10<<20) + `"}`))
	_, err := reader.Read()
	var fault *record.LineError
	if !errors.As(err, &fault) || fault.Line != 1 || !errors.Is(err, record.ErrLineTooLong) {
		t.Errorf("%v", err)
	}
}

func FuzzRead(f *testing.F) {
	r := sample()
	line, err := record.AppendJSON(nil, &r)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Add([]byte("{}\n[]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		reader := record.NewReader(bytes.NewReader(data))
		for range bytes.Count(data, []byte("\n")) + 2 {
			got, err := reader.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if (got == nil) == (err == nil) {
				t.Fatalf("%v beside %v", got, err)
			}
			if err != nil {
				continue
			}
			line, err := record.AppendJSON(nil, got)
			if err != nil {
				continue // a time that RFC 3339 cannot write
			}
			read, err := record.NewReader(bytes.NewReader(line)).Read()
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if again, err := record.AppendJSON(nil, read); err != nil || !bytes.Equal(again, line) {
				t.Fatalf("%s became %s: %v", line, again, err)
			}
		}
	})
}

func ExampleAppendJSON() {
	at := time.Date(2022, 8, 9, 20, 0, 0, 0, record.Zone)
	line, err := record.AppendJSON(nil, &record.Record{
		Name: "陈梓", DocumentType: "01", DocumentNumber: "469999198104010408", BirthDate: "1981-04-01",
		Status: &record.Status{Determined: at, Until: at.AddDate(0, 0, 7)},
	})
	fmt.Printf("%s%v\n", line, err)
	// Output:
	// {"name":"陈梓","document_type":"01","document_number":"469999198104010408","birth_date":"1981-04-01","status":{"state":0,"rule":0,"determined":"2022-08-09T20:00:00+08:00","until":"2022-08-16T20:00:00+08:00"}}
	// <nil>
}

// An error goes into logs: nothing of a person is in it, whatever stood in the
// wrong place.
func TestAnErrorQuotesNothingOfTheLine(t *testing.T) {
	const secret = "330106199001011234"
	for _, line := range []string{
		`{"name":"王明","document_type":"01","document_number":` + secret + `}`,
		`{"name":"王明","document_type":"01","document_number":"x","status":{"state":` + secret + `}}`,
		`{"name":"王明","document_type":"01","document_number":"x","status":{"state":"` + secret + `"}}`,
		`{"name":"王明","document_type":"01","document_number":"x","status":{"determined":"` + secret + `"}}`,
		`{"name":"王明","document_type":"01","` + secret + `":"x"}`,
		`{"name":"王明","document_number":"` + secret + `"`,
		`{"name":"王明","document_number":"` + secret + `",}`,
		`{"name":"王明","document_type":"01","document_number":"` + secret + `","birth_date":"` + secret + `"}`,
		`{"name":"王明","document_type":"01","document_number":"` + secret + `","vaccinations":[{"product":1,"dose":1,"course":1,"day":"` + secret + `"}]}`,
		`"` + secret + `"`, secret, secret + " 王明",
	} {
		_, err := record.NewReader(strings.NewReader(line)).Read()
		if !errors.Is(err, record.ErrInvalid) {
			t.Errorf("%s: %v", line, err)
			continue
		}
		for _, private := range []string{secret, secret[:6], secret[6:14], "王", "明"} {
			if strings.Contains(err.Error(), private) {
				t.Errorf("%s is told in %q", private, err)
			}
		}
	}
}

func TestAFieldHasOneNameAndOccursOnce(t *testing.T) {
	const before, status = `{"name":"王明","document_type":"01","document_number":"339999196001058363",`,
		`"status":{"state":0,"rule":0,"determined":"2022-08-09T20:00:00+08:00","until":"2022-08-16T20:00:00+08:00"`
	for text, good := range map[string]bool{
		before + status + `}}`:                                     true,
		before + status + `,"evidence":"\"STATUS\":{ \\"}}`:        true,
		before + status + "} , \"tests\"\t: [ ] }":                 true,
		before + `"name":"李红",` + status + `}}`:                    false,
		before + `"NAME":"李红",` + status + `}}`:                    false,
		before + status + `},"status":{"state":2,"rule":201}}`:     false,
		before + status + `},"Status":{"state":2,"rule":201}}`:     false,
		before + status + `},"ſtatuſ":{"state":2,"rule":201}}`:     false,
		before + status + `,"state":2,"rule":201}}`:                false,
		before + status + `,"\u0073tate":2,"rule":201}}`:           false,
		before + strings.Replace(status, "rule", "RULE", 1) + `}}`: false,
	} {
		_, err := record.NewReader(strings.NewReader(text)).Read()
		if good != (err == nil) || err != nil && !errors.Is(err, record.ErrInvalid) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestAByteOrderMarkIsPassedOverBeforeTheFirstLineAlone(t *testing.T) {
	const person = `{"name":"张三丰","document_type":"03","document_number":"E12345678"}` + "\r\n"
	reader := record.NewReader(strings.NewReader("\ufeff" + person + person + "\ufeff" + person))
	for line := 1; line <= 3; line++ {
		_, err := reader.Read()
		var fault *record.LineError
		if refused := errors.As(err, &fault); refused != (line == 3) || err != nil && !refused {
			t.Errorf("line %d: error %v", line, err)
		}
	}
}

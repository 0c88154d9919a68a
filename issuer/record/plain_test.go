package record

import (
	"reflect"
	"testing"
	"time"
)

// plainSeeds are lines as AppendJSON writes them, and lines that are nearly so.
func plainSeeds(tb testing.TB) [][]byte {
	tb.Helper()
	at := time.Date(2022, 8, 10, 8, 0, 0, 0, Zone)
	full := &Record{Name: "买买提·艾合买提", DocumentType: "03", DocumentNumber: "E73000001", BirthDate: "1980-02-29",
		Status:       &Status{State: 1, Rule: 101, Determined: at, Until: at.Add(90 * time.Minute), Evidence: "浙疾控2022"},
		Tests:        []Test{{Kind: 1, Result: 0, Sampled: at, Reported: at.UTC(), Laboratory: 33<<16 | 3}, {Kind: 2, Result: 65535, Sampled: at, Reported: at, Laboratory: 1}},
		Vaccinations: []Vaccination{{Product: 1, Dose: 255, Course: 2, Day: "2021-12-09"}},
		Exemptions:   []Exemption{{Kind: 1, Until: at}},
	}
	line, err := AppendJSON(nil, full)
	if err != nil {
		tb.Fatal(err)
	}
	line = line[:len(line)-1]
	if _, ok := parsePlain(line, &room{}); !ok {
		tb.Fatalf("not plain: %s", line)
	}
	seeds := [][]byte{line}
	for _, text := range []string{
		`{"name":"陈梓","document_type":"01","document_number":"469999198104010408"}`,
		`{"name":"陈\u6893","document_type":"01","document_number":"1"}`, "{\"name\":\"\x01\",\"document_type\":\"01\",\"document_number\":\"1\"}",
		"{\"name\":\"\xff\",\"document_type\":\"01\",\"document_number\":\"1\"}",
		`{"document_type":"01","name":"陈梓","document_number":"1"}`, `{"name":"a","document_type":"01","document_number":"1","tests":[]}`,
		`{"name":"a","document_type":"01","document_number":"1","status":null}`, `{"name":"a","document_type":"01","document_number":"1"} `,
		`{"name":"a","document_type":"01","document_number":"1","exemptions":[{"kind":01,"until":"2022-08-10T08:00:00Z"}]}`,
		`{"name":"a","document_type":"01","document_number":"1","exemptions":[{"kind":65536,"until":"2022-08-10T08:00:00Z"}]}`,
		`{"name":"a","document_type":"01","document_number":"1","exemptions":[{"kind":1,"until":"2022-08-10t08:00:00,5Z"}]}`, `{`, ``,
	} {
		seeds = append(seeds, []byte(text))
	}
	return seeds
}

// FuzzPlainLinesAreWhatTheLibraryReads holds the short way to the long one: what it
// accepts the library accepts, as the same record, whatever line was read to the same
// room before.
func FuzzPlainLinesAreWhatTheLibraryReads(f *testing.F) {
	for _, seed := range plainSeeds(f) {
		f.Add(seed)
	}
	used := &room{words: map[string]string{}}
	f.Fuzz(func(t *testing.T, line []byte) {
		short, ok := parsePlain(line, &room{})
		again, okAgain := parsePlain(line, used)
		if ok != okAgain {
			t.Fatalf("%q: ok %v, and %v after another line", line, ok, okAgain)
		}
		if !ok {
			return
		}
		long, err := parseJSON(line)
		if err != nil || !reflect.DeepEqual(short, long) || !reflect.DeepEqual(again, long) {
			t.Errorf("%q: %+v, after another line %+v, and the library has %+v, error %v", line, short, again, long, err)
		}
	})
}

func BenchmarkParseLine(b *testing.B) {
	line := plainSeeds(b)[0]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parse(line, &room{}); err != nil {
			b.Fatal(err)
		}
	}
}
